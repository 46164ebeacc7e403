"""NN506: scores into BCELoss and NLLLoss."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding

BCE, NLL = "BCELoss", "NLLLoss"
POOL = {"type": "AdaptiveAvgPool2d", "output_size": 1}
WHOLE = {"type": "AvgPool2d", "kernel_size": 8}


def linear(out_features: int = 10, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


def heads(*layers: object, loss: str = BCE, x: object = (8,), **top: object) -> list[Finding]:
    """The findings of the family, information included."""
    text = json.dumps({"nnlint": 1, "input": x, "layers": layers, "loss": loss, **top})
    return [one for one in lint_text(text).findings if one.rule.code.startswith("NN5")]


def codes(*layers: object, loss: str = BCE, x: object = (8,), **top: object) -> list[str]:
    return [finding.rule.code for finding in heads(*layers, loss=loss, x=x, **top)]


def test_scores_into_bce() -> None:
    (finding,) = heads(linear(name="score"))
    assert finding.rule.severity is Severity.ERROR
    assert finding.path == ("layers", 0)
    assert finding.message == (
        "Linear 'score' comes last and gives any number, but BCELoss takes probabilities, "
        "from 0 to 1"
    )
    assert finding.help == (
        "put Sigmoid after it, or use BCEWithLogitsLoss, which computes that itself"
    )


def test_scores_into_nll() -> None:
    (finding,) = heads(linear(), loss=NLL)
    assert finding.message == (
        "Linear comes last and gives any number, but NLLLoss takes the logarithms of "
        "probabilities that sum to 1"
    )
    assert finding.help == (
        "put LogSoftmax after it, or use CrossEntropyLoss, which computes that itself"
    )


@pytest.mark.parametrize(
    ("last", "numbers"),
    [("ReLU", "numbers from 0 up"), ("Tanh", "numbers from -1 to 1"), ("GELU", "any number"),
     ("ReLU6", "numbers from 0 to 6"), ("Softplus", "numbers from 0 up"),
     ("LogSigmoid", "numbers of at most 0"), ("Hardtanh", "numbers from -1 to 1")],
)  # fmt: skip
@pytest.mark.parametrize(("loss", "wanted"), [(BCE, "Sigmoid"), (NLL, "LogSoftmax")])
def test_an_activation_is_replaced(last: str, numbers: str, loss: str, wanted: str) -> None:
    (finding,) = heads(linear(), last, loss=loss)
    assert finding.message.startswith(f"{last} comes last and gives {numbers}, but {loss}")
    assert finding.help == f"write {wanted} in place of {last}"


def test_log_probabilities_fit_another_loss() -> None:
    (finding,) = heads(linear(), "LogSoftmax")
    assert "gives numbers of at most 0" in finding.message
    assert finding.help == "keep LogSoftmax with NLLLoss, or write Sigmoid in its place"


@pytest.mark.parametrize(
    "layers",
    [
        (linear(), "Identity"),
        (linear(), "Flatten", "Dropout"),
        (linear(), {"type": "Unflatten", "dim": 1, "unflattened_size": [2, 5]}),
        (linear(), "LayerNorm"),
        (linear(), "Sigmoid", "LayerNorm"),
        (linear(), "Sigmoid", linear()),
        ({"type": "Sequential", "layers": [linear()], "repeat": 3},),
        ({"type": "Linear", "out_features": 10, "act": "ReLU"},),
        (linear(), {"type": "Hardtanh", "min_val": 0, "max_val": 2}),
    ],
)
@pytest.mark.parametrize("loss", [BCE, NLL])
def test_it_fires(layers: tuple[object, ...], loss: str) -> None:
    assert codes(*layers, loss=loss) == ["NN506"]


@pytest.mark.parametrize(
    ("after", "loss", "expected"),
    [((POOL, "Flatten"), BCE, ["NN506"]), ((POOL, "Flatten"), NLL, ["NN506"]),
     ((WHOLE, "Flatten"), BCE, ["NN506"]), ((WHOLE, "Flatten"), NLL, ["NN506"]),
     ((WHOLE,), BCE, ["NN506"]), ((WHOLE,), NLL, ["NN506", "NN510"])],
)  # fmt: skip
def test_it_sees_through_pooling_to_one_place(
    after: tuple[object, ...], loss: str, expected: list[str]
) -> None:
    """A map of one place is another mistake, for a loss that wants a class for each."""
    conv = {"type": "Conv2d", "out_channels": 10, "kernel_size": 1}
    assert sorted(codes(conv, *after, loss=loss, x=(3, 8, 8))) == expected


def test_it_does_not_see_through_pooling_to_several_places() -> None:
    conv = {"type": "Conv2d", "out_channels": 10, "kernel_size": 1}
    assert codes(conv, {"type": "AvgPool2d", "kernel_size": 2}, x=(3, 8, 8)) == []


@pytest.mark.parametrize(
    ("layers", "loss"),
    [
        ((linear(), "Sigmoid"), BCE),
        ((linear(), "Hardsigmoid"), BCE),
        ((linear(), {"type": "Hardtanh", "min_val": 0, "max_val": 1}), BCE),
        ((linear(), "Sigmoid", "Dropout", "Flatten"), BCE),
        ((linear(2), "Sigmoid"), BCE),
        ((linear(), "LogSoftmax"), NLL),
        ((linear(), "LogSoftmax", "Identity"), NLL),
    ],
)
def test_what_fits_is_silent(layers: tuple[object, ...], loss: str) -> None:
    assert codes(*layers, loss=loss) == []


@pytest.mark.parametrize(
    "last",
    [
        {"type": "Custom", "parameters": {}},
        {"type": "Parallel", "branches": [[linear(), "Sigmoid"], [linear(), "Sigmoid"]]},
        {"type": "Residual", "body": [linear(8)]},
        {"type": "Linear"},
        "Foo",
    ],
)
@pytest.mark.parametrize("loss", [BCE, NLL])
def test_what_nobody_knows_is_silent(last: object, loss: str) -> None:
    assert codes(last, loss=loss) == []


def test_a_recurrent_layer_is_silent() -> None:
    lstm = {"type": "LSTM", "hidden_size": 4, "output": "last"}
    assert codes(lstm, x={"sequence": [5, 8]}) == []


def test_the_input_itself_is_silent() -> None:
    assert codes("Flatten") == []


@pytest.mark.parametrize(
    ("layers", "loss"),
    [((linear(), "Sigmoid", "ReLU"), BCE), ((linear(), "Sigmoid", "BatchNorm1d"), BCE),
     ((linear(), "LogSoftmax", "ReLU"), NLL), ((linear(), "LogSoftmax", "BatchNorm1d"), NLL)],
)  # fmt: skip
def test_a_layer_too_many_is_another_finding(layers: tuple[object, ...], loss: str) -> None:
    """NN403 and NN408 want it gone, and what is last then fits."""
    assert codes(*layers, loss=loss) == []


@pytest.mark.parametrize(
    "loss", ["CrossEntropyLoss", "BCEWithLogitsLoss", "MSELoss", "KLDivLoss", "CTCLoss"]
)
def test_other_losses_take_scores(loss: str) -> None:
    assert codes(linear(), loss=loss) == []


def test_each_output_has_its_own_loss() -> None:
    layers = [linear(name="a"), linear(name="b"), {"type": "Sigmoid", "name": "c"}]
    outputs = {
        "one": {"from": "a", "loss": "CrossEntropyLoss"},
        "two": {"from": "b", "loss": BCE},
        "three": {"from": "c", "loss": BCE},
    }
    (finding,) = heads(*layers, loss="MSELoss", outputs=outputs)
    assert (finding.rule.code, finding.path) == ("NN506", ("layers", 1))


def test_the_loss_at_the_top_holds_for_all_outputs() -> None:
    layers = [linear(name="a"), linear(name="b")]
    assert codes(*layers, outputs=["a", "b"]) == ["NN506", "NN506"]


def test_two_outputs_of_one_layer_are_one_finding() -> None:
    assert codes(linear(name="a"), outputs={"one": "a", "two": "a"}) == ["NN506"]


LEARNED: dict[str, tuple[dict[str, Any], list[int]]] = {
    "Bilinear": ({"out_features": 1, "from": ["previous", "previous"]}, [8]),
    "Conv2d": ({"out_channels": 1, "kernel_size": 1}, [3, 8, 8]),
    "ConvTranspose2d": ({"out_channels": 1, "kernel_size": 1}, [3, 8, 8]),
    "BatchNorm2d": ({}, [3, 8, 8]), "GroupNorm": ({"num_groups": 1}, [3, 8, 8]),
    "LayerNorm": ({}, [8]), "RMSNorm": ({}, [8]),
}  # fmt: skip
"""They multiply by learned weights, which may be of any size and sign."""


@pytest.mark.parametrize("name", LEARNED)
def test_what_multiplies_by_weights_gives_any_number(name: str) -> None:
    settings, x = LEARNED[name]
    (finding,) = [one for one in heads({"type": name, **settings}, x=x)
                  if one.rule.code == "NN506"]  # fmt: skip
    assert f"{name} comes last and gives any number, but BCELoss" in finding.message

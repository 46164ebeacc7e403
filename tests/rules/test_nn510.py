"""NN510: a single score for a loss that compares classes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def linear(out_features: int = 10, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


def heads(
    *layers: object, loss: str = "CrossEntropyLoss", x: object = (8,), **top: object
) -> list[Finding]:
    """The findings of the family, information included."""
    text = json.dumps({"nnlint": 1, "input": x, "layers": layers, "loss": loss, **top})
    return [one for one in lint_text(text).findings if one.rule.code.startswith("NN5")]


def codes(*layers: object, loss: str = "CrossEntropyLoss", x: object = (8,)) -> list[str]:
    return [finding.rule.code for finding in heads(*layers, loss=loss, x=x)]


def test_one_score_and_cross_entropy() -> None:
    """Measured in torch: the loss is 0, and the gradient exactly 0."""
    (finding,) = heads(linear(1, name="score"))
    assert finding.rule.severity is Severity.ERROR
    assert finding.path == ("layers", 0)
    assert finding.message == (
        "Linear 'score' comes last and one score leaves the network, but CrossEntropyLoss "
        "compares the scores of several classes: of one it is 0, and so is the gradient"
    )
    assert finding.help == (
        "for yes or no use BCEWithLogitsLoss, for a quantity MSELoss; or give it an output for "
        "each class"
    )


def test_nll_loss_has_no_least_value() -> None:
    (finding,) = heads(linear(1), loss="NLLLoss")
    assert finding.message.endswith("of one it falls without end, and nothing is learned")


def test_a_sigmoid_tells_which_loss_was_meant() -> None:
    (finding,) = heads(linear(1), "Sigmoid")
    assert (finding.rule.code, finding.rule.severity) == ("NN510", Severity.ERROR)
    assert (finding.help or "").startswith("Sigmoid gives one probability: use BCELoss; or")


CUSTOM = {"type": "Custom", "output": [1]}


@pytest.mark.parametrize(
    "layers",
    [(linear(1),), (linear(1), "ReLU"), (linear(1), "Sigmoid"), (linear(1), "Tanh"),
     (linear(1), "Dropout", "Flatten"), (CUSTOM,)],
)  # fmt: skip
@pytest.mark.parametrize(
    "loss", ["CrossEntropyLoss", "NLLLoss", "MultiMarginLoss", "MultiLabelMarginLoss"]
)
def test_one_finding_says_it_all(layers: tuple[object, ...], loss: str) -> None:
    (finding,) = heads(*layers, loss=loss)
    assert (finding.rule.code, finding.rule.severity) == ("NN510", Severity.ERROR)


def test_the_one_channel_of_a_picture_that_was_not_flattened_is_another_mistake() -> None:
    assert codes(linear(), x=[1, 28, 28]) == []
    assert codes(linear(), "ReLU", linear(), x=[1, 28, 28]) == []
    assert codes("Flatten", linear(1), x=[1, 28, 28]) == ["NN510"]


@pytest.mark.parametrize("after", [(), ("Flatten",), ("ReLU",)])
def test_a_map_of_one_channel(after: tuple[object, ...]) -> None:
    """Flattened, its places are the classes."""
    conv = {"type": "Conv2d", "out_channels": 1, "kernel_size": 1}
    expected = [] if "Flatten" in after else ["NN510"]
    assert codes(conv, *after, x=[3, 7, 7]) == expected


def test_one_channel_pooled_to_one_place() -> None:
    conv = {"type": "Conv2d", "out_channels": 1, "kernel_size": 1}
    pool = {"type": "AdaptiveAvgPool2d", "output_size": 1}
    assert codes(conv, pool, "Flatten", x=[3, 7, 7]) == ["NN510"]


@pytest.mark.parametrize(
    ("layers", "x"),
    [
        ((linear(2),), [8]),
        ((linear(1),), {"sequence": [5, 8]}),
        ((linear(1), "Flatten"), {"sequence": [5, 8]}),
        ((linear(1),), [5, 8]),
        (({"type": "Linear"},), [8]),
        (({"type": "Linear"}, "GELU"), [8]),
        (({"type": "Mean", "dim": 1},), [8]),
    ],
)
def test_it_is_silent(layers: tuple[object, ...], x: object) -> None:
    """The places of a sequence may compete, and unknown sizes are silent."""
    assert codes(*layers, x=x) == []


@pytest.mark.parametrize(
    "loss",
    ["BCEWithLogitsLoss", "MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "SoftMarginLoss",
     "MultiLabelSoftMarginLoss", "TripletMarginLoss", "PoissonNLLLoss", "CTCLoss",
     "HingeEmbeddingLoss", "GaussianNLLLoss", "KLDivLoss"],
)  # fmt: skip
def test_other_losses_take_one_score(loss: str) -> None:
    assert codes(linear(1), loss=loss) == []


@pytest.mark.parametrize("last", ["Softmax", "LogSoftmax"])
@pytest.mark.parametrize("loss", ["CrossEntropyLoss", "NLLLoss"])
def test_a_softmax_over_one_is_another_finding(last: str, loss: str) -> None:
    assert codes(linear(1), last, loss=loss) == ["NN503"]


def test_each_output_is_judged_by_its_loss() -> None:
    layers = [linear(1, name="a"), linear(1, name="b", **{"from": "input"})]
    outputs = {"x": "a", "y": {"from": "b", "loss": "MSELoss"}}
    (finding,) = heads(*layers, outputs=outputs)
    assert finding.path == ("layers", 0)


def test_copies_are_one_finding() -> None:
    body = {"type": "Sequential", "layers": [linear(1)], "repeat": 3}
    assert codes(body) == ["NN510"]


def test_rows_that_are_mixed_on_purpose_do_not_hide_it() -> None:
    mixed = ({"type": "Permute", "dims": [2, 1]}, linear(5), {"type": "Mean", "dim": 2})
    assert codes(*mixed, linear(1), x={"sequence": [5, 8]}) == ["NN510"]


CLASSES = {"type": "Conv2d", "out_channels": 10, "kernel_size": 1}
WHOLE = {"type": "AdaptiveAvgPool2d", "output_size": 1}


@pytest.mark.parametrize("loss", ["CrossEntropyLoss", "NLLLoss"])
def test_a_map_of_one_place_has_no_plain_class(loss: str) -> None:
    """Measured in torch: a target [batch] is refused, "only batches of spatial targets"."""
    logs = ["LogSoftmax"] if loss == "NLLLoss" else []
    layers = [CLASSES, *logs, {**WHOLE, "name": "pool"}]
    (finding,) = heads(*layers, loss=loss, x=[3, 7, 7])
    assert (finding.rule.code, finding.rule.severity) == ("NN510", Severity.WARNING)
    assert finding.path == ("layers", len(layers) - 1)
    assert finding.message == (
        f"AdaptiveAvgPool2d 'pool' comes last and gives a map [10, 1, 1], and {loss} wants a "
        "class for each place of a map: torch refuses one class a sample, without the axes "
        "[1, 1]"
    )
    assert finding.help == "a Flatten behind it makes [10] of it"
    assert heads(*layers, "Flatten", loss=loss, x=[3, 7, 7]) == []


@pytest.mark.parametrize(
    ("layers", "x", "fires"),
    [
        ((CLASSES,), [3, 1, 1], True),
        (({"type": "Conv1d", "out_channels": 10, "kernel_size": 5},), {"map": [3, 5]}, True),
        ((CLASSES,), [3, 7, 7], False),
        ((CLASSES,), [3, 1, 7], False),
        ((linear(),), {"sequence": [1, 8]}, False),
        ((linear(),), [8], False),
        ((CLASSES, WHOLE, {"type": "Mean", "dim": [2, 3]}), [3, 7, 7], False),
    ],
)
def test_maps_of_more_places_are_segmentation(
    layers: tuple[object, ...], x: object, *, fires: bool
) -> None:
    assert codes(*layers, x=x) == (["NN510"] if fires else [])


@pytest.mark.parametrize("loss", ["BCEWithLogitsLoss", "MSELoss", "MultiLabelSoftMarginLoss"])
def test_other_losses_compare_a_map_with_a_map(loss: str) -> None:
    assert codes(CLASSES, WHOLE, loss=loss, x=[3, 7, 7]) == []

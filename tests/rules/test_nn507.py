"""NN507: probabilities into NLLLoss."""

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
    *layers: object, loss: str = "NLLLoss", x: object = (8,), **top: object
) -> list[Finding]:
    """The findings of the family, information included."""
    text = json.dumps({"nnlint": 1, "input": x, "layers": layers, "loss": loss, **top})
    return [one for one in lint_text(text).findings if one.rule.code.startswith("NN5")]


def codes(*layers: object, loss: str = "NLLLoss", x: object = (8,)) -> list[str]:
    return [finding.rule.code for finding in heads(*layers, loss=loss, x=x)]


@pytest.mark.parametrize("last", ["Softmax", "Softmin"])
def test_the_logarithm_was_forgotten(last: str) -> None:
    (finding,) = heads(linear(), last)
    assert finding.rule.severity is Severity.ERROR
    assert finding.path == ("layers", 1)
    assert finding.message == (
        f"{last} comes last, but NLLLoss takes logarithms: of a probability p it makes the "
        "loss −p, not −log p"
    )
    assert finding.help == (
        f"write LogSoftmax in place of {last}, or remove it and use CrossEntropyLoss"
    )


@pytest.mark.parametrize(
    ("layers", "x"),
    [
        ((linear(), "Softmax", "Flatten", "Dropout", "Identity"), [8]),
        ((linear(act="Softmax"),), [8]),
        (({"type": "Sequential", "layers": [linear(), "Softmax"], "repeat": 3},), [8]),
        (("Softmax2d",), [10, 7, 7]),
        (("Softmax2d", {"type": "AdaptiveAvgPool2d", "output_size": 1}, "Flatten"), [10, 7, 7]),
        ((linear(), {"type": "Softmax", "dim": -1}), {"sequence": [5, 8]}),
        ((linear(), {"type": "Softmax", "dim": -1}, {"type": "Permute", "dims": [2, 1]}),
         {"sequence": [5, 8]}),
        (({"type": "Linear"}, "Softmax"), [8]),
    ],
)  # fmt: skip
def test_it_fires(layers: tuple[object, ...], x: object) -> None:
    """Also where a shape is unknown: the axis does not matter."""
    assert codes(*layers, x=x) == ["NN507"]


@pytest.mark.parametrize(
    "layers",
    [
        (linear(), "LogSoftmax"),
        (linear(), "Softmax", linear(), "LogSoftmax"),
        (linear(), "LogSoftmax", "Softmax"),
        (linear(), "Softmax", {"type": "Custom", "parameters": {}}),
        ({"type": "Parallel", "branches": [[linear(), "Softmax"], [linear(), "Softmax"]]},),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert codes(*layers) == []


def test_a_sigmoid_is_another_finding() -> None:
    assert codes(linear(), "Sigmoid") == ["NN508"]


def test_a_softmax_over_one_is_another_finding() -> None:
    assert codes(linear(1), "Softmax") == ["NN503"]


@pytest.mark.parametrize("loss", ["CrossEntropyLoss", "BCELoss", "MSELoss", "KLDivLoss"])
def test_other_losses_are_none_of_its_business(loss: str) -> None:
    assert "NN507" not in codes(linear(), "Softmax", loss=loss)


def test_an_output_s_own_loss_counts() -> None:
    layers = [linear(), {"type": "Softmax", "name": "p"}]
    (finding,) = heads(*layers, loss="MSELoss", outputs={"a": {"from": "p", "loss": "NLLLoss"}})
    assert finding.rule.code == "NN507"


def test_the_logarithm_that_is_written_instead_has_its_axis() -> None:
    """In one step: left without dim it would be the next finding."""
    layers = (linear(), "Softmax")
    found = heads(*layers, x={"sequence": [5, 8]})
    help_of = {finding.rule.code: finding.help or "" for finding in found}
    assert help_of["NN507"].startswith("write {type: LogSoftmax, dim: -1} in place of Softmax")

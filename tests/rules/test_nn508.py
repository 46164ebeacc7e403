"""NN508: independent probabilities into NLLLoss."""

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


def heads(*layers: object, loss: str = "NLLLoss", x: object = (8,)) -> list[Finding]:
    """The findings of the family, information included."""
    text = json.dumps({"nnlint": 1, "input": x, "layers": layers, "loss": loss})
    return [one for one in lint_text(text).findings if one.rule.code.startswith("NN5")]


def codes(*layers: object, loss: str = "NLLLoss", x: object = (8,)) -> list[str]:
    return [finding.rule.code for finding in heads(*layers, loss=loss, x=x)]


def test_it_says_what_would_be_learned() -> None:
    (finding,) = heads(linear(), {"type": "Sigmoid", "name": "p"})
    assert finding.rule.severity is Severity.ERROR
    assert finding.message == (
        "Sigmoid 'p' comes last and judges each class alone, but NLLLoss looks at the right "
        "class only: all outputs at 1 please it best"
    )
    assert finding.help == (
        "write LogSoftmax in place of Sigmoid if one class is right, or keep it and use "
        "BCELoss if several can be"
    )


@pytest.mark.parametrize(
    ("layers", "x"),
    [
        ((linear(), "Sigmoid", "Flatten", "Dropout", "Identity"), [8]),
        ((linear(act="Sigmoid"),), [8]),
        (("Sigmoid",), [10, 7, 7]),
        (("Sigmoid", {"type": "AdaptiveMaxPool2d", "output_size": 1}, "Flatten"), [10, 7, 7]),
        (({"type": "Sequential", "layers": [linear(), "Sigmoid"], "repeat": 3},), [8]),
        (({"type": "Linear"}, "Sigmoid"), [8]),
    ],
)
def test_it_fires(layers: tuple[object, ...], x: object) -> None:
    assert codes(*layers, x=x) == ["NN508"]


@pytest.mark.parametrize(
    "layers",
    [
        (linear(), "LogSoftmax"),
        (linear(), "Sigmoid", linear(), "LogSoftmax"),
        (linear(), "LogSoftmax", "Sigmoid"),
        (linear(), "Sigmoid", {"type": "Custom", "parameters": {}}),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert codes(*layers) == []


def test_a_softmax_is_another_finding() -> None:
    assert codes(linear(), "Softmax") == ["NN507"]


def test_a_single_output_is_another_finding() -> None:
    assert codes(linear(1), "Sigmoid") == ["NN510"]


@pytest.mark.parametrize("loss", ["CrossEntropyLoss", "BCELoss", "MSELoss", "L1Loss"])
def test_other_losses_are_none_of_its_business(loss: str) -> None:
    assert "NN508" not in codes(linear(), "Sigmoid", loss=loss)

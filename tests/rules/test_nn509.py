"""NN509: a softmax before BCELoss."""

from __future__ import annotations

import json
from math import exp, log
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def linear(out_features: int = 10, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


def heads(*layers: object, loss: str = "BCELoss", x: object = (8,)) -> list[Finding]:
    """The findings of the family, information included."""
    text = json.dumps({"nnlint": 1, "input": x, "layers": layers, "loss": loss})
    return [one for one in lint_text(text).findings if one.rule.code.startswith("NN5")]


def codes(*layers: object, loss: str = "BCELoss", x: object = (8,)) -> list[str]:
    return [finding.rule.code for finding in heads(*layers, loss=loss, x=x)]


@pytest.mark.parametrize(("classes", "words"), [(3, "3"), (10, "10"), (1000, "1,000")])
def test_several_outputs_share_one_sum(classes: int, words: str) -> None:
    (finding,) = heads(linear(classes), "Softmax")
    assert finding.rule.severity is Severity.WARNING
    assert finding.path == ("layers", 1)
    assert finding.message == (
        f"Softmax comes last and lets {words} outputs share one sum of 1, but BCELoss asks of "
        "each alone whether it is right"
    )
    assert finding.help == (
        "if one of them is right, remove Softmax and use CrossEntropyLoss; if several can be, "
        "write Sigmoid"
    )


def test_of_two_outputs_it_is_advice() -> None:
    """RULES.md: the same value, so that it is information only."""
    (finding,) = heads(linear(2), "Softmax")
    assert finding.rule.severity is Severity.INFO
    assert finding.message == (
        "Softmax comes last with BCELoss: for two outputs that sum to 1 it is the same as "
        "cross entropy, by a longer way"
    )
    assert finding.help == (
        "remove Softmax and use CrossEntropyLoss, or give one score to Sigmoid"
    )


def test_the_same_value_for_two_and_another_for_three() -> None:
    """What the page says of the losses, in numbers; a mean over the outputs, as in torch."""
    for scores in ([0.3, -1.2], [2.0, 5.0]):
        assert binary(softmax(scores)) == pytest.approx(-log(softmax(scores)[0]))
    three = softmax([0.3, -1.2, 0.7])
    assert binary(three) != pytest.approx(-log(three[0]))


def softmax(scores: list[float]) -> list[float]:
    return [exp(score) / sum(map(exp, scores)) for score in scores]


def binary(shares: list[float]) -> float:
    """The binary cross entropy where the first is right."""
    costs = [-log(shares[0]), *(-log(1 - share) for share in shares[1:])]
    return sum(costs) / len(costs)


@pytest.mark.parametrize(
    ("layers", "x"),
    [
        ((linear(), "Softmax", "Flatten", "Dropout", "Identity"), [8]),
        ((linear(), "Softmin"), [8]),
        ((linear(act="Softmax"),), [8]),
        (("Softmax2d",), [10, 7, 7]),
        (("Softmax2d", {"type": "AdaptiveAvgPool2d", "output_size": 1}), [10, 7, 7]),
        (({"type": "Softmax", "dim": -1},), {"sequence": [5, 8]}),
        (({"type": "Sequential", "layers": [linear(), "Softmax"], "repeat": 3},), [8]),
    ],
)
def test_it_fires(layers: tuple[object, ...], x: object) -> None:
    assert codes(*layers, x=x) == ["NN509"]


@pytest.mark.parametrize(
    "layers",
    [
        (linear(), "Sigmoid"),
        (linear(), "Softmax", linear(), "Sigmoid"),
        (linear(), "Sigmoid", "Softmax"),
        ({"type": "Linear"}, "Softmax"),
        (linear(), "Softmax", {"type": "Custom", "parameters": {}}),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    """A second activation is NN403, and an unknown axis nobody's business."""
    assert codes(*layers) == []


def test_a_softmax_over_one_is_another_finding() -> None:
    assert codes(linear(1), "Softmax") == ["NN503"]


@pytest.mark.parametrize("loss", ["CrossEntropyLoss", "NLLLoss", "MSELoss", "KLDivLoss"])
def test_other_losses_are_none_of_its_business(loss: str) -> None:
    assert "NN509" not in codes(linear(), "Softmax", loss=loss)

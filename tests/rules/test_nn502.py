"""NN502: probabilities into BCEWithLogitsLoss."""

from __future__ import annotations

import json
from math import exp, log
from typing import TYPE_CHECKING

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.report import Report

DENSE = {"type": "Linear", "out_features": 3}


def lint(*layers: object, loss: str = "BCEWithLogitsLoss") -> Report:
    spec = {"nnlint": 1, "input": [8], "layers": [DENSE, *layers], "loss": loss}
    return lint_text(json.dumps(spec))


def codes(report: Report) -> list[str]:
    """What is said of the head; that a Dropout stands last is another rule's."""
    found = (finding.rule.code for finding in report.findings)
    return [code for code in found if code != "NN406"]


def test_the_message_says_what_a_perfect_answer_costs() -> None:
    (finding,) = lint("Sigmoid").findings
    cost = -log(1 / (1 + exp(-1)))
    assert finding.rule.severity is Severity.ERROR
    assert "Sigmoid comes last, but BCEWithLogitsLoss applies the sigmoid" in finding.message
    assert f"{cost:.4f}" in finding.message
    assert finding.help == "remove Sigmoid, or keep it and use BCELoss"


@pytest.mark.parametrize("last", ["Sigmoid", "Softmax", "Softmin"])
@pytest.mark.parametrize("after", [(), ("Flatten",), ("Dropout", "Identity")])
def test_last_is_seen_through_what_changes_nothing(last: str, after: tuple[str, ...]) -> None:
    assert codes(lint(last, *after)) == ["NN502"]


@pytest.mark.parametrize(
    "layers",
    [(), ("ReLU",), ("GELU",), ("Sigmoid", DENSE), ("Sigmoid", "ELU"), ("Sigmoid", "Tanh"),
     ({"type": "Hardtanh", "min_val": -4, "max_val": 4},)],
)  # fmt: skip
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert "NN502" not in codes(lint(*layers))


@pytest.mark.parametrize("loss", ["BCELoss", "MSELoss", "CrossEntropyLoss"])
def test_other_losses_are_none_of_its_business(loss: str) -> None:
    assert "NN502" not in codes(lint("Sigmoid", loss=loss))


@pytest.mark.parametrize(
    ("last", "cost"),
    [("Tanh", log(1 + exp(-1))), ("LogSigmoid", log(2)), ("LogSoftmax", log(2)),
     ("Softplus", log(2)), ("Hardsigmoid", log(2)),
     ({"type": "Hardtanh", "min_val": 200, "max_val": 2000}, 100)],
)  # fmt: skip
def test_scores_within_bounds(last: object, cost: float) -> None:
    """Measured in torch: a score of 1 costs 0.3133, one of 0 costs 0.6931."""
    (finding,) = lint(last).findings
    assert (finding.rule.code, finding.rule.severity) == ("NN502", Severity.WARNING)
    assert finding.message.endswith(f"even a perfect answer costs up to {cost:.4f}")


@pytest.mark.parametrize(
    ("loss", "remedy"),
    [("MultiLabelSoftMarginLoss", "remove Sigmoid, or keep it and use BCELoss"),
     ("SoftMarginLoss", "remove Sigmoid")],
)  # fmt: skip
def test_losses_that_are_the_same_with_another_name(loss: str, remedy: str) -> None:
    (finding,) = lint("Sigmoid", loss=loss).findings
    assert (finding.rule.code, finding.rule.severity) == ("NN502", Severity.ERROR)
    assert f"but {loss} applies the sigmoid itself" in finding.message
    assert finding.help == remedy

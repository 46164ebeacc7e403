"""NN501: probabilities into CrossEntropyLoss."""

from __future__ import annotations

import json
from math import exp, log
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.report import Report

LOSS = "CrossEntropyLoss"


def linear(out_features: int, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


def lint(*layers: object, loss: str = LOSS, x: object = (8,)) -> Report:
    top = {"loss": loss} if loss else {}
    return lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers, **top}))


def codes(report: Report) -> list[str]:
    """What is said of the head; that a Dropout stands last is another rule's."""
    found = (finding.rule.code for finding in report.findings)
    return [code for code in found if code != "NN406"]


def test_ten_classes_cost_what_was_measured() -> None:
    (finding,) = lint(linear(10), "Softmax").findings
    assert finding.rule.severity is Severity.ERROR
    assert finding.message == (
        "Softmax comes last, but CrossEntropyLoss applies the softmax itself: "
        "with 10 classes a perfect answer still costs 1.4612"
    )
    assert finding.help == "remove Softmax: the loss takes the scores as they are"


@pytest.mark.parametrize("classes", [2, 3, 100, 1000])
def test_the_cost_is_the_cross_entropy_of_a_perfect_answer(classes: int) -> None:
    scores = [1.0] + [0.0] * (classes - 1)
    cost = -log(exp(scores[0]) / sum(map(exp, scores)))
    assert f"still costs {cost:.4f}" in lint(linear(classes), "Softmax").findings[0].message


@pytest.mark.parametrize(
    "last", ["Softmax", "Softmin", "Sigmoid", {"type": "Softmax", "dim": 1}]
)
@pytest.mark.parametrize(
    "after", [(), ("Identity",), ("Dropout",), ("Flatten",), ("Flatten", "Identity", "Dropout")]
)
def test_last_is_seen_through_what_changes_nothing(
    last: object, after: tuple[str, ...]
) -> None:
    assert codes(lint(linear(10), last, *after)) == ["NN501"]


def test_last_in_a_container_and_in_its_copies() -> None:
    body = {"type": "Sequential", "layers": [linear(10), "Softmax"], "repeat": 4}
    assert codes(lint(body)) == ["NN501"]


def test_softmax_over_the_channels_of_a_map() -> None:
    (finding,) = lint("Softmax2d", x=[10, 7, 7]).findings
    assert "with 10 classes" in finding.message


def test_sigmoid_costs_as_much() -> None:
    (finding,) = lint(linear(10), "Sigmoid").findings
    assert "with 10 classes a perfect answer still costs 1.4612" in finding.message


def test_an_unknown_number_of_classes_has_no_price() -> None:
    (finding,) = (one for one in lint({"type": "Linear"}, "Sigmoid").findings
                  if one.rule.code == "NN501")  # fmt: skip
    assert finding.message.endswith("applies the softmax itself")


@pytest.mark.parametrize(
    ("last", "least", "most"),
    [("Tanh", -1, 1), ("Softsign", -1, 1), ("Hardsigmoid", 0, 1),
     ({"type": "Hardtanh", "min_val": -2, "max_val": 2}, -2, 2)],
)  # fmt: skip
@pytest.mark.parametrize("after", [(), ("Flatten",), ("Identity",)])
def test_scores_too_close_together(
    last: object, least: int, most: int, after: tuple[str, ...]
) -> None:
    """Measured in torch: ±1 with ten classes costs 0.7966."""
    scores = [most] + [least] * 9
    cost = -log(exp(most) / sum(map(exp, scores)))
    (finding,) = lint(linear(10), last, *after).findings
    assert (finding.rule.code, finding.rule.severity) == ("NN501", Severity.WARNING)
    assert f"numbers from {least} to {most}, too close together" in finding.message
    assert finding.message.endswith(f"with 10 classes a perfect answer still costs {cost:.4f}")


@pytest.mark.parametrize(("classes", "fires"), [(10, False), (1000, True)])
def test_wide_bounds_are_enough_for_few_classes(classes: int, *, fires: bool) -> None:
    """Of 6, 0, 0 … the cross entropy is 0.022 with 10 classes, and 1.246 with 1,000."""
    assert ("NN501" in codes(lint(linear(classes), "ReLU6"))) == fires


@pytest.mark.parametrize(
    "layers",
    [
        (linear(10),),
        (linear(10), "ReLU"),
        (linear(10), "LogSigmoid"),
        (linear(10), "Softplus"),
        (linear(10), "Softmax", "Tanh"),
        (linear(10), "Softmax", linear(10)),
        (linear(10), "Softmax", "ReLU"),
        (linear(10), "Sigmoid", "BatchNorm1d"),
        (linear(10, name="scores"), "Softmax", {"type": "Identity", "from": "scores"}),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert "NN501" not in codes(lint(*layers))


@pytest.mark.parametrize("loss", ["", "BCELoss", "NLLLoss", "MSELoss", "BCEWithLogitsLoss"])
def test_other_losses_are_none_of_its_business(loss: str) -> None:
    assert "NN501" not in codes(lint(linear(10), "Softmax", loss=loss))


def test_a_softmax_over_one_is_one_mistake() -> None:
    assert codes(lint(linear(1), "Softmax")) == ["NN503"]


def test_the_classes_of_a_sequence_are_its_features() -> None:
    # log(1 + 9·e⁻¹): the right class gets 1, each of the nine others 0
    (finding,) = lint(linear(10), "Sigmoid", x={"sequence": [5, 8]}).findings
    assert "with 10 classes a perfect answer still costs 1.4612" in finding.message


def test_one_token_s_probabilities_are_still_the_last() -> None:
    one = {"type": "Select", "index": 0}
    softmax = {"type": "Softmax", "dim": -1}
    found = codes(lint(linear(10), softmax, one, x={"sequence": [5, 8]}))
    assert found == ["NN501"]

"""NN505: LogSoftmax before CrossEntropyLoss."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.report import Report


def lint(*layers: object, classes: int = 10, loss: str = "CrossEntropyLoss") -> Report:
    dense = {"type": "Linear", "out_features": classes}
    return lint_text(
        json.dumps({"nnlint": 1, "input": [8], "layers": [dense, *layers], "loss": loss})
    )


def codes(report: Report) -> list[str]:
    return [finding.rule.code for finding in report.findings]


@pytest.mark.parametrize("after", [(), ("Identity",), ("Dropout", "Flatten")])
def test_it_is_advice(after: tuple[str, ...]) -> None:
    (finding,) = (
        one for one in lint("LogSoftmax", *after).findings if one.rule.code != "NN406"
    )
    assert finding.rule.code == "NN505"
    assert finding.rule.severity is Severity.INFO
    assert "LogSoftmax comes last" in finding.message
    assert finding.help == "remove LogSoftmax, or keep it and use NLLLoss"


@pytest.mark.parametrize("layers", [(), ("LogSoftmax", "ReLU"), ("LogSigmoid",), ("Softmax",)])
def test_it_is_silent(layers: tuple[str, ...]) -> None:
    assert "NN505" not in codes(lint(*layers))


@pytest.mark.parametrize("loss", ["NLLLoss", "MSELoss", "KLDivLoss"])
def test_other_losses_are_none_of_its_business(loss: str) -> None:
    assert "NN505" not in codes(lint("LogSoftmax", loss=loss))


def test_a_single_score_is_one_mistake() -> None:
    assert codes(lint("LogSoftmax", classes=1)) == ["NN503"]

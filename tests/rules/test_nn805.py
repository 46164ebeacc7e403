"""NN805: the second bias vector of recurrent layers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def found(*layers: object, x: object = {"sequence": [16, 8]}, **more: object) -> list[Finding]:
    spec: dict[str, Any] = {"nnlint": 1, "input": x, "layers": layers, **more}
    report = lint_text(json.dumps(spec))
    return [finding for finding in report.findings if finding.rule.code == "NN805"]


def rnn(kind: str = "LSTM", **more: object) -> dict[str, Any]:
    return {"type": kind, "hidden_size": 16, **more}


def test_the_message_prices_it() -> None:
    (finding,) = found(rnn(name="read"))
    assert finding.rule.severity is Severity.INFO
    assert finding.path == ("layers", 0)
    assert finding.message == (  # 4·16 of 4·16·(8 + 16) + 2·4·16
        "LSTM 'read' adds two biases, bias_ih and bias_hh, where one is enough: 64 of its "
        "1,664 parameters are idle"
    )
    assert "convention: keras" in str(finding.help)


@pytest.mark.parametrize(
    ("layer", "idle"),
    [
        (rnn("RNN"), 16),
        (rnn("LSTM", num_layers=3), 192),
        (rnn("LSTM", num_layers=3, bidirectional=True), 384),
        (rnn("LSTM", proj_size=4), 64),
        (rnn("GRU"), 32),  # the new gate's counts
        (rnn("GRU", bidirectional=True), 64),
    ],
)
def test_what_is_idle(layer: dict[str, Any], idle: int) -> None:
    (finding,) = found(layer)
    assert f"enough: {idle} of its" in finding.message


@pytest.mark.parametrize(("kind", "idle"), [("RNNCell", 16), ("LSTMCell", 64), ("GRUCell", 32)])
def test_cells(kind: str, idle: int) -> None:
    (finding,) = found(rnn(kind), x=[8])
    assert f"enough: {idle} of its" in finding.message


def test_copies_are_one_finding() -> None:
    (finding,) = found(rnn(repeat=3))
    assert "enough: 192 of its" in finding.message
    (shared,) = found(rnn(repeat=3, shared=True), x={"sequence": [16, 16]})
    assert "enough: 64 of its" in shared.message


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_it_is_silent_without_biases_and_in_keras(kind: str) -> None:
    assert found(rnn(kind, bias=False)) == []
    assert found(rnn(kind), convention="keras") == []


def test_unknown_shapes_are_silent() -> None:
    assert found({"type": "LSTM"}, rnn()) == []

"""NN410: dropout between the layers of a recurrent network that has one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def found(*layers: object, x: object = (8,), **more: object) -> list[Finding]:
    report = lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers, **more}))
    return [finding for finding in report.findings if finding.rule.code == "NN410"]


SEQUENCE = {"sequence": [10, 8]}


def rnn(kind: str = "LSTM", **more: object) -> dict[str, Any]:
    return {"type": kind, "hidden_size": 16, **more}


def test_the_message_says_that_nothing_is_dropped() -> None:
    (finding,) = found(rnn(dropout=0.5, name="enc"), x=SEQUENCE)
    assert finding.rule.severity is Severity.WARNING
    assert finding.path == ("layers", 0, "dropout")
    assert finding.message == (
        "LSTM 'enc' has dropout 0.5, which acts between its layers, but num_layers is 1: "
        "nothing is dropped"
    )
    assert finding.help == "write num_layers: 2, or a Dropout layer behind it"


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("more", [{}, {"num_layers": 1}, {"bidirectional": True}])
def test_it_fires(kind: str, more: dict[str, object]) -> None:
    assert len(found(rnn(kind, dropout=0.2, **more), x=SEQUENCE)) == 1


@pytest.mark.parametrize(
    "layer",
    [rnn(), rnn(dropout=0), rnn(dropout=0.5, num_layers=2), rnn("GRU", num_layers=3)],
)
def test_it_is_silent(layer: object) -> None:
    assert found(layer, x=SEQUENCE) == []


def test_keras_drops_what_arrives() -> None:
    assert found(rnn(dropout=0.5), x=SEQUENCE, convention="keras") == []


def test_a_computed_number_of_layers_may_be_another_in_a_variant() -> None:
    more: dict[str, Any] = {"vars": {"n": 1}, "variants": {"deep": {"n": 3}}}
    assert found(rnn(dropout=0.5, num_layers="$n"), x=SEQUENCE, **more) == []


def test_the_dropout_of_a_variable_is_said_as_its_value() -> None:
    (finding,) = found(rnn(dropout="$p"), x=SEQUENCE, vars={"p": 1})
    assert "has dropout 1," in finding.message


def test_in_the_defaults() -> None:
    (finding,) = found(rnn(), x=SEQUENCE, defaults={"LSTM": {"dropout": 0.5}})
    assert finding.path == ("defaults", "LSTM", "dropout")


def test_copies_are_one_finding() -> None:
    assert len(found(rnn(dropout=0.5, repeat=3), x=SEQUENCE)) == 1


def test_unknown_shapes_do_not_matter() -> None:
    assert len(found({"type": "Linear"}, rnn(dropout=0.5), x=SEQUENCE)) == 1


@pytest.mark.parametrize(("shares", "fires"), [((0.5, 0.5), True), ((0.5, 0), False)])
def test_a_block_whose_argument_drops_nothing_once_is_right_there(
    shares: tuple[float, float], *, fires: bool
) -> None:
    blocks = {"b": {"args": {"p": "required"}, "layers": [rnn(dropout="$p")]}}
    uses = [{"block": "b", "p": share} for share in shares]
    assert bool(found(*uses, x=SEQUENCE, blocks=blocks)) is fires

"""NN809: a dropout that leaves less than two fifths."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def found(*layers: object, x: object = (16,), **more: object) -> list[Finding]:
    spec: dict[str, Any] = {"nnlint": 1, "input": x, "layers": layers, **more}
    report = lint_text(json.dumps(spec))
    return [finding for finding in report.findings if finding.rule.code == "NN809"]


def drop(p: float, kind: str = "Dropout", **more: object) -> dict[str, Any]:
    return {"type": kind, "p": p, **more}


def test_the_message_says_what_is_left() -> None:
    (finding,) = found(drop(0.8, name="drop"))
    assert finding.rule.severity is Severity.INFO
    assert finding.path == ("layers", 0, "p")
    assert finding.message == (
        "Dropout 'drop' drops 80.0 % of what passes at each step of the training, and 20.0 % "
        "are left to learn from"
    )
    assert str(finding.help).startswith("p is the share that is dropped, and 0.5 the usual")


@pytest.mark.parametrize(
    ("p", "fires"), [(0, 0), (0.5, 0), (0.6, 0), (0.61, 1), (0.7, 1), (1, 1)]
)
@pytest.mark.parametrize("kind", ["Dropout", "AlphaDropout", "Dropout1d"])
def test_from_what_share_on(kind: str, p: float, fires: int) -> None:
    assert len(found(drop(p, kind))) == fires


@pytest.mark.parametrize(
    ("layer", "fires"),
    [
        ({"type": "LSTM", "hidden_size": 8, "dropout": 0.8, "num_layers": 2}, 1),
        ({"type": "LSTM", "hidden_size": 8, "dropout": 0.8}, 0),  # it drops nothing
        ({"type": "LSTM", "hidden_size": 8, "dropout": 0.5, "num_layers": 2}, 0),
        ({"type": "MultiheadAttention", "num_heads": 2, "dropout": 0.8}, 1),
        ({"type": "TransformerEncoderLayer", "nhead": 2, "dropout": 0.8}, 1),
        ({"type": "TransformerEncoderLayer", "nhead": 2}, 0),
    ],
)
def test_dropout_within_a_layer(layer: dict[str, Any], fires: int) -> None:
    findings = found(layer, x={"sequence": [4, 16]})
    assert [one.path for one in findings] == fires * [("layers", 0, "dropout")]


def test_keras_drops_what_reaches_a_single_layer() -> None:
    layer = {"type": "LSTM", "hidden_size": 8, "dropout": 0.8}
    assert len(found(layer, x={"sequence": [4, 16]}, convention="keras")) == 1


def test_copies_are_one_finding() -> None:
    assert len(found(drop(0.9, repeat=3))) == 1
    assert len(found({"type": "Sequential", "repeat": 4, "layers": [drop(0.9), "ReLU"]})) == 1


def test_a_first_copy_of_its_own() -> None:
    (finding,) = found(drop(0.1, repeat=3, first={"p": 0.9}))
    assert finding.path == ("layers", 0, "first", "p")


def test_shapes_do_not_matter() -> None:
    assert len(found({"type": "Linear"}, drop(0.9))) == 1

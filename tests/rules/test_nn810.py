"""NN810: a dropout of what a dropout has left."""

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
    return [finding for finding in report.findings if finding.rule.code == "NN810"]


DENSE = {"type": "Linear", "out_features": 16}


def drop(p: float = 0.5, kind: str = "Dropout", **more: object) -> dict[str, Any]:
    return {"type": kind, "p": p, **more}


def test_the_message_says_what_both_drop() -> None:
    (finding,) = found(DENSE, drop(0.5), "ReLU", drop(0.3, name="again"), DENSE)
    assert finding.rule.severity is Severity.INFO
    assert finding.path == ("layers", 3)
    assert finding.message == (
        "Dropout 'again' follows Dropout (layers[1]) with nothing learned between: two of them "
        "drop 65.0 %"
    )
    assert finding.help == "remove one of them, or put a learned layer between"


@pytest.mark.parametrize(
    "between",
    [
        [],
        ["ReLU"],
        ["Identity", "GELU"],
        ["Flatten"],
        [{"type": "LayerNorm", "elementwise_affine": False}],
    ],
)
def test_it_fires(between: list[object]) -> None:
    assert len(found(drop(), *between, drop(), DENSE)) == 1


def test_across_pooling_and_kinds() -> None:
    pool = {"type": "MaxPool2d", "kernel_size": 2}
    assert len(found(drop(0.2, "Dropout2d"), pool, "Flatten", drop(), x=[4, 8, 8])) == 1


@pytest.mark.parametrize(
    "layers",
    [
        (drop(), DENSE, drop()),
        (drop(), "PReLU", drop()),
        (drop(), "LayerNorm", drop()),
        (drop(), {"type": "Custom"}, drop()),
        (drop(0), drop()),
        (drop(), drop(0)),
        (drop(), "ReLU"),
        (DENSE, drop()),
        (drop(name="a"), drop(), {"type": "Add", "with": "a"}),
        (DENSE, {"type": "Residual", "body": [DENSE, drop()]}, drop()),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers) == []


def test_copies() -> None:
    (finding,) = found(drop(repeat=3))
    assert finding.message.startswith("each copy of Dropout follows the one before")
    ends = {"type": "Sequential", "repeat": 3, "layers": [drop(), DENSE, drop()]}
    (finding,) = found(ends)
    assert finding.path == ("layers", 0, "layers", 0)
    assert found({"type": "Sequential", "repeat": 3, "layers": [DENSE, drop()]}) == []


def test_what_drops_within_itself_is_no_dropout() -> None:
    layer = {"type": "TransformerEncoderLayer", "nhead": 2}
    assert found(layer, drop(), x={"sequence": [4, 16]}) == []


def test_shapes_do_not_matter() -> None:
    assert len(found({"type": "Linear"}, drop(), drop())) == 1


def test_what_leaves_the_network_is_taken_there() -> None:
    layers = [DENSE, drop(name="first"), drop(name="second"), DENSE]
    outputs = ["first", "second"]
    assert found(*layers, outputs=outputs) == []
    assert len(found(*layers)) == 1

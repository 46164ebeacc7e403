"""NN807: one layer that computes more than all others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def found(*layers: object, x: object = (64,), **more: object) -> list[Finding]:
    spec: dict[str, Any] = {"nnlint": 1, "input": x, "layers": layers, **more}
    report = lint_text(json.dumps(spec))
    return [finding for finding in report.findings if finding.rule.code == "NN807"]


def dense(width: int, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": width, "act": "ReLU", **more}


SMALL = dense(64, repeat=5)
LARGE = dense(1000, name="wide", bias=False)


def test_the_message_has_the_numbers() -> None:
    (finding,) = found(SMALL, LARGE)
    assert finding.rule.severity is Severity.INFO
    assert finding.path == ("layers", 1)
    assert finding.message == (  # 64·1000, and 5·64²
        "Linear 'wide' alone computes 64,000 of the 84,480 multiply-adds of 6 layers (75.8 %)"
    )
    assert "begin here" in str(finding.help)


@pytest.mark.parametrize(
    "layers",
    [
        (dense(64, repeat=4), LARGE),  # five layers
        (dense(64, repeat=6),),  # no copy is the largest
        (SMALL, dense(320)),  # exactly half
        (SMALL, LARGE, {"type": "Custom", "parameters": {}}),
        ({"type": "Linear"}, SMALL, LARGE),
        ("ReLU", "ReLU", "ReLU", "ReLU", "ReLU", LARGE),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers) == []


def test_just_more_than_half() -> None:
    assert len(found(SMALL, dense(321))) == 1


def test_copies_are_layers_of_their_own() -> None:
    wide = {"type": "Sequential", "repeat": 3, "layers": [dense(1000), dense(64)]}
    assert found(SMALL, wide) == []


def test_a_large_map_in_one_stage() -> None:
    layers = [
        {"type": "Conv2d", "out_channels": 64, "kernel_size": 7, "padding": 3},
        {"type": "AdaptiveAvgPool2d", "output_size": 1},
        "Flatten",
        dense(64, repeat=5),
    ]
    assert [one.path for one in found(*layers, x=[3, 64, 64])] == [("layers", 0)]

"""NN407: a batch norm on a map that has shrunk to one position."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def found(*layers: object, x: object = (3, 4, 4), **more: object) -> list[Finding]:
    report = lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers, **more}))
    return [finding for finding in report.findings if finding.rule.code == "NN407"]


def conv(
    out_channels: int = 8, kernel: int = 3, stride: int = 2, **more: object
) -> dict[str, Any]:
    padding = more.pop("padding", kernel // 2)
    return {"type": "Conv2d", "out_channels": out_channels, "kernel_size": kernel,
            "stride": stride, "padding": padding, "bias": False, **more}  # fmt: skip


POOLED = {"type": "AdaptiveAvgPool2d", "output_size": 1}
NORM = "BatchNorm2d"


def test_the_message_says_who_made_it_so() -> None:
    layers = (conv(), NORM, "ReLU", conv(16, name="down"), {"type": NORM, "name": "bn"})
    (finding,) = found(*layers)
    assert finding.rule.severity is Severity.WARNING
    assert finding.path == ("layers", 4)
    assert finding.message == (
        "BatchNorm2d 'bn' gets a map [16, 1, 1]: with one position its statistics are of one "
        "number a sample, and a batch of one can't be trained"
    )
    assert finding.help == (
        "Conv2d 'down' makes one position of [2, 2]: take a larger input, or fewer strides"
    )


def test_one_shrinking_is_one_finding() -> None:
    rest = (conv(16), NORM, "ReLU", conv(16, stride=1), NORM, "ReLU", conv(16, stride=1), NORM)
    (finding,) = found(conv(), "ReLU", *rest)
    assert "[16, 1, 1] (and 2 other norms):" in finding.message


@pytest.mark.parametrize(
    ("layers", "x"),
    [
        ((conv(kernel=1, padding=0), NORM), [3, 2, 2]),
        (({"type": "MaxPool2d", "kernel_size": 3, "stride": 2, "padding": 1}, NORM), [3, 2, 2]),
        (({"type": "MaxPool2d", "kernel_size": 2}, conv(stride=1), NORM), [3, 2, 2]),
        ((POOLED, conv(stride=1), NORM), [3, 8, 8]),
        (({"type": "Conv1d", "out_channels": 4, "kernel_size": 3, "stride": 2, "padding": 1},
          "BatchNorm1d"), {"map": [3, 2]}),
    ],
)  # fmt: skip
def test_it_fires(layers: tuple[object, ...], x: object) -> None:
    assert len(found(*layers, x=x)) == 1


@pytest.mark.parametrize(
    ("layers", "x"),
    [
        ((conv(), NORM), [3, 4, 4]),
        ((POOLED, conv(kernel=1, stride=1), NORM), [3, 8, 8]),
        (({"type": "AvgPool2d", "kernel_size": 8}, conv(kernel=1, stride=1), NORM), [3, 8, 8]),
        ((conv(kernel=5, stride=1, padding=0), NORM), [3, 5, 5]),
        ((conv(kernel=1, stride=1), NORM), [3, 1, 1]),
        ((conv(), "Flatten", "BatchNorm1d"), [3, 2, 2]),
        ((conv(), {"type": NORM, "trainable": False}), [3, 2, 2]),
        ((conv(), {"type": "GroupNorm", "num_groups": 2}), [3, 2, 2]),
        ((conv(), {"type": "LayerNorm", "channels": True}), [3, 2, 2]),
        (({"type": "Linear", "out_features": 8}, "BatchNorm1d"), [4]),
        (({"type": "ConvTranspose2d", "out_channels": 8, "kernel_size": 4}, NORM), [9, 1, 1]),
    ],
)
def test_it_is_silent(layers: tuple[object, ...], x: object) -> None:
    assert found(*layers, x=x) == []


def test_only_one_of_several_uses_of_a_block_is_enough() -> None:
    blocks = {"down": {"layers": [conv(8), NORM, "ReLU"]}}
    (finding,) = found({"block": "down", "repeat": 3}, x=[3, 8, 8], blocks=blocks)
    assert "[8, 1, 1]:" in finding.message


def test_unknown_shapes_are_silent() -> None:
    assert found({"type": "Conv2d"}, conv(), NORM, x=[3, 2, 2]) == []

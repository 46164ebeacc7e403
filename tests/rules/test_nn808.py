"""NN808: a dense layer that holds most of a convolutional network."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def found(*layers: object, x: object = (3, 32, 32), **more: object) -> list[Finding]:
    spec: dict[str, Any] = {"nnlint": 1, "input": x, "layers": layers, **more}
    report = lint_text(json.dumps(spec))
    return [finding for finding in report.findings if finding.rule.code == "NN808"]


CONV = {"type": "Conv2d", "out_channels": 16, "kernel_size": 3, "padding": 1, "act": "ReLU"}


def dense(width: int = 64, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": width, **more}


def pool(size: object, kind: str = "AdaptiveAvgPool2d") -> dict[str, Any]:
    return {"type": kind, "output_size": size}


def test_the_message_prices_global_pooling() -> None:
    (finding,) = found(CONV, "Flatten", dense(name="fc"))
    assert finding.rule.severity is Severity.INFO
    assert finding.path == ("layers", 2)
    assert finding.message == (  # 16·32·32·64 + 64, and 3·16·9 + 16
        "Linear 'fc' holds 1,048,640 of 1,049,088 parameters (>99.9 %): it weighs each of the "
        "32×32 positions of [16, 32, 32] by itself"
    )
    assert finding.help == (  # 16·64 + 64
        "a global pooling before it, {type: AdaptiveAvgPool2d, output_size: 1}, leaves 1,088 "
        "of them"
    )


@pytest.mark.parametrize(
    "between",
    [
        ["Flatten"],
        [pool(4), "Flatten"],
        ["Flatten", {"type": "Dropout", "p": 0.5}],
        ["Flatten", "ReLU", "Identity"],
        ["BatchNorm2d", "ReLU", {"type": "MaxPool2d", "kernel_size": 2}, "Flatten"],
        [{"type": "Reshape", "shape": [16384]}],
    ],
)
def test_it_fires(between: list[object]) -> None:
    assert len(found(CONV, *between, dense(), "ReLU", dense(10))) == 1


@pytest.mark.parametrize(
    "layers",
    [
        (CONV, pool(1), "Flatten", dense()),
        ("Flatten", dense()),  # pixels, and no convolution
        ({"type": "MaxPool2d", "kernel_size": 2}, "Flatten", dense()),
        (CONV, {"type": "Mean", "dim": [2, 3]}, dense(), "ReLU", dense(500)),
        (CONV, pool(2), "Flatten", dense(10), "ReLU", dense(1000)),  # less than half
        (CONV, pool(2), "Flatten", dense(8), "ReLU", dense(512)),
        (CONV, "Flatten", dense(), {"type": "Custom"}),
        (CONV, {"type": "Flatten", "start_dim": 2}, dense()),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers) == []


@pytest.mark.parametrize(("after", "fires"), [(1087, True), (1088, False)])
def test_more_than_half_of_all_parameters(after: int, *, fires: bool) -> None:
    """It holds 8 features · 136 = 1,088, and all others together as many as given."""
    conv = {"type": "Conv2d", "out_channels": 2, "kernel_size": 1, "bias": False}
    rest = {"type": "Custom", "parameters": {"weight": [after - 2 * 3]}}
    layers = (conv, pool(2), "Flatten", dense(136, bias=False), rest)
    assert bool(found(*layers)) is fires


def test_the_code_of_an_autoencoder_needs_the_positions() -> None:
    back = (dense(1024), {"type": "Unflatten", "dim": 1, "unflattened_size": [16, 8, 8]})
    assert found(CONV, "Flatten", dense(8), *back) == []
    assert len(found(CONV, "Flatten", dense(8), dense(16))) == 1


def test_signals_are_pooled_along_their_axis() -> None:
    conv = {"type": "Conv1d", "out_channels": 8, "kernel_size": 3}
    (finding,) = found(conv, "Flatten", dense(), x={"map": [2, 50]})
    assert "{type: AdaptiveAvgPool1d, output_size: 1}" in str(finding.help)


def test_a_part_of_the_positions_is_not_all_of_them() -> None:
    """Of 16·32·32 features the first 16·32 are kept: one row of some channels."""
    part = {"type": "Slice", "dim": 1, "end": 16 * 32}
    assert found(CONV, "Flatten", part, dense()) == []
    assert len(found(CONV, "Flatten", {**part, "end": 16 * 32 * 32}, dense())) == 1


def test_a_linear_of_rows_is_no_convolution() -> None:
    """Its positions are rows of raw data, and it saw each by itself."""
    assert found(dense(32), "ReLU", "Flatten", dense()) == []
    assert len(found(dense(32), "ReLU", CONV, "Flatten", dense())) == 1


def test_positions_without_a_convolution_that_nobody_knows() -> None:
    assert found({"type": "Linear"}, "Flatten", dense()) == []


@pytest.mark.parametrize("norm", ["LayerNorm", "BatchNorm1d"])
def test_a_norm_of_the_positions_multiplies_no_two_of_them(norm: str) -> None:
    """It has 2·16·32·32 of all parameters but 448."""
    assert found(CONV, "Flatten", norm) == []


@pytest.mark.parametrize(("places", "fires"), [([1, 1], False), ([1, 2], True), (2, True)])
def test_two_positions_are_several(places: object, *, fires: bool) -> None:
    assert bool(found(CONV, pool(places), "Flatten", dense())) is fires


def test_a_dense_layer_behind_a_dense_layer_weighs_no_positions() -> None:
    """Of 16·2·2 features the first makes 64 again, and the second has most parameters."""
    assert found(CONV, pool(2), "Flatten", dense(64), "ReLU", dense(1000)) == []


def test_sizes_that_are_only_stated_are_no_positions() -> None:
    conv = {**CONV, "in_channels": 3}
    assert found(conv, "Flatten", dense(in_features=16 * 32 * 32), x=(0,)) == []


def test_a_code_that_is_added_to_before_it_is_a_map_again() -> None:
    """A way around the code is added to what is made of it."""
    around = {**dense(1024), "from": "flat", "name": "around"}
    back = ({"type": "Add", "from": ["back", "around"]},
            {"type": "Unflatten", "dim": 1, "unflattened_size": [16, 8, 8]})  # fmt: skip
    start = (CONV, {"type": "Flatten", "name": "flat"}, dense(8), dense(1024, name="back"))
    assert found(*start, around, *back) == []
    assert len(found(*start, around, back[0])) == 1

"""NN402: a map that reaches a dense layer without having been flattened."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding

DENSE = {"type": "Linear", "out_features": 10}


def found(*layers: object, x: object) -> list[Finding]:
    report = lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers}))
    return [finding for finding in report.findings if finding.rule.code == "NN402"]


def test_the_message_says_what_torch_would_do() -> None:
    (finding,) = found(DENSE, x=[3, 28, 32])
    assert finding.message == (
        "Linear gets the map [3, 28, 32] and works on its last axis alone: "
        "3×28 rows of 32, each by itself"
    )
    assert finding.help == "a Flatten before it makes one axis of 2,688"  # 3·28·32


@pytest.mark.parametrize(
    "x", [[8, 28, 28], [2, 4, 28, 28], {"map": [16, 50]}, {"map": [1, 50]}]
)
def test_a_map_that_no_convolution_made_is_a_warning(x: object) -> None:
    """The error is for maps of convolutions; an input of three axes may be meant as rows."""
    (finding,) = found(DENSE, x=x)
    assert finding.rule.severity is Severity.WARNING


@pytest.mark.parametrize("x", [[1, 28, 28], [3, 32, 32], [4, 64, 64], [1, 16, 28, 28]])
def test_a_picture_is_an_error(x: object) -> None:
    """RULES.md: error on [C, H, W]; with 1, 3 or 4 channels nobody means its rows."""
    (finding,) = found(DENSE, x=x)
    assert finding.rule.severity is Severity.ERROR


@pytest.mark.parametrize(
    "between",
    ["ReLU", "Dropout2d", "Identity", "PReLU", {"type": "LayerNorm", "channels": True}],
)
def test_a_map_stays_a_map(between: object) -> None:
    assert len(found(between, DENSE, x=[3, 28, 28])) == 1


@pytest.mark.parametrize("x", [[16, 50], {"map": [16, 50]}])
def test_a_batch_norm_reads_two_axes_as_a_map(x: object) -> None:
    assert len(found("BatchNorm1d", DENSE, x=x)) == 1


def test_flatten_of_the_positions_alone_leaves_a_map() -> None:
    assert len(found({"type": "Flatten", "start_dim": 2}, DENSE, x=[3, 28, 28])) == 1


@pytest.mark.parametrize("x", [[784], [16, 50], {"sequence": [16, 50]}, {"sequence": [1, 784]}])
def test_features_and_sequences_are_meant(x: object) -> None:
    assert found("ReLU", DENSE, x=x) == []


@pytest.mark.parametrize("x", [[1, 28, 28], [1, 4, 28, 28], {"map": [16, 50]}])
def test_a_flatten_is_enough(x: object) -> None:
    assert found("Flatten", "ReLU", DENSE, "ReLU", DENSE, x=x) == []


def test_what_a_layer_norm_reads_as_a_sequence_is_one() -> None:
    assert found("LayerNorm", DENSE, x=[16, 50]) == []


def test_unknown_shapes_are_silent() -> None:
    assert found({"type": "Linear"}, DENSE, x=[3, 28, 28]) == []


def test_one_definition_is_one_finding() -> None:
    dense = {"type": "Linear", "out_features": 10, "repeat": 3}
    body = {"type": "Sequential", "layers": [dense, "ReLU"], "repeat": 3}
    assert len(found(body, x=[3, 28, 28])) == 1


CONV1 = {"type": "Conv1d", "out_channels": 4, "kernel_size": 3}
CONV2 = {"type": "Conv2d", "out_channels": 4, "kernel_size": 3}


@pytest.mark.parametrize("between", [[], ["ReLU"], ["BatchNorm2d", "ReLU", "Dropout2d"]])
def test_a_map_of_a_convolution_is_an_error(between: list[str]) -> None:
    """RULES.md: error on [C, H, W]; through pooling, activation, dropout, norm."""
    pool = {"type": "MaxPool2d", "kernel_size": 2}
    (finding,) = found(CONV2, *between, pool, DENSE, x=[1, 28, 28])
    assert finding.rule.severity is Severity.ERROR


def test_a_signal_of_a_convolution_is_a_warning() -> None:
    """RULES.md: warning on [C, L], where some networks mean it."""
    (finding,) = found(CONV1, DENSE, x={"map": [2, 50]})
    assert finding.rule.severity is Severity.WARNING


@pytest.mark.parametrize(
    "between",
    ["Flatten", {"type": "Permute", "dims": [2, 3, 1]},
     {"type": "Unflatten", "dim": -1, "unflattened_size": [1, 26]}],
)  # fmt: skip
def test_flatten_and_permute_are_meant(between: object) -> None:
    fires = isinstance(between, dict) and between["type"] == "Unflatten"
    assert bool(found(CONV2, between, DENSE, x=[1, 28, 28])) == fires


CUSTOM = {"type": "Custom", "parameters": {}}
RESHAPE = {"type": "Reshape", "shape": [4, 13, 52]}


@pytest.mark.parametrize("between", [CUSTOM, RESHAPE, {"type": "Permute", "dims": [1, 3, 2]}])
def test_axes_that_somebody_arranged_are_meant_until_the_next_convolution(
    between: object,
) -> None:
    assert found(CONV2, between, "ReLU", DENSE, x=[1, 28, 28]) == []
    assert len(found(CONV2, between, CONV2, "ReLU", DENSE, x=[1, 28, 28])) == 1


def test_channels_that_are_put_first_do_not_hide_a_forgotten_flatten() -> None:
    permute = {"type": "Permute", "dims": [3, 1, 2]}
    (finding,) = found(permute, CONV2, DENSE, x=[28, 28, 3])
    assert finding.rule.severity is Severity.ERROR


def test_all_that_multiplies_the_last_axis() -> None:
    gated = {"type": "GatedMLP", "hidden_features": 8}
    bilinear = {"type": "Bilinear", "out_features": 8, "from": ["c", "c"]}
    assert len(found(CONV2, gated, x=[1, 28, 28])) == 1
    assert len(found({**CONV2, "name": "c"}, bilinear, x=[1, 28, 28])) == 1
    assert found(CONV2, "ToTokens", gated, x=[1, 28, 28]) == []


def test_pooling_takes_what_was_arranged_for_places_again() -> None:
    """ConvNeXt puts the channels last in its blocks, and first again behind them."""
    conv = {**CONV2, "padding": 1}
    last, first = ({"type": "Permute", "dims": dims} for dims in ([2, 3, 1], [3, 1, 2]))
    block = {
        "type": "Residual",
        "body": [last, "LayerNorm", {**DENSE, "out_features": 4}, first],
    }
    pool = {"type": "AdaptiveAvgPool2d", "output_size": 1}
    (finding,) = found(conv, block, pool, DENSE, x=[1, 28, 28])
    assert finding.rule.severity is Severity.ERROR
    assert found(conv, block, pool, "Flatten", DENSE, x=[1, 28, 28]) == []


def test_rows_that_are_mixed_are_meant() -> None:
    """MLP-Mixer multiplies the tokens, the vision permutator the height."""
    mixed = ({"type": "Permute", "dims": [2, 1]}, DENSE)
    assert found(*mixed, x={"sequence": [16, 8]}) == []
    last, height = ({"type": "Permute", "dims": dims} for dims in ([2, 3, 1], [3, 2, 1]))
    assert found(CONV2, last, "LayerNorm", height, DENSE, x=[1, 28, 28]) == []

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


@pytest.mark.parametrize("x", [[1, 28, 28], [1, 4, 28, 28], {"map": [16, 50]}])
def test_a_map_that_no_convolution_made_is_a_warning(x: object) -> None:
    """The error is for maps of convolutions; an input of three axes may be meant as rows."""
    (finding,) = found(DENSE, x=x)
    assert finding.rule.severity is Severity.WARNING


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

"""NN405: dropout before a batch norm."""

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
    return [finding for finding in report.findings if finding.rule.code == "NN405"]


def linear(out_features: int = 8, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


NORM = "BatchNorm1d"


def test_the_message_says_by_how_much_evaluation_differs() -> None:
    (finding,) = found(linear(), {"type": "Dropout", "p": 0.5, "name": "drop"}, NORM, linear())
    assert finding.rule.severity is Severity.WARNING
    assert finding.path == ("layers", 1)
    assert finding.message == (
        "Dropout 'drop' with p 0.5 stands before BatchNorm1d (layers[2]), which stores the "
        "deviation that dropout raises: in evaluation the normalised deviation is at most 0.71 "
        "instead of 1"
    )
    assert finding.help == "move Dropout 'drop' behind BatchNorm1d and its activation"


def test_behind_an_activation_there_is_no_figure() -> None:
    (finding,) = found(linear(), "Dropout", "ReLU", NORM, linear())
    assert finding.message.endswith("the normalised deviation is less than 1")


@pytest.mark.parametrize("between", [(), ("ReLU",), ("GELU",), ("PReLU",)])
def test_it_fires(between: tuple[object, ...]) -> None:
    assert len(found(linear(), "Dropout", *between, NORM, linear())) == 1


@pytest.mark.parametrize(
    "layers",
    [
        (linear(), NORM, "ReLU", "Dropout", linear()),
        (linear(), "Dropout", linear(), NORM),
        (linear(), "Dropout", "ReLU", "Tanh", NORM),
        (linear(), {"type": "Dropout", "p": 0}, NORM),
        (linear(), "AlphaDropout", NORM),
        (linear(), "FeatureAlphaDropout", NORM),
        (linear(), "Dropout", "LayerNorm"),
        (linear(), "Dropout", {"type": NORM, "trainable": False}),
        (linear(), "Dropout", {"type": NORM, "track_running_stats": False}),
        (linear(), "Dropout", "Softmax", NORM),
        (linear(name="a"), "Dropout", {"type": "Add", "with": "a"}, NORM),
        ("Dropout", {"type": "Residual", "body": [NORM, linear()]}),
        (linear(), {"type": "Dropout", "name": "d"}, NORM, linear(**{"from": "d"})),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers) == []


def test_channels_too() -> None:
    conv = {"type": "Conv2d", "out_channels": 4, "kernel_size": 3}
    pool = {"type": "MaxPool2d", "kernel_size": 2}
    assert len(found(conv, "Dropout2d", "BatchNorm2d", conv, x=[3, 16, 16])) == 1
    assert found(conv, "Dropout2d", pool, "BatchNorm2d", conv, x=[3, 16, 16]) == []
    assert found(conv, "Dropout2d", "InstanceNorm2d", conv, x=[3, 16, 16]) == []


def test_all_branches_must_begin_with_the_norm() -> None:
    def parallel(*branches: list[object]) -> dict[str, Any]:
        return {"type": "Parallel", "branches": branches}

    assert found(linear(), "Dropout", parallel([NORM], [linear()])) == []
    assert len(found(linear(), "Dropout", parallel([NORM, linear()], [NORM, linear()]))) == 1


def test_copies_are_one_finding() -> None:
    body = {"type": "Sequential", "layers": [linear(), "Dropout", NORM, "ReLU"], "repeat": 4}
    assert len(found(body)) == 1


def test_a_repeated_part_whose_last_copy_feeds_something_else() -> None:
    body = {"type": "Sequential", "layers": [NORM, linear(), "Dropout"], "repeat": 4}
    assert len(found(body, linear())) == 1  # all copies but the last feed the next one's norm
    assert len(found(body, NORM, linear())) == 1
    assert found({**body, "repeat": 1}, linear()) == []


@pytest.mark.parametrize("between", [("Identity",), ("Flatten",), ("Identity", "ReLU")])
def test_it_looks_through_what_leaves_the_numbers_alone(between: tuple[str, ...]) -> None:
    assert len(found(linear(), "Dropout", *between, NORM, linear())) == 1


def test_unknown_shapes_are_silent() -> None:
    assert found({"type": "Linear"}, "Dropout", NORM) == []

"""NN406: dropout as the last layer of an output."""

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
    return [finding for finding in report.findings if finding.rule.code == "NN406"]


LINEAR = {"type": "Linear", "out_features": 10}
DROPOUT = {"type": "Dropout", "p": 0.5}


def test_the_message_says_what_it_does_to_the_answer() -> None:
    (finding,) = found(LINEAR, {**DROPOUT, "name": "last"}, loss="CrossEntropyLoss")
    assert finding.rule.severity is Severity.WARNING
    assert finding.path == ("layers", 1)
    assert finding.message == (
        "Dropout 'last' comes last: while training it sets each number of the output to 0 with "
        "p 0.5, whatever the layers before it have learned"
    )
    assert finding.help == "move it before the last layer that learns, or remove it"


@pytest.mark.parametrize("before", [[LINEAR], [LINEAR, "Sigmoid"], [LINEAR, "LogSoftmax"]])
def test_dropped_scores_are_a_warning_without_a_loss(before: list[object]) -> None:
    (finding,) = found(*before, DROPOUT)
    assert finding.rule.severity is Severity.WARNING


@pytest.mark.parametrize("before", [[LINEAR, "ReLU"], [LINEAR, "LayerNorm"]])
def test_features_without_a_loss_are_advice(before: list[object]) -> None:
    (finding,) = found(*before, DROPOUT)
    assert finding.rule.severity is Severity.INFO
    (finding,) = found(*before, DROPOUT, loss="MSELoss")
    assert finding.rule.severity is Severity.WARNING


@pytest.mark.parametrize(
    "behind",
    [["Identity"], ["Flatten"], ["Identity", "Flatten"], [{"type": "Reshape", "shape": [2, 5]}],
     [{"type": "Unflatten", "dim": 1, "unflattened_size": [2, 5]},
      {"type": "Permute", "dims": [2, 1]}]],
)  # fmt: skip
def test_it_looks_through_what_changes_nothing(behind: list[object]) -> None:
    assert len(found(LINEAR, DROPOUT, *behind)) == 1


@pytest.mark.parametrize(
    "layers",
    [
        (DROPOUT, LINEAR),
        (LINEAR, {**DROPOUT, "p": 0}),
        (LINEAR, DROPOUT, "Softmax"),
        ({"type": "Residual", "body": [{"type": "Linear", "out_features": 8}, DROPOUT]},),
        (DROPOUT,),
        (LINEAR,),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers) == []


def test_every_output_is_looked_at_and_none_twice() -> None:
    named = {"name": "a"}
    layers = ({**LINEAR, **named}, {**DROPOUT, "name": "b"}, {**LINEAR, "name": "c"})
    assert found(*layers, outputs=["a", "c"]) == []
    assert len(found(*layers, outputs=["b", "c"])) == 1
    assert len(found(*layers, outputs={"x": {"from": "b"}, "y": {"from": "b"}})) == 1


def test_copies_are_one_finding() -> None:
    body = {"type": "Sequential", "layers": [LINEAR, DROPOUT], "repeat": 3}
    assert len(found(body)) == 1


def test_other_dropouts_and_unknown_shapes() -> None:
    conv: dict[str, Any] = {"type": "Conv2d", "out_channels": 4, "kernel_size": 3}
    pool = {"type": "AdaptiveAvgPool2d", "output_size": 1}
    assert len(found(conv, "Dropout2d", pool, "Flatten", x=[3, 8, 8])) == 1
    assert len(found({"type": "Linear"}, LINEAR, DROPOUT)) == 1


@pytest.mark.parametrize(
    ("last", "loss"),
    [("LogSoftmax", "NLLLoss"), ("Sigmoid", "BCELoss"), ("Softmax", "BCELoss")],
)
def test_half_of_a_loss_does_not_hide_it(last: str, loss: str) -> None:
    (finding,) = found(LINEAR, DROPOUT, last, loss=loss)
    assert finding.message.startswith(f"Dropout comes last but for {last}: while training")
    assert len(found(LINEAR, DROPOUT, "Identity", last, "Flatten", loss=loss)) == 1
    assert found(LINEAR, DROPOUT, last, loss="MSELoss") == []
    assert found(LINEAR, DROPOUT, "ReLU", last, loss=loss) == []

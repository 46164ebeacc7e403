"""NN408: a batch norm as the last layer of an output."""

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
    return [finding for finding in report.findings if finding.rule.code == "NN408"]


def linear(out_features: int = 10, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


NORM = "BatchNorm1d"


def test_the_message_says_what_it_does_to_the_answer() -> None:
    layers = (linear(bias=False), {"type": NORM, "name": "bn"})
    (finding,) = found(*layers, loss="CrossEntropyLoss")
    assert finding.rule.severity is Severity.WARNING
    assert finding.path == ("layers", 1)
    assert finding.message == (
        "BatchNorm1d 'bn' comes last: it centres and scales the output over the batch, so an "
        "answer depends on the other samples, and every batch gets the same mean"
    )
    assert finding.help == "removing BatchNorm1d 'bn' drops 20 parameters"


def test_what_the_defaults_add_is_undone_on_the_layer() -> None:
    defaults = {"Linear": {"norm": NORM, "bias": False}}
    (finding,) = found(linear(8, act="ReLU"), linear(), loss="MSELoss", defaults=defaults)
    assert finding.help == "norm: none on the last layer drops 20 parameters"


def test_without_a_scale_there_is_no_price() -> None:
    (finding,) = found(linear(), {"type": NORM, "affine": False}, loss="MSELoss")
    assert finding.help == "removing BatchNorm1d leaves the output free"


@pytest.mark.parametrize("behind", ["Identity", "Flatten", "Dropout"])
def test_it_looks_through_what_changes_nothing(behind: str) -> None:
    assert len(found(linear(), NORM, behind, loss="CrossEntropyLoss")) == 1


def test_a_map_that_is_pooled_to_scores() -> None:
    conv = {"type": "Conv2d", "out_channels": 10, "kernel_size": 3, "norm": "BatchNorm2d"}
    pool = {"type": "AdaptiveAvgPool2d", "output_size": 1}
    layers = (conv, pool, "Flatten")
    assert len(found(*layers, x=[3, 16, 16], loss="CrossEntropyLoss")) == 1


def test_without_a_loss_it_may_be_an_embedding() -> None:
    (finding,) = found(linear(), NORM)
    assert finding.rule.severity is Severity.INFO


@pytest.mark.parametrize(
    "layers",
    [
        (linear(), NORM, "ReLU"),
        (linear(), NORM, linear()),
        (linear(), "LayerNorm"),
        (linear(), {"type": NORM, "trainable": False}),
        (NORM,),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers, loss="CrossEntropyLoss") == []


@pytest.mark.parametrize("loss", ["TripletMarginLoss", "CosineEmbeddingLoss"])
def test_embeddings_end_so_on_purpose(loss: str) -> None:
    assert found(linear(), NORM, loss=loss) == []


def test_each_output_is_judged_with_its_own_loss() -> None:
    layers = (linear(name="a"), {"type": NORM, "name": "b"})
    outputs = {
        "scores": {"from": "a", "loss": "CrossEntropyLoss"},
        "embedding": {"from": "b", "loss": "TripletMarginLoss"},
    }
    assert found(*layers, outputs=outputs) == []
    outputs["embedding"]["loss"] = "MSELoss"
    assert len(found(*layers, outputs=outputs)) == 1


def test_copies_are_one_finding() -> None:
    body = {"type": "Sequential", "layers": [linear(8), NORM], "repeat": 3}
    assert len(found(body, loss="MSELoss")) == 1


def test_unknown_sizes_have_no_price() -> None:
    (finding,) = found({"type": "Linear"}, linear(), NORM, loss="MSELoss")
    assert finding.help == "removing BatchNorm1d leaves the output free"


@pytest.mark.parametrize(("last", "loss"), [("LogSoftmax", "NLLLoss"), ("Sigmoid", "BCELoss")])
def test_half_of_a_loss_does_not_hide_it(last: str, loss: str) -> None:
    (finding,) = found(linear(bias=False), NORM, last, loss=loss)
    assert finding.rule.severity is Severity.WARNING
    assert finding.message.startswith(f"BatchNorm1d comes last but for {last}: it centres")
    assert found(linear(bias=False), NORM, last, loss="MSELoss") == []
    assert found(linear(bias=False), NORM, "ReLU", last, loss=loss) == []

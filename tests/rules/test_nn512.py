"""NN512: ReLU as the last layer."""

from __future__ import annotations

import json
from math import log
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def linear(out_features: int = 10, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


def heads(
    *layers: object, loss: str | None = "CrossEntropyLoss", x: object = (8,), **top: object
) -> list[Finding]:
    """The findings of the family, information included."""
    more = {"loss": loss} if loss else {}
    text = json.dumps({"nnlint": 1, "input": x, "layers": layers, **more, **top})
    return [one for one in lint_text(text).findings if one.rule.code.startswith("NN5")]


def codes(
    *layers: object, loss: str | None = "CrossEntropyLoss", x: object = (8,)
) -> list[str]:
    return [finding.rule.code for finding in heads(*layers, loss=loss, x=x)]


def test_it_is_advice() -> None:
    (finding,) = heads(linear(), {"type": "ReLU", "name": "out"})
    assert finding.rule.severity is Severity.INFO
    assert finding.path == ("layers", 1)
    assert finding.message == (
        "ReLU 'out' comes last: no output falls below 0, and one that is cut off gets no "
        "gradient from CrossEntropyLoss"
    )
    assert finding.help == (
        "remove ReLU: the scores themselves are what CrossEntropyLoss takes"
    )


@pytest.mark.parametrize(
    "loss",
    ["CrossEntropyLoss", "BCEWithLogitsLoss", "MSELoss", "L1Loss", "HuberLoss",
     "MultiMarginLoss", "MultiLabelSoftMarginLoss"],
)  # fmt: skip
@pytest.mark.parametrize(
    "layers",
    [
        (linear(), "ReLU"),
        (linear(act="ReLU"),),
        (linear(), "ReLU", "Flatten", "Dropout", "Identity"),
        (linear(), "BatchNorm1d", "ReLU"),
        ({"type": "Sequential", "layers": [linear(), "ReLU"], "repeat": 3},),
        ({"type": "Linear"}, "ReLU"),
    ],
)
def test_it_fires(layers: tuple[object, ...], loss: str) -> None:
    assert codes(*layers, loss=loss) == ["NN512"]


CONV = {"type": "Conv2d", "out_channels": 10, "kernel_size": 1}


@pytest.mark.parametrize(
    ("pool", "fires"),
    [({"type": "AdaptiveAvgPool2d", "output_size": 1}, True),
     ({"type": "AvgPool2d", "kernel_size": 8}, True),
     ({"type": "MaxPool2d", "kernel_size": 8}, True), ({"type": "Mean", "dim": [2, 3]}, True),
     ({"type": "AvgPool2d", "kernel_size": 4}, False),
     ({"type": "AvgPool2d", "kernel_size": 8, "padding": 1, "stride": 8}, False),
     ({"type": "LPPool2d", "norm_type": 2, "kernel_size": 8}, False),
     ({"type": "AdaptiveAvgPool2d", "output_size": 2}, False)],
)  # fmt: skip
def test_it_sees_through_pooling_to_one_place(pool: object, *, fires: bool) -> None:
    """Through a mean or a maximum of everything; zeros of a padding would come in."""
    expected = ["NN512"] if fires else []
    assert codes(CONV, "ReLU", pool, "Flatten", x=[3, 8, 8]) == expected


@pytest.mark.parametrize(
    "layers",
    [
        (linear(), "ReLU", linear()),
        (linear(), "LeakyReLU"),
        (linear(), "Softplus"),
        (linear(), "GELU"),
        (linear(), "ReLU", {"type": "Custom", "parameters": {}}),
        ({"type": "Residual", "body": [linear(8), "ReLU"]},),
        (linear(), "Tanh", "ReLU"),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert codes(*layers) == []


@pytest.mark.parametrize(
    "loss",
    [None, "TripletMarginLoss", "TripletMarginWithDistanceLoss", "CosineEmbeddingLoss",
     "HingeEmbeddingLoss", "MarginRankingLoss", "PoissonNLLLoss", "GaussianNLLLoss"],
)  # fmt: skip
def test_features_and_rates_are_silent(loss: str | None) -> None:
    assert codes(linear(), "ReLU", loss=loss) == []


@pytest.mark.parametrize("loss", ["BCELoss", "NLLLoss"])
def test_with_a_loss_on_probabilities_it_is_another_finding(loss: str) -> None:
    assert codes(linear(), "ReLU", loss=loss) == ["NN506"]


def test_of_a_single_class_it_is_another_finding() -> None:
    assert codes(linear(1), "ReLU") == ["NN510"]


def test_each_output_is_judged_by_its_loss() -> None:
    layers = [linear(act="ReLU", name="a"), linear(act="ReLU", name="b")]
    outputs = {"x": "a", "y": {"from": "b", "loss": "MSELoss"}}
    (finding,) = heads(*layers, loss=None, outputs=outputs)
    assert "no gradient from MSELoss" in finding.message


@pytest.mark.parametrize(
    ("loss", "severity"),
    [("BCEWithLogitsLoss", Severity.WARNING), ("SoftMarginLoss", Severity.WARNING),
     ("MultiLabelSoftMarginLoss", Severity.WARNING), ("MSELoss", Severity.INFO)],
)  # fmt: skip
def test_where_no_can_never_be_said_it_is_a_warning(loss: str, severity: Severity) -> None:
    (finding,) = heads(linear(1), "ReLU", loss=loss)
    assert (finding.rule.code, finding.rule.severity) == ("NN512", severity)


def test_what_no_costs_is_the_logarithm_of_2() -> None:
    (finding,) = heads(linear(1), "ReLU", loss="BCEWithLogitsLoss")
    assert f"it costs {-log(1 / 2):.4f} or more" in finding.message

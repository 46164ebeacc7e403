"""NN511: Sigmoid or Tanh before a loss on distances."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def linear(out_features: int = 10, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


def found(
    *layers: object, loss: str = "MSELoss", x: object = (8,), **top: object
) -> list[Finding]:
    text = json.dumps({"nnlint": 1, "input": x, "layers": layers, "loss": loss, **top})
    return [one for one in lint_text(text).findings if one.rule.code == "NN511"]


@pytest.mark.parametrize("loss", ["MSELoss", "L1Loss"])
@pytest.mark.parametrize(("last", "least"), [("Sigmoid", 0), ("Tanh", -1)])
def test_it_is_advice_and_says_the_interval(last: str, least: int, loss: str) -> None:
    (finding,) = found(linear(1), last, loss=loss)
    assert finding.rule.severity is Severity.INFO
    assert finding.path == ("layers", 1)
    assert finding.message == (
        f"{last} comes last with {loss}: no answer is below {least} or above 1, and near them "
        "hardly any gradient is left"
    )
    assert finding.help == (
        f"remove {last} if the targets can be any number; for yes or no, use BCELoss after "
        "Sigmoid"
    )


@pytest.mark.parametrize(
    ("layers", "x"),
    [
        ((linear(3), "Tanh", "Flatten", "Dropout", "Identity"), [8]),
        ((linear(3, act="Tanh"),), [8]),
        ((linear(3), "Sigmoid"), {"sequence": [5, 8]}),
        (({"type": "Sequential", "layers": [linear(3), "Tanh"], "repeat": 3},), [8]),
    ],
)
def test_it_fires(layers: tuple[object, ...], x: object) -> None:
    assert len(found(*layers, x=x)) == 1


CONV = {"type": "Conv2d", "out_channels": 3, "kernel_size": 1}
IMAGE = {"type": "Unflatten", "dim": 1, "unflattened_size": [1, 2, 2]}


@pytest.mark.parametrize(
    ("layers", "x"),
    [
        ((CONV, "Tanh"), [1, 7, 7]),
        ((CONV, "Tanh", "Flatten"), [1, 7, 7]),
        ((linear(4), "Sigmoid", IMAGE), [8]),
        ((linear(8), "Sigmoid"), [8]),
        ((linear(2), "ReLU", linear(8), "Sigmoid"), [8]),
        (("Flatten", linear(49), "Sigmoid"), [1, 7, 7]),
        ((linear(3), "ReLU"), [8]),
        ((linear(3), "Softmax"), [8]),
        ((linear(3), "Tanh", linear(1)), [8]),
        ((linear(3), "Tanh", {"type": "Custom", "parameters": {}}), [8]),
        (({"type": "Linear"}, "Tanh"), [8]),
    ],
)
def test_it_is_silent(layers: tuple[object, ...], x: object) -> None:
    """On images, on the input given back, and where a shape is unknown."""
    assert found(*layers, x=x) == []


@pytest.mark.parametrize("loss", ["BCELoss", "HuberLoss", "TripletMarginLoss", "KLDivLoss"])
def test_other_losses_are_none_of_its_business(loss: str) -> None:
    assert found(linear(1), "Sigmoid", loss=loss) == []


def test_each_output_is_judged_by_its_loss() -> None:
    layers = [linear(2, act="Tanh", name="a"), linear(3, act="Tanh", name="b")]
    outputs = {"x": {"from": "a", "loss": "HuberLoss"}, "y": "b"}
    assert len(found(*layers, outputs=outputs)) == 1

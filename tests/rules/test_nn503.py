"""NN503: a softmax over a single score."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def found(*layers: object, x: object = (8,), loss: str | None = None) -> list[Finding]:
    top = {"loss": loss} if loss else {}
    report = lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers, **top}))
    return [finding for finding in report.findings if finding.rule.code == "NN503"]


LINEAR = {"type": "Linear", "out_features": 1}
CONV = {"type": "Conv2d", "out_channels": 2, "kernel_size": 1}


def along(name: str, dim: int | None = None) -> dict[str, Any]:
    return {"type": name, "dim": dim}


@pytest.mark.parametrize(
    ("loss", "remedy"),
    [("BCELoss", "use Sigmoid"), (None, "use no activation, and BCEWithLogitsLoss"),
     ("CrossEntropyLoss", "use no activation, and BCEWithLogitsLoss")],
)  # fmt: skip
def test_the_remedy_depends_on_the_loss(loss: str | None, remedy: str) -> None:
    (finding,) = found({"type": "Linear", "out_features": 1}, "Softmax", loss=loss)
    assert finding.rule.severity is Severity.ERROR
    assert "compares the scores of an axis of size 1 in [1]" in finding.message
    assert "the output is constant" in finding.message
    assert (finding.help or "").startswith(remedy)


@pytest.mark.parametrize(
    ("layer", "x"),
    [(along("Softmax"), [1]), (along("LogSoftmax"), [1]), (along("Softmin"), [1]),
     (along("Softmax", 1), [1, 7, 7]), (along("Softmax"), [1, 7, 7]),
     (along("Softmax", 2), [3, 1, 7]), (along("LogSoftmax", -1), {"sequence": [16, 1]}),
     (along("Softmax"), {"sequence": [16, 1]}), (along("Softmax"), {"map": [1, 16]}),
     ("Softmax2d", [1, 7, 7])],
)  # fmt: skip
def test_one_score_competes_with_nothing(layer: object, x: object) -> None:
    assert len(found(layer, x=x)) == 1


@pytest.mark.parametrize(
    ("layer", "x"),
    [(along("Softmax"), [2]), (along("Softmax", 2), [1, 7, 7]), (along("Softmax", -1), [1, 7]),
     (along("Softmax"), {"sequence": [1, 16]}), (along("Softmax"), {"map": [16, 1]}),
     ("Softmax2d", [2, 1, 1]), ("Sigmoid", [1]), ("LogSigmoid", [1])],
)  # fmt: skip
def test_two_scores_compete(layer: object, x: object) -> None:
    assert found(layer, x=x) == []


def test_it_need_not_be_last() -> None:
    one, four = ({"type": "Linear", "out_features": n} for n in (1, 4))
    assert len(found(one, "Softmax", four)) == 1


def test_unknown_shapes_are_silent_and_known_axes_are_not() -> None:
    broken, one = {"type": "Linear"}, {"type": "Linear", "out_features": 1}
    assert found(broken, "Softmax") == []
    assert len(found(broken, one, along("Softmax", -1))) == 1


def test_one_definition_is_one_finding() -> None:
    body = {"type": "Sequential", "layers": ["Softmax"], "repeat": 5}
    assert len(found(body, x=[1])) == 1


@pytest.mark.parametrize(
    ("layers", "x", "instead", "axes"),
    [
        ((LINEAR, along("Softmax", -1)), {"sequence": [16, 8]}, "use no activation", "dim: 1"),
        (("Softmax2d", CONV), [1, 7, 7], "use Sigmoid, if it is a gate", "dim: 2 or dim: 3"),
        (("Softmax", LINEAR), [1], "use Sigmoid, if it is a gate", None),
    ],
)
def test_the_remedy_names_the_other_axes(
    layers: tuple[object, ...], x: object, instead: str, axes: str | None
) -> None:
    (finding,) = found(*layers, x=x)
    assert finding.help is not None
    first, _, more = finding.help.partition("; ")
    assert first.startswith(instead)
    assert more == (f"or a Softmax with {axes} compares along another axis" if axes else "")


def test_each_output_has_the_remedy_of_its_own_loss() -> None:
    one = {"type": "Linear", "out_features": 1, "from": "input"}
    layers = [one, {"type": "Softmax", "name": "a"}, one, {"type": "Softmax", "name": "b"}]
    outputs = {"p": {"from": "a", "loss": "BCELoss"}, "q": {"from": "b", "loss": "MSELoss"}}
    spec = {"nnlint": 1, "input": [8], "layers": layers, "outputs": outputs}
    first, second = (one.help or "" for one in lint_text(json.dumps(spec)).findings)
    assert first.startswith("use Sigmoid")
    assert second.startswith("use no activation")

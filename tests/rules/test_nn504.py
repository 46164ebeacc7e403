"""NN504: a softmax whose axis torch would guess."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding

NAMES = ["Softmax", "LogSoftmax", "Softmin"]


def found(*layers: object, x: object) -> list[Finding]:
    report = lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers}))
    return [finding for finding in report.findings if finding.rule.code == "NN504"]


def torch_guess(axes: int) -> int:
    """torch.nn.functional._get_softmax_dim: 0 for 0, 1 and 3 axes, else 1."""
    return 0 if axes in (0, 1, 3) else 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "x", [[8], [16, 32], {"sequence": [16, 32]}, {"map": [16, 32]}, [3, 7, 7], [3, 4, 7, 7]]
)
def test_it_fires_where_torch_would_take_the_batch(name: str, x: object) -> None:
    dims = next(iter(x.values())) if isinstance(x, dict) else x
    assert isinstance(dims, list)
    takes_batch = torch_guess(1 + len(dims)) == 0
    assert bool(found(name, x=x)) is takes_batch


def test_the_message_says_which_axis() -> None:
    (finding,) = found("Softmax", x={"sequence": [16, 32]})
    assert finding.rule.severity is Severity.WARNING
    assert finding.message == (
        "Softmax has no dim, and on [16, 32] with a batch before it torch would take "
        "the batch axis"
    )
    assert finding.help == "write dim: -1 for the last axis, or dim: 1 for channels"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dim", [-1, -2, 1, 2])
def test_a_written_axis_is_no_guess(name: str, dim: int) -> None:
    assert found({"type": name, "dim": dim}, x=[16, 32]) == []


@pytest.mark.parametrize("name", ["Softmax2d", "Sigmoid", "GLU"])
def test_other_layers_have_no_axis_to_guess(name: str) -> None:
    assert found(name, x={"sequence": [16, 32]}) == []


def test_unknown_shapes_are_silent() -> None:
    assert found({"type": "Linear"}, "Softmax", x=[16, 32]) == []


def test_one_definition_is_one_finding() -> None:
    body = {"type": "Sequential", "layers": ["Softmax"], "repeat": 5}
    assert len(found(body, x=[16, 32])) == 1


def codes(*layers: object, loss: str, x: object) -> list[str]:
    spec = {"nnlint": 1, "input": x, "layers": layers, "loss": loss}
    return [finding.rule.code for finding in lint_text(json.dumps(spec)).findings]


LINEAR = {"type": "Linear", "out_features": 5}


@pytest.mark.parametrize(
    ("name", "loss", "expected"),
    [("Softmax", "CrossEntropyLoss", ["NN501"]), ("Softmin", "CrossEntropyLoss", ["NN501"]),
     ("Softmax", "BCEWithLogitsLoss", ["NN502"]), ("Softmax", "BCELoss", ["NN509"]),
     ("LogSoftmax", "CrossEntropyLoss", ["NN504", "NN505"]),
     ("Softmax", "MSELoss", ["NN504"]), ("LogSoftmax", "NLLLoss", ["NN504"])],
)  # fmt: skip
def test_what_the_loss_wants_gone_needs_no_axis(
    name: str, loss: str, expected: list[str]
) -> None:
    """LogSoftmax before CrossEntropyLoss is advice: along the wrong axis it is none."""
    assert codes(LINEAR, name, loss=loss, x={"sequence": [7, 8]}) == expected


def test_a_single_score_has_no_axis_to_choose() -> None:
    one = {"type": "Linear", "out_features": 1}
    assert codes(one, "Softmax", LINEAR, loss="MSELoss", x={"sequence": [7, 8]}) == ["NN503"]


def test_before_the_last_layer_the_axis_is_still_missing() -> None:
    layers = (LINEAR, "Softmax", LINEAR, "Softmax")
    found = codes(*layers, loss="CrossEntropyLoss", x={"sequence": [7, 8]})
    assert [code for code in found if code != "NN811"] == ["NN504", "NN501"]

"""NN803: a gated MLP as wide as a plain one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def found(*layers: object, x: object = {"sequence": [16, 96]}, **more: object) -> list[Finding]:
    spec: dict[str, Any] = {"nnlint": 1, "input": x, "layers": layers, **more}
    report = lint_text(json.dumps(spec))
    return [finding for finding in report.findings if finding.rule.code == "NN803"]


def mlp(hidden: int, **more: object) -> dict[str, Any]:
    return {"type": "GatedMLP", "hidden_features": hidden, **more}


def test_the_message_compares_with_the_plain_one() -> None:
    (finding,) = found(mlp(384, name="up"))
    assert finding.rule.severity is Severity.INFO
    assert finding.path == ("layers", 0, "hidden_features")
    assert finding.message == (  # 3·96·384, 2·4·96·96
        "GatedMLP 'up' has 384 hidden features for 96, and three matrices: 110,592 weights, "
        "where a plain MLP 4 times as wide has 73,728"
    )
    assert finding.help == (
        "with hidden_features: 256 (8/3 as wide) it has about as many as the plain one"
    )


@pytest.mark.parametrize(("hidden", "fires"), [(256, 0), (383, 0), (384, 1), (500, 1)])
def test_from_four_times_on(hidden: int, fires: int) -> None:
    assert len(found(mlp(hidden))) == fires


@pytest.mark.parametrize(("width", "fitting"), [(4096, 10928), (3584, 9560), (12, 32), (4, 11)])
def test_the_remedy_is_a_multiple_of_8_but_for_the_smallest(width: int, fitting: int) -> None:
    (finding,) = found(mlp(4 * width), x={"sequence": [4, width]})
    assert f"hidden_features: {fitting} " in str(finding.help)


def test_copies_and_experts_are_one_finding() -> None:
    moe = {"type": "MoE", "num_experts": 8, "top_k": 2, "expert": [mlp(384)]}
    assert len(found({"type": "Sequential", "repeat": 4, "layers": [moe]})) == 1


def test_it_is_silent_on_plain_ones_and_unknown_widths() -> None:
    plain = {"type": "Linear", "out_features": 384, "act": "GELU"}
    assert found(plain, {"type": "Linear", "out_features": 96}) == []
    assert found({"type": "RNN"}, mlp(4096)) == []

"""AdaptiveLogSoftmaxWithLoss."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.layers import layer_types
from nnlint.layers.attribute import REQUIRED

if TYPE_CHECKING:
    from nnlint.graph import Node
    from nnlint.report import Report

BROKEN = {"type": "Linear"}


def lint(*layers: object, x: object = (64,)) -> Report:
    return lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers}))


def only(**more: object) -> Node:
    graph = lint(adaptive(**more)).graph
    assert graph is not None
    return graph.nodes[-1]


def adaptive(**more: object) -> dict[str, Any]:
    name = "AdaptiveLogSoftmaxWithLoss"
    return {"type": name, "n_classes": 1000, "cutoffs": [100, 500], **more}


def test_keywords_and_defaults_are_torchs() -> None:
    attributes = layer_types()["AdaptiveLogSoftmaxWithLoss"].attributes
    assert {key: one.default for key, one in attributes.items()} == {
        "in_features": None, "n_classes": REQUIRED, "cutoffs": REQUIRED, "div_value": 4.0,
        "head_bias": False,
    }  # fmt: skip


@pytest.mark.parametrize("div_value", [1, 2, 4])
@pytest.mark.parametrize("cutoffs", [[1], [100], [100, 500], [10, 100, 999]])
@pytest.mark.parametrize("head_bias", [True, False])
def test_the_count_is_torchs_formula(
    div_value: int, cutoffs: list[int], *, head_bias: bool
) -> None:
    node = only(cutoffs=cutoffs, div_value=div_value, head_bias=head_bias)
    head = cutoffs[0] + len(cutoffs)
    weights = 64 * head
    for i, (begin, end) in enumerate(pairwise([*cutoffs, 1000])):
        narrow = 64 // div_value ** (i + 1)
        weights += 64 * narrow + narrow * (end - begin)
    assert (node.weights, node.biases) == (weights, head * head_bias)
    assert node.macs == weights
    assert node.spec.bias is head_bias
    assert node.output.known == ()


@pytest.mark.parametrize(
    "cutoffs", [[500, 100], [100, 100], [1000], [100, 1000], [100, 2000], [500, 100, 900]]
)
def test_cutoffs_rise_and_stay_below_the_classes(cutoffs: list[int]) -> None:
    (finding,) = lint(adaptive(cutoffs=cutoffs)).findings
    assert finding.rule.code == "NN205"
    assert f"cutoffs {cutoffs} must rise and stay below the 1000 classes" in finding.message


def test_a_stated_size_is_checked() -> None:
    (finding,) = lint(adaptive(in_features=9)).findings
    assert finding.message.endswith("in_features is 9, but 64 arrive")


@pytest.mark.parametrize(
    ("x", "words"), [([4, 64], "[4, 64] arrives"), ({"tokens": 64}, "token indices")]
)
def test_only_features_are_taken(x: object, words: str) -> None:
    (finding,) = lint(adaptive(), x=x).findings
    assert finding.rule.code == "NN202"
    assert words in finding.message


def test_div_value_is_at_least_one() -> None:
    (finding,) = lint(adaptive(div_value=0.5)).findings
    assert finding.message == "div_value is 0.5, but expected a number, 1 or more"


@pytest.mark.parametrize(("given", "complete"), [({}, False), ({"in_features": 64}, True)])
def test_in_the_unknown(given: dict[str, int], *, complete: bool) -> None:
    graph = lint(BROKEN, adaptive(**given)).graph
    assert graph is not None
    assert graph.nodes[-1].complete is complete


def test_a_width_never_overflows() -> None:
    """4.0 to the power of 512 is no float: a bad input is a value, never an exception."""
    report = lint(adaptive(n_classes=100_000, cutoffs=list(range(1, 700))))
    assert report.graph is not None
    report = lint(adaptive(div_value=1.5e200))
    assert report.graph is not None


def test_a_giant_div_value_costs_nothing() -> None:
    """A width can't be above 0 once div_value passes it: no need to raise it further."""
    layer = adaptive(n_classes=1000, cutoffs=list(range(1, 50)), div_value=10**3990)
    start = time.perf_counter()
    lint(layer)
    assert time.perf_counter() - start < 0.2


def test_in_the_unknown_it_still_gives_one_number() -> None:
    graph = lint(BROKEN, adaptive()).graph
    assert graph is not None
    assert graph.output.shape.known == ()


def test_a_single_number_has_no_features() -> None:
    """torch: 1D or 2D input tensors expected, and without a batch one axis is features."""
    (finding,) = lint({"type": "Mean", "dim": 1}, adaptive(), x=[64]).findings
    assert (finding.rule.code, finding.path) == ("NN202", ("layers", 1))

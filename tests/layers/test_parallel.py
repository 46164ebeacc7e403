"""Parallel: branches over one input, joined by Concat, Add or Multiply."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlint.engine import lint_text

if TYPE_CHECKING:
    from nnlint.finding import Finding
    from nnlint.graph import Graph
    from nnlint.report import Report


def lint(*layers: object, x: object = None, **more: object) -> Report:
    whole = {"nnlint": 1, "input": x or [16, 8, 8], "layers": layers, **more}
    return lint_text(json.dumps(whole))


def graph_of(*layers: object, x: object = None, **more: object) -> Graph:
    report = lint(*layers, x=x, **more)
    assert [f.message for f in report.findings if f.rule.severity.rank == 3] == []
    assert report.graph is not None
    return report.graph


def only(*layers: object, **more: object) -> Finding:
    (finding,) = lint(*layers, **more).findings
    return finding


def parallel(*branches: list[Any], **more: object) -> dict[str, Any]:
    return {"type": "Parallel", "branches": list(branches), **more}


def conv(out_channels: int, **more: object) -> dict[str, Any]:
    return {"type": "Conv2d", "out_channels": out_channels, "kernel_size": 1, **more}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=5))
def test_concat_lines_up_the_channels_of_all_branches(widths: list[int]) -> None:
    graph = graph_of(parallel(*([conv(n)] if n else [] for n in widths)))
    assert graph.output.shape.known == (sum(n or 16 for n in widths), 8, 8)
    assert graph.totals.params == sum(16 * n + n for n in widths)
    assert graph.totals.macs == sum(16 * n for n in widths) * 64


@pytest.mark.parametrize("merge", ["Concat", "Add", "Multiply", {"type": "Concat", "dim": 2}])
def test_it_equals_the_same_wired_by_hand(merge: Any) -> None:
    short = graph_of(parallel([conv(16), "ReLU"], [], merge=merge))
    last = {"type": merge} if isinstance(merge, str) else merge
    start, end = {"type": "Identity", "name": "x"}, {**last, "from": ["previous", "x"]}
    long = graph_of(start, conv(16), "ReLU", end)
    assert short.totals == long.totals
    assert short.output.shape == long.output.shape


def test_the_order_of_branches_is_that_of_the_merge() -> None:
    graph = graph_of(parallel([conv(3)], [conv(5)], [conv(7)]))
    assert [x.dims[0] for x in graph.nodes[-1].inputs] == [3, 5, 7]


def test_concat_joins_the_features_of_sequences() -> None:
    branch = [{"type": "Linear", "out_features": 4}]
    graph = graph_of(parallel(branch, []), x={"sequence": [5, 6]})
    assert graph.output.shape.known == (5, 10)


def test_multiply_broadcasts_and_add_does_not() -> None:
    gate = [{"type": "AdaptiveAvgPool2d", "output_size": 1}, conv(16), "Sigmoid"]
    assert graph_of(parallel([], gate, merge="Multiply")).output.shape.known == (16, 8, 8)
    assert only(parallel([], gate, merge="Add")).rule.code == "NN212"


@pytest.mark.parametrize("merge", ["$m", {"type": "Concat", "dim": "$d"}])
def test_the_merge_may_be_computed(merge: Any) -> None:
    graph = graph_of(parallel([], ["ReLU"], merge=merge), vars={"m": "Add", "d": 2})
    assert graph.output.shape.known == ((16, 8, 8) if merge == "$m" else (16, 16, 8))


def test_branches_may_nest_and_repeat() -> None:
    inner = parallel([conv(16)], [], merge="Add", repeat=1000)
    graph = graph_of(parallel([inner], [conv(2)]))
    assert graph.totals.params == 1000 * (16 * 16 + 16) + 16 * 2 + 2
    assert graph.output.shape.known == (18, 8, 8)


def test_expressions_in_a_branch_see_what_arrives_there() -> None:
    branch = [conv(4), {"type": "Conv2d", "out_channels": "2*$in", "kernel_size": 1}]
    assert graph_of(parallel(branch, [])).output.shape.known == (8 + 16, 8, 8)


# What is refused


@pytest.mark.parametrize(
    ("layer", "code", "words"),
    [(parallel(["ReLU"]), "NN109", "branches is a list of 1"),
     (parallel(["ReLU"], [], merge="Cat"), "NN120", "there is no layer type 'Cat'"),
     (parallel(["ReLU"], [], merge="ReLU"), "NN104", "merge is ReLU, but expected a merge"),
     (parallel(["Relu"], []), "NN120", "there is no layer type 'Relu'"),
     (parallel([conv(3)], [], merge="Add"), "NN212", "[3, 8, 8] and [16, 8, 8]"),
     ("Parallel", "NN102", "Parallel needs branches"),
     (parallel(["ReLU"], [], merg="Add"), "NN103", "Parallel takes no key 'merg'")],
)  # fmt: skip
def test_a_mistake_is_one_finding(layer: Any, code: str, words: str) -> None:
    finding = only(layer)
    assert finding.rule.code == code
    assert words in finding.message


def test_branches_are_lists_of_layers() -> None:
    findings = lint({"type": "Parallel", "branches": ["ReLU", "Tanh"]}).findings
    assert {f.rule.code for f in findings} == {"NN101"}
    assert all("[ReLU]" in (f.help or "") or "example" in (f.help or "") for f in findings)


def test_a_broken_branch_is_one_mistake() -> None:
    report = lint(parallel([{"type": "Conv2d"}], [conv(3)]), conv(4), expect={"params": 9})
    assert [f.rule.code for f in report.findings] == ["NN102"]


def test_there_may_be_any_number_of_branches() -> None:
    branches: list[list[Any]] = [[] for _ in range(1_500)]
    graph = graph_of(parallel(*branches), x=[2, 1, 1])
    assert graph.output.shape.known == (2 * len(branches), 1, 1)


def test_custom_takes_any_number_of_inputs() -> None:
    names = [f"x{n}" for n in range(1_500)]
    layers = [{"type": "Identity", "name": name, "from": "input"} for name in names]
    custom = {"type": "Custom", "from": names, "parameters": {}, "output": [3], "macs": 0}
    assert graph_of(*layers, custom).output.shape.known == (3,)


def test_null_is_the_same_as_no_merge() -> None:
    branches = [[{"type": "Linear", "out_features": 3}], []]
    layers = [{"type": "Parallel", "branches": branches, "merge": None}]
    graph = lint_text(json.dumps({"nnlint": 1, "input": [8], "layers": layers})).graph
    assert graph is not None
    assert graph.output.shape.known == (3 + 8,)

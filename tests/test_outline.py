"""The rows of `--depth`: however much is folded, every column adds up to the totals."""

from __future__ import annotations

import io
import json
import re
from functools import cache
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlint import cli
from nnlint.engine import lint_text
from nnlint.outline import outline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nnlint.graph import Graph, Group, Node
    from nnlint.outline import Line

SPECS = sorted((Path(__file__).parent.parent / "specs").glob("*.yaml"))
DEPTHS = (1, 2, 3, 4, None)
LAW = settings(max_examples=60, deadline=None)


@cache
def graph_of(text: str) -> Graph:
    graph = lint_text(text).graph
    assert graph
    return graph


def network(*layers: Any, width: Any = 8, **top: Any) -> Graph:
    spec = {"nnlint": 1, "input": {"sequence": [3, width]}, "layers": layers, **top}
    return graph_of(json.dumps(spec))


def linear(out: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out, **more}


def part(*layers: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Sequential", "layers": layers, **more}


# What the columns are, added up by hand from the tensors


def by_hand(nodes: Sequence[Node]) -> dict[str, int]:
    """The columns of these layers, from their tensors and how often each counts."""
    owned = [(node, tensor) for node in nodes for tensor in node.tensors]
    biases = sum(one.times.owned * t.count for one, t in owned if t.is_bias)
    weights = sum(one.times.owned * t.count for one, t in owned if not t.is_bias)
    stored = sum(one.times.owned * tensor.count for one in nodes for tensor in one.buffers)
    macs = sum(one.times.runs * (one.macs or 0) for one in nodes)
    return {"weights": weights, "biases": biases, "buffers": stored, "macs": macs}


def columns_of(line: Line) -> dict[str, int]:
    return {key: getattr(line.sums, key) for key in ("weights", "biases", "buffers", "macs")}


def layers_of(line: Line) -> list[int]:
    return list(range(line.numbers[0], line.numbers[1] + 1)) if line.numbers else []


SUMMED = ("weights", "biases", "moving", "params", "trainable", "frozen", "active",
          "embedding", "tied", "buffers", "macs")  # fmt: skip


def assert_adds_up(graph: Graph, depth: int | None) -> None:
    lines = outline(graph, depth)
    for column in SUMMED:
        total = sum(getattr(line.sums, column) for line in lines)
        assert total == getattr(graph.totals, column), column
    assert all(line.sums.complete for line in lines) == graph.totals.complete
    assert all(line.sums.macs_complete for line in lines) == graph.totals.macs_complete


def assert_numbered(graph: Graph, depth: int | None) -> None:
    """Every layer stands on one row, and in its order."""
    numbers = [number for line in outline(graph, depth) for number in layers_of(line)]
    assert numbers == list(range(1, len(graph.nodes) + 1))


def assert_rows_are_sums(graph: Graph, depth: int | None) -> None:
    for line in outline(graph, depth):
        nodes = [graph.nodes[number - 1] for number in layers_of(line)]
        assert list(line.nodes) == nodes
        assert columns_of(line) == by_hand(nodes)
        assert line.folded or len(nodes) <= 1


def groups_of(node: Node) -> list[Group]:
    """The parts around a layer, the outermost first."""
    groups: list[Group] = []
    group = node.group
    while group:
        groups.insert(0, group)
        group = group.parent
    return groups


def copies(line: Line) -> int:
    """How many copies a row stands for, from the layers themselves."""
    if not line.folded:
        return line.nodes[0].count
    parts = {
        id(part): part for node in line.nodes for part in groups_of(node)[line.depth :][:1]
    }
    return sum(part.count for part in parts.values())


def assert_times_multiply(graph: Graph, depth: int | None) -> None:
    around: list[int] = []
    for line in outline(graph, depth):
        around = [*around[: line.depth], line.times]
        assert len(around) == line.depth + 1
        if line.numbers:
            assert prod(around) == copies(line)


def assert_one_part_a_row(graph: Graph, depth: int | None) -> None:
    """A folded row has the layers of one part, or of its copies: never of two parts."""
    for line in outline(graph, depth):
        if line.folded:
            parts = [groups_of(node)[line.depth].spec for node in line.nodes]
            assert {(one.path, one.type, one.name) for one in parts} == {
                (parts[0].path, line.type, line.name)
            }


LAWS = (assert_adds_up, assert_numbered, assert_rows_are_sums, assert_times_multiply,
        assert_one_part_a_row)  # fmt: skip


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_every_spec_keeps_it_at_every_depth(spec: Path, law: Any) -> None:
    for depth in DEPTHS:
        law(graph_of(spec.read_text("utf-8")), depth)


# Random networks of parts within parts

LEAVES: tuple[Any, ...] = (
    "ReLU", "LayerNorm", linear(8), linear(8, bias=False), linear(5), linear("$in"),
    linear(8, trainable=False), linear(8, repeat=3), linear(6, repeat=2, shared=True),
    linear(7, in_features=9), "GLU", linear(8, norm="LayerNorm", act="GELU", repeat=3),
)  # fmt: skip
REPEATS = st.integers(1, 4)


def parts(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    layers = st.lists(children, min_size=1, max_size=3)
    more = {"repeat": REPEATS, "shared": st.booleans(), "trainable": st.booleans()}
    kinds = {
        "Sequential": {"layers": layers, **more},
        "Residual": {"body": layers, "on_mismatch": st.sampled_from(["project", "skip"]),
                     "act": st.sampled_from(["ReLU", "none"]), "repeat": REPEATS},
        "Parallel": {"branches": st.lists(layers, min_size=2, max_size=3), "repeat": REPEATS},
        "MoE": {"num_experts": st.just(5), "top_k": st.integers(1, 5), "expert": layers,
                "shared_expert": st.lists(children, max_size=2)},
    }  # fmt: skip
    made = [st.fixed_dictionaries({"type": st.just(k), **v}) for k, v in kinds.items()]
    return st.one_of(*made)


nested = st.recursive(st.sampled_from(LEAVES), parts, max_leaves=8)


@LAW
@given(layers=st.lists(nested, min_size=1, max_size=4), block=nested, repeat=REPEATS)
def test_random_networks_keep_every_law(layers: list[Any], block: Any, repeat: int) -> None:
    use = {"block": "b", "repeat": repeat}
    blocks = {"b": {"layers": [block, linear(8)]}}
    graph = network(*layers, use, part(use, "GELU"), blocks=blocks)
    for depth in DEPTHS:
        for law in LAWS:
            law(graph, depth)


# What a row says


def shown(graph: Graph, depth: int | None) -> list[tuple[Any, ...]]:
    return [
        (line.numbers, line.depth, line.type, line.name, line.times, line.sums.params)
        for line in outline(graph, depth)
    ]


DEEP = (linear(8, name="stem"), part(part(linear(8), "ReLU", repeat=2), "GELU", repeat=3))
"""8·8 + 8 = 72 parameters, then 3 times 2 times as many."""


def test_each_depth_of_one_network() -> None:
    graph = network(*DEEP)
    stem, folded = ((1, 1), 0, "Linear", "stem", 1, 72), "Sequential"
    assert shown(graph, 1) == [stem, ((2, 4), 0, folded, None, 3, 432)]
    assert shown(graph, 2) == [
        stem, (None, 0, folded, None, 3, 0),
        ((2, 3), 1, folded, None, 2, 432), ((4, 4), 1, "GELU", None, 1, 0),
    ]  # fmt: skip
    rows = [
        stem, (None, 0, folded, None, 3, 0), (None, 1, folded, None, 2, 0),
        ((2, 2), 2, "Linear", None, 1, 432), ((3, 3), 2, "ReLU", None, 1, 0),
        ((4, 4), 1, "GELU", None, 1, 0),
    ]  # fmt: skip
    assert shown(graph, 3) == shown(graph, 4) == shown(graph, None) == rows


def test_unequal_copies_of_a_part_are_one_row() -> None:
    """8 -> 5 is another layer than 5 -> 5, but both are copies of the same part."""
    graph = network(part(linear(5), "ReLU", repeat=4))
    assert len(graph.nodes) == 4
    assert shown(graph, 1) == [((1, 4), 0, "Sequential", None, 4, 45 + 3 * 30)]


def test_two_uses_of_a_block_are_two_rows() -> None:
    use = {"block": "b", "repeat": 2}
    graph = network(use, use, blocks={"b": {"layers": [linear(8)]}})
    assert [line.times for line in outline(graph, 1)] == [2, 2]


def test_experts_and_the_shared_expert_are_two_rows() -> None:
    """8·8 + 8 = 72 a routed expert, and 8·2 + 2 + 2·8 + 8 = 42 the shared one."""
    moe = {"type": "MoE", "num_experts": 4, "top_k": 2, "expert": [linear(8)],
           "shared_expert": [linear(2), "ReLU", linear(8)]}  # fmt: skip
    rows = [(line.type, line.times, line.sums.params) for line in outline(network(moe), 2)]
    assert ("expert", 4, 288) in rows
    assert ("shared expert", 1, 42) in rows


def test_what_a_folded_part_hides_unknown_stays_unknown() -> None:
    graph = network(part(linear(8), linear(8, in_features=9)), linear(8))
    (folded, last) = outline(graph, 1)
    assert not folded.sums.complete
    assert folded.sums.params == 72
    assert last.output
    assert str(last.output) == "[3, 8]"


def test_a_folded_part_gives_what_its_last_layer_gives() -> None:
    (row,) = outline(network(part(linear(5), linear(6), repeat=3)), 1)
    assert str(row.output) == "[3, 6]"
    assert row.node is None


# The screen


def screen(folder: Path, network: dict[str, Any], *more: str) -> list[str]:
    spec, out = folder / "deep.yaml", io.StringIO()
    spec.write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in network.items()))
    cli.main([str(spec), *more], out, io.StringIO())
    return out.getvalue().splitlines()


HUNDRED = {
    "nnlint": 1,
    "input": [3, 64, 64],
    "blocks": {
        "b": {
            "args": {"width": "required", "stride": 1},
            "layers": [
                {"type": "Conv2d", "out_channels": "$width", "kernel_size": 3, "padding": 1,
                 "stride": "$stride", "bias": False, "norm": "BatchNorm2d", "act": "ReLU"},
                {"type": "Conv2d", "out_channels": "$width", "kernel_size": 1},
            ],
        }
    },
    "layers": [
        *({"block": "b", "width": width, "repeat": 3, "first": {"stride": 2}}
          for width in (16, 32, 48, 64)),
        "Flatten", linear(10),
    ],
}  # fmt: skip
"""4 stages of 3 blocks of 4 rows: the first copy differs, so 4·2·4 = 32 rows."""


def test_a_network_of_a_hundred_layers_fits_a_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ten = [
        [layer for n in range(5) for layer in (linear(first + n + 1), "ReLU")]
        for first in range(10)
    ]
    deep = {"nnlint": 1, "input": [8], "layers": [part(*layers) for layers in ten]}
    monkeypatch.setenv("COLUMNS", "100")
    assert len(screen(tmp_path, deep)) > 100
    assert len(screen(tmp_path, deep, "--depth", "1")) <= 40


def test_a_convolutional_network_fits_a_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    lines = screen(tmp_path, HUNDRED, "--depth", "1")
    rows = [line.split() for line in lines if re.match(r" +\d+(–\d+)?  \S", line)]
    assert len(rows) == 6
    assert [row[2] for row in rows[:4]] == ["×3"] * 4


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_deeper_shows_more(spec: Path) -> None:
    graph = graph_of(spec.read_text("utf-8"))
    counts = [len(outline(graph, depth)) for depth in DEPTHS]
    assert all(less <= more for less, more in pairwise(counts))

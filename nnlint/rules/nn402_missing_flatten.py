"""NN402: a map that reaches a dense layer without having been flattened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.layers.shape import Layout
from nnlint.rules import Rule
from nnlint.rules.walking import is_dense
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """Linear maps of the last axis that get a map [C, L] or [C, H, W]."""
    convolved = _reached(graph, _is_convolution)
    unflattened = _reached(graph, _is_unflattened)
    arranged = _reached(graph, lambda node: bool(node.layer and node.layer.arranges_axes))
    for node in graph.nodes:
        silent = any(id(source) in unflattened | arranged for source in node.sources)
        if _is_unflattened(node) and not silent:
            yield _problem(node, of_convolution=any(id(s) in convolved for s in node.sources))


def _reached(graph: Graph, begins: Callable[[Node], bool]) -> set[int]:
    """The nodes that give a map which began at such a node."""
    found: set[int] = set()
    for node in graph.nodes:
        on_the_way = begins(node) or any(id(source) in found for source in node.sources)
        if on_the_way and node.output.layout is Layout.MAP:
            found.add(id(node))
    return found


def _problem(node: Node, *, of_convolution: bool) -> Problem:
    shape, rows = node.inputs[0], "×".join(map(str, node.inputs[0].dims[:-1]))
    return Problem(
        "NN402",
        node.path,
        f"{node.spec.label} gets the map {shape} and works on its last axis alone: "
        f"{rows} rows of {shape.last}, each by itself",
        f"a Flatten before it makes one axis of {grouped(shape.size)}",
        severity=Severity.ERROR if of_convolution and shape.rank > 2 else None,
    )


def _is_unflattened(node: Node) -> bool:
    return is_dense(node) and _is_map(node) and node.complete


def _is_convolution(node: Node) -> bool:
    return bool(node.layer and node.layer.is_linear_map and node.layer.feature_axis == 0)


def _is_map(node: Node) -> bool:
    return bool(node.inputs) and node.inputs[0].layout is Layout.MAP and not node.inputs[0].open


RULE = Rule(
    code="NN402",
    name="missing-flatten",
    severity=Severity.WARNING,
    summary="A map reaches a Linear without a Flatten.",
    rationale=(
        "Linear works on the last axis. On an image [1, 28, 28] it treats each of the 28 rows "
        "alone, with 28 inputs instead of 784. PyTorch runs that without a word, and the "
        "network learns badly: an error where a convolution made the map [C, H, W], a warning "
        "where it may be meant. A sequence [T, d] is meant to be taken so, and is silent: "
        "write the input as {sequence: [T, d]}."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html",
    bad="""\
nnlint: 1
input: [1, 28, 28]
layers:
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [1, 28, 28]
layers:
  - Flatten
  - {type: Linear, out_features: 10}
""",
    check=check,
)

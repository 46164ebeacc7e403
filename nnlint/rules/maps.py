"""Maps that are taken for something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers.shape import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nnlint.graph import Graph, Node


def unflattened(graph: Graph) -> Iterator[tuple[Node, bool]]:
    """What takes a map for rows of numbers by mistake, and whether a convolution made it."""
    by_rows = [node for node in graph.nodes if _is_by_rows(node)]
    if not by_rows:
        return
    convolved = _reached(graph, _is_convolution, lambda _: False)
    meant = _reached(graph, lambda node: _is_by_rows(node) or _is_arranged(node), _has_places)
    for node in by_rows:
        if not any(id(source) in meant for source in node.sources):
            yield node, any(id(source) in convolved for source in node.sources)


def _reached(
    graph: Graph, begins: Callable[[Node], bool], stops: Callable[[Node], bool]
) -> set[int]:
    """The nodes that give a map which began at such a node."""
    found: set[int] = set()
    for node in graph.nodes:
        goes_on = any(id(source) in found for source in node.sources) and not stops(node)
        if (goes_on or begins(node)) and node.output.layout is Layout.MAP:
            found.add(id(node))
    return found


def _is_by_rows(node: Node) -> bool:
    x = node.inputs[0] if node.inputs else None
    by_rows = node.layer and node.layer.multiplies_last and node.complete
    return bool(by_rows and x and x.layout is Layout.MAP and not x.open)


def _is_arranged(node: Node) -> bool:
    return bool(node.layer and node.layer.arranges_axes)


def _is_convolution(node: Node) -> bool:
    return bool(node.layer and node.layer.is_linear_map and node.layer.feature_axis == 0)


def _has_places(node: Node) -> bool:
    """Whether it takes the axes behind the channels for places: convolution, pooling."""
    layer = node.layer
    return bool(layer and layer.prefers is Layout.MAP and layer.role != "norm")

"""Ways through a graph that several rules take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers.shape import Misfit, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path
    from nnlint.graph import Graph, Node
    from nnlint.layers.base import Layer


def last_layer(graph: Graph) -> tuple[Node, Layer] | None:
    """The layer whose values leave the network, seen through Flatten, Dropout, Identity."""
    node = graph.output.node
    while node and node.layer and node.layer.passes_last and node.sources:
        node = node.sources[0]
    return (node, node.layer) if node and node.layer else None


def head(graph: Graph, loss: str) -> tuple[Node, Layer] | None:
    """The last layer of a network that is trained with this loss.

    None where it compares a single score with itself: that is NN503's to say.
    """
    last = last_layer(graph) if graph.loss == loss else None
    return None if last is None or competing(last[0]) == 1 else last


def by_definition(graph: Graph) -> Iterator[tuple[Path, list[Node]]]:
    """The nodes that one place of the spec became: several, where copies differ."""
    found: dict[Path, list[Node]] = {}
    for node in graph.nodes:
        found.setdefault(node.path, []).append(node)
    yield from found.items()


def competing(node: Node) -> int | None:
    """How many scores share one sum in this layer; None: it compares none, or nobody knows."""
    try:
        return node.layer.competing(node.inputs[0]) if node.layer and node.inputs else None
    except (Unknown, Misfit):
        return None

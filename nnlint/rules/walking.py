"""Ways through a graph that several rules take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers.shape import Misfit, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path
    from nnlint.graph import Graph, Node
    from nnlint.layers.base import Layer


def last_layers(graph: Graph) -> Iterator[tuple[Node, Layer, str | None]]:
    """The layers whose values leave the network, each with its loss.

    Seen through Flatten, Dropout, Identity.
    """
    for output in graph.outputs.values():
        node = output.edge.node
        while node and node.layer and node.layer.passes_last and node.sources:
            node = node.sources[0]
        if node and node.layer:
            yield node, node.layer, output.loss


def heads(graph: Graph, loss: str) -> Iterator[tuple[Node, Layer]]:
    """The last layers that are trained with this loss.

    None where one compares a single score with itself: that is NN503's to say.
    """
    for node, layer, own in last_layers(graph):
        if own == loss and competing(node) != 1:
            yield node, layer


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

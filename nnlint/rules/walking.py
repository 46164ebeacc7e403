"""Ways through a graph that several rules take."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

from nnlint.layers.shape import Layout, Misfit, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nnlint.finding import Path
    from nnlint.graph import Graph, Node, Output
    from nnlint.layers.base import Layer


COMPARING = ("CrossEntropyLoss", "MultiLabelMarginLoss", "MultiMarginLoss", "NLLLoss")
"""The losses that hold the scores of several classes against each other."""


def ends(graph: Graph) -> Iterator[tuple[Node, Layer, Output]]:
    """The layers whose values leave the network, each with the output that they reach.

    Seen through Flatten, Dropout, Identity, and pooling to a single place.
    """
    for output in graph.outputs.values():
        node = output.edge.node
        while node and node.layer and node.sources and _passes_last(node, node.layer):
            node = node.sources[0]
        if node and node.layer:
            yield node, node.layer, output


def last_layers(graph: Graph) -> Iterator[tuple[Node, Layer, str | None]]:
    """The layers whose values leave the network, each with its loss."""
    for node, layer, output in ends(graph):
        yield node, layer, output.loss


def heads(graph: Graph, loss: str) -> Iterator[tuple[Node, Layer]]:
    """The last layers that are trained with this loss.

    None where one compares a single score with itself: that is NN503's to say. None where
    the loss would have to: that is NN510's.
    """
    for node, layer, output in ends(graph):
        if output.loss == loss and competing(node) != 1 and not is_lone_score(output):
            yield node, layer


def is_lone_score(output: Output) -> bool:
    """Whether its loss compares the scores of several classes, and it has a single one.

    Not on a sequence [T, 1]: there the places may be what competes.
    """
    shape = output.edge.shape
    ranked = shape.layout in (Layout.FEATURES, Layout.MAP) and not shape.open
    return output.loss in COMPARING and ranked and shape.dims[:1] == (1,)


def _passes_last(node: Node, layer: Layer) -> bool:
    """Whether what is said of a network's last layer holds through it."""
    summed_up = layer.passes_shift and not node.output.open
    return layer.passes_last or (summed_up and prod(node.output.dims[1:]) == 1)


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


def multiplies(node: Node) -> bool:
    """Whether it is known to multiply by learned matrices, or by what arrives."""
    return bool(node.macs)


def multiplying_layers(graph: Graph) -> int:
    """How many layers multiply, each copy counted."""
    return sum(node.times.runs for node in graph.nodes if multiplies(node))


def last_stretch(graph: Graph) -> set[int]:
    """The nodes (by id) whose output leaves the network with nothing multiplied after them."""
    return unmultiplied_before(graph, (output.edge.node for output in graph.outputs.values()))


def unmultiplied_before(graph: Graph, ends: Iterable[Node | None]) -> set[int]:
    """These nodes (by id), and those that reach one of them with nothing multiplied after."""
    feeders: dict[int, list[Node]] = {}
    for node in graph.nodes:
        for consumer in (one for consumers in node.followers() for one in consumers):
            feeders.setdefault(id(consumer), []).append(node)
    waiting, found = [node for node in ends if node], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) not in found:
            found.add(id(node))
            waiting += [] if multiplies(node) else feeders.get(id(node), [])
    return found


def dropped_share(node: Node) -> Fraction:
    """Which share of what passes it drops while training."""
    key = node.layer.dropout_key if node.layer else None
    return Fraction(str(getattr(node.layer, key))) if key else Fraction(0)


def merges_alike(node: Node) -> bool:
    """Whether it joins its inputs element by element: a sum, or a product that gates."""
    return bool(node.layer and node.layer.merges and node.output in node.inputs)

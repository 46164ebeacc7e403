"""Ways through a graph that several rules take."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

from nnlint.finding import spell
from nnlint.layers.shape import Layout, Misfit, Unknown

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from nnlint.finding import Path
    from nnlint.graph import Graph, Node, Output
    from nnlint.layers.base import Layer, Slide


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


def beneath(node: Node) -> Layer | None:
    """What is last but for a layer that another rule wants gone.

    Such are an activation directly behind an activation (NN403), and a batch norm (NN408).
    """
    source = next(iter(node.sources), None)
    before, layer = source.layer if source else None, node.layer
    if before is None or layer is None or before.role != "activation":
        return None
    return before if layer.role == "activation" or layer.uses_batch else None


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


def leaving(graph: Graph) -> set[int]:
    """The ids of the layers whose output is an output of the network."""
    return {id(output.edge.node) for output in graph.outputs.values()}


def takers(nodes: list[Node], leaving: set[int]) -> list[tuple[Node, Node]]:
    """Each copy of a definition with each layer that takes it; none where one leaves."""
    ways = [(node, way) for node in nodes for way in node.followers()]
    if not all(way and id(node) not in leaving for node, way in ways):
        return []
    return [(node, taker) for node, way in ways for taker in way]


def follows_itself(nodes: list[Node]) -> list[tuple[Node, Node]]:
    """The copies of a definition that take the copy before, with nothing between."""
    return [(node, node) for node in nodes if any(node in way for way in node.loops)]


def arriving(graph: Graph) -> dict[Path, list[Node | None]]:
    """What each definition's copies take; None is an input of the network."""
    found: dict[Path, list[Node | None]] = {}
    for node in graph.nodes:
        found.setdefault(node.path, []).extend(node.sources)
        for taker in (taker for way in node.loops for taker in way):
            found.setdefault(taker.path, []).append(node)
    return found


def follows(first: Node, second: Node) -> str:
    """The two in words: `ReLU follows ReLU (layers[1])`."""
    if first.path == second.path:
        return f"each copy of {second.spec.label} follows the one before"
    return f"{second.spec.label} follows {first.spec.label} ({spell(first.path)})"


def is_dense(node: Node) -> bool:
    """Whether it multiplies the last axis by a learned matrix."""
    return bool(node.layer and node.layer.is_linear_map and node.layer.feature_axis == -1)


def before(
    ends: Iterable[Node | None], beyond: Container[int] = frozenset()
) -> dict[int, Node]:
    """These layers and all from which they take, by their ids; up to those `beyond`."""
    waiting = list(ends)
    seen: dict[int, Node] = {}
    while waiting:
        node = waiting.pop()
        if node and id(node) not in seen and id(node) not in beyond:
            seen[id(node)] = node
            waiting += node.sources
    return seen


def slides(node: Node) -> tuple[Slide, ...]:
    """Its window on each axis; none where it has none, or nobody knows what arrives."""
    try:
        return node.layer.slides(node.inputs[0]) if node.layer and node.inputs else ()
    except (Unknown, Misfit):
        return ()

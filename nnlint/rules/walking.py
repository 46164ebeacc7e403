"""Ways through a graph that several rules take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.rules.properties import multiplies

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from nnlint.graph import Graph, Node


def leaving(graph: Graph) -> set[int]:
    """The ids of the layers whose output is an output of the network."""
    return {id(output.edge.node) for output in graph.outputs.values()}


def origin(node: Node | None, through: Callable[[Node], bool]) -> Node | None:
    """Where its numbers come from, seen through such layers; None: an input of the network."""
    while node and node.sources and through(node):
        node = node.sources[0]
    return node


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


def multiplying_layers(graph: Graph) -> int:
    """How many layers multiply, each copy counted."""
    return sum(node.times.runs for node in graph.nodes if multiplies(node))

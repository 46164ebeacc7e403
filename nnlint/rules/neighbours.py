"""What stands beside a layer, seen through layers that do not count."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from nnlint.rules.walking import leaving
from nnlint.rules.words import follows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from nnlint.finding import Path
    from nnlint.graph import Graph, Node

    Way = tuple[Node | None, ...]
    """What takes an output in one kind of copy; None: the network's output, or nobody."""


class Neighbours:
    """The layers before and behind a layer, in each of its copies.

    Args:
        graph: the network.
        through: whether a layer is looked through.
        fits: whether a layer and the next make a pair that is looked for.
    """

    def __init__(
        self,
        graph: Graph,
        through: Callable[[Node], bool],
        fits: Callable[[Node, Node], bool] = lambda *_: True,
    ) -> None:
        self._through, self._fits, self._leaving = through, fits, leaving(graph)
        self._nodes = graph.nodes
        self._known_ways: dict[int, list[Way]] = {}
        self._given: dict[int, list[Node | None]] = {}
        self._fitting: dict[int, dict[int, bool]] = {}
        self._loops: dict[int, list[Node]] = {}
        for node in (node for node in graph.nodes if node.loops):
            for taker in (taker for way in node.loops for taker in way):
                self._loops.setdefault(id(taker), []).append(node)

    def again(self, nodes: Sequence[Node]) -> list[tuple[Node, Node]]:
        """Its copies with what takes them, if all of that fits; or all in the next copy."""
        return self._fitting_takers(nodes) or self._fitting_next(nodes)

    def _fitting_takers(self, nodes: Sequence[Node]) -> list[tuple[Node, Node]]:
        for node in nodes:
            for taker in (taker for way in self._ways(node) for taker in way):
                if taker is None or not self._fits(node, taker):
                    return []
        return self.takers(nodes)

    def _fitting_next(self, nodes: Sequence[Node]) -> list[tuple[Node, Node]]:
        pairs = self.next_copies(nodes)
        return pairs if all(self._fits(*pair) for pair in pairs) else []

    def givers(self, nodes: Sequence[Node]) -> list[tuple[Node, Node]]:
        """What its copies take, with them: if all of it fits, and only such take it there."""
        pairs = [(first, node) for node in nodes for first in self.given(node)]
        known = [(first, node) for first, node in pairs if first and self._fits(first, node)]
        if len(known) < len(pairs):
            return []
        fitting = (self._beside(first).get(id(node), False) for first, node in known)
        return known if all(fitting) else []

    def _beside(self, first: Node) -> dict[int, bool]:
        """What takes it (by id), and whether that and all that takes it beside that fits."""
        if id(first) not in self._fitting:
            found: dict[int, bool] = {}
            for way in self._ways(first):
                fits = all(one and self._fits(first, one) for one in way)
                found |= {id(one): found.get(id(one), True) and fits for one in way}
            self._fitting[id(first)] = found
        return self._fitting[id(first)]

    def takers(self, nodes: Iterable[Node]) -> list[tuple[Node, Node]]:
        """Each copy of a definition with each layer that takes it; none where one leaves."""
        pairs = [(node, taker) for node in nodes for way in self._ways(node) for taker in way]
        known = [(node, taker) for node, taker in pairs if taker]
        return known if len(known) == len(pairs) else []

    def next_copies(self, nodes: Iterable[Node]) -> list[tuple[Node, Node]]:
        """Its copies with what takes them in a later copy of the part that they stand in."""
        ways = [(node, way) for node in nodes for way in self._ways(node)]
        return [
            (node, taker)
            for node, way in ways
            if all(taker and self.is_of_next_copy(node, taker) for taker in way)
            for taker in way
            if taker
        ]

    @cached_property
    def _order(self) -> dict[Path, int]:
        """Where each place of the spec comes first."""
        backwards = reversed(tuple(enumerate(self._nodes)))
        return {node.path: place for place, node in backwards}

    def is_of_next_copy(self, first: Node, second: Node) -> bool:
        """Whether the second, which takes the first, stands before it in the spec."""
        return self._order[second.path] <= self._order[first.path]

    def is_repeated(self, first: Node, second: Node) -> bool:
        """Whether they are the end and the start of a part of several copies."""
        return first.path != second.path and self.is_of_next_copy(first, second)

    def given(self, node: Node) -> list[Node | None]:
        """What one node takes."""
        if id(node) not in self._given:
            self._given[id(node)] = self.arriving([node])
        return self._given[id(node)]

    def arriving(self, nodes: Iterable[Node]) -> list[Node | None]:
        """What the copies of a definition take; None is an input of the network."""
        waiting, seen = list(nodes), set[int]()
        found: list[Node | None] = []
        while waiting:
            node = waiting.pop(0)
            for source in (*node.sources, *self._loops.get(id(node), ())):
                if source is None or not self._through(source):
                    found.append(source)
                elif id(source) not in seen:
                    seen.add(id(source))
                    waiting.append(source)
        return found

    def follows(self, first: Node, second: Node) -> str:
        """The two in words: `ReLU follows ReLU (layers[1])`."""
        return follows(first, second, of_the_copy_before=self.is_of_next_copy(first, second))

    def alone(self, node: Node) -> list[Node]:
        """What takes its output where nobody else does, in one kind of copy or several."""
        ways = (way for way in self._unforked(node) if len(way) == 1)
        return [taker for way in ways for taker in way if taker]

    def _ways(self, node: Node) -> list[Way]:
        """What takes its output, for each kind of copy."""
        if id(node) not in self._known_ways:
            ways = [self._ends(way) for way in self._unforked(node)]
            self._known_ways[id(node)] = ways
        return self._known_ways[id(node)]

    def _unforked(self, node: Node) -> list[Way]:
        """The same, up to where several take what one leaves."""
        waiting, seen = self._own_ways(node), {id(node)}
        found: list[Way] = []
        while waiting:
            way = waiting.pop(0)
            alone = way[0] if len(way) == 1 else None
            if alone is None or not self._through(alone):
                found.append(way)
            elif id(alone) not in seen:
                seen.add(id(alone))
                waiting += self._own_ways(alone)
        return found

    def _own_ways(self, node: Node) -> list[Way]:
        leaves = id(node) in self._leaving or not node.consumers
        return [*node.loops, (*node.consumers, *([None] if leaves else []))]

    def _ends(self, way: Way) -> Way:
        """What lies behind those in it that are looked through."""
        waiting, seen = list(way), set[int]()
        found: list[Node | None] = []
        while waiting:
            taker = waiting.pop(0)
            if taker is None or not self._through(taker):
                found.append(taker)
            elif id(taker) not in seen:
                seen.add(id(taker))
                waiting += [one for own in self._own_ways(taker) for one in own]
        return tuple(found)

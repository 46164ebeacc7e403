"""The copies of a layer: what each takes, which are one row, which share their parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.graph import Edge, Times
from nnlint.layers.shape import UNKNOWN
from nnlint.scopes import PREVIOUS, Copy, Entry
from nnlint.wording import listed

if TYPE_CHECKING:
    from nnlint.graph import Node
    from nnlint.layers.base import LayerSpec
    from nnlint.wiring.problems import Problems
    from nnlint.wiring.rows import Part


class Copies:
    """The copies of one layer, laid one after the other until the next would be the same.

    Attributes:
        edges: what the next copy takes.
    """

    def __init__(self, spec: LayerSpec, edges: tuple[Edge, ...], problems: Problems) -> None:
        self.spec, self.edges, self.problems = spec, edges, problems
        self._chained = _chained(spec, edges)
        self._takers = _takers(self._main)
        self._copies: list[Copy] = []
        self._nodes: list[Node] = []
        self._last = Entry(Edge(UNKNOWN, None))

    @property
    def _main(self) -> Edge:
        """The edge of which the copies make a chain."""
        return self.edges[self._chained[0]]

    def add(self, entry: Entry, part: Part) -> bool:
        """Note the copy that was laid; True: it stands for all that are left.

        Args:
            entry: what a name of it would stand for.
            part: its rows.
        """
        laid, before, takers = len(self._copies), self._main, self._takers
        names = entry.copies[0].names if entry.copies else {}
        self._copies.append(Copy(laid, names, entry.edge))
        self._last = entry
        if self.spec.shared:
            self._share(part.nodes)
        if not self._gives_what_it_took(entry.edge, laid):
            self._go_on(entry.edge)
            return False
        left = self.spec.repeat - laid
        part.multiply(self._times(left, laid))
        out = entry.edge.node
        if left > 1 and out and out is not before.node:
            out.loops.append(_entered(before, takers, part.nodes))
        return True

    @property
    def entry(self) -> Entry:
        """What the layer's name stands for, when all its copies are laid."""
        last = self._last
        refused = _is_refused(self.spec)
        return Entry(last.edge, last.node, tuple(self._copies), self.spec.repeat, refused)

    def _gives_what_it_took(self, out: Edge, laid: int) -> bool:
        """Whether a copy after it would see what it saw, and is written as it is."""
        differs = laid == 0 and self.spec.repeat > 1 and bool(self.spec.written.get("first"))
        return not differs and all(self.edges[n].shape == out.shape for n in self._chained)

    def _go_on(self, out: Edge) -> None:
        """Let the next copy take what this one gives."""
        chained = self._chained
        self.edges = tuple(out if n in chained else edge for n, edge in enumerate(self.edges))
        self._takers = _takers(self._main)

    def _times(self, left: int, laid: int) -> Times:
        """How often a copy counts that stands for so many; shared, the first owns it all."""
        own = (0 if laid else 1) if self.spec.shared else left
        return Times(left, own, left, own)

    def _share(self, nodes: list[Node]) -> None:
        """Let the rows of a later copy share the parameters of the first one's."""
        for owner, node in zip(self._nodes, nodes, strict=False):
            self._check_same(owner, node)
            node.times = node.times.times(Times(owned=0, active=0))
        self._nodes += nodes

    def _check_same(self, owner: Node, node: Node) -> None:
        same = [one.shape for one in owner.tensors] == [one.shape for one in node.tensors]
        if owner.complete and node.complete and not same:
            self.problems.tell(
                "NN213",
                self.spec.place("shared"),
                f"the copies of {self.spec.label} share their parameters, but "
                f"{node.spec.label} holds {_tensors(owner)} in the first and "
                f"{_tensors(node)} in another",
                "copies can share what has the same shape in all of them",
            )


def single(spec: LayerSpec, entry: Entry) -> Entry:
    """What the layer's name stands for where it stands once, as nearly every layer does."""
    if not (entry.copies or _is_refused(spec)):
        return entry
    inside = tuple(Copy(0, one.names, entry.edge) for one in entry.copies)
    return Entry(entry.edge, entry.node, inside, refused=_is_refused(spec))


def _is_refused(spec: LayerSpec) -> bool:
    return spec.kind is None and spec.block is None


def check_shared(spec: LayerSpec, problems: Problems) -> None:
    """Tell where copies are to share their parameters, and there is one."""
    if spec.shared and "repeat" not in spec.written:
        problems.tell(
            "NN205",
            spec.place("shared"),
            f"{spec.label}: shared: true lets the copies of repeat share their parameters, "
            "and it stands once",
            "write repeat: n beside it; two layers share a weight with tie: name",
        )


def _chained(spec: LayerSpec, edges: tuple[Edge, ...]) -> list[int]:
    """Which of its inputs a later copy takes from the copy before it."""
    sources = spec.sources or (PREVIOUS,)
    return [n for n in range(len(edges)) if sources[n] == PREVIOUS] or [0]


def _takers(edge: Edge) -> int:
    return len(edge.node.consumers) if edge.node else 0


def _entered(edge: Edge, before: int, new: list[Node]) -> tuple[Node, ...]:
    """The nodes of a copy that take what comes in from outside."""
    if edge.node:
        return tuple(edge.node.consumers[before:])
    return tuple(node for node in new if None in node.sources)


def _tensors(node: Node) -> str:
    return listed((f"{one.name} {list(one.shape)}" for one in node.tensors), "and") or "nothing"

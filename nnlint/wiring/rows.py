"""The rows of a network while it is laid out: their order, their headings, the most of them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from nnlint.graph import Group, Node
from nnlint.layers.base import LayerSpec
from nnlint.record import Record
from nnlint.wiring.problems import NotLaidError
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nnlint.graph import Edge, Times
    from nnlint.spec import Reader
    from nnlint.wiring.problems import Problems

MAX_NESTING = 60
"""Parts within parts, through blocks; Python's own stack is not endless."""


class Part(Record):
    """Rows and headings that were laid one after the other."""

    nodes: list[Node]
    groups: list[Group]

    def multiply(self, times: Times) -> None:
        """Let them stand for so many copies of themselves."""
        if times.copies == times.owned == times.runs == times.active == 1:
            return
        for node in self.nodes:
            node.times = node.times.times(times)
        for group in self.groups:
            group.times = group.times.times(times)


class Rows:
    """The rows and headings that are laid so far, and the heading that the next stand under.

    Args:
        most: so many rows and parts can be laid.
        problems: where it is told that they are more.
    """

    def __init__(self, most: int, problems: Problems) -> None:
        self.most, self.problems = most, problems
        self.nodes: list[Node] = []
        self.groups: list[Group] = []
        self._group: Group | None = None
        self._steps = 0
        self._depth = 0

    def add(self, spec: LayerSpec, edges: tuple[Edge, ...]) -> Node:
        """A new row; the layers that its input comes from know it as their consumer."""
        node = Node(spec, self._group, edges)
        self.nodes.append(node)
        sources = node.sources
        for place, source in enumerate(sources):
            if source and source not in sources[:place]:
                source.consumers.append(node)
        return node

    @contextmanager
    def under(self, spec: LayerSpec) -> Iterator[None]:
        """What is laid meanwhile stands under a new heading."""
        outer = self._group
        self._group = Group(spec, outer)
        self.groups.append(self._group)
        self._depth += 1
        yield
        self._depth -= 1
        self._group = outer

    def mark(self) -> tuple[int, int]:
        """How far they are laid."""
        return len(self.nodes), len(self.groups)

    def since(self, mark: tuple[int, int]) -> Part:
        """What was laid after that mark."""
        nodes, groups = mark
        return Part(self.nodes[nodes:], self.groups[groups:])

    def step(self, spec: LayerSpec) -> None:
        """One more row or part.

        Raises:
            NotLaidError: it is one too many.
        """
        self._steps += 1
        if self._steps > self.most:
            self.stop(spec)

    def stop(self, spec: LayerSpec) -> NoReturn:
        """Refuse to lay this layer, and all that follow.

        Raises:
            NotLaidError: always.
        """
        self.problems.tell(
            "NN209",
            spec.path,
            f"the network has more than {grouped(self.most)} different rows and parts",
            "a repeated part that gives what it takes is one row, however often it stands",
        )
        self.problems.lose()
        raise NotLaidError

    def are_too_deep(self, spec: LayerSpec) -> bool:
        """Whether no part can be laid inside the parts around it; it is told."""
        if self._depth < MAX_NESTING:
            return False
        self.problems.tell(
            "NN210",
            spec.path,
            f"{spec.label} lies more than {MAX_NESTING} parts deep",
            "write fewer parts within parts",
        )
        self.problems.lose()
        return True


def stop_if_endless(layers: Sequence[LayerSpec], reader: Reader, rows: Rows) -> None:
    """Refuse layers that come to too many rows, before the first of them is laid.

    Raises:
        NotLaidError: they do.
    """
    _Least(reader, rows).of(layers)


class _Least:
    """How many rows and parts layers are at least; each is laid once or more.

    Blocks that use each other twice double with each step, and nobody waits for 2^40.
    """

    def __init__(self, reader: Reader, rows: Rows) -> None:
        self.reader, self.rows = reader, rows
        self.sizes: dict[str, int] = {}
        self.depth = 0

    def of(self, layers: Sequence[LayerSpec]) -> int:
        """The least for a list of layers."""
        size = 0
        for spec in layers:
            size += 1 + self._inside(spec)
            if size > self.rows.most:
                self.rows.stop(spec)
        return size

    def _inside(self, spec: LayerSpec) -> int:
        if spec.block is None:
            inner = (value for value in spec.written.values() if isinstance(value, tuple))
            return sum(self._inside_key(value) for value in inner)
        if spec.block.name not in self.sizes:
            self.sizes[spec.block.name] = 0  # a ring of them is refused, and laid no further
            self.depth += 1
            inside = self.reader.inside(spec.block) if self.depth < MAX_NESTING else ()
            self.sizes[spec.block.name] = self.of(inside)
            self.depth -= 1
        return self.sizes[spec.block.name]

    def _inside_key(self, value: tuple[Any, ...]) -> int:
        """The same for what a key holds: layers, lists of layers, or a plain list."""
        layers = [one for one in value if isinstance(one, LayerSpec)]
        branches = [one for one in value if isinstance(one, tuple)]
        return self.of(layers) + sum(map(self.of, branches))

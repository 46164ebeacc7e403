"""A network as rows: its layers under the headings of their parts, or the parts summed up.

Every column of the rows adds up to the totals, however many parts are folded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.graph import totals
from nnlint.record import Record

if TYPE_CHECKING:
    from nnlint.graph import Graph, Group, Node, Totals
    from nnlint.layers.shape import Shape


class Line(Record):
    """One row.

    Attributes:
        numbers: the first and the last layer that it stands for; None: a heading.
        depth: how many parts stand around it.
        type: the layer's type, or the block's name.
        name: its own name.
        role: what it is to the layer that brought it.
        times: how many equal copies it stands for, within what stands around it.
        runs: how many of them one sample goes through.
        nodes: the layers that it sums up; none for a heading.
        sums: their sums.
        folded: whether it is a part with its layers summed up.
    """

    numbers: tuple[int, int] | None
    depth: int
    type: str
    name: str | None
    role: str | None
    times: int
    runs: int
    nodes: tuple[Node, ...]
    sums: Totals
    folded: bool = False

    @property
    def node(self) -> Node | None:
        """The layer, where it is one."""
        return self.nodes[0] if self.nodes and not self.folded else None

    @property
    def output(self) -> Shape | None:
        """The shape that leaves it."""
        return self.nodes[-1].output if self.nodes else None


def outline(graph: Graph, depth: int | None = None) -> list[Line]:
    """The rows of a network; parts deeper than `depth` are summed up in one row each."""
    rows: list[_Row] = []
    before: list[Group] = []
    for number, node in enumerate(graph.nodes, 1):
        around = node.parts
        folded = around[depth - 1] if depth and len(around) >= depth else None
        shown = around[: depth - 1] if depth and folded else around
        rows += [_Row(group, folded=False) for group in shown if group not in before]
        if not (folded and rows and rows[-1].takes(folded)):
            rows.append(_Row(folded, folded=folded is not None))
        rows[-1].add(number, node, folded)
        before = around
    return [row.line() for row in rows]


class _Row:
    """A row while it is filled."""

    def __init__(self, group: Group | None, *, folded: bool) -> None:
        self.group, self.folded = group, folded
        self.groups: list[Group] = []
        self.numbers: list[int] = []
        self.nodes: list[Node] = []

    def takes(self, group: Group) -> bool:
        """Whether that part is the one that it sums up, or another copy of it."""
        own = self.group if self.folded else None
        same = own is not None and (own.spec.path, own.spec.type) == (
            group.spec.path, group.spec.type
        )  # fmt: skip
        return same and own is not None and own.parent is group.parent

    def add(self, number: int, node: Node, group: Group | None) -> None:
        """One more layer, and the part that it stands in where that is folded."""
        self.numbers.append(number)
        self.nodes.append(node)
        if group and group not in self.groups[-1:]:
            self.groups.append(group)

    def line(self) -> Line:
        """The row."""
        spec = self.group.spec if self.group else self.nodes[0].spec
        return Line(
            (self.numbers[0], self.numbers[-1]) if self.numbers else None,
            self.group.depth if self.group else len(self.nodes[0].parts),
            spec.type,
            spec.name,
            spec.role,
            self._times(),
            self._runs(),
            tuple(self.nodes),
            totals(self.nodes),
            self.folded,
        )

    def _times(self) -> int:
        if self.group is None:
            node = self.nodes[0]
            return node.count // (node.group.count if node.group else 1)
        return sum(map(_times, self.groups or [self.group]))

    def _runs(self) -> int:
        """The same for the copies that run: of a mixture's experts the chosen ones."""
        if self.group is None:
            return self._times()
        groups = self.groups or [self.group]
        around = [group.parent.times.runs if group.parent else 1 for group in groups]
        return sum(_part(g.times.runs, of) for g, of in zip(groups, around, strict=True))


def _part(whole: int, around: int) -> int:
    return whole // max(around, 1)


def _times(group: Group) -> int:
    """How often a part stands within what stands around it."""
    return group.repeats + 1

"""What a finding on a shape tells beside it: the way it came, the size that would fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers.shape import UNKNOWN, Layout, Misfit, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nnlint.graph import Edge, Node
    from nnlint.layers.base import Layer
    from nnlint.layers.shape import Shape

MULTIPLES = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 24, 28, 32, 48, 64, 96, 128)
"""Of which an input's sides may have to be."""
TRIES = 8
"""Multiples in a row that must fit before they are recommended."""
LONGEST_WAY = 300
"""Layers that are asked again; a finding is not worth more."""
STEPS = 3
"""Layers of the way that are told; the reader finds those before in the table."""


def way(edges: Sequence[Edge]) -> str | None:
    """How the shapes came about: `input [1, 28, 28] → Conv2d [8, 26, 26] → Flatten [5408]`."""
    if all(edge.shape.open and not edge.shape.dims for edge in edges):
        return None
    ways = [_steps(edge) for edge in edges[:3]]
    if len(ways) == 1:
        return f"the way here: {ways[0]}"
    named = (f"{['first', 'second', 'third'][n]}: {one}" for n, one in enumerate(ways))
    return "the ways here: " + "; ".join(named)


def _steps(edge: Edge) -> str:
    steps: list[str] = []
    node = edge.node
    while node is not None and len(steps) < STEPS:
        steps.append(f"{node.spec.label} {node.output}")
        if not node.sources or node.sources[0] is None:
            steps.append(_input(node.entries[0] if node.entries else None, node.inputs[:1]))
            break
        node = node.sources[0]
    else:
        steps.append("…" if node else _input(edge.entry, (edge.shape,)))
    return " → ".join(reversed(steps))


def _input(name: str | None, shapes: Sequence[Shape]) -> str:
    named = "input" if name in (None, "input") else f"input '{name}'"
    return " ".join([named, *map(str, shapes)])


def fitting_input(edges: Sequence[Edge], merge: Layer) -> str | None:
    """Which multiple the input's sides must be, so that strides round nothing off.

    Tried, not guessed: the layers on the way are asked again what they make of larger
    inputs. None where no such input makes the shapes equal, or there are several inputs.
    """
    way = _Way(edges)
    if way.entry is None or len(way.nodes) > LONGEST_WAY:
        return None
    sides = way.entry.dims[1:]
    for multiple in MULTIPLES:
        first = [-(-side // multiple) * multiple for side in sides]
        tries = ([side + more * multiple for side in first] for more in range(TRIES))
        if first != list(sides) and all(way.fits(one, merge) for one in tries):
            return (
                f"sizes were rounded on the way: an input whose sides are multiples of "
                f"{multiple} keeps them equal, such as {'x'.join(map(str, first))} instead of "
                f"{'x'.join(map(str, sides))}"
            )
    return None


class _Way:
    """All layers between a map that enters the network and some edges."""

    def __init__(self, edges: Sequence[Edge]) -> None:
        self.edges = edges
        known: dict[int, Node] = {}
        for edge in edges:
            for node in _ancestors(edge.node) if edge.node else ():
                known[id(node)] = node
        self.nodes = list(known.values())
        self.entry = self._entry()

    def _entry(self) -> Shape | None:
        """The one map that enters; None where there is none, or more than one."""
        entered = {edge.entry: edge.shape for edge in self.edges if edge.node is None}
        for node in self.nodes:
            pairs = zip(node.entries, node.sources, node.inputs, strict=True)
            entered |= {name: shape for name, source, shape in pairs if source is None}
        shape = next(iter(entered.values()), UNKNOWN)
        one_map = len(entered) == 1 and shape.layout is Layout.MAP and not shape.open
        return shape if one_map and shape.rank > 1 else None

    def fits(self, sides: list[int], merge: Layer) -> bool:
        """Whether the merge takes what the edges carry where the map has these sides."""
        assert self.entry  # noqa: S101 - asked by the caller
        entry = self.entry._replace(dims=(self.entry.dims[0], *sides))
        made: dict[int, Shape] = {}
        try:
            for node in self.nodes:
                arriving = [made[id(s)] if s else entry for s in node.sources]
                if node.layer is None:
                    return False
                made[id(node)] = node.layer.infer(*arriving)
            merge.infer(*(made[id(edge.node)] if edge.node else entry for edge in self.edges))
        except (Misfit, Unknown):
            return False
        return True


def _ancestors(node: Node) -> list[Node]:
    """The layers on the way to it, each after those that it takes from."""
    order: list[Node] = []
    seen: set[int] = set()
    waiting: list[tuple[Node, bool]] = [(node, False)]
    while waiting:
        one, done = waiting.pop()
        if done:
            order.append(one)
        elif id(one) not in seen:
            seen.add(id(one))
            waiting.append((one, True))
            waiting += [(source, False) for source in one.sources if source]
    return order

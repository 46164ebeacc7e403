"""What a finding on a shape tells beside it: the way it came, the size that would fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers.shape import Layout
from nnlint.wording import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nnlint.graph import Edge, Node
    from nnlint.layers.shape import Shape

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
            steps.append(f"input {node.inputs[0]}" if node.inputs else "input")
            break
        node = node.sources[0]
    else:
        steps.append("…" if node else f"input {edge.shape}")
    return " → ".join(reversed(steps))


def fitting_input(edges: Sequence[Edge]) -> str | None:
    """Which multiple the input's sides must be, so that strides round nothing off.

    None where it is not rounding that makes them differ, or the sides fit already.
    """
    factors = _Factors()
    ways = [factors.of(edge) for edge in edges]
    if len({tuple(now) for now, _ in ways}) > 1:
        return None
    deepest = [max(sides) for sides in zip(*(top for _, top in ways), strict=False)]
    sides = factors.input.dims[1:] if factors.input else ()
    if not sides or len(sides) != len(deepest):
        return None
    misfits = [side for side, by in zip(sides, deepest, strict=True) if side % by]
    if not misfits:
        return None
    nearest = [-(-side // by) * by for side, by in zip(sides, deepest, strict=True)]
    words = listed(map(str, dict.fromkeys(deepest)), "and")
    fits = "x".join(map(str, nearest))
    return (
        f"sizes were rounded on the way: an input whose sides are multiples of {words} keeps "
        f"them equal, such as {fits} instead of {'x'.join(map(str, sides))}"
    )


class _Factors:
    """By how much each layer's map, or one on the way to it, is smaller than the input's."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[list[int], list[int]]] = {}
        self.input: Shape | None = None

    def of(self, edge: Edge) -> tuple[list[int], list[int]]:
        """For each spatial axis the factor, and the largest on the way."""
        if edge.node is None:
            self._entered(edge.shape)
            return ([1] * max(len(edge.shape.dims) - 1, 0),) * 2
        for node in _ancestors(edge.node):
            if id(node) not in self.known:
                self.known[id(node)] = self._through(node)
        return self.known[id(edge.node)]

    def _entered(self, shape: Shape) -> None:
        if shape.layout is Layout.MAP and not shape.open:
            self.input = shape

    def _through(self, node: Node) -> tuple[list[int], list[int]]:
        """The factor after a layer, and the largest so far."""
        before = node.inputs[0] if node.inputs else node.output
        if None in node.sources:
            self._entered(before)
        if any(s.open or s.layout is not Layout.MAP for s in (before, node.output)):
            return [], []
        start = ([1] * (before.rank - 1),) * 2
        ways = [self.known.get(id(source), start) for source in node.sources if source]
        now = (ways or [start])[0][0] or start[0]
        sizes = zip(now, before.dims[1:], node.output.dims[1:], strict=False)
        after = [max(1, by * round(a / b)) if a >= b else max(1, by // round(b / a))
                 for by, a, b in sizes]  # fmt: skip
        tops = [top for _, top in ways if len(top) == len(after)]
        return after, [max(column) for column in zip(after, *tops, strict=True)]


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

"""How much memory the values between the layers take: an estimate, and its rule."""

from __future__ import annotations

from itertools import chain, groupby, islice
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from nnlint.record import Record
from nnlint.scopes import PREVIOUS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nnlint.graph import Graph, Group, Node

RULE = "estimate: each output is kept until its last use"
COPIES = 3
"""Of equal copies in a row, so many are walked: the first, one between, the last."""
MOST_STEPS = 10_000
"""Steps of a walk; a network of more is walked with one copy of each part."""

Value: TypeAlias = "int | str"
"""A step's output by its number, or an input of the network by its name."""


class Activations(Record):
    """Elements of the layers' outputs for one sample.

    Attributes:
        peak: the most that are held at a time, when each is dropped after its last use.
        at: the layer that is computed then.
        total: all of them, as training keeps them for the gradients.
        complete: False: some shape is unknown, so both are at least these.
    """

    peak: int
    at: Node | None
    total: int
    complete: bool


def activations(graph: Graph) -> Activations:
    """Walk the layers in order; an output lives until the last layer that takes it."""
    walk = _Walk(graph)
    peak, step = walk.peak()
    at = walk.steps[step] if step is not None else None
    total = sum(node.times.runs * prod(node.output.dims) for node in graph.nodes)
    known = not any(node.output.open for node in graph.nodes)
    return Activations(peak, at, total, complete=known and graph.totals.macs_complete)


def held_at_peak(graph: Graph) -> list[tuple[Node | str, int]]:
    """What is held where the most is: layers and inputs, and the elements that each holds."""
    walk = _Walk(graph)
    _, peak = walk.peak()
    now = -1 if peak is None else peak
    made: list[Value] = [*graph.inputs, *range(now + 1)]
    held = (one for one in made if walk.last.get(one, now) >= now)
    return [(one if isinstance(one, str) else walk.steps[one], walk.size(one)) for one in held]


class _Walk:
    """The layers in the order in which they are computed, repeated parts a few times."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.steps = list(islice(_sequence(graph.nodes, None, COPIES), MOST_STEPS + 1))
        if len(self.steps) > MOST_STEPS:
            self.steps = list(graph.nodes)
        self.chains: dict[int, list[int]] = {}
        for node in graph.nodes:
            for taker in chain.from_iterable(node.loops):
                self.chains.setdefault(id(taker), []).append(id(node))
        self.last = self._last_uses()

    def size(self, value: Value) -> int:
        """Its elements."""
        if isinstance(value, str):
            return prod(self.graph.inputs[value].dims)
        return prod(self.steps[value].output.dims)

    def peak(self) -> tuple[int, int | None]:
        """The most elements that are held, and at which step; None: before the first."""
        dropped: dict[int, int] = {}
        for value, step in self.last.items():
            dropped[step] = dropped.get(step, 0) + self.size(value)
        live = sum(map(self.size, self.graph.inputs))
        peak, at = live, None
        for step in range(len(self.steps)):
            live += self.size(step)
            if live > peak:
                peak, at = live, step
            live -= dropped.get(step, 0)
        return peak, at

    def _last_uses(self) -> dict[Value, int]:
        """Each value with the last step that takes it; none of what the network gives."""
        latest: dict[int, int] = {}
        last: dict[Value, int] = {}
        for step, node in enumerate(self.steps):
            last[step] = step
            for value in self._taken(node, latest):
                last[value] = step
            latest[id(node)] = step
        for output in self.graph.outputs.values():
            last.pop(latest.get(id(output.edge.node), output.edge.entry or -1), None)
        return last

    def _taken(self, node: Node, latest: dict[int, int]) -> Iterator[Value]:
        """What a layer takes: of a later copy's, what the copy before it gave."""
        before = [latest[one] for one in self.chains.get(id(node), ()) if one in latest]
        names = (*(node.spec.sources or (PREVIOUS,)), *node.spec.others)
        for position, source in enumerate(node.sources):
            if before and names[position : position + 1] in ((), (PREVIOUS,)):
                yield max([*before, latest[id(source)]] if source else before)
            elif source is not None:
                yield latest[id(source)]
            elif node.entries[position] is not None:
                yield str(node.entries[position])


def _sequence(nodes: Sequence[Node], around: Group | None, copies: int) -> Iterator[Node]:
    """The layers of a part, each part inside it so often as it stands, `copies` at most."""
    for group, own in groupby(nodes, lambda node: _below(node, around)):
        inside = list(own)
        if group is not None:
            runs = group.times.runs // max(around.times.runs if around else 1, 1)
            for _ in range(min(runs, copies)):
                yield from _sequence(inside, group, copies)
            continue
        for node in inside:
            runs = node.times.runs // max(around.times.runs if around else 1, 1)
            yield from [node] * min(runs, copies)


def _below(node: Node, around: Group | None) -> Group | None:
    """The part inside `around` that a layer stands in; None: it stands there itself."""
    group, below = node.group, None
    while group is not around and group is not None:
        group, below = group.parent, group
    return below

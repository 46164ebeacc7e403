"""How much memory the values between the layers take: an estimate, and its rule."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from nnlint.record import Record
from nnlint.scopes import PREVIOUS

if TYPE_CHECKING:
    from nnlint.graph import Graph, Group, Node

RULE = "estimate: each output is kept until its last use"


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
    dropped = _dropped_after(graph)
    live = sum(prod(shape.dims) for shape in graph.inputs.values())
    peak, at = live, None
    for index, node in enumerate(graph.nodes):
        live += prod(node.output.dims)
        if live > peak:
            peak, at = live, node
        live -= dropped.get(index, 0)
    total = sum(node.times.runs * prod(node.output.dims) for node in graph.nodes)
    known = not any(node.output.open for node in graph.nodes)
    return Activations(peak, at, total, complete=known and graph.totals.macs_complete)


def _dropped_after(graph: Graph) -> dict[int, int]:
    """Position of a layer -> how many elements nobody needs any more after it."""
    ends = _ends(graph)
    leaving = {id(output.edge.node) for output in graph.outputs.values()}
    last: dict[int | str, int] = {}
    for index, node in enumerate(graph.nodes):
        last[id(node)] = max(index, last.get(id(node), 0))
        for position, source in enumerate(node.sources):
            kept = max(index, _kept_until(node, position, source, ends))
            value = id(source) if source else node.entries[position] or ""
            last[value] = max(kept, last.get(value, 0))
    dropped: dict[int, int] = {}
    for node in graph.nodes:
        if id(node) not in leaving:
            _add(dropped, last[id(node)], prod(node.output.dims))
    for name, shape in graph.inputs.items():
        _add(dropped, last.get(name, -1), prod(shape.dims))
    return dropped


def _add(dropped: dict[int, int], index: int, size: int) -> None:
    dropped[index] = dropped.get(index, 0) + size


def _ends(graph: Graph) -> dict[int, int]:
    """The position of the last layer of each part."""
    ends: dict[int, int] = {}
    for index, node in enumerate(graph.nodes):
        for group in _around(node):
            ends[id(group)] = index
    return ends


def _around(node: Node | None) -> list[Group]:
    """The parts around a layer, the innermost first."""
    around, group = [], node.group if node else None
    while group:
        around.append(group)
        group = group.parent
    return around


def _kept_until(node: Node, position: int, source: Node | None, ends: dict[int, int]) -> int:
    """Until where a value is kept that every copy of a repeated part takes by its name."""
    if position >= len(node.spec.sources or ()) and not node.spec.others:
        return -1
    if position < len(node.spec.sources) and node.spec.sources[position] == PREVIOUS:
        return -1
    inside = {id(group) for group in _around(source)}
    repeated = [group for group in _around(node) if id(group) not in inside and group.repeats]
    return ends[id(repeated[-1])] if repeated else -1

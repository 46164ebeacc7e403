"""How much memory the values between the layers take: an estimate, and its rule."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from nnlint.record import Record

if TYPE_CHECKING:
    from nnlint.graph import Graph, Node

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
    complete = not any(node.output.open for node in graph.nodes)
    return Activations(peak, at, total, complete)


def _dropped_after(graph: Graph) -> dict[int, int]:
    """Position of a layer -> how many elements nobody needs any more after it."""
    position = {id(node): index for index, node in enumerate(graph.nodes)}
    leaving = {id(output.edge.node) for output in graph.outputs.values()}
    dropped: dict[int, int] = {}
    for index, node in enumerate(graph.nodes):
        if id(node) not in leaving:
            takers = (position[id(taker)] for taker in node.consumers)
            last = max(takers, default=index)
            dropped[last] = dropped.get(last, 0) + prod(node.output.dims)
    entered = [index for index, node in enumerate(graph.nodes) if None in node.sources]
    if entered:
        inputs = sum(prod(shape.dims) for shape in graph.inputs.values())
        dropped[entered[-1]] = dropped.get(entered[-1], 0) + inputs
    return dropped

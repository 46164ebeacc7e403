"""What a budget can limit, and how much of it a network, a part or a layer has."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

from nnlint.graph import totals
from nnlint.quantity import parse_count, parse_share, parse_size, size_in_bytes
from nnlint.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeAlias

    from nnlint.graph import Graph, Node

    Amount: TypeAlias = int | Fraction


class Used(Record):
    """How much there is.

    Attributes:
        amount: that much; at least that, where `exact` is False.
        exact: whether all of it is known.
        excused: what is unknown follows from an error that is reported.
    """

    amount: Amount
    exact: bool = True
    excused: bool = False


class Metric(Record):
    """What a budget can limit.

    Attributes:
        unit: how its numbers are shown: `count`, `bytes` or `share`.
        parse: reads a limit as people write it; None where it is not whole.
        measure: how much these layers of a network have; None: all of them, the network.
            The last argument is the dtype of sizes.
        weigh: what one layer adds to it.
        adds_up: whether the copies of a layer add up; else one counts by itself.
        at_peak: whether a network's is what is held at one moment, of inputs and layers.
    """

    unit: str
    parse: Callable[[Any], Amount | None]
    measure: Callable[[Graph, Sequence[Node] | None, str], Used]
    weigh: Callable[[Node], int]
    adds_up: bool = True
    at_peak: bool = False


def of_one(node: Node) -> int:
    """Parameters of one copy."""
    return node.params // max(node.times.owned, 1)


def _sum(field: str) -> Callable[[Graph, Sequence[Node] | None, str], Used]:
    """A measure that adds up over layers."""

    def measure(graph: Graph, nodes: Sequence[Node] | None, _dtype: str) -> Used:
        total = graph.totals if nodes is None else totals(nodes)
        exact = total.macs_complete if field == "macs" else total.complete
        return Used(getattr(total, field), exact, total.excused)

    return measure


def _size(graph: Graph, nodes: Sequence[Node] | None, dtype: str) -> Used:
    params = _sum("params")(graph, nodes, dtype)
    return params._replace(amount=size_in_bytes(int(params.amount), dtype))


def _layer_share(graph: Graph, nodes: Sequence[Node] | None, _dtype: str) -> Used:
    """The largest share of the network's parameters that one copy of a layer has."""
    total = graph.totals
    heaviest = max(map(of_one, graph.nodes if nodes is None else nodes), default=0)
    # a share of a total that nobody knows can't be said: it is at least nothing
    known = bool(total.complete and total.params)
    share = Fraction(heaviest, total.params) if known else Fraction(0)
    return Used(share, total.complete, total.excused)


def _activations(graph: Graph, nodes: Sequence[Node] | None, dtype: str) -> Used:
    """Bytes at the peak; of a part those of its largest output."""
    excused = graph.totals.excused
    if nodes is None:
        from nnlint.activations import activations  # noqa: PLC0415 - few budgets ask for it

        found = activations(graph)
        return Used(size_in_bytes(found.peak, dtype), found.complete, excused)
    elements = max((_output(node) for node in nodes), default=0)
    known = not any(node.output.open for node in nodes)
    return Used(size_in_bytes(elements, dtype), known, excused)


def _output(node: Node) -> int:
    return prod(node.output.dims)


METRICS = {
    "params": Metric("count", parse_count, _sum("params"), lambda node: node.params),
    "trainable": Metric(
        "count", parse_count, _sum("trainable"),
        lambda node: node.weights + node.biases if node.trainable else 0,
    ),
    "biases": Metric("count", parse_count, _sum("biases"), lambda node: node.biases),
    "buffers": Metric("count", parse_count, _sum("buffers"), lambda node: node.stored),
    "macs": Metric("count", parse_count, _sum("macs"), lambda node: node.all_macs),
    "size": Metric("bytes", parse_size, _size, lambda node: node.params),
    "activations": Metric(
        "bytes", parse_size, _activations, _output, adds_up=False, at_peak=True
    ),
    "layer_share": Metric("share", parse_share, _layer_share, of_one, adds_up=False),
}  # fmt: skip
"""By the names that a budget uses; `published` says in words what each is."""

"""Totals against `budget:` and the repository's ceilings, in exact numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from nnlint.finding import Problem
from nnlint.quantity import (
    parse_count,
    parse_share,
    parse_size,
    percent,
    size_in_bytes,
)  # fmt: skip
from nnlint.record import Record
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from nnlint.finding import Path
    from nnlint.graph import Graph, Node
    from nnlint.spec import ModelSpec

DEFAULT_WARN_AT = "90%"
TOP: Path = ("nnlint",)
"""Where a spec is pointed at for what it does not say itself."""


class Metric(Record):
    """What a budget can limit.

    Attributes:
        unit: how its numbers are shown: `count`, `bytes` or `share`.
        parse: reads a limit as people write it; None where it is not whole.
    """

    unit: str
    parse: Callable[[Any], int | Fraction | None]


METRICS = {
    "params": Metric("count", parse_count),
    "macs": Metric("count", parse_count),
    "size": Metric("bytes", parse_size),
    "layer_share": Metric("share", parse_share),
}


class Ceiling(Record):
    """The most that a network may have of a metric, and who says so.

    Attributes:
        metric: a name of `METRICS`.
        limit: the most.
        warn_at: the share of it from which a network is near.
        origin: the file that sets it; None is the spec itself.
    """

    metric: str
    limit: int | Fraction
    warn_at: Fraction
    origin: str | None = None


class Limit(Record):
    """One line of a budget.

    Attributes:
        metric: `params`, `macs`, `size` or `layer_share`.
        used: what the network has; at least that, where `exact` is False.
        limit: what it may have.
        warn_at: the share of the limit from which it is near.
        exact: whether all of what is used is known.
        origin: the file that sets it; None is the spec itself.
    """

    metric: str
    used: int | Fraction
    limit: int | Fraction
    warn_at: Fraction
    exact: bool
    origin: str | None = None

    @property
    def unit(self) -> str:
        """How the numbers are shown: `count`, `bytes` or `share`."""
        return METRICS[self.metric].unit

    @property
    def share(self) -> Fraction:
        """Used, as a share of the limit; more than all of a limit of 0 counts double."""
        return (
            Fraction(self.used) / self.limit if self.limit else Fraction(2 if self.used else 0)
        )

    @property
    def left(self) -> int | Fraction:
        """What may still be added; negative: what must go."""
        return self.limit - self.used

    @property
    def state(self) -> str:
        """`over`, `near`, `ok`, or `unknown` where what is known would fit."""
        if self.used > self.limit:
            return "over"
        if not self.exact:
            return "unknown"
        return "near" if self.used >= self.warn_at * self.limit else "ok"

    def shown(self, value: int | Fraction) -> str:
        """A value of this metric for people, exact unless it is a share."""
        return percent(Fraction(value)) if self.unit == "share" else grouped(int(value))

    @property
    def most(self) -> str:
        """The limit for people, with its unit."""
        return self.shown(self.limit) + (" B" if self.unit == "bytes" else "")


def bound_variants(spec: ModelSpec, ceilings: Sequence[Ceiling] = ()) -> list[str]:
    """The variants that a plain run checks too: all with a budget, else those expected."""
    if ceilings or any(key != "warn_at" for key in spec.budget):
        return list(spec.variants)
    named = spec.expect.get("variants", {})
    return [name for name in spec.variants if name in named]


def read(budget: Mapping[str, Any], origin: str | None = None) -> Iterator[Ceiling]:
    """The ceilings of a `budget:`, but for those that are no whole number."""
    warn_at = parse_share(budget.get("warn_at", DEFAULT_WARN_AT))
    for name, metric in METRICS.items():
        limit = metric.parse(budget[name]) if name in budget else None
        if limit is not None:
            yield Ceiling(name, limit, warn_at, origin)


def _strictest(ceilings: Iterable[Ceiling]) -> Iterator[Ceiling]:
    """The lowest ceiling of each metric: nobody raises what another sets."""
    lowest: dict[str, Ceiling] = {}
    for one in ceilings:
        known = lowest.setdefault(one.metric, one)
        if one.limit < known.limit:
            lowest[one.metric] = one
    return (lowest[name] for name in METRICS if name in lowest)


def limits(
    graph: Graph, spec: ModelSpec, ceilings: Sequence[Ceiling] = ()
) -> tuple[Limit, ...]:
    """The lines of the budget, each with what the network uses of it.

    Args:
        graph: the network.
        spec: the spec, with a budget of its own.
        ceilings: what the repository allows; of two limits the lower binds.
    """
    binding = _strictest((*ceilings, *read(spec.budget)))
    return tuple(_limit(ceiling, graph) for ceiling in binding)


def _limit(ceiling: Ceiling, graph: Graph) -> Limit:
    used, exact = _used(ceiling.metric, graph)
    return Limit(ceiling.metric, used, ceiling.limit, ceiling.warn_at, exact, ceiling.origin)


def _used(metric: str, graph: Graph) -> tuple[int | Fraction, bool]:
    """What the network has of it, and whether that is all."""
    total = graph.totals
    match metric:
        case "macs":
            return total.macs, total.macs_complete
        case "size":
            return size_in_bytes(total.params, graph.dtype), total.complete
        case "layer_share":
            heaviest = _heaviest(graph)
            # a share of a total that nobody knows can't be said: it is at least nothing
            known = heaviest is not None and total.complete
            share = _share_of_one(heaviest, total.params) if heaviest and known else Fraction(0)
            return share, total.complete
        case _:
            return total.params, total.complete


def _heaviest(graph: Graph) -> Node | None:
    return max(graph.nodes, key=_of_one, default=None)


def _of_one(node: Node) -> int:
    """Parameters of one copy."""
    return node.params // max(node.times.owned, 1)


def _share_of_one(node: Node, total: int) -> Fraction:
    """The share of one copy of the layer."""
    return Fraction(_of_one(node), total) if total else Fraction(0)


def check(graph: Graph, spec: ModelSpec, ceilings: Sequence[Ceiling] = ()) -> Iterator[Problem]:
    """What breaks, or comes near, a limit."""
    yield from not_whole(spec.budget)
    for limit in _worst(graph, _strictest(ceilings), _strictest(read(spec.budget))):
        if limit.state in ("over", "near"):
            yield _budget_problem(limit, graph)
        elif limit.state == "unknown":
            yield _unproven(limit, echo=graph.totals.excused)


_BADNESS = ("ok", "near", "unknown", "over")


def _worst(graph: Graph, *sources: Iterable[Ceiling]) -> Iterator[Limit]:
    """Of each metric the limit that is broken most, the first source's where they are alike.

    Not the lowest: a spec that silences its own low limit is still held to the repository's.
    """
    worst: dict[str, Limit] = {}
    for limit in (_limit(one, graph) for ceilings in sources for one in ceilings):
        known = worst.setdefault(limit.metric, limit)
        if _BADNESS.index(limit.state) > _BADNESS.index(known.state):
            worst[limit.metric] = limit
    return (worst[name] for name in METRICS if name in worst)


def _at(limit: Limit) -> Problem:
    """A finding about the limit, still without words: its place, and who may silence it."""
    if limit.origin is None:
        return Problem("", ("budget", limit.metric), "", used=limit.used)
    return Problem("", (*TOP, limit.metric), "", binding=True, used=limit.used)


def _unproven(limit: Limit, *, echo: bool) -> Problem:
    return _at(limit)._replace(
        code="NN903",
        message=f"{limit.metric}: the budget of {limit.most}{_whose(limit)} cannot be proven: "
        f"at least {limit.shown(limit.used)} used, and something is unknown",
        help="state what is unknown: a Custom layer takes parameters and macs",
        echo=echo,
    )


def not_whole(budget: Mapping[str, Any]) -> Iterator[Problem]:
    """Limits that come to no whole number, as `1.0005k` does."""
    for name, metric in METRICS.items():
        if isinstance(budget.get(name), int | str) and metric.parse(budget[name]) is None:
            message = f"{name} is {budget[name]}, which is no whole number"
            yield Problem("NN108", ("budget", name), message, "write it with fewer decimals")


def _whose(limit: Limit) -> str:
    return f" in {limit.origin}" if limit.origin else ""


def _budget_problem(limit: Limit, graph: Graph) -> Problem:
    used, most, whose = limit.shown(limit.used), limit.most, _whose(limit)
    at_least = "" if limit.exact else "at least "
    if limit.state == "near":
        return _at(limit)._replace(
            code="NN902",
            message=f"{limit.metric}: {used} of {most}{whose} used ({percent(limit.share)}), "
            f"{limit.shown(limit.left)} left; near begins at {percent(limit.warn_at)}",
        )
    return _at(limit)._replace(
        code="NN901",
        message=f"{limit.metric}: {at_least}{used} used, but the budget{whose} is {most}: "
        f"{at_least}{limit.shown(-limit.left)} too much",
        help=_heaviest_words(graph),
    )


def _heaviest_words(graph: Graph) -> str | None:
    node = _heaviest(graph)
    if node is None or not node.params:
        return None
    share = percent(_share_of_one(node, graph.totals.params))
    own = grouped(_of_one(node))
    return f"the largest layer is {node.spec.label} with {own} parameters ({share})"

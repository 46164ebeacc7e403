"""Totals against `expect:` and `budget:`, in exact numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from nnlint.finding import Problem, spell
from nnlint.quantity import (
    parse_count,
    parse_share,
    parse_size,
    percent,
    size_in_bytes,
)  # fmt: skip
from nnlint.record import Record
from nnlint.wording import did_you_mean, grouped, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nnlint.finding import Path
    from nnlint.graph import Graph, Node
    from nnlint.layers.shape import Shape
    from nnlint.spec import ModelSpec

DEFAULT_WARN_AT = "90%"


class Limit(Record):
    """One line of a budget.

    Attributes:
        metric: `params`, `macs`, `size` or `layer_share`.
        used: what the network has; at least that, where `exact` is False.
        limit: what it may have.
        warn_at: the share of the limit from which it is near.
        exact: whether all of what is used is known.
        unit: how the numbers are shown: `count`, `bytes` or `share`.
    """

    metric: str
    used: int | Fraction
    limit: int | Fraction
    warn_at: Fraction
    exact: bool
    unit: str

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


def bound_variants(spec: ModelSpec) -> list[str]:
    """The variants that a plain run checks too: all with a budget, else those expected."""
    if any(key != "warn_at" for key in spec.budget):
        return list(spec.variants)
    named = spec.expect.get("variants", {})
    return [name for name in spec.variants if name in named]


def limits(graph: Graph, spec: ModelSpec) -> tuple[Limit, ...]:
    """The lines of the spec's budget, each with what the network uses of it."""
    warn_at = parse_share(spec.budget.get("warn_at", DEFAULT_WARN_AT))
    total = graph.totals
    heaviest = _heaviest(graph)
    share = _share_of_one(heaviest, total.params) if heaviest else Fraction(0)
    used: dict[str, tuple[int | Fraction, bool, str, Callable[..., int | Fraction | None]]] = {
        "params": (total.params, total.complete, "count", parse_count),
        "macs": (total.macs, total.macs_complete, "count", parse_count),
        "size": (size_in_bytes(total.params, graph.dtype), total.complete, "bytes", parse_size),
        "layer_share": (share, total.complete, "share", parse_share),
    }
    found = []
    for metric, (value, exact, unit, parse) in used.items():
        limit = parse(spec.budget[metric]) if metric in spec.budget else None
        if limit is not None:
            # a share of a total that nobody knows can't be said: it is at least nothing
            known = value if exact or unit != "share" else Fraction(0)
            found.append(Limit(metric, known, limit, warn_at, exact, unit))
    return tuple(found)


def _heaviest(graph: Graph) -> Node | None:
    return max(graph.nodes, key=_of_one, default=None)


def _of_one(node: Node) -> int:
    """Parameters of one copy."""
    return node.params // max(node.times.owned, 1)


def _share_of_one(node: Node, total: int) -> Fraction:
    """The share of one copy of the layer."""
    return Fraction(_of_one(node), total) if total else Fraction(0)


def check(graph: Graph, spec: ModelSpec) -> Iterator[Problem]:
    """What breaks, or comes near, the budget; and what differs from the expectation."""
    yield from _unreadable(spec)
    yield from _unknown_variants(graph, spec)
    for limit in limits(graph, spec):
        if limit.state in ("over", "near"):
            yield _budget_problem(limit, graph)
        elif limit.state == "unknown" and not graph.totals.excused:
            yield _unproven(limit)
    for expectation in expectations(graph, spec):
        if expectation.holds is False:
            yield _difference(expectation)
        elif expectation.holds is None and not graph.totals.excused:
            yield _unprovable(expectation)


def _unknown_variants(graph: Graph, spec: ModelSpec) -> Iterator[Problem]:
    """Expectations of variants that the spec does not have."""
    for name in spec.expect.get("variants", {}):
        if name not in spec.declared and graph.variant is None:
            hint = did_you_mean(name, spec.declared) or "write it under variants:"
            path: Path = ("expect", "variants", name)
            message = f"expect.variants names {quoted(name)}, but there is no such variant"
            yield Problem("NN116", path, message, hint, on_key=True)


def _unproven(limit: Limit) -> Problem:
    return Problem(
        "NN903",
        ("budget", limit.metric),
        f"{limit.metric}: the budget of {limit.most} cannot be proven: at least "
        f"{limit.shown(limit.used)} used, and something is unknown",
        "state what is unknown: a Custom layer takes parameters and macs",
    )


def _unprovable(one: Expectation) -> Problem:
    return Problem(
        "NN912",
        one.path,
        f"{spell(one.path)} cannot be proven: something in the network is unknown",
        "state what is unknown: a Custom layer takes parameters, output and macs",
    )


def _unreadable(spec: ModelSpec) -> Iterator[Problem]:
    for metric, parse in (("params", parse_count), ("macs", parse_count), ("size", parse_size)):
        if metric in spec.budget and parse(spec.budget[metric]) is None:
            message = f"{metric} is {spec.budget[metric]}, which is no whole number"
            yield Problem("NN108", ("budget", metric), message, "write it with fewer decimals")


def _budget_problem(limit: Limit, graph: Graph) -> Problem:
    path: Path = ("budget", limit.metric)
    used, most = limit.shown(limit.used), limit.most
    at_least = "" if limit.exact else "at least "
    if limit.state == "near":
        return Problem(
            "NN902",
            path,
            f"{limit.metric}: {used} of {most} used ({percent(limit.share)}), "
            f"{limit.shown(limit.left)} left; near begins at {percent(limit.warn_at)}",
        )
    return Problem(
        "NN901",
        path,
        f"{limit.metric}: {at_least}{used} used, but the budget is {most}: "
        f"{at_least}{limit.shown(-limit.left)} too much",
        _heaviest_words(graph),
    )


def _heaviest_words(graph: Graph) -> str | None:
    node = _heaviest(graph)
    if node is None or not node.params:
        return None
    share = percent(_share_of_one(node, graph.totals.params))
    own = grouped(_of_one(node))
    return f"the largest layer is {node.spec.label} with {own} parameters ({share})"


class Expectation(Record):
    """One entry of `expect:`, held against the network.

    Attributes:
        key: `params` and so on.
        expected: what the spec says.
        real: what the network has; None where that can't be known.
        path: where it stands.
    """

    key: str
    expected: object
    real: object
    path: Path

    @property
    def holds(self) -> bool | None:
        """Whether it is as declared; None: nobody knows."""
        return None if self.real is None else self.real == self.expected


def expectations(graph: Graph, spec: ModelSpec) -> tuple[Expectation, ...]:
    """What the spec declares of this network, entry by entry, with what is.

    A variant is held against `expect.variants` alone: the other entries are the base's.
    """
    total = graph.totals
    params = total.params if total.complete else None
    if graph.variant is not None:
        named = spec.expect.get("variants", {})
        path: Path = ("expect", "variants", graph.variant)
        ours = [named[graph.variant]] if graph.variant in named else []
        return tuple(Expectation(graph.variant, value, params, path) for value in ours)
    real = {
        "params": params,
        "trainable": total.trainable if total.complete else None,
        "active": total.active if total.complete else None,
        "macs": total.macs if total.macs_complete else None,
        "output": _sizes(graph.output.shape),
    }
    own = {key: value for key, value in spec.expect.items() if key in real}
    found = [Expectation(key, value, real[key], ("expect", key)) for key, value in own.items()
             if not isinstance(value, dict)]  # fmt: skip
    outputs = own.get("output")
    if isinstance(outputs, dict):
        found += [_output(graph, name, value) for name, value in outputs.items()]
    return tuple(found)


def _sizes(shape: Shape) -> list[int] | None:
    return None if shape.open else list(shape.dims)


def _output(graph: Graph, name: str, expected: object) -> Expectation:
    """One named output; one that is not there has no shape at all."""
    output = graph.outputs.get(name)
    real: object = _sizes(output.edge.shape) if output else "no such output"
    return Expectation(f"output.{name}", expected, real, ("expect", "output", name))


def _difference(one: Expectation) -> Problem:
    if isinstance(one.real, int) and isinstance(one.expected, int):
        more = "more" if one.real > one.expected else "fewer"
        by = f"{grouped(abs(one.real - one.expected))} {more}"
        message = f"is {grouped(one.expected)}, but the network has {grouped(one.real)}: {by}"
    elif isinstance(one.real, str):
        message = f"is {one.expected}, but there is {one.real}"
        return Problem(
            "NN911", one.path, f"{spell(one.path)} {message}", "name it under outputs:"
        )
    else:
        message = f"is {one.expected}, but {one.real} comes out"
    return Problem(
        "NN911",
        one.path,
        f"{spell(one.path)} {message}",
        f"if the change is meant, write {one.path[-1]}: {one.real}",
    )

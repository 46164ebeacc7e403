"""A ceiling, held against a network."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from nnlint.finding import Severity
from nnlint.quantity import exact_percent, percent, percent_beside
from nnlint.record import Record
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nnlint.budget.ceiling import Ceiling
    from nnlint.budget.metrics import Amount, Used
    from nnlint.finding import Path
    from nnlint.graph import Graph, Node


class Measured(Record):
    """What a ceiling binds, and what that has of its metric.

    Attributes:
        ceiling: the ceiling.
        part: the address of the layer or part; None: the network.
        path: where that is written; nowhere of the network.
        nodes: its layers; None: all.
        used: what it has.
        dtype: what its size is computed with, where that is not the network's.
    """

    ceiling: Ceiling
    part: str | None
    nodes: Sequence[Node] | None
    used: Used
    path: Path = ()

    @property
    def name(self) -> str:
        """What is limited, for people: `params`, `params of fc1`, `size as int8`."""
        of = f" of {self.part}" if self.part else ""
        as_dtype = f" as {self.ceiling.dtype}" if self.ceiling.dtype else ""
        return self.ceiling.metric + of + as_dtype


def measured(ceiling: Ceiling, graph: Graph) -> Iterator[Measured]:
    """Everything that the ceiling binds; nothing where its pattern names no layer."""
    dtype, measure = ceiling.dtype or graph.dtype, ceiling.kind.measure
    if ceiling.layer is None:
        yield Measured(ceiling, None, None, measure(graph, None, dtype))
        return
    from nnlint.budget import scope  # noqa: PLC0415 - few budgets name layers

    for one in scope.parts(graph, ceiling.layer):
        used = measure(graph, one.nodes, dtype)
        yield Measured(ceiling, one.name, one.nodes, used, one.path)


class Limit(Record):
    """One line of a budget.

    Attributes:
        what: what is limited, and what of it there is.
    """

    what: Measured

    def without_layers(self) -> Limit:
        """What is said of it where the layers are not."""
        return self._replace(what=self.what._replace(nodes=None))

    @property
    def ceiling(self) -> Ceiling:
        """Who sets it, and how high."""
        return self.what.ceiling

    @property
    def subject(self) -> tuple[str, str | None, str | None]:
        """What is limited, and of what: the same in two networks, or from two sources."""
        return (self.metric, self.what.part, self.ceiling.dtype)

    @property
    def metric(self) -> str:
        """A name of `METRICS`."""
        return self.ceiling.metric

    @property
    def name(self) -> str:
        """What is limited, for people: `params`, `params of fc1`, `size as int8`."""
        return self.what.name

    @property
    def used(self) -> Amount:
        """What there is of it; at least that, where `exact` is False."""
        return self.what.used.amount

    @property
    def exact(self) -> bool:
        """Whether all of what is used is known."""
        return self.what.used.exact

    @property
    def limit(self) -> Amount:
        """What there may be."""
        return 0 if self.ceiling.limit is None else self.ceiling.limit

    @property
    def warn_at(self) -> Fraction:
        """The share of the limit from which it is near."""
        return self.ceiling.warn_at

    @property
    def origin(self) -> str | None:
        """The file or flag that sets it; None is the spec itself."""
        return self.ceiling.origin

    @property
    def unit(self) -> str:
        """How the numbers are shown: `count`, `bytes` or `share`."""
        return self.ceiling.kind.unit

    @property
    def share(self) -> Fraction:
        """Used, as a share of the limit; more than all of a limit of 0 counts double."""
        return (
            Fraction(self.used) / self.limit if self.limit else Fraction(2 if self.used else 0)
        )

    @property
    def left(self) -> Amount:
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

    @property
    def badness(self) -> tuple[int, int]:
        """Of two limits the one to speak of: by how much it matters, then by its state."""
        severities = {
            "over": self.ceiling.level, "unknown": self.ceiling.level, "near": Severity.WARNING,
        }  # fmt: skip
        severity = severities.get(self.state)
        step = ("ok", "near", "unknown", "over").index(self.state)
        return (severity.rank if severity else 0, step)

    def shown(self, value: Amount) -> str:
        """A value of this metric for people: never rounded to what the limit is."""
        return shown(value, self.unit, self.limit)

    @property
    def all_used(self) -> str:
        """What is used for people, with its unit."""
        return with_unit(self.used, self.unit, self.limit)

    @property
    def most(self) -> str:
        """The limit for people, with its unit."""
        return with_unit(self.limit, self.unit, self.limit)


def shown(value: Amount, unit: str, limit: Amount | None = None) -> str:
    """A value for people, exact unless it is a share; that tells itself from its limit."""
    if unit != "share":
        return grouped(int(value))
    if limit is None:
        return percent(Fraction(value))
    if value == limit:
        return exact_percent(Fraction(value))
    return percent_beside(Fraction(value), Fraction(limit))


def with_unit(value: Amount, unit: str, limit: Amount | None = None) -> str:
    """The same, with `B` behind bytes."""
    return shown(value, unit, limit) + (" B" if unit == "bytes" else "")

"""What a network cost and costs, metric by metric, and what its budget allows."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from nnlint.budget.ceiling import Ceiling
from nnlint.budget.limit import measured
from nnlint.budget.metrics import Used
from nnlint.finding import Severity
from nnlint.markdown import escape, numbers
from nnlint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeAlias

    from nnlint.budget import Limit
    from nnlint.graph import Graph

    Key: TypeAlias = tuple[str, str | None, str | None]

ALWAYS = ("params", "macs", "size")
"""Metrics that are told with a budget and without."""
TITLES = {"params": "Params", "macs": "MACs", "size": "Size"}
MARKS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"}
"""The marks of findings, and of budgets that are broken."""
UNPROVEN = "❓"
UNKNOWN = Used(0, exact=False)


class Row(Record):
    """One metric of a network.

    Attributes:
        name: what is counted: `params`, `params of fc1`, `size as int8`.
        unit: `count`, `bytes` or `share`.
        before: what there was; None: there was no network.
        after: what there is; None: there is no network.
        limit: what there may be, or None.
        was: what there might be in the base, or None.
    """

    name: str
    unit: str
    before: Used | None
    after: Used | None
    limit: Limit | None = None
    was: Limit | None = None

    @property
    def changed(self) -> bool:
        """Whether it is not what it was."""
        return self.before != self.after

    @property
    def is_news(self) -> bool:
        """Whether the reviewer must see it."""
        old, new = (one.limit if one else None for one in (self.was, self.limit))
        return self.changed or bool(mark(self.limit)) or old != new

    @property
    def exactly(self) -> bool:
        """Whether rounded numbers would hide a difference."""
        amounts = [one.amount for one in (self.before, self.after) if one]
        if self.limit:
            amounts.append(self.limit.limit)
        return numbers.hides(amounts, self.unit)

    @property
    def title(self) -> str:
        """Its name, with a mark where its budget is not well."""
        name = TITLES.get(self.name) or escape.prose(self.name)
        return f"{mark(self.limit)} {name}".strip()

    @property
    def cells(self) -> list[str]:
        """Base, now, the difference twice, budget, left."""
        exact = self.exactly
        change = numbers.NOBODY_KNOWS, ""
        if all(one is None or one.exact for one in (self.before, self.after)):
            old, new = (one.amount if one else 0 for one in (self.before, self.after))
            delta = numbers.signed(new - old, self.unit, exact=exact)
            change = delta, numbers.relative(old, new)
        base, now = (
            numbers.used(one, self.unit, exact=exact) for one in (self.before, self.after)
        )
        return [base, now, *change, most(self.limit, exact=exact), left(self.limit)]


def mark(limit: Limit | None) -> str:
    """How well a budget is kept: nothing, near, not provable, broken."""
    if limit is None or limit.state == "ok":
        return ""
    if limit.state == "near":
        return MARKS[Severity.WARNING]
    return MARKS[limit.ceiling.level] if limit.state == "over" else UNPROVEN


def most(limit: Limit | None, *, exact: bool = False) -> str:
    """What there may be."""
    if limit is None:
        return ""
    is_share = limit.unit == "share"  # of which none is rounded
    return limit.most if is_share else numbers.shown(limit.limit, limit.unit, exact=exact)


def left(limit: Limit | None) -> str:
    """What may still be added, or by how much it is over."""
    if limit is None:
        return ""
    if limit.unit == "share" and not limit.exact:
        return numbers.NOBODY_KNOWS
    amount = numbers.shown(max(limit.left, -limit.left), limit.unit)
    if limit.left < 0:
        return f"**{'' if limit.exact else '≥ '}{amount} over**"
    return f"{'' if limit.exact else '≤ '}{amount}"


def rows(
    before: tuple[Graph | None, Sequence[Limit]],
    after: tuple[Graph | None, Sequence[Limit]],
    known: tuple[bool, bool],
) -> list[Row]:
    """Every metric of a network.

    Args:
        before: the network as it was, and its budget.
        after: the same as it is.
        known: whether a network that is not there is known not to be.
    """
    old, new = _by_key(before[1]), _by_key(after[1])
    plain = [Ceiling(name, None, Fraction(1)) for name in ALWAYS]
    ceilings = {one.subject: one for one in plain}
    ceilings |= {limit.ceiling.subject: limit.ceiling for limit in (*before[1], *after[1])}
    found = []
    for ceiling in ceilings.values():
        was, now = _used(ceiling, before[0], known[0]), _used(ceiling, after[0], known[1])
        for part in dict.fromkeys((*now, *was)):
            key = (ceiling.metric, part, ceiling.dtype)
            name = _name(ceiling, part)
            ends = was.get(part), now.get(part)
            found.append(Row(name, ceiling.kind.unit, *ends, new.get(key), old.get(key)))
    return found


def _by_key(limits: Iterable[Limit]) -> dict[Key, Limit]:
    return {(one.metric, one.what.part, one.ceiling.dtype): one for one in limits}


def _used(ceiling: Ceiling, graph: Graph | None, known: bool) -> dict[str | None, Used | None]:
    """What there is, for each part that the ceiling binds."""
    if graph is None:
        return {} if known or ceiling.layer else {None: UNKNOWN}
    return {one.part: one.used for one in measured(ceiling, graph)}


def _name(ceiling: Ceiling, part: str | None) -> str:
    of = f" of {part}" if part else ""
    return ceiling.metric + of + (f" as {ceiling.dtype}" if ceiling.dtype else "")

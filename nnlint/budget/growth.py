"""How much of a metric a change adds, against what a budget lets it add."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from nnlint.budget.limit import measured
from nnlint.budget.metrics import Used
from nnlint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nnlint.budget.ceiling import Ceiling
    from nnlint.budget.limit import Measured
    from nnlint.budget.metrics import Amount
    from nnlint.graph import Graph

NOTHING = Used(0)
NOBODY_KNOWS = Used(0, exact=False)


class Growth(Record):
    """What a change adds, and what it may add.

    Attributes:
        what: what is limited, and what of it there is now.
        before: what there was; nothing of a new part.
        most: the most that may be added.
        percentage: where the limit is one: of what there was.
    """

    what: Measured
    before: Used
    most: Amount
    percentage: Fraction | None = None

    @property
    def subject(self) -> object:
        """What is limited, and how."""
        return (self.what.ceiling.subject, self.what.part, self.percentage is None)

    @property
    def added(self) -> Amount:
        """What the change adds; negative: it takes away."""
        return self.what.used.amount - self.before.amount

    @property
    def state(self) -> str:
        """`over`, `ok`, or `unknown` where not all of both is known."""
        if not (self.what.used.exact and self.before.exact):
            return "unknown"
        return "over" if self.added > self.most else "ok"


def growths(
    before: Graph | None, after: Graph, ceilings: Iterable[Ceiling]
) -> Iterator[Growth]:
    """Every limit of an increase, held against a change."""
    for ceiling in ceilings:
        if not ceiling.limits_increase:
            continue
        is_now = list(measured(ceiling, after))
        was = list(measured(ceiling, before)) if before else []
        for now in is_now:
            known = _before(now, was, is_now)
            used = known.used if known else NOTHING if before else NOBODY_KNOWS
            yield from _growths(now, used)


def _before(
    now: Measured, was: Sequence[Measured], is_now: Sequence[Measured]
) -> Measured | None:
    """What it was: by its name; or at its place, where the name that stood there is gone."""
    names = {one.part for one in is_now}
    by_name = (one for one in was if one.part == now.part)
    renamed = (one for one in was if one.path == now.path and one.part not in names)
    return next(by_name, None) or next(renamed, None)


def _growths(now: Measured, before: Used) -> Iterator[Growth]:
    if now.ceiling.max_increase is not None:
        yield Growth(now, before, now.ceiling.max_increase)
    percentage = now.ceiling.max_increase_pct
    if percentage is not None:
        yield Growth(now, before, Fraction(before.amount) * percentage, percentage)

"""The limits that stand in a budget, one by one: what a change of the budget is seen by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.budget.limit import with_unit
from nnlint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from nnlint.budget.ceiling import Ceiling
    from nnlint.budget.metrics import Amount

PERCENTAGE = "max_increase_pct"
FIELDS = {"max": "limit", "max_increase": "max_increase", PERCENTAGE: PERCENTAGE}
"""How a limit is written -> where a ceiling holds it."""


class Bound(Record):
    """One limit, whatever it binds in a network.

    Attributes:
        ceiling: the ceiling that sets it.
        key: how it is written: `max`, `max_increase`, `max_increase_pct`.
        amount: how high it is.
    """

    ceiling: Ceiling
    key: str
    amount: Amount

    @property
    def name(self) -> str:
        """What is limited, for people: `params`, `params.max_increase of fc*`."""
        one = self.ceiling
        key = f".{self.key}" if self.key != "max" else ""
        of = f" of {one.layer}" if one.layer else ""
        return one.metric + key + of + (f" as {one.dtype}" if one.dtype else "")

    @property
    def most(self) -> str:
        """The limit for people, with its unit, and its level where it is no error."""
        unit = "share" if self.key == PERCENTAGE else self.ceiling.kind.unit
        text, level = with_unit(self.amount, unit, self.amount), self.ceiling.level.value
        return text if level == "error" else f"{text} ({level})"

    def is_below(self, other: Bound) -> bool:
        """Whether the other lets more pass."""
        return self.amount < other.amount or self.ceiling.level.rank > other.ceiling.level.rank


def bounds(ceilings: Iterable[Ceiling]) -> Mapping[object, Bound]:
    """The lowest limit of each kind on each subject."""
    lowest: dict[object, Bound] = {}
    for one in _all(ceilings):
        known = lowest.setdefault((one.key, one.ceiling.subject), one)
        if one.amount < known.amount:
            lowest[one.key, one.ceiling.subject] = one
    return lowest


def _all(ceilings: Iterable[Ceiling]) -> Iterator[Bound]:
    for ceiling in ceilings:
        for key, field in FIELDS.items():
            amount = getattr(ceiling, field)
            if amount is not None:
                yield Bound(ceiling, key, amount)

"""What is compared runs in turn, A B A B …, and each turn gives a ratio of its own.

The median of these ratios is quoted, with its quartiles: a machine that speeds up or slows down
meanwhile does so for both.
"""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Name = TypeVar("Name")
Measured = TypeVar("Measured")


class Spread(NamedTuple):
    """The median of what was measured, and the quartiles around it."""

    median: float
    low: float
    high: float


def spread(values: Iterable[float]) -> Spread:
    """Median and quartiles; of a single value, that value."""
    known = sorted(values)
    if len(known) == 1:
        return Spread(known[0], known[0], known[0])
    low, median, high = statistics.quantiles(known, n=4, method="inclusive")
    return Spread(median, low, high)


def in_turn(
    measures: Mapping[Name, Callable[[], Measured]], runs: int, *, warm_up: bool = True
) -> dict[Name, list[Measured]]:
    """All measures in turn, `runs` times, after a first turn that does not count."""
    for measure in measures.values() if warm_up else ():
        measure()
    found: dict[Name, list[Measured]] = {name: [] for name in measures}
    for _ in range(runs):
        for name, measure in measures.items():
            found[name].append(measure())
    return found


def ratio(above: Sequence[float], below: Sequence[float]) -> Spread:
    """How many times the second the first is, turn by turn."""
    return spread(one / other for one, other in zip(above, below, strict=True))

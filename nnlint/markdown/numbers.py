"""Numbers for a reviewer: short where that hides nothing, exact where it would."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from nnlint.quantity import COUNT_UNITS, percent, rounded, size_text
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nnlint.budget.metrics import Amount, Used

SHORT = 100_000
"""Counts below it are shown exactly."""
ASTRONOMICAL = 10**18
"""From here on only the size of a number tells anything, and it tells a mistake."""
NOBODY_KNOWS = "?"
NONE = "–"
MINUS = "\N{MINUS SIGN}"


def shown(value: Amount, unit: str, *, exact: bool = False) -> str:
    """An amount that is not negative: `13,002`, `12.6 M`, `50.8 KiB`, `40.0 %`."""
    if unit == "share":
        return percent(Fraction(value))
    number = int(value)
    if unit == "bytes":
        return f"{grouped(number)} B" if exact else size_text(number)
    return grouped(number) if exact or number < SHORT else _in_units(number)


def _in_units(number: int) -> str:
    """`12.6 M`: in the largest unit of which it rounds to one or more; `6.4e25` beyond all."""
    if number >= ASTRONOMICAL:
        digits = str(number)
        return f"{digits[0]}.{digits[1]}e{len(digits) - 1}"
    for unit, size in reversed(COUNT_UNITS.items()):
        if number * 100_000 >= size * 99_995:
            return f"{rounded(Fraction(number, size), 1)} {unit}"
    return grouped(number)


def hides(values: Iterable[Amount], unit: str) -> bool:
    """Whether two of the amounts differ, but would look alike."""
    distinct = set(values)
    return len({shown(value, unit) for value in distinct}) < len(distinct)


def used(value: Used | None, unit: str, *, exact: bool = False) -> str:
    """What there is: `≥ 13,002` where not all is known, `?` where nothing is."""
    if value is None:
        return NONE
    if not value.exact and not value.amount:
        return NOBODY_KNOWS
    return ("" if value.exact else "≥ ") + shown(value.amount, unit, exact=exact)


def signed(value: Amount, unit: str, *, exact: bool = False) -> str:
    """`+6,688`, `−6,688`, `0`."""
    if not value:
        return "0"
    sign = "+" if value > 0 else MINUS
    return sign + shown(max(value, -value), unit, exact=exact)


def relative(before: Amount, after: Amount) -> str:
    """`+51.4 %`, `new`, `gone`, nothing where nothing changes; never `+0.0 %`."""
    if before == after:
        return ""
    if not before or not after:
        return "gone" if before else "new"
    share = abs(Fraction(after - before) / before)
    text = rounded(share * 100, 1)
    sign = "+" if after > before else MINUS
    return f"{sign}{'<0.1' if text == '0.0' else text} %"

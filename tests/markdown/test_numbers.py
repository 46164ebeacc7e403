"""Numbers for a reviewer: short, but never so short that a difference disappears."""

from __future__ import annotations

from fractions import Fraction

import pytest

from nnlint.budget.metrics import Used
from nnlint.markdown import numbers


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0, "count", "0"), (99_999, "count", "99,999"), (100_000, "count", "100.0 k"),
        (999_949, "count", "999.9 k"), (999_950, "count", "1.0 M"),
        (12_600_000, "count", "12.6 M"),
        (1_557_611_200, "count", "1.6 G"), (2 * 10**25, "count", "2.0e25"),
        (1023, "bytes", "1,023 B"), (13_002 * 4, "bytes", "50.8 KiB"),
        (Fraction(2, 5), "share", "40.0 %"),
    ],
)  # fmt: skip
def test_shown(value: int, unit: str, text: str) -> None:
    assert numbers.shown(value, unit) == text


def test_rounding_never_hides_a_difference() -> None:
    assert numbers.hides([12_600_000, 12_600_001], "count")
    assert not numbers.hides([12_600_000, 12_700_000], "count")
    assert not numbers.hides([12_600_000, 12_600_000], "count")
    assert numbers.shown(12_600_001, "count", exact=True) == "12,600,001"


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (1000, 1514, "+51.4 %"), (1000, 486, "−51.4 %"), (0, 7, "new"), (7, 0, "gone"),
        (7, 7, ""), (10**9, 10**9 + 1, "+<0.1 %"), (10**9, 10**9 - 1, "−<0.1 %"),
        (1, 21, "+2,000.0 %"),
    ],
)  # fmt: skip
def test_relative(before: int, after: int, text: str) -> None:
    assert numbers.relative(before, after) == text


def test_signs() -> None:
    assert numbers.signed(6_688, "count") == "+6,688"
    assert numbers.signed(-6_688, "count") == "\N{MINUS SIGN}6,688"
    assert numbers.signed(0, "bytes") == "0"


def test_what_is_not_known_says_so() -> None:
    assert numbers.used(Used(13_002, exact=False), "count") == "≥ 13,002"
    assert numbers.used(Used(0, exact=False), "count") == "?"
    assert numbers.used(None, "count") == "–"

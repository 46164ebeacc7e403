"""Counts, sizes and shares: arithmetic with decimals is the second source."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlint.quantity import (
    COUNT_PATTERN,
    COUNT_UNITS,
    DTYPE_BITS,
    SHARE_PATTERN,
    SIZE_PATTERN,
    SIZE_UNITS,
    exact_percent,
    parse_count,
    parse_percentage,
    parse_share,
    parse_size,
    percent,
    percent_beside,
    respelled,
    rounded,
    size_in_bytes,
    size_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

LAW = settings(max_examples=60, deadline=None, derandomize=True)
DECIMALS = st.from_regex(r"[0-9]{1,6}(\.[0-9]{1,4})?", fullmatch=True)


def whole(number: Decimal) -> int | None:
    return int(number) if number == int(number) else None


@pytest.mark.parametrize(
    ("written", "count"),
    [(13002, 13_002), ("15k", 15_000), ("1.5M", 1_500_000), ("7G", 7_000_000_000),
     ("2T", 2 * 10**12), ("0k", 0), ("1.0005k", None), ("1.001k", 1001), ("0.5k", 500),
     ("9999999999999999999T", 9999999999999999999 * 10**12)],
)  # fmt: skip
def test_counts_are_powers_of_a_thousand(written: int | str, count: int | None) -> None:
    assert parse_count(written) == count


@pytest.mark.parametrize(
    ("written", "size"),
    [(17, 17), ("17B", 17), ("64 KiB", 65_536), ("64KiB", 65_536), ("4 MB", 4_000_000),
     ("4 kB", 4000), ("1 MiB", 1_048_576), ("1.5 GiB", 1_610_612_736), ("2 TiB", 2 * 1024**4),
     ("1 GB", 10**9), ("1 TB", 10**12), ("0.3 KiB", None), ("0.25 KiB", 256), ("0.5 B", None)],
)  # fmt: skip
def test_sizes_have_both_kinds_of_units(written: int | str, size: int | None) -> None:
    assert parse_size(written) == size


@LAW
@given(DECIMALS, st.sampled_from("kMGT"))
def test_a_count_is_its_number_times_its_unit(number: str, unit: str) -> None:
    power = "kMGT".index(unit) + 1
    assert parse_count(number + unit) == whole(Decimal(number) * 1000**power)


@LAW
@given(DECIMALS, st.sampled_from(["", " "]), st.sampled_from("kMGT"), st.booleans())
def test_a_size_is_its_number_times_its_unit(
    number: str, space: str, unit: str, binary: bool
) -> None:
    power = "kMGT".index(unit) + 1
    name = f"{unit.upper()}iB" if binary else f"{unit}B"
    expected = whole(Decimal(number) * (1024 if binary else 1000) ** power)
    assert parse_size(number + space + name) == expected


@pytest.mark.parametrize(
    ("written", "share"),
    [("40%", Fraction(2, 5)), (0.4, Fraction(2, 5)), (0.1, Fraction(1, 10)), (1, Fraction(1)),
     ("100%", Fraction(1)), ("0.5%", Fraction(1, 200)), (1e-05, Fraction(1, 100_000)),
     ("33.3%", Fraction(333, 1000)), (0, Fraction(0))],
)  # fmt: skip
def test_a_share_is_exact(written: float | str, share: Fraction) -> None:
    assert parse_share(written) == share


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (COUNT_PATTERN, ["15k", "1.5M", "7G", "2T"],
         ["15", "15K", "15 k", "1,5k", "k", ".5k", "1.k", "15kk", "-1k", "+1k", "1e3k", "15kB",
          "15k\n", "\n15k", "1" * 20 + "k", "٣k"]),
        (SIZE_PATTERN, ["64 KiB", "64KiB", "4 MB", "12B", "12 B", "1.5 GiB", "3 kB"],
         ["64", "64 KB", "64 kiB", "64 mb", "64  MB", " 64 MB", "64 Mb", "64 KiB\n", "-1 MB",
          "64 iB"]),
        (SHARE_PATTERN, ["40%", "0%", "100%", "0.5%", "99.99%"],
         ["40", "0.4", "101%", "100.5%", "-1%", "40 %", "40%\n", "%", ".5%"]),
    ],
)  # fmt: skip
def test_a_pattern_takes_what_can_be_parsed_and_nothing_else(
    pattern: str, good: list[str], bad: list[str]
) -> None:
    assert [text for text in good if not re.search(pattern, text)] == []
    assert [text for text in bad if re.search(pattern, text)] == []


@LAW
@given(st.data(), st.sampled_from([(COUNT_PATTERN, parse_count), (SIZE_PATTERN, parse_size),
                                   (SHARE_PATTERN, parse_share)]))  # fmt: skip
def test_what_a_pattern_takes_can_be_parsed(
    data: st.DataObject, pair: tuple[str, Callable[[str], object]]
) -> None:
    pattern, parse = pair
    parse(data.draw(st.from_regex(pattern)))


@pytest.mark.parametrize(
    ("written", "pattern", "remedy"),
    [
        ("15K", COUNT_PATTERN, "write 15k"),
        ("12 k", COUNT_PATTERN, "write 12k"),
        ("1.5m", COUNT_PATTERN, "write 1.5M"),
        ("7B", COUNT_PATTERN, "write 7G"),
        ("1,500k", COUNT_PATTERN, "write 1500k"),
        ("about 5", COUNT_PATTERN, None),
        ("4 mb", SIZE_PATTERN, "write 4MB"),
        ("12 KB", SIZE_PATTERN, "write 12 kB (of 1000 bytes) or 12 KiB (of 1024)"),
        ("16 kb", SIZE_PATTERN, "write 16 kB (of 1000 bytes) or 16 KiB (of 1024)"),
        ("1k", SIZE_PATTERN, "write 1 kB (of 1000 bytes) or 1 KiB (of 1024)"),
        ("2.5m", SIZE_PATTERN, "write 2.5 MB or 2.5 MiB"),
        ("3KB", COUNT_PATTERN, "write 3k (a count, which has no bytes)"),
        ("4 MiB", COUNT_PATTERN, "write 4M (a count, which has no bytes)"),
        ("large", SIZE_PATTERN, None),
        (40, SHARE_PATTERN, "write 40%"),
        ("40", SHARE_PATTERN, "write 40%"),
        ("half", SHARE_PATTERN, None),
        (2**63, "", None),
    ],
)
def test_a_near_miss_is_respelled(written: object, pattern: str, remedy: str | None) -> None:
    assert respelled(written, pattern) == remedy


@LAW
@given(st.sampled_from(["", " "]), DECIMALS, st.sampled_from(["", " ", ",5", "_000"]),
       st.text("kKmMgGtTbBiI%", max_size=3),
       st.sampled_from([COUNT_PATTERN, SIZE_PATTERN, SHARE_PATTERN]))  # fmt: skip
def test_a_respelling_fits_its_pattern(
    before: str, number: str, after: str, unit: str, pattern: str
) -> None:
    remedy = respelled(before + number + after + unit, pattern)
    if remedy and remedy.startswith(quotes := "remove the quotes: "):
        assert pattern == SHARE_PATTERN
        assert 0 <= Fraction(remedy.removeprefix(quotes)) <= 1  # a share as a number
        return
    for word in remedy.removeprefix("write ").split(" or ") if remedy else ():
        assert re.fullmatch(pattern, word.partition(" (")[0])


@pytest.mark.parametrize("text", ["0.4", "0.9", "1.0"])
def test_a_quoted_share_keeps_its_value(text: str) -> None:
    """`"0.9"` is nine tenths in quotes: `write 0.9%` would make it a hundredth of that."""
    assert respelled(text, SHARE_PATTERN) != f"write {text}%"


@pytest.mark.parametrize(
    ("dtype", "size"),
    [("float64", 24), ("float32", 12), ("float16", 6), ("bfloat16", 6), ("float8", 3),
     ("int64", 24), ("int32", 12), ("int16", 6), ("int8", 3), ("uint8", 3), ("int4", 2)],
)  # fmt: skip
def test_three_values_fill_whole_bytes(dtype: str, size: int) -> None:
    assert size_in_bytes(3, dtype) == size


def test_every_dtype_is_tried_above() -> None:
    marks = test_three_values_fill_whole_bytes.pytestmark  # type: ignore[attr-defined]
    assert {dtype for dtype, _ in marks[0].args[1]} == set(DTYPE_BITS)


@pytest.mark.parametrize("dtype", sorted(DTYPE_BITS))
def test_eight_values_take_as_many_bytes_as_the_name_says_bits(dtype: str) -> None:
    assert size_in_bytes(8, dtype) == int(dtype.lstrip("abfilnotu"))


@LAW
@given(st.integers(0, 10**30), st.sampled_from(sorted(DTYPE_BITS)))
def test_the_bytes_hold_the_bits_and_less_than_one_byte_more(count: int, dtype: str) -> None:
    bits = count * DTYPE_BITS[dtype]
    assert 0 <= size_in_bytes(count, dtype) * 8 - bits < 8


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (1, "1 B"), (1023, "1,023 B"), (1024, "1.0 KiB"), (52_008, "50.8 KiB"),
     (1_048_576, "1.0 MiB"), (1024**3 * 5 // 2, "2.5 GiB"), (1024**4, "1.0 TiB"),
     (1024**5, "1,024.0 TiB")],
)  # fmt: skip
def test_a_size_is_shown_in_its_largest_unit(size: int, text: str) -> None:
    assert size_text(size) == text


@LAW
@given(st.fractions(0, 10**12, max_denominator=10**6), st.integers(0, 4))
def test_rounding_is_half_up(number: Fraction, places: int) -> None:
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(number.numerator) / Decimal(number.denominator)
        expected = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert rounded(number, places) == f"{expected:,}"


@pytest.mark.parametrize(
    ("number", "places", "text"),
    [(Fraction(1, 2), 0, "1"), (Fraction(5, 2), 0, "3"), (Fraction(1, 20), 1, "0.1"),
     (Fraction(1999, 1000), 2, "2.00"), (Fraction(12345), 0, "12,345")],
)  # fmt: skip
def test_a_half_goes_up(number: Fraction, places: int, text: str) -> None:
    assert rounded(number, places) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(Fraction(2, 5), "40.0 %"), (Fraction(0), "0.0 %"), (Fraction(1), "100.0 %"),
     (Fraction(1, 10**6), "<0.1 %"), (Fraction(99_999, 100_000), ">99.9 %"),
     (Fraction(100_001, 100_000), ">100 %"), (Fraction(3, 2), "150.0 %"),
     (Fraction(1, 2000), "0.1 %"), (Fraction(4, 10_000), "<0.1 %")],
)  # fmt: skip
def test_a_percentage_never_hides_a_part(share: Fraction, text: str) -> None:
    assert percent(share) == text


@LAW
@given(st.fractions(0, 2, max_denominator=10**9))
def test_only_nothing_is_zero_percent_and_only_all_is_a_hundred(share: Fraction) -> None:
    assert (percent(share) == "0.0 %") == (share == 0)
    assert (percent(share) == "100.0 %") == (share == 1)


@pytest.mark.parametrize(
    ("written", "text"),
    [("40%", "40.0 %"), ("99.99%", "99.99 %"), ("0.099%", "0.099 %"), (0.5, "50.0 %"),
     ("100%", "100.0 %"), (0, "0.0 %"), ("1.0000000000000000001%", "1.0000000000000000001 %")],
)  # fmt: skip
def test_a_limit_is_not_rounded(written: float | str, text: str) -> None:
    assert exact_percent(parse_share(written)) == text


@pytest.mark.parametrize(
    ("share", "limit", "text"),
    [("40.04", "40", "40.04 %"), ("40.06", "40", "40.1 %"), ("39.96", "40", "39.96 %"),
     ("40", "40", "40.0 %"), ("0.1002", "0.1", "0.1002 %"), ("99.99", "99.99", "99.99 %"),
     ("99.995", "99.99", "99.995 %"), ("0.04", "0.03", "0.04 %"), ("0.04", "40", "<0.1 %"),
     ("99.99", "40", ">99.9 %")],
)  # fmt: skip
def test_a_share_is_told_from_its_limit(share: str, limit: str, text: str) -> None:
    assert percent_beside(parse_percentage(share), parse_percentage(limit)) == text


@LAW
@given(st.fractions(0, 2, max_denominator=10**9), st.decimals(0, 200, places=3))
def test_a_share_never_looks_as_its_limit_does_not(share: Fraction, limit: Decimal) -> None:
    most = Fraction(limit) / 100
    text = percent_beside(share, most)
    assert (text == exact_percent(most)) == (share == most)
    if text[0] not in "<>":
        shown = Fraction(text.removesuffix(" %")) / 100
        assert (shown > most, shown < most) == (share > most, share < most)


def test_the_units_are_powers() -> None:
    assert list(COUNT_UNITS.values()) == [1000**n for n in range(5)]
    assert {unit: SIZE_UNITS[f"{unit}iB"] for unit in "KMGT"} == {
        unit: 1024**n for n, unit in enumerate("KMGT", 1)
    }

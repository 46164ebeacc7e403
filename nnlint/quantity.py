"""Counts, sizes and shares as people write them, read and shown without floats.

`15k` and `1.5M` are counts (powers of 1000), `64 KiB` and `4 MB` are bytes,
`40%` and `0.4` are shares. Integers in, integers or exact fractions out.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterable

COUNT_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
SIZE_UNITS = {
    "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
    "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40,
}  # fmt: skip
NUMBER = r"[0-9]{1,19}(\.[0-9]{1,19})?"
END = r"(?!\n)$"
"""In Python a bare `$` also matches before a last line break."""
COUNT_PATTERN = f"^{NUMBER}[kMGT]{END}"
SIZE_PATTERN = f"^{NUMBER} ?([kMGT]?B|[KMGT]iB){END}"
PERCENTAGE_PATTERN = rf"^{NUMBER}%{END}"
SHARE_PATTERN = rf"^(100|[0-9]{{1,2}}(\.[0-9]{{1,19}})?)%{END}"

DTYPE_BITS = {
    "float64": 64, "float32": 32, "float16": 16, "bfloat16": 16, "float8": 8,
    "int64": 64, "int32": 32, "int16": 16, "int8": 8, "uint8": 8, "int4": 4,
}  # fmt: skip

MOST_PLACES = 40
"""Decimals of a percentage that are shown at most: more than anybody writes in a limit."""


def parse_count(value: int | str) -> int | None:
    """`15k` is 15,000; None where the number is not whole (`1.0005k`)."""
    return _scaled(value, COUNT_UNITS)


def parse_size(value: int | str) -> int | None:
    """`64 KiB` is 65,536 bytes; a bare number is bytes; None where it is not whole."""
    return _scaled(value, SIZE_UNITS)


def parse_share(value: float | str) -> Fraction:
    """`40%` and 0.4 are both 2/5; a float is taken as it is written."""
    if isinstance(value, str):
        return Fraction(value.removesuffix("%")) / 100
    return Fraction(str(value))


def parse_percentage(value: float | str) -> Fraction:
    """`5%` and 5 are both 1/20; it may be more than all."""
    return Fraction(str(value).removesuffix("%")) / 100


def respelled(value: object, pattern: str) -> str | None:
    """How a quantity that does not match its pattern was probably meant."""
    text = str(value).strip()
    if pattern == SHARE_PATTERN:
        if re.fullmatch(r"0?\.[0-9]{1,19}|[01](\.0+)?", text) and isinstance(value, str):
            return f"remove the quotes: {text}"
        return f"write {text}%" if re.match(pattern, f"{text}%") else None
    if of_other_kind := _with_other_unit(text, pattern):
        return of_other_kind
    compact = text.replace(" ", "").replace(",", "").replace("_", "")
    tries = [
        compact,
        compact.replace("K", "k"),
        compact.upper(),
        compact.upper().replace("B", "G"),
    ]
    fitting = [attempt for attempt in tries if pattern and re.match(pattern, attempt)]
    return f"write {fitting[0]}" if fitting else None


def _with_other_unit(text: str, pattern: str) -> str | None:
    """Bytes of which nobody knows whether there are 1000 or 1024 in a k; bytes of a count."""
    found = re.fullmatch(rf"({NUMBER}) ?([kKMmGgTt])([iI]?[bB])?", text)
    if not found or re.match(pattern, text):
        return None
    number, unit, byte = found[1], found[3].upper(), found[4]
    if pattern == COUNT_PATTERN and byte:
        return f"write {number}{'k' if unit == 'K' else unit} (a count, which has no bytes)"
    if pattern != SIZE_PATTERN or (byte and unit != "K") or byte in ("iB", "ib", "IB"):
        return None
    if unit == "K":
        return f"write {number} kB (of 1000 bytes) or {number} KiB (of 1024)"
    return f"write {number} {unit}B or {number} {unit}iB"


def _scaled(value: int | str, units: dict[str, int]) -> int | None:
    if isinstance(value, int):
        return value
    digits = value.rstrip("kKMGTiB ")
    exact = Fraction(digits) * units[value[len(digits) :].strip()]
    return exact.numerator if exact.denominator == 1 else None


def size_in_bytes(count: int, dtype: str) -> int:
    """Bytes of `count` values of `dtype`, the last byte filled up (int4 packs two)."""
    return -(-count * DTYPE_BITS[dtype] // 8)


def size_text(size: int) -> str:
    """Bytes in the largest binary unit that keeps the number above 1: `50.8 KiB`."""
    for unit in ("TiB", "GiB", "MiB", "KiB"):
        if size >= SIZE_UNITS[unit]:
            return f"{rounded(Fraction(size, SIZE_UNITS[unit]), 1)} {unit}"
    return f"{grouped(size)} B"


def rounded(number: Fraction, places: int) -> str:
    """The number to a fixed count of decimal places, rounded half up, never truncated."""
    scale = 10**places
    units = (2 * number.numerator * scale + number.denominator) // (2 * number.denominator)
    whole, part = divmod(units, scale)
    return f"{grouped(whole)}.{part:0{places}d}" if places else grouped(whole)


def percent(share: Fraction) -> str:
    """`40.0 %`; what is not zero never shows as zero, what is not all never as 100 %."""
    text = rounded(share * 100, 1)
    if text == "0.0" and share > 0:
        return "<0.1 %"
    if text == "100.0" and share < 1:
        return ">99.9 %"
    if text == "100.0" and share > 1:
        return ">100 %"
    return f"{text} %"


def exact_percent(share: Fraction) -> str:
    """`40.0 %`, `99.99 %`: a limit, which is never rounded."""
    return f"{rounded(share * 100, _places(share))} %"


def _places(share: Fraction) -> int:
    """The decimal places of a percentage as people write it, one at least."""
    exact = (n for n in range(1, MOST_PLACES) if (share * 100 * 10**n).denominator == 1)
    return next(exact, MOST_PLACES)


def percent_beside(share: Fraction, limit: Fraction) -> str:
    """A share in so many decimals that it is seen to be over, at or below its limit."""
    text = percent(share)
    is_bound = text[0] in "<>" and _places(limit) > 1
    if _keeps_sides(share, 1, (limit,)) and not is_bound:
        return text
    places = range(1, MOST_PLACES)
    fine = (n for n in places if _keeps_sides(share, n, (limit, Fraction(0), Fraction(1))))
    return f"{rounded(share * 100, next(fine, MOST_PLACES))} %"


def _keeps_sides(share: Fraction, places: int, marks: Iterable[Fraction]) -> bool:
    """Whether the rounded share is above, at or below each mark, as the share is."""
    shown = Fraction(rounded(share * 100, places).replace(",", "")) / 100
    return all((shown > mark, shown < mark) == (share > mark, share < mark) for mark in marks)

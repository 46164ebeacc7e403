"""Words for messages: numbers with separators, lists, values, the nearest name."""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_QUOTE = 60
MOST_NAMES = 1000
"""Names that are compared with a misspelt one."""


def grouped(number: int) -> str:
    """An integer with thousands separators: 13,002."""
    return f"{number:,}"


def signed(number: int) -> str:
    """A change with its sign: +6,280, −1,002, ±0."""
    if not number:
        return "±0"
    return f"{'+' if number > 0 else '−'}{grouped(abs(number))}"


def plural(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{grouped(number)} {noun}" + ("" if number == 1 else "s")


def listed(words: Iterable[str], last: str = "or") -> str:
    """`a`, `a or b`, `a, b or c`."""
    items = list(words)
    return f" {last} ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def quoted(text: str) -> str:
    """The user's own word in quotes, shortened where it would drown the message."""
    short = text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
    return f"'{short}'"


def shape_text(dims: Iterable[int], *, unknown_before: bool = False) -> str:
    """A shape as it is written in a spec: `[3, 224, 224]`."""
    return "[" + ", ".join([*(["…"] if unknown_before else []), *map(str, dims)]) + "]"


def described(value: object) -> str:  # noqa: PLR0911 - a table, one row a type
    """A value of a document in plain words: `the text '16'`, `a list of 2`."""
    match value:
        case None:
            return "empty (null)"
        case bool():
            return str(value).lower()
        case int():
            return f"the number {short_number(value)}"
        case float():
            return f"the decimal number {value}"
        case str():
            return f"the text {quoted(value)}"
        case list():
            return f"a list of {len(value)}" if value else "an empty list"
        case _:
            return "a map" if value else "an empty map"


def flow(value: object) -> str:
    """A value as YAML on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(flow, value)) + "]"
        case _:
            return str(value)


def short_number(number: int) -> str:
    """The number, or how long it is where nobody would read it."""
    digits = str(abs(number))
    return str(number) if len(digits) <= 30 else f"a number of {len(digits)} digits"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that the user most likely meant, or None.

    Case is forgiven first (`relu`); then the closest spelling is taken. Of very many
    names only the last are looked at: a file full of mistakes stays linear.
    """
    return _closest(name[:LONGEST_QUOTE].lower(), tuple(deque(known, MOST_NAMES)))


@lru_cache(maxsize=1024)
def _closest(name: str, known: tuple[str, ...]) -> str | None:
    import difflib  # noqa: PLC0415 - only a mistake pays for it

    by_lower = {word.lower(): word for word in known if abs(len(word) - len(name)) <= len(name)}
    close = difflib.get_close_matches(name, by_lower, n=1, cutoff=0.65)
    return by_lower[close[0]] if close else None


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """`did you mean 'Linear'?`, or None where nothing is near."""
    word = nearest(name, known)
    return f"did you mean {quoted(word)}?" if word else None


def split(text: str) -> list[str]:
    """`NN301, NN4` -> its words."""
    return text.replace(",", " ").split()

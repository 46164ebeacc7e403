"""A page of Markdown that stays below what GitHub takes, and says what it leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.wording import listed, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST = 65_536
"""Characters of a comment on GitHub."""
KEPT = 2_000
"""Of them, those for the last lines, and for the one that says what was left out."""
NO_BREAK = "\N{NO-BREAK SPACE}"
MOST_ROWS = 50
"""Rows of a table."""
MOST_ITEMS = 20
"""Entries of a list."""


class Page:
    """The text while it is written: a block goes in whole, or it is counted as left out."""

    def __init__(self, most: int = MOST) -> None:
        self.room = most - KEPT
        self.blocks: list[str] = []
        self.missing: dict[str, int] = {}
        self.footer = ""

    def add(self, block: str, noun: str = "", number: int = 1) -> None:
        """A block, if there is room; if not, so many of the `noun` are missing."""
        if len(block) + 2 > self.room:
            self._miss(noun, number)
        else:
            self.blocks.append(block)
            self.room -= len(block) + 2

    def _miss(self, noun: str, number: int) -> None:
        self.missing[noun] = self.missing.get(noun, 0) + number

    def items(self, lines: Sequence[str], noun: str) -> None:
        """A list, as far as there is room."""
        kept = self._fitting(lines[:MOST_ITEMS])
        if kept:
            self.add("\n".join(kept))
        self._miss(noun, len(lines) - len(kept))

    def table(
        self, heading: Sequence[str], rows: Sequence[Sequence[str]], noun: str, title: str = ""
    ) -> None:
        """A table, as far as there is room; its title stands above it."""
        lines = table_lines(heading, rows)
        kept = self._fitting(lines[: MOST_ROWS + 2], len(title) + 2)
        if len(kept) > 2:
            self.add("\n".join([*([title, ""] if title else []), *kept]))
        self._miss(noun, len(rows) - max(len(kept) - 2, 0))

    def _fitting(self, lines: Iterable[str], beside: int = 0) -> list[str]:
        """The first lines, as many as there is room for."""
        kept: list[str] = []
        left = self.room - 2 - beside
        for line in lines:
            left -= len(line) + 1
            if left < 0:
                break
            kept.append(line)
        return kept

    def text(self) -> str:
        """The whole page."""
        said = [plural(number, noun) for noun, number in self.missing.items() if number]
        left_out = f"Left out, for the page has no room: {listed(said, 'and')}."
        ends = [left_out if said else "", self.footer]
        return "\n\n".join([*self.blocks, *filter(None, ends)]) + "\n"


def table_lines(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table: numbers, behind the column that names them, to the right.

    A title that begins with a blank belongs to a column of words. A number is not parted from
    its unit, or each row takes two lines on a phone.
    """
    worded = [not n or one.startswith(" ") for n, one in enumerate(heading)]
    rules = [":--" if words else "--:" for words in worded]
    lines = [[one.strip() for one in heading], rules, *(_kept(row, worded) for row in rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


def _kept(row: Sequence[str], worded: Sequence[bool]) -> list[str]:
    """The row, its numbers and their units together."""
    pairs = zip(row, worded, strict=True)
    return [cell if words else cell.replace(" ", NO_BREAK) for cell, words in pairs]


def details(summary: str, body: str, *, unfolded: bool = False) -> str:
    """A part that folds; the empty lines make GitHub read Markdown in it."""
    opened = "<details open>" if unfolded else "<details>"
    return f"{opened}\n<summary>{summary}</summary>\n\n{body}\n\n</details>"

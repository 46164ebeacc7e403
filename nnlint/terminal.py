"""Text for a terminal: colours, widths, and user strings that can't act as commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nnlint.record import Record

if TYPE_CHECKING:
    from typing import TextIO

PIPE_WIDTH = 160
"""Columns where the output goes to a file or a pipe."""

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


class Style(Record):
    """How output is drawn.

    Attributes:
        color: with ANSI colours.
        width: columns.
        table: show the layer table; None: for one file.
        depth: parts that lie deeper are one row each in it; None: every layer is a row.
    """

    color: bool = False
    width: int = PIPE_WIDTH
    table: bool | None = None
    depth: int | None = None

    def draws_layers(self, files: int) -> bool:
        """Whether the layer table of each file is drawn, where there are so many."""
        return files == 1 if self.table is None else self.table

    def paint(self, text: str, *styles: str) -> str:
        """The text in these styles, if there are colours."""
        if not self.color or not text:
            return text
        return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"


class Screen(Record):
    """Where a person waits, and is shown how far it is.

    Attributes:
        stream: what it is drawn on.
        color: with ANSI colours.
    """

    stream: TextIO
    color: bool


SEVERITY_STYLES = {
    "error": ("bold", "red"),
    "warning": ("bold", "yellow"),
    "info": ("bold", "cyan"),
}


COMMAND = re.compile(r"(?<=:):(?=[\w-])|(?<=#)#(?=\w*(?:\[|$))|^#(?=\w*\[)")
"""A sign of `::error …::` and of `##[error]`, `##vso[…]`: what the logs of GitHub and Azure
take for a command, the first at the beginning of a line, the others anywhere in it. Text may
have been cut in the middle of one: what lies at an edge counts too."""


def visible(text: str) -> str:
    r"""The text with everything that could act on a terminal or in a CI's log spelled out.

    Control bytes, line breaks and the marks that reorder text (bidi) become
    escapes such as `\x1b`, so a name in a spec can't move the cursor or forge a line;
    nor can it begin a command: `::error::` becomes `:\x3aerror::`.
    """
    if not text.isprintable():
        text = "".join(char if char.isprintable() else _escaped(char) for char in text)
    return COMMAND.sub(_spelled, text) if "::" in text or "#" in text else text


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode()


def _spelled(match: re.Match[str]) -> str:
    return f"\\x{ord(match[0]):02x}"


def cells(text: str) -> int:
    """How many columns the text takes: two for East Asian wide characters, none for accents."""
    if text.isascii():
        return len(text)
    import unicodedata  # noqa: PLC0415 - only for text beyond ASCII

    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    marks = sum(unicodedata.combining(char) > 0 for char in text)
    return len(text) + wide - marks


_ASCII = str.maketrans({
    "×": "x", "·": "*", "–": "-", "−": "-", "─": "-", "…": "...", "≥": ">=", "✓": "ok",
    "✗": "x", "Π": "prod ", "⌊": "floor(", "⌋": ")", "→": "->", "Δ": "d", "±": "+/-",
    "≤": "<=", "❌": "x", "⚠": "!", "✅": "ok", "❓": "?", "ℹ": "i",
    "\N{VARIATION SELECTOR-16}": "",
    **dict.fromkeys("█▉▊▋▌", "#"), **dict.fromkeys("▍▎▏", "|"),
})  # fmt: skip


def encodable(text: str, encoding: str) -> str:
    """The text as a stream of that encoding can take it: drawn in ASCII if need be."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return text.translate(_ASCII).encode("ascii", "backslashreplace").decode()
    return text

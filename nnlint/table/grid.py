"""Rows and columns in the width that there is, drawn by rich."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, TypeAlias

from rich.console import Console
from rich.text import Text

from nnlint.record import Record
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nnlint.tally import Words
    from nnlint.terminal import Style

NARROW = 60
"""Below so many columns, rows are stacked."""
NARROWEST = 24
"""Columns in which folded text can still be read."""
GAP = 2
"""Columns between two columns of the table."""
_TONES = {"good": "green", "near": "yellow", "bad": "bold red", "dim": "dim", "": ""}


Row: TypeAlias = dict[str, Text]
"""The cells of a row, by the titles of their columns."""


class Column(Record):
    """One column of the table.

    Attributes:
        title: its heading.
        right: whether it is aligned right, as numbers are.
        drop: those with a 1 go first where the width is short, then 2, and so on.
        folds_at: words longer than this go on in the next line; 0: the column never folds.
    """

    title: str
    right: bool = False
    drop: int = 0
    folds_at: int = 0


def new_console(style: Style) -> Console:
    """What is drawn on, as wide and as colourful as the style says."""
    return Console(
        file=StringIO(),
        width=style.width,
        force_terminal=style.color,
        color_system="standard" if style.color else None,
        no_color=not style.color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},  # options.py has read it, and knows better
    )


def drawn(console: Console) -> str:
    """What was printed, without the blanks around it and on its right."""
    file = console.file
    assert isinstance(file, StringIO)  # noqa: S101 - made by new_console
    lines = (line.rstrip() for line in file.getvalue().split("\n"))
    return "\n".join(lines).strip("\n") + "\n"


def tabular(console: Console, columns: Sequence[Column], rows: Sequence[Row]) -> bool:
    """Print the rows with as many columns as fit, the last row as the total.

    Returns:
        False, with nothing printed, where too few columns fit.
    """
    widths = {column.title: _width(column, rows) for column in columns}
    _fold_last(columns, widths, console.width)
    for dropped in range(max(column.drop for column in columns) + 1):
        shown = [column for column in columns if not 0 < column.drop <= dropped]
        if sum(widths[column.title] + GAP for column in shown) <= console.width:
            _print(console, shown, rows, widths)
            hidden = [column.title for column in columns if column not in shown]
            if hidden:
                words = f"not shown in {console.width} columns: {', '.join(hidden)}"
                console.print(Text(words, "dim"))
            return True
    return False


def _fold_last(columns: Sequence[Column], widths: dict[str, int], room: int) -> None:
    """Let a last column that folds make do with what the others leave, if that is enough."""
    last = columns[-1]
    left = room - sum(widths[column.title] + GAP for column in columns[:-1]) - GAP
    if last.drop and last.folds_at and NARROWEST <= left < widths[last.title]:
        widths[last.title] = left


def _width(column: Column, rows: Sequence[Row]) -> int:
    longest = max(row[column.title].cell_len if column.title in row else 0 for row in rows)
    natural = max(longest, len(column.title))
    return min(natural, column.folds_at or natural)


def _print(
    console: Console, columns: Sequence[Column], rows: Sequence[Row], widths: dict[str, int]
) -> None:
    """Print a heading, the rows, and after a gap the last of them.

    rich's own Table lays each cell out as a page of its own, a tenth of a millisecond each:
    most of what a run takes, where a network has a hundred layers.
    """
    heading = {column.title: Text(column.title, "bold") for column in columns}
    rule = Text("─" * (sum(widths[column.title] + GAP for column in columns) - GAP))
    body = [_line(console, columns, row, widths) for row in rows]
    heads = _line(console, columns, heading, widths)
    lines = [Text(), heads, rule, *body[:-1], Text(), body[-1], Text()]
    page = Text("\n ").join(lines)
    shown = Text(page.plain) if console.no_color else page  # rich would look at each style
    console.print(shown, no_wrap=True, overflow="ignore", crop=False)


def _line(
    console: Console, columns: Sequence[Column], row: Row, widths: dict[str, int]
) -> Text:
    """A row; it is as many lines high as its highest cell."""
    cells = [_folded(console, row.get(one.title), widths[one.title]) for one in columns]
    lines = [Text() for _ in range(max(map(len, cells)))]
    for column, cell in zip(columns, cells, strict=True):
        for number, line in enumerate(lines):
            words = cell[number] if number < len(cell) else Text()
            blanks = " " * (widths[column.title] - words.cell_len)
            line.append(blanks if column.right else "")
            line.append_text(words)
            line.append(" " * GAP if column.right else blanks + " " * GAP)
    return lines[0] if len(lines) == 1 else Text("\n ").join(lines)


def _folded(console: Console, words: Text | None, width: int) -> list[Text]:
    """The lines of a cell."""
    if words is None or words.cell_len <= width:
        return [words or Text()]
    return list(words.wrap(console, width, overflow="fold"))


def counted(value: int, style: str = "", *, complete: bool) -> Text:
    """A count; what is unknown shows as such, and never as zero."""
    if not complete:
        return Text(f"≥ {grouped(value)}" if value else "?", "yellow")
    return Text(grouped(value), style if value else "dim")


def footer(console: Console, said: Sequence[tuple[str, Words]]) -> None:
    """Lines below a table; their titles stand in a column."""
    lines = [(title, toned(parts)) for title, parts in said]
    room = max((len(title) for title, _ in lines), default=0) + 1
    narrow = console.width < NARROW
    if narrow or all(room + words.cell_len <= console.width for _, words in lines):
        for title, words in lines:
            gap = " " * (bool(title) if narrow else room - len(title))
            console.print(Text.assemble((title, "bold"), gap, words))
        return
    from rich.table import Table  # noqa: PLC0415 - most lines have room

    rows = Table.grid(padding=(0, 1))
    rows.add_column(style="bold", no_wrap=True)
    rows.add_column(overflow="fold")
    for title, words in lines:
        rows.add_row(title, words)
    console.print(rows)


def toned(parts: Words) -> Text:
    """Pieces of a line in their tones."""
    return Text.assemble(*((text, _TONES[tone]) for text, tone in parts))

"""The table that `full` prints: a row a layer, totals that add up. Alone imports rich."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING, TypeAlias

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nnlint.layers.shape import Layout
from nnlint.outline import outline
from nnlint.quantity import percent, size_in_bytes, size_text
from nnlint.record import Record
from nnlint.tally import Words, bar, in_words, tally
from nnlint.terminal import visible
from nnlint.wording import grouped, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nnlint.finding import Finding
    from nnlint.graph import Graph, Totals
    from nnlint.layers.shape import Shape
    from nnlint.outline import Line
    from nnlint.report import Report
    from nnlint.terminal import Style

NARROW = 60
"""Below so many columns, rows are stacked."""
NARROWEST = 24
"""Columns in which folded text can still be read."""
LONG = 60
"""Rows that no screen shows at once."""
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


COLUMNS = (
    Column("#", right=True),
    Column("Layer", folds_at=36),
    Column("Output", drop=4),
    Column("Bias"),
    Column("Weights", right=True),
    Column("Biases", right=True),
    Column("Moving", right=True),
    Column("Params", right=True),
    Column("MACs", right=True, drop=3),
    Column("Share", drop=2),
    Column("Derivation", drop=1, folds_at=44),
)


FILE_COLUMNS = (
    Column("File", folds_at=60),
    Column("Network", drop=1, folds_at=30),
    Column("Weights", right=True),
    Column("Biases", right=True),
    Column("Moving", right=True),
    Column("Params", right=True),
    Column("Size", right=True, drop=2),
    Column("Findings"),
)


def network(report: Report, style: Style) -> str:
    """The network of one file: its layers, totals and budget."""
    graph = report.graph
    if graph is None:
        return ""
    console = _console(style)
    console.print(_heading(graph, report.path))
    lines = outline(graph, style.depth)
    rows = [*map(partial(_layer_row, total=graph.totals), lines), _total_row(graph.totals)]
    if style.width < NARROW or not _tabular(console, _columns(graph), rows):
        _stacked(console, lines)
    if (
        style.depth is None
        and len(lines) > LONG
        and any(line.numbers is None for line in lines)
    ):
        words = f"{len(lines)} rows: --depth 1 shows each part on one row"
        console.print(Text(words, "dim"))
    _print_footer(console, report)
    return _drawn(console)


def _columns(graph: Graph) -> list[Column]:
    """Shares of a total that nobody knows are none, and few conventions count statistics."""
    total = graph.totals
    without = set() if total.complete and total.params else {"Share"}
    without |= set() if total.moving else {"Moving"}
    return [column for column in COLUMNS if column.title not in without]


def files(reports: Sequence[Report], style: Style) -> str:
    """One row a file, and the total over all of them."""
    console = _console(style)
    moving = any(report.graph and report.graph.totals.moving for report in reports)
    columns = [one for one in FILE_COLUMNS if moving or one.title != "Moving"]
    if not _tabular(console, columns, _file_rows(reports)):
        for report in reports:
            console.print(Text(visible(report.path), "bold"))
            console.print(Text(f"  {_one_line(report)}"))
        params = _sums([report.graph.totals for report in reports if report.graph])[-1]
        console.print(Text.assemble(("Total ", "bold"), params, " parameters"))
    return _drawn(console)


def _console(style: Style) -> Console:
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


def _drawn(console: Console) -> str:
    """What was printed, without the blanks around it and on its right."""
    file = console.file
    assert isinstance(file, StringIO)  # noqa: S101 - made by _console
    lines = (line.rstrip() for line in file.getvalue().split("\n"))
    return "\n".join(lines).strip("\n") + "\n"


def _grid(columns: Sequence[Column], widths: dict[str, int]) -> Table:
    """An empty table; the widths are given, for rich measures every cell otherwise."""
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for column in columns:
        grid.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=not column.folds_at,
            width=widths[column.title],
            overflow="fold",
        )
    return grid


def _heading(graph: Graph, path: str) -> Text:
    name = visible(graph.name) if graph.name else ""
    shapes = graph.inputs.items()
    single = len(shapes) == 1 and "input" in graph.inputs
    named = ((visible(n) + " " if not single else "", s) for n, s in shapes)
    inputs = ", ".join(f"{name}{_arriving(shape)}" for name, shape in named)
    return Text.assemble(
        (name or visible(path), "bold"),
        (f" ({visible(graph.variant)})" if graph.variant else "", "cyan"),
        (f"  {visible(path)}" if name else "", "dim"),
        f"  input {inputs}",
    )


def _arriving(shape: Shape) -> str:
    return f"{shape} tokens" if shape.layout is Layout.TOKENS else str(shape)


def _tabular(console: Console, columns: Sequence[Column], rows: Sequence[Row]) -> bool:
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
    grid = _grid(columns, widths)
    for row in rows[:-1]:
        grid.add_row(*(row.get(column.title, "") for column in columns))
    grid.add_section()
    grid.add_row(*(rows[-1].get(column.title, "") for column in columns))
    console.print(grid)


def _file_rows(reports: Sequence[Report]) -> list[Row]:
    graphs = [report.graph for report in reports if report.graph]
    total = {"File": Text("Total", "bold"), "Network": Text(plural(len(graphs), "network"))}
    sums = _sum_cells([graph.totals for graph in graphs])
    return [*map(_file_row, reports), {**total, **sums}]


def _total_row(total: Totals) -> Row:
    sums = {"MACs": Text(("" if total.macs_complete else "≥ ") + grouped(total.macs), "bold")}
    return {"Layer": Text("Total", "bold"), **_sum_cells([total]), **sums}


def _layer_row(line: Line, total: Totals) -> Row:
    """A row of the table; a heading has its label alone."""
    sums, node = line.sums, line.node
    if line.numbers is None:
        return {"Layer": _label(line)}
    return {
        "#": Text("–".join(map(str, dict.fromkeys(line.numbers))), "dim"),
        "Layer": _label(line),
        "Output": Text(str(line.output)),
        "Bias": _flag(node.spec.bias if node else None),
        "Weights": _counted(sums.weights, complete=sums.complete),
        "Biases": _counted(sums.biases, complete=sums.complete),
        "Moving": _counted(sums.moving, complete=sums.complete),
        "Params": _counted(sums.params, "bold", complete=sums.complete),
        "MACs": _counted(sums.macs, complete=sums.macs_complete),
        "Share": _share(sums.params, total.params) if total.complete else Text(),
        "Derivation": Text(node.derivation if node else "", "dim"),
    }


def _label(line: Line) -> Text:
    node = line.node
    frozen = node is not None and bool(node.tensors) and not node.trainable
    owner = node.tied[1].spec if node and node.tied else None
    return Text.assemble(
        "  " * line.depth,
        (visible(line.type), "cyan" if node is None else ""),
        (f" ({line.role})" if line.role else "", "dim"),
        (f" {visible(line.name)}" if line.name else "", "cyan"),
        f" ×{grouped(line.times)}" if line.times > 1 else "",
        (f", {grouped(line.runs)} run" if line.runs < line.times else "", "dim"),
        (" frozen" if frozen else "", "yellow"),
        (f" = {visible(owner.name or owner.type)}" if owner else "", "dim"),
        (" shared" if node and node.is_shared else "", "dim"),
    )


def _flag(bias: bool | None) -> Text:
    if bias is None:
        return Text("–", "dim")
    return Text("yes") if bias else Text("no")


def _counted(value: int, style: str = "", *, complete: bool) -> Text:
    """A count; what is unknown shows as such, and never as zero."""
    if not complete:
        return Text(f"≥ {grouped(value)}" if value else "?", "yellow")
    return Text(grouped(value), style if value else "dim")


def _sums(sums: Sequence[Totals]) -> list[Text]:
    """Weights, biases, statistics and parameters; a lower bound where any is unknown."""
    at_least = "" if all(one.complete for one in sums) else "≥ "
    columns = ([one.weights for one in sums], [one.biases for one in sums],
               [one.moving for one in sums], [one.params for one in sums])  # fmt: skip
    return [Text(f"{at_least}{grouped(sum(column))}", "bold") for column in columns]


def _sum_cells(sums: Sequence[Totals]) -> Row:
    return dict(zip(("Weights", "Biases", "Moving", "Params"), _sums(sums), strict=True))


def _share(part: int, whole: int) -> Text:
    if not part:
        return Text("")
    share = Fraction(part, whole)
    return Text.assemble((bar(share), "cyan"), f" {percent(share):>7}")


def _stacked(console: Console, lines: Sequence[Line]) -> None:
    """Rows of several lines, for a screen too narrow for columns."""
    for line in lines:
        if line.numbers is None:
            console.print(Text.assemble(" " * 5, _label(line)))
            continue
        number = "–".join(map(str, dict.fromkeys(line.numbers)))
        console.print(Text.assemble((f"{number:>4} ", "dim"), _label(line), f"  {line.output}"))
        if line.sums.params or not line.sums.complete:
            console.print(f"{' ' * 7}{'  ' * line.depth}{in_words(line.sums)}")
    console.print()


def _print_footer(console: Console, report: Report) -> None:
    """Totals in words, then the budget and the expectations; titles stand in a column."""
    lines = [(title, _toned(parts)) for title, parts in tally(report)]
    room = max((len(title) for title, _ in lines), default=0) + 1
    narrow = console.width < NARROW
    if narrow or all(room + words.cell_len <= console.width for _, words in lines):
        for title, words in lines:
            gap = " " * (bool(title) if narrow else room - len(title))
            console.print(Text.assemble((title, "bold"), gap, words))
        return
    rows = Table.grid(padding=(0, 1))
    rows.add_column(style="bold", no_wrap=True)
    rows.add_column(overflow="fold")
    for title, words in lines:
        rows.add_row(title, words)
    console.print(rows)


def _toned(parts: Words) -> Text:
    return Text.assemble(*((text, _TONES[tone]) for text, tone in parts))


def _file_row(report: Report) -> Row:
    row: Row = {"File": Text(visible(report.path)),
                                      "Findings": _found(report.findings)}  # fmt: skip
    graph = report.graph
    if graph is not None:
        row["Network"] = Text(visible(graph.name or ""))
        row["Size"] = Text(size_text(size_in_bytes(graph.totals.params, graph.dtype)))
        row |= _sum_cells([graph.totals])
    return row


def _found(findings: Sequence[Finding]) -> Text:
    """`1 error, 2 warnings`, in the colour of the worst."""
    words = [finding.rule.severity.value for finding in findings]
    kinds = [kind for kind in ("error", "warning", "info") if kind in words]
    text = ", ".join(plural(words.count(kind), kind) for kind in kinds)
    colour = {"error": "red", "warning": "yellow"}.get(kinds[0], "cyan") if kinds else "green"
    return Text(text or "none", colour)


def _one_line(report: Report) -> str:
    if report.graph is None:
        return ""
    return f"{in_words(report.graph.totals)}; findings: {_found(report.findings).plain}"

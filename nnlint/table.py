"""The table that `full` prints: a row a layer, totals that add up. Alone imports rich."""

from __future__ import annotations

from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING, TypeAlias

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nnlint.quantity import percent, size_in_bytes, size_text
from nnlint.record import Record
from nnlint.terminal import visible
from nnlint.wording import grouped, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nnlint.budget import Expectation, Limit
    from nnlint.finding import Finding
    from nnlint.graph import Graph, Group, Node, Totals
    from nnlint.report import Report
    from nnlint.terminal import Style

NARROW = 60
"""Below so many columns, rows are stacked."""
BAR = 10
"""Columns of a full bar."""
GAP = 2
"""Columns between two columns of the table."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_STATES = {"ok": "green", "near": "yellow", "over": "bold red", "unknown": "dim"}


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
    Column("Output", drop=3),
    Column("Bias"),
    Column("Weights", right=True),
    Column("Biases", right=True),
    Column("Params", right=True),
    Column("Share", drop=2),
    Column("Derivation", drop=1, folds_at=44),
)


FILE_COLUMNS = (
    Column("File", folds_at=60),
    Column("Network", drop=1, folds_at=30),
    Column("Weights", right=True),
    Column("Biases", right=True),
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
    if style.width < NARROW or not _tabular(console, _columns(graph), _layer_rows(graph)):
        _stacked(console, graph)
    _print_footer(console, graph, report)
    return _drawn(console)


def _columns(graph: Graph) -> list[Column]:
    """Shares of a total that nobody knows are none."""
    shares = graph.totals.complete and graph.totals.params > 0
    return [column for column in COLUMNS if shares or column.title != "Share"]


def files(reports: Sequence[Report], style: Style) -> str:
    """One row a file, and the total over all of them."""
    console = _console(style)
    if not _tabular(console, FILE_COLUMNS, _file_rows(reports)):
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
    inputs = ", ".join(str(shape) if single else f"{visible(n)} {shape}" for n, shape in shapes)
    return Text.assemble(
        (name or visible(path), "bold"),
        (f"  {visible(path)}" if name else "", "dim"),
        f"  input {inputs}",
    )


def _tabular(console: Console, columns: Sequence[Column], rows: Sequence[Row]) -> bool:
    """Print the rows with as many columns as fit, the last row as the total.

    Returns:
        False, with nothing printed, where too few columns fit.
    """
    widths = {column.title: _width(column, rows) for column in columns}
    for dropped in range(max(column.drop for column in columns) + 1):
        shown = [column for column in columns if not 0 < column.drop <= dropped]
        if sum(widths[column.title] + GAP for column in shown) <= console.width:
            _print(console, shown, rows, widths)
            hidden = [column.title.lower() for column in columns if column not in shown]
            if hidden:
                words = f"not shown in {console.width} columns: {', '.join(hidden)}"
                console.print(Text(words, "dim"))
            return True
    return False


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


def _layer_rows(graph: Graph) -> list[Row]:
    rows: list[Row] = []
    groups: list[Group] = []
    for number, node in enumerate(graph.nodes, 1):
        rows += [{"Layer": _group_label(group)} for group in _opened(node, groups)]
        rows.append(_row(number, node, graph.totals))
    return [*rows, {"Layer": Text("Total", "bold"), **_sum_cells([graph.totals])}]


def _opened(node: Node, groups: list[Group]) -> list[Group]:
    """The groups that begin with this node; `groups` is what stands around the last one."""
    around: list[Group] = []
    group = node.group
    while group:
        around.insert(0, group)
        group = group.parent
    new = [group for group in around if group not in groups]
    groups[:] = around
    return new


def _group_label(group: Group) -> Text:
    indent = "  " * group.depth
    times = f" ×{grouped(group.count)}" if group.count > 1 else ""
    name = f" {visible(group.spec.name)}" if group.spec.name else ""
    return Text(f"{indent}{group.spec.type}{name}{times}", "cyan")


def _row(number: int, node: Node, total: Totals) -> Row:
    return {
        "#": Text(str(number), "dim"),
        "Layer": _label(node),
        "Output": Text(str(node.output)),
        "Bias": _flag(node),
        "Weights": _number(node.weights, node),
        "Biases": _number(node.biases, node),
        "Params": _number(node.params, node, "bold"),
        "Share": _share(node.params, total.params) if total.complete else Text(),
        "Derivation": Text(node.derivation, "dim"),
    }


def _label(node: Node) -> Text:
    depth = node.group.depth + 1 if node.group else 0
    inside = node.group.count if node.group else 1
    own = node.count // inside
    return Text.assemble(
        "  " * depth,
        visible(node.spec.type),
        (f" {visible(node.spec.name)}" if node.spec.name else "", "cyan"),
        f" ×{grouped(own)}" if own > 1 else "",
        (" frozen" if node.tensors and not node.trainable else "", "yellow"),
    )


def _flag(node: Node) -> Text:
    if node.spec.bias is None:
        return Text("–", "dim")
    return Text("yes") if node.spec.bias else Text("no")


def _number(value: int, node: Node, style: str = "") -> Text:
    """A count; what is unknown shows as such, and never as zero."""
    if not node.complete:
        return Text(f"≥ {grouped(value)}" if value else "?", "yellow")
    return Text(grouped(value), style if value else "dim")


def _sums(sums: Sequence[Totals]) -> list[Text]:
    """Weights, biases and parameters over all; a lower bound where any is unknown."""
    at_least = "" if all(one.complete for one in sums) else "≥ "
    columns = ([one.weights for one in sums], [one.biases for one in sums],
               [one.params for one in sums])  # fmt: skip
    return [Text(f"{at_least}{grouped(sum(column))}", "bold") for column in columns]


def _sum_cells(sums: Sequence[Totals]) -> Row:
    return dict(zip(("Weights", "Biases", "Params"), _sums(sums), strict=True))


def _share(part: int, whole: int) -> Text:
    if not part:
        return Text("")
    share = Fraction(part, whole)
    return Text.assemble((_bar(share), "cyan"), f" {percent(share):>7}")


def _bar(share: Fraction) -> str:
    """A bar as long as the share, in eighths of a column, and never empty."""
    eighths = max(1, min(int(share * BAR * 8 + Fraction(1, 2)), BAR * 8))
    full, rest = divmod(eighths, 8)
    return ("█" * full + _EIGHTHS[rest].strip()).ljust(BAR)


def _stacked(console: Console, graph: Graph) -> None:
    """Rows of several lines, for a screen too narrow for columns."""
    groups: list[Group] = []
    for number, node in enumerate(graph.nodes, 1):
        for group in _opened(node, groups):
            console.print(_group_label(group))
        label = Text.assemble((f"{number} ", "dim"), _label(node), f"  {node.output}")
        console.print(label)
        if node.params or not node.complete:
            words = _in_words(node.weights, node.biases, complete=node.complete)
            console.print(f"  {words}")
    console.print()


def _in_words(weights: int, biases: int, *, complete: bool) -> str:
    parts, total = f"{grouped(weights)} weights + {grouped(biases)} biases", weights + biases
    return (
        f"{parts} = {grouped(total)}" if complete else f"≥ {grouped(total)} ({parts} are known)"
    )


def _print_footer(console: Console, graph: Graph, report: Report) -> None:
    """Totals in words, then the budget and the expectations."""
    rows = Table.grid(padding=(0, 1))
    rows.add_column(style="bold", no_wrap=True)
    rows.add_column(overflow="fold")
    for title, words in _footer(graph, report):
        if console.width < NARROW:
            console.print(Text.assemble((title, "bold"), " " if title else "", words))
        rows.add_row(title, words)
    if console.width >= NARROW:
        console.print(rows)


def _footer(graph: Graph, report: Report) -> Iterator[tuple[str, Text]]:
    total = graph.totals
    sums = _in_words(total.weights, total.biases, complete=total.complete)
    yield "parameters", Text(sums)
    if total.frozen:
        parts = f"{grouped(total.trainable)} trainable + {grouped(total.frozen)} frozen"
        yield "", Text(("" if total.complete else "≥ ") + parts)
    if total.buffers:
        yield "buffers", Text(f"{grouped(total.buffers)} stored, not learned")
    yield "size", Text(_size(graph))
    yield "MACs", _macs(total)
    for number, limit in enumerate(report.limits):
        yield "" if number else "budget", _limit(limit)
    if report.expectations:
        yield "expect", Text(", ").join(map(_expectation, report.expectations))


def _expectation(one: Expectation) -> Text:
    marks = {True: ("✓", "green"), False: ("✗ differs", "bold red"), None: ("unknown", "dim")}
    return Text.assemble(f"{one.key} ", marks[one.holds])


def _size(graph: Graph) -> str:
    size = size_in_bytes(graph.totals.params, graph.dtype)
    sign = "" if graph.totals.complete else "≥ "
    rough = f" ({size_text(size)})" if size >= 1024 else ""
    return f"{sign}{grouped(size)} B{rough} as {graph.dtype}"


def _macs(total: Totals) -> Text:
    sign = "" if total.macs_complete else "≥ "
    return Text.assemble(
        f"{sign}{grouped(total.macs)} for one sample",
        (" (no biases, norms or activations)", "dim"),
    )


def _limit(limit: Limit) -> Text:
    left = limit.left
    sign, most = ("", "") if limit.exact else ("≥ ", "≤ ")
    words = (
        f"{most}{limit.shown(left)} left" if left >= 0 else f"{sign}{limit.shown(-left)} over"
    )
    text = Text(f"{limit.metric} {sign}{limit.shown(limit.used)} of {limit.most}, ")
    text.append(words, _STATES[limit.state])
    return text.append(f"  {_bar(min(limit.share, Fraction(1)))}", _STATES[limit.state]).append(
        f" {percent(limit.share)}"
    )


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
    total = report.graph.totals
    sums = _in_words(total.weights, total.biases, complete=total.complete)
    return f"{sums}; findings: {_found(report.findings).plain}"

"""The tables that `full` prints: a row a layer, totals that add up. Alone imports rich."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text

from nnlint.layers.shape import Layout
from nnlint.outline import outline
from nnlint.quantity import percent, size_in_bytes, size_text
from nnlint.table.grid import (
    NARROW,
    Column,
    Row,
    counted,
    drawn,
    footer,
    new_console,
    tabular,
)
from nnlint.tally import bar, in_words, tally
from nnlint.terminal import visible
from nnlint.wording import grouped, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from nnlint.finding import Finding
    from nnlint.graph import Graph, Totals
    from nnlint.layers.shape import Shape
    from nnlint.outline import Line
    from nnlint.report import Report
    from nnlint.terminal import Style

LONG = 60
"""Rows that no screen shows at once."""
LONGEST_NAME = 1_000
"""Characters of a network's name: rich folds a line in time that grows with its words."""


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
    console = new_console(style)
    console.print(_heading(graph, report.path))
    lines = outline(graph, style.depth)
    rows = [*map(partial(_layer_row, total=graph.totals), lines), _total_row(graph.totals)]
    if style.width < NARROW or not tabular(console, _columns(graph), rows):
        _stacked(console, lines)
    if (
        style.depth is None
        and len(lines) > LONG
        and any(line.numbers is None for line in lines)
    ):
        words = f"{len(lines)} rows: --depth 1 shows each part on one row"
        console.print(Text(words, "dim"))
    footer(console, list(tally(report)))
    return drawn(console)


def _columns(graph: Graph) -> list[Column]:
    """Shares of a total that nobody knows are none, and few conventions count statistics."""
    total = graph.totals
    without = set() if total.complete and total.params else {"Share"}
    without |= set() if total.moving else {"Moving"}
    return [column for column in COLUMNS if column.title not in without]


def files(reports: Sequence[Report], style: Style) -> str:
    """One row a file, and the total over all of them."""
    console = new_console(style)
    moving = any(report.graph and report.graph.totals.moving for report in reports)
    columns = [one for one in FILE_COLUMNS if moving or one.title != "Moving"]
    if not tabular(console, columns, _file_rows(reports)):
        for report in reports:
            console.print(Text(visible(report.path), "bold"))
            console.print(Text(f"  {_one_line(report)}"))
        params = _sums([report.graph.totals for report in reports if report.graph])[-1]
        console.print(Text.assemble(("Total ", "bold"), params, " parameters"))
    return drawn(console)


def _heading(graph: Graph, path: str) -> Text:
    name = visible(graph.name[:LONGEST_NAME]) if graph.name else ""
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
        "Weights": counted(sums.weights, complete=sums.complete),
        "Biases": counted(sums.biases, complete=sums.complete),
        "Moving": counted(sums.moving, complete=sums.complete),
        "Params": counted(sums.params, "bold", complete=sums.complete),
        "MACs": counted(sums.macs, complete=sums.macs_complete),
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


def _file_row(report: Report) -> Row:
    row: Row = {"File": Text(visible(report.path)),
                                      "Findings": _found(report.findings)}  # fmt: skip
    graph = report.graph
    if graph is not None:
        row["Network"] = Text(visible((graph.name or "")[:LONGEST_NAME]))
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

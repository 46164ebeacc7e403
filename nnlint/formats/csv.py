r"""The layer table of all files as CSV (RFC 4180), a row a layer of each network checked.

The columns are `path`, `variant` (empty for the base), `index` (the `#` of the table),
`address` (the layer's name, after those of the parts around it), `type`, `count` (equal
copies), `inputs`, `output`, `bias`, `trainable`, then the counts of all copies: `weights`,
`biases`, `moving` (statistics, where the convention counts them as parameters), `params`,
`buffers`, `macs`; then `complete` and `derivation`. Counts are exact integers, and what is
unknown is never a zero: it is an empty cell, or `≥ N` where a part is known, and `complete`
is false.

A cell of the user's that a spreadsheet would take for a formula, because it begins with
`=`, `+`, `-` or `@`, gets an apostrophe before it; control characters are spelled out (`\t`).
"""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from nnlint.comparison.change import METRICS
from nnlint.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nnlint.comparison import Diff, LayerChange
    from nnlint.graph import Graph, Node
    from nnlint.layers.shape import Shape
    from nnlint.report import Report
    from nnlint.terminal import Style

FINDINGS = False
"""It is a table of layers: what is found is shown by other formats."""
COLUMNS = (
    "path", "variant", "index", "address", "type", "count", "inputs", "output", "bias",
    "trainable", "weights", "biases", "moving", "params", "buffers", "macs", "complete",
    "derivation",
)  # fmt: skip
FORMULAS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What begins a formula for one spreadsheet or another."""


def render(reports: Sequence[Report], style: Style) -> str:  # noqa: ARG001 - a format's signature
    """A line of headings, then the rows; they end as the RFC wants, with CR LF."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for report in reports:
        writer.writerows(_rows(report))
    return file.getvalue()


CHANGES = (
    "path", "old_path", "variant", "kind", "layer", "type", "differences",
    *(f"{metric}_{side}" for metric in METRICS
      for side in ("base", "now", "change")),
)  # fmt: skip


def difference(diff: Diff, style: Style) -> str:  # noqa: ARG001 - a format's signature
    """A row a layer that is not as it was.

    After `path`, `old_path` (empty: the spec is new) and `variant` come the `kind` (`added`,
    `removed`, `changed`), the layer, its type and what about it changed, then parameters, MACs
    and bytes as they were and are, and the change; what is not there or not known is empty.
    """
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(CHANGES)
    for one in diff.news:
        for network in one.networks:
            before = [one.path, one.old_path or "", network.variant or ""]
            for change in network.changed:
                writer.writerow([*map(_harmless, before), *_change(change)])
    return file.getvalue()


def _change(change: LayerChange) -> list[object]:
    from nnlint.movement import of_layer  # noqa: PLC0415 - only changes need it

    said = (change.kind, change.called, change.node.spec.type, of_layer(change))
    cells = [cell for metric in METRICS for cell in _sides(change, metric)]
    return [*map(_harmless, said), *cells]


def _sides(change: LayerChange, metric: str) -> list[object]:
    was, now = change.was.exact(metric), change.costs.exact(metric)
    step = None if was is None or now is None else now - was
    there = (was if change.before else None, now if change.after else None, step)
    return ["" if cell is None else cell for cell in there]


def _rows(report: Report) -> Iterator[list[object]]:
    graphs = [report.graph, *(variant.graph for variant in report.variants)]
    for graph in filter(None, graphs):
        for index, node in enumerate(graph.nodes, 1):
            yield [*_named(report, graph, node, index), *_counted(node)]


def _named(report: Report, graph: Graph, node: Node, index: int) -> list[object]:
    return [
        _harmless(report.path),
        _harmless(graph.variant or ""),
        index,
        _harmless(node.address),
        _harmless(node.spec.type),
        node.count,
        "; ".join(map(_shape, node.inputs)),
        _shape(node.output),
        "" if node.spec.bias is None else _flag(node.spec.bias),
        _flag(node.trainable),
    ]


def _counted(node: Node) -> list[object]:
    counts = (node.weights, node.biases, node.moving, node.params, node.stored)
    return [
        *(_count(value, complete=node.complete) for value in counts),
        "" if node.macs is None else node.all_macs,
        _flag(node.complete),
        node.derivation,
    ]


def _count(value: int, *, complete: bool) -> int | str:
    if complete:
        return value
    return f"≥ {value}" if value else ""


def _shape(shape: Shape) -> str:
    return "" if shape.open else str(shape)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _harmless(text: str) -> str:
    """A word of the user's that no spreadsheet runs and no terminal obeys."""
    shown = visible(text)
    return f"'{shown}" if shown.lstrip().startswith(FORMULAS) else shown

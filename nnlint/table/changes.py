"""The table of a change: a row for each layer that is not as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from nnlint.movement import METRICS, lines, of_layer, step
from nnlint.table.grid import Column, drawn, footer, new_console, tabular
from nnlint.terminal import visible
from nnlint.wording import grouped, plural

if TYPE_CHECKING:
    from rich.console import Console

    from nnlint.comparison import Comparison, LayerChange, NetworkChange
    from nnlint.table.grid import Row
    from nnlint.terminal import Style

MARKS = {"added": ("+", "green"), "removed": ("−", "red"), "changed": ("~", "yellow")}
MOST_ROWS = 200
"""Layers that are shown; the sums hold for all."""
COLUMNS = (
    Column(""),
    Column("Layer", folds_at=36),
    Column("Change", folds_at=44),
    Column("Params", right=True),
    Column("Δ parameters", right=True),
    Column("Δ MACs", right=True, drop=2),
    Column("Δ bytes", right=True, drop=1),
)


def of_spec(comparison: Comparison, base: str, style: Style) -> str:
    """A spec against its base: its layers, then what it costs."""
    console = new_console(style)
    console.print(_heading(comparison, base))
    network = comparison.network
    if network and network.before and network.after and network.changed:
        _layers(console, network)
    footer(console, list(lines(comparison)))
    return drawn(console)


def _heading(comparison: Comparison, base: str) -> Text:
    network = comparison.network
    graph = network and (network.after or network.before)
    name = visible(graph.name) if graph and graph.name else ""
    words = {
        "added": "is new",
        "removed": "is gone",
        "renamed": f"renamed from {visible(comparison.old_path or '')}",
    }
    return Text.assemble(
        (name or visible(comparison.path), "bold"),
        (f"  {visible(comparison.path)}" if name else "", "dim"),
        f"  {words.get(comparison.kind, 'changed')}",
        (f", against {visible(base)}", "dim"),
    )


def _layers(console: Console, network: NetworkChange) -> None:
    shown = network.changed[:MOST_ROWS]
    rows = [*map(_row, shown), _total(network)]
    if not tabular(console, COLUMNS, rows):
        for change in shown:
            console.print(_stacked(change))
        console.print()
    if len(network.changed) > len(shown):
        more = plural(len(network.changed) - len(shown), "layer")
        console.print(Text(f"{more} more changed", "dim"))


def _row(change: LayerChange) -> Row:
    return {
        "": Text(*MARKS[change.kind]),
        "Layer": Text(visible(change.called)),
        "Change": Text(visible(of_layer(change)), "dim"),
        "Params": Text(_now(change)),
        **_steps(change),
    }


def _now(change: LayerChange) -> str:
    if change.after is None:
        return "–"
    return grouped(change.costs.params) if change.costs.complete else "?"


def _steps(change: LayerChange | NetworkChange) -> Row:
    return {
        f"Δ {'bytes' if title == 'size' else title}": Text(
            step(change.was, change.costs, metric)
        )
        for title, metric, _ in METRICS
    }


def _total(network: NetworkChange) -> Row:
    at_least = "" if network.costs.complete else "≥ "
    return {
        "Layer": Text("Total", "bold"),
        "Params": Text(f"{at_least}{grouped(network.costs.params)}", "bold"),
        **_steps(network),
    }


def _stacked(change: LayerChange) -> Text:
    """A layer on lines of its own, for a screen too narrow for columns."""
    words = visible(of_layer(change))
    added = step(change.was, change.costs, "params")
    said = "; ".join(filter(None, (words, f"{added} parameters" if added else "")))
    mark, colour = MARKS[change.kind]
    return Text.assemble(
        (f"{mark} ", colour), visible(change.called), f"\n  {said}" if said else ""
    )

"""The comment on a change: verdict, table, findings, and folded what changed in each layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint import __version__
from nnlint.finding import Severity
from nnlint.markdown import escape, findings, layers, metrics, numbers, verdict, weakened
from nnlint.markdown.networks import networks, to_show
from nnlint.markdown.page import MOST_ROWS, details, table_lines
from nnlint.report import Status, is_budget
from nnlint.wording import listed, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nnlint.budget import Limit
    from nnlint.comparison import Diff
    from nnlint.finding import Finding
    from nnlint.markdown.networks import Network
    from nnlint.markdown.page import Page

MANY = 3
"""Networks of which each metric has its row in the first table; of more, each has one."""
FEW_LAYERS = 10
"""Layers of a single network that are told unfolded."""
MOST_FIXED = 20
MOST_LIMITS = 3
"""Of the limits of one network, those that are told where it has one row."""
METRICS = (" Metric", "Base", "Now", "Δ", "Δ %", "Budget", "Left")
NETWORKS = (" Network", "Params", "Δ", "Δ %", "MACs Δ %", " Budget")
BUDGET = slice(5, None)
"""The columns that a table without budgets does without."""


def write(diff: Diff, page: Page) -> None:
    """The whole comment but its marker."""
    every = networks(diff)
    shown = to_show(every)
    warned = weakened.warning(diff, every)
    page.add(verdict.heading(diff.reports, verdict.moved(every), loosened=bool(warned)))
    if warned:
        page.add(warned)
    _table(shown, page)
    page.items([*_wholes(shown)], "network")
    _said(diff, page)
    for network in shown:
        _folded(network, page, len(shown))
    _fixed(diff, page)
    page.footer = _footer(diff, every, shown)


def _table(shown: Sequence[Network], page: Page) -> None:
    if len(shown) > MANY:
        budgets = any(one.worst for one in shown)
        page.table(*_trimmed(NETWORKS, [_one_row(one) for one in shown], budgets), "network")
    else:
        for network in shown:
            title = f"**{network.label}**" if len(shown) > 1 else ""
            page.table(*_metrics(network), "metric", title)
    origins = _origins(shown)
    if origins:
        page.add(origins)


def _wholes(shown: Sequence[Network]) -> Iterator[str]:
    """What of a whole network is not as it was: inputs, outputs, losses, the dtype."""
    for network in shown:
        said = [
            escape.code(f"{one.key}: {one.before or 'none'} → {one.after or 'none'}")
            for one in network.change.differences
        ]
        if said:
            yield f"- {network.label}: {', '.join(said)}"


def _metrics(network: Network) -> tuple[Sequence[str], list[list[str]]]:
    """A table a network: a long name in a cell would leave no room for it on a phone."""
    lines = [[row.title, *row.cells] for row in network.news]
    return _trimmed(METRICS, lines, any(row.limit for row in network.news))


def _trimmed(
    heading: Sequence[str],
    lines: Sequence[list[str]],
    budgets: bool,
) -> tuple[Sequence[str], list[list[str]]]:
    """The table without the columns of budgets, where there is none."""
    if budgets:
        return heading, list(lines)
    return heading[: BUDGET.start], [one[: BUDGET.start] for one in lines]


def _one_row(network: Network) -> list[str]:
    params, macs = network.rows[0], network.rows[1]
    _, _, delta, percent, *_ = params.cells
    now = numbers.used(params.after, params.unit)
    held = [row.limit for row in network.rows if row.limit and metrics.mark(row.limit)]
    told = sorted(held, key=lambda one: one.badness, reverse=True)[:MOST_LIMITS]
    if network.worst and not told:
        told = [network.worst]
    name = f"{metrics.mark(network.worst)} {network.label}".strip()
    return [name, now, delta, percent, macs.cells[3], "<br>".join(map(_held, told))]


def _held(limit: Limit) -> str:
    """`params: 4,410 over`, `size: 4.2 KiB left`."""
    rest = " left" if limit.left >= 0 else ""
    return f"{escape.prose(limit.name)}: {metrics.left(limit)}{rest}"


def _origins(shown: Iterable[Network]) -> str:
    """Which limits are not the spec's own, and who sets them."""
    whose: dict[str, dict[str, None]] = {}
    for limit in (row.limit for one in shown for row in one.news):
        if limit and limit.origin:
            whose.setdefault(limit.origin, {})[escape.prose(limit.name)] = None
    said = [
        f"{listed(list(names)[:MANY], 'and')} by {escape.code(origin)}"
        for origin, names in whose.items()
    ]
    return f"Limited {'; '.join(said)}." if said else ""


def _said(diff: Diff, page: Page) -> None:
    """What could not be read; what is said of budgets; what else is new."""
    page.items([*_unread(diff)], "input")
    every = [
        (one.path, found) for one in diff.comparisons for found in (*one.new, *one.standing)
    ]
    budget = [one for one in every if is_budget(one[1])]
    page.items(_lines(budget), "finding")
    others = _lines([one for one in every if one not in budget])
    if others:
        page.add(f"#### {plural(len(others), 'new finding')}")
        page.items(others, "finding")


def _lines(found: Sequence[tuple[str, Finding]]) -> list[str]:
    ordered = sorted(found, key=lambda one: -one[1].rule.severity.rank)
    return [findings.line(path, finding) for path, finding in ordered]


def _unread(diff: Diff) -> Iterator[str]:
    """Files whose bytes nobody got."""
    for one in diff.comparisons:
        for report, when in ((one.before, f"in {escape.code(diff.base)} "), (one.after, "")):
            if report and report.status is Status.UNREADABLE:
                mark, reason = metrics.MARKS[Severity.ERROR], escape.prose(report.reason or "")
                yield f"- {mark} {escape.code(report.path)} {when}could not be read: {reason}"


def _folded(network: Network, page: Page, among: int) -> None:
    """The layers of a network that changed; among many networks, its metrics too."""
    graph, changed = network.change.after, layers.told(network.change.changed)
    if network.kind == "new" and graph:
        words, table = plural(len(graph.nodes), "layer"), layers.costs(graph)
    elif network.kind == "changed" and changed:
        words, table = f"{plural(len(changed), 'layer')} changed", layers.changes(changed)
    elif among > MANY:
        words, table = "gone" if network.kind == "gone" else "metrics", ""
    else:
        return
    if among > MANY:
        heading, lines = _metrics(network)
        table = "\n".join(table_lines(heading, lines[:MOST_ROWS])) + f"\n\n{table}"
    summary = f"{network.summary}: {words}{_moved(network)}"
    unfolded = among == 1 and network.kind == "changed" and len(changed) <= FEW_LAYERS
    page.add(details(summary, table.strip(), unfolded=unfolded), "layer table")


def _moved(network: Network) -> str:
    """Where its spec lies, and where it lay."""
    comparison = network.comparison
    was = (
        f", was {escape.tag(comparison.old_path or '')}" if comparison.kind == "renamed" else ""
    )
    return f" in {escape.tag(comparison.path)}{was}"


def _fixed(diff: Diff, page: Page) -> None:
    gone = [
        f"- {findings.link(found)} {escape.code(one.path)} {escape.prose(found.message)}"
        for one in diff.comparisons
        for found in one.fixed
    ]
    if gone:
        words = f"{plural(len(gone), 'finding')} fixed"
        shown = gone[:MOST_FIXED]
        more = [f"- and {len(gone) - MOST_FIXED} more"] if len(gone) > MOST_FIXED else []
        page.add(details(words, "\n".join([*shown, *more])), "fixed finding", len(gone))


def _footer(diff: Diff, every: Sequence[Network], shown: Sequence[Network]) -> str:
    """What it was held against, and what is left out because nothing happened to it."""
    metrics_left = sum(len(one.rows) - len(one.news) for one in shown if one.kind != "unknown")
    same = [
        plural(number, noun)
        for number, noun in ((len(every) - len(shown), "network"), (metrics_left, "metric"))
        if number
    ]
    unchanged = f"Unchanged and not shown: {listed(same, 'and')}. " if same else ""
    return (
        f"<sub>{unchanged}Held against {escape.code(diff.base)} by nnlint {__version__}.</sub>"
    )

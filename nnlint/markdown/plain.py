"""A run without a base: every network with its costs and its budget, then the findings."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from nnlint import __version__
from nnlint.budget import METRICS
from nnlint.finding import Severity
from nnlint.markdown import escape, findings, layers, metrics, numbers, verdict
from nnlint.markdown.networks import called
from nnlint.markdown.page import details
from nnlint.record import Record
from nnlint.report import Status, count
from nnlint.wording import grouped, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nnlint.budget import Limit
    from nnlint.graph import Graph
    from nnlint.markdown.page import Page
    from nnlint.report import Report

HEADING = (" Network", "Params", "MACs", "Size", "Budget", "Left")


class Line(Record):
    """A network of a run: its graph, its budget, and its name in Markdown and in HTML."""

    graph: Graph
    limits: Sequence[Limit]
    label: str
    summary: str


def write(reports: Sequence[Report], page: Page) -> None:
    """The whole text but its marker."""
    lines = list(_networks(reports))
    page.add(verdict.heading(reports, _headline(reports, lines)))
    page.items([*_unread(reports)], "input")
    if lines:
        page.table(HEADING, [_row(one) for one in lines], "network")
    said = [
        (one.rule.severity.rank, findings.line(report.path, one))
        for report in reports
        for one in report.findings
    ]
    page.items([line for _, line in sorted(said, key=lambda one: -one[0])], "finding")
    for one in lines:
        page.add(_folded(one), "layer table")
    page.footer = _footer(reports)


def _networks(reports: Sequence[Report]) -> Iterator[Line]:
    names = Counter(called(report.graph, report.path) for report in reports if report.graph)
    for report in reports:
        if report.graph:
            name = called(report.graph, report.path)
            where = report.path if names[name] > 1 and name != report.path else ""
            yield _line(report.graph, report.limits, name, where)
            for one in report.variants:
                yield _line(one.graph, one.limits, name, where)


def _line(graph: Graph, limits: Sequence[Limit], name: str, where: str) -> Line:
    label, summary = (
        written(name)
        + (f" ({written(graph.variant)})" if graph.variant else "")
        + (f" in {written(where)}" if where else "")
        for written in (escape.code, escape.tag)
    )
    return Line(graph, limits, label, summary)


def _headline(reports: Sequence[Report], lines: Sequence[Line]) -> str:
    if len(lines) == 1:
        total = lines[0].graph.totals
        at_least = "" if total.complete else "at least "
        return f"{lines[0].label} has {at_least}{grouped(total.params)} parameters"
    checked = count(reports).linted
    return (
        f"{plural(len(lines), 'network')} in {plural(checked, 'spec')}"
        if lines
        else (f"no network in {plural(checked, 'spec')}")
    )


def _unread(reports: Sequence[Report]) -> Iterator[str]:
    for one in reports:
        if one.status is Status.UNREADABLE:
            path, reason = escape.code(one.path), escape.prose(one.reason or "")
            yield f"- {metrics.MARKS[Severity.ERROR]} {path} could not be read: {reason}"


def _row(line: Line) -> list[str]:
    """The network, what it costs, and the limit that is broken most or nearest to it."""
    limit = max(line.limits, key=lambda one: (one.badness, one.share), default=None)
    costs = (row.after for row in metrics.rows((None, ()), (line.graph, ()), (True, True)))
    units = (METRICS[name].unit for name in metrics.ALWAYS)
    shown = [numbers.used(*both) for both in zip(costs, units, strict=True)]
    budget = f"{escape.prose(limit.name)} {metrics.most(limit)}" if limit else ""
    name = f"{metrics.mark(limit)} {line.label}".strip()
    return [name, *shown, budget, metrics.left(limit)]


def _folded(line: Line) -> str:
    words = f"{line.summary}: {plural(len(line.graph.nodes), 'layer')}"
    return details(words, layers.costs(line.graph))


def _footer(reports: Sequence[Report]) -> str:
    total = count(reports)
    said = [
        plural(total.skipped, "file") + " skipped, no spec. " if total.skipped else "",
        plural(total.ignored, "finding") + " ignored by comments. " if total.ignored else "",
    ]
    return f"<sub>{''.join(said)}Counted by nnlint {__version__}.</sub>"

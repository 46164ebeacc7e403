"""Annotations on GitHub: a workflow command a finding, errors first.

GitHub shows ten annotations of each level in a step and drops the others without a word,
so these are counted in a last line. Where `$GITHUB_STEP_SUMMARY` is set, the command line
also appends a summary there (step_summary.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Severity
from nnlint.report import Status
from nnlint.sources import STDIN
from nnlint.terminal import visible
from nnlint.wording import grouped, listed, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nnlint.finding import Finding, Span
    from nnlint.report import Report
    from nnlint.terminal import Style

LAYERS = False
"""It shows findings; the sums of their networks do."""

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
MOST = 10
"""Annotations of one level that GitHub shows in a step."""


def render(reports: Sequence[Report], style: Style) -> str:  # noqa: ARG001 - a format's signature
    """The commands, at most ten a level, and how many more there would be."""
    commands: dict[str, list[str]] = {level: [] for level in LEVELS.values()}
    for level, command in _commands(reports):
        commands[level].append(command)
    lines = [command for of_level in commands.values() for command in of_level[:MOST]]
    more = {level: len(of_level) - MOST for level, of_level in commands.items()}
    return "".join(f"{line}\n" for line in [*lines, *_left_out(more)])


def _left_out(more: Mapping[str, int]) -> Iterator[str]:
    counts = [(number, level) for level, number in more.items() if number > 0]
    if counts:
        words = listed((plural(number, f"more {level}") for number, level in counts), "and")
        yield (
            f"nnlint: {words} without an annotation: GitHub shows {grouped(MOST)} of each "
            "in a step. The summary of the run has them, and --format concise lists all"
        )


def _commands(reports: Sequence[Report]) -> Iterator[tuple[str, str]]:
    """Level and command; what could not be checked goes before all findings."""
    for report in reports:
        if report.status is Status.UNREADABLE:
            yield "error", _not_checked(report)
    for report in reports:
        for finding in report.findings:
            level = LEVELS[finding.rule.severity]
            title = f"{finding.rule.code} {finding.rule.name}"
            place = {**_file(report), **_place(finding.span), "title": title}
            yield level, _command(level, place, _text(finding))


def _not_checked(report: Report) -> str:
    words = f"{visible(report.path)}: {visible(report.reason or '')}"
    return _command("error", {**_file(report), "title": "not checked"}, words)


def _file(report: Report) -> dict[str, str]:
    """The name, so far as a log may hold it; standard input has none."""
    return {} if report.path == STDIN else {"file": visible(report.path)}


def _place(span: Span) -> dict[str, str]:
    """GitHub takes columns only of what lies on one line."""
    place = {"line": span.line, "col": span.column}
    place |= {"endLine": span.end_line, "endColumn": span.end_column}
    columns = ("col", "endColumn") if span.line != span.end_line else ()
    return {key: str(value) for key, value in place.items() if key not in columns}


def _text(finding: Finding) -> str:
    """The message, and below it what explains and mends it."""
    lines = [visible(finding.message)]
    lines += [f"note: {visible(finding.note)}"] if finding.note else []
    lines += [f"help: {visible(finding.help)}"] if finding.help else []
    return "\n".join(lines)


def _command(name: str, properties: Mapping[str, str], data: str) -> str:
    words = ",".join(f"{key}={_of_property(value)}" for key, value in properties.items())
    return f"::{name} {words}::{_of_data(data)}"


def _of_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _of_property(text: str) -> str:
    return _of_data(text).replace(":", "%3A").replace(",", "%2C")

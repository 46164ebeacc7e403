"""JUnit's XML, which nearly every CI reads: a test case a file.

Errors are its failure, warnings and information its output; a file that could not be checked
is an error, one without the marker is skipped. Nobody measures times, so there are none.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from nnlint.finding import Severity
from nnlint.report import Status, count
from nnlint.terminal import visible
from nnlint.wording import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nnlint.finding import Finding
    from nnlint.report import Report
    from nnlint.terminal import Style

LAYERS = False
"""It shows findings; the sums of their networks do."""


def render(reports: Sequence[Report], style: Style) -> str:  # noqa: ARG001 - a format's signature
    """One suite of all files."""
    total = count(reports)
    counts = _attributes(
        tests=len(reports),
        failures=sum(bool(_split(report)[0]) for report in reports),
        errors=total.unreadable,
        skipped=total.skipped,
    )
    cases = "".join(map(_case, reports))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites name="nnlint"{counts}>\n'
        f'<testsuite name="nnlint"{counts}>\n{cases}</testsuite>\n</testsuites>\n'
    )


def _case(report: Report) -> str:
    name = visible(report.path)
    body = "".join(_outcome(report))
    return (
        f"<testcase{_attributes(classname='nnlint', name=name, file=name)}>{body}</testcase>\n"
    )


def _outcome(report: Report) -> Iterable[str]:
    errors, others = _split(report)
    if report.status is not Status.LINTED:
        tag = "error" if report.status is Status.UNREADABLE else "skipped"
        yield f"<{tag}{_attributes(message=visible(report.reason or ''))}></{tag}>"
    if errors:
        words = _attributes(message=plural(len(errors), "error"), type="error")
        yield f"<failure{words}>{_lines(report.path, errors)}</failure>"
    if others:
        yield f"<system-out>{_lines(report.path, others)}</system-out>"


def _split(report: Report) -> tuple[list[Finding], list[Finding]]:
    """What fails, and what does not."""
    is_error = [one.rule.severity is Severity.ERROR for one in report.findings]
    both = list(zip(report.findings, is_error, strict=True))
    return [one for one, fails in both if fails], [one for one, fails in both if not fails]


def _lines(path: str, findings: Iterable[Finding]) -> str:
    return escape("\n".join(one.line(path) for one in findings))


def _attributes(**values: object) -> str:
    """`visible` has spelled out what XML forbids and what its attributes would lose."""
    return "".join(f' {name}="{escape(str(value))}"' for name, value in values.items())

"""One line for each finding, and nothing else: `specs/mnist.yaml:7:5: error[NN201] message`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.terminal import SEVERITY_STYLES, Style, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nnlint.comparison import Diff
    from nnlint.finding import Finding
    from nnlint.report import Report


def render(reports: Sequence[Report], style: Style) -> str:
    """The findings of all files, a line each."""
    return "".join(
        f"{line(report.path, finding, style)}\n"
        for report in reports
        for finding in report.findings
    )


def difference(diff: Diff, style: Style) -> str:
    """What is new, then a line a spec that is not as it was."""
    from nnlint.movement import in_short  # noqa: PLC0415 - only changes need it

    shorts = "".join(f"{in_short(one)}\n" for one in diff.news)
    return render(diff.reports, style) + shorts


def line(path: str, finding: Finding, style: Style) -> str:
    """One finding on one line, whatever stands in it."""
    place = f"{visible(path)}:{finding.span.line}:{finding.span.column}:"
    severity = finding.rule.severity.value
    head = style.paint(f"{severity}[{finding.rule.code}]", *SEVERITY_STYLES[severity])
    return f"{style.paint(place, 'bold')} {head} {visible(finding.message)}"

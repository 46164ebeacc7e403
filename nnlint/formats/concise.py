"""One line for each finding, and nothing else: `specs/mnist.yaml:7:5: error[NN201] message`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.terminal import SEVERITY_STYLES, Style, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nnlint.finding import Finding
    from nnlint.report import Report


def render(reports: Sequence[Report], style: Style) -> str:
    """The findings of all files, a line each."""
    return "".join(
        f"{line(report.path, finding, style)}\n"
        for report in reports
        for finding in report.findings
    )


def line(path: str, finding: Finding, style: Style) -> str:
    """One finding on one line, whatever stands in it."""
    place = f"{visible(path)}:{finding.span.line}:{finding.span.column}:"
    severity = finding.rule.severity.value
    head = style.paint(f"{severity}[{finding.rule.code}]", *SEVERITY_STYLES[severity])
    return f"{style.paint(place, 'bold')} {head} {visible(finding.message)}"

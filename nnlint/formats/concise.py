"""One line for each finding, and nothing else: `specs/mnist.yaml:7:5: error[NN201] message`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nnlint.comparison import Diff
    from nnlint.report import Report
    from nnlint.terminal import Style

LAYERS = False
"""It shows findings; the sums of their networks do."""


def render(reports: Sequence[Report], style: Style) -> str:
    """The findings of all files, a line each."""
    return "".join(
        f"{finding.line(report.path, style)}\n"
        for report in reports
        for finding in report.findings
    )


findings = render
"""There is nothing beside them."""


def difference(diff: Diff, style: Style) -> str:
    """What is new, then a line a spec that is not as it was."""
    from nnlint.movement import in_short  # noqa: PLC0415 - only changes need it

    shorts = "".join(f"{in_short(one)}\n" for one in diff.news)
    return render(diff.reports, style) + shorts

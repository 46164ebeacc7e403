"""GitLab's code quality report: a list with an entry a finding.

Its severities are info, minor, major, critical and blocker: a warning is minor, an error is
major, and what could not be checked is critical.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nnlint.finding import Severity
from nnlint.fingerprints import fingerprint, fingerprints
from nnlint.formats.json import inert
from nnlint.report import Status
from nnlint.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nnlint.report import Report
    from nnlint.terminal import Style

LAYERS = False
"""It shows findings; the sums of their networks do."""

SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}
NOT_CHECKED = "not-checked"


def render(reports: Sequence[Report], style: Style) -> str:  # noqa: ARG001 - a format's signature
    """The entries of all files."""
    entries = [entry for report in reports for entry in _entries(report)]
    return inert(json.dumps(entries, indent=1)) + "\n"


def _entries(report: Report) -> Iterator[dict[str, Any]]:
    if report.status is Status.UNREADABLE:
        yield {
            "description": f"not checked: {visible(report.reason or '')}",
            "check_name": NOT_CHECKED,
            "fingerprint": fingerprint(report.path, NOT_CHECKED),
            "severity": "critical",
            "location": _location(report.path, 1),
        }
    for finding, known_by in zip(report.findings, fingerprints(report), strict=True):
        yield {
            "description": visible(finding.message),
            "check_name": f"{finding.rule.code} {finding.rule.name}",
            "fingerprint": known_by,
            "severity": SEVERITIES[finding.rule.severity],
            "location": _location(report.path, finding.span.line),
        }


def _location(path: str, line: int) -> dict[str, Any]:
    """GitLab wants paths without `./`; a byte that is no text would spoil its reader."""
    name = path.removeprefix("./").encode("utf-8", "backslashreplace").decode()
    return {"path": name, "lines": {"begin": line}}

"""The entries of GitLab's code quality report."""

from __future__ import annotations

import json
from typing import Any

from nnlint.finding import Finding, RuleInfo, Severity, Span
from nnlint.formats import render
from nnlint.report import Report, Status
from nnlint.terminal import Style

ALLOWED = {"info", "minor", "major", "critical", "blocker"}
"""https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format"""


def entries(*reports: Report) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads(render("gitlab", reports, Style()))
    return read


def found(severity: Severity, line: int = 7) -> Finding:
    rule = RuleInfo("NN201", "size-mismatch", severity)
    return Finding(rule, "says so", None, (), Span(line, 1, line, 2))


def test_entry_has_what_gitlab_asks_for() -> None:
    (one,) = entries(Report("./specs/a.yaml", findings=(found(Severity.ERROR),)))
    assert len(one.pop("fingerprint")) == 64
    assert one == {
        "description": "says so",
        "check_name": "NN201 size-mismatch",
        "severity": "major",
        "location": {"path": "specs/a.yaml", "lines": {"begin": 7}},
    }


def test_severities_rise_and_are_allowed() -> None:
    report = Report("a.yaml", findings=tuple(map(found, reversed(Severity))))
    gone = Report("b.yaml", Status.UNREADABLE, "no such file")
    said = [one["severity"] for one in entries(report, gone)]
    assert set(said) <= ALLOWED
    assert said == ["info", "minor", "major", "critical"]


def test_what_could_not_be_checked_is_an_entry() -> None:
    (one,) = entries(Report("b.yaml", Status.UNREADABLE, "no such file"))
    assert one["description"] == "not checked: no such file"
    assert one["location"] == {"path": "b.yaml", "lines": {"begin": 1}}


def test_nothing_found_is_an_empty_list() -> None:
    assert entries(Report("a.yaml"), Report("c.yaml", Status.SKIPPED, "no marker")) == []


def test_no_two_fingerprints_are_the_same() -> None:
    alike = (found(Severity.ERROR), found(Severity.ERROR, 8))
    read = entries(Report("a.yaml", findings=alike), Report("b.yaml", findings=alike))
    assert len({one["fingerprint"] for one in read}) == 4

"""What every report must be, whatever was linted."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft7Validator

from nnlint import engine, formats
from nnlint.report import Report, Status
from nnlint.terminal import Style

if TYPE_CHECKING:
    from nnlint.finding import Span

PUBLISHED = Path(__file__).parents[2] / "schemas" / "nnlint-report.schema.json"
NARROW = Style(width=60)


def report_of(data: bytes) -> Report:
    """The report on these bytes, held against what every report must be."""
    report = engine.lint_bytes(data, "a.yaml")
    assert report.status is Status.LINTED
    assert report.reason is None
    lines = lines_of(report.text)
    for finding in report.findings:
        assert finding.rule.name != "unknown", f"{finding.rule.code} has no page"
        assert finding.message
        assert_within(finding.span, lines)
    return report


def lines_of(text: str) -> list[str]:
    """The lines of a text, as an editor counts them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def assert_within(span: Span, lines: list[str]) -> None:
    """The span lies in a text of these lines."""
    assert 1 <= span.line <= span.end_line <= len(lines)
    assert 1 <= span.column <= len(lines[span.line - 1]) + 1
    assert (span.line, span.column) <= (span.end_line, span.end_column)


def assert_every_format_renders(report: Report) -> None:
    """Every format says something of it, in words that a stream can take."""
    for name in formats.names():
        assert_it_renders(name, report)


def assert_it_renders(name: str, report: Report) -> None:
    """This format says something of it, in words that a stream can take."""
    formats.render(name, [report], NARROW).encode()


@cache
def published() -> Draft7Validator:
    """The schema of the JSON format, as it is published."""
    return Draft7Validator(json.loads(PUBLISHED.read_text("utf-8")))


def assert_json_is_as_published(report: Report) -> None:
    """The JSON format holds what its schema says."""
    shown: Any = json.loads(formats.render("json", [report], NARROW))
    published().validate(shown)

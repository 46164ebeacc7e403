"""SARIF 2.1.0, which code scanning on GitHub and many editors read.

One run with all rules and their pages; a result a finding, with the uses of its block as
related locations and its fix as replacements; what could not be checked is a notification
of the tool. Paths are relative to the working directory, which `%SRCROOT%` stands for.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from nnlint import HOME, __version__, pages, rules
from nnlint.finding import Applies, Severity
from nnlint.fingerprints import fingerprints
from nnlint.formats.json import inert
from nnlint.report import Status
from nnlint.terminal import PIPE_WIDTH, Style, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nnlint.finding import Finding, Related, Repair, Span
    from nnlint.report import Report
    from nnlint.rules import Rule

LAYERS = False
"""It shows findings; the sums of their networks do."""

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
FINGERPRINT = "nnlint/v1"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
"""The bytes that a URI's path holds as they are."""

FIXES = {
    Applies.SAFE: "changes no count and no shape",
    Applies.UNSAFE: "changes a count, a size or a layer",
    Applies.EXPECTATION: "writes down what is",
}


def render(reports: Sequence[Report], style: Style) -> str:  # noqa: ARG001 - a format's signature
    """The reports as one SARIF log with one run."""
    known = [rule for code in rules.codes() if (rule := rules.find(code))]
    driver = {
        "name": "nnlint",
        "version": __version__,
        "informationUri": HOME,
        "rules": [_rule(rule) for rule in known],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": _text("the working directory")}},
        "invocations": [_invocation(reports)],
        "results": list(_results(reports, {rule.code: i for i, rule in enumerate(known)})),
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return inert(json.dumps(log, indent=1)) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    page = pages.rule_page(rule)
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.rationale},
        "helpUri": rule.url,
        "help": {
            "text": pages.terminal_text(page, Style(width=PIPE_WIDTH)),
            "markdown": pages.markdown(page, 1),
        },
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": [pages.family(rule.code)]},
    }


def _text(text: str) -> dict[str, str]:
    r"""A message: where a user's words would read as a link, `[text](…)`, they are none."""
    return {"text": visible(text).replace("](", "]\\(")}


def _invocation(reports: Sequence[Report]) -> dict[str, Any]:
    unread = [report for report in reports if report.status is Status.UNREADABLE]
    return {
        "executionSuccessful": not unread,
        "toolExecutionNotifications": [
            {
                "level": "error",
                "message": _text(f"{report.path}: {report.reason}"),
                "locations": [{"physicalLocation": {"artifactLocation": _file(report.path)}}],
            }
            for report in unread
        ],
    }


def _results(reports: Sequence[Report], indices: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for report in reports:
        for finding, known_by in zip(report.findings, fingerprints(report), strict=True):
            index = indices.get(finding.rule.code, -1)
            result = {"ruleId": finding.rule.code, "ruleIndex": index}
            yield {
                **result,
                **_result(report.path, finding),
                "partialFingerprints": {FINGERPRINT: known_by},
            }


def _result(path: str, finding: Finding) -> dict[str, Any]:
    """A finding; what explains it and what mends it stand below its message."""
    words = [_text(finding.message)["text"]]
    words += [_text(f"note: {finding.note}")["text"]] if finding.note else []
    words += [_text(f"help: {finding.help}")["text"]] if finding.help else []
    result: dict[str, Any] = {
        "level": LEVELS[finding.rule.severity],
        "message": {"text": "\n".join(words)},
        "locations": [_location(path, finding.span)],
    }
    if finding.related:
        result["relatedLocations"] = [
            _related(path, *one) for one in enumerate(finding.related)
        ]
    if finding.repair:
        result["fixes"] = [_fix(path, finding.repair)]
    return result


def _location(path: str, span: Span) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _file(path), "region": _region(span)}}


def _related(path: str, number: int, one: Related) -> dict[str, Any]:
    return {"id": number, "message": _text(one.message), **_location(path, one.span)}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _fix(path: str, repair: Repair) -> dict[str, Any]:
    """The text that goes in must be exact: only JSON's own escapes are in it."""
    words = f"nnlint {repair.applies.flag}: {FIXES[repair.applies]}"
    replacements = [
        {"deletedRegion": _region(one.span), "insertedContent": {"text": one.text}}
        for one in repair.replacements
    ]
    change = {"artifactLocation": _file(path), "replacements": replacements}
    return {"description": {"text": words}, "artifactChanges": [change]}


def _file(path: str) -> dict[str, str]:
    """A file below the working directory, or a whole URI."""
    if os.path.isabs(path):  # noqa: PTH117 - Path raises on names that no file can have
        return {"uri": "file://" + _percent_encoded(path)}
    return {"uri": _percent_encoded(path.removeprefix("./")), "uriBaseId": ROOT}


def _percent_encoded(path: str) -> str:
    """The name with each byte that a URI can't hold as %XX; urllib would take long to load."""
    try:
        name = path.replace(os.sep, "/").encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # no file system has such a name
        name = path.encode("utf-8", "backslashreplace")
    return "".join(chr(byte) if byte in UNRESERVED else f"%{byte:02X}" for byte in name)

"""Findings as a list: the rule's page, the place, what is, and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint import rules
from nnlint.markdown import escape
from nnlint.markdown.metrics import MARKS

if TYPE_CHECKING:
    from nnlint.finding import Finding

BREAK = "\\\n  "
"""A line break within an entry, in a comment and in a job's summary alike."""


def line(path: str, finding: Finding) -> str:
    """One finding, worst first its mark; what helps stands on lines of its own."""
    place = escape.code(f"{path}:{finding.span.line}")
    words = [f"- {MARKS[finding.rule.severity]} {link(finding)} {place}"]
    words.append(escape.prose(finding.message))
    if finding.note:
        words.append(f"**Note:** {escape.prose(finding.note)}")
    if finding.help:
        words.append(f"**Help:** {escape.prose(finding.help)}")
    flag = finding.repair.applies.flag if finding.repair else ""
    if flag and flag not in (finding.help or ""):
        words.append(f"`nnlint {flag}` mends it")
    return BREAK.join(words)


def link(finding: Finding) -> str:
    """Its code, as a link to the page of its rule."""
    rule = rules.find(finding.rule.code)
    return f"[{finding.rule.code}]({rule.url})" if rule else escape.code(finding.rule.code)

"""`# nnlint: ignore[NN301] reason`: what it silences, and whether anything needs it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nnlint import rules
from nnlint.finding import Problem, Span
from nnlint.record import Record
from nnlint.wording import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nnlint.document import Document
    from nnlint.finding import Finding

_COMMENT = r"(?:(?<=\s)|^)#[ \t]*nnlint:[ \t]*ignore(-file)?\b(?:\[([^\]\n]*)\])?"
_HINT = "ignore"


class Ignore(Record):
    """One code of one comment.

    Attributes:
        code: the rule that it silences; empty where the comment names none.
        line: the line of the findings that it silences; None is the whole file.
        span: where the code stands.
    """

    code: str
    line: int | None
    span: Span


def find(document: Document) -> list[Ignore]:
    """The ignore comments of a document; a `#` inside a scalar is none."""
    if _HINT not in document.text:
        return []
    matches = list(re.finditer(_COMMENT, document.text, re.MULTILINE))
    if not matches or document.root is None:
        return []
    texts = [(node.start, node.end) for node in document.scalars() if node.end - node.start > 1]
    outside = [m for m in matches if not any(a <= m.start() < b for a, b in texts)]
    return [ignore for match in outside for ignore in _ignores(match, document)]


def _ignores(match: re.Match[str], document: Document) -> Iterator[Ignore]:
    line = None if match[1] else _target(match.start(), document)
    if match[2] is None or not match[2].strip():
        yield Ignore("", line, document.lines.span(match.start(), match.end()))
        return
    for code in re.finditer(r"[^\s,]+", match[2]):
        start = match.start(2) + code.start()
        yield Ignore(code[0], line, document.lines.span(start, start + len(code[0])))


def _target(offset: int, document: Document) -> int:
    """The comment's own line, or, where it stands alone, the next line that is no comment."""
    lines = document.text.splitlines()
    line, column = document.lines.place(offset)
    if lines[line - 1][: column - 1].strip():
        return line
    while line < len(lines) and lines[line].lstrip().startswith("#"):
        line += 1
    return line + 1


class Silenced(Record):
    """The findings after the ignores, and what is to say of the ignores themselves."""

    findings: list[Finding]
    ignored: int
    problems: list[Problem]


def apply(ignores: list[Ignore], findings: Iterable[Finding]) -> Silenced:
    """Leave out what is ignored; an ignore that nothing needed is a problem."""
    used: set[Ignore] = set()
    kept, everything = [], list(findings)
    for finding in everything:
        fitting = {ignore for ignore in ignores if _fits(ignore, finding)}
        used |= fitting
        if not fitting:
            kept.append(finding)
    unused = [_unused(ignore) for ignore in ignores if ignore not in used]
    return Silenced(kept, len(everything) - len(kept), unused)


def _fits(ignore: Ignore, finding: Finding) -> bool:
    on_line = ignore.line is None or ignore.line == finding.span.line
    return on_line and ignore.code == finding.rule.code


def _unused(ignore: Ignore) -> Problem:
    if not ignore.code:
        message, hint = (
            "this ignore names no code",
            "write # nnlint: ignore[NN301] and the reason",
        )
    elif ignore.code not in rules.codes():
        message = f"there is no rule {ignore.code}"
        hint = did_you_mean(ignore.code, rules.codes()) or "`nnlint rules` lists all"
    else:
        message, hint = f"{ignore.code} does not fire here", "remove it from the comment"
    return Problem("NN951", (), message, hint, span=ignore.span)

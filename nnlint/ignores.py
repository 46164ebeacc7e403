"""`# nnlint: ignore[NN301] reason`: what it silences, and whether anything needs it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nnlint import mistakes, rules
from nnlint.finding import Applies, Fix, Problem, Replacement, Severity, Span
from nnlint.record import Record
from nnlint.wording import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from nnlint.document import Document
    from nnlint.finding import Finding

_COMMENT = r"(?:(?<=\s)|^)#[ \t]*nnlint:[ \t]*ignore(-file)?\b(?:\[([^\]\n]*)\])?"
_ODD = r"(?:(?<=\s)|^)#[ \t]*nnlint(:?)[ \t]*([a-z-]+)[^\n]*"
_MEANT_TO_SILENCE = ("ign", "ing", "disable", "noqa", "skip", "suppress")
"""How the words begin with which other tools, and slips of the pen, silence findings."""

_REASON = r"(?:(?![ \t]+#\s)[^\r\n])*"
"""The rest of the line, or what stands before another comment on it."""

_HINT = r"#[ \t]*nnlint"


class Ignore(Record):
    """One code of one comment.

    Attributes:
        code: the rule that it silences; empty where the comment names none.
        line: the line of the findings that it silences; None is the whole file.
        span: where the code stands.
        meant: the code that a comment in another form names.
        removal: what goes from the text with it.
    """

    code: str
    line: int | None
    span: Span
    meant: str | None = None
    removal: Span | None = None


def find(document: Document) -> list[Ignore]:
    """The ignore comments of a document; a `#` inside a scalar is none."""
    if document.root is None or not re.search(_HINT, document.text):
        return []
    matches = list(_comments(_COMMENT, document))
    targets = _targets(document) if matches else []
    found = [ignore for match in matches for ignore in _ignores(match, document, targets)]
    return [*found, *_odd_ones(document)]


def _comments(pattern: str, document: Document) -> Iterator[re.Match[str]]:
    for match in re.finditer(pattern, document.text[: document.end], re.MULTILINE):
        if not document.in_scalar(match.start()):
            yield match


def _odd_ones(document: Document) -> Iterator[Ignore]:
    """Comments that were meant to silence something, but are not of the form that does."""
    for match in _comments(_ODD, document):
        right = match[1] and match[2] in ("ignore", "ignore-file")
        if not right and match[2].startswith(_MEANT_TO_SILENCE):
            code = re.search(r"NN\d{3}", match[0])
            span = document.lines.span(match.start(), match.end())
            yield Ignore("", None, span, code and code[0])


def _targets(document: Document) -> list[int]:
    """For each line, the line that a comment on it speaks of.

    That is its own; for a line that is nothing but comment, the next one that is not.
    """
    lines = range(len(document.lines.starts), 0, -1)
    targets = [len(lines) + 1] * (len(lines) + 1)
    for line in lines:
        alone = document.line(line).lstrip().startswith("#")
        targets[line - 1] = targets[line] if alone else line
    return targets


def _ignores(match: re.Match[str], document: Document, targets: list[int]) -> Iterator[Ignore]:
    line = None if match[1] else targets[document.lines.place(match.start())[0] - 1]
    if match[2] is None or not match[2].strip():
        rest = re.match(r"[^\n]*?(NN\d{3})", document.text[match.end() :])
        span = document.lines.span(match.start(), match.end())
        yield Ignore("", line, span, rest and rest[1])
        return
    codes = list(re.finditer(r"[^\s,;]+", match[2]))
    for code in codes:
        start, end = (match.start(2) + place for place in code.span())
        removal = _whole(match, document) if len(codes) == 1 else _item(match, code)
        yield Ignore(
            code[0],
            line,
            document.lines.span(start, end),
            removal=document.lines.span(*removal),
        )


def _whole(match: re.Match[str], document: Document) -> tuple[int, int]:
    """The comment with its reason and the space before it; a line of its own goes whole.

    Another comment behind it on the line stays.
    """
    line = document.lines.place(match.start())[0]
    begin = document.lines.starts[line - 1]
    reason = re.compile(_REASON).match(document.text, match.end())
    stop = reason.end() if reason else match.end()
    before = document.text[begin : match.start()].rstrip()
    if before:
        return begin + len(before), stop
    space = re.compile(r"[ \t]+(?=#)").match(document.text, stop)
    if space:
        return match.start(), space.end()
    following = document.lines.starts[line] if line < len(document.lines.starts) else stop
    return begin, following


def _item(match: re.Match[str], code: re.Match[str]) -> tuple[int, int]:
    """One code of several, with the comma and the space that part it from the next."""
    text, offset = match[2], match.start(2)
    behind = re.compile(r"[\s,;]+").match(text, code.end())
    if behind and behind.end() < len(text):
        return offset + code.start(), offset + behind.end()
    before = re.search(r"[\s,;]*$", text[: code.start()])
    return offset + (before.start() if before else code.start()), offset + code.end()


class Silenced(Record):
    """The findings after the ignores, and what is to say of the ignores themselves."""

    findings: list[Finding]
    ignored: int
    problems: list[Problem]


def apply(
    ignores: list[Ignore], findings: Iterable[Finding], judges: Callable[[str], bool]
) -> Silenced:
    """Leave out what is ignored; an ignore that nothing needed is a problem.

    Args:
        ignores: the comments.
        findings: what was found.
        judges: whether a rule was asked: else nobody knows whether an ignore of it is needed.
    """
    asked = {(ignore.code, ignore.line) for ignore in ignores}
    used: set[tuple[str, int | None]] = set()
    kept, everything = [], list(findings)
    for finding in everything:
        code = finding.rule.code
        fitting = {(code, finding.span.line), (code, None)} & asked
        obliged = finding.binding or rules.ends_reading(code)
        used |= set() if obliged else fitting
        if obliged or not fitting:
            kept.append(finding)
    known = set(rules.codes())
    judged = [one for one in ignores if one.code not in known or judges(one.code)]
    left = [one for one in judged if (one.code, one.line) not in used]
    unused = (_unused(one, _beside(one, kept)) for one in left)
    told = mistakes.told(unused, Severity.WARNING)  # all else was looked at
    return Silenced(kept, len(everything) - len(kept), told)


def _beside(ignore: Ignore, kept: Iterable[Finding]) -> Finding | None:
    """The finding that the comment was likely meant for, and does not silence."""
    for finding in kept:
        if finding.rule.code == ignore.code:
            inside = finding.span.line <= ignore.span.line <= finding.span.end_line
            if inside or finding.binding or rules.ends_reading(ignore.code):
                return finding
    return None


def _unused(ignore: Ignore, beside: Finding | None) -> Problem:
    told = Problem("NN951", (), "", span=ignore.span)
    if not ignore.code:
        hint = f"write # nnlint: ignore[{ignore.meant or 'NN301'}] and the reason"
        message = "this comment silences nothing: it names no code in brackets"
        return told._replace(message=message, help=hint)
    if beside:
        return _misplaced(told, ignore.code, beside)
    if ignore.code in rules.codes():
        message, hint = f"{ignore.code} does not fire here", "remove it from the comment"
        return _mended(told._replace(message=message, help=hint), ignore.removal)
    return _no_rule(told, ignore)


def _misplaced(told: Problem, code: str, beside: Finding) -> Problem:
    """The comment has a reason, and stands where it does not count."""
    if beside.binding:
        message = f"no comment silences {code} here: the repository sets that budget"
        return told._replace(message=message, help="remove it from the comment")
    if rules.ends_reading(code):
        message = f"no comment silences {code}: what stands behind it was not read as it is"
        return told._replace(message=message, help="remove it from the comment")
    message = f"{code} is found on line {beside.span.line}, and this comment is not on it"
    hint = f"move the comment to the end of line {beside.span.line}, or alone above it"
    return told._replace(message=message, help=hint)


def _no_rule(told: Problem, ignore: Ignore) -> Problem:
    told = told._replace(message=f"there is no rule {ignore.code}")
    named = rules.by_name().get(ignore.code)
    if named:
        return _mended(told._replace(help=f"write its code, {named}"), ignore.span, named)
    is_family = any(code.startswith(ignore.code) for code in rules.codes())
    hint = did_you_mean(ignore.code, rules.codes()) or "`nnlint rules` lists all"
    family = "a comment names whole codes, no families: `nnlint rules` lists all"
    return told._replace(help=family if is_family else hint)


def _mended(problem: Problem, span: Span | None, text: str = "") -> Problem:
    """The problem with the change of the comment that mends it: no value depends on it."""
    changes = (Replacement(span, text),) if span else ()
    return problem._replace(fix=Fix(Applies.SAFE, respelt=changes) if changes else None)

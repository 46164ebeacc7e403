"""Reports of files -> the same files mended, or the differences that it would make."""

from __future__ import annotations

import os
from difflib import unified_diff
from typing import TYPE_CHECKING

from nnlint import files, fixing
from nnlint.record import Record
from nnlint.report import Report, Status
from nnlint.sources import BYTE_ORDER_MARK, STDIN
from nnlint.terminal import visible
from nnlint.wording import plural

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from nnlint.finding import Applies, Finding
    from nnlint.policy import Policy
    from nnlint.terminal import Style


class Mended(Record):
    """One input after its fixes.

    Attributes:
        report: what is left to say of it.
        before: its text before.
        after: its text after, the same where nothing was mended.
        findings: those that are gone.
    """

    report: Report
    before: str
    after: str
    findings: tuple[Finding, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether any of the text is another."""
        return self.before != self.after


def mend(
    report: Report, wanted: Collection[Applies], policy: Policy, variant: str | None
) -> Mended:
    """The report's text with every fix of those kinds; nothing is written."""
    mark = BYTE_ORDER_MARK.decode() if report.marked else ""
    as_it_is = Mended(report, mark + report.text, mark + report.text)
    if not any(one.repair and one.repair.applies in wanted for one in report.findings):
        return as_it_is
    try:
        fixed = fixing.fix(report.text, wanted, report.path, variant, policy)
    except Exception as error:
        return _failed(as_it_is, f"not mended: internal error: {error!r}")
    left = tuple(_without_repair(one, wanted) for one in fixed.report.findings)
    remaining = fixed.report._replace(findings=left, marked=report.marked, data=report.data)
    mended = tuple(_as_first_found(fixed.mended, report))
    return Mended(remaining, as_it_is.before, mark + fixed.text, mended)


def _failed(mended: Mended, reason: str) -> Mended:
    """The input as it was, and why it is."""
    report = mended.report._replace(status=Status.UNREADABLE, reason=reason)
    return Mended(report, mended.before, mended.before)


def _without_repair(finding: Finding, wanted: Collection[Applies]) -> Finding:
    """A finding that is left although it was to be mended: that broke something else."""
    tried = finding.repair and finding.repair.applies in wanted
    return finding._replace(repair=None) if tried else finding


def _as_first_found(mended: Collection[Finding], report: Report) -> Iterator[Finding]:
    """The findings where they stood before any fix moved them."""
    waiting: dict[object, list[Finding]] = {}
    for finding in reversed(report.findings):
        waiting.setdefault(fixing.identity(finding), []).append(finding)
    for finding in mended:
        same = waiting.get(fixing.identity(finding))
        yield same.pop() if same else finding


def write(mended: Mended) -> Mended:
    """Put the new text into its file; where that fails, the report says so."""
    path = mended.report.path
    if not mended.changed or path == STDIN:
        return mended
    try:
        files.replace(path, mended.after.encode(), expected=mended.before.encode())
    except files.NotWritten as reason:
        return _failed(mended, str(reason))
    return mended


def difference(mended: Mended, style: Style) -> str:
    """The change as a patch that `git apply` and `patch -p1` take; coloured for a screen."""
    path = visible(_from_here(mended.report.path))
    lines = unified_diff(
        _lines(mended.before), _lines(mended.after), f"a/{path}", f"b/{path}", n=3
    )
    return "".join(_drawn(line, style) for line in lines)


def _from_here(path: str) -> str:
    """The file itself, as git names it from the working directory where it lies below that."""
    if path == STDIN:
        return path
    below = os.path.relpath(os.path.realpath(path), os.path.realpath("."))
    return path.lstrip("/") if below.startswith("..") else below.replace(os.sep, "/")


def _lines(text: str) -> list[str]:
    """Only a line feed ends a line of a patch."""
    *whole, last = text.split("\n")
    return [*(f"{line}\n" for line in whole), *([last] if last else [])]


_TONES = {"+": ("green",), "-": ("red",), "@": ("cyan",)}


def _drawn(line: str, style: Style) -> str:
    ending = "\n" if line.endswith("\n") else "\n\\ No newline at end of file\n"
    body = line.removesuffix("\n")
    if style.color:
        body = style.paint(visible(body), *_TONES.get(line[0], ()))
    return body + ending


MOST_TOLD = 50
"""Fixes that are told one by one."""


def told(mended: Collection[Mended], *, would: bool) -> Iterator[str]:
    """What was mended, or would be, for standard error: each fix, then how many in all."""
    lines = [line for one in mended for line in _fixes(one, "would fix" if would else "fixed")]
    yield from lines[:MOST_TOLD]
    if len(lines) > MOST_TOLD:
        yield f"and {len(lines) - MOST_TOLD} more"
    if lines:
        files_words = plural(sum(bool(one.findings) for one in mended), "file")
        would_words = " would be fixed" if would else " fixed"
        nothing = "; nothing is written" if would else ""
        yield f"{plural(len(lines), 'finding')}{would_words} in {files_words}{nothing}"


def _fixes(mended: Mended, verb: str) -> Iterator[str]:
    for finding in sorted(mended.findings, key=lambda finding: finding.sort_key):
        place = f"{visible(mended.report.path)}:{finding.span.line}:{finding.span.column}"
        yield f"{place}: {verb} {finding.rule.code}: {visible(finding.message)}"

"""Reports of files -> the same files mended, or the differences that it would make."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING

from nnlint import files, fixing
from nnlint.record import Record
from nnlint.report import Report, Status
from nnlint.sources import BYTE_ORDER_MARK, STDIN
from nnlint.terminal import visible

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
    if not any(one.repair and one.repair.applies in wanted for one in report.findings):
        return Mended(report, report.text, report.text)
    try:
        fixed = fixing.fix(report.text, wanted, report.path, variant, policy)
    except Exception as error:
        reason = f"not mended: internal error: {error!r}"
        failed = report._replace(status=Status.UNREADABLE, reason=reason)
        return Mended(failed, report.text, report.text)
    mended = tuple(_as_first_found(fixed.mended, report))
    left = tuple(_without_repair(one, wanted) for one in fixed.report.findings)
    return Mended(fixed.report._replace(findings=left), report.text, fixed.text, mended)


def _without_repair(finding: Finding, wanted: Collection[Applies]) -> Finding:
    """A finding that is left although it was to be mended: that broke something else."""
    tried = finding.repair and finding.repair.applies in wanted
    return finding._replace(repair=None) if tried else finding


def _as_first_found(mended: Collection[Finding], report: Report) -> Iterator[Finding]:
    """The findings where they stood before any fix moved them."""
    waiting = list(report.findings)
    for finding in mended:
        same = (one for one in waiting if fixing.identity(one) == fixing.identity(finding))
        first = next(same, finding)
        if first in waiting:
            waiting.remove(first)
        yield first


def write(mended: Mended) -> Mended:
    """Put the new text into its file; where that fails, the report says so."""
    path = mended.report.path
    if not mended.changed or path == STDIN:
        return mended
    try:
        mark = _mark(path)
        before, after = (mark + text.encode() for text in (mended.before, mended.after))
        files.replace(path, after, expected=before)
    except (files.NotWritten, OSError) as reason:
        failed = mended.report._replace(status=Status.UNREADABLE, reason=str(reason))
        return Mended(failed, mended.before, mended.before)
    return mended


def _mark(path: str) -> bytes:
    """The byte order mark of the file, or nothing."""
    with open(path, "rb") as file:  # noqa: PTH123 - a Path refuses names that files can have
        start = file.read(len(BYTE_ORDER_MARK))
    return start if start == BYTE_ORDER_MARK else b""


def difference(mended: Mended, style: Style) -> str:
    """The change as a patch that `git apply` and `patch -p1` take; coloured for a screen."""
    path = mended.report.path.lstrip("/")
    lines = unified_diff(
        _lines(mended.before), _lines(mended.after), f"a/{path}", f"b/{path}", n=3
    )
    return "".join(_drawn(line, style) for line in lines)


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


def told(mended: Collection[Mended], *, would: bool) -> Iterator[str]:
    """What was mended, or would be, for standard error."""
    verb = "would fix" if would else "fixed"
    for one in mended:
        for finding in sorted(one.findings, key=lambda finding: finding.sort_key):
            place = f"{visible(one.report.path)}:{finding.span.line}:{finding.span.column}"
            yield f"{place}: {verb} {finding.rule.code}: {visible(finding.message)}"

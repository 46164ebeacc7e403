"""The findings that a repository knows and leaves out: it adopts nnlint without mending all.

A finding is known by its file, its rule and its place in the spec, never by line or count.
A budget that is broken is known with the number that is used: that may fall, and never rise.
"""

from __future__ import annotations

import os
from fractions import Fraction
from typing import TYPE_CHECKING

from nnlint.baseline_file import Entry, never_held, parsed
from nnlint.config import shown
from nnlint.policy import Invalid
from nnlint.quantity import percent
from nnlint.record import Record
from nnlint.report import Report, Status
from nnlint.sources import STDIN
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from nnlint.baseline_file import Amount
    from nnlint.finding import Finding

ONE_NUMBER = {"NN901": "NN902", "NN902": "NN901"}
"""Over and near are one budget, of which a number is known; unproven is another matter."""


class Baseline(Record):
    """A baseline, as it was read.

    Attributes:
        file: where it stands.
        entries: what it holds.
        data: its bytes; None: there is no file yet.
        lawful: it is the repository's own, and holds what the repository's budgets say too.
    """

    file: Path
    entries: Mapping[Entry, Amount] = {}
    data: bytes | None = None
    lawful: bool = True

    @property
    def name(self) -> str:
        """The file, as short as it can be said."""
        return shown(self.file)


def read(file: Path, *, lawful: bool, needed: bool) -> Baseline:
    """The baseline in that file; one that is not `needed` may still be to be written.

    Raises:
        Invalid: it can't be read.
    """
    name = shown(file)
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        if not needed:
            return Baseline(file, lawful=lawful)
        remedy = "--write-baseline writes it"
        raise Invalid(f"{name}: there is no such baseline: {remedy}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Invalid(f"{name}: the baseline can't be read: {reason.lower()}") from None
    return Baseline(file, parsed(data, name), data, lawful)


class Files:
    """The files of a run, by the names that they have in a baseline."""

    def __init__(self, baseline: Baseline, reports: Iterable[Report]) -> None:
        self.folder = os.path.realpath(baseline.file.parent)
        linted = (one.path for one in reports if one.status is Status.LINTED)
        self._names = {path: names(path, self.folder) for path in linted if path != STDIN}

    def names(self, report: Report) -> tuple[str, ...]:
        """The names of a file, its own first; of what is no file none."""
        return self._names.get(report.path, ())

    def exists(self, name: str) -> bool:
        """Whether there is a file of that name, be it of this run or not."""
        return os.path.lexists(os.path.join(self.folder, name))  # noqa: PTH118 - no Path of it


def names(path: str, folder: str) -> tuple[str, ...]:
    """What a file is called in a baseline of that folder, on every machine alike.

    Its first name is that of the file which no link leads to, unless that lies elsewhere.
    """
    parent, own = os.path.split(path)
    near = _relative(os.path.join(os.path.realpath(parent), own), folder)  # noqa: PTH118
    real = _relative(os.path.realpath(path), folder)
    return (near, real) if real.startswith("../") else (real, near)


def _relative(path: str, folder: str) -> str:
    try:
        path = os.path.relpath(path, folder)
    except ValueError:  # another drive
        return path.replace(os.sep, "/")
    return path.replace(os.sep, "/")


class Knowledge:
    """What a baseline says of the findings of a run."""

    def __init__(self, baseline: Baseline, files: Files) -> None:
        self.baseline, self.files = baseline, files

    def may_hold(self, report: Report, finding: Finding) -> bool:
        """Whether a baseline may hold it at all."""
        lawful = self.baseline.lawful or not finding.binding
        return lawful and bool(self.files.names(report)) and not never_held(finding.rule.code)

    def entry(self, report: Report, finding: Finding) -> Entry | None:
        """The entry that speaks of the finding, whatever it allows."""
        if not self.may_hold(report, finding):
            return None
        code = finding.rule.code
        for spoken in filter(None, (code, ONE_NUMBER.get(code))):
            for name in self.files.names(report):
                entry = Entry(name, spoken, finding.place)
                if entry in self.baseline.entries:
                    return entry
        return None

    def without(self, report: Report) -> Report:
        """The report without what is known; where more is used, with what was allowed."""
        left = []
        for finding in report.findings:
            entry = self.entry(report, finding)
            if entry is None:
                left.append(finding)
            elif not _covers(self.baseline.entries[entry], finding):
                left.append(_with_allowance(finding, self.baseline.entries[entry]))
        return report._replace(findings=tuple(left), known=len(report.findings) - len(left))


def _covers(allowed: Amount, finding: Finding) -> bool:
    if finding.used is None:
        return True
    return allowed is not None and finding.used <= allowed


def _with_allowance(finding: Finding, allowed: Amount) -> Finding:
    number = None if allowed is None else _spoken(allowed, finding)
    words = f"allows {number}" if number else "names no number for it"
    return finding._replace(message=f"{finding.message} (the baseline {words})")


def _spoken(amount: int | Fraction, finding: Finding) -> str:
    """The number as the finding's own message shows such numbers."""
    if isinstance(finding.used, Fraction):
        return percent(Fraction(amount))
    return grouped(int(amount))

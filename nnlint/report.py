"""What nnlint found in each input, and the exit code that follows from it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from nnlint.exits import Exit
from nnlint.finding import Finding, Severity
from nnlint.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from nnlint.budget import Ceiling, Limit
    from nnlint.expectation import Expectation
    from nnlint.graph import Graph, Totals


class Status(Enum):
    """What became of an input."""

    LINTED = "linted"
    SKIPPED = "skipped"
    UNREADABLE = "unreadable"


class Variant(Record):
    """A variant that was checked beside the base.

    Attributes:
        graph: its network.
        limits: the budget, line by line, with what the variant uses.
        expectations: what is declared of it.
    """

    graph: Graph
    limits: tuple[Limit, ...]
    expectations: tuple[Expectation, ...]

    def without_layers(self) -> Variant:
        """What is said of it where its layers are not."""
        return Variant(
            self.graph.without_layers(), _without_layers(self.limits), self.expectations
        )


def _without_layers(limits: Iterable[Limit]) -> tuple[Limit, ...]:
    return tuple(limit.without_layers() for limit in limits)


class Report(Record):
    """What nnlint has to say of one input.

    Attributes:
        path: the input as it is shown.
        status: what became of it.
        reason: why it was skipped or could not be read.
        text: its text, as far as it is text.
        findings: in the order of the file.
        graph: the network; None where there is none.
        variants: those of its variants that were checked with it.
        limits: its budget, line by line.
        ceilings: all that limits it, what a change may add too.
        expectations: its expectations, entry by entry.
        ignored: how many findings ignore comments silenced.
        known: how many findings the baseline holds.
        quiet: what was found and is not said: advice, what follows from another error.
        judges: whether a rule was asked; None: not all of the file was looked at.
        marked: its bytes begin with a byte order mark, which its text leaves out.
        data: the bytes of standard input, which nobody can read again.
    """

    path: str
    status: Status = Status.LINTED
    reason: str | None = None
    text: str = ""
    findings: tuple[Finding, ...] = ()
    graph: Graph | None = None
    variants: tuple[Variant, ...] = ()
    limits: tuple[Limit, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    ignored: int = 0
    known: int = 0
    quiet: tuple[Finding, ...] = ()
    judges: Callable[[str], bool] | None = None
    marked: bool = False
    data: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether it was checked, and there is no error."""
        return self.status is Status.LINTED and not self.errors

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that are errors, broken budgets among them."""
        return tuple(one for one in self.findings if one.rule.severity is Severity.ERROR)

    def without_layers(self) -> Report:
        """What is said of it where its layers are not: a fraction of the memory."""
        if self.graph is None:
            return self
        return self._replace(
            graph=self.graph.without_layers(),
            variants=tuple(one.without_layers() for one in self.variants),
            limits=_without_layers(self.limits),
        )

    @property
    def totals(self) -> Totals:
        """The sums over the network.

        Raises:
            ValueError: there is no network; the message says why.
        """
        if self.graph is None:
            raise ValueError(str(self))
        return self.graph.totals

    @property
    def params(self) -> int:
        """Weights and biases in all, exactly.

        Raises:
            ValueError: there is no network, or not all of it is known.
        """
        if not self.totals.complete:
            raise ValueError(f"{self.path}: at least {self.totals.params:,}: {self}")
        return self.totals.params

    @property
    def macs(self) -> int:
        """Multiply-accumulates for one sample, exactly.

        Raises:
            ValueError: there is no network, or not all of it is known.
        """
        if not self.totals.macs_complete:
            raise ValueError(f"{self.path}: at least {self.totals.macs:,}: {self}")
        return self.totals.macs

    def __str__(self) -> str:
        """What there is to say, a line a finding, as `--format concise` has it."""
        if self.status is not Status.LINTED:
            return f"{self.path}: {self.reason}"
        return "\n".join(one.line(self.path) for one in self.findings) or f"{self.path}: ok"


BUDGET = "NN90"
"""The family of limits."""
EXPECTATION = "NN91"
"""The family of what a spec declares of itself."""
BUDGET_CODES = (BUDGET, EXPECTATION)
"""Findings of these families say that the network changed, not that the spec is broken."""


CONSEQUENT = "NN9"
"""Findings on totals and housekeeping: no number becomes unknown by them."""


def is_budget(finding: Finding) -> bool:
    """Whether it is about a limit."""
    return finding.rule.code.startswith(BUDGET)


def is_expectation(finding: Finding) -> bool:
    """Whether it is about what the spec declares of itself."""
    return finding.rule.code.startswith(EXPECTATION)


def without_needless_echoes(findings: Sequence[Finding]) -> list[Finding]:
    """What only follows from another error is said where nobody is told of that one."""
    told = any(
        one.rule.severity is Severity.ERROR and not one.rule.code.startswith(CONSEQUENT)
        for one in findings
    )
    return [one for one in findings if not (told and one.echo)]


def exit_code(
    reports: Sequence[Report], fail_on: Severity | None, *, nothing_is_fine: bool = False
) -> int:
    """The one place where a run becomes a number.

    Args:
        reports: one for each input.
        fail_on: the least severity that fails; None: none does.
        nothing_is_fine: no input at all is no mistake (a hook may bring none).
    """
    unread = any(report.status is Status.UNREADABLE for report in reports)
    if unread or not (reports or nothing_is_fine):
        return Exit.COULD_NOT_CHECK
    failing = {finding.rule.code for finding in _failing(reports, fail_on)}
    if not failing:
        return Exit.OK
    only_budget = all(code.startswith(BUDGET_CODES) for code in failing)
    return Exit.BUDGET if only_budget else Exit.FINDINGS


def _failing(reports: Iterable[Report], fail_on: Severity | None) -> Iterator[Finding]:
    for report in reports:
        yield from failing(report, fail_on)


def failing(report: Report, fail_on: Severity | None) -> Iterator[Finding]:
    """The findings that fail a run."""
    for finding in report.findings:
        if fail_on and finding.rule.severity.rank >= fail_on.rank:
            yield finding


class Counts(Record):
    """How many of what a run found."""

    linted: int
    skipped: int
    unreadable: int
    errors: int
    warnings: int
    infos: int
    ignored: int
    known: int


def count(reports: Sequence[Report]) -> Counts:
    """The sums for the last line."""
    statuses = [report.status for report in reports]
    found = [finding.rule.severity for report in reports for finding in report.findings]
    return Counts(
        statuses.count(Status.LINTED),
        statuses.count(Status.SKIPPED),
        statuses.count(Status.UNREADABLE),
        found.count(Severity.ERROR),
        found.count(Severity.WARNING),
        found.count(Severity.INFO),
        sum(report.ignored for report in reports),
        sum(report.known for report in reports),
    )

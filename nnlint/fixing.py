"""Findings mended in the text of a spec, round by round until nothing is left to mend.

Each round is proven before it counts: the new text must hold the old data with exactly the
edits, a safe fix must leave every count and shape that was known, and no finding may appear
that was not hidden behind a mistake. What fails is left alone.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from nnlint import edits, engine, mistakes
from nnlint.finding import Applies
from nnlint.policy import EVERY_RULE
from nnlint.record import Record
from nnlint.report import BUDGET_CODES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from nnlint.document import Document
    from nnlint.finding import Edit, Finding, Path, Span
    from nnlint.graph import Graph
    from nnlint.policy import Policy
    from nnlint.report import Report

MOST_ROUNDS = 100
"""Of a text that never comes to rest."""


class Fixed(Record):
    """A spec after its fixes.

    Attributes:
        text: the text, the same where nothing was mended.
        report: what is left to say of it.
        mended: the findings that are gone.
    """

    text: str
    report: Report
    mended: tuple[Finding, ...] = ()


class _Run(Record):
    """How the text is linted each time."""

    path: str
    variant: str | None
    policy: Policy

    def lint(self, text: str) -> Report:
        return engine.lint_text(text, self.path, self.variant, self.policy)


def fix(
    text: str,
    wanted: Collection[Applies],
    path: str = "<text>",
    variant: str | None = None,
    policy: Policy = EVERY_RULE,
) -> Fixed:
    """Mend what can be mended.

    Args:
        text: the text of a spec.
        wanted: the kinds of fixes to make.
        path: its name, for the report.
        variant: the variant to check instead of the base.
        policy: which rules are on: no other is mended.
    """
    run = _Run(path, variant, policy)
    state = Fixed(text, run.lint(text))
    refused: set[tuple[str, Path, str]] = set()
    for _ in range(MOST_ROUNDS):
        pending = [
            one for one in _mendable(state.report, wanted) if identity(one) not in refused
        ]
        if not pending:
            break
        batch = _apart(pending)
        following = _made(state, batch, run) or _made(state, batch[:1], run)
        if following is None:
            refused.add(identity(batch[0]))
        else:
            state = following
    return state


def _mendable(report: Report, wanted: Collection[Applies]) -> list[Finding]:
    return [one for one in report.findings if one.repair and one.repair.applies in wanted]


def identity(finding: Finding) -> tuple[str, Path, str]:
    """What a finding keeps while lines move."""
    return finding.rule.code, finding.path, finding.message


def _apart(findings: Sequence[Finding]) -> list[Finding]:
    """Findings whose changes don't touch one another; the others wait for the next round."""
    chosen: list[Finding] = []
    taken: list[tuple[_Place, _Place]] = []
    for finding in findings:
        own = [_ends(one.span) for one in finding.repair.replacements] if finding.repair else []
        if all(_is_free(one, taken) for one in own):
            chosen.append(finding)
            for one in own:
                insort(taken, one)
    return chosen


_Place: TypeAlias = tuple[int, int]


def _ends(span: Span) -> tuple[_Place, _Place]:
    return (span.line, span.column), (span.end_line, span.end_column)


def _is_free(place: tuple[_Place, _Place], taken: list[tuple[_Place, _Place]]) -> bool:
    """Whether no taken place touches this one; they are in order and apart from each other."""
    start, end = place
    behind = bisect_left(taken, place)
    before = taken[behind - 1][1] < start if behind else True
    return before and (behind == len(taken) or end < taken[behind][0])


def _made(state: Fixed, batch: Sequence[Finding], run: _Run) -> Fixed | None:
    """The text with these findings mended; None where that would change more than it says."""
    from nnlint import document  # noqa: PLC0415 - yaml loads with the first file

    read = document.read(state.text)
    repairs = [one.repair for one in batch if one.repair]
    places = [place for one in repairs for place in one.replacements]
    text = edits.replaced(state.text, read, places)
    changes = edits.everywhere(read, [edit for one in repairs for edit in one.edits])
    if not _says_the_same(read, document.read(text), changes):
        return None
    report = run.lint(text)
    unsafe = any(one.applies is Applies.UNSAFE for one in repairs)
    if _is_worse(state.report, report, batch, unsafe=unsafe):
        return None
    if unsafe and not _variants_stay(read, state.text, text, batch, run):
        return None
    if not unsafe and not _counts_stay(state.report, report):
        return None
    return Fixed(text, report, (*state.mended, *batch))


def _variants_stay(
    read: Document, before: str, after: str, batch: Sequence[Finding], run: _Run
) -> bool:
    """Whether an unsafe fix leaves every variant as good as it was."""
    variants = read.data.get("variants") if isinstance(read.data, dict) else None
    for name in variants if isinstance(variants, dict) else ():
        one = run._replace(variant=str(name))
        if _is_worse(one.lint(before), one.lint(after), batch, unsafe=True):
            return False
    return True


def _says_the_same(read: Document, after: Document, changes: Sequence[Edit]) -> bool:
    """Whether the new text holds the old data with these edits, and nothing else."""
    try:
        expected = edits.applied(read.data, changes)
    except LookupError:
        return False
    known = {problem.code for problem in read.problems}
    fresh = [one for one in after.problems if one.code not in known]
    return not fresh and after.root is not None and after.data == expected


def _is_worse(before: Report, after: Report, batch: Sequence[Finding], *, unsafe: bool) -> bool:
    """Whether something is found now that no mistake hid before.

    Where an unsafe fix changes a count, it is the budget's and the expectation's to say so.
    """
    known = {identity(finding) for finding in before.findings}
    fresh = [one for one in after.findings if identity(one) not in known]
    fresh = [one for one in fresh if not (unsafe and one.rule.code.startswith(BUDGET_CODES))]
    again = {(one.rule.code, one.path) for one in batch}
    if mistakes.are_cut(before.findings):
        return False  # what is found now was there, and not told
    if any((one.rule.code, one.path) in again for one in fresh):
        return True
    if not _fewer(before, after, batch):
        return True
    return bool(fresh) and not _hides(before)


def _fewer(before: Report, after: Report, batch: Sequence[Finding]) -> bool:
    """Whether there is less to mend of each kind: what only moves elsewhere is not mended."""
    were, are = (Counter(one.rule.code for one in r.findings) for r in (before, after))
    return all(are[one.rule.code] < max(were[one.rule.code], 1) for one in batch)


def _hides(report: Report) -> bool:
    """Whether part of the network was not looked at, for a mistake in it."""
    return any(engine.hides(finding) for finding in report.findings)


def _counts_stay(before: Report, after: Report) -> bool:
    """Whether every count and shape is as before, where all were known."""
    if not (before.graph and before.graph.totals.complete):
        return True
    return after.graph is not None and _counts(before.graph) == _counts(after.graph)


def _counts(graph: Graph) -> list[tuple[object, ...]]:
    return [(n.output.dims, n.count, n.params, n.stored, n.macs) for n in graph.nodes]

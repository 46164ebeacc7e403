"""Problems, said in paths -> findings, which have a place in the file."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from nnlint import rules
from nnlint.finding import Finding, Related, RuleInfo, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nnlint.document import Document
    from nnlint.finding import Fix, Path, Problem, Repair, Span
    from nnlint.landmarks import TextLandmarks

MOST_USES = 3
"""Of blocks within blocks, the uses that a message tells."""


def placed(read: Document, problems: Iterable[Problem]) -> list[Finding]:
    """Problems at their places; one place of a spec has a code once, in whatever variant."""
    found: dict[tuple[str, Span, Path, str], Finding] = {}
    spots: list[tuple[str, str]] = []
    marks = None
    for problem in problems:
        marks = marks or _marks(read)
        span = problem.span or read.locate(problem.path, on_key=problem.on_key)
        # what the repository says of a spec has no place of its own there
        path = problem.path if problem.binding else ()
        key = (problem.code, span, path, problem.about)
        if key not in found:
            found[key] = _in_words(read, problem, span)
            spots.append((problem.code, _spot(marks, problem)))
        elif problem.used is not None and problem.used > (found[key].used or 0):
            # another variant's, which uses more: it is the one to speak of
            found[key] = _in_words(read, problem, span)
    named = map(_in_place, found.values(), _apart(spots))
    return _without_echoes(list(named))


def _marks(read: Document) -> TextLandmarks:
    from nnlint.landmarks import TextLandmarks  # noqa: PLC0415 - most specs have no finding

    return TextLandmarks(read)


def _in_words(read: Document, problem: Problem, span: Span) -> Finding:
    repair = _repair(read, problem.fix) if problem.fix else None
    one = finding(_with_context(read, problem), span, repair)
    return one._replace(related=_related(read, problem)) if problem.uses else one


def _spot(marks: TextLandmarks, problem: Problem) -> str:
    """Where in the spec it is; nowhere, where nothing could be read."""
    if marks.read.root is None:
        return ""
    spot = marks.at(problem.span) if problem.span else marks.of(problem.path)
    return f"{spot} {problem.about}" if problem.about else spot


def _apart(spots: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Places at each of which a rule is broken once: the second time there is `#2`."""
    met: Counter[tuple[str, str]] = Counter()
    for spot in spots:
        met[spot] += 1
        yield spot[1] + (f"#{met[spot]}" if met[spot] > 1 else "")


def _in_place(finding: Finding, place: str) -> Finding:
    return finding._replace(place=place)


def _repair(read: Document, fix: Fix) -> Repair | None:
    from nnlint import edits  # noqa: PLC0415 - most specs need none

    return edits.repair(read, fix)


def _with_context(read: Document, problem: Problem) -> Problem:
    """The problem with what its place does not tell: the use of a block, the variant."""
    context = [f"variant {problem.variant}"] if problem.variant else []
    context += [_used(read, problem)] if problem.uses else []
    words = f" ({', '.join(context)})" if context else ""
    return problem._replace(message=problem.message + words)


def _used(read: Document, problem: Problem) -> str:
    """Which use of a block it is about: `block used at line 25, copy 2`."""
    uses = list(reversed(problem.uses))
    words = [
        f"at line {read.locate(use.path).line}" + (f", copy {use.copy}" if use.copy else "")
        for use in uses[:MOST_USES]
    ]
    more = f", {len(uses) - MOST_USES} more around it" if len(uses) > MOST_USES else ""
    return "block used " + ", by the block used ".join(words) + more


def _related(read: Document, problem: Problem) -> tuple[Related, ...]:
    """Where the blocks around it are used, as places that a program can follow."""
    return tuple(
        Related(
            read.locate(use.path),
            "the block is used here" + (f": copy {use.copy}" if use.copy else ""),
        )
        for use in reversed(problem.uses)
    )


def _without_echoes(findings: list[Finding]) -> list[Finding]:
    """Where a value is an error anyway, that another reader takes it otherwise is no news."""
    broken = {f.span for f in findings if f.rule.severity is Severity.ERROR}
    return [f for f in findings if f.rule.code != "NN012" or f.span not in broken]


def finding(problem: Problem, span: Span, repair: Repair | None = None) -> Finding:
    """The problem at its place, with its rule."""
    rule = rules.find(problem.code)
    info = rule.info if rule else RuleInfo(problem.code, "unknown", Severity.ERROR)
    if problem.severity:
        info = info._replace(severity=problem.severity)
    return Finding(
        info,
        problem.message,
        problem.help,
        problem.path,
        span,
        problem.note,
        problem.binding,
        problem.echo,
        repair,
        used=problem.used,
    )

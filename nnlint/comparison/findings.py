"""Which findings are new, which still stand, and which are gone."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from nnlint.finding import Severity
from nnlint.report import is_budget, without_needless_echoes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nnlint.comparison.change import LayerChange
    from nnlint.finding import Finding, Path
    from nnlint.report import Report


def apart(
    before: Report | None, after: Report | None, layers: Iterable[LayerChange]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...], tuple[Finding, ...]]:
    """The new findings, the errors about budgets that still stand, and those that are gone.

    A finding is known by its rule and its place, and a place moves with its layer. A spec
    that is as it was is not what a change is judged by, even where it breaks a budget.
    """
    if before is after:
        return (), (), ()
    moved = _moved(layers)
    old = _said(before)
    left = Counter((one.rule.code, _now(one.path, moved)) for one in old)
    new, standing = [], []
    for finding in _said(after):
        key = (finding.rule.code, finding.path)
        if not left[key]:
            new.append(finding)
        elif _is_broken(finding):
            standing.append(finding)  # it gates though it is not new: broken stays broken
        left[key] -= bool(left[key])
    # of a spec that is no network any more nobody can tell what is mended
    gone = _gone(old, left, moved) if after and after.graph else ()
    # what was near a limit and is over it now is no merit
    over = {one.path for one in (*new, *standing) if _is_broken(one)}
    fixed = (one for one in gone if not (is_budget(one) and one.path in over))
    return tuple(without_needless_echoes(new)), tuple(standing), tuple(fixed)


def _said(report: Report | None) -> list[Finding]:
    """What is found, also what only follows from an error that may be no news."""
    if report is None:
        return []
    echoes = (one for one in report.quiet if one.echo and is_budget(one))
    return [*report.findings, *echoes]


def _gone(
    old: Iterable[Finding], left: Counter[tuple[str, Path]], moved: dict[Path, Path]
) -> Iterator[Finding]:
    """Findings of the base that nothing now is a match of."""
    for finding in old:
        key = (finding.rule.code, _now(finding.path, moved))
        if left[key]:
            left[key] -= 1
            yield finding


def _is_broken(finding: Finding) -> bool:
    return is_budget(finding) and finding.rule.severity is Severity.ERROR


def _moved(layers: Iterable[LayerChange]) -> dict[Path, Path]:
    """Where layers, and the parts around them, stood and stand."""
    found: dict[Path, Path] = {}
    for one in layers:
        if one.before and one.after:
            found.setdefault(one.before.path, one.after.path)
            for was, now in zip(one.before.parts, one.after.parts, strict=False):
                found.setdefault(was.spec.path, now.spec.path)
    return found


def _now(path: Path, moved: dict[Path, Path]) -> Path:
    """Where a place of the base is now: it goes with the innermost layer that holds it."""
    for end in range(len(path), 0, -1):
        if path[:end] in moved:
            return (*moved[path[:end]], *path[end:])
    return path

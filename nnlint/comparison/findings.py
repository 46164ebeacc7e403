"""Which findings are new, which still stand, and which are gone."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from nnlint.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nnlint.comparison.change import LayerChange
    from nnlint.finding import Finding, Path
    from nnlint.report import Report

BUDGET = "NN90"


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
    # what the two have in common pairs up, each with one of the other
    old = list(before.findings) if before else []
    left = Counter((one.rule.code, _now(one.path, moved)) for one in old)
    new, standing = [], []
    for finding in after.findings if after else ():
        key = (finding.rule.code, finding.path)
        if not left[key]:
            new.append(finding)
        elif _holds_on(finding):
            standing.append(finding)
        left[key] -= bool(left[key])
    fixed = []
    # of a spec that is no network any more nobody can tell what is mended
    for finding in old if after and after.graph else ():
        key = (finding.rule.code, _now(finding.path, moved))
        if left[key]:
            fixed.append(finding)
            left[key] -= 1
    return tuple(new), tuple(standing), tuple(fixed)


def _holds_on(finding: Finding) -> bool:
    """Whether it gates though it is not new: a broken budget stays broken."""
    return finding.rule.code.startswith(BUDGET) and finding.rule.severity is Severity.ERROR


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

"""How many mistakes of a stage are told; where there are more, the rest is not looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nnlint.finding import Finding, Path, Span

MOST_MISTAKES = 1_000
"""Nobody reads more, and each costs a hundred times what a sound line costs."""

TOO_MANY = "NN015"
MESSAGE = f"more than {grouped(MOST_MISTAKES)} mistakes: the rest is not looked at"
HELP = "mend those before it first; if there are none to mend, this is no spec"


def told(problems: Iterable[Problem], severity: Severity | None = None) -> list[Problem]:
    """The problems that are told; behind the most, the place of the first that is not.

    What comes after that is not even looked for, where the problems are made one by one.

    Args:
        problems: what was found.
        severity: how much it matters that there are more; None: as much as its rule says.
    """
    found: list[Problem] = []
    for one in problems:
        full = len(found) == MOST_MISTAKES
        found.append(_in_place_of(one)._replace(severity=severity) if full else one)
        if found[-1].code == TOO_MANY:
            break
    return found


def _in_place_of(one: Problem) -> Problem:
    return too_many(one.path, on_key=one.on_key)._replace(span=one.span)


def too_many(path: Path, *, on_key: bool = False) -> Problem:
    """Stands at the place of the first problem that is not told."""
    return Problem(TOO_MANY, path, MESSAGE, HELP, on_key=on_key)


def too_many_ambiguous(span: Span) -> Problem:
    """Of the scalars that PyYAML takes otherwise only the first are told: all can be read."""
    message = (
        f"more than {grouped(MOST_MISTAKES)} scalars that PyYAML takes otherwise (NN012): "
        "the rest is not told"
    )
    remedy = "mend those before it first: `nnlint --fix` does, in this file and its rest"
    return Problem(TOO_MANY, (), message, remedy, span=span, severity=Severity.WARNING)


def are_cut(problems: Iterable[Problem | Finding]) -> bool:
    """Whether there were more than are told."""
    return any(one.code == TOO_MANY for one in problems)

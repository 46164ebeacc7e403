"""What is said of a budget that is broken, near, or can't be proven."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from nnlint.budget import advice
from nnlint.budget.limit import shown, with_unit
from nnlint.finding import Problem, Severity
from nnlint.quantity import exact_percent, percent_beside
from nnlint.wording import did_you_mean, listed, quoted

if TYPE_CHECKING:
    from nnlint.budget.ceiling import Ceiling
    from nnlint.budget.growth import Growth
    from nnlint.budget.limit import Limit, Measured
    from nnlint.budget.trials import Trials
    from nnlint.graph import Graph

SHOWN_NAMES = 5
"""Layers that are named where a pattern fits none."""


def _of(what: Measured, code: str) -> Problem:
    """A finding about a limit, still without words: its place, and who may silence it."""
    ceiling = what.ceiling
    harmless = ceiling.level is Severity.INFO
    severity = ceiling.level if code != "NN902" or harmless else None
    return Problem(
        code,
        ceiling.place,
        "",
        severity=severity,
        note=ceiling.message,
        binding=ceiling.origin is not None,
        used=what.used.amount,
        about=what.part or "",
    )


def _whose(ceiling: Ceiling) -> str:
    """` in pyproject.toml`, ` given by --budget`; nothing for the spec's own."""
    by = "given by" if ceiling.is_spoken else "in"
    return "" if ceiling.origin is None else f" {by} {ceiling.origin}"


def over(limit: Limit, graph: Graph, trials: Trials | None) -> Problem:
    """The network has more than it may."""
    at_least = "" if limit.exact else "at least "
    return _of(limit.what, "NN901")._replace(
        message=f"{limit.name}: {at_least}{limit.all_used} used, but the budget"
        f"{_whose(limit.ceiling)} is {limit.most}: "
        f"{at_least}{limit.shown(-limit.left)} too much",
        help=advice.over(limit, graph, trials),
    )


def near(limit: Limit) -> Problem:
    """The network has almost as much as it may."""
    return _of(limit.what, "NN902")._replace(
        message=f"{limit.name}: {limit.shown(limit.used)} of {limit.most}"
        f"{_whose(limit.ceiling)} used ({percent_beside(limit.share, limit.warn_at)}), "
        f"{limit.shown(limit.left)} left; near begins at {exact_percent(limit.warn_at)}",
    )


def unproven(what: Measured, most: str) -> Problem:
    """What is known would fit, but not all is known."""
    used = shown(what.used.amount, what.ceiling.kind.unit)
    return _of(what, "NN903")._replace(
        message=f"{what.name}: the budget of {most}{_whose(what.ceiling)} cannot be proven: "
        f"at least {used} used, and something is unknown",
        help="state what is unknown: a Custom layer takes parameters and macs",
        echo=what.used.excused,
    )


def increase(growth: Growth) -> str:
    """What may be added, for people: `+5.0 %`, `+1,000`."""
    if growth.percentage is not None:
        return f"+{exact_percent(growth.percentage)}"
    return f"+{with_unit(growth.most, growth.what.ceiling.kind.unit, growth.most)}"


def grown(growth: Growth) -> Problem:
    """A change adds more than it may."""
    what, unit = growth.what, growth.what.ceiling.kind.unit
    was, now = shown(growth.before.amount, unit), with_unit(what.used.amount, unit)
    added = f"+{shown(growth.added, unit, growth.most)}"
    if growth.percentage is not None and growth.before.amount:
        relative = Fraction(growth.added) / growth.before.amount
        added += f", +{percent_beside(relative, growth.percentage)}"
    return _of(what, "NN904")._replace(
        message=f"{what.name}: from {was} to {now} ({added}), but the budget"
        f"{_whose(what.ceiling)} lets a change add no more than {increase(growth)}",
        help="make the rest smaller, or raise the limit in a change of its own, "
        "so that the reviewer sees it",
    )


def unprovable(growth: Growth) -> Problem:
    """Nobody can tell what a change adds.

    A warning where it is the base that nobody can read: the change may be what mends it.
    """
    what, unit = growth.what, growth.what.ceiling.kind.unit
    now = with_unit(what.used.amount, unit)
    if what.used.exact:
        why = f"{now} now, and what the base has is unknown"
        mend = "nothing, if this change mends the base; the next one is held against it"
    else:
        why = f"at least {now} now, and something is unknown"
        mend = "state what is unknown: a Custom layer takes parameters and macs"
    return _of(what, "NN903")._replace(
        message=f"{what.name}: that no more than {increase(growth)} is added"
        f"{_whose(what.ceiling)} cannot be proven: {why}",
        help=mend,
        severity=Severity.WARNING if what.used.exact else what.ceiling.level,
        echo=what.used.excused,
    )


def gone(ceiling: Ceiling, pattern: str, was: str, known: list[str]) -> Problem:
    """A pattern of the repository that the change leaves without its layer."""
    return nameless(ceiling, pattern, known)._replace(
        message=f"the budget{_whose(ceiling)} limits {quoted(pattern)}, which named "
        f"{quoted(was)} in the base, and names no layer now",
        help="keep the name, or change the pattern in a change of its own",
    )


def nameless(ceiling: Ceiling, pattern: str, known: list[str]) -> Problem:
    """A pattern that names no layer: its limits bind nothing."""
    some = listed([*map(quoted, known[:SHOWN_NAMES])], "and")
    more = f" and {len(known) - SHOWN_NAMES} more" if len(known) > SHOWN_NAMES else ""
    return Problem(
        "NN905",
        ceiling.place[:-1],
        f"the budget{_whose(ceiling)} limits {quoted(pattern)}, but no layer is called that",
        did_you_mean(pattern, known) or f"the layers are {some}{more}",
        on_key=ceiling.origin is None,
        binding=ceiling.origin is not None,
    )

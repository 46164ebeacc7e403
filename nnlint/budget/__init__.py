"""Totals and layers against `budget:` and the repository's ceilings, in exact numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.budget.ceiling import TOP, Ceiling, mistakes, read
from nnlint.budget.limit import Limit, measured
from nnlint.budget.metrics import METRICS
from nnlint.budget.trials import Trials

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from fractions import Fraction

    from nnlint.budget.growth import Growth
    from nnlint.finding import Problem
    from nnlint.graph import Graph
    from nnlint.spec import ModelSpec

__all__ = [
    "METRICS", "TOP", "Ceiling", "Limit", "Trials", "check", "grown",
    "limits", "mistakes", "read",
]  # fmt: skip


def limits(
    graph: Graph, spec: ModelSpec, ceilings: Sequence[Ceiling] = ()
) -> tuple[Limit, ...]:
    """The lines of the budget, each with what the network uses of it.

    Args:
        graph: the network.
        spec: the spec, with a budget of its own.
        ceilings: what the repository allows; of two limits the lower binds.
    """
    binding = _strictest((*ceilings, *read(spec.budget)))
    return tuple(limit for ceiling in binding for limit in _limits(ceiling, graph))


def _limits(ceiling: Ceiling, graph: Graph) -> Iterator[Limit]:
    if ceiling.limit is not None:
        yield from map(Limit, measured(ceiling, graph))


def _strictest(ceilings: Iterable[Ceiling]) -> list[Ceiling]:
    """The lowest ceiling on each subject: nobody raises what another sets."""
    lowest: dict[object, Ceiling] = {}
    for one in ceilings:
        if one.limit is not None:
            known = lowest.setdefault(one.subject, one)
            lowest[one.subject] = min(known, one, key=_height)
    order = list(METRICS)
    return sorted(lowest.values(), key=lambda one: (one.layer or "", order.index(one.metric)))


def _height(ceiling: Ceiling) -> int | Fraction:
    return 0 if ceiling.limit is None else ceiling.limit


def check(
    graph: Graph,
    spec: ModelSpec,
    ceilings: Sequence[Ceiling] = (),
    trials: Trials | None = None,
) -> Iterator[Problem]:
    """What breaks, or comes near, a limit.

    Args:
        graph: the network.
        spec: the spec, with a budget of its own.
        ceilings: what the repository allows.
        trials: lays the network out with other numbers, to try what would fit.
    """
    yield from mistakes(spec.budget)
    own = list(read(spec.budget))
    yield from _nameless(graph, (*ceilings, *own))
    for limit in _worst(graph, ceilings, own):
        yield _said(limit, graph, trials)


def _said(limit: Limit, graph: Graph, trials: Trials | None) -> Problem:
    from nnlint.budget import words  # noqa: PLC0415 - most budgets are kept

    match limit.state:
        case "over":
            return words.over(limit, graph, trials)
        case "near":
            return words.near(limit)
        case _:
            return words.unproven(limit.what, limit.most)


def _worst(
    graph: Graph, ceilings: Iterable[Ceiling], own: Iterable[Ceiling]
) -> Iterator[Limit]:
    """Of each subject the limit that is broken most, if one is.

    Not the lowest: a spec that makes a warning of its own low limit is still held to the
    repository's. What the spec says itself comes beside that and not instead of it: a comment
    may silence the one, and must not take the other with it.
    """
    law, said = _worst_of(graph, ceilings), _worst_of(graph, own)
    yield from law.values()
    for subject, limit in said.items():
        if subject not in law or limit.badness > law[subject].badness:
            yield limit


def _worst_of(graph: Graph, ceilings: Iterable[Ceiling]) -> dict[object, Limit]:
    worst: dict[object, Limit] = {}
    for limit in (
        one for each in sorted(ceilings, key=_height) for one in _limits(each, graph)
    ):
        known = worst.setdefault(limit.subject, limit)
        if limit.badness > known.badness:
            worst[limit.subject] = limit
    return {subject: limit for subject, limit in worst.items() if limit.state != "ok"}


def _nameless(graph: Graph, ceilings: Iterable[Ceiling]) -> Iterator[Problem]:
    """Patterns that name no layer, for a limit that binds nothing is a mistake.

    The repository's patterns hold for many specs, and not every spec has every layer.
    """
    asked = {one.layer: one for one in ceilings if one.layer and one.must_name}
    if not asked:
        return
    from nnlint.budget import scope, words  # noqa: PLC0415 - few budgets name layers

    for pattern, ceiling in asked.items():
        if not scope.parts(graph, pattern):
            yield words.nameless(ceiling, pattern, scope.addresses(graph))


def grown(
    before: Graph | None, after: Graph, spec: ModelSpec, ceilings: Sequence[Ceiling] = ()
) -> Iterator[Problem]:
    """Where a change adds more than a budget lets it add.

    Args:
        before: the network as it was; None: nobody can tell.
        after: the network as it is.
        spec: the spec as it is, with a budget of its own.
        ceilings: what the repository allows.
    """
    from nnlint.budget import words  # noqa: PLC0415 - only a change pays for it
    from nnlint.budget.growth import growths  # noqa: PLC0415 - as above

    yield from _gone(before, after, ceilings)
    own = list(growths(before, after, read(spec.budget)))
    law = _lowest(growths(before, after, ceilings))
    for growth in _lowest([*own, *law.values()]).values():
        if growth.state == "over":
            said = words.grown(growth)
        elif growth.state == "unknown":
            said = words.unprovable(growth)
        else:
            continue
        # its own limit, which the base has too: a comment of the change does not silence it
        same = law.get(growth.subject)
        yield said._replace(binding=said.binding or (same is not None and same.state != "ok"))


def _lowest(found: Iterable[Growth]) -> dict[object, Growth]:
    """Of the limits on one subject the lowest, the first where they are alike."""
    lowest: dict[object, Growth] = {}
    for one in found:
        known = lowest.setdefault(one.subject, one)
        lowest[one.subject] = min(known, one, key=lambda each: each.most)
    return lowest


def _gone(before: Graph | None, after: Graph, ceilings: Iterable[Ceiling]) -> Iterator[Problem]:
    """Patterns of the repository that named a layer in the base, and name none any more.

    They need not name one in every spec; but a layer must not slip away under another name.
    """
    asked = {one.layer: one for one in ceilings if one.layer and not one.must_name}
    if not (asked and before):
        return
    from nnlint.budget import scope, words  # noqa: PLC0415 - few budgets name layers

    for pattern, ceiling in asked.items():
        was = scope.parts(before, pattern)
        if was and not scope.parts(after, pattern):
            yield words.gone(ceiling, pattern, was[0].name, scope.addresses(after))

"""A spec as it was and as it is: its layers, what it costs, what is found in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.comparison.change import (
    NOTHING,
    UNKNOWN,
    Cost,
    Difference,
    LayerChange,
    cost,
    differences,
    differences_between,
    network_facts,
    total_cost,
)
from nnlint.comparison.findings import apart
from nnlint.comparison.matching import pairs
from nnlint.record import Record
from nnlint.report import Status, is_budget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.budget import Ceiling
    from nnlint.budget.bounds import Bound
    from nnlint.finding import Finding
    from nnlint.graph import Graph
    from nnlint.report import Report

__all__ = [
    "Comparison", "Cost", "Diff", "LayerChange", "Loosened", "NetworkChange", "compare",
    "graphs", "network",
]  # fmt: skip


class NetworkChange(Record):
    """A network as it was and as it is: the base of a spec, or one of its variants.

    Attributes:
        before: the network that was; None: there was none, or nobody can tell.
        after: the network that is; None: it is gone, or nobody can tell.
        layers: every layer of both; none where nobody can tell what is on one side, or where
            both are the same one.
        was: what it cost.
        costs: what it costs.
        variant: the variant's name; None: it is the spec's own network.
        differences: what of the whole is not as it was: inputs, outputs, losses, the dtype.
    """

    before: Graph | None
    after: Graph | None
    layers: tuple[LayerChange, ...]
    was: Cost
    costs: Cost
    variant: str | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def is_news(self) -> bool:
        """Whether anything of it is not as it was."""
        return bool(self.changed or self.differences) or self.was != self.costs

    @property
    def changed(self) -> tuple[LayerChange, ...]:
        """The layers that are not as they were, but for those that only follow.

        Of a part that stands more often, a layer without cost is told only where no other
        layer of it is.
        """
        news = [one for one in self.layers if one.is_news]
        told = {one.node.group for one in news if not one.goes_along}
        return tuple(
            one for one in news if not (one.goes_along and one.node.group in told - {None})
        )

    @property
    def costs_the_same(self) -> bool:
        """Whether it is on both sides, and known to cost what it did."""
        known = all(one.complete and one.macs_complete for one in (self.was, self.costs))
        return bool(self.before and self.after) and known and self.was == self.costs


class Loosened(Record):
    """A limit that the change itself raises, or takes away.

    Attributes:
        was: the limit as it was.
        now: the limit as it is; None: there is none any more.
    """

    was: Bound
    now: Bound | None


class Comparison(Record):
    """One spec as it was and as it is.

    Attributes:
        path: as it is shown; of one that is gone its old path.
        old_path: where it was; the same path unless it was renamed; None: it is new.
        before: what is said of it as it was; None: it is new.
        after: what is said of it as it is; None: it is gone.
        networks: the network and its variants.
        new: findings that the base does not have.
        standing: errors about budgets that the base has too; they still hold.
        fixed: findings of the base that are gone.
        both_named: the user named both files: two paths are no renaming.
    """

    path: str
    old_path: str | None
    before: Report | None
    after: Report | None
    networks: tuple[NetworkChange, ...] = ()
    new: tuple[Finding, ...] = ()
    standing: tuple[Finding, ...] = ()
    fixed: tuple[Finding, ...] = ()
    both_named: bool = False

    @property
    def kind(self) -> str:
        """`unreadable`, `added`, `removed`, `renamed`, `changed` or `same`."""
        if self.reason is not None:
            return "unreadable"
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        if self.path != self.old_path and not self.both_named:
            return "renamed"
        return "changed" if self.is_news else "same"

    @property
    def is_blind(self) -> bool:
        """Whether nothing is new, and errors hide what the network was and what it is."""
        sides = (self.before, self.after)
        return self.kind == "same" and all(one and one.graph is None for one in sides)

    @property
    def reason(self) -> str | None:
        """Why one of its sides can't be read; None: both can."""
        sides = (one for one in (self.before, self.after) if one)
        return next((one.reason for one in sides if one.status is Status.UNREADABLE), None)

    @property
    def is_news(self) -> bool:
        """Whether anything is not as it was, or a budget is still broken."""
        said = self.new or self.fixed or self.standing or self.loosened or self.silenced
        return bool(said) or any(one.is_news for one in self.networks)

    @property
    def silenced(self) -> int:
        """How many more findings than before the spec's own comments silence."""
        if self.before is None or self.after is None:
            return 0
        return max(0, self.after.ignored - self.before.ignored)

    @property
    def network(self) -> NetworkChange | None:
        """The spec's own network, without its variants."""
        return self.networks[0] if self.networks else None

    @property
    def loosened(self) -> tuple[Loosened, ...]:
        """The limits that let more pass than they did: the reviewer should see it."""
        if not (self.before and self.before.ceilings and self.after and self.after.graph):
            return ()
        from nnlint.budget.bounds import bounds  # noqa: PLC0415 - many specs have none

        now = bounds(self.after.ceilings)
        both = ((one, now.get(key)) for key, one in bounds(self.before.ceilings).items())
        return tuple(
            Loosened(was, is_) for was, is_ in both if is_ is None or was.is_below(is_)
        )

    @property
    def gated(self) -> Report | None:
        """What the gate looks at: what is new, and budgets that are still broken."""
        if self.after is None:
            return None
        findings = sorted((*self.new, *self.standing), key=lambda one: one.sort_key)
        return self.after._replace(findings=tuple(findings))


class Diff(Record):
    """A run of `nnlint diff`.

    Attributes:
        base: what the base is called: a revision, or the old file.
        comparisons: every spec of both sides.
        untracked: how many files were left out because git does not know them.
        reconfigured: configuration files that do not say what they said, budgets apart.
    """

    base: str
    comparisons: tuple[Comparison, ...]
    untracked: int = 0
    reconfigured: tuple[str, ...] = ()

    @property
    def news(self) -> tuple[Comparison, ...]:
        """The specs of which there is anything to say."""
        return tuple(one for one in self.comparisons if one.kind not in ("same", "unreadable"))

    @property
    def reports(self) -> list[Report]:
        """What the gate looks at, spec by spec; a base that can't be read counts too."""
        bases = (one.before for one in self.comparisons)
        unread = [one for one in bases if one and one.status is Status.UNREADABLE]
        return [*unread, *(one.gated for one in self.comparisons if one.gated)]


def compare(
    before: Report | None, after: Report | None, path: str, old_path: str | None
) -> Comparison:
    """A spec held against what it was."""
    networks = tuple(_networks(before, after))
    new, standing, fixed = apart(before, after, networks[0].layers if networks else ())
    made = Comparison(path, old_path, before, after, networks, new, standing, fixed)
    if not (made.loosened or made.silenced):
        return made
    # a budget that the change itself loosens or silences is kept by no merit
    return made._replace(fixed=tuple(one for one in fixed if not is_budget(one)))


def _networks(before: Report | None, after: Report | None) -> list[NetworkChange]:
    old, new = graphs(before) or {}, graphs(after) or {}
    names = dict.fromkeys((*new, *old))
    return [
        network(old.get(name), new.get(name), (_holds(before, name), _holds(after, name)), name)
        for name in names
    ]


def _holds(report: Report | None, variant: str | None) -> bool:
    """Whether a spec has that network, laid out or not."""
    return report is not None and (variant is None or report.graph is None)


def graphs(report: Report | None) -> dict[str | None, Graph | None] | None:
    """The networks of a report, the spec's own under None; None: there is no report."""
    if report is None:
        return None
    variants = {one.graph.variant: one.graph for one in report.variants}
    return {None: report.graph, **variants}


def promised(report: Report) -> tuple[Ceiling, ...]:
    """The limits of increases as they were, which hold for the change that comes."""
    limits = (one for one in report.ceilings if one.limits_increase and not one.is_spoken)
    return tuple(
        one._replace(origin=f"{one.origin} of the base" if one.origin else "the base")
        for one in limits
    )


def network(
    before: Graph | None,
    after: Graph | None,
    is_there: tuple[bool, bool] = (True, True),
    variant: str | None = None,
) -> NetworkChange:
    """A network held against what it was, layer by layer.

    Args:
        before: the network that was.
        after: the network that is.
        is_there: whether a spec holds it on either side, laid out or not.
        variant: the variant that both are.
    """
    was = total_cost(before, is_there=is_there[0])
    costs = total_cost(after, is_there=is_there[1])
    # nothing to tell of what nobody knows, nor of a network that is held against itself
    untold = before is after or (UNKNOWN in (was, costs) and not (before and after))
    layers = () if untold else tuple(_layers(before, after))
    whole = differences_between(network_facts(before), network_facts(after))
    both = whole if before and after else ()
    return NetworkChange(before, after, layers, was, costs, variant, both)


def _layers(before: Graph | None, after: Graph | None) -> Iterator[LayerChange]:
    old = {id(node): n for n, node in enumerate(before.nodes if before else (), 1)}
    new = {id(node): n for n, node in enumerate(after.nodes if after else (), 1)}
    for was, now in pairs(before.nodes if before else (), after.nodes if after else ()):
        yield LayerChange(
            was,
            now,
            (old.get(id(was)), new.get(id(now))),
            differences(was, now) if was and now else (),
            cost(was, before.dtype) if before else NOTHING,
            cost(now, after.dtype) if after else NOTHING,
        )

"""The networks of a change: which of them the reviewer must see, and what each is called."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from nnlint.markdown import escape, metrics
from nnlint.record import Record
from nnlint.report import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nnlint.budget import Limit
    from nnlint.comparison import Comparison, Diff, NetworkChange
    from nnlint.graph import Graph
    from nnlint.markdown.metrics import Row
    from nnlint.report import Report


class Network(Record):
    """A network as it was and as it is, with what there is to say of it.

    Attributes:
        comparison: of its spec.
        change: what became of it.
        rows: every metric.
        name: what it is called.
        ambiguous: whether another spec has a network of that name.
    """

    comparison: Comparison
    change: NetworkChange
    rows: tuple[Row, ...]
    name: str
    ambiguous: bool = False

    @property
    def kind(self) -> str:
        """`new`, `gone`, `unknown`, `changed` or `same`."""
        comparison, change = self.comparison, self.change
        if change.before is None:
            return "unknown" if _broken(comparison.before) else "new"
        if change.after is None:
            return "unknown" if _broken(comparison.after) else "gone"
        return "changed" if change.is_news or self.moved else "same"

    @property
    def moved(self) -> bool:
        """Whether any metric is not what it was."""
        return any(row.changed for row in self.rows)

    @property
    def news(self) -> list[Row]:
        """The metrics to show: the first one where the network changed, but none of them."""
        if self.kind == "unknown":
            return list(self.rows[:1])
        shown = [row for row in self.rows if row.is_news]
        return shown or (list(self.rows[:1]) if self.kind != "same" else [])

    @property
    def worst(self) -> Limit | None:
        """The limit that is broken most, or nearest to it."""
        held = [row.limit for row in self.rows if row.limit]
        return max(held, key=lambda one: (one.badness, one.share), default=None)

    @property
    def label(self) -> str:
        """Its name in Markdown, with its variant's, and its path where names are not enough."""
        return _label(self, escape.code)

    @property
    def summary(self) -> str:
        """The same in HTML."""
        return _label(self, escape.tag)


def _label(network: Network, written: object) -> str:
    assert callable(written)  # noqa: S101 - one of the two of `escape`
    words = [written(network.name)]
    if network.change.variant:
        words.append(f"({written(network.change.variant)})")
    if network.ambiguous:
        words.append(f"in {written(network.comparison.path)}")
    return " ".join(words)


def _broken(report: Report | None) -> bool:
    """Whether there is a spec, but nobody can tell what it holds."""
    return report is not None and report.graph is None and report.status is not Status.SKIPPED


def networks(diff: Diff) -> list[Network]:
    """Every network of a change, and every variant."""
    found = [
        _network(comparison, change)
        for comparison in diff.comparisons
        for change in comparison.networks
    ]
    owners = Counter(name for name, _ in {(one.name, one.comparison.path) for one in found})
    return [one._replace(ambiguous=owners[one.name] > 1) for one in found]


def _network(comparison: Comparison, change: NetworkChange) -> Network:
    old, new = comparison.before, comparison.after
    rows = metrics.rows(
        (change.before, limits(old, change.variant)),
        (change.after, limits(new, change.variant)),
        (not _broken(old), not _broken(new)),
    )
    name = called(change.after or change.before, comparison.path)
    return Network(comparison, change, tuple(rows), name)


def called(graph: Graph | None, path: str) -> str:
    """A network's name; without one its path."""
    return (graph.name if graph else None) or path


def limits(report: Report | None, variant: str | None) -> Sequence[Limit]:
    """The budget of a network of a report."""
    if report is None:
        return ()
    if variant is None or (report.graph and report.graph.variant == variant):
        return report.limits
    return next((one.limits for one in report.variants if one.graph.variant == variant), ())


def to_show(found: Iterable[Network]) -> list[Network]:
    """Those of which there is anything to say, broken budgets first, then the near ones."""
    shown = [one for one in found if one.news]
    return sorted(shown, key=_badness, reverse=True)


def _badness(network: Network) -> tuple[int, int]:
    return network.worst.badness if network.worst else (0, 0)

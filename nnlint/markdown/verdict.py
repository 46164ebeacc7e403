"""The headline: what matters most, and by how much the networks grow."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from nnlint.finding import Severity
from nnlint.markdown import numbers
from nnlint.markdown.metrics import MARKS
from nnlint.markdown.page import NO_BREAK
from nnlint.report import Status, is_budget, is_expectation
from nnlint.wording import grouped, listed, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nnlint.finding import Finding
    from nnlint.markdown.networks import Network
    from nnlint.report import Report

WELL = "✅"
_STATES: dict[str, str] = {"NN902": "near", "NN903": "unproven", "NN905": "error"}


def heading(reports: Sequence[Report], words: str, *, loosened: bool = False) -> str:
    """`### ❌ nnlint: 1 budget broken, mnist-mlp grows by 6,688 parameters (+51.4 %)`.

    What loosens its own rules is not simply well, whatever else is found.
    """
    said = [*_troubles(reports), *([words] if words else [])]
    mark = _mark(reports)
    if loosened and mark == WELL:
        mark = MARKS[Severity.WARNING]
    return f"### {mark} nnlint: {', '.join(said).replace(' %', f'{NO_BREAK}%')}"


def _mark(reports: Iterable[Report]) -> str:
    found = [one.rule.severity for report in reports for one in report.findings]
    if any(report.status is Status.UNREADABLE for report in reports):
        found.append(Severity.ERROR)
    worst = max(found, key=lambda one: one.rank, default=Severity.INFO)
    return WELL if worst is Severity.INFO else MARKS[worst]


def _troubles(reports: Sequence[Report]) -> list[str]:
    """`1 budget broken`, `2 errors`, in the order in which they matter."""
    unread = sum(report.status is Status.UNREADABLE for report in reports)
    counted = Counter(_trouble(one) for report in reports for one in report.findings)
    said = [f"{plural(unread, 'input')} could not be checked"] if unread else []
    nouns = {
        "broken": ("budget", " broken"), "unproven": ("budget", " not provable"),
        "differs": ("expectation", " broken"), "error": ("error", ""),
        "near": ("budget", " near"), "warning": ("warning", ""),
    }  # fmt: skip
    return said + [
        plural(counted[kind], noun) + state
        for kind, (noun, state) in nouns.items()
        if counted[kind]
    ]


def _trouble(finding: Finding) -> str:
    """Which kind of trouble a finding is; information is none."""
    severity = finding.rule.severity
    if is_budget(finding) and severity is not Severity.INFO:
        broken = "broken" if severity is Severity.ERROR else severity.value
        return _STATES.get(finding.rule.code, broken)
    if is_expectation(finding) and severity is Severity.ERROR:
        return "differs"
    return severity.value


def moved(networks: Iterable[Network]) -> str:
    """What became of the networks, in a few words."""
    changed = [one for one in networks if one.kind not in ("same", "unknown")]
    unknown = sum(one.kind == "unknown" for one in networks)
    if not changed:
        return f"{plural(unknown, 'network')} unknown" if unknown else "no network changed"
    if len({one.comparison.path for one in changed}) > 1:
        return _counted(changed)
    first, *others = sorted(changed, key=lambda one: one.change.variant is not None)
    more = f", and {plural(len(others), 'variant')} with it" if others else ""
    return f"{first.label} {_growth(first)}{more}"


def _growth(network: Network) -> str:
    """`grows by 6,688 parameters (+51.4 %)`."""
    was, now = network.change.was, network.change.costs
    if not (was.complete and now.complete):
        return "changes, not all of it is known"
    if network.kind in ("new", "gone"):
        size = grouped(now.params or was.params)
        return f"is {network.kind} ({size} parameters)"
    if was.params == now.params:
        return f"keeps its {grouped(now.params)} parameters{_compute(network)}"
    word = "grows" if now.params > was.params else "shrinks"
    by = plural(abs(now.params - was.params), "parameter")
    return f"{word} by {by} ({numbers.relative(was.params, now.params)})"


def _compute(network: Network) -> str:
    """What changes beside the parameters."""
    was, now = network.change.was.macs, network.change.costs.macs
    return "" if was == now else f", MACs {numbers.relative(was, now)}"


def _counted(changed: Sequence[Network]) -> str:
    """`3 networks changed: 1 grows, 1 is new and 1 is gone`."""
    kinds = Counter(_kind(one) for one in changed)
    total = plural(len(changed), "network")
    verbs = {
        "grow": ("grows", "grow"), "shrink": ("shrinks", "shrink"),
        "new": ("is new", "are new"), "gone": ("is gone", "are gone"),
        "keep": ("keeps its size", "keep their size"),
    }  # fmt: skip
    said = [
        f"{kinds[kind]} {words[kinds[kind] > 1]}"
        for kind, words in verbs.items()
        if kinds[kind]
    ]
    if len(kinds) == 1:
        return f"{total} {said[0].partition(' ')[2]}"
    return f"{total} changed: {listed(said, 'and')}"


def _kind(network: Network) -> str:
    if network.kind in ("new", "gone"):
        return network.kind
    was, now = network.change.was.params, network.change.costs.params
    return "keep" if was == now else "grow" if now > was else "shrink"

"""What a change does to a network, in words: `13,002 → 19,690, +6,688 (+51.4 %)`."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from nnlint.comparison.change import FOLLOWS
from nnlint.quantity import percent
from nnlint.tally import of_limit
from nnlint.terminal import visible
from nnlint.wording import grouped, plural, signed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.comparison import Comparison, Cost, LayerChange, Loosened, NetworkChange
    from nnlint.comparison.change import Difference
    from nnlint.tally import Words

METRICS = (("parameters", "params", ""), ("MACs", "macs", ""), ("size", "size", " B"))
"""What is compared: its title, what a cost calls it, the unit."""
UNKNOWN_WORD = "unknown"
MOST_FIXED = 5
"""Findings that are gone, and are named."""


def rate(was: int, now: int) -> str:
    """`+51.4 %`, `<+0.1 %`; nothing of a change from or to nothing."""
    if not was or not now or was == now:
        return ""
    share, sign = percent(Fraction(abs(now - was), was)), "+" if now > was else "−"
    bound = share[: len(share) - len(share.lstrip("<>"))]
    return f"{bound}{sign}{share.removeprefix(bound)}"


def moved(was: int, now: int, unit: str = "") -> str:
    """`13,002 → 19,690, +6,688 (+51.4 %)`."""
    if was == now:
        return f"{grouped(now)}{unit}, as it was"
    share = rate(was, now)
    both = f"{grouped(was)} → {grouped(now)}{unit}, {signed(now - was)}"
    return both + (f" ({share})" if share else "")


def lines(comparison: Comparison) -> Iterator[tuple[str, Words]]:
    """Every line with its title, as below a table of layers."""
    network = comparison.network
    if network:
        for title, metric, unit in METRICS:
            yield title, _cost(network, metric, unit)
    if network and network.differences:
        yield "network", [(_of_network(network), "near")]
    limits = comparison.after.limits if comparison.after else ()
    said = [*map(of_limit, limits), *map(_loosened, comparison.loosened)]
    for number, words in enumerate(said):
        yield "" if number else "budget", words
    for number, variant in enumerate(_changed_variants(comparison)):
        yield "" if number else "variants", _variant(variant)
    if comparison.fixed:
        yield "fixed", _fixed(comparison)
    if comparison.silenced:
        yield "ignored", [(_silenced(comparison), "near")]


def _cost(network: NetworkChange, metric: str, unit: str) -> Words:
    was, now = network.was.exact(metric), network.costs.exact(metric)
    if network.before and network.after and was is not None and now is not None:
        tone = {-1: "good", 0: "dim", 1: "near"}[(now > was) - (now < was)]
        return [(moved(was, now, unit), tone)]
    before, after = _sides(network, metric)
    if before is None or after is None:
        only, tone = (f"{before}{unit} gone", "good") if before else (f"{after}{unit}", "")
        return [(only if UNKNOWN_WORD not in (before, after) else UNKNOWN_WORD, tone)]
    both = f"{before} → {after}" if before != after else after
    return [(both + unit * (after != UNKNOWN_WORD), "near")]


def _sides(network: NetworkChange, metric: str) -> Iterator[str | None]:
    """What there was and what there is, for people; None: there is no such network."""
    for graph, cost in ((network.before, network.was), (network.after, network.costs)):
        value, exact = getattr(cost, metric), cost.knows(metric)
        if graph is None:
            yield None if exact else UNKNOWN_WORD
        else:
            yield ("" if exact else "≥ ") + grouped(value)


def _changed_variants(comparison: Comparison) -> list[NetworkChange]:
    broken = {
        one.graph.variant
        for one in (comparison.after.variants if comparison.after else ())
        if any(limit.state == "over" for limit in one.limits)
    }
    return [one for one in comparison.networks[1:] if one.is_news or one.variant in broken]


def _variant(change: NetworkChange) -> Words:
    [(words, tone)] = _cost(change, "params", "")
    if change.after is None and change.costs.complete:
        words = f"{grouped(change.was.params)}, and is not checked any more"
    return [(f"{visible(change.variant or '')}: parameters {words}", tone)]


def _loosened(change: Loosened) -> Words:
    """A limit that the change itself raises or takes away."""
    was = change.was.most
    now = f"is {change.now.most} now" if change.now else "there is none now"
    origin = change.was.ceiling.origin
    whose = f" ({visible(origin)})" if origin else ""
    return [(f"{visible(change.was.name)}: the limit was {was}, and {now}{whose}", "near")]


def _fixed(comparison: Comparison) -> Words:
    gone = [f"{one.rule.code} {visible(one.rule.name)}" for one in comparison.fixed]
    more = f" and {len(gone) - MOST_FIXED} more" if len(gone) > MOST_FIXED else ""
    found = plural(len(gone), "finding")
    return [(f"{found}: {', '.join(gone[:MOST_FIXED])}{more}", "good")]


def in_short(comparison: Comparison) -> str:
    """A spec on one line: what became of it, and of its totals."""
    network = comparison.network
    parts = [comparison.kind] if comparison.kind != "changed" else []
    if comparison.kind == "renamed":
        parts = [f"renamed from {visible(comparison.old_path or '')}"]
    if network and network.costs_the_same:
        parts.append("costs as much as it did")
    elif network:
        parts += [
            f"{title} {''.join(words for words, _ in _cost(network, metric, unit))}"
            for title, metric, unit in METRICS
        ]
    if network and network.differences:
        parts.append(_of_network(network))
    parts += [words for one in _changed_variants(comparison) for words, _ in _variant(one)]
    parts += [words for one in comparison.loosened for words, _ in _loosened(one)]
    if comparison.fixed:
        parts.append(f"{plural(len(comparison.fixed), 'finding')} fixed")
    if comparison.silenced:
        parts.append(_silenced(comparison))
    return f"{visible(comparison.path)}: {'; '.join(parts)}"


def _of_network(network: NetworkChange) -> str:
    """What of the whole is not as it was: `dtype: float32 → int8`."""
    return visible(", ".join(map(_difference, network.differences)))


def _difference(one: Difference) -> str:
    return f"{one.key}: {one.before or 'none'} → {one.after or 'none'}"


def _silenced(comparison: Comparison) -> str:
    number = comparison.silenced
    return f"{plural(number, 'more finding')} silenced by comments in the spec"


def of_layer(change: LayerChange) -> str:
    """What is not as it was: `out_features: 16 → 24, copies: 12 → 14`; what a new name is."""
    if not (change.before and change.after):
        return change.node.spec.type if change.node.spec.name else ""
    own = [one for one in change.differences if one.key != FOLLOWS]
    return ", ".join(map(_difference, own or change.differences))


def step(was: Cost, costs: Cost, metric: str) -> str:
    """What a layer adds or takes away; a lower bound is no difference."""
    before, after = was.exact(metric), costs.exact(metric)
    if before is None or after is None:
        return "?"
    return signed(after - before) if after != before else ""

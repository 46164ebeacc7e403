"""The lines below the table: totals in words, then the budget and the expectations."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from nnlint.activations import RULE, activations
from nnlint.quantity import percent, size_in_bytes, size_text
from nnlint.terminal import visible
from nnlint.wording import grouped, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.budget import Limit
    from nnlint.expectation import Expectation
    from nnlint.graph import Graph, Node, Totals
    from nnlint.report import Report, Variant

Words: TypeAlias = list[tuple[str, str]]
"""Pieces of a line, each with its tone: `good`, `near`, `bad`, `dim`, or nothing."""

_STATES = {"ok": "good", "near": "near", "over": "bad", "unknown": "dim"}
BAR = 10
"""Columns of a full bar."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"
MOST_TIES = 4


def bar(share: Fraction) -> str:
    """A bar as long as the share, in eighths of a column, and never empty."""
    eighths = max(1, min(int(share * BAR * 8 + Fraction(1, 2)), BAR * 8))
    full, rest = divmod(eighths, 8)
    return ("█" * full + _EIGHTHS[rest].strip()).ljust(BAR)


def in_words(total: Totals) -> str:
    """`12,960 weights + 42 biases = 13,002`."""
    parts = f"{grouped(total.weights)} weights + {grouped(total.biases)} biases"
    if total.moving:
        parts += f" + {grouped(total.moving)} moving statistics"
    if total.complete:
        return f"{parts} = {grouped(total.params)}"
    return f"≥ {grouped(total.params)} ({parts} are known)"


def tally(report: Report) -> Iterator[tuple[str, Words]]:
    """Every line with its title; a line without a title goes on with the one before."""
    graph = report.graph
    if graph is None:
        return
    yield from _parameters(graph)
    yield "size", [(_size(graph.totals.params, graph), "")]
    yield "MACs", _macs(graph.totals)
    yield "activations", _activations(graph)
    for number, limit in enumerate(report.limits):
        yield "" if number else "budget", of_limit(limit)
    if report.expectations:
        yield "expect", _expectations(report.expectations)
    for number, variant in enumerate(report.variants):
        yield "" if number else "variants", _variant(variant)


def _parameters(graph: Graph) -> Iterator[tuple[str, Words]]:
    total = graph.totals
    at_least = "" if total.complete else "≥ "
    yield "parameters", [(in_words(total), "")]
    if total.embedding:
        rest = grouped(total.params - total.embedding)
        parts = f"{grouped(total.embedding)} in embeddings + {rest} in other layers"
        yield "", [(at_least + parts, "")]
    if total.frozen:
        both = f"{at_least}{grouped(total.trainable)} trainable + {at_least}"
        yield "", [(f"{both}{grouped(total.frozen)} frozen", "")]
    if total.active != total.params:
        yield "active", [(f"{at_least}{grouped(total.active)}: what one token uses", "")]
    if total.tied:
        words = f"{at_least}{grouped(total.tied)} more are shared: {_ties(graph)}"
        yield "tied", [(words, "")]
    if total.buffers and not total.moving:
        yield "buffers", [(f"{at_least}{grouped(total.buffers)} stored, not learned", "")]


def _ties(graph: Graph) -> str:
    """Who shares whose weight: `lm_head uses that of wte`."""
    sharers: dict[str, list[str]] = {}
    for node in graph.nodes:
        if node.tied:
            sharers.setdefault(_called(node.tied[1]), []).append(_called(node))
    words = [
        f"{listed(_first(names), 'and')} {'uses' if len(names) == 1 else 'use'} that of {owner}"
        for owner, names in sharers.items()
    ]
    return "; ".join(_first(words))


def _first(words: list[str]) -> list[str]:
    more = [f"{len(words) - MOST_TIES} more"] if len(words) > MOST_TIES else []
    return [*words[:MOST_TIES], *more]


def _called(node: Node) -> str:
    return visible(node.address)


def _size(elements: int, graph: Graph) -> str:
    size = size_in_bytes(elements, graph.dtype)
    sign = "" if graph.totals.complete else "≥ "
    rough = f" ({size_text(size)})" if size >= 1024 else ""
    return f"{sign}{grouped(size)} B{rough} as {graph.dtype}"


def _macs(total: Totals) -> Words:
    sign = "" if total.macs_complete else "≥ "
    words = f"{sign}{grouped(total.macs)} for one sample"
    return [(words, ""), (" (no biases, norms or activations)", "dim")]


def _activations(graph: Graph) -> Words:
    found = activations(graph)
    sign = "" if found.complete else "≥ "
    peak, total = (
        f"{sign}{size_text(size_in_bytes(count, graph.dtype))}"
        for count in (found.peak, found.total)
    )
    number = graph.nodes.index(found.at) + 1 if found.at else 0
    at = f" at {_called(found.at)} (#{number})" if found.at else ""
    return [(f"peak {peak}{at}, sum {total}", ""), (f" ({RULE})", "dim")]


def of_limit(limit: Limit) -> Words:
    """A line of the budget: used, the most, what is left."""
    left, tone = limit.left, _STATES[limit.state]
    if limit.unit == "share" and not limit.exact:
        return [(f"{visible(limit.name)} of an unknown total, at most {limit.most}", tone)]
    sign, most = ("", "") if limit.exact else ("≥ ", "≤ ")
    words = (
        f"{most}{limit.shown(left)} left" if left >= 0 else f"{sign}{limit.shown(-left)} over"
    )
    used = f"{visible(limit.name)} {sign}{limit.shown(limit.used)} of {limit.most}, "
    drawn = f"  {bar(min(limit.share, Fraction(1)))}"
    whose = [(f" ({visible(limit.origin)})", "dim")] if limit.origin else []
    return [(used, ""), (words, tone), (drawn, tone), (f" {percent(limit.share)}", ""), *whose]


def _expectations(entries: tuple[Expectation, ...]) -> Words:
    marks = {True: ("✓", "good"), False: ("✗ differs", "bad"), None: ("unknown", "dim")}
    words: Words = []
    for number, one in enumerate(entries):
        words += [(f"{', ' if number else ''}{visible(one.key)} ", ""), marks[one.holds]]
    return words


def _variant(variant: Variant) -> Words:
    """A variant on one line: its parameters, and whether it is as declared."""
    total = variant.graph.totals
    sign = "" if total.complete else "≥ "
    name = visible(variant.graph.variant or "")
    words: Words = [(f"{name} {sign}{grouped(total.params)} parameters", "")]
    marks = [_expectations((one,))[1] for one in variant.expectations]
    words += [(f" {mark}", tone) for mark, tone in marks]
    broken = [visible(limit.name) for limit in variant.limits if limit.state == "over"]
    return [*words, (f" over budget: {listed(broken, 'and')}", "bad")] if broken else words

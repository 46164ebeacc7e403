"""Layer by layer: what changed, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.budget.metrics import Used
from nnlint.markdown import escape, numbers
from nnlint.markdown.page import table_lines
from nnlint.wording import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nnlint.comparison import LayerChange
    from nnlint.comparison.change import Cost, Difference
    from nnlint.graph import Graph, Node

MOST_LAYERS = 50
"""Layers of one network that are told."""
MARKS = {"added": "+", "removed": numbers.MINUS, "changed": "~"}
CHANGES = ("Layer", " What changed", "Params", "Δ params", "Δ MACs", "Δ size")
LAYERS = ("Layer", " Type", "Params", "MACs")


def told(changed: Sequence[LayerChange]) -> Sequence[LayerChange]:
    """The layers worth a row: not what costs nothing and is only repeated more often."""
    costly = [one for one in changed if one.was != one.costs or _is_own(one)]
    return costly or changed


def _is_own(one: LayerChange) -> bool:
    """Whether more is changed than what reaches the layer, and how often it stands there."""
    return one.kind != "changed" or any(
        difference.key not in ("copies", "input") for difference in one.differences
    )


def changes(layers: Sequence[LayerChange]) -> str:
    """The table of the layers that are not as they were."""
    lines = table_lines(CHANGES, map(_change, layers[:MOST_LAYERS]))
    return "\n".join(lines) + _more(len(layers))


def costs(graph: Graph) -> str:
    """The table of the layers of a network."""
    rows = (_node(n, one) for n, one in enumerate(graph.nodes[:MOST_LAYERS], 1))
    return "\n".join(table_lines(LAYERS, rows)) + _more(len(graph.nodes))


def _more(number: int) -> str:
    more = number - MOST_LAYERS
    return f"\n\n… and {plural(more, 'more layer')}." if more > 0 else ""


def _change(one: LayerChange) -> list[str]:
    mark = f"**{MARKS[one.kind]}** {escape.code(one.called)}"
    was, now = one.was, one.costs
    known = was.complete and now.complete, was.macs_complete and now.macs_complete
    return [
        mark,
        _what(one),
        _from_to(one),
        _delta(was.params, now.params, "count") if known[0] else numbers.NOBODY_KNOWS,
        _delta(was.macs, now.macs, "count") if known[1] else numbers.NOBODY_KNOWS,
        _delta(was.size, now.size, "bytes") if known[0] else numbers.NOBODY_KNOWS,
    ]


def _what(one: LayerChange) -> str:
    if one.kind != "changed":
        word = "new" if one.after else "gone"
        return f"{word}: {escape.code(one.node.spec.type)}"
    return "<br>".join(map(_difference, one.differences)) or "what it costs"


def _difference(one: Difference) -> str:
    before, after = (numbers.NONE if end is None else end for end in (one.before, one.after))
    return escape.code(f"{one.key}: {before} → {after}")


def _from_to(one: LayerChange) -> str:
    """`12,560 → 18,840`; one number where nothing changes, or one end is not there."""
    exact = numbers.hides((one.was.params, one.costs.params), "count")
    was, now = (_params(cost, exact=exact) for cost in (one.was, one.costs))
    if one.kind == "added" or was == now:
        return now
    return was if one.kind == "removed" else f"{was} → {now}"


def _params(cost: Cost, *, exact: bool) -> str:
    return numbers.used(Used(cost.params, cost.complete), "count", exact=exact)


def _delta(before: int, after: int, unit: str) -> str:
    exact = numbers.hides((before, after), unit)
    return numbers.signed(after - before, unit, exact=exact)


def _node(number: int, node: Node) -> list[str]:
    times = f" × {node.count}" if node.count > 1 else ""
    params = numbers.used(Used(node.params, node.complete), "count")
    macs = numbers.used(Used(node.all_macs, node.macs is not None), "count")
    name = node.address + ("" if node.spec.name else f" #{number}")
    return [escape.code(name) + times, escape.code(node.spec.type), params, macs]

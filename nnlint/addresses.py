"""Which layers a person means: `logits`, `use/inner`, `use.3/inner`, `3`, `layers[2]`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nnlint.finding import spell
from nnlint.record import Record
from nnlint.wording import did_you_mean, grouped, plural, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from nnlint.finding import Path, Span
    from nnlint.graph import Graph, Group, Node

FORMS = (
    "a name (logits), a way into a part (use/inner, use.3/inner, copies from 0), "
    "the # of the table (3), or a place as findings give it (layers[2], 7:5)"
)
"""How a layer is asked for."""


class NoSuchLayer(Exception):  # noqa: N818 - said of what was asked
    """Nothing in the network is called that; the argument says what may be meant."""


class Part(Record):
    """What stands around a layer, or the layer itself: a step of the way to it.

    Attributes:
        name: its own name, or None.
        type: its type, or the block's name.
        copies: which of the copies it is, from 0.
    """

    name: str | None
    type: str
    copies: range


def numbers(graph: Graph, wanted: str) -> list[int]:
    """The numbers of the layers that are meant, as in the table.

    Raises:
        NoSuchLayer: none is.
    """
    if re.fullmatch(r"[0-9]{1,9}", wanted):
        return [_of_table(graph, int(wanted))]
    found = _by_path(graph, wanted) if "[" in wanted else _by_name(graph, wanted)
    if not found:
        raise NoSuchLayer(_unknown(graph, wanted))
    return found


def _of_table(graph: Graph, number: int) -> int:
    if 1 <= number <= len(graph.nodes):
        return number
    layers = plural(len(graph.nodes), "layer")
    words = f"there is no layer {grouped(number)}: the table has {layers}, counted from 1"
    raise NoSuchLayer(words)


def _by_path(graph: Graph, wanted: str) -> list[int]:
    """`layers[3]`: all that was written there, also what stands inside."""
    return [
        number
        for number, node in enumerate(graph.nodes, 1)
        if any(
            f"{spell(path)}.".startswith((f"{wanted}.", f"{wanted}[")) for path in _paths(node)
        )
    ]


def _by_name(graph: Graph, wanted: str) -> list[int]:
    """By names, then by the layer's type in named parts, then by all types.

    What is found from outside goes before what is found somewhere inside.
    """
    steps = [_step(part) for part in wanted.split("/")]
    ways = list(enumerate(_ways(graph), 1))
    for typed, shown in ((False, _named), (True, _addressed), (True, list)):
        seen = [(number, shown(way)) for number, way in ways]
        for anywhere in (False, True):
            found = [n for n, way in seen if _leads(way, steps, typed=typed, anywhere=anywhere)]
            if found:
                return found
    return []


def _named(way: Sequence[Part]) -> list[Part]:
    """The steps of a way that have names."""
    return [part for part in way if part.name]


def _addressed(way: Sequence[Part]) -> list[Part]:
    """The same, and the layer itself: what `address` spells."""
    return [*_named(way[:-1]), way[-1]]


def _step(part: str) -> tuple[str, int | None]:
    """A name, and the copy that is meant."""
    name, _, number = part.rpartition(".")
    if name and re.fullmatch(r"[0-9]{1,19}", number):
        return name, int(number)
    return part, None


def _leads(
    way: Sequence[Part], steps: Sequence[tuple[str, int | None]], *, typed: bool, anywhere: bool
) -> bool:
    """Whether the steps lead to a layer, or to a part around it."""
    starts = range(len(way) - len(steps) + 1) if anywhere else range(1)
    return any(
        len(way) >= begin + len(steps)
        and all(
            _is(part, *step, typed=typed)
            for part, step in zip(way[begin:], steps, strict=False)
        )
        for begin in starts
    )


def _is(part: Part, name: str, copy: int | None, *, typed: bool) -> bool:
    called = name in (part.name, part.type) if typed else name == part.name
    return called and (copy is None or copy in part.copies)


def _ways(graph: Graph) -> Iterable[list[Part]]:
    """For each layer the parts around it, the outermost first, and itself."""
    counted: dict[object, int] = {}
    groups: dict[Group, range] = {}
    for node in graph.nodes:
        for group in node.parts:
            if group not in groups:
                key = (group.parent, group.spec.path, group.spec.type)
                groups[group] = _next(counted, key, group.repeats + 1)
        key = (node.group, node.path, node.spec.type)
        own = _next(counted, key, node.count // (node.group.count if node.group else 1))
        around = [Part(g.spec.name, g.spec.type, groups[g]) for g in node.parts]
        yield [*around, Part(node.spec.name, node.spec.type, own)]


def _next(counted: dict[object, int], key: object, copies: int) -> range:
    """The next copies of what has this key."""
    begin = counted.get(key, 0)
    counted[key] = begin + copies
    return range(begin, begin + copies)


def _unknown(graph: Graph, wanted: str) -> str:
    known = [
        name for way in _ways(graph) for part in way for name in (part.name, part.type) if name
    ]
    addresses = [node.address for node in graph.nodes]
    hint = did_you_mean(wanted, dict.fromkeys([*known, *addresses]))
    return f"there is no layer {quoted(wanted)} in it; {hint or f'a layer is {FORMS}'}"


def at(graph: Graph, line: int, column: int, locate: Callable[[Path], Span]) -> list[int]:
    """The layers of the innermost place that holds this line and column.

    Raises:
        NoSuchLayer: none stands there.
    """
    paths = {path for node in graph.nodes for path in _paths(node)}
    spans = {path: locate(path) for path in paths}
    here = [p for p, s in spans.items() if s[:2] <= (line, column) < s[2:]]
    if not here:
        raise NoSuchLayer(f"no layer stands at line {line}, column {column}")
    inner = max(here, key=len)
    return [number for number, node in enumerate(graph.nodes, 1) if inner in _paths(node)]


def _paths(node: Node) -> list[Path]:
    """Where a layer is written, and the parts around it."""
    return [node.path, *(group.spec.path for group in node.parts)]

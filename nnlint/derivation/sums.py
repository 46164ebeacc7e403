"""How the sums over layers come about: of a network, or of a part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.derivation import formula
from nnlint.derivation.formula import Step
from nnlint.derivation.steps import KINDS, expression
from nnlint.graph import totals
from nnlint.outline import outline
from nnlint.record import Record
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from nnlint.graph import Graph, Node, Totals
    from nnlint.outline import Line

FEW = 12
"""So many layers are summed up one by one, in a sum that can be read at a glance."""
MOST_TERMS = 60
"""Of more terms nobody checks the sum."""


class Excerpt(Record):
    """Layers of a network that are told together.

    Attributes:
        graph: the network, with these layers alone and their sums.
        numbers: each layer's number in the table of the whole.
        whole: whether these are all.
    """

    graph: Graph
    numbers: Mapping[Node, int]
    whole: bool


def excerpt(graph: Graph, numbers: Sequence[int] | None = None) -> Excerpt:
    """The layers of these numbers; without numbers, all."""
    if numbers is None:
        return Excerpt(graph, {node: n for n, node in enumerate(graph.nodes, 1)}, whole=True)
    chosen = {graph.nodes[number - 1]: number for number in numbers}
    part = graph._replace(nodes=tuple(chosen), totals=totals(chosen))
    return Excerpt(part, chosen, len(chosen) == len(graph.nodes))


class Sums(Record):
    """The sums of layers.

    Attributes:
        parts: title -> the sums of a part, where there are too many layers for one sum.
        totals: the sums over all of them.
    """

    parts: dict[str, tuple[Step, ...]]
    totals: tuple[Step, ...]


def parameter_sums(told: Excerpt) -> Sums:
    """Weights, biases and parameters: layer by layer, or part by part if there are many."""
    total = told.graph.totals
    lines = _with_parameters(outline(told.graph))
    parts = _with_parameters(outline(told.graph, 1))
    if len(lines) <= FEW:
        return Sums({}, tuple(_totals(total, lines, _by_layer)))
    if len(parts) == 1:
        return Sums({}, tuple(_totals(total, lines, _by_part)))
    folded = (line for line in parts if line.folded)
    steps = {_label(line, told.numbers): tuple(_part_steps(line)) for line in folded}
    return Sums(steps, tuple(_totals(total, parts, _by_part)))


def _with_parameters(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if line.sums.params]


def _totals(
    total: Totals, lines: Sequence[Line], term: Callable[[Line, str], str]
) -> Iterator[Step]:
    """The sum of each kind, then of all, then what else the table tells."""
    counts = {kind: getattr(total, kind) for kind in KINDS}
    counts = {kind: count for kind, count in counts.items() if count or kind != "moving"}
    for kind, count in counts.items():
        terms = [text for line in lines if (text := term(line, kind))]
        numbers = _sum(terms, [getattr(line.sums, kind) for line in lines])
        yield Step(KINDS[kind], count, numbers, complete=total.complete)
    text = " + ".join(map(grouped, counts.values()))
    yield Step("parameters", total.params, text, complete=total.complete)
    yield from _further(total)


def _sum(terms: Sequence[str], counts: Sequence[int]) -> str:
    """All terms; too many are added up in between."""
    if len(terms) <= MOST_TERMS:
        return " + ".join(terms)
    size = -(-len(counts) // MOST_TERMS)
    between = (sum(counts[at : at + size]) for at in range(0, len(counts), size))
    return " + ".join(grouped(count) for count in between if count)


def _by_layer(line: Line, kind: str) -> str:
    (node,) = line.nodes
    return expression(node, kind, formula.meanings(node))


def _by_part(line: Line, kind: str) -> str:
    count = getattr(line.sums, kind)
    return grouped(count) if count else ""


def _part_steps(line: Line) -> Iterator[Step]:
    """The sums of one part: its weights and its biases."""
    for kind, words in KINDS.items():
        counts = [count for node in line.nodes if (count := getattr(node, kind))]
        if counts:
            text = _sum([grouped(count) for count in counts], counts)
            yield Step(words, sum(counts), text, complete=line.sums.complete)


def _label(line: Line, numbers: Mapping[Node, int]) -> str:
    """`3–16 bottleneck conv2 ×3`."""
    ends = dict.fromkeys((numbers[line.nodes[0]], numbers[line.nodes[-1]]))
    times = f"×{grouped(line.times)}" if line.times > 1 else ""
    words = ["–".join(map(str, ends)), line.type, line.name, times]
    return " ".join(word for word in words if word)


def _further(total: Totals) -> Iterator[Step]:
    """What is trained, and what one token uses."""
    idle = total.params - total.active
    rest = {
        "trainable": (total.trainable, total.frozen, "parameters - what is frozen"),
        "active": (total.active, idle, "parameters - those of experts that are not chosen"),
    }
    for title, (count, without, words) in rest.items():
        if without:
            numbers = f"{grouped(total.params)} - {grouped(without)}"
            yield Step(title, count, numbers, words, total.complete)


def macs_sum(total: Totals, counts: Sequence[int]) -> Step:
    """The sum of the layers' MACs."""
    text = _sum([grouped(count) for count in counts], counts)
    return Step("sum", total.macs, text, complete=total.macs_complete)

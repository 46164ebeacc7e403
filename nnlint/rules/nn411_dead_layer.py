"""NN411: a layer whose output nobody takes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.walking import before
from nnlint.wording import plural

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from nnlint.graph import Graph, Group, Node

OF_ONE_LAYER = ("NN201", "NN202", "NN203", "NN204", "NN211", "NN213", "NN214")
"""Problems that leave the wiring as it is meant."""


def check(graph: Graph) -> Iterator[Problem]:
    """Ends of ways that reach no output, in all copies or in some."""
    if not _is_wired(graph):
        return
    taken = Taken(graph)
    seen = taken.seen
    owners = {id(node.tied[1]) for node in graph.nodes if node.tied}
    for nodes in graph.definitions:
        ends = [node for node in nodes if not node.consumers and id(node) not in seen]
        several = [node for node in nodes if node.count > 1 and id(node) in seen]
        if not (ends or several):
            continue
        kept = any(id(node) in owners or node.spec.role for node in nodes)
        if ends and not kept and not any(id(node) in seen for node in nodes):
            dead = before(ends, seen)
            yield _problem(ends[0], list(dead.values()))
            seen.update(dead)
        elif not kept:
            yield from _of_some_copies(nodes, ends, several, taken)


def _reached(graph: Graph, straight: dict[int, Node]) -> dict[int, Node]:
    """The layers of which a copy leads to an output: the last, or one that feeds the next."""
    seen = {**straight}
    ends = [node for node in graph.nodes if node.loops]
    while more := [one for one in ends if id(one) not in seen and _is_taken_again(one, seen)]:
        seen |= before(more, seen)
    return seen


def _is_taken_again(end: Node, seen: Container[int]) -> bool:
    return any(id(taker) in seen for way in end.loops for taker in way)


def _is_wired(graph: Graph) -> bool:
    """Whether all connections are what the author meant, as far as anybody can tell."""
    known = all(problem.code in OF_ONE_LAYER for problem in graph.problems)
    return known and all(node.layer for node in graph.nodes)


def _problem(end: Node, dead: list[Node]) -> Problem:
    more = len({node.path for node in dead}) - 1
    params = sum(node.params for node in dead)
    what = f"it and {plural(more, 'layer')} before it do nothing" if more else "it does nothing"
    price = f", and {plural(params, 'parameter')} learn nothing" if params else ""
    return Problem(
        "NN411",
        end.written_on.path,
        f"nobody takes the output of {end.spec.label}, and it is no output of the network: "
        f"{what}{price}",
        "take it by its name (from, with), name it in outputs, or remove it",
    )


class Taken:
    """Which copies of a layer reach an output of the network.

    A part that repeats is one row for all its copies, of which only the last is taken by name.

    Args:
        graph: the network.

    Attributes:
        seen: the layers (by id) of which some copy reaches an output.
    """

    def __init__(self, graph: Graph) -> None:
        self._straight = before(output.edge.node for output in graph.outputs.values())
        self.seen = _reached(graph, self._straight)
        self._leaving = Counter(id(one.edge.node) for one in graph.outputs.values())
        self._ends: dict[int, list[Node]] = {}
        self._going_on: dict[int, dict[int, Node]] = {}
        for node in (node for node in graph.nodes if node.loops):
            for part in node.parts:
                self._ends.setdefault(id(part), []).append(node)

    def idle_copies(self, node: Node) -> int:
        """How many of its copies nobody takes; 0: the part that it ends goes on with it."""
        part = _part(node)
        if part is None:
            return 0
        if node.loops and id(node) not in self._straight:
            return node.count // (part.repeats + 1)  # all but the last feed the next
        edges = sum(one.count * one.sources.count(node) for one in node.consumers)
        taking = self._leaving[id(node)] + edges
        return 0 if id(node) in self._leading_on(part) else max(node.count - taking, 0)

    def way(self, node: Node) -> list[Node]:
        """It and what leads to it alone, in those copies."""
        part = _part(node)
        beyond = self._straight if node.loops else self._leading_on(part) if part else {}
        return list(_within(part, [node], beyond).values()) if part else []

    def _leading_on(self, part: Group) -> dict[int, Node]:
        """The layers of a part that lead into its next copy."""
        if id(part) not in self._going_on:
            self._going_on[id(part)] = _within(part, self._ends.get(id(part), []))
        return self._going_on[id(part)]


def _within(
    part: Group, ends: Iterable[Node], beyond: Container[int] = frozenset()
) -> dict[int, Node]:
    """These layers and all of their part from which they take, up to those `beyond`."""
    waiting = list(ends)
    seen: dict[int, Node] = {}
    while waiting:
        node = waiting.pop()
        if id(node) not in seen and id(node) not in beyond and part in node.parts:
            seen[id(node)] = node
            waiting += [source for source in node.sources if source]
    return seen


def _part(node: Node) -> Group | None:
    """The innermost part around it of which copies follow each other."""
    parts = (part for part in reversed(node.parts) if part.repeats)
    part = next(parts, None)
    chooses = part and part.spec.layer and part.spec.layer.chooses
    return None if chooses else part


def _of_some_copies(
    nodes: list[Node], ends: list[Node], several: list[Node], taken: Taken
) -> Iterator[Problem]:
    """Some copies are taken, and learned layers lead to the others for nothing."""
    idle = {id(node): taken.idle_copies(node) for node in several}
    ways = [(node.count, [*before([node], taken.seen).values()]) for node in ends]
    ways += [(idle[id(node)], taken.way(node)) for node in nodes if idle.get(id(node))]
    lost = sum(times * one.own for times, way in ways for one in way if not one.is_shared)
    if lost:
        few, all_copies = sum(times for times, _ in ways), sum(node.count for node in nodes)
        yield Problem(
            "NN411",
            nodes[0].written_on.path,
            f"nobody takes the output of {nodes[0].spec.label} in {few} of its {all_copies} "
            f"copies: {plural(lost, 'parameter')} learn nothing there",
            "take it in each copy, by its name (use.0/name), or write it once, outside of what "
            "repeats, where it is taken",
        )


RULE = Rule(
    code="NN411",
    name="dead-layer",
    severity=Severity.WARNING,
    summary="A layer that reaches no output.",
    rationale=(
        "What nobody takes is computed for nothing, and its parameters get no gradient, but "
        "they count. Mostly the layer behind it has a from that leads past it, or a head is "
        "missing in outputs. The finding stands at the end of the dead way. The rule is "
        "silent on the router of a MoE, which chooses the experts, on a layer whose weight "
        "another is tied to, and while a name or a form is wrong, since then nobody knows what "
        "is meant. Of a block or a part with several copies it says in how many nobody takes a "
        "layer; there it is silent on what learns nothing (a name for a tap), and on copies "
        "that share their parameters."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.parallel.DistributedDataParallel.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64, act: ReLU, name: trunk}
  - {type: Linear, out_features: 10, name: digit}
  - {type: Linear, out_features: 2, name: parity, from: trunk}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64, act: ReLU, name: trunk}
  - {type: Linear, out_features: 10, name: digit}
  - {type: Linear, out_features: 2, name: parity, from: trunk}
outputs: [digit, parity]
""",
    check=check,
)

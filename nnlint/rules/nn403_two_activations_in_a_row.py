"""NN403: an activation directly after an activation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.neighbours import Neighbours
from nnlint.rules.properties import keeps_elements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path
    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """Pairs of activations of which one can go."""
    if not any(node.own for node in graph.nodes):
        return
    near = Neighbours(graph, keeps_elements, _are_activations)
    found = [nodes for nodes in graph.definitions if _is_activation(nodes[0])]
    idle = [pair for nodes in found for pair in _idle(nodes, near)]
    pairs = [pair for nodes in found for pair in near.givers(nodes)]
    pairs += [pair for nodes in found for pair in near.again(nodes)]
    said: set[Path] = set()
    for number, (first, second) in enumerate([*idle, *pairs]):
        if second.path not in said and not _is_by_parts(first, second):
            said.add(second.path)
            yield _problem(first, second, near, idle=number < len(idle))


def _is_activation(node: Node | None) -> bool:
    """Whether it shapes numbers or compares scores; a gated unit is a layer of its own."""
    layer = node.layer if node else None
    if layer is None or layer.role != "activation":
        return False
    return layer.is_elementwise or layer.gives_probabilities or layer.gives_log_probabilities


def _are_activations(first: Node, second: Node) -> bool:
    return _is_activation(first) and _is_activation(second)


def _idle(nodes: list[Node], near: Neighbours) -> list[tuple[Node, Node]]:
    """What a definition takes, with it, if it changes nothing of that in any copy."""
    pairs = [(first, node) for node in nodes for first in near.given(node)]
    known = [(first, node) for first, node in pairs if first and _changes_nothing(first, node)]
    activated = [pair for pair in known if _are_activations(*pair)]
    return activated if len(known) == len(pairs) else []


def _changes_nothing(first: Node, second: Node) -> bool:
    """Whether nothing below 0 reaches what changes only that."""
    positive = first.layer and first.layer.gives_positive
    return bool(positive and second.layer and second.layer.keeps_positive)


def _is_by_parts(first: Node, second: Node) -> bool:
    """Whether they shape a factor of what reached the first: Mish is x·tanh(softplus(x))."""
    return any(
        taker.layer and taker.layer.merges and first.sources[0] in taker.sources
        for taker in second.consumers
    )


def _problem(first: Node, second: Node, near: Neighbours, *, idle: bool) -> Problem:
    words, remedy = near.follows(first, second), "remove it" if idle else "remove one of them"
    logs = all(one.layer and one.layer.gives_log_probabilities for one in (first, second))
    if _changes_nothing(first, second):
        what = f"{words} and changes nothing: nothing below 0 reaches it"
    elif logs:
        what = f"{words} and changes nothing: these are logarithms already"
    else:
        what = f"{words} with nothing between: one acts on what the other has squeezed"
        remedy = "keep one of them, or put a layer that learns between them"
    if near.is_repeated(first, second) and not idle:
        remedy = "take one of them out of the part that repeats, to where it is needed once"
    return Problem("NN403", second.path, what, remedy, severity=Severity.INFO if logs else None)


RULE = Rule(
    code="NN403",
    name="two-activations-in-a-row",
    severity=Severity.WARNING,
    summary="An activation directly after an activation.",
    rationale=(
        "One non-linearity between two layers is enough. A ReLU after a ReLU or a Sigmoid does "
        "nothing; a Softmax after a Softmax or a ReLU flattens the scores and stops "
        "gradients. Mostly one stands there twice: as act and as a layer, or at the end of a "
        "block and the start of the next (of the next copy, too). Identity, Flatten and other "
        "reshaping between them do not hide it. LogSoftmax twice is LogSoftmax, and advice "
        "only. The rule is silent across pooling, dropout, norms and merges; where something "
        "else takes the first one's output and the second changes it; on gated units (GLU); "
        "where the pair is a factor of its own input, as in Mish by parts; and in a file "
        "without anything that learns."
    ),
    reference="https://www.deeplearningbook.org/contents/mlp.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64, act: ReLU}
  - ReLU
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64, act: ReLU}
  - {type: Linear, out_features: 10}
""",
    check=check,
)

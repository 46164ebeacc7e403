"""NN403: an activation directly after an activation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.walking import (
    arriving,
    by_definition,
    follows,
    follows_itself,
    leaving,
    takers,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """Pairs of activations of which one can go."""
    if not any(node.own for node in graph.nodes):
        return
    sources, outside = arriving(graph), leaving(graph)
    found = {path: nodes for path, nodes in by_definition(graph) if _is_activation(nodes[0])}
    pairs = {path: _only_activated(nodes, outside) for path, nodes in found.items()}
    for path, nodes in found.items():
        idle = _changes_nothing(sources[path], nodes[0])
        for first in {one.path: one for one in sources[path] if one}.values():
            paired = any(taker.path == path for _, taker in pairs.get(first.path, ()))
            fires = _is_activation(first) and (idle or paired)
            if fires and not _by_parts(first, nodes):
                yield _problem(first, nodes[0], idle=idle)
                break


def _is_activation(node: Node | None) -> bool:
    """Whether it shapes numbers or compares scores; a gated unit is a layer of its own."""
    layer = node.layer if node else None
    if layer is None or layer.role != "activation":
        return False
    return layer.is_elementwise or layer.gives_probabilities or layer.gives_log_probabilities


def _changes_nothing(sources: Sequence[Node | None], second: Node) -> bool:
    """Whether nothing below 0 ever reaches what changes only that."""
    layers = [source.layer if source else None for source in sources]
    positive = all(layer and layer.gives_positive for layer in layers)
    return positive and bool(second.layer and second.layer.keeps_positive)


def _only_activated(nodes: list[Node], outside: set[int]) -> list[tuple[Node, Node]]:
    """The definition's pairs, where nothing but activations take what it gives."""
    pairs = takers(nodes, outside)
    everywhere = all(_is_activation(taker) for _, taker in pairs)
    return pairs if pairs and everywhere else follows_itself(nodes)


def _by_parts(first: Node, nodes: list[Node]) -> bool:
    """Whether they shape a factor of what reached the first: Mish is x·tanh(softplus(x))."""
    return any(
        taker.layer and taker.layer.merges and first.sources[0] in taker.sources
        for node in nodes
        for taker in node.consumers
    )


def _problem(first: Node, second: Node, *, idle: bool) -> Problem:
    words, remedy = follows(first, second), "remove it" if idle else "remove one of them"
    logs = all(one.layer and one.layer.gives_log_probabilities for one in (first, second))
    if _changes_nothing([first], second):
        what = f"{words} and changes nothing: nothing below 0 reaches it"
    elif logs:
        what = f"{words} and changes nothing: these are logarithms already"
    else:
        what = f"{words} with nothing between: one acts on what the other has squeezed"
        remedy = "keep one of them, or put a layer that learns between them"
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
        "block and the start of the next. LogSoftmax twice is LogSoftmax, and advice only. "
        "The rule is silent across pooling, dropout, norms and merges; where something else "
        "takes the first one's output and the second changes it; on gated units (GLU); and "
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

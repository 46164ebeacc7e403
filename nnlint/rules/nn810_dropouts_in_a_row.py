"""NN810: a dropout of what a dropout has left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.quantity import percent
from nnlint.rules import Rule
from nnlint.rules.neighbours import Neighbours
from nnlint.rules.properties import dropped_share
from nnlint.rules.words import follows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """Pairs of dropouts with nothing learned on the way."""
    near = Neighbours(graph, _only_passes_on)
    for first in filter(_drops, graph.nodes):
        for second in filter(_drops, near.alone(first)):
            yield _problem(first, second)


def _learns_nothing(node: Node) -> bool:
    """One input, and certainly no tensors; a merge brings in something else."""
    return len(node.inputs) == 1 and node.complete and not node.tensors and not node.tied


def _drops(node: Node) -> bool:
    return _learns_nothing(node) and dropped_share(node) > 0


def _only_passes_on(node: Node) -> bool:
    return _learns_nothing(node) and not dropped_share(node)


def _problem(first: Node, second: Node) -> Problem:
    together = 1 - (1 - dropped_share(first)) * (1 - dropped_share(second))
    return Problem(
        "NN810",
        second.path,
        f"{follows(first, second)} with nothing learned between: two of them drop "
        f"{percent(together)}",
        "remove one of them, or put a learned layer between",
    )


RULE = Rule(
    code="NN810",
    name="dropouts-in-a-row",
    severity=Severity.INFO,
    summary="Two dropouts with nothing learned between.",
    rationale=(
        "A dropout of 0.5 after one of 0.5 drops 75 %: the shares that stay are multiplied, "
        "and no layer has learned anything from the first before the second comes. Mostly one "
        "stands at the end of a block and the other at the start of the next. Activations, "
        "pooling and reshaping between them change nothing. The rule is silent where the "
        "first one's output is taken twice or leaves the network, where it is merged with "
        "another that was not dropped, and for p: 0."
    ),
    reference="https://jmlr.org/papers/v15/srivastava14a.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64}
  - {type: Dropout, p: 0.5}
  - ReLU
  - {type: Dropout, p: 0.5}
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64}
  - ReLU
  - {type: Dropout, p: 0.5}
  - {type: Linear, out_features: 10}
""",
    check=check,
)

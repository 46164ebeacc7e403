"""NN503: a softmax over a single score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.heads import ends
from nnlint.rules.properties import competing
from nnlint.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """Layers that compare the scores of an axis of size 1."""
    losses = {id(node): output.loss for node, _, output in ends(graph)}
    for node in graph.nodes:
        if competing(node) == 1:
            yield Problem(
                "NN503",
                node.path,
                f"{node.spec.label} compares the scores of an axis of size 1 in "
                f"{node.inputs[0]}: the output is constant, and nothing is learned",
                _remedy(node, losses) + _other_axes(node),
            )


def _remedy(node: Node, losses: dict[int, str | None]) -> str:
    """What takes its place: at the end of the network that depends on the loss."""
    if id(node) in losses and losses[id(node)] != "BCELoss":
        return "use no activation, and BCEWithLogitsLoss"
    return "use Sigmoid" if id(node) in losses else "use Sigmoid, if it is a gate"


def _other_axes(node: Node) -> str:
    """The axes along which something could be compared."""
    x = node.inputs[0]
    axes = [f"dim: {n}" for n, size in enumerate(x.dims, 1) if size > 1 and not x.open]
    return f"; or a Softmax with {listed(axes)} compares along another axis" if axes else ""


RULE = Rule(
    code="NN503",
    name="softmax-over-one",
    severity=Severity.ERROR,
    summary="Softmax or LogSoftmax over an axis of size 1.",
    rationale=(
        "Softmax shares out 1 among the scores of an axis. A single score always gets all of "
        "it: the output is exactly 1 (its logarithm 0) whatever the network computes, and the "
        "gradient is exactly 0. For one yes-or-no score, Sigmoid is meant."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html",
    bad="""\
nnlint: 1
input: [30]
layers:
  - {type: Linear, out_features: 1}
  - {type: Softmax, dim: -1}
""",
    good="""\
nnlint: 1
input: [30]
layers:
  - {type: Linear, out_features: 2}
  - {type: Softmax, dim: -1}
""",
    check=check,
)

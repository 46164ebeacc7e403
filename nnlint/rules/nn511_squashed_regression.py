"""NN511: a regression whose answers are squeezed into an interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.layers.shape import Layout
from nnlint.rules import Rule
from nnlint.rules.heads import ends

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node, Output

LOSSES = ("L1Loss", "MSELoss")


def check(graph: Graph) -> Iterator[Problem]:
    """Saturating last layers before a loss on distances."""
    for node, layer, output in ends(graph):
        squashed = layer.saturates and layer.bounds
        if squashed and output.loss in LOSSES and _is_regression(graph, node, output):
            least, most = squashed
            yield Problem(
                "NN511",
                node.path,
                f"{node.spec.label} comes last with {output.loss}: no answer is below {least} "
                f"or above {most}, and near them hardly any gradient is left",
                f"remove {node.spec.type} if the targets can be any number; for yes or no, use "
                "BCELoss after Sigmoid",
            )


def _is_regression(graph: Graph, node: Node, output: Output) -> bool:
    """Neither an image, nor the input again; unknown shapes are neither."""
    shapes = (node.output, output.edge.shape)
    if any(x.open or x.layout in (Layout.MAP, Layout.UNDECIDED) for x in shapes):
        return False
    size = output.edge.shape.size
    return all(not x.open and x.size != size for x in graph.inputs.values())


RULE = Rule(
    code="NN511",
    name="squashed-regression",
    severity=Severity.INFO,
    summary="Sigmoid or Tanh last with MSELoss or L1Loss.",
    rationale=(
        "A regression wants any number, and Sigmoid and Tanh give none outside of their "
        "interval; an answer far from its target at their flat ends gets hardly any gradient "
        "to come back. It is right where the targets are known to lie in that interval, hence "
        "advice. The rule is silent on images (an output that is a map, or was one before a "
        "Flatten), on networks that give as many numbers as they take (an autoencoder of "
        "pixels), and where a shape is unknown."
    ),
    reference="https://www.deeplearningbook.org/contents/mlp.html",
    bad="""\
nnlint: 1
input: [13]
layers:
  - {type: Linear, out_features: 1}
  - Tanh
loss: MSELoss
""",
    good="""\
nnlint: 1
input: [13]
layers:
  - {type: Linear, out_features: 1}
loss: MSELoss
""",
    check=check,
)

"""NN408: a batch norm as the last layer of an output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.heads import last_batch_norms
from nnlint.wording import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """Outputs that end in a batch norm."""
    for node, behind, output in last_batch_norms(graph):
        if _learns_beside(graph, node):
            last = f"last but for {behind.spec.label}" if behind else "last"
            yield Problem(
                "NN408",
                node.path,
                f"{node.spec.label} comes {last}: it centres and scales the output over the "
                "batch, so an answer depends on the other samples, and every batch gets the "
                "same mean",
                _remedy(node),
                severity=None if output.loss else Severity.INFO,
            )


def _learns_beside(graph: Graph, node: Node) -> bool:
    return any(one.own for one in graph.nodes if one is not node)


def _remedy(node: Node) -> str:
    written = node.path[-1] == "norm" or node.path[0] == "defaults"
    how = "norm: none on the last layer" if written else f"removing {node.spec.label}"
    what = (
        f"drops {plural(node.params, 'parameter')}" if node.params else "leaves the output free"
    )
    return f"{how} {what}"


RULE = Rule(
    code="NN408",
    name="batch-norm-on-output",
    severity=Severity.WARNING,
    summary="Batch normalisation as the last layer of an output.",
    rationale=(
        "Scores and values must be free to have the mean and the spread that the targets "
        "have. A batch norm behind the last layer gives every batch the same, takes the last "
        "layer's bias away, and makes each answer depend on the samples beside it; a Sigmoid "
        "before BCELoss or a LogSoftmax before NLLLoss does not hide it. Mostly it "
        "comes from the defaults, where the last layer should say norm: none. Embeddings end "
        "in a batch norm on purpose (ArcFace, SimSiam): with a loss on distances the rule is "
        "silent, and without a loss it is advice. It is silent on frozen norms. A bias before "
        "such a norm is needed once the norm is gone: with a loss, NN301 says nothing of it."
    ),
    reference="https://arxiv.org/abs/1502.03167",
    bad="""\
nnlint: 1
input: [784]
defaults: {Linear: {bias: false, norm: BatchNorm1d}}
layers:
  - {type: Linear, out_features: 64, act: ReLU}
  - {type: Linear, out_features: 10}
loss: CrossEntropyLoss
""",
    good="""\
nnlint: 1
input: [784]
defaults: {Linear: {bias: false, norm: BatchNorm1d}}
layers:
  - {type: Linear, out_features: 64, act: ReLU}
  - {type: Linear, out_features: 10, bias: true, norm: none}
loss: CrossEntropyLoss
""",
    check=check,
)

"""NN506: scores into a loss that wants probabilities, or their logarithms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.heads import beneath, heads
from nnlint.rules.words import numbers_within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node
    from nnlint.layers.base import Layer


def check(graph: Graph) -> Iterator[Problem]:
    """Last layers that give no probabilities, before BCELoss and NLLLoss."""
    for node, layer in heads(graph, "BCELoss"):
        if layer.bounds and not _is_within_one(layer) and not _is_within_one(beneath(node)):
            given = numbers_within(layer.bounds)
            yield Problem(
                "NN506",
                node.path,
                f"{node.spec.label} comes last and gives {given}, but BCELoss "
                "takes probabilities, from 0 to 1",
                _remedy(node, layer, "Sigmoid", "BCEWithLogitsLoss"),
            )
    for node, layer in heads(graph, "NLLLoss"):
        if layer.bounds and not layer.gives_probabilities and not _is_log(layer, beneath(node)):
            given = numbers_within(layer.bounds)
            yield Problem(
                "NN506",
                node.path,
                f"{node.spec.label} comes last and gives {given}, but NLLLoss "
                "takes the logarithms of probabilities that sum to 1",
                _remedy(node, layer, "LogSoftmax", "CrossEntropyLoss"),
            )


def _is_within_one(layer: Layer | None) -> bool:
    bounds = layer.bounds if layer else None
    return bool(bounds and bounds[0] >= 0 and bounds[1] <= 1)


def _is_log(*layers: Layer | None) -> bool:
    return any(layer and layer.gives_log_probabilities for layer in layers)


def _remedy(node: Node, layer: Layer, wanted: str, other_loss: str) -> str:
    """What to put last, or which loss fits."""
    if layer.gives_log_probabilities:
        return f"keep {node.spec.type} with NLLLoss, or write {wanted} in its place"
    if layer.role == "activation":
        return f"write {wanted} in place of {node.spec.type}"
    return f"put {wanted} after it, or use {other_loss}, which computes that itself"


RULE = Rule(
    code="NN506",
    name="scores-into-probability-loss",
    severity=Severity.ERROR,
    summary="BCELoss without Sigmoid last, or NLLLoss without LogSoftmax.",
    rationale=(
        "BCELoss takes the logarithm of what it gets, and PyTorch stops with an error where "
        "that is not between 0 and 1. NLLLoss stops at nothing: it negates the right class's "
        "number and takes that for the loss, so raw scores drive it to minus infinity while "
        "nothing useful is learned. Seen through Flatten, Reshape, Dropout, Identity and "
        "pooling to a single place. The rule is silent where nobody knows what the last layer "
        "gives: behind a Custom, a merge of branches, a recurrent or an attention layer. A "
        "Sigmoid or Softmax before NLLLoss is NN508 or NN507, a single score NN510. An "
        "activation or a batch norm too many, behind a right one, is NN403 or NN408."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html",
    bad="""\
nnlint: 1
input: [30]
layers:
  - {type: Linear, out_features: 1}
loss: BCELoss
""",
    good="""\
nnlint: 1
input: [30]
layers:
  - {type: Linear, out_features: 1}
  - Sigmoid
loss: BCELoss
""",
    check=check,
)

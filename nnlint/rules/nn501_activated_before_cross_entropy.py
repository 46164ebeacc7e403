"""NN501: probabilities into CrossEntropyLoss, which wants scores."""

from __future__ import annotations

from math import e, log
from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.walking import competing, heads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """A last layer that gives probabilities, before a loss that applies softmax itself."""
    for node, layer in heads(graph, "CrossEntropyLoss"):
        if layer.gives_probabilities:
            yield Problem(
                "NN501",
                node.path,
                f"{node.spec.label} comes last, but CrossEntropyLoss applies the softmax itself"
                + _price(node),
                f"remove {node.spec.type}: the loss takes the scores as they are",
            )


def _price(node: Node) -> str:
    """What a perfect answer still costs: probabilities 1, 0, 0 … go through softmax again."""
    classes = competing(node)
    if classes is None:
        return ""
    return (
        f": with {classes} classes a perfect answer still costs {log(e + classes - 1) - 1:.4f}"
    )


RULE = Rule(
    code="NN501",
    name="activated-before-cross-entropy",
    severity=Severity.ERROR,
    summary="Softmax or Sigmoid last with CrossEntropyLoss.",
    rationale=(
        "CrossEntropyLoss is log-softmax and negative log-likelihood in one; it wants scores. "
        "Given probabilities, it squeezes numbers between 0 and 1 once more: the loss can't "
        "come near 0, gradients are small, and training is slow for no visible reason. "
        "LogSoftmax before it changes nothing and is no error. Flatten, Dropout and Identity "
        "behind the softmax do not hide it."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
  - Softmax
loss: CrossEntropyLoss
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
loss: CrossEntropyLoss
""",
    check=check,
)

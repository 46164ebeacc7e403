"""NN502: probabilities into BCEWithLogitsLoss, which wants scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.walking import heads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph


def check(graph: Graph) -> Iterator[Problem]:
    """A last layer that gives probabilities, before a loss that applies the sigmoid itself."""
    for node, layer in heads(graph, "BCEWithLogitsLoss"):
        if layer.gives_probabilities:
            yield Problem(
                "NN502",
                node.path,
                f"{node.spec.label} comes last, but BCEWithLogitsLoss applies the sigmoid "
                "itself: even a perfect answer costs 0.3133 or more",
                f"remove {node.spec.type}, or keep it and use BCELoss",
            )


RULE = Rule(
    code="NN502",
    name="activated-before-bce-with-logits",
    severity=Severity.ERROR,
    summary="Sigmoid or Softmax last with BCEWithLogitsLoss.",
    rationale=(
        "BCEWithLogitsLoss applies the sigmoid itself, in a way that is stable for large "
        "scores. A probability of 1 becomes sigmoid(1) = 0.73 in it, which costs "
        "−log 0.73 = 0.3133 although the answer is right. Flatten, Dropout and Identity "
        "behind the sigmoid do not hide it."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html",
    bad="""\
nnlint: 1
input: [30]
layers:
  - {type: Linear, out_features: 1}
  - Sigmoid
loss: BCEWithLogitsLoss
""",
    good="""\
nnlint: 1
input: [30]
layers:
  - {type: Linear, out_features: 1}
loss: BCEWithLogitsLoss
""",
    check=check,
)

"""NN508: probabilities that know nothing of each other, into a loss on exclusive classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.heads import beneath, heads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph


def check(graph: Graph) -> Iterator[Problem]:
    """A last layer whose probabilities do not share one sum, before NLLLoss."""
    for node, layer in heads(graph, "NLLLoss"):
        before = beneath(node)
        taken_already = before is not None and before.gives_log_probabilities
        if layer.gives_probabilities and not layer.compares_scores and not taken_already:
            yield Problem(
                "NN508",
                node.path,
                f"{node.spec.label} comes last and judges each class alone, but NLLLoss looks "
                "at the right class only: all outputs at 1 please it best",
                f"write LogSoftmax in place of {node.spec.type} if one class is right, or keep "
                "it and use BCELoss if several can be",
            )


RULE = Rule(
    code="NN508",
    name="sigmoid-into-nll",
    severity=Severity.ERROR,
    summary="Sigmoid last with NLLLoss.",
    rationale=(
        "NLLLoss raises the number of the right class and never looks at the others. That is "
        "right behind LogSoftmax, where one class can rise only if the others fall. Sigmoid "
        "gives every class a probability of its own: the network learns to answer 1 to "
        "everything, and the loss praises it. It takes no logarithm either. Flatten, Dropout, "
        "Identity and pooling to a single place behind the sigmoid do not hide it. A single "
        "output is NN510, a Sigmoid behind a LogSoftmax NN403."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
  - Sigmoid
loss: NLLLoss
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
  - Sigmoid
loss: BCELoss
""",
    check=check,
)

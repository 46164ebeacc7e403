"""NN505: LogSoftmax before CrossEntropyLoss, which does it again to no effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.heads import heads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph


def check(graph: Graph) -> Iterator[Problem]:
    """A last layer that gives log-probabilities, before a loss that computes them itself."""
    for node, layer in heads(graph, "CrossEntropyLoss"):
        if layer.gives_log_probabilities:
            yield Problem(
                "NN505",
                node.path,
                f"{node.spec.label} comes last, but CrossEntropyLoss computes it again",
                f"remove {node.spec.type}, or keep it and use NLLLoss",
            )


RULE = Rule(
    code="NN505",
    name="log-softmax-before-cross-entropy",
    severity=Severity.INFO,
    summary="LogSoftmax last with CrossEntropyLoss.",
    rationale=(
        "The log-softmax of a log-softmax is the same log-softmax: the value and the gradient "
        "are right, and the work is done twice. Hence advice, shown with --show-info."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
  - LogSoftmax
loss: CrossEntropyLoss
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
  - LogSoftmax
loss: NLLLoss
""",
    check=check,
)

"""NN507: probabilities into NLLLoss, which wants their logarithms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.heads import beneath, heads
from nnlint.rules.properties import guesses_axis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph


def check(graph: Graph) -> Iterator[Problem]:
    """A softmax without its logarithm, before a loss that takes none."""
    for node, layer in heads(graph, "NLLLoss"):
        before = beneath(node)
        taken_already = before is not None and before.gives_log_probabilities
        if layer.gives_probabilities and layer.compares_scores and not taken_already:
            logarithm = "{type: LogSoftmax, dim: -1}" if guesses_axis(node) else "LogSoftmax"
            yield Problem(
                "NN507",
                node.path,
                f"{node.spec.label} comes last, but NLLLoss takes logarithms: of a probability "
                "p it makes the loss −p, not −log p",
                f"write {logarithm} in place of {node.spec.type}, or remove it and use "
                "CrossEntropyLoss",
            )


RULE = Rule(
    code="NN507",
    name="softmax-into-nll",
    severity=Severity.ERROR,
    summary="Softmax last with NLLLoss, which wants LogSoftmax.",
    rationale=(
        "Despite its name, NLLLoss takes no logarithm: it negates what stands at the right "
        "class. Of probabilities it makes a loss between −1 and 0, which punishes a wrong and "
        "sure answer hardly more than a wrong and unsure one, and whose gradient vanishes just "
        "there. PyTorch says nothing. Flatten, Dropout, Identity and pooling to a single place "
        "behind the softmax do not hide it. The rule is silent where the softmax compares a "
        "single score (NN503), and where it stands behind a LogSoftmax (NN403)."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
  - Softmax
loss: NLLLoss
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

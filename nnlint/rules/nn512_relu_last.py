"""NN512: a last layer that cuts off everything below 0."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.heads import OF_VECTORS, SIGMOID_INSIDE, beneath, ends, is_lone_score

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node

JUDGED = ("BCELoss", "NLLLoss")
"""Losses with which it is an error, NN506."""
OF_RATES = ("GaussianNLLLoss", "PoissonNLLLoss")
"""Losses of what may be a rate or a variance, which is never below 0."""


def check(graph: Graph) -> Iterator[Problem]:
    """A last layer that is flat and 0 below 0, in a network with a loss."""
    for node, layer, output in ends(graph):
        cuts_off = layer.gives_positive and layer.keeps_positive
        silent = output.loss in (None, *JUDGED, *OF_VECTORS, *OF_RATES)
        if cuts_off and not silent and not is_lone_score(output) and not beneath(node):
            yield _problem(node, str(output.loss))


def _problem(node: Node, loss: str) -> Problem:
    what = f"no output falls below 0, and one that is cut off gets no gradient from {loss}"
    if loss in SIGMOID_INSIDE:
        what = (
            f"no output falls below 0, and {loss} takes 0 for a probability of 0.5: the answer "
            f"is never no, and where no is right it costs {log(2):.4f} or more"
        )
    return Problem(
        "NN512",
        node.path,
        f"{node.spec.label} comes last: {what}",
        f"remove {node.spec.type}: the scores themselves are what {loss} takes",
        severity=Severity.WARNING if loss in SIGMOID_INSIDE else None,
    )


RULE = Rule(
    code="NN512",
    name="relu-last",
    severity=Severity.INFO,
    summary="ReLU last in a network with a loss.",
    rationale=(
        "ReLU makes 0 of every score below 0. A class that is cut off for a sample gets no "
        "gradient from it, and one that is cut off for all is dead; a regression can't answer "
        "below 0. Some networks do it on purpose (SqueezeNet averages what its last ReLU "
        "leaves), hence advice. With BCEWithLogitsLoss and its kin it is a warning: a score of "
        "0 is a probability of 0.5, no sample can get less, and each that deserves it costs "
        "log 2 = 0.6931. Seen through Flatten, Dropout, Identity and pooling to a "
        "single place. The rule is silent without a loss (a backbone's features), with losses "
        "on vectors and distances (features again), with losses on rates and variances, which "
        "are never below 0, and where NN506, NN510 or (behind another activation) NN403 is the "
        "finding."
    ),
    reference="https://www.deeplearningbook.org/contents/mlp.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
  - ReLU
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

"""NN512: a last layer that cuts off everything below 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.walking import beneath, ends, is_lone_score

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph

JUDGED = ("BCELoss", "NLLLoss")
"""Losses with which it is an error, NN506."""
OF_VECTORS = (
    "CosineEmbeddingLoss", "HingeEmbeddingLoss", "MarginRankingLoss", "TripletMarginLoss",
    "TripletMarginWithDistanceLoss",
)  # fmt: skip
"""Losses that compare vectors or distances, and not scores with targets."""
OF_RATES = ("GaussianNLLLoss", "PoissonNLLLoss")
"""Losses of what may be a rate or a variance, which is never below 0."""


def check(graph: Graph) -> Iterator[Problem]:
    """A last layer that is flat and 0 below 0, in a network with a loss."""
    for node, layer, output in ends(graph):
        cuts_off = layer.gives_positive and layer.keeps_positive
        silent = output.loss in (None, *JUDGED, *OF_VECTORS, *OF_RATES)
        if cuts_off and not silent and not is_lone_score(output) and not beneath(node):
            yield Problem(
                "NN512",
                node.path,
                f"{node.spec.label} comes last: no output falls below 0, and one that is cut "
                f"off gets no gradient from {output.loss}",
                f"remove {node.spec.type}: the scores themselves are what {output.loss} takes",
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
        "leaves), hence advice. Seen through Flatten, Dropout, Identity and pooling to a "
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

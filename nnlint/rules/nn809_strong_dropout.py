"""NN809: a dropout that leaves less than two fifths."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.quantity import percent
from nnlint.rules import Rule
from nnlint.rules.properties import dropped_share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph

MOST = Fraction(6, 10)


def check(graph: Graph) -> Iterator[Problem]:
    """Places at which more than `MOST` is dropped."""
    for node in graph.nodes:
        share = dropped_share(node)
        if node.layer and share > MOST:
            key = node.layer.dropout_key or ""
            yield Problem(
                "NN809",
                node.spec.place(key),
                f"{node.spec.label} drops {percent(share)} of what passes at each step of the "
                f"training, and {percent(1 - share)} are left to learn from",
                f"{key} is the share that is dropped, and 0.5 the usual most of it; where more "
                "is needed, a smaller layer before it is the cheaper remedy",
            )


RULE = Rule(
    code="NN809",
    name="strong-dropout",
    severity=Severity.INFO,
    summary="A dropout of more than 0.6.",
    rationale=(
        "p is the share that is dropped, not the share that stays: a p of 0.8 taken from a "
        "paper that gives what is kept means 0.2. In the measurements of dropout's authors "
        "the error is flat while 40 % to 80 % of the units stay and rises below that, for too "
        "little is left to learn from. Some networks mean it (GoogLeNet's auxiliary heads "
        "drop 70 %): hence advice, shown with --show-info. Dropout inside recurrent layers "
        "and attention is judged alike."
    ),
    reference="https://jmlr.org/papers/v15/srivastava14a.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64}
  - ReLU
  - {type: Dropout, p: 0.8}
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64}
  - ReLU
  - {type: Dropout, p: 0.2}
  - {type: Linear, out_features: 10}
""",
    check=check,
)

"""NN214: a layer whose parameters nobody knows."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN214",
    name="unknown-parameters",
    severity=Severity.WARNING,
    summary="A layer whose parameters nobody knows.",
    rationale=(
        "The totals are then no more than a lower bound, shown as ≥ N: no budget and no "
        "expectation can be proven with them. Where the author knows, parameters: {} says "
        "that there are none, and parameters: {weight: [64, 3]} says which."
    ),
    reference="https://docs.pytorch.org/docs/stable/nn.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Custom, output: [10]}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Custom, output: [10], parameters: {weight: [10, 784]}}
""",
)

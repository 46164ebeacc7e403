"""NN902: the network is near its budget."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN902",
    name="near-budget",
    severity=Severity.WARNING,
    summary="The network is near its budget.",
    rationale=(
        "From `warn_at` on (90 % where nothing is written) the next change may be the one "
        "that breaks it."
    ),
    reference="https://en.wikipedia.org/wiki/Performance_budget",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
budget: {params: 8k}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
budget: {params: 9k}
""",
)

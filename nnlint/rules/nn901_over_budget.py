"""NN901: the network is over its budget."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN901",
    name="over-budget",
    severity=Severity.ERROR,
    summary="The network is over its budget.",
    rationale=(
        "A budget says what the device, the service or the team can bear. Over it, the "
        "run ends with exit code 3."
    ),
    reference="https://en.wikipedia.org/wiki/Performance_budget",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
budget: {params: 7k}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
budget: {params: 9k}
""",
)

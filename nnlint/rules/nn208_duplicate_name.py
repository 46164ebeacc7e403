"""NN208: a name that stands twice."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN208",
    name="duplicate-name",
    severity=Severity.ERROR,
    summary="A name that stands twice.",
    rationale="`from` and budgets speak of layers by name, so a name means one layer.",
    reference="https://docs.pytorch.org/docs/stable/nn.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 16, name: fc}
  - ReLU
  - {type: Linear, out_features: 10, name: fc}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 16, name: fc1}
  - ReLU
  - {type: Linear, out_features: 10, name: fc2}
""",
)

"""NN106: a number below its least value."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN106",
    name="too-small",
    severity=Severity.ERROR,
    summary="A number below its least value.",
    rationale="No layer has zero outputs, and no probability is negative.",
    reference="https://json-schema.org/draft-07/json-schema-validation#section-6.2.4",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 0}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
)

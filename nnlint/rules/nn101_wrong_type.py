"""NN101: a value of the wrong type."""

from __future__ import annotations

from nnlint.finding import Applies, Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN101",
    name="wrong-type",
    severity=Severity.ERROR,
    summary="A value of the wrong type.",
    rationale="A number in quotes is text, 16.0 is not a whole number, and `no` is not false.",
    reference="https://json-schema.org/draft-07/json-schema-validation#section-6.1.1",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: "10"}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
    fix=Applies.SAFE,
)

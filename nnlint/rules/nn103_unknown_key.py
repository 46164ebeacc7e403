"""NN103: a key that does not exist."""

from __future__ import annotations

from nnlint.finding import Applies, Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN103",
    name="unknown-key",
    severity=Severity.ERROR,
    summary="A key that does not exist.",
    rationale="A misspelt key would be ignored by most readers, and its default used instead.",
    reference="https://json-schema.org/draft-07/json-schema-validation#section-6.5.6",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10, biass: false}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10, bias: false}
""",
    fix=Applies.SAFE,
)

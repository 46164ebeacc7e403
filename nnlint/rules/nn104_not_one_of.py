"""NN104: a value that is not one of those allowed."""

from __future__ import annotations

from nnlint.finding import Applies, Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN104",
    name="not-one-of",
    severity=Severity.ERROR,
    summary="A value that is not one of those allowed.",
    rationale="Some keys take one of a few names.",
    reference="https://json-schema.org/draft-07/json-schema-validation#section-6.1.2",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
dtype: float31
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
dtype: float16
""",
    fix=Applies.SAFE,
)

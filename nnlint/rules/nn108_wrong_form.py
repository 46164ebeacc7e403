"""NN108: a text that does not have the form it must have."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN108",
    name="wrong-form",
    severity=Severity.ERROR,
    summary="A text that does not have the form it must have.",
    rationale="Names, counts and sizes are written in one way: `15k`, `64 KiB`, `90%`.",
    reference="https://json-schema.org/draft-07/json-schema-validation#section-6.3.3",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
budget: {params: 15 thousand}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
budget: {params: 15k}
""",
)

"""NN107: a number above its largest value."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN107",
    name="too-big",
    severity=Severity.ERROR,
    summary="A number above its largest value.",
    rationale="Probabilities end at 1, and PyTorch's sizes at 2^63 − 1.",
    reference="https://json-schema.org/draft-07/json-schema-validation#section-6.2.2",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Dropout, p: 1.5}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Dropout, p: 0.5}
""",
)

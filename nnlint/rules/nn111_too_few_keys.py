"""NN111: a map with too few keys."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN111",
    name="too-few-keys",
    severity=Severity.ERROR,
    summary="A map with too few keys.",
    rationale="An input that is a map says what it is: tokens, sequence or map.",
    reference="https://json-schema.org/draft-07/json-schema-validation#section-6.5.2",
    bad="""\
nnlint: 1
input: {}
layers:
  - ReLU
""",
    good="""\
nnlint: 1
input: {sequence: [8, 16]}
layers:
  - ReLU
""",
)

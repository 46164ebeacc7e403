"""NN110: a list with too many items."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN110",
    name="too-many-items",
    severity=Severity.ERROR,
    summary="A list with too many items.",
    rationale="An input has at most four axes: the batch is not written.",
    reference="https://json-schema.org/draft-07/json-schema-validation#section-6.4.1",
    bad="""\
nnlint: 1
input: [32, 3, 8, 224, 224]
layers:
  - ReLU
""",
    good="""\
nnlint: 1
input: [3, 8, 224, 224]
layers:
  - ReLU
""",
)

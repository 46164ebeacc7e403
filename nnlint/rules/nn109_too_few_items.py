"""NN109: a list with too few items."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN109",
    name="too-few-items",
    severity=Severity.ERROR,
    summary="A list with too few items.",
    rationale="A network has at least one layer, and a shape at least one axis.",
    reference="https://json-schema.org/draft-07/json-schema-validation#section-6.4.2",
    bad="""\
nnlint: 1
input: [784]
layers: []
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
)

"""NN113: two keys that exclude each other."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN113",
    name="conflicting-keys",
    severity=Severity.ERROR,
    summary="Two keys that exclude each other.",
    rationale="`input` is the only one, `inputs` are several by name.",
    reference="https://json-schema.org/draft-07/json-schema-validation#section-6.7.4",
    bad="""\
nnlint: 1
input: [4]
inputs: {a: [4]}
layers:
  - {type: ReLU, from: a}
""",
    good="""\
nnlint: 1
inputs: {a: [4]}
layers:
  - {type: ReLU, from: a}
""",
)

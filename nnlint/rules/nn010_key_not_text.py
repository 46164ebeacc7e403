"""NN010: a key that is no text."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN010",
    name="key-not-text",
    severity=Severity.ERROR,
    summary="A key that is no text.",
    rationale="Keys are names. A number, a list or null as a key is a slip of the pen.",
    reference="https://yaml.org/spec/1.2.2/#3212-nodes",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
1: x
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
)

"""NN006: an alias inside of what it stands for."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN006",
    name="recursive-alias",
    severity=Severity.ERROR,
    summary="An alias inside of what it stands for.",
    rationale="A value that contains itself has no end.",
    reference="https://yaml.org/spec/1.2.2/#71-alias-nodes",
    bad="""\
nnlint: 1
input: [4]
layers: &all [ReLU, *all]
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
    ignorable=False,
)

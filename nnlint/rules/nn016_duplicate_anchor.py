"""NN016: an anchor that is given twice."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN016",
    name="duplicate-anchor",
    severity=Severity.ERROR,
    summary="An anchor that is given twice.",
    rationale=(
        "YAML lets a later anchor take the place of an earlier one, and an alias means the "
        "last before it. PyYAML's loader refuses such a file: the trainer fails on it."
    ),
    reference="https://yaml.org/spec/1.2.2/#71-alias-nodes",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: &width 64}
  - ReLU
  - {type: Linear, out_features: &width 10}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: &width 64}
  - ReLU
  - {type: Linear, out_features: *width}
""",
)

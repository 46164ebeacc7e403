"""NN115: an expression asks for a name that has no value."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN115",
    name="unknown-variable",
    severity=Severity.ERROR,
    summary="An expression asks for a name that has no value.",
    rationale=(
        "$name is a variable under vars, an argument of the block around it, or $in, the "
        "channels or features that reach the layer. Arguments are seen inside their block "
        "alone, and a variant gives other values to the variables that are there."
    ),
    reference="https://docs.pytorch.org/docs/stable/nn.html",
    bad="""\
nnlint: 1
input: [784]
vars: {width: 100}
layers:
  - {type: Linear, out_features: $widht}
""",
    good="""\
nnlint: 1
input: [784]
vars: {width: 100}
layers:
  - {type: Linear, out_features: $width}
""",
)

"""NN114: an expression that can't be computed."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN114",
    name="bad-expression",
    severity=Severity.ERROR,
    summary="An expression that can't be computed.",
    rationale=(
        "A value with a $ in it is whole-number arithmetic: + - * / // and brackets over "
        "numbers and $names. Nothing is ever rounded: / must leave no remainder (// "
        "rounds down), and nothing divides by zero. Only a bare $name hands on what is no "
        "number."
    ),
    reference="https://docs.python.org/3/reference/expressions.html#binary-arithmetic-operations",
    bad="""\
nnlint: 1
input: [784]
vars: {d: 100}
layers:
  - {type: Linear, out_features: $d / 3}
""",
    good="""\
nnlint: 1
input: [784]
vars: {d: 100}
layers:
  - {type: Linear, out_features: $d // 3}
""",
)

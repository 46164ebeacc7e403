"""NN954: a variant that is the base."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN954",
    name="variant-changes-nothing",
    severity=Severity.WARNING,
    summary="A variant that changes nothing.",
    rationale=(
        "A variant is a set of other values for vars. One that is empty, or whose values are "
        "the base's, is the base under another name: mostly a value was copied and not "
        "changed. Expressions are compared by what they come to. The rule is silent where a "
        "value can't be computed, which is an error of its own, and where the variables that "
        "it does change are asked for by nothing (NN953)."
    ),
    reference="https://docs.astral.sh/ruff/rules/self-assigning-variable/",
    bad="""\
nnlint: 1
input: [784]
vars: {d: 64}
variants: {large: {d: 64}}
layers:
  - {type: Linear, out_features: $d}
""",
    good="""\
nnlint: 1
input: [784]
vars: {d: 64}
variants: {large: {d: 128}}
layers:
  - {type: Linear, out_features: $d}
""",
)

"""NN953: a variable that nothing asks for."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN953",
    name="unused-variable",
    severity=Severity.WARNING,
    summary="A variable that nothing asks for.",
    rationale=(
        "Whoever changes the variable expects the network to change with it. Mostly its number "
        "was written out somewhere, where $name was meant. In a block, an argument of the same "
        "name hides the variable, and asking for that is no use of this. Variables that "
        "others ask for, and those in blocks that nothing uses, count as used; so does the "
        "nearest to a misspelt name, which is an error of its own."
    ),
    reference="https://docs.astral.sh/ruff/rules/unused-variable/",
    bad="""\
nnlint: 1
input: [784]
vars: {classes: 10}
layers:
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [784]
vars: {classes: 10}
layers:
  - {type: Linear, out_features: $classes}
""",
)

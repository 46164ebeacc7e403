"""NN905: a budget limits a layer that is not there."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN905",
    name="budget-of-no-layer",
    severity=Severity.ERROR,
    summary="A budget limits a layer that is not there.",
    rationale=(
        "A limit whose name or pattern fits no layer binds nothing, and nobody would notice: "
        "the layer was renamed, or the name is misspelt. Patterns in pyproject.toml hold for "
        "many specs, so there they need not fit."
    ),
    reference="https://en.wikipedia.org/wiki/Performance_budget",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10, name: logits}
budget: {layers: {logit: {params: 9k}}}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10, name: logits}
budget: {layers: {logits: {params: 9k}}}
""",
)

"""NN904: a change adds more than the budget lets it add."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN904",
    name="grown-over-budget",
    severity=Severity.ERROR,
    summary="A change adds more than the budget lets it add.",
    rationale=(
        "`max_increase` and `max_increase_pct` limit what one change adds, so that a network "
        "does not grow by small steps that nobody decides on. `nnlint diff` holds the network "
        "against its base; a plain run has none, and says nothing of it."
    ),
    reference="https://en.wikipedia.org/wiki/Performance_budget",
    before="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
budget: {params: {max_increase_pct: 5%}}
""",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 12}
budget: {params: {max_increase_pct: 5%}}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10, bias: false}
budget: {params: {max_increase_pct: 5%}}
""",
)

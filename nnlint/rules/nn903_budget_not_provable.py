"""NN903: a budget that can't be proven."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN903",
    name="budget-not-provable",
    severity=Severity.ERROR,
    summary="A budget that can't be proven.",
    rationale=(
        "What is known keeps within the budget, but something is unknown, and may break "
        "it. A gate that lets the unknown pass is none. Where an error that is reported "
        "anyway caused the unknown, this one is silent."
    ),
    reference="https://en.wikipedia.org/wiki/Performance_budget",
    bad="""\
nnlint: 1
input: [784]
layers:
  # nnlint: ignore[NN214] this page is about the budget
  - {type: Custom, output: [10]}
budget: {params: 8k}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Custom, output: [10], parameters: {weight: [10, 784]}}
budget: {params: 9k}
""",
)

"""NN951: an ignore comment that nothing needs."""

from __future__ import annotations

from nnlint.finding import Applies, Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN951",
    name="unused-ignore",
    severity=Severity.WARNING,
    summary="An ignore comment that nothing needs.",
    rationale="A comment that silences nothing will one day silence something else.",
    reference="https://docs.astral.sh/ruff/rules/unused-noqa/",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10} # nnlint: ignore[NN301] was needed once
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
    ignorable=False,
    fix=Applies.SAFE,
)

"""NN912: an expectation that can't be proven."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN912",
    name="expectation-not-provable",
    severity=Severity.ERROR,
    summary="An expectation that can't be proven.",
    rationale=(
        "What expect states is held against the network, exactly. Where something is "
        "unknown there is nothing to hold it against. Where an error that is reported "
        "anyway caused the unknown, this one is silent."
    ),
    reference="https://docs.pytorch.org/docs/stable/nn.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  # nnlint: ignore[NN214] this page is about the expectation
  - {type: Custom, output: [10]}
expect: {params: 7840}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Custom, output: [10], parameters: {weight: [10, 784]}}
expect: {params: 7840}
""",
)

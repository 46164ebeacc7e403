"""NN911: the network is not what `expect` says."""

from __future__ import annotations

from nnlint.finding import Applies, Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN911",
    name="expectation-differs",
    severity=Severity.ERROR,
    summary="The network is not what `expect` says.",
    rationale=(
        "What a spec declares is proven at every run: a changed count is a changed "
        "network. If the change is meant, change the expectation with it."
    ),
    reference="https://en.wikipedia.org/wiki/Regression_testing",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
expect: {params: 7840}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
expect: {params: 7850}
""",
    fix=Applies.EXPECTATION,
)

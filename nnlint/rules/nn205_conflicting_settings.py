"""NN205: settings that contradict each other."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN205",
    name="conflicting-settings",
    severity=Severity.ERROR,
    summary="Settings that contradict each other.",
    rationale=(
        "Two attributes of a layer say different things, or one has a value that makes no "
        "sense beside the other."
    ),
    reference="https://docs.pytorch.org/docs/stable/nn.html",
    bad="""\
nnlint: 1
input: [64]
layers:
  - {type: AdaptiveLogSoftmaxWithLoss, n_classes: 100, cutoffs: [50, 100]}
""",
    good="""\
nnlint: 1
input: [64]
layers:
  - {type: AdaptiveLogSoftmaxWithLoss, n_classes: 100, cutoffs: [50, 80]}
""",
)

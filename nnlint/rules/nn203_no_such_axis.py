"""NN203: an axis that does not exist, or is the batch."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN203",
    name="no-such-axis",
    severity=Severity.ERROR,
    summary="An axis that does not exist, or is the batch.",
    rationale=(
        "Axes are numbered as in PyTorch: the batch is axis 0, although shapes here do "
        "not show it, and negative numbers count from the end."
    ),
    reference="https://docs.pytorch.org/docs/stable/nn.html",
    bad="""\
nnlint: 1
input: [1, 28, 28]
layers:
  - {type: Flatten, start_dim: 0}
""",
    good="""\
nnlint: 1
input: [1, 28, 28]
layers:
  - {type: Flatten, start_dim: 1}
""",
)

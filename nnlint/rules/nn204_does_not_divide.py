"""NN204: sizes that do not multiply up."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN204",
    name="does-not-divide",
    severity=Severity.ERROR,
    summary="Sizes that do not multiply up.",
    rationale="What is split must be the product of its parts: 7 elements are no 2×3.",
    reference="https://docs.pytorch.org/docs/stable/nn.html",
    bad="""\
nnlint: 1
input: [7]
layers:
  - {type: Unflatten, dim: 1, unflattened_size: [2, 3]}
""",
    good="""\
nnlint: 1
input: [6]
layers:
  - {type: Unflatten, dim: 1, unflattened_size: [2, 3]}
""",
)

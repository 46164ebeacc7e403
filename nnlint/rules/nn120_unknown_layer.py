"""NN120: a layer type that does not exist."""

from __future__ import annotations

from nnlint.finding import Applies, Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN120",
    name="unknown-layer",
    severity=Severity.ERROR,
    summary="A layer type that does not exist.",
    rationale="Layers have PyTorch's class names, in PyTorch's case.",
    reference="https://docs.pytorch.org/docs/stable/nn.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linaer, out_features: 10}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
    fix=Applies.SAFE,
)

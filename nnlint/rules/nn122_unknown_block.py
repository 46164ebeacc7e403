"""NN122: a use of a block that is not there."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN122",
    name="unknown-block",
    severity=Severity.ERROR,
    summary="A use of a block that is not there.",
    rationale=("A block is written under blocks and used as {block: name}."),
    reference="https://docs.pytorch.org/docs/stable/nn.html",
    bad="""\
nnlint: 1
input: [784]
blocks:
  mlp: {layers: [{type: Linear, out_features: 10}]}
layers:
  - {block: mpl}
""",
    good="""\
nnlint: 1
input: [784]
blocks:
  mlp: {layers: [{type: Linear, out_features: 10}]}
layers:
  - {block: mlp}
""",
)

"""NN123: a block that uses itself, at once or through others."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN123",
    name="block-uses-itself",
    severity=Severity.ERROR,
    summary="A block that uses itself, at once or through others.",
    rationale=(
        "Such a network would have no end. A part that stands several times in a row is "
        "written with repeat."
    ),
    reference="https://docs.pytorch.org/docs/stable/nn.html",
    bad="""\
nnlint: 1
input: [784]
blocks:
  mlp: {layers: [{type: Linear, out_features: 784}, {block: mlp}]}
layers:
  - {block: mlp}
""",
    good="""\
nnlint: 1
input: [784]
blocks:
  mlp: {layers: [{type: Linear, out_features: 784}, ReLU]}
layers:
  - {block: mlp, repeat: 2}
""",
)

"""NN207: `from` names something that does not exist."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN207",
    name="unknown-source",
    severity=Severity.ERROR,
    summary="`from` names something that does not exist.",
    rationale="A layer takes the output of an earlier layer, or an input, by its name.",
    reference="https://docs.pytorch.org/docs/stable/nn.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 16, name: hidden}
  - {type: ReLU, from: hiden}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 16, name: hidden}
  - {type: ReLU, from: hidden}
""",
)

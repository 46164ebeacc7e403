"""NN206: a layer with too few or too many inputs."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN206",
    name="wrong-number-of-inputs",
    severity=Severity.ERROR,
    summary="A layer with too few or too many inputs.",
    rationale=(
        "Most layers take one input; Bilinear takes two. Where a network has several "
        "inputs, the first layer says which it takes."
    ),
    reference="https://docs.pytorch.org/docs/stable/nn.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Bilinear, out_features: 10}
""",
    good="""\
nnlint: 1
inputs: {a: [20], b: [30]}
layers:
  - {type: Bilinear, out_features: 10, from: [a, b]}
""",
)

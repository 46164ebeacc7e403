"""NN201: a stated size is not the one that arrives."""

from __future__ import annotations

from nnlint.finding import Applies, Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN201",
    name="size-mismatch",
    severity=Severity.ERROR,
    summary="A stated size is not the one that arrives.",
    rationale=(
        "Sizes such as in_features are inferred. Where they are written, they must be "
        "right: in PyTorch this is the error that ends the run at its first batch."
    ),
    reference="https://docs.pytorch.org/docs/stable/nn.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, in_features: 512, out_features: 10}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, in_features: 784, out_features: 10}
""",
    fix=Applies.UNSAFE,
)

"""NN121: a layer under Keras' name."""

from __future__ import annotations

from nnlint.finding import Applies, Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN121",
    name="keras-name",
    severity=Severity.ERROR,
    summary="A layer under Keras' name.",
    rationale=(
        "One network has one spelling here, and it is PyTorch's. nnlint knows Keras' "
        "names and says which layer is meant."
    ),
    reference="https://keras.io/api/layers/",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Dense, out_features: 10}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
    fix=Applies.SAFE,
)

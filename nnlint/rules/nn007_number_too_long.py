"""NN007: an integer of thousands of digits."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Made, Rule

RULE = Rule(
    code="NN007",
    name="number-too-long",
    severity=Severity.ERROR,
    summary="An integer of thousands of digits.",
    rationale=(
        "No size has that many digits, and converting them takes time that grows with "
        "their square."
    ),
    reference="https://yaml.org/spec/1.2.2/#103-core-schema",
    bad=Made(
        "out_features with 5,000 digits",
        lambda: (
            b"nnlint: 1\ninput: [4]\nlayers: [{type: Linear, out_features: "
            + b"9" * 5000
            + b"}]\n"
        ),
    ),
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
    ignorable=False,
)

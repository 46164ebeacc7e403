"""NN004: nested too deep."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Made, Rule

RULE = Rule(
    code="NN004",
    name="too-deep",
    severity=Severity.ERROR,
    summary="Nested too deep.",
    rationale=(
        "No network needs 100 levels of lists in lists; a file that has them is broken, "
        "or made to exhaust whoever reads it."
    ),
    reference="https://yaml.org/spec/1.2.2/",
    bad=Made(
        "a list in a list, 200 levels deep",
        lambda: b"nnlint: 1\ninput: [4]\nlayers: " + b"[" * 200 + b"]" * 200 + b"\n",
    ),
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
    ignorable=False,
)

"""NN005: too many YAML nodes."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Made, Rule

LEVELS = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]

RULE = Rule(
    code="NN005",
    name="too-many-nodes",
    severity=Severity.ERROR,
    summary="Too many YAML nodes.",
    rationale=(
        "A few lines of aliases to aliases stand for billions of values. nnlint counts "
        "every alias as what it stands for, before it builds anything, and stops at a "
        "limit that no real spec reaches."
    ),
    reference="https://en.wikipedia.org/wiki/Billion_laughs_attack",
    bad=Made(
        "nine anchors, each a list of nine aliases of the one before",
        lambda: "\n".join(["nnlint: 1", "a0: &a0 [x]", *LEVELS, ""]).encode(),
    ),
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
    ignorable=False,
)

"""NN008: a key that stands twice in one map."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN008",
    name="duplicate-key",
    severity=Severity.ERROR,
    summary="A key that stands twice in one map.",
    rationale=(
        "Most readers silently keep the last one, so the file says something else than "
        "its author sees."
    ),
    reference="https://yaml.org/spec/1.2.2/#3212-nodes",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10, bias: true, bias: false}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10, bias: false}
""",
    ignorable=False,
)

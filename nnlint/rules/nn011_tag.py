"""NN011: a YAML tag."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN011",
    name="tag",
    severity=Severity.ERROR,
    summary="A YAML tag.",
    rationale=(
        "Tags make a reader construct objects, which is how a YAML file runs code. A spec "
        "is plain maps, lists and values."
    ),
    reference="https://yaml.org/spec/1.2.2/#24-tags",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: !!python/int 10}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
)

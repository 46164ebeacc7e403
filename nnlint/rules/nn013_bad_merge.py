"""NN013: a merge (`<<`) of something that is no map."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN013",
    name="bad-merge",
    severity=Severity.ERROR,
    summary="A merge (`<<`) of something that is no map.",
    rationale=(
        "`<<: *name` takes over the entries of another map; there is nothing to take over "
        "from a list of values or a number."
    ),
    reference="https://yaml.org/type/merge.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10, <<: 3}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - &wide {type: Linear, out_features: 10}
  - ReLU
  - {<<: *wide, bias: false}
""",
)

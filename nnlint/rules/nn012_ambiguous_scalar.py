"""NN012: a value that PyYAML reads otherwise."""

from __future__ import annotations

from nnlint.finding import Applies, Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN012",
    name="ambiguous-scalar",
    severity=Severity.WARNING,
    summary="A value that PyYAML reads otherwise.",
    rationale=(
        "nnlint and editors read YAML 1.2; PyYAML, which loads the file in most training "
        "scripts, reads 1.1. There `no` is false, `010` is eight and `1e-3` is text. The "
        "network that is trained would not be the one that was checked."
    ),
    reference="https://yaml.org/spec/1.2.2/#103-core-schema",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 010}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
    fix=Applies.SAFE,
)

"""NN105: a format version that this nnlint does not read."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN105",
    name="unknown-version",
    severity=Severity.ERROR,
    summary="A format version that this nnlint does not read.",
    rationale=(
        "`nnlint: 1` marks a file as a spec and says how to read it. A later format needs "
        "a later nnlint."
    ),
    reference="https://json-schema.org/draft-07/json-schema-validation#section-6.1.3",
    bad="""\
nnlint: 2
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
)

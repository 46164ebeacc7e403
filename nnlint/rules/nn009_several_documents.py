"""NN009: a second document in the file."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN009",
    name="several-documents",
    severity=Severity.ERROR,
    summary="A second document in the file.",
    rationale=(
        "A spec is one document. What stands behind a second `---` would be read by nobody."
    ),
    reference="https://yaml.org/spec/1.2.2/#92-streams",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
---
nnlint: 1
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
)

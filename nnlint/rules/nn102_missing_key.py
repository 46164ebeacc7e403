"""NN102: a key that must be there is missing."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN102",
    name="missing-key",
    severity=Severity.ERROR,
    summary="A key that must be there is missing.",
    rationale=(
        "Some things can't be inferred: what type a layer is, how many outputs it has, "
        "what the network's input is."
    ),
    reference="https://json-schema.org/draft-07/json-schema-validation#section-6.5.3",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
)

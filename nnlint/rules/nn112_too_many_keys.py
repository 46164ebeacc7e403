"""NN112: a map with too many keys."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN112",
    name="too-many-keys",
    severity=Severity.ERROR,
    summary="A map with too many keys.",
    rationale=(
        "An input is one thing: tokens, a sequence or a map. And each variant may be a network "
        "that is laid out and judged: a spec has at most 1,000 of them."
    ),
    reference="https://json-schema.org/draft-07/json-schema-validation#section-6.5.1",
    bad="""\
nnlint: 1
input: {tokens: 8, sequence: [8, 16]}
layers:
  - ReLU
""",
    good="""\
nnlint: 1
input: {sequence: [8, 16]}
layers:
  - ReLU
""",
)

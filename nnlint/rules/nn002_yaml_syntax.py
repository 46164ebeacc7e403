"""NN002: the file is not YAML."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN002",
    name="yaml-syntax",
    severity=Severity.ERROR,
    summary="The file is not YAML.",
    rationale=(
        "A file that a YAML parser refuses holds no network. The message says what the "
        "parser stumbled over, in words."
    ),
    reference="https://yaml.org/spec/1.2.2/",
    bad="""\
nnlint: 1
input: [784
layers: [ReLU]
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
    ignorable=False,
)

"""NN014: the file is too large."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Made, Rule

RULE = Rule(
    code="NN014",
    name="too-large",
    severity=Severity.ERROR,
    summary="The file is too large.",
    rationale="The limit is checked before reading. A network of 50,000 distinct layers fits.",
    reference="https://yaml.org/spec/1.2.2/",
    bad=Made("a file of 9 MiB", lambda: b"nnlint: 1\n" + b"#" * (9 * 2**20)),
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
    ignorable=False,
)

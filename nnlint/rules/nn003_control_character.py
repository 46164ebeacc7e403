"""NN003: a character that is no text."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Made, Rule

RULE = Rule(
    code="NN003",
    name="control-character",
    severity=Severity.ERROR,
    summary="A character that is no text.",
    rationale=(
        "Control characters do not show in an editor and are forbidden in YAML; they come "
        "from copying, or are meant to deceive."
    ),
    reference="https://yaml.org/spec/1.2.2/#51-character-set",
    bad=Made(
        "a file with a NUL byte in a comment",
        lambda: b"nnlint: 1 # \x00\ninput: [4]\nlayers: [ReLU]\n",
    ),
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
    ignorable=False,
)

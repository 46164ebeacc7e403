"""NN001: the file is not UTF-8."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Made, Rule

RULE = Rule(
    code="NN001",
    name="not-utf8",
    severity=Severity.ERROR,
    summary="The file is not UTF-8.",
    rationale=(
        "YAML files are UTF-8 text. Another encoding reads as other characters on another "
        "machine, so nnlint guesses none."
    ),
    reference="https://yaml.org/spec/1.2.2/#52-character-encodings",
    bad=Made(
        "a file in Latin-1 with an umlaut in a comment",
        lambda: "nnlint: 1\nname: bär\ninput: [4]\nlayers: [ReLU]\n".encode("latin-1"),
    ),
    good="""\
nnlint: 1
name: bär
input: [4]
layers: [ReLU]
""",
    ignorable=False,
)

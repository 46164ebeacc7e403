"""NN209: a network with too many different rows."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Made, Rule

HEAD = b"nnlint: 1\ninput: [4]\nlayers:\n"

RULE = Rule(
    code="NN209",
    name="too-many-rows",
    severity=Severity.ERROR,
    summary="A network with too many different rows.",
    rationale=(
        "A repeated part that sees what the copy before it saw is one row, however often "
        "it stands. A part that changes its input at each copy is a row for each, and "
        "there is a limit."
    ),
    reference="https://docs.pytorch.org/docs/stable/nn.html",
    bad=Made("200,001 layers, one a line", lambda: HEAD + b"  - ReLU\n" * 200_001),
    good="""\
nnlint: 1
input: [4]
layers:
  - {type: Sequential, repeat: 1000000, layers: [{type: Linear, out_features: 4}, ReLU]}
""",
)

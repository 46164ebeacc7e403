"""NN955: an argument that nothing in its block asks for."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN955",
    name="unused-argument",
    severity=Severity.WARNING,
    summary="A block's argument that nothing inside asks for.",
    rationale=(
        "Each use of the block gives a value that changes nothing, and whoever reads the use "
        "believes that it does. Mostly a number was written out in the block, where $name was "
        "meant. Asking for it in another argument's default is enough. The rule is silent on "
        "blocks that nothing uses (NN952), and where a misspelt name inside is nearest to it."
    ),
    reference="https://docs.astral.sh/ruff/rules/unused-function-argument/",
    bad="""\
nnlint: 1
input: [784]
blocks:
  hidden:
    args: {width: 64}
    layers: [{type: Linear, out_features: 64}, ReLU]
layers:
  - {block: hidden, width: 128}
""",
    good="""\
nnlint: 1
input: [784]
blocks:
  hidden:
    args: {width: 64}
    layers: [{type: Linear, out_features: $width}, ReLU]
layers:
  - {block: hidden, width: 128}
""",
)

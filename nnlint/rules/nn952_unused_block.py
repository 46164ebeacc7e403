"""NN952: a block that no layer uses."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN952",
    name="unused-block",
    severity=Severity.WARNING,
    summary="A block that nothing uses.",
    rationale=(
        "A block that nothing uses adds nothing to the network and is checked by nobody: its "
        "shapes are only known where it is used. Often the use was forgotten, or the block "
        "outlived an edit. A block that only an unused block uses goes with that one, and is "
        "found once it is gone. A misspelt use, or a block written as a type, is an error of "
        "its own and counts as a use here."
    ),
    reference="https://docs.astral.sh/ruff/rules/unused-import/",
    bad="""\
nnlint: 1
input: [784]
blocks:
  hidden: {layers: [{type: Linear, out_features: 64}, ReLU]}
layers:
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [784]
blocks:
  hidden: {layers: [{type: Linear, out_features: 64}, ReLU]}
layers:
  - block: hidden
  - {type: Linear, out_features: 10}
""",
)

"""NN202: a shape that the layer can't take."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN202",
    name="shape-not-taken",
    severity=Severity.ERROR,
    summary="A shape that the layer can't take.",
    rationale=(
        "Each layer takes certain numbers of axes, and some a certain layout: BatchNorm1d "
        "takes features or a map, and no sequence."
    ),
    reference="https://docs.pytorch.org/docs/stable/nn.html",
    bad="""\
nnlint: 1
input: {sequence: [16, 64]}
layers:
  - BatchNorm1d
""",
    good="""\
nnlint: 1
input: {map: [16, 64]}
layers:
  - BatchNorm1d
""",
)

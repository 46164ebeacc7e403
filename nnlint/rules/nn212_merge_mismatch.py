"""NN212: inputs of a merge that do not fit each other."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN212",
    name="merge-mismatch",
    severity=Severity.ERROR,
    summary="Inputs of Add, Multiply or Concat that do not fit each other.",
    rationale=(
        "Add wants equal shapes, Multiply equal sizes or 1 on each axis, and Concat equal "
        "sizes on all axes but the one along which it joins. PyTorch would repeat an axis of "
        "size 1 in a sum too, which is seldom meant. In a U-Net the usual cause is rounding: "
        "a map of 27 halved is 13, and 13 doubled is 26, so it no longer fits the map that "
        "skipped both; an input size divisible by the product of all strides keeps them equal."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.cat.html",
    bad="""\
nnlint: 1
input: [3, 27, 27]
layers:
  - {type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1, name: skip}
  - {type: MaxPool2d, kernel_size: 2}
  - {type: Upsample, scale_factor: 2}
  - {type: Concat, from: [previous, skip]}
""",
    good="""\
nnlint: 1
input: [3, 28, 28]
layers:
  - {type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1, name: skip}
  - {type: MaxPool2d, kernel_size: 2}
  - {type: Upsample, scale_factor: 2}
  - {type: Concat, from: [previous, skip]}
""",
)

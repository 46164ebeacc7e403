"""NN211: a window that does not fit into its map."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN211",
    name="window-too-large",
    severity=Severity.ERROR,
    summary="A window that does not fit into its padded map.",
    rationale=(
        "A convolution or pooling slides a window over a map, and the window, which spans "
        "dilation·(kernel − 1) + 1 elements, needs at least one place in it. Too many "
        "strides and poolings before it are the usual cause: what arrives has become "
        "smaller than the window. A transposed convolution counts the other way: its "
        "padding is cut off its output, of which something must be left."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html",
    bad="""\
nnlint: 1
input: [3, 8, 8]
layers:
  - {type: Conv2d, out_channels: 16, kernel_size: 9}
""",
    good="""\
nnlint: 1
input: [3, 8, 8]
layers:
  - {type: Conv2d, out_channels: 16, kernel_size: 9, padding: 1}
""",
)

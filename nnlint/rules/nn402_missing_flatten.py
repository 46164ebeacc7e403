"""NN402: a map that reaches a dense layer without having been flattened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.layers.windows import PICTURE_CHANNELS
from nnlint.rules import Rule
from nnlint.rules.maps import unflattened
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """Layers that multiply the last axis, and get a map [C, L] or [C, H, W]."""
    for node, of_convolution in unflattened(graph):
        yield _problem(node, of_convolution=of_convolution)


def _problem(node: Node, *, of_convolution: bool) -> Problem:
    shape, rows = node.inputs[0], "×".join(map(str, node.inputs[0].dims[:-1]))
    is_picture = shape.dims[0] in PICTURE_CHANNELS
    return Problem(
        "NN402",
        node.path,
        f"{node.spec.label} gets the map {shape} and works on its last axis alone: "
        f"{rows} rows of {shape.last}, each by itself",
        f"a Flatten before it makes one axis of {grouped(shape.size)}",
        severity=Severity.ERROR if shape.rank > 2 and (of_convolution or is_picture) else None,
    )


RULE = Rule(
    code="NN402",
    name="missing-flatten",
    severity=Severity.WARNING,
    summary="A map reaches a Linear without a Flatten.",
    rationale=(
        "Linear works on the last axis. On an image [1, 28, 28] it treats each of the 28 rows "
        "alone, with 28 inputs instead of 784; so do Bilinear and GatedMLP. PyTorch runs that "
        "without a word, and the network learns badly: an error where a convolution made the "
        "map [C, H, W], or it has the 1, 3 or 4 channels of a picture; a warning where it may "
        "be meant, as on [C, L]. A sequence [T, d] is meant to be taken so, and is silent: "
        "write the input as {sequence: [T, d]}. So is a map whose axes its author arranged, by "
        "Permute, ToTokens, Reshape or a Custom, since the last convolution or pooling."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html",
    bad="""\
nnlint: 1
input: [1, 28, 28]
layers:
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [1, 28, 28]
layers:
  - Flatten
  - {type: Linear, out_features: 10}
""",
    check=check,
)

"""NN802: hidden features or channels that fill no whole tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.layers.shape import Layout
from nnlint.rules import Rule
from nnlint.rules.walking import last_stretch
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node
    from nnlint.layers.shape import Shape

TILE = 8
LEAST = 64
"""Smaller matrices wait for memory, not for multiplications."""


def check(graph: Graph) -> Iterator[Problem]:
    """Widths that somebody chose, each where it stands first."""
    silent, last = _given(graph), last_stretch(graph)
    for node in graph.nodes:
        for key, width in _widths(node):
            leaves = id(node) in last and width in node.output.dims
            if width >= LEAST and width % TILE and width not in silent and not leaves:
                silent.add(width)
                yield _problem(node, key, width)


def _widths(node: Node) -> Iterator[tuple[str, int]]:
    """The widths that its author chose, if it learns and all is known of it."""
    if node.trainable and node.complete and node.spec.role is None:
        for key in node.layer.width_keys if node.layer else ():
            width: int | None = getattr(node.layer, key)
            if width and width != _arriving(node):
                yield key, width


def _arriving(node: Node) -> int | None:
    """The features or channels that reach it: what gives as many has chosen nothing."""
    axis, x = node.layer.feature_axis if node.layer else None, node.inputs[0]
    return x.dims[axis] if axis is not None and x.dims else None


def _given(graph: Graph) -> set[int]:
    """Sizes that are the data's: features of the inputs, positions that are made features."""
    found = {size for shape in graph.inputs.values() for size in _features(shape)}
    for node in graph.nodes:
        if node.layer and node.layer.arranges_axes:
            x = node.inputs[0]
            found |= set(x.dims[1:] if x.layout is Layout.MAP else x.dims[:-1])
    return found


def _features(x: Shape) -> tuple[int, ...]:
    return x.dims[:1] if x.layout is Layout.MAP else x.dims


def _problem(node: Node, key: str, width: int) -> Problem:
    below = width // TILE * TILE
    return Problem(
        "NN802",
        node.spec.place(key),
        f"{node.spec.label} has {key}: {grouped(width)}, no multiple of {TILE}: a GPU pads or "
        "slows down what fills no whole tiles of its matrix units",
        f"{below} or {below + TILE} fills them, here and where the same width stands again",
    )


RULE = Rule(
    code="NN802",
    name="width-not-of-8",
    severity=Severity.INFO,
    summary="A hidden width that is not a multiple of 8.",
    rationale=(
        "The matrix units of GPUs work on rows of 16 bytes: 8 numbers in half precision (4 in "
        "TF32, 16 in int8). With another number of features or channels the libraries pad the "
        "matrices or take slower code, so that 250 features can cost more than 256. The rule "
        "asks only widths that somebody chose: it is silent on the last layers, whose size is "
        "the classes', on a width that arrives so, on positions that a Permute makes "
        "features (Mixer), on embeddings (pretrained vectors have 100 or 300), on frozen "
        "layers, and below 64, where a layer waits for memory and not for multiplications. "
        "Each width is said once, where it stands first. Hence advice, shown with --show-info."
    ),
    reference="https://docs.nvidia.com/deeplearning/performance/dl-performance-fully-connected/index.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 250}
  - ReLU
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 256}
  - ReLU
  - {type: Linear, out_features: 10}
""",
    check=check,
)

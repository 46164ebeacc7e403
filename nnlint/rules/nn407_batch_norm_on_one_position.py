"""NN407: a batch norm on a map that has shrunk to one position."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.layers.shape import Layout
from nnlint.rules import Rule
from nnlint.rules.properties import slides
from nnlint.wording import plural, shape_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node
    from nnlint.layers.shape import Shape


def check(graph: Graph) -> Iterator[Problem]:
    """The first batch norm on a map that strides have made one position."""
    made = _made(graph)
    found = [(node, made[id(node)][0]) for node in graph.nodes
             if id(node) in made and _is_judged(node, *made[id(node)])]  # fmt: skip
    for node, shrinks in found[:1]:
        many = len({one.path for one, _ in found}) - 1
        others = f" (and {plural(many, 'other norm')})" if many else ""
        sides = shape_text(shrinks.inputs[0].dims[1:])
        yield Problem(
            "NN407",
            node.path,
            f"{node.spec.label} gets a map {node.inputs[0]}{others}: with one position its "
            "statistics are of one number a sample, and a batch of one can't be trained",
            f"{shrinks.spec.label} makes one position of {sides}: take a larger input, "
            "or fewer strides",
        )


def _made(graph: Graph) -> dict[int, tuple[Node, bool]]:
    """Layer -> what made one position of several before it, and whether windows came since."""
    found: dict[int, tuple[Node, bool]] = {}
    for node in graph.nodes:
        before = node.sources[0] if node.sources else None
        if not node.inputs or node.inputs[0].layout is not Layout.MAP or node.inputs[0].open:
            continue
        if before and id(before) in found and _is_one(node.inputs[0]):
            made, padded = found[id(before)]
            found[id(node)] = made, padded or any(one.span > 1 for one in slides(node))
        elif _is_one(node.output) and not _is_one(node.inputs[0]):
            found[id(node)] = node, False
    return found


def _is_judged(norm: Node, made: Node, padded: bool) -> bool:
    """Whether it is a batch norm, and one position is not what was meant."""
    learns = norm.layer and norm.layer.uses_batch and norm.trainable
    meant = not padded and all(one.span == one.size for one in slides(made))
    return bool(learns and not meant and norm is not made)


def _is_one(shape: Shape) -> bool:
    return not shape.open and prod(shape.dims[1:]) == 1


RULE = Rule(
    code="NN407",
    name="batch-norm-on-one-position",
    severity=Severity.WARNING,
    summary="Batch normalisation on a map that has shrunk to one position.",
    rationale=(
        "Batch norm on maps averages over the batch and all positions. If strides have made "
        "the map 1×1, the statistics are of one number a sample: noisy, unlike those of the "
        'larger maps before, and PyTorch refuses to train on a batch of one ("Expected more '
        'than 1 value per channel"). Mostly a network for 224×224 gets 32×32. The rule is '
        "silent on features [n], where that is usual, and where one position is meant: after "
        "global pooling (ASPP, SK and ResNeSt put 1×1 convolutions with a norm there), after a "
        "window that covers the whole map (Inception's auxiliary head), on an input of 1×1; "
        "and on frozen norms."
    ),
    reference="https://arxiv.org/abs/1502.03167",
    bad="""\
nnlint: 1
input: [3, 4, 4]
defaults: {Conv2d: {kernel_size: 3, stride: 2, padding: 1, bias: false, norm: BatchNorm2d}}
layers:
  - {type: Conv2d, out_channels: 16, act: ReLU}
  - {type: Conv2d, out_channels: 32, act: ReLU}
  - Flatten
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [3, 8, 8]
defaults: {Conv2d: {kernel_size: 3, stride: 2, padding: 1, bias: false, norm: BatchNorm2d}}
layers:
  - {type: Conv2d, out_channels: 16, act: ReLU}
  - {type: Conv2d, out_channels: 32, act: ReLU}
  - {type: AdaptiveAvgPool2d, output_size: 1}
  - Flatten
  - {type: Linear, out_features: 10}
""",
    check=check,
)

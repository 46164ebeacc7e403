"""NN808: a dense layer that holds most of a convolutional network."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.layers.shape import Layout
from nnlint.quantity import percent
from nnlint.rules import Rule
from nnlint.rules.properties import is_dense
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node

MOST = Fraction(1, 2)


def check(graph: Graph) -> Iterator[Problem]:
    """Dense layers over a flattened map, with more than `MOST` of all parameters."""
    total = graph.totals.params
    for node in graph.nodes if graph.totals.complete else ():
        if node.params > MOST * total and is_dense(node):
            flatten = _flatten(node)
            if flatten and _is_convolved(flatten) and not _makes_a_map(graph, node):
                yield _problem(node, flatten, total)


def _flatten(node: Node) -> Node | None:
    """What made the features that arrive of a map with several positions, if anything did."""
    source = node.sources[0]
    while source and source.sources and not source.macs and _keeps_all(source):
        x = source.inputs[0]
        if x.layout is Layout.MAP and source.output.layout is Layout.FEATURES:
            return source if prod(x.dims[1:]) > 1 else None
        source = source.sources[0]
    return None


def _keeps_all(node: Node) -> bool:
    x, y = node.inputs[0], node.output
    return not (x.open or y.open) and x.size == y.size


def _is_convolved(node: Node) -> bool:
    """Whether a convolution made the map: the positions of raw data are another thing."""
    source: Node | None = node
    while source and source.sources:
        if source.layer and source.layer.is_linear_map and source.layer.feature_axis == 0:
            return True
        source = source.sources[0]
    return False


def _makes_a_map(graph: Graph, origin: Node) -> bool:
    """Whether a map is built of its output again, which needs the positions."""
    reached = {id(origin)}
    for node in graph.nodes:
        if any(id(source) in reached for source in node.sources):
            reached.add(id(node))
            if node.output.layout is Layout.MAP:
                return True
    return False


def _problem(node: Node, flatten: Node, total: int) -> Problem:
    x, share = flatten.inputs[0], percent(Fraction(node.params, total))
    places, axes = "×".join(map(str, x.dims[1:])), x.rank - 1
    left = node.weights // prod(x.dims[1:]) + node.biases
    return Problem(
        "NN808",
        node.path,
        f"{node.spec.label} holds {grouped(node.params)} of {grouped(total)} parameters "
        f"({share}): it weighs each of the {places} positions of {x} by itself",
        f"a global pooling before it, {{type: AdaptiveAvgPool{axes}d, output_size: 1}}, leaves "
        f"{grouped(left)} of them",
    )


RULE = Rule(
    code="NN808",
    name="dense-after-flatten",
    severity=Severity.INFO,
    summary="A Linear after a Flatten that holds most of the parameters.",
    rationale=(
        "A Linear over a flattened map has a weight for each channel at each position, and "
        "easily holds more than all convolutions together: 74 % of VGG-16. Global average "
        "pooling keeps one number a channel; networks since Network in Network and ResNet "
        "end in it, with far fewer parameters, less overfitting, and any input size. It gives "
        "up where in the image something is: the rule is silent where a map is built "
        "again of what comes out (the code of an autoencoder), and it is advice, shown with "
        "--show-info, because a board game's head may want the positions too. It is silent "
        "without a convolution before it, on maps of 1×1, and where a total is unknown."
    ),
    reference="https://arxiv.org/abs/1312.4400",
    bad="""\
nnlint: 1
input: [1, 28, 28]
layers:
  - {type: Conv2d, out_channels: 32, kernel_size: 3, act: ReLU}
  - {type: MaxPool2d, kernel_size: 2}
  - {type: Conv2d, out_channels: 64, kernel_size: 3, act: ReLU}
  - {type: MaxPool2d, kernel_size: 2}
  - Flatten
  - {type: Linear, out_features: 64, act: ReLU}
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [1, 28, 28]
layers:
  - {type: Conv2d, out_channels: 32, kernel_size: 3, act: ReLU}
  - {type: MaxPool2d, kernel_size: 2}
  - {type: Conv2d, out_channels: 64, kernel_size: 3, act: ReLU}
  - {type: AdaptiveAvgPool2d, output_size: 1}
  - Flatten
  - {type: Linear, out_features: 64, act: ReLU}
  - {type: Linear, out_features: 10}
""",
    check=check,
)

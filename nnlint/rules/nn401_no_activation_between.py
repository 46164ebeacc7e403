"""NN401: two linear layers with nothing non-linear between them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.layers.shape import Misfit, Unknown
from nnlint.rules import Rule
from nnlint.rules.neighbours import Neighbours
from nnlint.rules.properties import is_dense
from nnlint.rules.reported import Reported
from nnlint.rules.words import follows
from nnlint.wording import grouped, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node

BENT = ("normalisation", "pooling")
"""What passes linearity, and is not linear itself."""


def check(graph: Graph) -> Iterator[Problem]:
    """Pairs of linear maps, and what joins them that is not linear."""
    if pairs := list(_pairs(graph)):
        straight = {kind: Neighbours(graph, partial(_passes_without, kind)) for kind in BENT}
        for first, second in pairs:
            ways = {kind: near.alone(first) for kind, near in straight.items()}
            between = [kind for kind, way in ways.items() if second not in way]
            yield _bent(first, second, between) if between else _problem(first, second)


def _pairs(graph: Graph) -> Iterator[tuple[Node, Node]]:
    """Pairs of linear maps joined only by what is no activation."""
    reported = Reported(graph)
    near = Neighbours(graph, _passes_linearity)
    judged = {
        id(node): _is_judged(node, reported) for node in filter(_is_linear_map, graph.nodes)
    }
    for first in graph.nodes:
        if judged.get(id(first)) and not _is_chosen(first):
            for second in near.alone(first):
                if judged.get(id(second)) and not _is_bottleneck(first, second):
                    yield first, second


def _is_linear_map(node: Node) -> bool:
    return bool(node.layer and node.layer.is_linear_map)


def _passes_linearity(node: Node) -> bool:
    return bool(node.layer and node.layer.passes_linearity)


def _passes_without(kind: str, node: Node) -> bool:
    return bool(node.layer and _passes_linearity(node) and node.layer.bends != kind)


def _is_judged(node: Node, reported: Reported) -> bool:
    """Whether it is known to be the linear map that it should be, and known what takes it."""
    return not (_is_depthwise(node, reported) or reported.wires(node) or reported.defaults)


def _is_chosen(node: Node) -> bool:
    """Whether it stands in an expert, whose gate depends on what arrives."""
    return any(part.spec.layer and part.spec.layer.chooses for part in node.parts)


def _is_depthwise(node: Node, reported: Reported) -> bool:
    """Half of a separable convolution, which is linear on purpose; unknown is silent."""
    if reported.is_at(node) and not is_dense(node):
        return True  # its groups may fit no channels, or its channels no groups
    try:
        return bool(node.layer and node.layer.is_depthwise(node.inputs[0]))
    except (Unknown, Misfit):
        return True


def _is_bottleneck(first: Node, second: Node) -> bool:
    """A narrow layer before a wide one is a low rank, and meant; unknown sizes are silent."""
    try:
        narrow, arriving = _width(first, after=True), _width(first, after=False)
        return narrow <= arriving and narrow < _width(second, after=True)
    except Unknown:
        return True


def _width(node: Node, *, after: bool) -> int:
    shape = node.output if after else node.inputs[0]
    if node.layer and node.layer.feature_axis == -1:
        return shape.last
    return shape.known[0]


def _problem(first: Node, second: Node) -> Problem:
    return Problem(
        "NN401",
        second.path,
        f"{follows(first, second)} with nothing non-linear between: two linear maps in a row "
        "are one",
        "put an activation between them (ReLU, GELU), or make them one layer"
        + _price(first, second),
    )


def _bent(first: Node, second: Node, between: list[str]) -> Problem:
    """Not one map, and yet no network of two layers."""
    return Problem(
        "NN401",
        second.path,
        f"{follows(first, second)} with nothing non-linear between but "
        f"{listed(between, 'and')}: without {'it' if len(between) == 1 else 'them'} two linear "
        "maps in a row are one",
        "put an activation between them (ReLU, GELU)",
    )


def _price(first: Node, second: Node) -> str:
    """What one dense layer in place of the two has."""
    known = all(is_dense(one) and one.complete and not one.tied for one in (first, second))
    if not known or first.output != second.inputs[0]:
        return ""
    arriving, leaving = first.inputs[0].last, second.output.last
    shift = leaving if any(tensor.is_bias for tensor in first.tensors + second.tensors) else 0
    alone, both = grouped(arriving * leaving + shift), grouped(first.own + second.own)
    return f": from {arriving} to {leaving} it has {alone} parameters, and they have {both}"


RULE = Rule(
    code="NN401",
    name="no-activation-between",
    severity=Severity.WARNING,
    summary="Two linear layers with no non-linearity between.",
    rationale=(
        "A linear map of a linear map is a linear map: the second layer adds parameters and "
        "time, but nothing that one layer could not do. Norms, dropout, pooling and reshaping "
        "between them do not count as non-linear; where one lies there that is not linear all "
        "the same (pooling by a maximum or a root of powers, a norm that takes each sample's "
        "own mean or size), the message says so. The rule is silent on "
        "bottlenecks (the first layer does not widen and the second is wider: a low rank, as "
        "in autoencoders), on depthwise convolutions (half of a separable one), in the experts "
        "of a MoE, where the first layer's output is taken twice or leaves the network, where "
        "a merge, an attention, a recurrent or gated layer or a Custom lies between, and where "
        "a size is unknown. It is silent too where an error that is reported hides what was "
        "meant: on a convolution that has one, in a Residual that can't add, and where the "
        "defaults were refused."
    ),
    reference="https://www.deeplearningbook.org/contents/mlp.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64}
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64}
  - ReLU
  - {type: Linear, out_features: 10}
""",
    check=check,
)

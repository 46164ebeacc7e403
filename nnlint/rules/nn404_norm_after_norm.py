"""NN404: a norm directly after a norm that does the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.layers.shape import Misfit, Unknown
from nnlint.rules import Rule
from nnlint.rules.neighbours import Neighbours
from nnlint.rules.properties import does_nothing
from nnlint.wording import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """Norms that get what is normalised alike, or whose every taker does so once more."""
    near = Neighbours(graph, does_nothing, _same)
    for nodes in (nodes for nodes in graph.definitions if _normalised(nodes[0])):
        for pair in (*near.givers(nodes), *near.again(nodes)):
            yield _problem(*pair, nodes, near)


def _problem(first: Node, second: Node, nodes: list[Node], near: Neighbours) -> Problem:
    return Problem(
        "NN404",
        second.path,
        f"{near.follows(first, second)} and normalises the same once more",
        _remedy(first, second, near)
        + _price(nodes, keeps_one=near.is_of_next_copy(first, second)),
    )


def _same(first: Node, second: Node) -> bool:
    own = _normalised(first)
    return own is not None and own == _normalised(second)


def _normalised(node: Node) -> tuple[object, ...] | None:
    """What it normalises; None: it is no norm, a frozen one, or nobody knows."""
    if not (node.layer and node.inputs and node.trainable):
        return None
    try:
        return node.layer.normalises(node.inputs[0])
    except (Unknown, Misfit):
        return None


def _remedy(first: Node, second: Node, near: Neighbours) -> str:
    if near.is_repeated(first, second):
        return "take one of them out of the part that repeats, to where it is needed once"
    return "remove one of them"


def _price(nodes: list[Node], *, keeps_one: bool) -> str:
    """What goes with it; before the first copy, or behind the last, one may have to stay."""
    params = sum(node.params for node in nodes) - (nodes[0].own if keeps_one else 0)
    return f": drops {plural(params, 'parameter')}" if params else ""


RULE = Rule(
    code="NN404",
    name="norm-after-norm",
    severity=Severity.WARNING,
    summary="A norm directly after a norm of its kind.",
    rationale=(
        "What a norm gives has mean 0 and deviation 1, or size 1, but for a learned scale and "
        "shift, and a second norm of the same kind takes these away again: two learned scales "
        "do what one does. Mostly one is written as norm and once more as a layer, or one ends "
        "a block and another begins its next copy; an Identity between does not hide it. The "
        "rule is silent where anything else takes the first norm's output (a shortcut beside a "
        "block that begins with a norm, as in CLIP), if the two normalise different axes or "
        "groups, if one is frozen, and where a shape is unknown. LocalResponseNorm brings "
        "nothing to one scale, and may stand twice."
    ),
    reference="https://arxiv.org/abs/1502.03167",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64, bias: false, norm: BatchNorm1d}
  - BatchNorm1d
  - ReLU
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64, bias: false, norm: BatchNorm1d}
  - ReLU
  - {type: Linear, out_features: 10}
""",
    check=check,
)

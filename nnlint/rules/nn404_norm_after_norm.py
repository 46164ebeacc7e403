"""NN404: a norm directly after a norm that does the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.layers.shape import Misfit, Unknown
from nnlint.rules import Rule
from nnlint.rules.walking import by_definition, follows, follows_itself, leaving, takers
from nnlint.wording import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """Norms whose every taker normalises the same once more."""
    outside = leaving(graph)
    for nodes in (nodes for _, nodes in by_definition(graph)):
        pairs = takers(nodes, outside)
        again = pairs if pairs and all(_same(*pair) for pair in pairs) else []
        for first, second in again or [pair for pair in follows_itself(nodes) if _same(*pair)]:
            yield Problem(
                "NN404",
                second.path,
                f"{follows(first, second)} and normalises the same once more",
                "remove one of them" + _price(nodes),
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


def _price(nodes: list[Node]) -> str:
    params = sum(node.params for node in nodes)
    return f": drops {plural(params, 'parameter')}" if params else ""


RULE = Rule(
    code="NN404",
    name="norm-after-norm",
    severity=Severity.WARNING,
    summary="A norm directly after a norm of its kind.",
    rationale=(
        "What a norm gives has mean 0 and deviation 1, or size 1, but for a learned scale and "
        "shift, and a second norm of the same kind takes these away again: two learned scales "
        "do what one does. Mostly one is written as norm and once more as a layer. The rule "
        "is silent where anything else takes the first norm's output (a shortcut beside a "
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

"""NN416: the first patch of a picture kept, where a class token is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.first_token import first_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """The first token, where all tokens are places of a map."""
    for node, tokens in first_tokens(graph):
        if tokens.maker and not tokens.hides_later:
            yield _problem(node, tokens.maker)


def _problem(node: Node, maker: Node) -> Problem:
    return Problem(
        "NN416",
        node.path,
        f"{node.spec.label} keeps the first token of {node.inputs[0]}, which is one corner of "
        f"the map {maker.inputs[0]} that {maker.spec.label} made tokens of",
        f"put a ClassToken behind {maker.spec.label}, which comes first then, or take the Mean "
        "over axis 1 in its place",
    )


RULE = Rule(
    code="NN416",
    name="corner-patch",
    severity=Severity.WARNING,
    summary="The first token is kept, and it is a corner of the picture.",
    rationale=(
        "A vision transformer sums a picture up in a class token, which ClassToken puts before "
        "the patches; Select with index 0 takes it out again. Without ClassToken the first "
        "token is the patch in the upper left corner: the shapes fit, the network trains, and "
        "what it tells of the picture is what that corner gathered, or, without attention, "
        "the corner itself. The rule is silent where a ClassToken or a Concat stands on the "
        "way, or anything else that may bring another token to the front (Permute, Slice, "
        "Custom); on other tokens than the first (the last of a time series has seen all); "
        "and where NN415 says the same of a causal attention."
    ),
    reference="https://arxiv.org/abs/2010.11929",
    bad="""\
nnlint: 1
input: [3, 32, 32]
layers:
  - {type: Conv2d, out_channels: 64, kernel_size: 4, stride: 4}
  - ToTokens
  - PositionEmbedding
  - {type: TransformerEncoderLayer, nhead: 4, dim_feedforward: 128}
  - {type: Select, index: 0}
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [3, 32, 32]
layers:
  - {type: Conv2d, out_channels: 64, kernel_size: 4, stride: 4}
  - ToTokens
  - ClassToken
  - PositionEmbedding
  - {type: TransformerEncoderLayer, nhead: 4, dim_feedforward: 128}
  - {type: Select, index: 0}
  - {type: Linear, out_features: 10}
""",
    check=check,
)

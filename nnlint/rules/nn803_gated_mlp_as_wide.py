"""NN803: a gated MLP as wide as a plain one, with a matrix more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node

PLAIN = 4
"""How many times as wide as its input a plain MLP is."""


def check(graph: Graph) -> Iterator[Problem]:
    """Gates over as many features as a plain MLP would have, or more."""
    for node in graph.nodes:
        hidden = node.layer.gated_features if node.layer else None
        x = node.inputs[0]
        if hidden and x.dims and hidden >= PLAIN * x.last:
            yield _problem(node, hidden, x.last)


def _problem(node: Node, hidden: int, width: int) -> Problem:
    key = next(iter(node.layer.width_keys), "") if node.layer else ""
    fitting = _upward(8 * width, 3)
    if fitting > 64:
        fitting = 8 * _upward(fitting, 8)
    return Problem(
        "NN803",
        node.spec.place(key),
        f"{node.spec.label} has {grouped(hidden)} hidden features for {grouped(width)}, and "
        f"three matrices: {grouped(3 * hidden * width)} weights, where a plain MLP {PLAIN} "
        f"times as wide has {grouped(2 * PLAIN * width * width)}",
        f"with {key}: {fitting} (8/3 as wide) it has about as many as the plain one",
    )


def _upward(number: int, parts: int) -> int:
    """The quotient, rounded up."""
    return -(-number // parts)


RULE = Rule(
    code="NN803",
    name="gated-mlp-as-wide",
    severity=Severity.INFO,
    summary="A gated MLP as wide as a plain one.",
    rationale=(
        "A gated MLP has three matrices where a plain one has two. The paper that compares "
        "them takes 2/3 of the width, 8/3 of the features instead of 4 times as many, so that "
        "both have the same parameters; a gated MLP with the plain one's 4 has half as many "
        "parameters and multiply-adds again. Many networks mean it, and spend there what they "
        "save elsewhere (Gemma 2 is 4 times as wide, Qwen2-7B 5.3 times, Llama 3 stays at "
        "3.5): hence advice, shown with --show-info. The rule is silent where the features "
        "that arrive are unknown."
    ),
    reference="https://arxiv.org/abs/2002.05202",
    bad="""\
nnlint: 1
input: {sequence: [128, 512]}
layers:
  - {type: Residual, body: [RMSNorm, {type: GatedMLP, hidden_features: 2048, bias: false}]}
""",
    good="""\
nnlint: 1
input: {sequence: [128, 512]}
layers:
  - {type: Residual, body: [RMSNorm, {type: GatedMLP, hidden_features: 1368, bias: false}]}
""",
    check=check,
)

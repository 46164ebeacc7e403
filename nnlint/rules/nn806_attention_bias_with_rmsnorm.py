"""NN806: attention with biases beside a norm that does without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.properties import does_nothing
from nnlint.rules.walking import origin
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """Attention of which all projections have a bias, and every copy an RMSNorm beside it."""
    for nodes in graph.definitions:
        path = nodes[0].path
        if all(_is_biased(node) and _is_beside_rescaling(node) for node in nodes):
            node = nodes[0]
            yield Problem(
                "NN806",
                (*path, "bias") if "bias" in node.spec.given else path,
                f"{node.spec.label} has a bias in each projection, and the norm beside it does "
                "without any shift",
                _price(nodes),
            )


def _price(nodes: list[Node]) -> str:
    if not all(node.complete for node in nodes):
        return "write bias: false"
    biases = sum(node.times.owned * _projections(node) for node in nodes)
    params = sum(node.params for node in nodes)
    return f"bias: false drops {grouped(biases)} of its {grouped(params)} parameters"


def _projections(node: Node) -> int:
    """Biases of the projections alone: not those of norms in it, nor learned keys."""
    return sum(
        tensor.count
        for tensor in node.tensors
        if tensor.is_bias and len(tensor.shape) == 1 and "norm" not in tensor.name
    )


def _is_biased(node: Node) -> bool:
    flags = node.layer.projection_biases if node.layer else ()
    return bool(flags) and all(flags) and node.trainable


def _is_beside_rescaling(node: Node) -> bool:
    """Whether its input comes from such a norm, or all that takes its output is one."""
    after = [_beyond_sums(consumers) for consumers in node.followers()]
    follows = all(nodes and all(map(_rescales, nodes)) for nodes in after)
    sources = (origin(source, does_nothing) for source in node.sources)
    return follows or any(source and _rescales(source) for source in sources)


def _beyond_sums(consumers: tuple[Node, ...]) -> list[Node]:
    """What takes the output, or its sum with what passes by: a norm after the residual."""
    found = []
    for node in consumers:
        found += node.consumers if node.layer and node.layer.merges else [node]
    return found


def _rescales(node: Node) -> bool:
    return bool(node.layer and node.layer.only_rescales)


RULE = Rule(
    code="NN806",
    name="attention-bias-with-rmsnorm",
    severity=Severity.INFO,
    summary="Biases in attention next to RMSNorm.",
    rationale=(
        "RMSNorm is LayerNorm without its shift and its mean, and the networks that use it "
        "(T5, Llama, Gemma, Mixtral, DeepSeek) leave the biases of the projections out as "
        "well; PaLM reports that large networks train more stably without. A key's bias "
        "alone changes nothing at all: it adds the same to all scores of a query, and softmax "
        "takes it away. PyTorch's default is bias: true, so it often comes in unseen. The rule "
        "is silent where only some projections have one, which somebody must have chosen: "
        "Qwen2 has them in queries, keys and values, and not in the output."
    ),
    reference="https://arxiv.org/abs/2204.02311",
    bad="""\
nnlint: 1
input: {sequence: [128, 512]}
layers:
  - {type: Residual, body: [RMSNorm, {type: MultiheadAttention, num_heads: 8}]}
""",
    good="""\
nnlint: 1
input: {sequence: [128, 512]}
layers:
  - {type: Residual, body: [RMSNorm, {type: MultiheadAttention, num_heads: 8, bias: false}]}
""",
    check=check,
)

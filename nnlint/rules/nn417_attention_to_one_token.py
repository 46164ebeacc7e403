"""NN417: attention with nothing to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.layers.shape import Layout, Misfit, Unknown
from nnlint.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node
    from nnlint.layers.shape import Shape


def check(graph: Graph) -> Iterator[Problem]:
    """Layers of which an attention sees a single token."""
    found = [node for node in graph.nodes if node.complete and 1 in _attended(node)]
    entered = _of_one_token(graph) if found else ()
    for node in found:
        if id(node) not in entered:
            yield Problem(
                "NN417",
                node.path,
                f"{node.spec.label} attends to a single token: the softmax over one score is "
                "1, whatever the query, so its queries and keys get no gradient and learn "
                "nothing",
                "let it attend to several tokens (from: [query, memory] names them), or put a "
                "Linear in the attention's place, which is all that is left of it",
            )


def _attended(node: Node) -> tuple[int, ...]:
    try:
        return node.layer.attended(*node.inputs) if node.layer else ()
    except (Misfit, Unknown):
        return ()


def _of_one_token(graph: Graph) -> set[int]:
    """The layers (by id) behind an input of one token, which is one step of a longer one."""
    found: set[int] = set()
    for node in graph.nodes:
        entering = zip(node.sources, node.inputs, strict=True)
        if any(id(one) in found if one else _is_one_token(x) for one, x in entering):
            found.add(id(node))
    return found


def _is_one_token(x: Shape) -> bool:
    return x.layout in (Layout.TOKENS, Layout.SEQUENCE) and not x.open and x.dims[0] == 1


RULE = Rule(
    code="NN417",
    name="attention-to-one-token",
    severity=Severity.WARNING,
    summary="An attention that has a single token to choose from.",
    rationale=(
        "Attention weighs tokens by how well their keys fit the query, and the weights of a "
        "query sum to 1. A single token always has weight 1: the output is the value's "
        "projection, the same for each query, and the gradient of the queries' and keys' "
        "matrices is exactly 0 (measured): half of what the attention learns. Mostly a token "
        "was selected before the attention instead of behind it, the memory was forgotten in "
        "from, or features were reshaped to a sequence of one. The values learn, hence a "
        "warning where a softmax over one score is an error (NN503). The rule is silent where "
        "a key of its own is added (add_bias_kv, add_zero_attn), where the length is unknown, "
        "and where a sequence of one token enters the network: there it stands for one of any "
        "length, or for one step of it."
    ),
    reference="https://arxiv.org/abs/1706.03762",
    bad="""\
nnlint: 1
input: {sequence: [64, 32]}
layers:
  - {type: Slice, dim: 1, end: 1}
  - {type: MultiheadAttention, num_heads: 4}
""",
    good="""\
nnlint: 1
input: {sequence: [64, 32]}
layers:
  - {type: LayerNorm, name: memory}
  - {type: Slice, dim: 1, end: 1}
  - {type: MultiheadAttention, num_heads: 4, from: [previous, memory]}
""",
    check=check,
)

"""NN804: a head with a matrix of its own, as large as the embedding's."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity, spell
from nnlint.quantity import percent
from nnlint.rules import Rule
from nnlint.rules.properties import is_dense
from nnlint.rules.walking import before, last_stretch
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """Last layers without bias whose weight could be the embedding's."""
    shapes = {_shape(node) for node in graph.nodes if _is_table(node)}
    last = last_stretch(graph)
    for node in graph.nodes:
        if id(node) in last and is_dense(node) and _is_bare(node) and _shape(node) in shapes:
            tables = (one for one in before(node.sources).values() if _is_table(one))
            table = next((one for one in tables if _shape(one) == _shape(node)), None)
            if table:
                yield _problem(graph, node, table)


def _is_bare(node: Node) -> bool:
    """Whether all that it owns is a weight that is learned."""
    return node.trainable and node.weight is not None and len(node.tensors) == 1


def _is_table(node: Node) -> bool:
    """Whether it is a vocabulary with vectors of its own that are learned."""
    found = node.layer and node.layer.is_vocabulary and node.trainable and node.weight
    return bool(found)


def _shape(node: Node) -> tuple[int, ...]:
    return node.weight.shape if node.weight else ()


def _problem(graph: Graph, head: Node, table: Node) -> Problem:
    total, name = graph.totals.params, table.spec.name
    how = f"tie: {name}" if name else f"with name: table on {table.spec.label}, tie: table"
    share = f" ({percent(Fraction(head.weights, total))})" if graph.totals.complete else ""
    return Problem(
        "NN804",
        head.path,
        f"{head.spec.label} has a weight {list(_shape(head))} of its own, and "
        f"{table.spec.label} ({spell(table.path)}) has one of that shape",
        f"{how} drops {grouped(head.weights)} of {grouped(total)} parameters{share}",
    )


RULE = Rule(
    code="NN804",
    name="untied-head",
    severity=Severity.INFO,
    summary="A head with a weight of its own, of the embedding's shape.",
    rationale=(
        "An embedding has a vector for each word, and the head of a language model another: "
        "both say what a word means. Sharing one matrix saves as many parameters as the "
        "vocabulary is large, and in small models predicts better (GPT-2, T5, Gemma and "
        "Whisper do so). Large models keep two on purpose, for there it is a small share of "
        "all (6.5 % of Llama 3 8B, 1.5 % of its 70B): hence advice, shown with --show-info, "
        "with the share. The rule is silent on a head with a bias, if it or the embedding is "
        "frozen, and if the head's input does not come from that embedding."
    ),
    reference="https://arxiv.org/abs/1608.05859",
    bad="""\
nnlint: 1
input: {tokens: 128}
layers:
  - {type: Embedding, num_embeddings: 32000, embedding_dim: 256, name: table}
  - {type: Residual, body: [LayerNorm, {type: MultiheadAttention, num_heads: 4, causal: true}]}
  - LayerNorm
  - {type: Linear, out_features: 32000, bias: false}
""",
    good="""\
nnlint: 1
input: {tokens: 128}
layers:
  - {type: Embedding, num_embeddings: 32000, embedding_dim: 256, name: table}
  - {type: Residual, body: [LayerNorm, {type: MultiheadAttention, num_heads: 4, causal: true}]}
  - LayerNorm
  - {type: Linear, out_features: 32000, bias: false, tie: table}
""",
    check=check,
)

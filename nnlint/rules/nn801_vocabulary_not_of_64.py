"""NN801: a vocabulary that fills no whole tiles of the head's multiplication."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.properties import is_dense
from nnlint.rules.walking import last_stretch
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node

TILE = 64
LEAST = 1024
"""Rows of the smallest vocabulary that is worth filling up: at most 1/16 is added."""


def check(graph: Graph) -> Iterator[Problem]:
    """Vocabularies of an odd size that a head multiplies by."""
    tied, untied = _heads(graph)
    for table in graph.nodes:
        rows = _rows(table)
        if rows >= LEAST and rows % TILE:
            heads = [*tied.get(id(table), ()), *untied.get(rows, ())]
            if heads:
                yield _problem(graph, table, rows, heads)


def _rows(node: Node) -> int:
    """The size of a vocabulary; 0 for all else, and for what shares another's."""
    table = node.weight if node.layer and node.layer.is_vocabulary else None
    return table.shape[0] if table else 0


def _heads(graph: Graph) -> tuple[dict[int, list[Node]], dict[int, list[Node]]]:
    """The dense layers that share a table, by its id; and the last ones, by their scores."""
    tied: dict[int, list[Node]] = {}
    untied: dict[int, list[Node]] = {}
    last = last_stretch(graph)
    for node in filter(is_dense, graph.nodes):
        own = node.weight
        if node.tied:
            tied.setdefault(id(node.tied[1]), []).append(node)
        elif own and id(node) in last:
            untied.setdefault(own.shape[0], []).append(node)
    return tied, untied


def _problem(graph: Graph, table: Node, rows: int, heads: list[Node]) -> Problem:
    fitting = -(-rows // TILE) * TILE
    more = fitting - rows
    untied = [node.spec.label for node in heads if not node.tied]
    also = f" (and out_features of {untied[0]})" if untied else ""
    added = more * sum(one.count // rows for node in (table, *heads) for one in node.tensors)
    of_all = f" to {grouped(graph.totals.params)}" if graph.totals.complete else ""
    return Problem(
        "NN801",
        table.spec.place("num_embeddings"),
        f"{table.spec.label} has {grouped(rows)} entries, no multiple of {TILE}, and "
        f"{heads[0].spec.label} multiplies by all of them",
        f"num_embeddings: {fitting}{also} adds {grouped(added)} parameters{of_all}, and the "
        f"{more} entries more are never looked up",
    )


RULE = Rule(
    code="NN801",
    name="vocabulary-not-of-64",
    severity=Severity.INFO,
    summary="A vocabulary whose size is not a multiple of 64, before a head of that size.",
    rationale=(
        "A GPU multiplies in tiles, and a matrix with an odd number of rows leaves part of "
        "them empty, or falls back to slower code. In a language model the head over the "
        "vocabulary is the largest multiplication: nanoGPT rounds GPT-2's 50,257 up to 50,304 "
        "for speed alone. The tokeniser never gives the entries that are added. The rule is "
        "silent where no head multiplies by the vocabulary, for a look-up alone gains "
        "nothing, on vocabularies below 1,024 (characters), where rounding up would add much, "
        "and it is advice, shown with --show-info: a published checkpoint has the size that "
        "it has."
    ),
    reference="https://github.com/karpathy/nanoGPT/blob/master/model.py",
    bad="""\
nnlint: 1
input: {tokens: 128}
layers:
  - {type: Embedding, num_embeddings: 50257, embedding_dim: 256, name: wte}
  - {type: Residual, body: [LayerNorm, {type: MultiheadAttention, num_heads: 4, causal: true}]}
  - LayerNorm
  - {type: Linear, out_features: 50257, bias: false, tie: wte}
""",
    good="""\
nnlint: 1
input: {tokens: 128}
layers:
  - {type: Embedding, num_embeddings: 50304, embedding_dim: 256, name: wte}
  - {type: Residual, body: [LayerNorm, {type: MultiheadAttention, num_heads: 4, causal: true}]}
  - LayerNorm
  - {type: Linear, out_features: 50304, bias: false, tie: wte}
""",
    check=check,
)

"""NN415: the first token kept, although it has seen no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.first_token import first_tokens
from nnlint.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node
    from nnlint.rules.first_token import Tokens


def check(graph: Graph) -> Iterator[Problem]:
    """The first token, kept behind layers in which no token sees a later one."""
    for node, tokens in first_tokens(graph):
        if tokens.hides_later:
            yield _problem(node, tokens)


def _problem(node: Node, tokens: Tokens) -> Problem:
    x = node.inputs[0]
    return Problem(
        "NN415",
        node.path,
        f"{node.spec.label} keeps the first token of {x}, but {listed(tokens.mixing, 'and')} "
        "before it lets a token see itself and earlier ones alone: the first knows of none of "
        f"the other {x.dims[0] - 1}",
        "keep the last token (index: -1), which has seen all, or take the Mean over axis 1",
    )


RULE = Rule(
    code="NN415",
    name="first-token-of-causal-attention",
    severity=Severity.WARNING,
    summary="The first token is kept, where no token sees a later one.",
    rationale=(
        "Under a causal mask a token gathers from itself and from those before it; the first "
        "one gathers from itself. What is computed of it alone says nothing of the rest of "
        "the text (its gradient to every other token is 0 when measured), and where each text "
        "begins with the same mark, it is a constant. BERT's first token sums up a text "
        "because BERT's attention is not causal; behind a causal one it is the last. The same "
        "is true of a recurrent layer that only steps forward. The rule fires if every layer "
        "before it in which tokens meet is of these kinds, and there is one. It is silent if "
        "any of them looks at a memory of other tokens (a decoder's first token sums up the "
        "encoder's), or if anything else stands on the way that may bring another token to "
        "the front, such as Concat, Permute, a convolution or a Custom."
    ),
    reference="https://huggingface.co/docs/transformers/model_doc/gpt2#transformers.GPT2ForSequenceClassification",
    bad="""\
nnlint: 1
input: {tokens: 64}
layers:
  - {type: Embedding, num_embeddings: 1000, embedding_dim: 32}
  - {type: Residual, body: [LayerNorm, {type: MultiheadAttention, num_heads: 4, causal: true}]}
  - {type: Select, index: 0}
  - {type: Linear, out_features: 2}
""",
    good="""\
nnlint: 1
input: {tokens: 64}
layers:
  - {type: Embedding, num_embeddings: 1000, embedding_dim: 32}
  - {type: Residual, body: [LayerNorm, {type: MultiheadAttention, num_heads: 4, causal: true}]}
  - {type: Select, index: -1}
  - {type: Linear, out_features: 2}
""",
    check=check,
)

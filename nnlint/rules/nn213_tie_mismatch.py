"""NN213: parameters shared that can't be."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN213",
    name="tie-mismatch",
    severity=Severity.ERROR,
    summary="Parameters shared that can't be.",
    rationale=(
        "tie: name shares the weight of that layer, and shared: true lets all copies of a "
        "part share theirs. Both need the same shape everywhere: a Linear from d to vocab "
        "has the weight [vocab, d], as the Embedding of vocab vectors of d has."
    ),
    reference="https://arxiv.org/abs/1608.05859",
    bad="""\
nnlint: 1
input: {tokens: 8}
layers:
  - {type: Embedding, num_embeddings: 100, embedding_dim: 16, name: table}
  - {type: Linear, out_features: 99, bias: false, tie: table}
""",
    good="""\
nnlint: 1
input: {tokens: 8}
layers:
  - {type: Embedding, num_embeddings: 100, embedding_dim: 16, name: table}
  - {type: Linear, out_features: 100, bias: false, tie: table}
""",
)

"""NN406: dropout as the last layer of an output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """Outputs that end in a dropout; Flatten or Identity may follow it."""
    for output in graph.outputs.values():
        node = _last(output.edge.node)
        if node and node.layer and node.layer.dropped and node.sources[0]:
            yield Problem(
                "NN406",
                node.path,
                f"{node.spec.label} comes last: while training it sets each number of the "
                f"output to 0 with p {node.layer.dropped:g}, whatever the layers before it "
                "have learned",
                "move it before the last layer that learns, or remove it",
                severity=None if output.loss or _gives_scores(node) else Severity.INFO,
            )


def _last(node: Node | None) -> Node | None:
    """The last layer that does something to the numbers."""
    while node and node.layer and node.layer.passes_last and not node.layer.dropped:
        node = node.sources[0] if node.sources else None
    return node


def _gives_scores(dropout: Node) -> bool:
    """Whether the answer itself is dropped; other outputs may be features for more layers."""
    before = dropout.sources[0].layer if dropout.sources and dropout.sources[0] else None
    if before is None:
        return False
    log, scores = before.gives_log_probabilities, before.is_linear_map
    return scores or log or before.gives_probabilities


RULE = Rule(
    code="NN406",
    name="dropout-last",
    severity=Severity.WARNING,
    summary="Dropout as the last layer of an output.",
    rationale=(
        "Dropout makes the layers behind it robust. Behind the last layer there is none: the "
        "answer itself is set to 0 at random, the loss can't become small, and the gradient "
        "is noise. Flatten, Identity and pooling to 1×1 behind the dropout do not hide it. "
        "Without a loss, and with a norm, an activation or pooling before the dropout, the "
        "output may be features that other layers take (T5's encoder ends so): then it is "
        "advice only. The rule is silent if p is 0."
    ),
    reference="https://jmlr.org/papers/v15/srivastava14a.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
  - {type: Dropout, p: 0.5}
loss: CrossEntropyLoss
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Dropout, p: 0.5}
  - {type: Linear, out_features: 10}
loss: CrossEntropyLoss
""",
    check=check,
)

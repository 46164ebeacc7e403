"""NN406: dropout as the last layer of an output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.heads import completes_loss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node, Output


def check(graph: Graph) -> Iterator[Problem]:
    """Outputs that end in a dropout; Flatten or Identity may follow it."""
    for output in graph.outputs.values():
        node, behind = _last(output)
        if node and node.layer and node.layer.dropped and node.sources[0]:
            last = f"last but for {behind.spec.label}" if behind else "last"
            yield Problem(
                "NN406",
                node.path,
                f"{node.spec.label} comes {last}: while training it sets each number of the "
                f"output to 0 with p {node.layer.dropped:g}, whatever the layers before it "
                "have learned",
                "move it before the last layer that learns, or remove it",
                severity=None if output.loss or _gives_scores(node) else Severity.INFO,
            )


def _last(output: Output) -> tuple[Node | None, Node | None]:
    """The last layer that does something to the numbers, and what of the loss is behind it."""
    node, behind = output.edge.node, None
    while node and node.layer and not node.layer.dropped:
        if completes_loss(node.layer, output.loss) and not behind:
            behind = node
        elif not node.layer.passes_last:
            break
        node = node.sources[0] if node.sources else None
    return node, behind


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
        "is noise. Flatten, Identity and pooling to 1×1 behind the dropout do not hide it, nor "
        "does the half of a loss that is a layer (LogSoftmax with NLLLoss, Sigmoid with "
        "BCELoss). "
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

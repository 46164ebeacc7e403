"""NN509: probabilities that share one sum, into a loss that judges each alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.heads import beneath, heads
from nnlint.rules.properties import competing
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """A softmax before BCELoss; its axis must be known."""
    for node, layer in heads(graph, "BCELoss"):
        classes = competing(node)
        before = beneath(node)
        right_before = before is not None and before.gives_probabilities
        if layer.gives_probabilities and classes is not None and not right_before:
            yield _of_two(node) if classes == 2 else _of_many(node, classes)


def _of_two(node: Node) -> Problem:
    return Problem(
        "NN509",
        node.path,
        f"{node.spec.label} comes last with BCELoss: for two outputs that sum to 1 it is the "
        "same as cross entropy, by a longer way",
        f"remove {node.spec.type} and use CrossEntropyLoss, or give one score to Sigmoid",
        severity=Severity.INFO,
    )


def _of_many(node: Node, classes: int) -> Problem:
    return Problem(
        "NN509",
        node.path,
        f"{node.spec.label} comes last and lets {grouped(classes)} outputs share one sum of 1, "
        "but BCELoss asks of each alone whether it is right",
        f"if one of them is right, remove {node.spec.type} and use CrossEntropyLoss; if "
        "several can be, write Sigmoid",
    )


RULE = Rule(
    code="NN509",
    name="softmax-into-bce",
    severity=Severity.WARNING,
    summary="Softmax last with BCELoss.",
    rationale=(
        "Softmax says that exactly one class is right, BCELoss that any number may be. With "
        "three outputs or more, and several right at once, no output can come near 1: the loss "
        "can't come near 0. With one right, the wrong outputs are counted beside the right "
        "one, and cross entropy is what was meant. With two outputs that sum to 1 both say "
        "the same and have the same value: advice, shown with --show-info. A softmax over a "
        "single output is NN503, one behind another activation that fits NN403, and one over "
        "an unknown number is silent."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
  - Softmax
loss: BCELoss
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
  - Sigmoid
loss: BCELoss
""",
    check=check,
)

"""NN502: probabilities into BCEWithLogitsLoss, which wants scores."""

from __future__ import annotations

from math import exp, log1p
from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.heads import SIGMOID_INSIDE, beneath, ends, is_head
from nnlint.rules.words import numbers_within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node
    from nnlint.layers.base import Layer

MUCH = 0.1
"""What a perfect answer may cost where the scores are bounded, before it is worth a word."""


def check(graph: Graph) -> Iterator[Problem]:
    """Last layers that give probabilities, or scores within narrow bounds."""
    for node, layer, output in ends(graph):
        loss = output.loss
        if loss in SIGMOID_INSIDE and is_head(node, output, loss):
            if layer.gives_probabilities:
                yield _problem(node, loss)
            elif _least_cost(layer) > MUCH and not beneath(node) and not _cuts_off(layer):
                yield _too_close(node, layer, loss)


def _least_cost(layer: Layer) -> float:
    """What the better answer to the worse of the two questions, yes and no, costs."""
    if layer.bounds is None:
        return 0
    least, most = layer.bounds
    return log1p(exp(min(max(-most, least), 100)))  # beyond 100 it costs that much, about


def _cuts_off(layer: Layer) -> bool:
    """ReLU is NN512's to say."""
    return layer.gives_positive and layer.keeps_positive


def _problem(node: Node, loss: str) -> Problem:
    remedy = f"remove {node.spec.type}"
    return Problem(
        "NN502",
        node.path,
        f"{node.spec.label} comes last, but {loss} applies the sigmoid itself: even a perfect "
        "answer costs 0.3133 or more",
        remedy if loss == "SoftMarginLoss" else f"{remedy}, or keep it and use BCELoss",
    )


def _too_close(node: Node, layer: Layer, loss: str) -> Problem:
    given = numbers_within(layer.bounds) if layer.bounds else ""
    return Problem(
        "NN502",
        node.path,
        f"{node.spec.label} comes last and gives {given}, but {loss} needs scores far above "
        f"and below 0: even a perfect answer costs up to {_least_cost(layer):.4f}",
        f"remove {node.spec.type}: the loss takes the scores as they are",
        severity=Severity.WARNING,
    )


RULE = Rule(
    code="NN502",
    name="activated-before-bce-with-logits",
    severity=Severity.ERROR,
    summary="Sigmoid or Softmax last with BCEWithLogitsLoss.",
    rationale=(
        "BCEWithLogitsLoss applies the sigmoid itself, in a way that is stable for large "
        "scores. A probability of 1 becomes sigmoid(1) = 0.73 in it, which costs "
        "−log 0.73 = 0.3133 although the answer is right. MultiLabelSoftMarginLoss and "
        "SoftMarginLoss do the same. Scores within other bounds (Tanh gives −1 to 1, "
        "LogSigmoid nothing above 0) are a warning where a perfect answer costs more than "
        "0.1; a ReLU is NN512. Flatten, Dropout and Identity behind the sigmoid do not hide it."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html",
    bad="""\
nnlint: 1
input: [30]
layers:
  - {type: Linear, out_features: 1}
  - Sigmoid
loss: BCEWithLogitsLoss
""",
    good="""\
nnlint: 1
input: [30]
layers:
  - {type: Linear, out_features: 1}
loss: BCEWithLogitsLoss
""",
    check=check,
)

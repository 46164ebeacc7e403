"""NN501: probabilities into CrossEntropyLoss, which wants scores."""

from __future__ import annotations

from math import exp, log1p
from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.heads import SOFTMAX_INSIDE, beneath, classes, ends, is_head
from nnlint.rules.properties import competing
from nnlint.rules.words import numbers_within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node
    from nnlint.layers.base import Layer

LOSS = SOFTMAX_INSIDE
MUCH = 0.1
"""What a perfect answer may cost where the scores are bounded, before it is worth a word."""


def check(graph: Graph) -> Iterator[Problem]:
    """Last layers that give probabilities, or scores within narrow bounds."""
    for node, layer, output in ends(graph):
        if is_head(node, output, LOSS):
            count = competing(node) or classes(output)
            cost = _least_cost(layer, count) if count else 0
            price = f": with {count} classes a perfect answer still costs {cost:.4f}"
            if layer.gives_probabilities:
                yield _problem(node, price if cost else "")
            elif cost > MUCH and not beneath(node):
                yield _too_close(node, layer, price)


def _least_cost(layer: Layer, count: int) -> float:
    """The cross entropy of the most that it gives for the right class, the least for all else.

    With probabilities 1, 0, 0 … that go through a softmax again, log(e + classes − 1) − 1.
    """
    if layer.bounds is None:
        return 0
    least, most = layer.bounds
    return log1p((count - 1) * exp(least - most))


def _problem(node: Node, price: str) -> Problem:
    return Problem(
        "NN501",
        node.path,
        f"{node.spec.label} comes last, but {LOSS} applies the softmax itself{price}",
        f"remove {node.spec.type}: the loss takes the scores as they are",
    )


def _too_close(node: Node, layer: Layer, price: str) -> Problem:
    given = numbers_within(layer.bounds) if layer.bounds else ""
    return Problem(
        "NN501",
        node.path,
        f"{node.spec.label} comes last and gives {given}, too close together for {LOSS}{price}",
        f"remove {node.spec.type}: the loss takes the scores as they are",
        severity=Severity.WARNING,
    )


RULE = Rule(
    code="NN501",
    name="activated-before-cross-entropy",
    severity=Severity.ERROR,
    summary="Softmax or Sigmoid last with CrossEntropyLoss.",
    rationale=(
        "CrossEntropyLoss is log-softmax and negative log-likelihood in one; it wants scores. "
        "Given probabilities, it squeezes numbers between 0 and 1 once more: the loss can't "
        "come near 0, gradients are small, and training is slow for no visible reason. "
        "Scores within other narrow bounds (Tanh gives −1 to 1) do the same, and are a warning "
        "where a perfect answer costs more than 0.1. LogSoftmax before it changes nothing and "
        "is no error. Flatten, Dropout and Identity behind the softmax do not hide it."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
  - Softmax
loss: CrossEntropyLoss
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
loss: CrossEntropyLoss
""",
    check=check,
)

"""NN510: a single score, for a loss that compares several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.walking import before, competing, ends, is_lone_score, unflattened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node
    from nnlint.layers.base import Layer

UNBOUNDED = "NLLLoss"
"""The loss that compares nothing itself: it has no least value, where others are 0."""


def check(graph: Graph) -> Iterator[Problem]:
    """Outputs of one class; a softmax over it is NN503's to say, a map of rows NN402's."""
    for node, layer, output in ends(graph):
        if is_lone_score(output) and competing(node) != 1 and not _is_of_rows(graph, node):
            yield _problem(node, layer, str(output.loss))


def _is_of_rows(graph: Graph, node: Node) -> bool:
    """Whether a Flatten was forgotten: its one channel is the picture's."""
    earlier = before([node])
    return any(id(one) in earlier for one, _ in unflattened(graph))


def _problem(node: Node, layer: Layer, loss: str) -> Problem:
    remedy = (
        f"{node.spec.type} gives one probability: use BCELoss"
        if layer.gives_probabilities
        else "for yes or no use BCEWithLogitsLoss, for a quantity MSELoss"
    )
    end = (
        "it falls without end, and nothing is learned"
        if loss == UNBOUNDED
        else "it is 0, and so is the gradient"
    )
    return Problem(
        "NN510",
        node.path,
        f"{node.spec.label} comes last and one score leaves the network, but {loss} compares "
        f"the scores of several classes: of one {end}",
        f"{remedy}; or give it an output for each class",
    )


RULE = Rule(
    code="NN510",
    name="output-does-not-fit-loss",
    severity=Severity.ERROR,
    summary="A single output score with a loss that compares classes.",
    rationale=(
        "CrossEntropyLoss and the margin losses over classes raise the score of the right "
        "class above those of the others. Of one class they are 0, whatever the score, and the "
        "gradient is 0 too (measured: exactly); NLLLoss of one falls to minus infinity. The "
        "network trains, the loss looks perfect, and nothing is learned. For a single "
        "yes-or-no score, BCEWithLogitsLoss is meant. The rule is silent on sequences [T, 1], "
        "where the places may be what competes (the start of an answer in a text), on all "
        "other losses, which take any number of outputs, where the shape is unknown, on a "
        "softmax over one score (NN503), and where a map was not flattened (NN402). Where the "
        "scores of several samples are put side by side outside of the network (the answers of "
        "a multiple choice), ignore it with that reason."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html",
    bad="""\
nnlint: 1
input: [30]
layers:
  - {type: Linear, out_features: 1}
loss: CrossEntropyLoss
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

"""NN510: a single score, or a map of one place, for a loss that compares classes."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.layers.shape import Layout
from nnlint.rules import Rule
from nnlint.rules.heads import ends, is_lone_score
from nnlint.rules.maps import unflattened
from nnlint.rules.properties import competing
from nnlint.rules.walking import before
from nnlint.wording import shape_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node
    from nnlint.layers.base import Layer
    from nnlint.layers.shape import Shape

OF_CLASSES = ("CrossEntropyLoss", "NLLLoss")
"""The losses that want one class for each place of a map."""
UNBOUNDED = "NLLLoss"
"""The loss that compares nothing itself: it has no least value, where others are 0."""


def check(graph: Graph) -> Iterator[Problem]:
    """Outputs of one class; a softmax over it is NN503's to say, a map of rows NN402's."""
    for node, layer, output in ends(graph):
        if is_lone_score(output) and competing(node) != 1 and not _is_of_rows(graph, node):
            yield _problem(node, layer, str(output.loss))
    for output in graph.outputs.values():
        last = output.edge.node
        if last and output.loss in OF_CLASSES and _is_one_place(output.edge.shape):
            yield _unflattened(last, output.loss)


def _is_one_place(shape: Shape) -> bool:
    """Whether it is a map of several classes with a single place."""
    is_map = shape.layout is Layout.MAP and not shape.open and shape.rank > 1
    return is_map and shape.dims[0] > 1 == prod(shape.dims[1:])


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


def _unflattened(last: Node, loss: str) -> Problem:
    shape = last.output
    axes = shape_text(shape.dims[1:])
    return Problem(
        "NN510",
        last.path,
        f"{last.spec.label} comes last and gives a map {shape}, and {loss} wants a class for "
        f"each place of a map: torch refuses one class a sample, without the axes {axes}",
        f"a Flatten behind it makes {shape_text(shape.dims[:1])} of it",
        severity=Severity.WARNING,
    )


RULE = Rule(
    code="NN510",
    name="output-does-not-fit-loss",
    severity=Severity.ERROR,
    summary="One score, or a map of one place, with a loss that compares classes.",
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
        "a multiple choice), ignore it with that reason. A map [C, 1, 1] of several classes "
        "is a warning: CrossEntropyLoss and NLLLoss read it as a picture of one pixel, want a "
        "target of the same form, and stop at a plain class (measured), so the last Flatten is "
        "missing. Maps of more places are segmentation, and silent."
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

"""NN510: a single score, for a loss that compares several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.walking import competing, ends, is_lone_score

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node
    from nnlint.layers.base import Layer


def check(graph: Graph) -> Iterator[Problem]:
    """Outputs of one class; a softmax over it is NN503's to say."""
    for node, layer, output in ends(graph):
        if is_lone_score(output) and competing(node) != 1:
            yield _problem(node, layer, str(output.loss))


def _problem(node: Node, layer: Layer, loss: str) -> Problem:
    """An error where the layer is wrong with this loss for a second reason."""
    probability = layer.gives_probabilities
    remedy = (
        f"{node.spec.type} gives one probability: use BCELoss"
        if probability
        else "for yes or no use BCEWithLogitsLoss, for a quantity MSELoss"
    )
    unnormalised = loss == "NLLLoss" and layer.bounds and not layer.gives_log_probabilities
    wrong_anyway = unnormalised or (loss == "CrossEntropyLoss" and probability)
    return Problem(
        "NN510",
        node.path,
        f"{node.spec.label} comes last and one score leaves the network, but {loss} compares "
        "the scores of several classes: with one there is nothing to learn",
        f"{remedy}; or give it an output for each class",
        severity=Severity.ERROR if wrong_anyway else None,
    )


RULE = Rule(
    code="NN510",
    name="output-does-not-fit-loss",
    severity=Severity.WARNING,
    summary="A single output score with a loss that compares classes.",
    rationale=(
        "CrossEntropyLoss, NLLLoss and the margin losses over classes raise the score of the "
        "right class above those of the others. Of one class the cross entropy is 0, whatever "
        "the score, and the gradient is 0 too. For a single yes-or-no score, "
        "BCEWithLogitsLoss is meant. An error where the last layer does not fit the loss in "
        "any case, as Sigmoid with CrossEntropyLoss or bare scores with NLLLoss (NN501, "
        "NN506). The rule is silent on sequences [T, 1], where the places may be what "
        "competes (the start of an answer in a text), on all other losses, which take any "
        "number of outputs, where the shape is unknown, and on a softmax over one score "
        "(NN503)."
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

"""The ends of a network: what leaves it, and the loss that judges it."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from nnlint.layers.shape import Layout
from nnlint.rules.properties import competing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node, Output
    from nnlint.layers.base import Layer

COMPARING = ("CrossEntropyLoss", "MultiLabelMarginLoss", "MultiMarginLoss", "NLLLoss")
"""The losses that hold the scores of several classes against each other."""
SIGMOID_INSIDE = ("BCEWithLogitsLoss", "MultiLabelSoftMarginLoss", "SoftMarginLoss")
"""Those that are −log sigmoid of the score of what is right."""
SOFTMAX_INSIDE = "CrossEntropyLoss"
"""The one that is −log softmax of it."""
OF_VECTORS = (
    "CosineEmbeddingLoss", "HingeEmbeddingLoss", "MarginRankingLoss", "TripletMarginLoss",
    "TripletMarginWithDistanceLoss",
)  # fmt: skip
"""Those that compare vectors or distances, and not scores with targets."""


def ends(graph: Graph) -> Iterator[tuple[Node, Layer, Output]]:
    """The layers whose values leave the network, each with the output that they reach.

    Seen through Flatten, Dropout, Identity, and pooling to a single place.
    """
    for output in graph.outputs.values():
        node = output.edge.node
        while node and node.layer and node.sources and _passes_last(node, node.layer):
            node = node.sources[0]
        if node and node.layer:
            yield node, node.layer, output


def heads(graph: Graph, loss: str) -> Iterator[tuple[Node, Layer]]:
    """The last layers that are trained with this loss.

    None where one compares a single score with itself: that is NN503's to say. None where
    the loss would have to: that is NN510's.
    """
    for node, layer, output in ends(graph):
        if is_head(node, output, loss):
            yield node, layer


def is_head(node: Node, output: Output, loss: str) -> bool:
    """Whether this end is trained with the loss, and to be judged by it."""
    return output.loss == loss and competing(node) != 1 and not is_lone_score(output)


def is_lone_score(output: Output) -> bool:
    """Whether its loss compares the scores of several classes, and it has a single one.

    Not on a sequence [T, 1]: there the places may be what competes.
    """
    sequence = output.edge.shape.layout is Layout.SEQUENCE
    return output.loss in COMPARING and not sequence and classes(output) == 1


def classes(output: Output) -> int | None:
    """How many scores it gives for one answer; None: nobody knows."""
    shape = output.edge.shape
    if shape.open or not shape.dims:
        return None
    if shape.layout is Layout.SEQUENCE:
        return shape.last
    return shape.dims[0] if shape.layout in (Layout.FEATURES, Layout.MAP) else None


def needless(graph: Graph) -> set[int]:
    """The last activations (by id) that their loss wants gone."""
    return {
        id(node) for node, layer, output in ends(graph) if _is_needless(node, layer, output)
    }


def _is_needless(node: Node, layer: Layer, output: Output) -> bool:
    """Whether the loss computes it itself (NN501, NN502), or judges each alone (NN509)."""
    loss, several = output.loss, (competing(node) or 0) > 2
    unwanted = loss in (SOFTMAX_INSIDE, *SIGMOID_INSIDE) or (loss == "BCELoss" and several)
    return bool(loss and unwanted and layer.gives_probabilities and is_head(node, output, loss))


def last_batch_norms(graph: Graph) -> Iterator[tuple[Node, Node | None, Output]]:
    """The batch norms that come last, with what of the loss is behind each, and the output.

    None where the loss compares vectors, which are normalised on purpose.
    """
    for end, layer, output in ends(graph):
        behind = end if completes_loss(layer, output.loss) else None
        node = end.sources[0] if behind else end
        if node and _normalises_batch(node) and output.loss not in OF_VECTORS:
            yield node, behind, output


def _normalises_batch(node: Node) -> bool:
    return bool(node.layer and node.layer.uses_batch and node.trainable)


def completes_loss(layer: Layer, loss: str | None) -> bool:
    """Whether it is the half of a loss that others have inside: Sigmoid with BCELoss."""
    log, probability = layer.gives_log_probabilities, layer.gives_probabilities
    return (loss == "NLLLoss" and log) or (loss == "BCELoss" and probability)


def beneath(node: Node) -> Layer | None:
    """What is last but for a layer that another rule wants gone.

    Such are an activation directly behind an activation (NN403), and a batch norm (NN408).
    """
    source = next(iter(node.sources), None)
    before, layer = source.layer if source else None, node.layer
    if before is None or layer is None or before.role != "activation":
        return None
    return before if layer.role == "activation" or layer.uses_batch else None


def _passes_last(node: Node, layer: Layer) -> bool:
    """Whether what is said of a network's last layer holds through it."""
    summed_up = layer.passes_shift and not node.output.open
    return layer.passes_last or (summed_up and prod(node.output.dims[1:]) == 1)

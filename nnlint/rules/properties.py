"""What several rules ask of a layer in the place where it stands; unknown is no."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from nnlint.layers.shape import Misfit, Unknown

if TYPE_CHECKING:
    from nnlint.graph import Node
    from nnlint.layers.base import Slide


def competing(node: Node) -> int | None:
    """How many scores share one sum in this layer; None: it compares none, or nobody knows."""
    try:
        return node.layer.competing(node.inputs[0]) if node.layer and node.inputs else None
    except (Unknown, Misfit):
        return None


def guesses_axis(node: Node) -> bool:
    """Whether torch would guess the axis that it works on, and take the batch."""
    return bool(node.layer and node.inputs and node.layer.guesses_axis(node.inputs[0]))


def slides(node: Node) -> tuple[Slide, ...]:
    """Its window on each axis; none where it has none, or nobody knows what arrives."""
    try:
        return node.layer.slides(node.inputs[0]) if node.layer and node.inputs else ()
    except (Unknown, Misfit):
        return ()


def multiplies(node: Node) -> bool:
    """Whether it is known to multiply by learned matrices, or by what arrives."""
    return bool(node.macs)


def dropped_share(node: Node) -> Fraction:
    """Which share of what passes it drops while training."""
    key = node.layer.dropout_key if node.layer else None
    return Fraction(str(getattr(node.layer, key))) if key else Fraction(0)


def merges_alike(node: Node) -> bool:
    """Whether it joins its inputs element by element: a sum, or a product that gates."""
    return bool(node.layer and node.layer.merges and node.output in node.inputs)


def keeps_elements(node: Node) -> bool:
    """Whether it moves numbers at most: Identity, Flatten, Permute."""
    return bool(node.layer and node.layer.keeps_elements)


def does_nothing(node: Node) -> bool:
    """Whether what leaves it is what arrives: Identity, a Flatten of features."""
    if not (node.layer and keeps_elements(node)) or node.layer.arranges_axes:
        return False
    return node.output.layout is node.inputs[0].layout and node.output == node.inputs[0]


def is_dense(node: Node) -> bool:
    """Whether it multiplies the last axis by a learned matrix."""
    return bool(node.layer and node.layer.is_linear_map and node.layer.feature_axis == -1)

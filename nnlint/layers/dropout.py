"""Layers that zero a random part of what passes while training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers.attribute import FLAG, PROBABILITY, attribute
from nnlint.layers.base import Layer, need_rank

if TYPE_CHECKING:
    from nnlint.layers.shape import Shape


class _Dropout(Layer):
    reference = "https://docs.pytorch.org/docs/stable/nn.html#dropout-layers"
    passes_linearity = True
    passes_last = True

    p: float = attribute(PROBABILITY, "share of the elements set to 0", default=0.5,
                         keras=("rate",))  # fmt: skip
    inplace: bool = attribute(FLAG, "overwrite the input", default=False)


class Dropout(_Dropout):
    """Zeroes single elements."""


class Dropout1d(_Dropout):
    """Zeroes whole channels of [C, L]."""

    example_inputs = {"input": [64, 100]}

    keras = ("SpatialDropout1D",)

    def infer(self, *inputs: Shape) -> Shape:
        """[C] or [C, L] -> the same."""
        if not inputs[0].open:
            need_rank(inputs[0], range(1, 3), "[C] or [C, L]", "use Dropout2d on [C, H, W]")
        return inputs[0]


class Dropout2d(_Dropout):
    """Zeroes whole channels of [C, H, W]."""

    example_inputs = {"input": [64, 32, 32]}

    keras = ("SpatialDropout2D",)


class Dropout3d(_Dropout):
    """Zeroes whole channels of [C, D, H, W]."""

    example_inputs = {"input": [64, 8, 32, 32]}

    keras = ("SpatialDropout3D",)


class AlphaDropout(_Dropout):
    """Zeroes to SELU's negative saturation, which keeps its mean and variance."""


class FeatureAlphaDropout(_Dropout):
    """AlphaDropout of whole channels."""

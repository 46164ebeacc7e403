"""Layers that zero a random part of what passes while training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers.attribute import FLAG, PROBABILITY, attribute
from nnlint.layers.base import Layer, features_last, need_rank
from nnlint.layers.shape import Layout

if TYPE_CHECKING:
    from nnlint.layers.shape import Shape


class _Dropout(Layer):
    reference = "https://docs.pytorch.org/docs/stable/nn.html#dropout-layers"
    passes_linearity = True
    passes_last = True
    keeps_tokens_apart = True
    dropout_key = "p"

    p: float = attribute(PROBABILITY, "share of the elements set to 0", default=0.5,
                         keras=("rate",))  # fmt: skip
    inplace: bool = attribute(FLAG, "overwrite the input", default=False)

    def infer(self, *inputs: Shape) -> Shape:
        """The shape stays."""
        (x,) = inputs
        if x.layout is Layout.TOKENS and not self.takes_indices:
            features_last(x)
        return x

    @property
    def dropped(self) -> float:
        """The share p."""
        return self.p

    @property
    def takes_indices(self) -> bool:
        """Whether torch computes it of whole numbers: it scales none if all stay, or none."""
        return self.p in {0, 1}


class Dropout(_Dropout):
    """Zeroes single elements."""


class Dropout1d(_Dropout):
    """Zeroes whole channels of [C, L]."""

    example_inputs = {"input": [64, 100]}

    keras = ("SpatialDropout1D",)

    def infer(self, *inputs: Shape) -> Shape:
        """[C] or [C, L] -> the same."""
        x = super().infer(*inputs)
        if not x.open:
            need_rank(x, range(1, 3), "[C] or [C, L]", "use Dropout2d on [C, H, W]")
        return x


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

    keeps_deviation = True


class FeatureAlphaDropout(_Dropout):
    """AlphaDropout of whole channels."""

    keeps_deviation = True

"""Layers that normalise: subtract a mean, divide by a deviation, scale and shift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers.attribute import FLAG, REAL, SIZE_OR_SHAPE, attribute, optional, stated
from nnlint.layers.base import Layer, ParamTensor, features_last, need_rank
from nnlint.layers.shape import Layout, Misfit, Shape
from nnlint.wording import shape_text

if TYPE_CHECKING:
    from collections.abc import Iterator


class BatchNorm1d(Layer):
    """Normalises each channel over the batch, with statistics that it stores for later.

    Takes features [C] or a map [C, L]; the shape stays.
    """

    formula = {"weight": "num_features", "bias": "num_features"}
    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html"
    keras = ("BatchNormalization",)
    prefers = Layout.MAP
    centred_axis = 0
    passes_linearity = True

    num_features: int | None = stated("channels that arrive", default=None)
    eps: float = attribute(REAL, "added to the variance", default=1e-5, keras=("epsilon",))
    momentum: float | None = attribute(
        optional(REAL), "weight of the newest batch in the statistics", default=0.1
    )
    affine: bool = attribute(FLAG, "a learned scale and shift a channel", default=True)
    track_running_stats: bool = attribute(
        FLAG, "store the running mean and variance", default=True
    )

    def infer(self, *inputs: Shape) -> Shape:
        """[C] -> [C], or [C, L] -> [C, L]."""
        (x,) = inputs
        if x.open:
            return x
        if x.layout in (Layout.SEQUENCE, Layout.TOKENS):
            hint = "write the input as {map: [C, L]} if it is one; or use LayerNorm"
            raise Misfit(
                "NN202", f"it takes [C] or a map [C, L], but a sequence {x} arrives", hint
            )
        need_rank(x, range(1, 3), "[C] or [C, L]", "a Flatten before it makes one axis")
        self.check_stated("num_features", x.dims[0], x)
        return x

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """weight [C] and bias [C], if affine."""
        if self.affine:
            channels = self.num_features or inputs[0].known[0]
            yield ParamTensor("weight", (channels,))
            yield ParamTensor("bias", (channels,))

    def buffers(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """running_mean [C], running_var [C] and the scalar num_batches_tracked."""
        if self.track_running_stats:
            channels = self.num_features or inputs[0].known[0]
            yield ParamTensor("running_mean", (channels,))
            yield ParamTensor("running_var", (channels,))
            yield ParamTensor("num_batches_tracked", ())

    @property
    def bias_flag(self) -> bool:
        """Its shift is called bias, and `affine` switches it."""
        return self.affine


class _TrailingNorm(Layer):
    """Normalises one sample over its last axes, and stores nothing."""

    prefers = Layout.SEQUENCE
    passes_linearity = True

    normalized_shape: int | tuple[int, ...] | None = stated(
        "the last axes that are normalised together", SIZE_OR_SHAPE, default=None
    )
    elementwise_affine: bool = attribute(
        FLAG, "a learned scale (and shift) an element", default=True
    )

    def infer(self, *inputs: Shape) -> Shape:
        """[*, normalized_shape] -> the same."""
        (x,) = inputs
        if x.layout is Layout.TOKENS:
            features_last(x)
        written = self._written()
        known = x.dims[max(len(x.dims) - len(written), 0) :]
        fits = known == written[len(written) - len(known) :] and (
            x.open or len(known) >= len(written)
        )
        if not fits:
            raise Misfit(
                "NN201",
                f"normalized_shape is {shape_text(written)}, but {x} arrives",
                "write the sizes of the last axes, or leave it out: the last axis is taken",
                key="normalized_shape",
                output=x,
            )
        if not written and not x.open:
            self.normalised(x)
        return x

    def _written(self) -> tuple[int, ...]:
        match self.normalized_shape:
            case None:
                return ()
            case int(size):
                return (size,)
            case sizes:
                return tuple(sizes)

    def normalised(self, x: Shape) -> tuple[int, ...]:
        """The axes that are normalised together.

        Raises:
            Misfit: they must be written, or indices arrive.
            Unknown: they can't be known.
        """
        if self._written():
            return self._written()
        if x.open:
            return (x.known[-1],)  # a map may hide behind an open shape
        if x.layout is Layout.MAP:
            raise Misfit(
                "NN202",
                f"on a map {x} it must be told what to normalise",
                f"write normalized_shape: {x} to normalise a whole sample",
            )
        return (features_last(x),)


class LayerNorm(_TrailingNorm):
    """Normalises the last axes of each sample to mean 0 and deviation 1."""

    formula = {"weight": "Π normalized_shape", "bias": "Π normalized_shape"}
    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html"
    keras = ("LayerNormalization",)

    eps: float = attribute(REAL, "added to the variance", default=1e-5, keras=("epsilon",))
    bias: bool = attribute(FLAG, "a learned shift, if elementwise_affine", default=True)
    channels: bool = attribute(
        FLAG, "normalise the channels of a map at each position (ConvNeXt's)", default=False
    )

    def infer(self, *inputs: Shape) -> Shape:
        """The shape stays."""
        if not self.channels:
            return super().infer(*inputs)
        if self.normalized_shape is not None:
            raise Misfit(
                "NN205",
                "channels: true already says what is normalised, and so does normalized_shape",
                "leave one of them out",
                key="channels",
            )
        if inputs[0].layout in (Layout.SEQUENCE, Layout.TOKENS):
            raise Misfit(
                "NN202",
                f"channels: true normalises the channels of a map, but {inputs[0]} is a "
                f"{'sequence' if inputs[0].layout is Layout.SEQUENCE else 'list of indices'}",
                "leave channels out: the last axis is taken",
            )
        return inputs[0]

    def reads_as(self) -> Layout | None:
        """Channels stand first in a map."""
        return Layout.MAP if self.channels else self.prefers

    def normalised(self, x: Shape) -> tuple[int, ...]:
        """The channels, if so told; else the last axes."""
        return (x.known[0],) if self.channels else super().normalised(x)

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """weight and bias, each as large as what is normalised."""
        if self.elementwise_affine:
            yield ParamTensor("weight", self.normalised(inputs[0]))
            if self.bias:
                yield ParamTensor("bias", self.normalised(inputs[0]))

    @property
    def bias_flag(self) -> bool:
        """It has a bias only if it has a scale."""
        return self.elementwise_affine and self.bias


class RMSNorm(_TrailingNorm):
    """Divides the last axes of each sample by their root mean square; no mean, no bias."""

    formula = {"weight": "Π normalized_shape"}
    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html"
    keras = ("RMSNormalization",)

    eps: float | None = attribute(
        optional(REAL), "added to the mean square; null: the dtype's own", default=None,
        keras=("epsilon",),
    )  # fmt: skip

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """weight, as large as what is normalised."""
        if self.elementwise_affine:
            yield ParamTensor("weight", self.normalised(inputs[0]))

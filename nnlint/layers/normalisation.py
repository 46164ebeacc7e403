"""Layers that normalise: subtract a mean, divide by a deviation, scale and shift."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, ClassVar

from nnlint.layers.attribute import (
    FLAG,
    REAL,
    SIZE,
    SIZE_OR_SHAPE,
    attribute,
    optional,
    stated,
)
from nnlint.layers.base import UNBOUNDED, Layer, ParamTensor, features_last, need_rank
from nnlint.layers.dividing import nearest_divisors
from nnlint.layers.shape import Layout, Misfit, Shape
from nnlint.layers.windows import MAP_WORDS
from nnlint.wording import listed, plural, shape_text

if TYPE_CHECKING:
    from collections.abc import Iterator


EPS = attribute(REAL, "added to the variance", default=1e-5, keras=("epsilon",))
AFFINE = attribute(FLAG, "a learned scale and shift a channel", default=True)
BIAS = attribute(FLAG, "a learned shift, if affine", default=True)


class _MapNorm(Layer):
    """Normalises what has its channels first."""

    role = "norm"
    prefers = Layout.MAP
    passes_linearity = True
    bends: ClassVar[str | None] = "normalisation"
    ranks: ClassVar[range]
    """How many axes it takes."""
    shapes: ClassVar[tuple[str, ...]]
    """The shapes that it takes, as they are written; the last is a map."""
    for_features: ClassVar[str] = "LayerNorm"
    """The norm of its kind that takes features [C]."""

    def infer(self, *inputs: Shape) -> Shape:
        """The shape stays."""
        (x,) = inputs
        if not x.open:
            self._need_channels_first(x)
        self.check(x)
        return x

    def _need_channels_first(self, x: Shape) -> None:
        if x.layout in (Layout.SEQUENCE, Layout.TOKENS):
            taken = listed([*self.shapes[:-1], f"a map {self.shapes[-1]}"])
            hint = "a Permute with dims: [2, 1] before it makes it a map; or use LayerNorm"
            raise Misfit(
                "NN202",
                f"it takes {taken}, but a sequence {x} arrives",
                hint if 2 in self.ranks else "use LayerNorm, which takes the last axis",
            )
        need_rank(x, self.ranks, listed(self.shapes), self.remedy(x))

    def remedy(self, x: Shape) -> str | None:
        """What to do about a shape with another number of axes."""
        return f"use {self.for_features} on {x}" if x.rank == 1 else None

    def check(self, x: Shape) -> None:
        """Refuse sizes that do not fit.

        Raises:
            Misfit: they don't.
        """


class _ChannelNorm(_MapNorm):
    """Scales and shifts each channel, if affine."""

    bounds = UNBOUNDED
    channels_key: ClassVar[str]
    """The attribute that may state the channels."""
    affine: bool
    bias: bool

    def check(self, x: Shape) -> None:
        """Compare the channels."""
        if not x.open:
            self.check_stated(self.channels_key, x.dims[0], x)

    def channels(self, *inputs: Shape) -> int:
        """How many channels there are, as written or as they arrive."""
        return getattr(self, self.channels_key) or inputs[0].known[0]

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """weight [C] and bias [C], if affine."""
        if self.affine:
            yield ParamTensor("weight", (self.channels(*inputs),))
        if self.bias_flag:
            yield ParamTensor("bias", (self.channels(*inputs),))

    @property
    def bias_flag(self) -> bool:
        """It has a bias only if it has a scale."""
        return self.affine and self.bias


class _StatisticsNorm(_ChannelNorm):
    """Subtracts each channel's own mean, and may store it for later."""

    uses_batch = True
    formula = {"weight": "num_features", "bias": "num_features"}
    for_features = "BatchNorm1d"
    channels_key = "num_features"

    num_features: int | None = stated("channels that arrive", default=None)
    eps: float = EPS
    momentum: float | None = attribute(
        optional(REAL), "weight of the newest batch in the statistics", default=0.1
    )
    affine: bool = AFFINE
    track_running_stats: bool = attribute(
        FLAG, "store the running mean and variance", default=True
    )
    bias: bool = BIAS

    @property
    def newest_share(self) -> float | None:
        """The momentum, if it stores anything; null is the mean of all batches."""
        return self.momentum if self.track_running_stats else None

    def centred_axis(self, x: Shape) -> int:  # noqa: ARG002
        """The channels."""
        return 0

    def normalises(self, x: Shape) -> tuple[object, ...]:  # noqa: ARG002
        """Each channel: over the batch, or over the positions of one sample."""
        return ("batch",) if self.uses_batch else ("channel",)

    def remedy(self, x: Shape) -> str | None:
        """Name the same norm for that many axes."""
        axes = x.rank - 1
        if axes not in MAP_WORDS:
            return super().remedy(x)
        return f"use {type(self).__name__[:-2]}{axes}d on {x}"

    def buffers(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """running_mean [C], running_var [C]; in torch also the scalar num_batches_tracked."""
        if self.track_running_stats:
            yield ParamTensor("running_mean", (self.channels(*inputs),))
            yield ParamTensor("running_var", (self.channels(*inputs),))
        if self.track_running_stats and self.convention == "torch":
            yield ParamTensor("num_batches_tracked", ())


class _BatchNorm(_StatisticsNorm):
    """Normalises each channel over the batch: by numbers that are the same for each sample."""

    keras = ("BatchNormalization",)
    bends = None

    def check(self, x: Shape) -> None:
        """Compare the channels, and want something above 0 to divide by."""
        super().check(x)
        if self.eps <= 0 and self.convention == "torch":
            raise Misfit(
                "NN205",
                f"eps is {self.eps}, but PyTorch's {type(self).__name__} wants it above 0 "
                "while training",
                "leave it out: it is small enough",
                key="eps",
                output=x,
            )


class BatchNorm1d(_BatchNorm):
    """Normalises each channel over the batch, with statistics that it stores for later.

    Takes features [C] or a map [C, L]; the shape stays.
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html"
    ranks = range(1, 3)
    shapes = ("[C]", "[C, L]")

    def remedy(self, x: Shape) -> str:  # noqa: ARG002
        """Flatten what has more axes."""
        return "a Flatten before it makes one axis"


class BatchNorm2d(_BatchNorm):
    """Normalises each channel of a map [C, H, W] over the batch and all positions."""

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html"
    example_inputs = {"input": [64, 32, 32]}
    ranks = range(3, 4)
    shapes = ("[C, H, W]",)


class BatchNorm3d(_BatchNorm):
    """Normalises each channel of a map [C, D, H, W] over the batch and all positions."""

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm3d.html"
    example_inputs = {"input": [64, 8, 32, 32]}
    ranks = range(4, 5)
    shapes = ("[C, D, H, W]",)


class _InstanceNorm(_StatisticsNorm):
    """Normalises each channel of each sample over its positions."""

    uses_batch = False
    for_features = "LayerNorm"

    affine: bool = AFFINE._replace(default=False)
    track_running_stats: bool = attribute(
        FLAG, "store the running mean and variance", default=False
    )

    def check(self, x: Shape) -> None:
        """Compare the channels, and want more than one position."""
        super().check(x)
        if not x.open and prod(x.dims[1:]) == 1:
            raise Misfit(
                "NN202",
                f"it normalises each channel over its positions, and {x} has only one",
                "the mean of one number is that number: use LayerNorm, or normalise earlier",
                output=x,
            )


class InstanceNorm1d(_InstanceNorm):
    """Normalises each channel of a map [C, L] over its own positions, sample by sample."""

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm1d.html"
    example_inputs = {"input": [64, 100]}
    ranks = range(2, 3)
    shapes = ("[C, L]",)


class InstanceNorm2d(_InstanceNorm):
    """Normalises each channel of a map [C, H, W] over its own positions, sample by sample."""

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm2d.html"
    example_inputs = {"input": [64, 32, 32]}
    ranks = range(3, 4)
    shapes = ("[C, H, W]",)


class InstanceNorm3d(_InstanceNorm):
    """Normalises each channel of a map [C, D, H, W] over its own positions."""

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm3d.html"
    example_inputs = {"input": [64, 8, 32, 32]}
    ranks = range(4, 5)
    shapes = ("[C, D, H, W]",)


class GroupNorm(_ChannelNorm):
    """Normalises groups of channels of one sample, each group together.

    Takes features [C] or a map [C, *]; the shape stays.
    """

    formula = {"weight": "num_channels", "bias": "num_channels"}
    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html"
    example = {"num_groups": 8}
    example_inputs = {"input": [64, 32, 32]}
    keras = ("GroupNormalization",)
    ranks = range(1, 65)
    shapes = ("[C]", "[C, *]")
    channels_key = "num_channels"

    num_groups: int = attribute(SIZE, "groups; they divide the channels", keras=("groups",))
    num_channels: int | None = stated("channels that arrive", default=None)
    eps: float = EPS
    affine: bool = AFFINE
    bias: bool = BIAS

    def check(self, x: Shape) -> None:
        """Compare the channels, and divide them into groups."""
        super().check(x)
        if self.num_channels or not x.open:
            self._need_divisor(self.channels(x), x)

    def normalises(self, x: Shape) -> tuple[object, ...]:
        """Groups of channels; a channel where each is a group of its own."""
        alone = self.num_groups == self.channels(x)
        return ("channel",) if alone else ("groups", self.num_groups)

    def _need_divisor(self, channels: int, x: Shape) -> None:
        if channels % self.num_groups:
            fitting = listed(map(str, nearest_divisors(channels, self.num_groups)))
            raise Misfit(
                "NN204",
                f"num_groups is {self.num_groups}, and {channels} channels do not divide into "
                f"{plural(self.num_groups, 'group')}",
                f"write num_groups: {fitting}" if fitting else None,
                key="num_groups",
                output=x,
            )

    def centred_axis(self, x: Shape) -> int | None:
        """Each channel is centred by itself only where it is a group of its own."""
        return 0 if self.num_groups == self.channels(x) else None


class LocalResponseNorm(_MapNorm):
    """Divides each element by the strength of the channels around it, at its position.

    Takes a map [C, *]; the shape stays.
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html"
    example = {"size": 5}
    example_inputs = {"input": [64, 32, 32]}
    ranks = range(2, 65)
    shapes = ("[C, *]",)

    size: int = attribute(SIZE, "channels that are looked at together")
    alpha: float = attribute(REAL, "factor of the sum of squares", default=1e-4)
    beta: float = attribute(REAL, "exponent", default=0.75)
    k: float = attribute(REAL, "added to the sum", default=1.0)


class _TrailingNorm(Layer):
    """Normalises one sample over its last axes, and stores nothing."""

    role = "norm"

    bounds = UNBOUNDED
    prefers = Layout.SEQUENCE
    passes_linearity = True
    bends: ClassVar[str | None] = "normalisation"

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
            last = x.dims[-1] if x.dims else "the sizes of the last axes"
            raise Misfit(
                "NN201",
                f"normalized_shape is {shape_text(written)}, but {x} arrives",
                f"write {last}, or leave it out: the last axis is taken",
                key="normalized_shape",
                output=x,
                right=x.dims[-1] if x.dims and len(written) == 1 else None,
            )
        if not written and not x.open:
            self.normalised(x)
        return x

    @property
    def keeps_tokens_apart(self) -> bool:
        """If it normalises the features alone."""
        return len(self._written()) < 2

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

    eps: float = EPS
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

    def normalises(self, x: Shape) -> tuple[object, ...]:
        """The channels at each position, or the last axes."""
        return ("mean", self.channels, *self.normalised(x))

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
    only_rescales = True
    keras = ("RMSNormalization",)

    eps: float | None = attribute(
        optional(REAL), "added to the mean square; null: the dtype's own", default=None,
        keras=("epsilon",),
    )  # fmt: skip

    def normalises(self, x: Shape) -> tuple[object, ...]:
        """The last axes."""
        return ("size", *self.normalised(x))

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """weight, as large as what is normalised."""
        if self.elementwise_affine:
            yield ParamTensor("weight", self.normalised(inputs[0]))

"""Layers that change a map's resolution without a window, or shuffle its elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from nnlint.layers.attribute import FLAG, REAL, SIZE, attribute, list_of, one_of, optional
from nnlint.layers.base import Layer, need_rank
from nnlint.layers.dividing import nearest_divisors, nearest_multiples
from nnlint.layers.shape import Layout, Misfit, Shape
from nnlint.layers.spatial import as_map, need_one_of, scaled
from nnlint.layers.windows import MAP_WORDS, Numbers, map_of_rank
from nnlint.wording import flow, listed

if TYPE_CHECKING:
    from nnlint.layers.attribute import JsonSchema

Factors: TypeAlias = float | tuple[float, ...]

_AXES_OF_MODE = {
    "nearest": (1, 2, 3), "nearest-exact": (1, 2, 3), "area": (1, 2, 3),
    "linear": (1,), "bilinear": (2,), "bicubic": (2,), "trilinear": (3,),
}  # fmt: skip
"""How many spatial axes each mode of torch works on."""

_ALIGNING = ("linear", "bilinear", "bicubic", "trilinear")
"""The modes that torch takes align_corners with."""


def _one_or_several(item: JsonSchema, words: str, least: int, most: int) -> JsonSchema:
    """One value for all axes, a list with one for each, or null."""
    several = {**item, **list_of(item, "", least), "maxItems": most}
    title = f"{words}, or a list with one for each axis"
    return optional({**several, "type": [item["type"], "array"], "title": title})


def _size(least: int, most: int) -> Any:
    kind = _one_or_several(SIZE, "a size", least, most)
    return attribute(kind, "the spatial sizes that leave", default=None)


def _scale_factor(least: int, most: int) -> Any:
    kind = _one_or_several(REAL, "a number", least, most)
    words = "those sizes as multiples of the ones that arrive; this or size"
    return attribute(kind, words, default=None)


class _Resampling(Layer):
    """A map at another resolution."""

    prefers = Layout.MAP

    size: Numbers | None = _size(1, 3)
    scale_factor: Factors | None = _scale_factor(1, 3)

    def infer(self, *inputs: Shape) -> Shape:
        """[C, *sizes] -> [C, *new sizes]."""
        (x,) = inputs
        self.check_settings()
        if x.open and isinstance(self.size, tuple):
            return Shape(self.size, Layout.MAP, open=True)
        channels, sizes = map_of_rank(x, self._spatial_axes(x))
        if self.size is not None:
            return as_map(channels, (int(size) for size in self._each("size", x)))
        pairs = enumerate(zip(sizes, self._each("scale_factor", x), strict=True), 2)
        return as_map(
            channels, (scaled(old, by, axis, x, "scale_factor") for axis, (old, by) in pairs)
        )

    def check_settings(self) -> None:
        """One of size and scale_factor."""
        remedy = "write scale_factor: 2 to double each axis"
        need_one_of(self, "size", "scale_factor", remedy)

    def axes_taken(self) -> tuple[int, ...]:
        """With how many spatial axes it works."""
        return (2,)

    def _spatial_axes(self, x: Shape) -> int:
        taken = self.axes_taken()
        if x.layout is Layout.TOKENS or len(taken) == 1:
            return taken[0]
        words = f"a map {listed(MAP_WORDS[axes] for axes in taken)}"
        need_rank(x, range(taken[0] + 1, taken[-1] + 2), words)
        return x.rank - 1

    def _each(self, key: str, x: Shape) -> tuple[float, ...]:
        """An attribute's values, one for each spatial axis."""
        value, axes = getattr(self, key), x.rank - 1
        if not isinstance(value, tuple):
            return (value,) * axes
        if len(value) != axes:
            raise Misfit(
                "NN205",
                f"{key} {flow(value)} has {len(value)} for the {axes} spatial axes of {x}",
                f"write one for each axis but the channels, or a single {key} for all",
                key=key,
            )
        return value


class Upsample(_Resampling):
    """Enlarges a map, or shrinks it, by interpolation between its elements.

    [C, *sizes] becomes [C, *size], or every size times scale_factor, cut off; with
    `like`, the sizes of that layer's map.
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Upsample.html"
    example = {"scale_factor": 2}
    example_inputs = {"input": [64, 28, 28]}
    keras = ("UpSampling1D", "UpSampling2D", "UpSampling3D")
    unlike_keras = "Keras' size is the factor, scale_factor"
    inputs = range(1, 3)
    takes_like = True

    mode: str = attribute(
        {**one_of(*_AXES_OF_MODE), "title": listed(_AXES_OF_MODE)}, "how it interpolates",
        default="nearest", keras=("interpolation",),
    )  # fmt: skip
    align_corners: bool | None = attribute(
        optional(FLAG), "let the corners keep their values; linear and cubic modes alone",
        default=None,
    )  # fmt: skip
    recompute_scale_factor: bool | None = attribute(
        optional(FLAG), "interpolate by the sizes, not by scale_factor", default=None
    )

    def infer(self, *inputs: Shape) -> Shape:
        """[C, *sizes] -> [C, *new sizes]; a second input is the one that `like` names."""
        x, *like = inputs
        if not like:
            return super().infer(x)
        for key in ("size", "scale_factor"):
            if getattr(self, key) is not None:
                message = f"like and {key} exclude each other: both say how large it becomes"
                raise Misfit("NN205", message, "keep one of them", key=key)
        _, sizes = map_of_rank(like[0], self._spatial_axes(like[0]))
        return type(self)(**{**vars(self), "size": sizes}).infer(x)

    def check_settings(self) -> None:
        """The settings that torch refuses together."""
        super().check_settings()
        if self.align_corners is not None and self.mode not in _ALIGNING:
            raise Misfit(
                "NN205",
                f"align_corners says nothing to mode {self.mode}, and torch refuses it",
                f"leave it out, or write mode: {listed(_ALIGNING)}",
                key="align_corners",
            )
        if self.recompute_scale_factor and self.size is not None:
            raise Misfit(
                "NN205",
                "recompute_scale_factor is true, but with size there is no scale_factor",
                "leave it out",
                key="recompute_scale_factor",
            )

    def axes_taken(self) -> tuple[int, ...]:
        """What its mode works on."""
        return _AXES_OF_MODE[self.mode]


class _Upsampling2d(_Resampling):
    """On images, the mode fixed."""

    example = {"scale_factor": 2}
    example_inputs = {"input": [64, 28, 28]}

    size: Numbers | None = _size(2, 2)
    scale_factor: Factors | None = _scale_factor(2, 2)


class UpsamplingNearest2d(_Upsampling2d):
    """Enlarges an image by copies of the nearest element.

    [C, H, W] becomes [C, H', W'].
    """

    reference = (
        "https://docs.pytorch.org/docs/stable/generated/torch.nn.UpsamplingNearest2d.html"
    )


class UpsamplingBilinear2d(_Upsampling2d):
    """Enlarges an image by bilinear interpolation, the corners aligned.

    [C, H, W] becomes [C, H', W'].
    """

    reference = (
        "https://docs.pytorch.org/docs/stable/generated/torch.nn.UpsamplingBilinear2d.html"
    )


def _image(x: Shape) -> tuple[int, ...]:
    """The axes [*, C, H, W], of which PyTorch shuffles the last three.

    Raises:
        Misfit: there are fewer, or indices.
        Unknown: the shape is open.
    """
    if x.layout is Layout.TOKENS or x.rank < 3:
        map_of_rank(x, 2)
    return x.known


class PixelShuffle(Layer):
    """Makes an image larger by laying groups of channels side by side.

    [*, C·r², H, W] becomes [*, C, H·r, W·r], with r = upscale_factor.
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.PixelShuffle.html"
    example = {"upscale_factor": 2}
    example_inputs = {"input": [64, 28, 28]}
    prefers = Layout.MAP

    upscale_factor: int = attribute(SIZE, "how much higher and wider the image becomes")

    def infer(self, *inputs: Shape) -> Shape:
        """[*, C·r², H, W] -> [*, C, H·r, W·r]."""
        (x,) = inputs
        *before, channels, height, width = _image(x)
        factor = self.upscale_factor
        if channels % factor**2:
            near = listed(map(str, nearest_multiples(factor**2, channels)))
            raise Misfit(
                "NN204",
                f"it divides the channels by {factor}×{factor}, but {channels} in {x} do not "
                f"divide by {factor**2}",
                f"let {near} channels arrive",
                key="upscale_factor",
            )
        return x._replace(
            dims=(*before, channels // factor**2, height * factor, width * factor)
        )


class PixelUnshuffle(Layer):
    """Makes an image smaller by laying neighbours into channels of their own.

    [*, C, H·r, W·r] becomes [*, C·r², H, W], with r = downscale_factor.
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html"
    example = {"downscale_factor": 2}
    example_inputs = {"input": [16, 56, 56]}
    prefers = Layout.MAP

    downscale_factor: int = attribute(SIZE, "how much lower and narrower the image becomes")

    def infer(self, *inputs: Shape) -> Shape:
        """[*, C, H·r, W·r] -> [*, C·r², H, W]."""
        (x,) = inputs
        *before, channels, height, width = _image(x)
        factor = self.downscale_factor
        for name, size in (("height", height), ("width", width)):
            if size % factor:
                near = listed(map(str, nearest_multiples(factor, size)))
                raise Misfit(
                    "NN204",
                    f"it divides the {name} by {factor}, but the {size} of {x} do not divide",
                    f"let a {name} of {near} arrive",
                    key="downscale_factor",
                )
        return x._replace(
            dims=(*before, channels * factor**2, height // factor, width // factor)
        )


class ChannelShuffle(Layer):
    """Deals the channels of a map out anew, one from each group in turn.

    [C, *] stays [C, *].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.ChannelShuffle.html"
    example = {"groups": 2}
    example_inputs = {"input": [64, 28, 28]}
    prefers = Layout.MAP

    groups: int = attribute(SIZE, "parts that the channels are dealt out from")

    def infer(self, *inputs: Shape) -> Shape:
        """[C, *] -> the same."""
        (x,) = inputs
        if x.open:
            return x
        if x.rank < 2 or x.layout is Layout.TOKENS:
            raise Misfit(
                "NN202", f"it takes a map {listed(MAP_WORDS.values())}, but {x} arrives"
            )
        channels = x.dims[0]
        if channels % self.groups:
            near = listed(map(str, nearest_divisors(channels, self.groups)))
            raise Misfit(
                "NN204",
                f"{channels} channels of {x} do not divide into {self.groups} groups",
                f"write groups: {near}" if near else None,
                key="groups",
                output=x,
            )
        return x

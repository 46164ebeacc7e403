"""Layers that make a map smaller by summing up what a window sees, and their inverses."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from nnlint.layers.attribute import (
    FLAG,
    LARGEST,
    REAL,
    SIZE,
    attribute,
    list_of,
    optional,
    per_axis,
    whole,
)
from nnlint.layers.base import Slide
from nnlint.layers.shape import Layout, Misfit, Shape
from nnlint.layers.spatial import (
    _OnAxes,
    along_axes,
    as_map,
    from_zero,
    need_one_of,
    padding_or_word,
    scaled,
)
from nnlint.layers.windows import (
    Numbers,
    map_of_rank,
    need_room,
    same_as_numbers,
    same_places,
    span_of,
    steps,
)
from nnlint.record import Record
from nnlint.wording import flow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.layers.attribute import JsonSchema


_KERAS_WORDS = "under Keras' convention also same (⌈size / stride⌉) and valid (nothing)"


def _optional_per_axis(axes: int) -> JsonSchema:
    return optional(per_axis(axes))


def _one_where_alone(axes: int) -> JsonSchema:
    """A size for each axis; torch takes no list of it with a single axis."""
    return per_axis(axes) if axes > 1 else SIZE


def _null_where_it_stays(axes: int) -> JsonSchema:
    """A size for each axis; torch takes null in a list, and not with a single axis."""
    if axes == 1:
        return per_axis(1)
    numbers = per_axis(axes)
    title = f"{numbers['title']}, with null for an axis that stays"
    return {**numbers, "items": optional(SIZE), "title": title}


def _share_per_axis(axes: int) -> JsonSchema:
    share = {**REAL, "minimum": 0, "maximum": 1, "title": "a number between 0 and 1"}
    several = {**share, **list_of(share, ""), "minItems": axes, "maxItems": axes}
    words = f"a number between 0 and 1, a list of {axes}, or null"
    return {**several, "type": ["number", "array", "null"], "title": words}


class _Pooling(_OnAxes):
    """Pools every channel by itself: [C, *sizes] -> [C, *new sizes]."""

    passes_linearity = True

    def infer(self, *inputs: Shape) -> Shape:
        """[C, *sizes] -> [C, *new sizes]."""
        (x,) = inputs
        self.check_settings()
        channels, _ = map_of_rank(x, self.axes)
        return as_map(channels, self.sizes(x))

    def check_settings(self) -> None:
        """Refuse settings that contradict each other, whatever arrives."""

    def sizes(self, x: Shape) -> Iterator[int]:
        """The output's spatial sizes."""
        raise NotImplementedError


class _Window(Record):
    """A pooling's window along one axis."""

    kernel: int
    stride: int
    padding: int
    dilation: int

    @property
    def span(self) -> int:
        """How many elements it spans."""
        return span_of(self.kernel, self.dilation)

    @property
    def most_padding(self) -> int:
        """Half the kernel; torch looks at the dilated span too, but that is never less."""
        return self.kernel // 2

    def places(self, size: int, *, ceil: bool) -> int:
        """How many places it takes on an axis; less than 1 where it does not fit.

        With `ceil` torch lets it begin in the map and end behind it, but not begin in
        the padding behind the map.
        """
        count = steps(size + 2 * self.padding - self.span, self.stride, ceil=ceil)
        return count - (ceil and (count - 1) * self.stride >= size + self.padding)


class _SlidingPooling(_Pooling):
    """A window of fixed size that slides in fixed steps."""

    kernel_size: Numbers = along_axes(per_axis, "the window's size", keras=("pool_size",))
    stride: Numbers | None = along_axes(
        _optional_per_axis, "how far the window moves at a time; null: its own size",
        default=None, keras=("strides",),
    )  # fmt: skip

    def windows(self) -> Iterator[_Window]:
        """The window along each axis."""
        strides = self.kernel_size if self.stride is None else self.stride
        padding, dilation = getattr(self, "padding", 0), getattr(self, "dilation", 1)
        # of the words `valid` pads nothing, and `same` as much as the map needs
        settings = (
            self.kernel_size, strides, 0 if isinstance(padding, str) else padding, dilation
        )  # fmt: skip
        for setting in zip(*map(self.numbers, settings), strict=True):
            yield _Window(*setting)

    def check_settings(self) -> None:
        """Torch wants at most half a kernel of padding, and that in numbers."""
        self.need_padding_in_numbers(self._padding_instead())
        for window in self.windows():
            if window.padding > window.most_padding:
                raise Misfit(
                    "NN205",
                    f"padding is {window.padding}, but a pooling pads by half its kernel_size "
                    f"at most, and {window.kernel} allows {window.most_padding}",
                    f"write padding: {window.most_padding}, or pad with a layer before it",
                    key="padding",
                )

    def _padding_instead(self) -> Numbers | None:
        """What PyTorch takes in place of a word, if there is such a thing."""
        if not self.pads_same:
            return 0
        windows = list(self.windows())
        fits = all(window.span // 2 <= window.most_padding for window in windows)
        return same_as_numbers([window.span for window in windows]) if fits else None

    def slides(self, x: Shape) -> tuple[Slide, ...]:
        """The window; `same` and ceil_mode leave no element out."""
        _, sizes = map_of_rank(x, self.axes)
        over = self.pads_same or getattr(self, "ceil_mode", False)
        return tuple(
            Slide(size, one.span, one.stride, one.padding, over)
            for size, one in zip(sizes, self.windows(), strict=True)
        )

    @property
    def pads_same(self) -> bool:
        """Whether it pads, in Keras' way, so that each step takes a place."""
        return bool(getattr(self, "padding", 0) == "same")

    def sizes(self, x: Shape) -> Iterator[int]:
        """The places that the window takes."""
        ceil = getattr(self, "ceil_mode", False)
        for axis, (size, window) in enumerate(zip(x.dims[1:], self.windows(), strict=True), 2):
            if self.pads_same:
                yield same_places(size, window.stride)
                continue
            count = window.places(size, ceil=ceil)
            padded = size + 2 * window.padding
            need_room(count - 1, window.span, padded, axis, x, "kernel_size")
            yield count


class _MaxPooling(_SlidingPooling):
    """The largest element that the window sees."""

    passes_shift = True
    bends = "pooling"

    padding: Numbers | str = along_axes(
        padding_or_word, f"places on each side, lower than all numbers; {_KERAS_WORDS}",
        default=0,
    )  # fmt: skip
    dilation: Numbers = along_axes(per_axis, "distance of the window's elements", default=1)
    return_indices: bool = attribute(
        FLAG, "say where the largest stood; a MaxUnpool takes that along", default=False
    )
    ceil_mode: bool = attribute(FLAG, "let the last window reach over the end", default=False)


class MaxPool1d(_MaxPooling, axes=1):
    """Takes the largest element in each window of a sequence, channels first.

    [C, L] becomes [C, L'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html"
    example = {"kernel_size": 2}
    example_inputs = {"input": {"map": [64, 100]}}
    keras = ("MaxPooling1D",)


class MaxPool2d(_MaxPooling, axes=2):
    """Takes the largest element in each window of an image.

    [C, H, W] becomes [C, H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html"
    example = {"kernel_size": 3, "stride": 2, "padding": 1}
    example_inputs = {"input": [64, 112, 112]}
    keras = ("MaxPooling2D",)


class MaxPool3d(_MaxPooling, axes=3):
    """Takes the largest element in each window of a volume or a film.

    [C, D, H, W] becomes [C, D', H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool3d.html"
    example = {"kernel_size": [1, 2, 2]}
    example_inputs = {"input": [64, 16, 56, 56]}
    keras = ("MaxPooling3D",)


def _need_kernel(windows: Iterator[_Window], x: Shape) -> None:
    """Refuse what torch's means over three axes refuse: an axis smaller than the kernel."""
    for axis, (size, window) in enumerate(zip(x.dims[1:], windows, strict=True), 2):
        if size < window.kernel:
            raise Misfit(
                "NN211",
                f"its window spans {window.kernel} on axis {axis} of {x}, but only {size} are "
                "there, and here torch does not count the padding",
                f"make the map at least {window.kernel - size} larger, or take a smaller "
                "kernel_size",
                key="kernel_size",
            )


class _AvgPooling(_SlidingPooling):
    """The mean of the elements that the window sees."""

    padding: Numbers | str = along_axes(
        padding_or_word, f"zeros on each side; {_KERAS_WORDS}", default=0
    )
    ceil_mode: bool = attribute(FLAG, "let the last window reach over the end", default=False)
    count_include_pad: bool = attribute(FLAG, "let the padding's zeros count", default=True)

    @property
    def passes_shift(self) -> bool:
        """Only where no zeros of the padding come into the mean; in Keras none ever do."""
        if isinstance(self.padding, str):
            return True
        return not self.count_include_pad or not any(self.numbers(self.padding))


class _DividedAvgPooling(_AvgPooling):
    """A mean whose divisor may be written."""

    divisor_override: int | None = attribute(
        optional(whole(-LARGEST, "a whole number other than 0")),
        "what the sum is divided by; null: the window's size", default=None,
    )  # fmt: skip

    @property
    def passes_shift(self) -> bool:
        """Another divisor makes it no mean."""
        return self.divisor_override is None and super().passes_shift

    def check_settings(self) -> None:
        """A padding of half a window at most, and no division by 0."""
        super().check_settings()
        if self.divisor_override == 0:
            raise Misfit(
                "NN205",
                "divisor_override is 0, and nothing can be divided by 0",
                "leave it out: the window's size is taken",
                key="divisor_override",
            )


class AvgPool1d(_AvgPooling, axes=1):
    """Takes the mean over each window of a sequence, channels first.

    [C, L] becomes [C, L'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html"
    example = {"kernel_size": 2}
    example_inputs = {"input": {"map": [64, 100]}}
    keras = ("AveragePooling1D",)


class AvgPool2d(_DividedAvgPooling, axes=2):
    """Takes the mean over each window of an image.

    [C, H, W] becomes [C, H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html"
    example = {"kernel_size": 2}
    example_inputs = {"input": [64, 56, 56]}
    keras = ("AveragePooling2D",)


class AvgPool3d(_DividedAvgPooling, axes=3):
    """Takes the mean over each window of a volume or a film.

    [C, D, H, W] becomes [C, D', H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool3d.html"
    example = {"kernel_size": [1, 2, 2]}
    example_inputs = {"input": [64, 16, 56, 56]}
    keras = ("AveragePooling3D",)

    def sizes(self, x: Shape) -> Iterator[int]:
        """The places that the window takes."""
        if not self.pads_same:
            _need_kernel(self.windows(), x)
        return super().sizes(x)


class _LPPooling(_SlidingPooling):
    """The root of the sum of powers of what the window sees."""

    kernel_size: Numbers = along_axes(
        _one_where_alone, "the window's size", keras=("pool_size",)
    )
    norm_type: float = attribute(REAL, "the power; 1 sums up, the larger the more like Max")
    ceil_mode: bool = attribute(FLAG, "let the last window reach over the end", default=False)

    @property
    def bends(self) -> str | None:
        """The first root of first powers is a plain sum."""
        return None if self.norm_type == 1 else "pooling"

    def check_settings(self) -> None:
        """The norm_type-th root must exist."""
        if self.norm_type == 0:
            raise Misfit(
                "NN205", "norm_type is 0, and there is no 0th root", "write 1, 2, …",
                key="norm_type",
            )  # fmt: skip


class LPPool1d(_LPPooling, axes=1):
    """Takes the p-norm of each window of a sequence, channels first.

    [C, L] becomes [C, L'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool1d.html"
    example = {"norm_type": 2, "kernel_size": 2}
    example_inputs = {"input": {"map": [64, 100]}}


class LPPool2d(_LPPooling, axes=2):
    """Takes the p-norm of each window of an image.

    [C, H, W] becomes [C, H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html"
    example = {"norm_type": 2, "kernel_size": 2}
    example_inputs = {"input": [64, 56, 56]}


class LPPool3d(_LPPooling, axes=3):
    """Takes the p-norm of each window of a volume or a film.

    [C, D, H, W] becomes [C, D', H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool3d.html"
    example = {"norm_type": 2, "kernel_size": [1, 2, 2]}
    example_inputs = {"input": [64, 16, 56, 56]}

    def sizes(self, x: Shape) -> Iterator[int]:
        """The places that the window takes."""
        _need_kernel(self.windows(), x)
        return super().sizes(x)


Shares: TypeAlias = float | tuple[float, ...]


class _FractionalPooling(_Pooling):
    """The largest element of windows that lie at random steps."""

    passes_shift = True
    bends = "pooling"

    kernel_size: Numbers = along_axes(per_axis, "the window's size")
    output_size: Numbers | None = along_axes(
        _optional_per_axis, "the sizes that leave; this or output_ratio", default=None
    )
    output_ratio: Shares | None = along_axes(
        _share_per_axis, "the sizes that leave as shares of what arrives", default=None
    )
    return_indices: bool = attribute(
        FLAG, "say where the largest stood; a MaxUnpool takes that along", default=False
    )

    def check_settings(self) -> None:
        """One of output_size and output_ratio, and shares that leave something out."""
        need_one_of(
            self, "output_size", "output_ratio", "write output_size: 7, or output_ratio: 0.5"
        )
        if not all(0 < share < 1 for share in self._shares()):
            raise Misfit(
                "NN205",
                f"output_ratio is {flow(self.output_ratio)}, but a share must be above 0 and "
                "below 1",
                "0.5 halves an axis",
                key="output_ratio",
            )

    def _shares(self) -> tuple[float, ...]:
        written = () if self.output_ratio is None else self.output_ratio
        return written if isinstance(written, tuple) else (written,) * self.axes

    def sizes(self, x: Shape) -> Iterator[int]:
        """The sizes that leave, if the windows have room for so many places."""
        kernels = self.numbers(self.kernel_size)
        for axis, (size, new, kernel) in enumerate(
            zip(x.dims[1:], self._wanted(x), kernels, strict=True), 2
        ):
            # torch asks for one element more on three axes
            needed = new + kernel - 1 + (self.axes == 3)
            if size < needed:
                raise Misfit(
                    "NN211",
                    f"{new} places of a window of {kernel} need {needed} elements, but axis "
                    f"{axis} of {x} has {size}",
                    "take a smaller kernel_size, or a smaller output",
                    key="kernel_size",
                )
            yield new

    def _wanted(self, x: Shape) -> tuple[int, ...]:
        if self.output_size is not None:
            return self.numbers(self.output_size)
        pairs = enumerate(zip(x.dims[1:], self._shares(), strict=True), 2)
        return tuple(
            scaled(size, share, axis, x, "output_ratio") for axis, (size, share) in pairs
        )


class FractionalMaxPool2d(_FractionalPooling, axes=2):
    """Takes the largest element in windows at random places of an image.

    [C, H, W] becomes [C, *output_size].
    """

    reference = (
        "https://docs.pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool2d.html"
    )
    example = {"kernel_size": 3, "output_ratio": 0.7}
    example_inputs = {"input": [64, 56, 56]}


class FractionalMaxPool3d(_FractionalPooling, axes=3):
    """Takes the largest element in windows at random places of a volume or a film.

    [C, D, H, W] becomes [C, *output_size].
    """

    reference = (
        "https://docs.pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool3d.html"
    )
    example = {"kernel_size": 3, "output_size": [8, 28, 28]}
    example_inputs = {"input": [64, 16, 56, 56]}


OptionalNumbers: TypeAlias = int | tuple[int | None, ...]


class _AdaptivePooling(_Pooling):
    """Windows of such sizes that what leaves has the wanted size."""

    passes_shift = True

    output_size: OptionalNumbers = along_axes(
        _null_where_it_stays, "the spatial sizes that leave"
    )

    def infer(self, *inputs: Shape) -> Shape:
        """[C, *sizes] -> [C, *output_size]."""
        (x,) = inputs
        wanted = [size for size in self._wanted() if size is not None]
        if x.open and len(wanted) == self.axes:
            return Shape(tuple(wanted), Layout.MAP, open=True)
        return super().infer(x)

    def sizes(self, x: Shape) -> Iterator[int]:
        """The wanted size, or the one that arrives."""
        for size, wanted in zip(x.dims[1:], self._wanted(), strict=True):
            yield wanted or size

    @property
    def passes_last(self) -> bool:
        """A single place holds what is said of the channels."""
        return all(size == 1 for size in self._wanted())

    def _wanted(self) -> tuple[int | None, ...]:
        size = self.output_size
        return (size,) * self.axes if isinstance(size, int) else size


class _AdaptiveMaxPooling(_AdaptivePooling):
    bends = "pooling"

    return_indices: bool = attribute(
        FLAG, "say where the largest stood; a MaxUnpool takes that along", default=False
    )


class AdaptiveAvgPool1d(_AdaptivePooling, axes=1):
    """Takes means over windows of a sequence so that a given length leaves.

    [C, L] becomes [C, output_size].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html"
    example = {"output_size": 1}
    example_inputs = {"input": {"map": [64, 100]}}
    keras = ("GlobalAveragePooling1D",)
    unlike_keras = "with output_size: 1, and a Flatten after it"


class AdaptiveAvgPool2d(_AdaptivePooling, axes=2):
    """Takes means over windows of an image so that a given size leaves.

    [C, H, W] becomes [C, *output_size].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html"
    example = {"output_size": 1}
    example_inputs = {"input": [512, 7, 7]}
    keras = ("GlobalAveragePooling2D",)
    unlike_keras = "with output_size: 1, and a Flatten after it"


class AdaptiveAvgPool3d(_AdaptivePooling, axes=3):
    """Takes means over windows of a volume or a film so that a given size leaves.

    [C, D, H, W] becomes [C, *output_size].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool3d.html"
    example = {"output_size": [None, 1, 1]}
    example_inputs = {"input": [512, 4, 7, 7]}
    keras = ("GlobalAveragePooling3D",)
    unlike_keras = "with output_size: 1, and a Flatten after it"


class AdaptiveMaxPool1d(_AdaptiveMaxPooling, axes=1):
    """Takes the largest elements of windows of a sequence so that a given length leaves.

    [C, L] becomes [C, output_size].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool1d.html"
    example = {"output_size": 1}
    example_inputs = {"input": {"map": [64, 100]}}
    keras = ("GlobalMaxPooling1D",)
    unlike_keras = "with output_size: 1, and a Flatten after it"


class AdaptiveMaxPool2d(_AdaptiveMaxPooling, axes=2):
    """Takes the largest elements of windows of an image so that a given size leaves.

    [C, H, W] becomes [C, *output_size].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool2d.html"
    example = {"output_size": 1}
    example_inputs = {"input": [512, 7, 7]}
    keras = ("GlobalMaxPooling2D",)
    unlike_keras = "with output_size: 1, and a Flatten after it"


class AdaptiveMaxPool3d(_AdaptiveMaxPooling, axes=3):
    """Takes the largest elements of windows of a volume so that a given size leaves.

    [C, D, H, W] becomes [C, *output_size].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool3d.html"
    example = {"output_size": 1}
    example_inputs = {"input": [512, 4, 7, 7]}
    keras = ("GlobalMaxPooling3D",)
    unlike_keras = "with output_size: 1, and a Flatten after it"


class _Unpooling(_SlidingPooling):
    """Puts elements back where a max pooling took them, zeros elsewhere.

    The places come from a pooling with return_indices: no second input here.
    """

    padding: Numbers = along_axes(from_zero, "what that pooling padded", default=0)

    def check_settings(self) -> None:
        """Torch takes any padding here."""

    def sizes(self, x: Shape) -> Iterator[int]:
        """(size − 1)·stride + kernel − 2·padding on each axis."""
        for axis, (size, window) in enumerate(zip(x.dims[1:], self.windows(), strict=True), 2):
            before = (size - 1) * window.stride + window.kernel - 2 * window.padding
            if before < 1:
                raise Misfit(
                    "NN205",
                    f"padding {window.padding} leaves nothing of the "
                    f"{before + 2 * window.padding} that axis {axis} of {x} becomes",
                    "write the padding of the pooling that it undoes",
                    key="padding",
                )
            yield before


class MaxUnpool1d(_Unpooling, axes=1):
    """Undoes a MaxPool1d: puts each element where it stood, and zeros elsewhere.

    [C, L] becomes [C, L'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool1d.html"
    example = {"kernel_size": 2}
    example_inputs = {"input": {"map": [64, 50]}}


class MaxUnpool2d(_Unpooling, axes=2):
    """Undoes a MaxPool2d: puts each element where it stood, and zeros elsewhere.

    [C, H, W] becomes [C, H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html"
    example = {"kernel_size": 2}
    example_inputs = {"input": [64, 28, 28]}


class MaxUnpool3d(_Unpooling, axes=3):
    """Undoes a MaxPool3d: puts each element where it stood, and zeros elsewhere.

    [C, D, H, W] becomes [C, D', H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool3d.html"
    example = {"kernel_size": [1, 2, 2]}
    example_inputs = {"input": [64, 16, 28, 28]}

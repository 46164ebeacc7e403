"""Windows that slide over the axes of a map: convolutions, pooling, padding, folding.

Formulas as in PyTorch's pages of Conv2d and MaxPool2d, for one axis each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from nnlint.layers.base import need_rank
from nnlint.layers.shape import Layout, Misfit, Shape
from nnlint.wording import shape_text

if TYPE_CHECKING:
    from collections.abc import Sequence

Numbers: TypeAlias = int | tuple[int, ...]
"""One number for every spatial axis, or one for each."""

MAP_WORDS = {1: "[C, L]", 2: "[C, H, W]", 3: "[C, D, H, W]"}
"""How a map with that many spatial axes is written."""

PICTURE_CHANNELS = (1, 3, 4)
"""Grey, RGB, RGB with transparency."""
LONGEST = 16
"""How many times as high as wide a picture may be, or as wide as high."""


def with_channels_first(shape: Shape) -> tuple[int, ...] | None:
    """How a picture, or a film, that seems to have its channels last is to be written.

    None where it does not look like one: it has few entries last, and sides before them.
    """
    if shape.open or len(shape.dims) < 3 or shape.last not in PICTURE_CHANNELS:
        return None
    height, width = sorted(shape.dims[-3:-1])
    has_sides = min(shape.dims[:-1]) > shape.last and width <= LONGEST * height
    return (shape.last, *shape.dims[:-1]) if has_sides else None


def for_each_axis(value: Numbers, axes: int) -> tuple[int, ...]:
    """One number for each axis: 3 on two axes is (3, 3)."""
    return (value,) * axes if isinstance(value, int) else tuple(value)


def span_of(kernel: int, dilation: int) -> int:
    """How many elements a dilated kernel spans: dilation·(kernel − 1) + 1."""
    return dilation * (kernel - 1) + 1


def steps(room: int, stride: int, *, ceil: bool = False) -> int:
    """How many places a window takes that can move `room` elements in steps of `stride`."""
    return (-(-room // stride) if ceil else room // stride) + 1


def same_places(size: int, stride: int) -> int:
    """How many places a window takes where the padding is `same`: ⌈size / stride⌉."""
    return -(-size // stride)


def same_padding(size: int, span: int, stride: int) -> int:
    """What `same` adds to an axis, both sides together; without a stride span − 1."""
    return max((same_places(size, stride) - 1) * stride + span - size, 0)


def same_as_numbers(spans: Sequence[int]) -> Numbers | None:
    """PyTorch's padding that gives as many places as `same`; None where a span is even."""
    if any(span % 2 == 0 for span in spans):
        return None
    halves = tuple(span // 2 for span in spans)
    return halves[0] if len(set(halves)) == 1 else halves


def map_of_rank(shape: Shape, axes: int) -> tuple[int, tuple[int, ...]]:
    """The channels and the spatial sizes of a map with that many spatial axes.

    Raises:
        Misfit: another number of axes arrives, or indices.
        Unknown: the shape is open.
    """
    if shape.rank != axes + 1 or shape.layout is Layout.TOKENS:
        _refuse_as_map(shape, axes)
    return shape.dims[0], shape.dims[1:]


def _refuse_as_map(shape: Shape, axes: int) -> None:
    words = MAP_WORDS[axes]
    if shape.layout is Layout.TOKENS:
        raise Misfit("NN202", f"it takes a map {words}, but {shape} token indices arrive")
    hint = f"one channel is an axis too: {shape_text((1, *shape.dims))}"
    wanted = range(axes + 1, axes + 2)
    need_rank(shape, wanted, f"a map {words}", hint if shape.rank == axes else None)


def need_room(  # noqa: PLR0913, PLR0917 - each is a word of the message
    room: int, span: int, padded: int, axis: int, shape: Shape, key: str
) -> None:
    """Refuse a window that is larger than the padded axis it slides over.

    Raises:
        Misfit: `room` is negative.
    """
    if room < 0:
        larger = (
            f"make the map at least {span - padded} larger, pad more, or take a smaller {key}"
        )
        fitting = with_channels_first(shape)
        picture = fitting and f"a picture has its channels first: {shape_text(fitting)}"
        raise Misfit(
            "NN211",
            f"its window spans {span} on axis {axis} of {shape}, but only {padded} are there, "
            "the padding counted",
            f"{picture}; or {larger}" if picture else larger,
            key=key,
        )


def places(
    shape: Shape,
    padding: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
) -> tuple[int, ...]:
    """How many places a window takes on each axis of a map but the channels.

    Args:
        shape: the map, channels first.
        padding: what is added to each spatial axis, both sides together.
        kernel: the window's size on each.
        stride: its steps.
        dilation: the distance of its elements.

    Raises:
        Misfit: the window is larger than a padded axis.
    """
    found = []
    settings = zip(shape.dims[1:], padding, kernel, stride, dilation, strict=True)
    for axis, (size, added, elements, step, distance) in enumerate(settings, 2):
        span, padded = span_of(elements, distance), size + added
        need_room(padded - span, span, padded, axis, shape, "kernel_size")
        found.append(steps(padded - span, step))
    return tuple(found)


BEHIND_THE_EDGE = {"reflect": -1, "circular": 0}
"""How many more elements than an axis has such a padding can copy; others have no limit."""


def need_source(mode: str, amount: int, axis: int, shape: Shape, key: str) -> None:
    """Refuse a padding that copies more elements of an axis than there are.

    Args:
        mode: how the new elements come about, in PyTorch's words.
        amount: how many one side gets.
        axis: the axis, with the batch as 0.
        shape: what is padded.
        key: the attribute to point at.

    Raises:
        Misfit: there are too few.
    """
    if mode not in BEHIND_THE_EDGE:
        return
    most = shape.dims[axis - 1] + BEHIND_THE_EDGE[mode]
    if amount > most:
        raise Misfit(
            "NN205",
            f"padding {amount} in mode {mode} copies {amount} elements of axis {axis} of "
            f"{shape}, but it can copy at most {most} there",
            f"pad by {most} at most, or with zeros",
            key=key,
        )

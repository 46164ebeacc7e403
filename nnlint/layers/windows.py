"""Windows that slide over the axes of a map: convolutions, pooling, padding, folding.

Formulas as in PyTorch's pages of Conv2d and MaxPool2d, for one axis each.
"""

from __future__ import annotations

from nnlint.layers.base import need_rank
from nnlint.layers.shape import Layout, Misfit, Shape

MAP_WORDS = {1: "[C, L]", 2: "[C, H, W]", 3: "[C, D, H, W]"}
"""How a map with that many spatial axes is written."""


def for_each_axis(value: int | tuple[int, ...], axes: int) -> tuple[int, ...]:
    """One number for each axis: 3 on two axes is (3, 3)."""
    return (value,) * axes if isinstance(value, int) else tuple(value)


def span_of(kernel: int, dilation: int) -> int:
    """How many elements a dilated kernel spans: dilation·(kernel − 1) + 1."""
    return dilation * (kernel - 1) + 1


def steps(room: int, stride: int, *, ceil: bool = False) -> int:
    """How many places a window takes that can move `room` elements in steps of `stride`."""
    return (-(-room // stride) if ceil else room // stride) + 1


def map_of_rank(shape: Shape, axes: int) -> tuple[int, tuple[int, ...]]:
    """The channels and the spatial sizes of a map with that many spatial axes.

    Raises:
        Misfit: another number of axes arrives, or indices.
        Unknown: the shape is open.
    """
    words = MAP_WORDS[axes]
    if shape.layout is Layout.TOKENS:
        raise Misfit("NN202", f"it takes a map {words}, but {shape} token indices arrive")
    need_rank(shape, range(axes + 1, axes + 2), f"a map {words}")
    return shape.dims[0], shape.dims[1:]


def need_room(room: int, span: int, padded: int, axis: int, shape: Shape, key: str) -> None:
    """Refuse a window that is larger than the padded axis it slides over.

    Raises:
        Misfit: `room` is negative.
    """
    if room < 0:
        raise Misfit(
            "NN211",
            f"its window spans {span} on axis {axis} of {shape}, but only {padded} are there, "
            "the padding counted",
            f"let at least {span - padded} more arrive, pad more, or take a smaller {key}",
            key=key,
        )

"""Layers that come for one, two and three spatial axes, and sizes times a factor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from nnlint.layers.attribute import LARGEST, REQUIRED, Attribute, per_axis
from nnlint.layers.base import Layer
from nnlint.layers.shape import Layout, Misfit, Shape
from nnlint.layers.windows import Numbers, for_each_axis
from nnlint.wording import flow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nnlint.layers.attribute import JsonSchema


def from_zero(axes: int) -> JsonSchema:
    """A whole number, 0 or more, for each axis."""
    return per_axis(axes, 0)


def padding_or_word(axes: int) -> JsonSchema:
    """Numbers, or one of the two words for a padding."""
    numbers = per_axis(axes, 0)
    return {
        **numbers,
        "type": [*numbers["type"], "string"],
        "pattern": r"^(same|valid)(?!\n)$",
        "title": f"same, valid, {numbers['title']}",
    }


class AxesAttribute(Attribute):
    """An attribute whose kind depends on the number of spatial axes.

    Attributes:
        kinds: the kind for that many axes.
    """

    kinds: Callable[[int], JsonSchema] = per_axis


def along_axes(
    kinds: Callable[[int], JsonSchema],
    doc: str,
    *,
    default: Any = REQUIRED,
    keras: tuple[str, ...] = (),
) -> Any:
    """Declare an attribute that may hold a number for each spatial axis."""
    return AxesAttribute(kinds(1), doc, default, keras=keras, kinds=kinds)


class _OnAxes(Layer):
    """A layer of maps; a class for each number of spatial axes names it: `axes=2`."""

    axes: ClassVar[int] = 0
    prefers = Layout.MAP

    def __init_subclass__(cls, axes: int = 0) -> None:
        super().__init_subclass__()
        if axes:
            cls.axes = axes
            cls.attributes = {
                key: value._replace(kind=value.kinds(axes))
                if isinstance(value, AxesAttribute)
                else value
                for key, value in cls.attributes.items()
            }

    def numbers(self, value: Numbers) -> tuple[int, ...]:
        """One number for each spatial axis."""
        return for_each_axis(value, self.axes)

    def need_padding_in_numbers(self, instead: Numbers | None) -> None:
        """Refuse a word for the padding where PyTorch takes numbers alone.

        Args:
            instead: the numbers that come to the same; None: there are none.

        Raises:
            Misfit: a word is written, and the convention is PyTorch's.
        """
        word = getattr(self, "padding", 0)
        if isinstance(word, str) and self.convention == "torch":
            numbers = (
                "the padding as numbers" if instead is None else f"padding: {flow(instead)}"
            )
            raise Misfit(
                "NN205",
                f"padding: {word} is Keras' way: PyTorch's {type(self).__name__} takes numbers "
                "alone",
                f"write {numbers}, or convention: keras at the top of the spec",
                key="padding",
            )


def as_map(channels: int, sizes: Iterable[int]) -> Shape:
    """A map of so many channels."""
    return Shape((channels, *sizes), Layout.MAP)


def need_one_of(layer: Layer, one: str, other: str, remedy: str) -> None:
    """Refuse a layer that has both of two attributes, or neither.

    Raises:
        Misfit: it has.
    """
    given = [getattr(layer, key) is not None for key in (one, other)]
    if sum(given) != 1:
        which = f"both {one} and {other}" if all(given) else f"neither {one} nor {other}"
        raise Misfit("NN205", f"it has {which}, but takes just one of them", remedy, key=other)


def scaled(size: int, factor: float, axis: int, shape: Shape, key: str) -> int:
    """A size times a factor, cut off as torch cuts it: the product of two doubles.

    Raises:
        Misfit: nothing is left, or more than any size may be.
    """
    try:
        product = int(float(size) * float(factor))
    except OverflowError:
        product = LARGEST + 1
    if not 1 <= product <= LARGEST:
        result = "0 when cut off" if product < 1 else "more than any size may be"
        raise Misfit(
            "NN205",
            f"{key} {factor} times the {size} of axis {axis} of {shape} is {result}",
            "the product, cut off to a whole number, is the new size",
            key=key,
        )
    return product

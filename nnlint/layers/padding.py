"""Layers that put elements around a map, or take some away."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from nnlint.layers.attribute import LARGEST, REAL, attribute, per_axis, whole
from nnlint.layers.shape import Misfit, Shape
from nnlint.layers.spatial import _OnAxes, along_axes
from nnlint.layers.windows import Numbers, map_of_rank, need_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.layers.attribute import JsonSchema

_SIDES = ("left", "right", "top", "bottom", "front", "back")


def _sides(axes: int) -> JsonSchema:
    """One whole number for all sides, or two for each axis."""
    number = whole(-LARGEST, "a whole number")
    words = f"a whole number, or a list [{', '.join(_SIDES[: 2 * axes])}]"
    return {**per_axis(2 * axes, -LARGEST), "items": number, "title": words}


def _axis(index: int, x: Shape) -> int:
    """The axis at `index`, counted from the end where nobody knows what stands before it."""
    return index if x.open else x.rank + index + 1


class _Padding(_OnAxes):
    """Pads the last axes of a map; a negative number takes elements away."""

    mode: ClassVar[str] = "constant"
    passes_linearity = True

    padding: Numbers = along_axes(_sides, "elements on each side, the last axis first")

    def infer(self, *inputs: Shape) -> Shape:
        """[*, *sizes] -> [*, *padded sizes]."""
        (x,) = inputs
        self.check_shape(x)
        output = x
        for index, sides in zip(range(-1, -self.axes - 1, -1), self._pairs(), strict=True):
            for amount in sides:
                need_source(self.mode, amount, len(x.dims) + index + 1, x, "padding")
            output = output.replaced(index, self.padded(index, sides, x))
        return output

    def check_shape(self, x: Shape) -> None:
        """Refuse what is no map of the right rank.

        Raises:
            Misfit: it is none.
            Unknown: the shape is open.
        """
        map_of_rank(x, self.axes)

    def _pairs(self) -> Iterator[tuple[int, int]]:
        """Both sides of each axis, the last axis first."""
        written = self.padding
        sides = (written,) * 2 * self.axes if isinstance(written, int) else written
        yield from zip(sides[::2], sides[1::2], strict=True)

    def padded(self, index: int, sides: tuple[int, int], x: Shape) -> int:
        """The new size of the axis at `index`.

        Raises:
            Misfit: nothing is left of it.
        """
        size = x.dims[index]
        padded = size + sum(sides)
        if padded < 1:
            raise Misfit(
                "NN205",
                f"padding {list(sides)} leaves nothing of the {size} of axis "
                f"{_axis(index, x)} of {x}",
                f"take away {size - 1} at most",
                key="padding",
            )
        return padded


class _ConstantPadding(_Padding):
    """Pads the last axes of any shape with one number."""

    def check_shape(self, x: Shape) -> None:
        """Refuse what has fewer axes; torch takes more.

        Raises:
            Misfit: there are fewer.
            Unknown: the shape is open, and not enough of it is known.
        """
        if len(x.dims) < self.axes and x.rank < self.axes:
            raise Misfit("NN202", f"it pads the last {self.axes} axes, but {x} arrives")

    def padded(self, index: int, sides: tuple[int, int], x: Shape) -> int:
        """What is left; a side can't take away more than there is, whatever the other adds."""
        padded, size = super().padded(index, sides, x), x.dims[index]
        if min(sides) < -size:
            raise Misfit(
                "NN205",
                f"padding {list(sides)} takes away {-min(sides)} on one side, but axis "
                f"{_axis(index, x)} of {x} has {size}, and the other side is padded after that",
                f"take away {size} at most on a side",
                key="padding",
            )
        return padded


class _ValuePadding(_ConstantPadding):
    value: float = attribute(REAL, "what the new elements are")


class _ReflectionPadding(_Padding):
    mode = "reflect"


class _ReplicationPadding(_Padding):
    mode = "replicate"


class _CircularPadding(_Padding):
    mode = "circular"


class ZeroPad1d(_ConstantPadding, axes=1):
    """Pads a sequence with zeros.

    [C, L] becomes [C, L'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad1d.html"
    example = {"padding": [2, 0]}
    example_inputs = {"input": {"map": [64, 100]}}
    keras = ("ZeroPadding1D",)


class ZeroPad2d(_ConstantPadding, axes=2):
    """Pads an image with zeros.

    [C, H, W] becomes [C, H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad2d.html"
    example = {"padding": [0, 1, 0, 1]}
    example_inputs = {"input": [3, 32, 32]}
    keras = ("ZeroPadding2D",)


class ZeroPad3d(_ConstantPadding, axes=3):
    """Pads a volume with zeros.

    [C, D, H, W] becomes [C, D', H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad3d.html"
    example = {"padding": 1}
    example_inputs = {"input": [3, 16, 32, 32]}
    keras = ("ZeroPadding3D",)


class ConstantPad1d(_ValuePadding, axes=1):
    """Pads a sequence with one number.

    [C, L] becomes [C, L'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad1d.html"
    example = {"padding": [2, 0], "value": 0.5}
    example_inputs = {"input": {"map": [64, 100]}}


class ConstantPad2d(_ValuePadding, axes=2):
    """Pads an image with one number.

    [C, H, W] becomes [C, H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad2d.html"
    example = {"padding": [0, 1, 0, 1], "value": 0.5}
    example_inputs = {"input": [3, 32, 32]}


class ConstantPad3d(_ValuePadding, axes=3):
    """Pads a volume with one number.

    [C, D, H, W] becomes [C, D', H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad3d.html"
    example = {"padding": 1, "value": 0.5}
    example_inputs = {"input": [3, 16, 32, 32]}


class ReflectionPad1d(_ReflectionPadding, axes=1):
    """Pads a sequence with its mirror image, the edge not repeated.

    [C, L] becomes [C, L'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad1d.html"
    example = {"padding": [2, 0]}
    example_inputs = {"input": {"map": [64, 100]}}


class ReflectionPad2d(_ReflectionPadding, axes=2):
    """Pads an image with its mirror image, the edge not repeated.

    [C, H, W] becomes [C, H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad2d.html"
    example = {"padding": [0, 1, 0, 1]}
    example_inputs = {"input": [3, 32, 32]}


class ReflectionPad3d(_ReflectionPadding, axes=3):
    """Pads a volume with its mirror image, the edge not repeated.

    [C, D, H, W] becomes [C, D', H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad3d.html"
    example = {"padding": 1}
    example_inputs = {"input": [3, 16, 32, 32]}


class ReplicationPad1d(_ReplicationPadding, axes=1):
    """Pads a sequence with copies of its edge.

    [C, L] becomes [C, L'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad1d.html"
    example = {"padding": [2, 0]}
    example_inputs = {"input": {"map": [64, 100]}}


class ReplicationPad2d(_ReplicationPadding, axes=2):
    """Pads an image with copies of its edge.

    [C, H, W] becomes [C, H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad2d.html"
    example = {"padding": [0, 1, 0, 1]}
    example_inputs = {"input": [3, 32, 32]}


class ReplicationPad3d(_ReplicationPadding, axes=3):
    """Pads a volume with copies of its edge.

    [C, D, H, W] becomes [C, D', H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad3d.html"
    example = {"padding": 1}
    example_inputs = {"input": [3, 16, 32, 32]}


class CircularPad1d(_CircularPadding, axes=1):
    """Pads a sequence with what stands at the other end.

    [C, L] becomes [C, L'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad1d.html"
    example = {"padding": [2, 0]}
    example_inputs = {"input": {"map": [64, 100]}}


class CircularPad2d(_CircularPadding, axes=2):
    """Pads an image with what stands at the other end.

    [C, H, W] becomes [C, H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad2d.html"
    example = {"padding": [0, 1, 0, 1]}
    example_inputs = {"input": [3, 32, 32]}


class CircularPad3d(_CircularPadding, axes=3):
    """Pads a volume with what stands at the other end.

    [C, D, H, W] becomes [C, D', H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad3d.html"
    example = {"padding": 1}
    example_inputs = {"input": [3, 16, 32, 32]}

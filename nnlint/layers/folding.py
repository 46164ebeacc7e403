"""Layers that take windows out of a map, and put them back."""

from __future__ import annotations

from math import prod

from nnlint.layers.attribute import attribute, per_axis
from nnlint.layers.base import Layer
from nnlint.layers.dividing import nearest_multiples
from nnlint.layers.shape import Layout, Misfit, Shape
from nnlint.layers.windows import Numbers, for_each_axis, map_of_rank, places
from nnlint.wording import listed, shape_text


class _Blocks(Layer):
    """What both directions share: a window that slides over the two axes of an image."""

    prefers = Layout.MAP
    passes_linearity = True

    kernel_size: Numbers = attribute(per_axis(2), "the window's size")
    dilation: Numbers = attribute(per_axis(2), "distance of the window's elements", default=1)
    padding: Numbers = attribute(per_axis(2, 0), "zeros on each side of the image", default=0)
    stride: Numbers = attribute(per_axis(2), "how far the window moves at a time", default=1)

    def blocks(self, image: Shape) -> int:
        """How many places the window has on an image.

        Raises:
            Misfit: it has none.
        """
        names = ("kernel_size", "stride", "dilation")
        settings = (for_each_axis(getattr(self, name), 2) for name in names)
        added = [2 * amount for amount in for_each_axis(self.padding, 2)]
        return prod(places(image, added, *settings))

    @property
    def elements(self) -> int:
        """How many elements the window holds on one channel."""
        return prod(for_each_axis(self.kernel_size, 2))


class Unfold(_Blocks):
    """Takes every window out of an image and makes it a column.

    [C, H, W] becomes [C × Π kernel_size, windows].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Unfold.html"
    example = {"kernel_size": 16, "stride": 16}
    example_inputs = {"input": [3, 224, 224]}

    def infer(self, *inputs: Shape) -> Shape:
        """[C, H, W] -> [C × Π kernel_size, windows]."""
        channels, _ = map_of_rank(inputs[0], 2)
        return Shape((channels * self.elements, self.blocks(inputs[0])), Layout.MAP)


class Fold(_Blocks):
    """Puts windows back into an image and adds up where they overlap.

    [C × Π kernel_size, windows] becomes [C, *output_size].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Fold.html"
    example = {"output_size": 224, "kernel_size": 16, "stride": 16}
    example_inputs = {"input": {"map": [768, 196]}}

    output_size: Numbers = attribute(per_axis(2), "the image's height and width")

    def infer(self, *inputs: Shape) -> Shape:
        """[C × Π kernel_size, windows] -> [C, *output_size]."""
        (x,) = inputs
        columns, (arriving,) = map_of_rank(x, 1)
        image = Shape(
            (self._channels(columns), *for_each_axis(self.output_size, 2)), Layout.MAP
        )
        expected = self.blocks(image)
        if arriving != expected:
            size = shape_text(image.dims[1:])
            raise Misfit(
                "NN202",
                f"output_size {size} has {expected} windows, but {arriving} arrive in {x}",
                "give it the settings of the Unfold that took them out",
                key="output_size",
                output=image,
            )
        return image

    def _channels(self, columns: int) -> int:
        if columns % self.elements:
            fitting = listed(map(str, nearest_multiples(self.elements, columns)))
            raise Misfit(
                "NN204",
                f"its window holds {self.elements} elements a channel, but {columns} arrive, "
                f"no multiple of {self.elements}",
                f"let {fitting} arrive, or take another kernel_size",
                key="kernel_size",
            )
        return columns // self.elements

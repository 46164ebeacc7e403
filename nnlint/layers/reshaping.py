"""Layers that only rearrange axes."""

from __future__ import annotations

from math import prod

from nnlint.layers.attribute import AXIS, attribute, list_of, whole
from nnlint.layers.base import Layer
from nnlint.layers.shape import Layout, Misfit, Shape
from nnlint.wording import shape_text


class Flatten(Layer):
    """Makes one axis of the axes from start_dim to end_dim; by default, of all."""

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html"
    example_inputs = {"input": [1, 28, 28]}
    passes_linearity = True
    passes_last = True

    start_dim: int = attribute(AXIS, "first axis to join; the batch is 0", default=1)
    end_dim: int = attribute(AXIS, "last axis to join", default=-1)

    def infer(self, *inputs: Shape) -> Shape:
        """[a, b, c] -> [a·b·c]."""
        (x,) = inputs
        rank = x.rank
        first = x.index(self.start_dim, "start_dim") + rank
        last = x.index(self.end_dim, "end_dim") + rank
        if first > last:
            raise Misfit(
                "NN203",
                f"start_dim {self.start_dim} comes after end_dim {self.end_dim} in {x}",
                "exchange them",
                key="start_dim",
            )
        dims = (*x.dims[:first], prod(x.dims[first : last + 1]), *x.dims[last + 1 :])
        return Shape(dims, _layout_of_rank(x, len(dims), keeps_first=first > 0))


class Unflatten(Layer):
    """Splits one axis into several."""

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Unflatten.html"
    example = {"dim": 1, "unflattened_size": [16, 7, 7]}
    passes_linearity = True

    dim: int = attribute(AXIS, "the axis to split; the batch is 0")
    unflattened_size: tuple[int, ...] = attribute(
        list_of(whole(-1, "a size, or -1 for what is left"), "a list of sizes"),
        "the axes that it becomes; their product is its size",
    )

    def infer(self, *inputs: Shape) -> Shape:
        """[a·b·c] -> [a, b, c]."""
        (x,) = inputs
        index = x.index(self.dim)
        output = x.replaced(index, *self._sizes(x.dims[index]))
        return output._replace(layout=_layout_of_rank(x, output.rank, keeps_first=True))

    def _sizes(self, size: int) -> list[int]:
        """The sizes with a -1 resolved."""
        sizes = list(self.unflattened_size)
        if sizes.count(-1) > 1:
            raise Misfit(
                "NN204",
                f"unflattened_size {shape_text(sizes)} leaves more than one size open",
                "write -1 for one size at most",
                key="unflattened_size",
            )
        stated_part = prod(n for n in sizes if n != -1)
        if sizes.count(-1) == 1 and stated_part and size % stated_part == 0:
            sizes[sizes.index(-1)] = size // stated_part
        if prod(sizes) != size or min(sizes) < 1:
            product = "×".join(map(str, self.unflattened_size))
            raise Misfit(
                "NN204",
                f"unflattened_size {shape_text(self.unflattened_size)} must multiply up to the "
                f"{size} of axis {self.dim}, but {product} = {prod(self.unflattened_size)}",
                key="unflattened_size",
            )
        return sizes


class Permute(Layer):
    """Reorders the axes: a map [C, L] becomes a sequence [L, C], or the other way."""

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.permute.html"
    example = {"dims": [2, 1]}
    example_inputs = {"input": {"map": [64, 100]}}
    passes_linearity = True

    dims: tuple[int, ...] = attribute(
        list_of(whole(1, "an axis, 1 or more"), "a list of axes"),
        "all axes but the batch, in their new order",
    )

    def infer(self, *inputs: Shape) -> Shape:
        """[a, b, c] -> the same axes in another order."""
        (x,) = inputs
        if sorted(self.dims) != list(range(1, x.rank + 1)):
            raise Misfit(
                "NN203",
                f"dims {shape_text(self.dims)} must name each axis of {x} once, the batch not",
                f"reorder {shape_text(range(1, x.rank + 1))}",
                key="dims",
            )
        return Shape(tuple(x.dims[dim - 1] for dim in self.dims), self._layout(x))

    def _layout(self, x: Shape) -> Layout:
        """Channels or features first are a map, last a sequence; between, nobody knows."""
        if x.layout not in (Layout.MAP, Layout.SEQUENCE):
            return x.layout
        features = 1 if x.layout is Layout.MAP else x.rank
        ends = {self.dims[-1]: Layout.SEQUENCE, self.dims[0]: Layout.MAP}
        return ends.get(features, Layout.UNDECIDED)


def _layout_of_rank(before: Shape, rank: int, *, keeps_first: bool) -> Layout:
    """What the axes mean after a reshaping: what they meant before, where that still holds."""
    if rank == before.rank:
        return before.layout
    if rank == 1:
        return Layout.FEATURES
    if rank == 2 and not (keeps_first and before.layout is Layout.MAP):
        return Layout.UNDECIDED
    return Layout.MAP

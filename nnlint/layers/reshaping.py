"""Layers that only rearrange axes."""

from __future__ import annotations

from math import prod

from nnlint.layers.attribute import AXIS, attribute, list_of, whole
from nnlint.layers.base import Layer
from nnlint.layers.shape import Layout, Misfit, Shape, Unknown, layout_of_rank
from nnlint.wording import plural, shape_text

SIZES = list_of(whole(-1, "a size, or -1 for what is left"), "a list of sizes")


class Flatten(Layer):
    """Makes one axis of the axes from start_dim to end_dim; by default, of all."""

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html"
    example_inputs = {"input": [1, 28, 28]}
    passes_linearity = True
    keeps_elements = True
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
    keeps_elements = True
    passes_last = True

    dim: int = attribute(AXIS, "the axis to split; the batch is 0")
    unflattened_size: tuple[int, ...] = attribute(
        SIZES, "the axes that it becomes; their product is its size"
    )

    def infer(self, *inputs: Shape) -> Shape:
        """[a·b·c] -> [a, b, c]."""
        (x,) = inputs
        _need_one_gap("unflattened_size", self.unflattened_size)
        index = x.index(self.dim)
        size = x.dims[index]
        what = f"{size} of axis {self.dim}"
        sizes = _resolved("unflattened_size", self.unflattened_size, size, what)
        output = x.replaced(index, *sizes)
        return output._replace(layout=_layout_of_rank(x, output.rank, keeps_first=True))


class Reshape(Layer):
    """Gives one sample another shape; the elements keep their order."""

    unlike_keras = "Keras has the channels last"

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.reshape.html"
    example = {"shape": [16, 7, 7]}
    passes_linearity = True
    keeps_elements = True
    passes_last = True
    arranges_axes = True

    shape: tuple[int, ...] = attribute(
        SIZES, "the new sizes, without a batch; their product stays", keras=("target_shape",)
    )

    def infer(self, *inputs: Shape) -> Shape:
        """[*] -> shape."""
        (x,) = inputs
        _need_one_gap("shape", self.shape)
        layout = layout_of_rank(len(self.shape))
        if x.open:
            return self._as_far_as_written(layout)
        factors = "×".join(map(str, x.dims)) or "1"
        total = f"{plural(x.size, 'element')} of {x} ({factors})"
        return Shape(tuple(_resolved("shape", self.shape, x.size, total)), layout)

    def _as_far_as_written(self, layout: Layout) -> Shape:
        """The new shape without knowing the old: all of it, or what stands behind the -1."""
        if 0 in self.shape:
            raise Unknown  # whatever arrives, it does not fit; by how much, nobody knows
        if -1 not in self.shape:
            return Shape(self.shape, layout)
        behind = len(self.shape) - self.shape.index(-1) - 1
        return Shape(self.shape[len(self.shape) - behind :], layout, open=True)


class Permute(Layer):
    """Reorders the axes: a map [C, L] becomes a sequence [L, C], or the other way."""

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.permute.html"
    example = {"dims": [2, 1]}
    example_inputs = {"input": {"map": [64, 100]}}
    passes_linearity = True
    keeps_elements = True
    passes_last = True
    arranges_axes = True

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
    if rank == 2 and keeps_first and before.layout is Layout.MAP:
        return Layout.MAP
    return layout_of_rank(rank)


def _need_one_gap(key: str, written: tuple[int, ...]) -> None:
    """Refuse sizes of which more than one is left to be computed.

    Raises:
        Misfit: they are.
    """
    if written.count(-1) > 1:
        raise Misfit(
            "NN204",
            f"{key} {shape_text(written)} leaves more than one size open",
            "write -1 for one size at most",
            key=key,
        )


def _resolved(key: str, written: tuple[int, ...], size: int, what: str) -> list[int]:
    """The written sizes with a -1 resolved.

    Args:
        key: the attribute that they stand in.
        written: the sizes.
        size: what they must multiply up to.
        what: the same in words.

    Raises:
        Misfit: they don't.
    """
    stated_part = prod(n for n in written if n != -1)
    left = size // stated_part if stated_part else 0
    sizes = [left if n == -1 else n for n in written]
    if prod(sizes) != size or min(sizes) < 1:
        product = f"{'×'.join(map(str, written))} = {prod(written)}"
        reason = f"{size} is no multiple of {stated_part}" if -1 in written else product
        raise Misfit(
            "NN204",
            f"{key} {shape_text(written)} must multiply up to the {what}, but {reason}",
            key=key,
        )
    return sizes

"""Layers that join what arrives on several ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from nnlint.layers.attribute import AXIS, attribute, optional
from nnlint.layers.base import SEVERAL, Layer
from nnlint.layers.shape import Layout, Misfit, Shape, Unknown
from nnlint.wording import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

BY_ROUNDING = (
    "sizes differ by rounding: an input size divisible by the product of all strides keeps "
    "them equal"
)
"""What to do where `differ_by_rounding`, as far as the shapes alone can tell."""


class _Merge(Layer):
    """Joins inputs axis by axis; with open shapes, as far back as the axes are known."""

    inputs = SEVERAL
    merges = True
    role = "merge"
    example = {"from": ["left", "right"]}
    example_inputs = {"left": [64, 28, 28], "right": [64, 28, 28]}
    wants: ClassVar[str]
    """What it does, and what its inputs must be for that."""

    def infer(self, *inputs: Shape) -> Shape:
        """The axes joined one by one; the layout is the first input's."""
        self._need_one_rank(inputs)
        grown = self.growing_axis(inputs)
        known: list[int] = []
        depth = max(len(x.dims) for x in inputs)
        for index in range(-1, -depth - 1, -1):
            size = self._joined(index, grown, inputs)
            if size is None:
                break
            known.insert(0, size)
        is_whole = len(known) == depth and any(not x.open for x in inputs)
        return Shape(tuple(known), _layout(inputs), open=not is_whole)

    def _joined(self, index: int, grown: int | None, inputs: Sequence[Shape]) -> int | None:
        """The size of one axis of the output; None: it can't be known."""
        holders = [x for x in inputs if len(x.dims) >= -index]
        sizes = [x.dims[index] for x in holders]
        complete = len(holders) == len(inputs)
        if index == grown:
            return sum(sizes) if complete else None
        binding = self.binding(sizes)
        if len(binding) > 1:
            one = next(x for x in holders if x.dims[index] in binding)
            other = next(x for x in holders if x.dims[index] in binding - {one.dims[index]})
            raise self.mismatch(one, other, grown)
        return next(iter(binding), 1 if complete else None)

    def _need_one_rank(self, inputs: Sequence[Shape]) -> None:
        whole = next((x for x in inputs if not x.open), None)
        if whole is None:
            return
        for x in inputs:
            if not _can_have_rank(x, whole.rank):
                less, more = sorted((whole, x), key=lambda one: len(one.dims))
                raise Misfit(
                    "NN212",
                    f"{self.wants}, but {whole} and {x} arrive, which have different numbers "
                    "of axes",
                    self.rank_remedy(less, more),
                )

    def growing_axis(self, inputs: Sequence[Shape]) -> int | None:  # noqa: ARG002
        """The axis (negative) along which the inputs are lined up; None: there is none."""
        return None

    def binding(self, sizes: Sequence[int]) -> set[int]:
        """The sizes of one axis that must be one and the same."""
        return set(sizes)

    def mismatch(self, one: Shape, other: Shape, grown: int | None) -> Misfit:
        """What to say of two inputs that do not fit each other."""
        differing = [
            index for index in _common(one, other)
            if index != grown and len(self.binding([one.dims[index], other.dims[index]])) > 1
        ]  # fmt: skip
        where = listed([_axis_name(index, one, other) for index in differing], "and")
        return Misfit(
            "NN212",
            f"{self.wants}, but {one} and {other} arrive, which differ on {where}",
            self.remedy(one, other, differing),
        )

    def rank_remedy(self, less: Shape, more: Shape) -> str:  # noqa: ARG002
        """How what has fewer axes gets as many."""
        return "a Flatten, Unflatten or Reshape before one of them makes their axes as many"

    def remedy(self, one: Shape, other: Shape, differing: list[int]) -> str | None:
        """How the two can be made to fit, where one way is likely."""
        if differing == [-one.rank if _is_map(one, other) else -1]:
            return _width_remedy(one, other, differing[0])
        return _spatial_remedy(one, other, differing)


class Add(_Merge):
    """The sum of its inputs, which have equal shapes."""

    keeps_tokens_apart = True
    reference = "https://docs.pytorch.org/docs/stable/generated/torch.add.html"
    wants = "it adds inputs of equal shapes"


class Multiply(_Merge):
    """The product of its inputs; an axis of size 1 goes with any size.

    [C, 1, 1] times [C, H, W] is [C, H, W]: a factor for each channel.
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.mul.html"
    example_inputs = {"left": [64, 28, 28], "right": [64, 1, 1]}
    is_product = True
    wants = "it multiplies inputs whose axes have equal sizes, or size 1"

    def binding(self, sizes: Sequence[int]) -> set[int]:
        """A size of 1 is repeated to fit."""
        return set(sizes) - {1}

    def rank_remedy(self, less: Shape, more: Shape) -> str:
        """A factor for each channel stands in a map of 1×1."""
        if less.open or more.layout is not Layout.MAP or less.dims != more.dims[:1]:
            return super().rank_remedy(less, more)
        factors = [less.last] + [1] * (len(more.dims) - 1)
        split = f"{{type: Unflatten, dim: 1, unflattened_size: {factors}}}"
        return f"a factor for each channel is {factors}: {split} makes it of {less}"


class Concat(_Merge):
    """Its inputs one behind the other along one axis; all other axes are equal.

    [a, H, W] and [b, H, W] become [a + b, H, W].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.cat.html"
    keras = ("Concatenate",)
    unlike_keras = "Keras has the channels last, and its axis -1 is dim: 1 on maps"
    wants = "it joins inputs along one axis, where all others are equal"

    dim: int | None = attribute(
        optional(AXIS),
        "the axis; the batch is 0; null: the channels of maps (1), else the last",
        default=None, keras=("axis",),
    )  # fmt: skip

    def growing_axis(self, inputs: Sequence[Shape]) -> int:
        """Where `dim` stands, counted from the end."""
        widest = max(inputs, key=lambda x: (not x.open, len(x.dims)))
        if self.dim is not None:
            return widest.index(self.dim)
        layout = _layout(inputs)
        if layout is Layout.UNDECIDED and any(x.open for x in inputs):
            raise Unknown  # a map may hide behind an open shape
        return widest.index(1 if layout is Layout.MAP else -1)

    def remedy(self, one: Shape, other: Shape, differing: list[int]) -> str | None:
        """Another axis may be meant, if it is the only one that differs."""
        spatial = _spatial_remedy(one, other, differing)
        if spatial or len(differing) > 1:
            return spatial
        return f"to join them along that axis, write dim: {_dim(differing[0], one, other)}"


def differ_by_rounding(one: Shape, other: Shape) -> bool:
    """Whether two maps have spatial sizes that differ by one at most.

    A size that was halved and rounded down comes back one smaller when it is doubled.
    """
    if not _is_map(one, other) or one.rank != other.rank:
        return False
    gaps = [abs(a - b) for a, b in zip(one.dims[1:], other.dims[1:], strict=True)]
    return max(gaps, default=0) == 1


def _can_have_rank(x: Shape, rank: int) -> bool:
    return len(x.dims) <= rank if x.open else x.rank == rank


def _layout(inputs: Sequence[Shape]) -> Layout:
    """The layout of the first input that has one."""
    layouts = (x.layout for x in inputs if x.layout is not Layout.UNDECIDED)
    return next(layouts, Layout.UNDECIDED)


def _common(one: Shape, other: Shape) -> range:
    """The axes that are known of both, counted from the end, in their order."""
    return range(-min(len(one.dims), len(other.dims)), 0)


def _dim(index: int, one: Shape, other: Shape) -> int:
    """The number of an axis as PyTorch counts, from the end where the rank is unknown."""
    whole = next((x for x in (one, other) if not x.open), None)
    return index if whole is None else whole.rank + index + 1


def _axis_name(index: int, one: Shape, other: Shape) -> str:
    return f"axis {_dim(index, one, other)}"


def _is_map(one: Shape, other: Shape) -> bool:
    """Whether the two are known to be maps, for one of them is."""
    return not (one.open or other.open) and Layout.MAP in (one.layout, other.layout)


def _width_remedy(one: Shape, other: Shape, index: int) -> str:
    """Make as many channels or features of one input as of the other."""
    few, many = sorted((one.dims[index], other.dims[index]))
    if _is_map(one, other):
        how = f"a convolution with out_channels: {many} and kernel_size: 1"
        return f"{how} makes {many} channels of {few}"
    return f"a Linear with out_features: {many} makes {many} features of {few}"


def _spatial_remedy(one: Shape, other: Shape, differing: list[int]) -> str | None:
    """Why two maps of the same origin may differ in size, and what keeps them equal."""
    if not _is_map(one, other) or -one.rank in differing:
        return None
    pairs = [sorted((one.dims[index], other.dims[index])) for index in differing]
    gaps = {large - small for small, large in pairs}
    factors = {
        large // small if small > 1 and large % small == 0 else 0 for small, large in pairs
    }
    if differ_by_rounding(one, other):
        return BY_ROUNDING
    if len(factors) == 1 and min(factors) > 1:
        return f"one of the ways has strides of {factors.pop()} in all that the other has not"
    if len(gaps) == 1 and min(gaps) % 2 == 0:
        return (
            f"if windows without padding made it smaller, {gaps.pop() // 2} more padding on "
            "each side keeps its size; if strides rounded it, an input size divisible by "
            "their product does"
        )
    return None

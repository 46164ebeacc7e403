"""Layers that keep a part of an axis, or its mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers.attribute import AXIS, attribute, list_of, optional
from nnlint.layers.base import Layer, features_last, need_rank
from nnlint.layers.shape import Layout, Misfit, Shape
from nnlint.wording import plural

if TYPE_CHECKING:
    from nnlint.layers.attribute import JsonSchema

_PLACE: JsonSchema = {**AXIS, "title": "a whole number (a place)"}
_AXES: JsonSchema = {
    **list_of(AXIS, ""), **AXIS, "type": ["integer", "array"],
    "title": "a whole number (an axis), or a list of them",
}  # fmt: skip


class Select(Layer):
    """Takes one token of a sequence: [T, d] becomes the features [d]."""

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.select.html"
    example = {"index": 0}
    example_inputs = {"input": {"sequence": [197, 768]}}
    prefers = Layout.SEQUENCE
    passes_linearity = True
    passes_last = True

    index: int = attribute(_PLACE, "which token, from 0; a negative one counts from the end")

    def infer(self, *inputs: Shape) -> Shape:
        """[T, d] -> [d]."""
        (x,) = inputs
        if x.layout is Layout.MAP:
            raise Misfit(
                "NN202",
                f"it takes one token of a sequence [T, d], but a map {x} arrives",
                "a ToTokens before it makes a sequence of a map; Slice takes a part of an axis",
            )
        output = Shape((features_last(x),), Layout.FEATURES)
        if not x.open:
            need_rank(x, range(2, 3), "one token of a sequence [T, d]")
        if len(x.dims) > 1:
            self._check_index(x.dims[-2], x, output)
        return output

    def kept_tokens(self, x: Shape) -> range:
        """One."""
        place = self.index % x.known[0]
        return range(place, place + 1)

    def _check_index(self, length: int, x: Shape, output: Shape) -> None:
        if not -length <= self.index < length:
            raise Misfit(
                "NN205",
                f"index is {self.index}, but {x} has {plural(length, 'token')}",
                f"write a number from 0 to {length - 1}, or from -{length} to -1",
                key="index",
                output=output,
            )


class Slice(Layer):
    """Keeps the part of one axis from start up to end, as Python's x[start:end] does."""

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.narrow.html"
    example = {"dim": 1, "start": 1}
    example_inputs = {"input": {"sequence": [197, 768]}}
    passes_linearity = True

    dim: int = attribute(AXIS, "the axis; the batch is 0")
    start: int = attribute(_PLACE, "the first that is kept; -1 is the last", default=0)
    end: int | None = attribute(
        optional(_PLACE), "the first that is no longer kept; null: all are", default=None
    )

    def infer(self, *inputs: Shape) -> Shape:
        """[a, n, b] -> [a, end − start, b]."""
        (x,) = inputs
        if _is_before_known(x, self.dim):
            return x
        index = x.index(self.dim)
        kept = len(range(x.dims[index])[self.start : self.end])
        if kept == 0:
            self._refuse_nothing(x.dims[index], x)
        return x.replaced(index, kept)

    def kept_tokens(self, x: Shape) -> range | None:
        """A part, if it cuts the axis of the tokens."""
        of_tokens = x.layout is Layout.SEQUENCE and x.index(self.dim) == -x.rank
        return range(x.known[0])[self.start : self.end] if of_tokens else None

    def _refuse_nothing(self, size: int, x: Shape) -> None:
        end = "its end" if self.end is None else str(self.end)
        raise Misfit(
            "NN205",
            f"nothing is left of axis {self.dim} of {x}, which has {size}, from {self.start} "
            f"to {end}",
            "end is not kept itself; negative numbers count from the end",
            key="start" if self.end is None else "end",
        )


class Mean(Layer):
    """The mean over one or several axes, which are gone afterwards.

    A sequence [T, d] over axis 1 becomes [d], a map [C, H, W] over 2 and 3 becomes [C].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.mean.html"
    example = {"dim": 1}
    example_inputs = {"input": {"sequence": [197, 768]}}
    passes_linearity = True

    dim: int | tuple[int, ...] = attribute(_AXES, "the axes to average; the batch is 0")

    def infer(self, *inputs: Shape) -> Shape:
        """[a, b, c] -> the same without those axes."""
        (x,) = inputs
        if x.layout is Layout.TOKENS:
            features_last(x)
        gone = [x.index(dim) for dim in self._dims if not _is_before_known(x, dim)]
        if len(set(gone)) < len(gone):
            raise Misfit(
                "NN203",
                f"dim {list(self._dims)} names an axis of {x} twice",
                "name each axis once",
                key="dim",
            )
        kept = [index for index in range(-len(x.dims), 0) if index not in gone]
        return x._replace(dims=tuple(x.dims[index] for index in kept), layout=_layout(x, kept))

    @property
    def _dims(self) -> tuple[int, ...]:
        return (self.dim,) if isinstance(self.dim, int) else tuple(self.dim)

    @property
    def passes_shift(self) -> bool:
        """The channels of a map, axis 1, are kept apart by a mean over axes behind them."""
        return min(self._dims) > 1


def _is_before_known(x: Shape, dim: int) -> bool:
    """Whether the axis, counted from the end, lies among those that are not known."""
    return x.open and -dim > len(x.dims)


def _layout(x: Shape, kept: list[int]) -> Layout:
    """What the axes that are left mean: channels first are a map, features last a sequence."""
    if x.open:
        return Layout.UNDECIDED
    if len(kept) < 2:
        return Layout.FEATURES
    telling = {Layout.MAP: -x.rank, Layout.SEQUENCE: -1}
    return x.layout if telling.get(x.layout) in kept else Layout.UNDECIDED

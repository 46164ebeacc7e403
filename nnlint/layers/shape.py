"""What flows along an edge: one sample's shape, without the batch axis, and its layout."""

from __future__ import annotations

from enum import Enum
from math import prod

from nnlint.record import Record
from nnlint.wording import shape_text


class Layout(Enum):
    """What the axes of a shape mean."""

    FEATURES = "features"
    """[n]"""
    TOKENS = "tokens"
    """[T] indices"""
    SEQUENCE = "sequence"
    """[T, d], the features last"""
    MAP = "map"
    """[C, L], [C, H, W] or [C, D, H, W], the channels first"""
    UNDECIDED = "undecided"
    """[a, b]: a map or a sequence, as the first layer that cares decides"""


def layout_of_rank(rank: int) -> Layout:
    """What so many axes mean where nothing else is known of them."""
    return {1: Layout.FEATURES, 2: Layout.UNDECIDED}.get(rank, Layout.MAP)


class Unknown(Exception):  # noqa: N818 - not an error: the answer "nobody can know"
    """Asked of a shape what is not known. Raised and caught within the graph."""


class Misfit(Exception):  # noqa: N818 - read as a sentence: the layer raises a Misfit
    """A layer can't take what reaches it.

    Args:
        code: the finding's code.
        message: what is, and what was expected.
        help: how to mend it.
        key: the attribute to point at; None points at the layer.
        output: the output's shape, as far as it does not depend on the mistake.
        right: the value of `key` that fits; None: several do, or none.
    """

    def __init__(  # noqa: PLR0913 - all but the first two by name
        self,
        code: str,
        message: str,
        help: str | None = None,  # noqa: A002 - the word that the user sees
        *,
        key: str | None = None,
        output: Shape | None = None,
        right: object = None,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.help = code, message, help
        self.key, self.output, self.right = key, output, right


class Shape(Record):
    """One sample's axes, without the batch, and what they mean.

    `open` says that more axes, of unknown sizes, may stand before `dims`. What
    depends on them raises `Unknown`, so a layer never has to ask whether it may.
    """

    dims: tuple[int, ...]
    layout: Layout
    open: bool = False

    @property
    def rank(self) -> int:
        """The number of axes, the batch not counted."""
        if self.open:
            raise Unknown
        return len(self.dims)

    @property
    def known(self) -> tuple[int, ...]:
        """All sizes; raises `Unknown` where the shape is open."""
        if self.open:
            raise Unknown
        return self.dims

    @property
    def last(self) -> int:
        """The size of the last axis."""
        if self.open and not self.dims:
            raise Unknown
        return self.dims[-1]

    @property
    def size(self) -> int:
        """The number of elements of one sample."""
        return prod(self.known)

    def __hash__(self) -> int:
        # asked for by every layer; the layout's own is slow
        return hash((self.dims, self.open))

    def replaced(self, index: int, *sizes: int) -> Shape:
        """The same shape with the axis at `index` replaced by these."""
        dims = list(self.dims)
        index %= max(len(dims), 1)
        dims[index : index + 1] = sizes
        return self._replace(dims=tuple(dims))

    def with_last(self, size: int) -> Shape:
        """The same shape with another last axis; works on open shapes too."""
        return self._replace(dims=(*self.dims[:-1], size))

    def index(self, dim: int, key: str = "dim") -> int:
        """Where PyTorch's axis `dim` stands in `dims`, counted from the end (negative).

        PyTorch numbers the batch as axis 0, so `dims` begins at axis 1.

        Raises:
            Misfit: there is no such axis, or it is the batch.
            Unknown: the shape is open and does not reach that far.
        """
        rank = self.rank if dim >= 0 or -dim > len(self.dims) else len(self.dims)
        if dim == 0 or (dim == -rank - 1 and not self.open):
            raise Misfit(
                "NN203",
                f"{key}: {dim} is the batch axis, and every layer leaves the batch alone",
                f"axes are numbered as in PyTorch: {self} has axis 1 to {rank}",
                key=key,
            )
        if not -rank <= dim <= rank:
            raise Misfit(
                "NN203",
                f"{key}: {dim} is no axis of {self}, which has axis 1 to {rank}",
                f"write a number from 1 to {rank}, or from -{rank} to -1",
                key=key,
            )
        return dim - 1 - rank if dim > 0 else dim

    def __str__(self) -> str:
        return shape_text(self.dims, unknown_before=self.open)


UNKNOWN = Shape((), Layout.UNDECIDED, open=True)
"""Nothing is known: any number of axes of any size."""

"""Layers that look indices up in a learned table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers.attribute import (
    AXIS,
    FLAG,
    REAL,
    SIZE,
    attribute,
    one_of,
    optional,
)
from nnlint.layers.base import Layer, ParamTensor, need_rank
from nnlint.layers.shape import Layout, Misfit, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Table(Layer):
    """A learned vector for each index."""

    formula = {"weight": "num_embeddings × embedding_dim"}
    looks_up = True
    example = {"num_embeddings": 1000, "embedding_dim": 64}
    example_inputs = {"input": {"tokens": 12}}
    is_embedding = True
    is_vocabulary = True

    num_embeddings: int = attribute(SIZE, "size of the vocabulary", keras=("input_dim",))
    embedding_dim: int = attribute(SIZE, "size of each vector", keras=("output_dim",))
    padding_idx: int | None = attribute(
        optional(AXIS), "the index that is padding and never learns", default=None
    )
    max_norm: float | None = attribute(
        optional(REAL), "longer vectors are cut to this length", default=None
    )
    norm_type: float = attribute(REAL, "p of the norm for max_norm", default=2.0)
    scale_grad_by_freq: bool = attribute(
        FLAG, "divide gradients by how often an index stands in the batch", default=False
    )
    sparse: bool = attribute(FLAG, "sparse gradients", default=False)

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:  # noqa: ARG002
        """weight [num_embeddings, embedding_dim]."""
        yield ParamTensor(
            "weight", (self.num_embeddings, self.embedding_dim), inputs_first=True
        )

    def check(self, x: Shape, output: Shape) -> None:
        """Refuse a padding index outside of the table, and numbers where indices belong.

        A map of three axes or more may be a bare list, which does not say what it holds.

        Raises:
            Misfit: either is there.
        """
        size = self.num_embeddings
        if self.padding_idx is not None and not -size <= self.padding_idx < size:
            raise Misfit(
                "NN205",
                f"padding_idx is {self.padding_idx}, but num_embeddings is {size}",
                f"write a number from 0 to {size - 1}, or from -{size} to -1",
                key="padding_idx",
                output=output,
            )
        if x.layout is Layout.SEQUENCE:
            raise Misfit(
                "NN202",
                f"it looks up indices, but a sequence {x} of vectors arrives",
                "write the input as {tokens: T} if it is indices",
            )
        if x.layout is Layout.MAP and not x.open and x.rank < 3:
            raise Misfit(
                "NN202",
                f"it looks up indices, but a map {x} of numbers arrives",
                f"write the input as {x} if it is indices",
            )


class Embedding(_Table):
    """A learned vector for each index.

    Takes the indices [T], or indices of any shape [*]; yields [T, embedding_dim].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html"

    def infer(self, *inputs: Shape) -> Shape:
        """[*] -> [*, embedding_dim]."""
        (x,) = inputs
        layout = Layout.SEQUENCE if x.dims or x.open else Layout.FEATURES
        output = x._replace(dims=(*x.dims, self.embedding_dim), layout=layout)
        self.check(x, output)
        return output


class EmbeddingBag(_Table):
    """The mean, sum or maximum of the learned vectors of all indices of a sample.

    Takes the indices [T]; yields the features [embedding_dim].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html"

    mode: str = attribute(
        {**one_of("sum", "mean", "max"), "title": "sum, mean or max"},
        "what becomes of the vectors",
        default="mean",
    )
    include_last_offset: bool = attribute(
        FLAG, "the offsets of bags end with the number of indices", default=False
    )

    def infer(self, *inputs: Shape) -> Shape:
        """[T] -> [embedding_dim]."""
        (x,) = inputs
        output = Shape((self.embedding_dim,), Layout.FEATURES)
        self.check(x, output)
        if not x.open:
            need_rank(x, range(1, 2), "one axis of indices [T]", "a Flatten makes one axis")
        return output

    def check(self, x: Shape, output: Shape) -> None:
        """Refuse what torch can't compute of a maximum."""
        super().check(x, output)
        for key in ("scale_grad_by_freq", "sparse"):
            if self.mode == "max" and getattr(self, key):
                raise Misfit(
                    "NN205",
                    f"mode: max and {key}: true exclude each other",
                    f"leave {key} out, or write mode: sum or mode: mean",
                    key=key,
                    output=output,
                )

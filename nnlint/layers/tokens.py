"""Layers that make sequences of tokens, and put learned vectors into them."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from nnlint.layers.attending import of_more_axes
from nnlint.layers.attribute import SIZE, attribute, optional
from nnlint.layers.base import Layer, ParamTensor, features_last, need_rank
from nnlint.layers.shape import Layout, Misfit, Shape, Unknown
from nnlint.layers.windows import MAP_WORDS
from nnlint.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterator


class ToTokens(Layer):
    """Makes a token of each position of a map: [C, *] becomes [positions, C].

    In PyTorch: x.flatten(2).transpose(1, 2).
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.transpose.html"
    example_inputs = {"input": [768, 14, 14]}
    prefers = Layout.MAP
    passes_linearity = True
    keeps_elements = True
    makes_tokens = True

    def infer(self, *inputs: Shape) -> Shape:
        """[C, H, W] -> [H·W, C]."""
        (x,) = inputs
        words = f"a map {listed(MAP_WORDS.values())}"
        if x.layout in (Layout.SEQUENCE, Layout.TOKENS):
            what = "a sequence" if x.layout is Layout.SEQUENCE else "token indices"
            remedy = "it has its tokens already: leave ToTokens out"
            raise Misfit("NN202", f"it takes {words}, but {what} {x} arrives", remedy)
        if x.open:
            return Shape((), Layout.SEQUENCE, open=True)
        need_rank(x, range(2, 65), words)
        return Shape((prod(x.dims[1:]), x.dims[0]), Layout.SEQUENCE)


class _OnTokens(Layer):
    """Works on a sequence [T, d]."""

    example_inputs = {"input": {"sequence": [196, 768]}}
    prefers = Layout.SEQUENCE

    def infer(self, *inputs: Shape) -> Shape:
        """[T, d] -> the same."""
        (x,) = inputs
        if x.layout is Layout.TOKENS:
            features_last(x)
        if x.layout is Layout.MAP:
            raise Misfit(
                "NN202",
                f"it takes a sequence [T, d], but a map {x} arrives",
                "a ToTokens before it makes a sequence of a map",
            )
        if not x.open:
            need_rank(x, range(2, 3), "a sequence [T, d]", of_more_axes(x))
        return x._replace(layout=Layout.SEQUENCE)


class ClassToken(_OnTokens):
    """Puts learned tokens before a sequence: [T, d] becomes [T + num_tokens, d]."""

    formula = {"class_token": "num_tokens × d"}
    reference = "https://arxiv.org/abs/2010.11929"

    num_tokens: int = attribute(SIZE, "how many; DeiT has 2", default=1)

    def infer(self, *inputs: Shape) -> Shape:
        """[T, d] -> [T + num_tokens, d]."""
        x = super().infer(*inputs)
        return x.replaced(-2, x.dims[-2] + self.num_tokens) if len(x.dims) > 1 else x

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """class_token [1, num_tokens, d]."""
        yield ParamTensor(
            "class_token", (1, self.num_tokens, inputs[0].last), inputs_first=True
        )


class _AddedTable(_OnTokens):
    """A learned table, of whose rows one is added to each token."""

    formula = {"weight": "num_embeddings × d"}
    is_embedding = True
    keeps_tokens_apart = True

    def rows(self, x: Shape) -> int:
        """How many vectors the table has.

        Raises:
            Unknown: as many as tokens arrive, and that is not known.
        """
        raise NotImplementedError

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """weight [num_embeddings, d]."""
        (x,) = inputs
        yield ParamTensor("weight", (self.rows(x), x.last), inputs_first=True)


class PositionEmbedding(_AddedTable):
    """Adds a learned vector for each position to a sequence [T, d]; the shape stays."""

    reference = "https://arxiv.org/abs/1810.04805"

    num_embeddings: int | None = attribute(
        optional(SIZE), "positions that have a vector, T or more; null: T", default=None
    )

    def infer(self, *inputs: Shape) -> Shape:
        """[T, d] -> the same."""
        x = super().infer(*inputs)
        length = x.dims[-2] if len(x.dims) > 1 else 0
        if self.num_embeddings is not None and length > self.num_embeddings:
            raise Misfit(
                "NN205",
                f"num_embeddings is {self.num_embeddings}, but {length} tokens arrive in {x}, "
                "and each takes the vector of its own position",
                f"write num_embeddings: {length} or more, or let at most "
                f"{self.num_embeddings} arrive",
                key="num_embeddings",
                output=x,
            )
        return x

    def rows(self, x: Shape) -> int:
        """As written, or one for each token."""
        if self.num_embeddings is None and len(x.dims) < 2:
            raise Unknown
        return self.num_embeddings or x.dims[-2]


class AddEmbedding(_AddedTable):
    """Adds to each token the learned vector of its kind, such as BERT's token types.

    Takes a sequence [T, d]; the shape stays.
    """

    reference = "https://arxiv.org/abs/1810.04805"
    example = {"num_embeddings": 2}

    num_embeddings: int = attribute(SIZE, "how many kinds there are")

    def rows(self, x: Shape) -> int:  # noqa: ARG002
        """As written."""
        return self.num_embeddings

"""What attention layers share: sequences, heads that divide, tensors, the two products."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from nnlint.layers.base import Layer, ParamTensor, features_last, need_rank
from nnlint.layers.dividing import nearest_divisors, nearest_multiples
from nnlint.layers.shape import Layout, Misfit, Shape
from nnlint.record import Record
from nnlint.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Attending(Layer):
    """Takes sequences; its output is as long and as wide as the first of them."""

    sees_other_steps = True
    dropout_key = "dropout"
    prefers = Layout.SEQUENCE
    width_key: ClassVar[str] = "embed_dim"
    """The attribute that may state the width of the first input."""

    def width(self, *inputs: Shape) -> int:
        """The features of the first input, as written or as they arrive."""
        return getattr(self, self.width_key) or features_last(inputs[0])

    def sequence(self, *inputs: Shape) -> Shape:
        """The output: a sequence as long and as wide as the first input.

        Raises:
            Misfit: an input is no sequence, or its written width differs.
        """
        for one in inputs:
            need_sequence(one)
        x, stated = inputs[0], getattr(self, self.width_key)
        if not x.dims and stated:
            x = x._replace(dims=(stated,))
        output = x._replace(layout=Layout.SEQUENCE)
        if output.dims:
            self.check_stated(self.width_key, output.last, output)
        return output


def need_sequence(x: Shape, of_features: str | None = None) -> None:
    """Refuse what is no sequence [T, features]; an open shape may be one.

    Args:
        x: what arrives.
        of_features: what to do where the features of one token arrive, if a layer knows better.

    Raises:
        Misfit: indices, features or a map arrive.
    """
    if x.open:
        return
    features_last(x)
    if x.layout is Layout.MAP:
        raise Misfit(
            "NN202",
            f"it takes a sequence [T, features], but a map {x} arrives",
            "a ToTokens before it makes a sequence of a map",
        )
    hint = of_features or (
        f"write an input as {{sequence: [T, {x.last}]}}; a Reshape makes tokens of features"
    )
    need_rank(x, range(2, 3), "a sequence [T, features]", of_more_axes(x) or hint)


def of_more_axes(x: Shape) -> str | None:
    """What to do about a sequence with more axes than two: None where it has no more."""
    if x.rank < 3:
        return None
    flatten = "a Flatten with end_dim: -2 makes one axis of those before the features"
    if x.layout is not Layout.SEQUENCE or x.rank > 3:
        return flatten
    tokens = f"{{tokens: {x.dims[0]}}}"
    return f"{flatten}; if an Embedding looked up {x.dims[0]} indices, their input is {tokens}"


def need_divisor(  # noqa: PLR0913 - each is a word of the message
    name: str, number: int, key: str, parts: int, output: Shape, *, instead: str = ""
) -> None:
    """Refuse a number of parts into which another number does not divide.

    Args:
        name: what is divided, by its attribute.
        number: how much of it there is.
        key: the attribute with the number of parts.
        parts: their number.
        output: the output's shape, which does not depend on the mistake.
        instead: another way to mend it.

    Raises:
        Misfit: it does not divide.
    """
    if number % parts == 0:
        return
    near = nearest_divisors(number, parts)
    fitting = listed(map(str, near))
    verb = "divides" if len(near) == 1 else "divide"
    message = f"{name} {number} is not divisible by {key} {parts}"
    ways = [f"write {key}: {fitting}" if near else "", instead]
    if near and not any(parts <= 2 * n <= 4 * parts for n in near):
        ways.insert(0, f"make {name} {listed(map(str, nearest_multiples(parts, number)))}")
    raise Misfit(
        "NN204",
        f"{message}; {fitting} {verb} it" if near else message,
        ", or ".join(filter(None, ways)) or None,
        key=key,
        output=output,
    )


class Projections(Record):
    """The matrices of attention, by their sizes.

    Attributes:
        embed_dim: features of a query, and of the output.
        kdim: features of a key before its projection.
        vdim: those of a value.
        heads_dim: features of a projected query, all heads together.
        kv_heads_dim: features of a projected key or value, all their heads together.
    """

    embed_dim: int
    kdim: int
    vdim: int
    heads_dim: int
    kv_heads_dim: int

    def tensors(self, prefix: str = "", *, bias: bool) -> Iterator[ParamTensor]:
        """Those of PyTorch's MultiheadAttention: one matrix if all features are as many."""
        width = self.embed_dim
        if self.kdim == self.vdim == width:
            yield ParamTensor(f"{prefix}in_proj_weight", (3 * width, width))
        else:
            for part, arriving in zip("qkv", (width, self.kdim, self.vdim), strict=True):
                yield ParamTensor(f"{prefix}{part}_proj_weight", (width, arriving))
        if bias:
            yield ParamTensor(f"{prefix}in_proj_bias", (3 * width,))
        yield ParamTensor(f"{prefix}out_proj.weight", (width, width))
        if bias:
            yield ParamTensor(f"{prefix}out_proj.bias", (width,))

    def macs(self, queries: int, keys: int, seen: int) -> int:
        """Projections at their positions, and the two products with the keys that are seen."""
        at_queries = 2 * self.embed_dim * self.heads_dim
        at_keys = (self.kdim + self.vdim) * self.kv_heads_dim
        products = 2 * seen * self.heads_dim
        return queries * (at_queries + products) + keys * at_keys


def square(width: int) -> Projections:
    """Attention in which everything has the same number of features."""
    return Projections(width, width, width, width, width)

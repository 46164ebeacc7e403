"""Learned tensors that stand by themselves, and layers that nnlint does not know."""

from __future__ import annotations

from sys import maxsize
from typing import TYPE_CHECKING, Any

from nnlint.layers.attribute import (
    COUNT,
    REAL,
    SHAPE,
    TENSORS,
    attribute,
    optional,
)
from nnlint.layers.base import Layer, ParamTensor, features_last
from nnlint.layers.shape import Layout, Shape, Unknown, layout_of_rank

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class LayerScale(Layer):
    """Multiplies each channel of a map, or each feature, by a learned factor.

    Takes a map [C, *], a sequence [T, C] or features [C]; the shape stays.
    """

    formula = {"gamma": "C"}
    reference = "https://arxiv.org/abs/2103.17239"
    example_inputs = {"input": {"sequence": [197, 768]}}
    prefers = Layout.SEQUENCE
    passes_linearity = True
    keeps_tokens_apart = True

    init_value: float = attribute(REAL, "what the factors start as", default=1e-5)

    def infer(self, *inputs: Shape) -> Shape:
        """The shape stays."""
        (x,) = inputs
        if x.layout is Layout.TOKENS or not x.open:
            features_last(x)
        return x

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """gamma [C]."""
        yield ParamTensor("gamma", (_channels(inputs[0]),))


def _channels(x: Shape) -> int:
    """The channels of a map, or the features of what has them last."""
    if x.layout is Layout.MAP:
        return x.known[0]
    if x.open and x.layout is Layout.UNDECIDED:
        raise Unknown  # a map may hide behind an open shape
    return features_last(x)


class Parameter(Layer):
    """Owns a learned tensor, and passes its input on."""

    formula = {"weight": "Π shape"}
    reference = (
        "https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html"
    )
    example = {"shape": [100, 256]}
    passes_linearity = True
    keeps_elements = True
    keeps_tokens_apart = True
    passes_last = True

    shape: tuple[int, ...] = attribute(
        {**SHAPE, "minItems": 0}, "the tensor's sizes, without a batch; [] is one number"
    )

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:  # noqa: ARG002
        """weight, of that shape."""
        yield ParamTensor("weight", self.shape, inputs_first=True)


class Custom(Layer):
    """Any other layer: it says itself what it has, and what leaves it.

    What it does not say of its parameters and its MACs is unknown, never 0.
    """

    formula = {"parameters": "as written"}
    macs_formula = "as written"
    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html"
    example = {
        "parameters": {"weight": [64, 3, 3, 3], "bias": [64]},
        "output": [64, 32, 32],
        "macs": 1_769_472,
    }
    example_inputs = {"input": [3, 32, 32]}
    inputs = range(1, maxsize)
    arranges_axes = True
    # in a map, for most of these keys are methods of every layer
    attributes = {
        "parameters": attribute(
            optional(TENSORS), "its learned tensors; {}: it has none; null: unknown",
            default=None,
        ),
        "buffers": attribute(
            optional(TENSORS), "its tensors that are stored, not learned", default=None
        ),
        "output": attribute(
            optional(SHAPE), "the shape that leaves it; null: the one that arrives",
            default=None,
        ),
        "macs": attribute(
            optional(COUNT), "multiply-accumulates for one sample; null: unknown",
            default=None,
        ),
    }  # fmt: skip

    written: Mapping[str, Any]

    def __init__(self, **values: Any) -> None:
        super().__init__(written=values)

    def held(self, key: str) -> Any:
        """As written."""
        return self.written.get(key)

    def infer(self, *inputs: Shape) -> Shape:
        """As written, or as the first input."""
        dims = self.written.get("output")
        if dims is None:
            return inputs[0]
        return Shape(tuple(dims), layout_of_rank(len(dims)))

    @property
    def is_unstated(self) -> bool:
        """Whether `parameters` is not written."""
        return self.written.get("parameters") is None

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:  # noqa: ARG002
        """As written.

        Raises:
            Unknown: nothing is written.
        """
        if self.written.get("parameters") is None:
            raise Unknown
        yield from _tensors(self.written["parameters"])

    def buffers(self, *inputs: Shape) -> Iterator[ParamTensor]:  # noqa: ARG002
        """As written."""
        yield from _tensors(self.written.get("buffers") or {})

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:  # noqa: ARG002
        """As written.

        Raises:
            Unknown: nothing is written.
        """
        macs: int | None = self.written.get("macs")
        if macs is None:
            raise Unknown
        return macs


def _tensors(written: Mapping[str, Sequence[int]]) -> Iterator[ParamTensor]:
    for name, shape in written.items():
        yield ParamTensor(name, tuple(shape))

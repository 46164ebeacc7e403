"""Whole layers of PyTorch's Transformer: attention, two linear layers and their norms."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from nnlint.layers.attending import _Attending, need_divisor, square
from nnlint.layers.attribute import (
    FLAG,
    PROBABILITY,
    REAL,
    SIZE,
    attribute,
    one_of,
    stated,
)
from nnlint.layers.base import TWO, ParamTensor
from nnlint.layers.shape import Misfit, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FORMULA = {
    "self_attn.in_proj_weight": "3 × d_model × d_model",
    "self_attn.in_proj_bias": "3 × d_model",
    "self_attn.out_proj.weight": "d_model × d_model",
    "self_attn.out_proj.bias": "d_model",
    "linear1.weight": "d_model × dim_feedforward",
    "linear1.bias": "dim_feedforward",
    "linear2.weight": "dim_feedforward × d_model",
    "linear2.bias": "d_model",
    "norm1.weight": "d_model",
    "norm1.bias": "d_model",
    "norm2.weight": "d_model",
    "norm2.bias": "d_model",
}
SELF_MACS = "T × (4 × d_model × d_model + 2 × T × d_model + 2 × d_model × dim_feedforward)"


class _TransformerLayer(_Attending):
    """Attention, then two linear layers, each with a norm and a way around it."""

    formula = FORMULA
    macs_formula = SELF_MACS
    width_key = "d_model"
    width_keys = ("dim_feedforward",)
    attentions: ClassVar[tuple[str, ...]] = ("self_attn",)
    """The attentions in it, each of which has a norm, and the linear layers one more."""

    d_model: int | None = stated("features that arrive, and leave", default=None)
    nhead: int = attribute(SIZE, "heads")
    dim_feedforward: int = attribute(SIZE, "features between the linear layers", default=2048)
    dropout: float = attribute(PROBABILITY, "dropout of every part", default=0.1)
    activation: str = attribute(
        {**one_of("relu", "gelu"), "title": "relu or gelu"}, "between the linear layers",
        default="relu",
    )  # fmt: skip
    layer_norm_eps: float = attribute(REAL, "added to the norms' variance", default=1e-5)
    norm_first: bool = attribute(FLAG, "the norms stand before their parts", default=False)
    bias: bool = attribute(
        FLAG, "learned biases of the attention, the linear layers and the norms", default=True
    )

    def infer(self, *inputs: Shape) -> Shape:
        """The shape stays."""
        output = self.sequence(*inputs)
        if output.dims:
            need_divisor("d_model", output.last, "nhead", self.nhead, output)
        return output

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """The attentions' tensors under their prefixes, linear1, linear2 and the norms."""
        inner = self.dim_feedforward
        if self.bias:
            yield ParamTensor("linear1.bias", (inner,))
        width = self.width(*inputs)
        for name in self.attentions:
            yield from square(width).tensors(f"{name}.", bias=self.bias)
        yield ParamTensor("linear1.weight", (inner, width))
        yield ParamTensor("linear2.weight", (width, inner))
        if self.bias:
            yield ParamTensor("linear2.bias", (width,))
        for number in range(1, len(self.attentions) + 2):
            yield ParamTensor(f"norm{number}.weight", (width,))
            if self.bias:
                yield ParamTensor(f"norm{number}.bias", (width,))

    def attended(self, *inputs: Shape) -> tuple[int, ...]:
        """All tokens, and all of a memory."""
        return tuple(x.known[0] for x in inputs)

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:  # noqa: ARG002
        """Each attention, the second over the memory, and both linear layers."""
        width, tokens = self.width(*inputs), inputs[0].known[0]
        attended = self.attended(*inputs)
        attention = sum(square(width).macs(tokens, keys, keys) for keys in attended)
        return attention + tokens * 2 * width * self.dim_feedforward


class TransformerEncoderLayer(_TransformerLayer):
    """Every token attends to all, then passes through two linear layers.

    Takes a sequence [T, d_model]; the shape stays.
    """

    reference = (
        "https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html"
    )
    example = {"nhead": 8}
    example_inputs = {"input": {"sequence": [100, 512]}}


class TransformerDecoderLayer(_TransformerLayer):
    """Every token attends to all, then to a memory, then passes through two linear layers.

    Takes two sequences, the target [T, d_model] and the memory [S, d_model]; yields
    [T, d_model].
    """

    formula = {
        **FORMULA,
        "multihead_attn.in_proj_weight": "3 × d_model × d_model",
        "multihead_attn.in_proj_bias": "3 × d_model",
        "multihead_attn.out_proj.weight": "d_model × d_model",
        "multihead_attn.out_proj.bias": "d_model",
        "norm3.weight": "d_model",
        "norm3.bias": "d_model",
    }
    macs_formula = f"{SELF_MACS} + 2 × d_model × (T × d_model + S × d_model + T × S)"
    reference = (
        "https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoderLayer.html"
    )
    example = {"nhead": 8, "from": ["target", "memory"]}
    example_inputs = {"target": {"sequence": [50, 512]}, "memory": {"sequence": [100, 512]}}
    inputs = TWO
    attentions = ("self_attn", "multihead_attn")

    def infer(self, *inputs: Shape) -> Shape:
        """[T, d_model], [S, d_model] -> [T, d_model]."""
        output = super().infer(*inputs)
        memory = inputs[1]
        if output.dims and memory.dims and memory.last != output.last:
            raise Misfit(
                "NN202",
                f"its memory has as many features as its target, but a memory {memory} and "
                f"a target {inputs[0]} arrive",
                f"a Linear with out_features: {output.last} fits the memory to it",
                output=output,
            )
        return output

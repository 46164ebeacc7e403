"""Feed-forward layers in which one half gates the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers.attribute import FLAG, SIZE, attribute, one_of, stated
from nnlint.layers.base import Layer, ParamTensor, features_last
from nnlint.layers.shape import Layout, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ACTIVATIONS = (
    "SiLU", "GELU", "ReLU", "Sigmoid", "Tanh", "Identity", "ELU", "LeakyReLU", "Mish",
    "Hardswish", "Softplus",
)  # fmt: skip
"""Functions of each element that have no parameters."""


class GatedMLP(Layer):
    """down(act(gate(x)) · up(x)): SwiGLU with SiLU, GEGLU with GELU, as in Llama.

    Works on the last axis, as Linear does; the shape stays.
    """

    formula = {
        "gate_proj.weight": "in_features × hidden_features",
        "up_proj.weight": "in_features × hidden_features",
        "down_proj.weight": "hidden_features × in_features",
        "gate_proj.bias": "hidden_features",
        "up_proj.bias": "hidden_features",
        "down_proj.bias": "in_features",
    }
    macs_formula = "positions × 3 × in_features × hidden_features"
    reference = "https://arxiv.org/abs/2002.05202"
    example = {"hidden_features": 1376, "bias": False}
    example_inputs = {"input": {"sequence": [100, 512]}}
    prefers = Layout.SEQUENCE
    multiplies_last = True
    keeps_tokens_apart = True
    width_keys = ("hidden_features",)

    in_features: int | None = stated(
        "size of the last axis that arrives, and leaves", default=None
    )
    hidden_features: int = attribute(SIZE, "features of the gate and of what it gates")
    act: str = attribute(one_of(*ACTIVATIONS), "what the gate goes through", default="SiLU")
    bias: bool = attribute(FLAG, "learned biases of all three matrices", default=True)

    @property
    def gated_features(self) -> int:
        """Those between its matrices."""
        return self.hidden_features

    def infer(self, *inputs: Shape) -> Shape:
        """The shape stays."""
        (x,) = inputs
        if x.dims or not x.open:
            self.check_stated("in_features", features_last(x), x)
            return x
        return x._replace(dims=(self.in_features,)) if self.in_features else x

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """gate_proj, up_proj and down_proj, as in Hugging Face's Llama."""
        inner = self.hidden_features
        for name in ("gate_proj", "up_proj") if self.bias else ():
            yield ParamTensor(f"{name}.bias", (inner,))
        width = self.in_features or features_last(inputs[0])
        for name in ("gate_proj", "up_proj"):
            yield ParamTensor(f"{name}.weight", (inner, width))
        yield ParamTensor("down_proj.weight", (width, inner))
        if self.bias:
            yield ParamTensor("down_proj.bias", (width,))

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:  # noqa: ARG002
        """One multiply-accumulate for each weight at each position."""
        return inputs[0].size * 3 * self.hidden_features

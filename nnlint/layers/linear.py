"""Layers that multiply by a learned matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers.attribute import FLAG, SIZE, attribute, stated
from nnlint.layers.base import TWO, UNBOUNDED, Layer, ParamTensor, features_last
from nnlint.layers.shape import Layout, Misfit, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Linear(Layer):
    """Every output is a weighted sum of every input plus a bias: y = x·Wᵀ + b.

    Works on the last axis: [*, in_features] becomes [*, out_features].
    """

    formula = {"weight": "in_features × out_features", "bias": "out_features"}
    macs_formula = "positions × in_features × out_features"
    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html"
    example = {"out_features": 16}
    keras = ("Dense",)
    prefers = Layout.SEQUENCE
    is_linear_map = True
    bounds = UNBOUNDED
    feature_axis = -1
    multiplies_last = True
    keeps_tokens_apart = True
    width_keys = ("out_features",)
    takes_follow = True

    in_features: int | None = stated("size of the last axis that arrives", default=None)
    out_features: int = attribute(SIZE, "size of the last axis that leaves", keras=("units",))
    bias: bool = attribute(
        FLAG, "one learned bias an output", default=True, keras=("use_bias",)
    )

    def infer(self, *inputs: Shape) -> Shape:
        """[*, in_features] -> [*, out_features]."""
        (x,) = inputs
        output = x.with_last(self.out_features)
        if self._means_flattened(x):
            raise Misfit(
                "NN201",
                f"in_features is {self.in_features}, but {x.last} arrive, the last axis of {x}",
                f"a Flatten before it makes one axis of {x.size}",
                key="in_features",
                output=Shape((self.out_features,), Layout.FEATURES),
            )
        if x.dims or not x.open:
            self.check_stated("in_features", features_last(x), output)
        return output

    def _means_flattened(self, x: Shape) -> bool:
        """Whether the written size is the whole sample's: a Flatten was forgotten."""
        return not x.open and x.rank > 1 and self.in_features == x.size != x.last

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """weight [out_features, in_features], bias [out_features]."""
        if self.bias:
            yield ParamTensor("bias", (self.out_features,))
        arriving = self.in_features or features_last(inputs[0])
        yield ParamTensor("weight", (self.out_features, arriving))

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """One multiply-accumulate for each weight at each position."""
        return inputs[0].size * output.last


class Bilinear(Layer):
    """Every output weighs every product of two inputs: y = x1ᵀ·W·x2 + b.

    [*, in1_features] and [*, in2_features] become [*, out_features].
    """

    formula = {"weight": "in1_features × in2_features × out_features", "bias": "out_features"}
    macs_formula = "positions × in1_features × in2_features × out_features"
    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Bilinear.html"
    example = {"out_features": 16, "from": ["left", "right"]}
    example_inputs = {"left": [20], "right": [30]}
    inputs = TWO
    prefers = Layout.SEQUENCE
    bounds = UNBOUNDED
    feature_axis = -1
    multiplies_last = True
    width_keys = ("out_features",)

    in1_features: int | None = stated("size of the first input's last axis", default=None)
    in2_features: int | None = stated("size of the second input's last axis", default=None)
    out_features: int = attribute(SIZE, "size of the last axis that leaves")
    bias: bool = attribute(FLAG, "one learned bias an output", default=True)

    def infer(self, *inputs: Shape) -> Shape:
        """[*, in1_features], [*, in2_features] -> [*, out_features]."""
        one, two = inputs
        output = one.with_last(self.out_features)
        for key, x in (("in1_features", one), ("in2_features", two)):
            if x.dims or not x.open:
                self.check_stated(key, features_last(x), output)
        if not (one.open or two.open) and one.dims[:-1] != two.dims[:-1]:
            raise Misfit(
                "NN202",
                f"its inputs may differ in the last axis alone, but {one} and {two} arrive",
            )
        return output

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """weight [out_features, in1_features, in2_features], bias [out_features]."""
        if self.bias:
            yield ParamTensor("bias", (self.out_features,))
        one = self.in1_features or features_last(inputs[0])
        two = self.in2_features or features_last(inputs[1])
        yield ParamTensor("weight", (self.out_features, one, two))

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """One multiply-accumulate for each weight at each position."""
        return inputs[0].size * inputs[1].last * output.last


class Identity(Layer):
    """Passes its input on unchanged."""

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Identity.html"
    passes_linearity = True
    keeps_elements = True
    keeps_tokens_apart = True
    passes_last = True
    passes_shift = True

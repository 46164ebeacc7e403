"""Activations: functions of each element, and of an axis together."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, ClassVar

from nnlint.layers.attribute import AXIS, FLAG, REAL, SIZE, attribute, one_of, optional
from nnlint.layers.base import UNBOUNDED, Layer, ParamTensor, features_last
from nnlint.layers.shape import Layout, Misfit, Shape, layout_of_rank

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Activation(Layer):
    reference = (
        "https://docs.pytorch.org/docs/stable/nn.html"
        "#non-linear-activations-weighted-sum-nonlinearity"
    )
    role = "activation"
    is_elementwise = True
    keeps_tokens_apart = True
    takes_indices: ClassVar[bool] = False
    """Torch computes it of whole numbers too; of most it does not."""
    keeps_indices: ClassVar[bool] = False
    """What it makes of whole numbers are whole numbers."""

    @property
    def bounds(self) -> tuple[float, float]:
        """Any number, where the function itself does not say more."""
        return UNBOUNDED

    def infer(self, *inputs: Shape) -> Shape:
        """The shape stays."""
        (x,) = inputs
        self.check(x)
        if x.layout is not Layout.TOKENS or self.keeps_indices:
            return x
        if not self.takes_indices:
            features_last(x)
        return x._replace(layout=layout_of_rank(x.rank))

    def check(self, x: Shape) -> None:
        """Refuse settings that contradict each other.

        Raises:
            Misfit: they do.
        """


class _InplaceActivation(_Activation):
    inplace: bool = attribute(FLAG, "overwrite the input", default=False)


class ReLU(_InplaceActivation):
    """max(0, x)."""

    bounds = (0, inf)
    keeps_indices = True
    gives_positive = True
    keeps_positive = True


class ReLU6(_InplaceActivation):
    """min(max(0, x), 6)."""

    bounds = (0, 6)
    keeps_indices = True
    gives_positive = True


class LeakyReLU(_InplaceActivation):
    """x above 0, negative_slope·x below."""

    keeps_positive = True

    negative_slope: float = attribute(REAL, "the slope below 0", default=0.01)


class PReLU(_Activation):
    """x above 0, a·x below, with a learned for all channels or for each."""

    formula = {"weight": "num_parameters"}
    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.PReLU.html"
    keeps_positive = True

    num_parameters: int = attribute(SIZE, "1, or the number of channels (axis 1)", default=1)
    init: float = attribute(REAL, "what a starts as", default=0.25)

    def infer(self, *inputs: Shape) -> Shape:
        """The shape stays."""
        x = super().infer(*inputs)
        if self.num_parameters != 1 and not x.open:
            channels = x.dims[0] if x.dims else 1
            if channels != self.num_parameters:
                raise Misfit(
                    "NN201",
                    f"num_parameters is {self.num_parameters}, but {channels} channels arrive "
                    f"in {x}",
                    f"write 1 or {channels}",
                    key="num_parameters",
                    output=x,
                )
        return x

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:  # noqa: ARG002
        """weight [num_parameters]."""
        yield ParamTensor("weight", (self.num_parameters,))


class RReLU(_InplaceActivation):
    """x above 0, a·x below, with a drawn between lower and upper while training."""

    keeps_positive = True

    lower: float = attribute(REAL, "least slope below 0", default=1 / 8)
    upper: float = attribute(REAL, "largest slope below 0", default=1 / 3)

    def check(self, x: Shape) -> None:
        """A slope lies between the two."""
        if self.lower > self.upper:
            raise Misfit(
                "NN205",
                f"lower is {self.lower}, but upper is {self.upper}: no slope lies between them",
                f"write lower: {self.upper} or less, or upper: {self.lower} or more",
                key="lower",
                output=x,
            )


class ELU(_InplaceActivation):
    """x above 0, alpha·(eˣ − 1) below."""

    keeps_positive = True

    alpha: float = attribute(REAL, "minus the value at −∞", default=1.0)


class SELU(_InplaceActivation):
    """ELU, scaled so that mean 0 and variance 1 stay."""


class CELU(_InplaceActivation):
    """ELU with a slope that is continuous for every alpha."""

    keeps_positive = True

    alpha: float = attribute(REAL, "minus the value at −∞, other than 0", default=1.0)

    def check(self, x: Shape) -> None:
        """What is below 0 is divided by alpha."""
        if self.alpha == 0:
            raise Misfit(
                "NN205",
                "alpha is 0, and it divides what is below 0 by alpha",
                "write another alpha, or use ReLU, which is 0 there",
                key="alpha",
                output=x,
            )


class GELU(_Activation):
    """x·Φ(x), with the normal distribution function Φ."""

    approximate: str = attribute(
        {**one_of("none", "tanh"), "title": "none or tanh"}, "how Φ is computed", default="none"
    )


class SiLU(_InplaceActivation):
    """x·sigmoid(x), also called Swish."""

    keras = ("Swish", "swish")


class Mish(_InplaceActivation):
    """x·tanh(softplus(x))."""


class Hardswish(_InplaceActivation):
    """x·ReLU6(x + 3) / 6."""


class Hardsigmoid(_InplaceActivation):
    """ReLU6(x + 3) / 6."""

    bounds = (0, 1)
    gives_positive = True


class Hardtanh(_InplaceActivation):
    """x, cut off below min_val and above max_val."""

    keeps_indices = True

    min_val: float = attribute(REAL, "least output", default=-1.0)
    max_val: float = attribute(REAL, "largest output", default=1.0)

    @property
    def bounds(self) -> tuple[float, float]:
        """As written."""
        return self.min_val, self.max_val

    def check(self, x: Shape) -> None:
        """The least output is below the largest."""
        if self.min_val >= self.max_val:
            raise Misfit(
                "NN205",
                f"min_val is {self.min_val}, but max_val is {self.max_val}: the least output "
                "must be below the largest",
                f"write min_val below {self.max_val}, or max_val above {self.min_val}",
                key="min_val",
                output=x,
            )


class Hardshrink(_Activation):
    """x, but 0 between -lambd and lambd."""

    lambd: float = attribute(REAL, "half the width of the dead zone", default=0.5)


class Softshrink(_Activation):
    """x moved by lambd towards 0."""

    lambd: float = attribute(
        {**REAL, "minimum": 0, "title": "a number, 0 or more"}, "how far", default=0.5
    )


class Tanhshrink(_Activation):
    """x − tanh(x)."""

    takes_indices = True


class Threshold(_InplaceActivation):
    """x above the threshold, a fixed value below."""

    keeps_indices = True
    example = {"threshold": 0.1, "value": 0}

    threshold: float = attribute(REAL, "where the cut is")
    value: float = attribute(REAL, "what stands below it")


class Sigmoid(_Activation):
    """1 / (1 + e⁻ˣ): every score becomes a probability of its own."""

    bounds = (0, 1)
    takes_indices = True
    gives_probabilities = True
    gives_positive = True
    saturates = True


class LogSigmoid(_Activation):
    """log sigmoid(x)."""

    bounds = (-inf, 0)


class Tanh(_Activation):
    """tanh(x)."""

    bounds = (-1, 1)
    takes_indices = True
    saturates = True


class Softplus(_Activation):
    """log(1 + e^(beta·x)) / beta."""

    bounds = (0, inf)
    gives_positive = True

    beta: float = attribute(REAL, "sharpness", default=1.0)
    threshold: float = attribute(REAL, "linear above it", default=20.0)


class Softsign(_Activation):
    """x / (1 + |x|)."""

    bounds = (-1, 1)
    takes_indices = True


class GLU(_Activation):
    """Halves an axis: the first half times the sigmoid of the second."""

    is_elementwise = False
    keeps_tokens_apart = False

    example_inputs = {"input": [128, 64]}

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.GLU.html"
    prefers = Layout.SEQUENCE

    dim: int = attribute(AXIS, "the axis to halve; the batch is 0", default=-1)

    def infer(self, *inputs: Shape) -> Shape:
        """[*, 2n] -> [*, n]."""
        x = super().infer(*inputs)
        index = x.index(self.dim)
        size = x.dims[index]
        if size % 2:
            raise Misfit(
                "NN204",
                f"it halves axis {self.dim} of {x}, but {size} is odd",
                f"let {size - 1 or 2} or {size + 1} arrive",
                key="dim",
            )
        return x.replaced(index, size // 2)


class _AlongAxis(_Activation):
    """Compares the scores along one axis."""

    compares_scores = True
    is_elementwise = False
    keeps_tokens_apart = False
    prefers = Layout.SEQUENCE

    dim: int | None = attribute(
        optional(AXIS), "the axis; default: the last of a sequence, else 1", default=None
    )

    def infer(self, *inputs: Shape) -> Shape:
        """The shape stays."""
        x = super().infer(*inputs)
        if self.dim is not None and not x.open:
            x.index(self.dim)
        return x

    def competing(self, x: Shape) -> int:
        """How many scores share one sum; raises `Unknown` with the shape."""
        last = x.layout in (Layout.SEQUENCE, Layout.TOKENS)
        dim = self.dim if self.dim is not None else (-1 if last else 1)
        return x.dims[x.index(dim)]

    def guesses_axis(self, x: Shape) -> bool:
        """Whether torch, left to guess, takes the batch: it does on [batch, a, b]."""
        return self.dim is None and not x.open and x.rank == 2


class Softmax(_AlongAxis):
    """Turns scores along an axis into probabilities that sum to 1."""

    bounds = (0, 1)
    gives_probabilities = True
    gives_positive = True


class Softmin(_AlongAxis):
    """Softmax of the negated scores."""

    bounds = (0, 1)
    gives_probabilities = True
    gives_positive = True


class LogSoftmax(_AlongAxis):
    """The logarithm of Softmax, as NLLLoss wants it."""

    bounds = (-inf, 0)
    gives_log_probabilities = True


class Softmax2d(_Activation):
    """Softmax over the channels at each place of [C, H, W]."""

    bounds = (0, 1)
    compares_scores = True
    example_inputs = {"input": [10, 32, 32]}

    is_elementwise = False
    gives_probabilities = True
    gives_positive = True

    def infer(self, *inputs: Shape) -> Shape:
        """[C, H, W] -> the same."""
        x = super().infer(*inputs)
        if not x.open and x.rank != 3:
            raise Misfit("NN202", f"it takes a map [C, H, W], but {x} arrives", "use Softmax")
        return x

    def competing(self, x: Shape) -> int:
        """The channels."""
        return x.known[0]

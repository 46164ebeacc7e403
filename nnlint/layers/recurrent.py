"""Layers that step along a sequence and remember."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from nnlint.layers.attending import need_sequence
from nnlint.layers.attribute import (
    COUNT,
    FLAG,
    PROBABILITY,
    SIZE,
    attribute,
    one_of,
    stated,
)
from nnlint.layers.base import Layer, ParamTensor, features_last, need_rank
from nnlint.layers.shape import Layout, Misfit, Shape
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_LAYERS = 1000
"""Layers of one recurrent stack: each has tensors of its own, that are listed by name."""

LAYER_COUNT = {
    **SIZE, "maximum": MOST_LAYERS, "title": f"a whole number from 1 to {grouped(MOST_LAYERS)}",
}  # fmt: skip
NONLINEARITY = attribute(
    {**one_of("tanh", "relu"), "title": "tanh or relu"},
    "what each step ends with", default="tanh",
)  # fmt: skip
RESET_AFTER = attribute(
    FLAG, "the reset gate acts after the product, which then has a bias of its own, bias_hh; "
    "false, the older form, only under Keras' convention", default=True,
)  # fmt: skip


class _Recurrent(Layer):
    """Computes its gates from what arrives and from what it remembers."""

    sees_other_steps = True
    width_keys: ClassVar[tuple[str, ...]] = ("hidden_size",)
    gates: ClassVar[int] = 1
    """How many sums, each as large as hidden_size, one step computes."""
    reset_gates: ClassVar[int] = 0
    """Those of them in which what comes back is scaled with its bias: that one counts."""

    input_size: int | None = stated("features that arrive", default=None)
    hidden_size: int = attribute(SIZE, "features that it remembers", keras=("units",))
    bias: bool = attribute(
        FLAG, "two learned biases a gate; under Keras' convention bias_ih alone, but for a GRU "
        "that resets after", default=True, keras=("use_bias",),
    )  # fmt: skip

    @property
    def fed_back(self) -> int:
        """How many features leave each step and come back in the next."""
        return self.hidden_size

    @property
    def has_second_bias(self) -> bool:
        """Whether what comes back has a bias of its own: in Keras a GRU's that resets after."""
        resets_after: bool = getattr(self, "reset_after", self.convention == "torch")
        return resets_after

    @property
    def idle_biases(self) -> int:
        """The second bias of each sum that adds both: torch has it for its GPU library."""
        if not self.bias or self.convention != "torch":
            return 0
        return self.steps * (self.gates - self.reset_gates) * self.hidden_size

    @property
    def steps(self) -> int:
        """How many steps with tensors of their own it holds."""
        return 1

    def check_settings(self) -> None:
        """Refuse settings that contradict each other, whatever arrives.

        Raises:
            Misfit: they do.
        """
        if self.convention == "torch" and not self.has_second_bias:
            raise Misfit(
                "NN205",
                f"reset_after is false, but PyTorch's {type(self).__name__} always resets "
                "after the product",
                "leave it out, or write convention: keras at the top of the spec",
                key="reset_after",
            )

    def step_tensors(self, suffix: str = "") -> Iterator[ParamTensor]:
        """The tensors of one step that do not depend on what arrives."""
        rows = self.gates * self.hidden_size
        yield ParamTensor(f"weight_hh{suffix}", (rows, self.fed_back))
        if self.bias:
            yield ParamTensor(f"bias_ih{suffix}", (rows,))
        if self.bias and self.has_second_bias:
            yield ParamTensor(f"bias_hh{suffix}", (rows,))

    def input_tensor(self, arriving: int, suffix: str = "") -> ParamTensor:
        """What one step multiplies its input by."""
        return ParamTensor(f"weight_ih{suffix}", (self.gates * self.hidden_size, arriving))

    def macs_of_a_step(self, *inputs: Shape) -> int:
        """One multiply-accumulate for each weight."""
        return sum(own.count for own in self.parameters(*inputs) if not own.is_bias)


class _Cell(_Recurrent):
    """One step."""

    macs_formula = "one for each weight"
    example = {"hidden_size": 32}
    example_inputs = {"input": [64]}
    whole: ClassVar[str]
    """The layer that takes all steps."""

    def infer(self, *inputs: Shape) -> Shape:
        """[input_size] -> [hidden_size]."""
        (x,) = inputs
        self.check_settings()
        output = Shape((self.hidden_size,), Layout.FEATURES)
        if not x.open:
            features_last(x)
            hint = f"{self.whole} steps through a sequence [T, features]"
            need_rank(x, range(1, 2), "the features [n] of one step", hint)
        if x.dims:
            self.check_stated("input_size", x.last, output)
        return output

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """weight_hh, bias_ih and bias_hh, then weight_ih [gates·hidden_size, input_size]."""
        yield from self.step_tensors()
        yield self.input_tensor(self.input_size or features_last(inputs[0]))

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:  # noqa: ARG002
        """One step."""
        return self.macs_of_a_step(*inputs)


class _Stack(_Recurrent):
    """Steps along a sequence, in one direction or both, layer upon layer."""

    unlike_keras = "Keras gives the last step alone, unless return_sequences: output: last"

    macs_formula = "steps × all weights: gates × (in + out) × hidden_size, each direction"
    example = {"hidden_size": 32}
    example_inputs = {"input": {"sequence": [100, 64]}}
    prefers = Layout.SEQUENCE

    num_layers: int = attribute(LAYER_COUNT, "layers, each over the one before", default=1)
    dropout: float = attribute(PROBABILITY, "dropout between the layers", default=0.0)
    bidirectional: bool = attribute(FLAG, "a second direction, from the end", default=False)
    output: str = attribute(
        {**one_of("sequence", "last"), "title": "sequence or last"},
        "sequence: every step's output; last: the last step's, of each direction",
        default="sequence", keras=("return_sequences",),
    )  # fmt: skip

    @property
    def dropped_nowhere(self) -> float:
        """Keras' dropout is another: it drops what arrives, in a single layer too."""
        return self.dropout if self.convention == "torch" and self.num_layers == 1 else 0.0

    @property
    def directions(self) -> tuple[str, ...]:
        """How the tensors of each direction end."""
        return ("", "_reverse") if self.bidirectional else ("",)

    @property
    def sees_only_earlier(self) -> bool:
        """Unless it also comes back from the end."""
        return not self.bidirectional

    @property
    def dropout_key(self) -> str | None:
        """It drops between its layers, if it has several; in Keras, what arrives."""
        drops = self.num_layers > 1 or self.convention == "keras"
        return "dropout" if drops else None

    @property
    def steps(self) -> int:
        """One for each layer and direction."""
        return self.num_layers * len(self.directions)

    @property
    def width(self) -> int:
        """The features that leave a layer, of all directions."""
        return len(self.directions) * self.fed_back

    def infer(self, *inputs: Shape) -> Shape:
        """[T, input_size] -> [T, features], or [features] of the last step."""
        (x,) = inputs
        self.check_settings()
        output = Shape((self.width,), Layout.FEATURES)
        if self.output == "sequence":
            output = x.with_last(self.width)._replace(layout=Layout.SEQUENCE)
        need_sequence(x, f"{type(self).__name__}Cell takes the features of a single step")
        if x.dims:
            self.check_stated("input_size", x.last, output)
        return output

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """weight_hh_l0, bias_ih_l0, bias_hh_l0, …; weight_ih_l0 depends on what arrives."""
        for layer in range(self.num_layers):
            for direction in self.directions:
                suffix = f"_l{layer}{direction}"
                yield from self.step_tensors(suffix)
                if layer > 0:
                    yield self.input_tensor(self.width, suffix)
        arriving = self.input_size or features_last(inputs[0])
        for direction in self.directions:
            yield self.input_tensor(arriving, f"_l0{direction}")

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:  # noqa: ARG002
        """Every step of every layer and direction."""
        return inputs[0].known[0] * self.macs_of_a_step(*inputs)


def _stack_formula(gates: int) -> dict[str, str]:
    rows = "hidden_size" if gates == 1 else f"{gates}·hidden_size"
    return {
        "weight_ih_l0": f"input_size × {rows}, each direction",
        "weight_ih_l[k]": f"directions·output × {rows}, each direction, in the layers above",
        "weight_hh_l[k]": f"output × {rows}, each layer and direction",
        "bias_ih_l[k]": f"{rows}, each layer and direction",
        "bias_hh_l[k]": f"{rows}, each layer and direction",
    }


def _cell_formula(gates: int) -> dict[str, str]:
    rows = "hidden_size" if gates == 1 else f"{gates} × hidden_size"
    return {
        "weight_ih": f"input_size × {rows}",
        "weight_hh": f"hidden_size × {rows}",
        "bias_ih": rows,
        "bias_hh": rows,
    }


class RNN(_Stack):
    """Remembers one weighted sum of what arrives and what it remembers.

    [T, input_size] becomes [T, hidden_size]; two directions stand side by side.
    """

    formula = _stack_formula(1)
    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html"
    keras = ("SimpleRNN",)

    nonlinearity: str = NONLINEARITY


class LSTM(_Stack):
    """Remembers long: gates decide what it takes in, forgets and gives out.

    [T, input_size] becomes [T, hidden_size], or [T, proj_size] where its output is
    projected; two directions stand side by side.
    """

    formula = {
        **_stack_formula(4),
        "weight_hr_l[k]": "hidden_size × proj_size, each layer and direction, if projected",
    }
    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html"
    gates = 4
    width_keys = ("hidden_size", "proj_size")

    proj_size: int = attribute(
        COUNT, "features that the output is projected to; 0: it is not", default=0
    )

    @property
    def fed_back(self) -> int:
        """The output, projected or not."""
        return self.proj_size or self.hidden_size

    def check_settings(self) -> None:
        """A projection is smaller than what it projects."""
        if self.proj_size >= self.hidden_size:
            smaller = f"write a number from 1 to {self.hidden_size - 1}, or leave it out"
            raise Misfit(
                "NN205",
                f"proj_size is {self.proj_size}, but hidden_size is {self.hidden_size}: "
                "a projection is smaller",
                smaller if self.hidden_size > 1 else "leave it out",
                key="proj_size",
            )
        super().check_settings()

    def step_tensors(self, suffix: str = "") -> Iterator[ParamTensor]:
        """Those of every step, and the projection's."""
        yield from super().step_tensors(suffix)
        if self.proj_size:
            yield ParamTensor(f"weight_hr{suffix}", (self.proj_size, self.hidden_size))


class GRU(_Stack):
    """Remembers long, with two gates and no state apart from its output.

    [T, input_size] becomes [T, hidden_size]; two directions stand side by side.
    """

    formula = _stack_formula(3)
    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html"
    gates = 3
    reset_gates = 1

    reset_after: bool = RESET_AFTER


class RNNCell(_Cell):
    """One step of an RNN: [input_size] becomes [hidden_size]."""

    formula = _cell_formula(1)
    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNCell.html"
    keras = ("SimpleRNNCell",)
    whole = "RNN"

    nonlinearity: str = NONLINEARITY


class LSTMCell(_Cell):
    """One step of an LSTM, which gives its output h: [input_size] becomes [hidden_size]."""

    formula = _cell_formula(4)
    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html"
    gates = 4
    whole = "LSTM"


class GRUCell(_Cell):
    """One step of a GRU: [input_size] becomes [hidden_size]."""

    formula = _cell_formula(3)
    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.GRUCell.html"
    gates = 3
    reset_gates = 1
    whole = "GRU"

    reset_after: bool = RESET_AFTER

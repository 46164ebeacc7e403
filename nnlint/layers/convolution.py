"""Layers that slide a learned window over a map, and their transposes."""

from __future__ import annotations

from math import gcd, prod
from operator import add
from typing import TYPE_CHECKING

from nnlint.layers.attribute import FLAG, SIZE, attribute, one_of, per_axis, stated
from nnlint.layers.base import UNBOUNDED, ParamTensor, Slide
from nnlint.layers.dividing import nearest_divisors, nearest_multiples
from nnlint.layers.shape import Layout, Misfit, Shape
from nnlint.layers.spatial import _OnAxes, along_axes, from_zero, padding_or_word
from nnlint.layers.windows import (
    Numbers,
    map_of_rank,
    need_source,
    places,
    same_as_numbers,
    same_padding,
    span_of,
)
from nnlint.wording import flow, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nnlint.layers.attribute import JsonSchema

_MODES = ("zeros", "reflect", "replicate", "circular")
MODES: JsonSchema = {**one_of(*_MODES), "title": listed(_MODES)}


class _Convolution(_OnAxes):
    """What convolutions and their transposes share."""

    is_linear_map = True
    bounds = UNBOUNDED
    feature_axis = 0
    width_keys = ("out_channels",)
    takes_follow = True

    in_channels: int | None = stated("channels that arrive", default=None)
    out_channels: int = attribute(SIZE, "channels that leave", keras=("filters",))
    kernel_size: Numbers = along_axes(per_axis, "the window's size")
    stride: Numbers = along_axes(
        per_axis, "how far the window moves at a time", default=1, keras=("strides",)
    )
    padding: Numbers | str = along_axes(
        padding_or_word,
        "added to each side; valid: nothing, same: so much that the size stays (stride 1), "
        "under Keras' convention ⌈size / stride⌉",
        default=0,
    )
    dilation: Numbers = along_axes(
        per_axis, "distance of the window's elements", default=1, keras=("dilation_rate",)
    )
    groups: int = attribute(
        SIZE, "parts of the channels that never meet; as many as channels: depthwise",
        default=1,
    )  # fmt: skip
    bias: bool = attribute(
        FLAG, "one learned bias an output channel", default=True, keras=("use_bias",)
    )
    padding_mode: str = attribute(MODES, "what the padding holds", default="zeros")

    def infer(self, *inputs: Shape) -> Shape:
        """[in_channels, *sizes] -> [out_channels, *new sizes]."""
        (x,) = inputs
        self.check_settings()
        self._check_keras()
        if x.open:
            self._check_groups(self.in_channels)
        channels, _ = map_of_rank(x, self.axes)
        output = Shape((self.out_channels, *self.sizes(x)), Layout.MAP)
        self.check_stated("in_channels", channels, output)
        self._check_groups(channels, output)
        return output

    def check_settings(self) -> None:
        """Refuse settings that contradict each other, whatever arrives."""
        raise NotImplementedError

    def _check_keras(self) -> None:
        if self.convention == "torch":
            return
        if max(self.setting("stride")) > 1 and max(self.setting("dilation")) > 1:
            raise Misfit(
                "NN205",
                f"stride: {flow(self.stride)} and dilation: {flow(self.dilation)} exclude each "
                "other in Keras",
                "write 1 for one of them",
                key="dilation",
            )

    def sizes(self, x: Shape) -> tuple[int, ...]:
        """The output's spatial sizes."""
        raise NotImplementedError

    def weight_shape(self, channels: int) -> tuple[int, ...]:
        """The weight's axes, for so many channels that arrive."""
        raise NotImplementedError

    def setting(self, key: str) -> tuple[int, ...]:
        """An attribute's numbers, one for each spatial axis."""
        return self.numbers(getattr(self, key))

    def spans(self) -> tuple[int, ...]:
        """How many elements the window spans on each axis."""
        return tuple(map(span_of, self.setting("kernel_size"), self.setting("dilation")))

    def is_depthwise(self, x: Shape) -> bool:
        """Whether every channel has windows of its own, and sees no other channel.

        Raises:
            Unknown: the channels are not known.
            Misfit: no map arrives.
        """
        return self.groups > 1 and self.groups == self._arriving(x)

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """The weight, and bias [out_channels]."""
        if self.bias:
            yield ParamTensor("bias", (self.out_channels,))
        yield ParamTensor("weight", self.weight_shape(self._arriving(inputs[0])))

    def macs_at(self, positions: Shape, x: Shape) -> int:
        """Every weight once at each position of a map."""
        return prod(positions.known[1:]) * prod(self.weight_shape(self._arriving(x)))

    def _arriving(self, x: Shape) -> int:
        return self.in_channels or map_of_rank(x, self.axes)[0]

    def _check_groups(self, arriving: int | None, output: Shape | None = None) -> None:
        for channels, verb in ((arriving, "arrive"), (self.out_channels, "leave")):
            if channels and channels % self.groups:
                raise Misfit(
                    "NN204",
                    f"{channels} channels {verb}, and groups: {self.groups} does not divide "
                    f"{channels}",
                    self._groups_that_fit(arriving),
                    key="groups",
                    output=output,
                )

    def _groups_that_fit(self, arriving: int | None) -> str:
        """The nearest groups, and out_channels where these alone are wrong."""
        common = gcd(arriving or 0, self.out_channels)
        fitting = [listed(map(str, nearest_divisors(common, self.groups)))]
        ways = [f"groups: {numbers}" for numbers in fitting if numbers]
        if not (arriving or 0) % self.groups:
            multiples = nearest_multiples(self.groups, self.out_channels)
            ways.append(f"out_channels: {listed(map(str, multiples))}")
        return f"write {', or '.join(ways)}" if ways else "take groups that divide both"


class _Forward(_Convolution):
    """A convolution proper: the output is what the window sees at each place."""

    formula = {
        "weight": "out_channels × in_channels / groups × Π kernel_size",
        "bias": "out_channels",
    }
    macs_formula = "output positions × out_channels × in_channels / groups × Π kernel_size"

    def check_settings(self) -> None:
        """`same` has no strides in PyTorch; in Keras it has."""
        if self.convention == "keras":
            return
        if self.padding == "same" and max(self.setting("stride")) > 1:
            stride = flow(self.stride)
            raise Misfit(
                "NN205",
                f"padding: same keeps the size, and stride: {stride} does not: "
                "torch refuses the two together",
                self._padding_instead(),
                key="padding",
            )

    def _padding_instead(self) -> str:
        numbers = same_as_numbers(self.spans())
        if numbers is None:
            return "write the padding as a number, or stride: 1"
        return f"write padding: {flow(numbers)}, or stride: 1"

    def sizes(self, x: Shape) -> tuple[int, ...]:
        """⌊(size + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1."""
        added = self._added(x)
        for axis, amount in enumerate(added, 2):
            # torch puts the larger half behind
            need_source(self.padding_mode, -(-amount // 2), axis, x, "padding")
        settings = map(self.setting, ("kernel_size", "stride", "dilation"))
        return places(x, added, *settings)

    def _added(self, x: Shape) -> tuple[int, ...]:
        """What the padding adds to each axis, both sides together."""
        match self.padding:
            case "valid":
                return (0,) * self.axes
            case "same":
                return tuple(
                    map(same_padding, x.dims[1:], self.spans(), self.setting("stride"))
                )
            case _:
                return tuple(2 * amount for amount in self.setting("padding"))

    def slides(self, x: Shape) -> tuple[Slide, ...]:
        """The window, padded evenly; what `same` pads leaves no element out."""
        _, sizes = map_of_rank(x, self.axes)
        added = (amount // 2 for amount in self._added(x))
        settings = zip(sizes, self.spans(), self.setting("stride"), added, strict=True)
        return tuple(Slide(*one, reaches_over=self.padding == "same") for one in settings)

    def weight_shape(self, channels: int) -> tuple[int, ...]:
        """[out_channels, in_channels / groups, *kernel_size]."""
        return (self.out_channels, channels // self.groups, *self.setting("kernel_size"))

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Every weight once at each output position."""
        return self.macs_at(output, inputs[0])


class Conv1d(_Forward, axes=1):
    """Slides a learned window over a sequence of vectors, channels first.

    [in_channels, L] becomes [out_channels, L'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html"
    example = {"out_channels": 16, "kernel_size": 3, "padding": 1}
    example_inputs = {"input": {"map": [8, 100]}}
    keras = ("Conv1D",)


class Conv2d(_Forward, axes=2):
    """Slides a learned window over an image, channels first.

    [in_channels, H, W] becomes [out_channels, H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html"
    example = {"out_channels": 16, "kernel_size": 3, "padding": 1}
    example_inputs = {"input": [3, 32, 32]}
    keras = ("Conv2D",)


class Conv3d(_Forward, axes=3):
    """Slides a learned window over a volume or a film, channels first.

    [in_channels, D, H, W] becomes [out_channels, D', H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv3d.html"
    example = {"out_channels": 16, "kernel_size": 3, "padding": 1}
    example_inputs = {"input": [3, 16, 32, 32]}
    keras = ("Conv3D",)


class _Transposed(_Convolution):
    """A convolution turned round: every input element paints the window into the output."""

    formula = {
        "weight": "in_channels × out_channels / groups × Π kernel_size",
        "bias": "out_channels",
    }
    macs_formula = "input positions × in_channels × out_channels / groups × Π kernel_size"

    padding: Numbers | str = along_axes(
        padding_or_word,
        "cut off each side of the output; under Keras' convention also same (size × stride) "
        "and valid (nothing is cut off)",
        default=0,
    )
    padding_mode: str = attribute(
        {**one_of("zeros"), "title": "zeros"}, "PyTorch takes zeros alone here", default="zeros"
    )
    output_padding: Numbers = along_axes(
        from_zero, "more size at the output's end; less than stride or dilation", default=0
    )

    def check_settings(self) -> None:
        """`output_padding` chooses among the sizes that one stride apart give the same map."""
        self.need_padding_in_numbers(0 if self.padding == "valid" else None)
        settings = zip(
            *map(self.setting, ("output_padding", "stride", "dilation")), strict=True
        )
        for axis, (more, stride, dilation) in enumerate(settings, 2):
            in_keras = self.convention == "keras"
            limit = stride if in_keras else max(stride, dilation)
            if more >= limit:
                either = "" if in_keras else f" or the dilation {dilation}"
                raise Misfit(
                    "NN205",
                    f"output_padding {more} on axis {axis} must be less than the stride "
                    f"{stride}{either}",
                    f"write {limit - 1} or less",
                    key="output_padding",
                )

    def sizes(self, x: Shape) -> tuple[int, ...]:
        """(size − 1)·stride − 2·padding + dilation·(kernel_size − 1) + output_padding + 1."""
        word = isinstance(self.padding, str)
        cuts = (0,) * self.axes if word else self.setting("padding")
        settings = zip(x.dims[1:], self.setting("stride"), cuts, self._ends(), strict=True)
        found = []
        for axis, (size, stride, cut, end) in enumerate(settings, 2):
            grown = (size - 1) * stride + end
            if grown <= 2 * cut:
                most = (grown - 1) // 2
                fitting = f"a padding of {most} or less" if most else "padding: 0"
                raise Misfit(
                    "NN211",
                    f"its window paints {grown} elements on axis {axis} from {x}, and padding "
                    f"{cut} cuts {2 * cut} off: nothing is left",
                    f"write {fitting}" if grown else None,
                    key="padding",
                )
            found.append(grown - 2 * cut)
        return tuple(found)

    @property
    def painted(self) -> tuple[tuple[int, int], ...]:
        """The kernel and the stride; a dilated kernel has holes that others may fill."""
        if max(self.setting("dilation")) > 1:
            return ()
        return tuple(zip(self.setting("kernel_size"), self.setting("stride"), strict=True))

    def _ends(self) -> tuple[int, ...]:
        """How many elements the last window of each axis paints before any are cut off."""
        spans, strides = self.spans(), self.setting("stride")
        more = self.setting("output_padding")
        if self.convention == "torch":
            return tuple(map(add, spans, more))
        # Keras' None is another thing than 0, and stands for what is not written
        if "output_padding" not in vars(self):
            return strides if self.padding == "same" else tuple(map(max, spans, strides))
        kept = (span % 2 for span in spans) if self.padding == "same" else spans
        return tuple(map(add, kept, more))

    def weight_shape(self, channels: int) -> tuple[int, ...]:
        """[in_channels, out_channels / groups, *kernel_size]."""
        return (channels, self.out_channels // self.groups, *self.setting("kernel_size"))

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:  # noqa: ARG002
        """Every weight once at each input position."""
        return self.macs_at(inputs[0], inputs[0])


class ConvTranspose1d(_Transposed, axes=1):
    """Enlarges a sequence of vectors with a learned window, channels first.

    [in_channels, L] becomes [out_channels, L'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html"
    example = {"out_channels": 8, "kernel_size": 2, "stride": 2}
    example_inputs = {"input": {"map": [16, 50]}}
    keras = ("Conv1DTranspose",)


class ConvTranspose2d(_Transposed, axes=2):
    """Enlarges an image with a learned window, channels first.

    [in_channels, H, W] becomes [out_channels, H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html"
    example = {"out_channels": 8, "kernel_size": 2, "stride": 2}
    example_inputs = {"input": [16, 16, 16]}
    keras = ("Conv2DTranspose",)


class ConvTranspose3d(_Transposed, axes=3):
    """Enlarges a volume with a learned window, channels first.

    [in_channels, D, H, W] becomes [out_channels, D', H', W'].
    """

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose3d.html"
    example = {"out_channels": 8, "kernel_size": 2, "stride": 2}
    example_inputs = {"input": [16, 8, 16, 16]}
    keras = ("Conv3DTranspose",)

"""The base of every layer: one class, from which all that nnlint knows of it comes.

A layer is a plain typed class. Its attributes give the schema fragment, the
defaults and the catalogue row; its methods give the output shape, the
parameters, the buffers and the multiply-accumulates (MACs).
"""

from __future__ import annotations

from functools import cache
from math import inf, prod
from sys import maxsize
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from nnlint.layers.attribute import (
    FLAG,
    NAME,
    OVERRIDES,
    SIZE,
    SOURCE,
    SOURCE_NAME,
    Attribute,
    attribute,
    layer_of,
    optional,
    stated,
)
from nnlint.layers.shape import Layout, Misfit, Shape
from nnlint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nnlint.finding import Path

    LayerClass = type["Layer"]

COMMON: dict[str, Attribute] = {
    "name": attribute(NAME, "the layer's own name, for `from` and for the table", default=None),
    "from": attribute(
        SOURCE, "the layer or input that it takes, by name; default: what came before",
        default="previous",
    ),
    "repeat": attribute(SIZE, "how many copies follow each other, each with its own weights",
                        default=1),
    "first": attribute(OVERRIDES, "what is different in the first copy", default={}),
    "shared": attribute(FLAG, "true lets all copies share their parameters", default=False),
    "trainable": attribute(FLAG, "false freezes its parameters", default=True),
}  # fmt: skip
"""The keys that every layer takes."""

TIE = {
    "tie": attribute(optional(SOURCE_NAME), "the layer whose weight it shares, by name",
                     default=None),
}  # fmt: skip
"""Taken by every layer that has a weight."""

WITH = {
    "with": attribute(SOURCE, "what it takes beside what came before, by name", default=[]),
}  # fmt: skip
"""Taken by every layer that merges several inputs."""

LIKE = {
    "like": attribute(optional(SOURCE_NAME), "the layer or input whose size it takes, by name",
                      default=None),
}  # fmt: skip
"""Taken by every layer that makes a map as large as another."""

FOLLOW = {
    "norm": attribute(layer_of("norm", "a norm, by name or as a map, or none"),
                      "a norm after it, with a row of its own", default=None),
    "act": attribute(layer_of("activation", "an activation, by name or as a map, or none"),
                     "an activation after that, with a row of its own", default=None),
}  # fmt: skip
"""Taken by the layers that networks pair with a norm and an activation."""

ONE, TWO, SEVERAL = range(1, 2), range(2, 3), range(2, maxsize)
"""How many edges a layer may take."""

UNBOUNDED = (-inf, inf)
"""The bounds of what may give any number."""

PROGRAM_KEYWORDS = {
    "device": "a spec describes the network, not the machine: leave it out",
    "dtype": "write dtype once, at the top of the spec",
    "batch_first": "shapes here have no batch axis: leave it out",
}
"""Keywords of PyTorch that belong to the program; they are answered, not taken."""


class ParamTensor(Record):
    """A tensor that a layer owns, learned or stored.

    Attributes:
        name: its name in PyTorch, `weight` or `bias_ih_l0`.
        shape: its shape in PyTorch.
        inputs_first: the first axis is the input's, as in a table of vectors.
    """

    name: str
    shape: tuple[int, ...]
    inputs_first: bool = False

    @property
    def count(self) -> int:
        """How many numbers it holds."""
        return prod(self.shape)

    @property
    def is_bias(self) -> bool:
        """What is named bias is one; all else counts as weights."""
        return "bias" in self.name.rpartition(".")[2]

    @property
    def derivation(self) -> str:
        """Its size as a product, inputs before outputs: `784×16`."""
        turned = self.shape if self.inputs_first else (*self.shape[1:], *self.shape[:1])
        return "×".join(map(str, turned)) or "1"


class Slide(Record):
    """A window that moves along one axis.

    Attributes:
        size: the axis' elements, without padding.
        span: how many elements it spans.
        stride: how far it moves at a time.
        padding: what is added in front, and as much behind.
        reaches_over: it may end behind the axis, so that no element is left out.
    """

    size: int
    span: int
    stride: int
    padding: int
    reaches_over: bool = False

    @property
    def left_out(self) -> int:
        """The elements at the end that it never sees, although it does not leap over any."""
        if self.reaches_over or self.stride > self.span:
            return 0
        return max((self.size + 2 * self.padding - self.span) % self.stride - self.padding, 0)


class LayerSpec(Record):
    """One layer of a spec as its author wrote it, defaults filled in.

    Attributes:
        path: where it stands in the document.
        type: the layer's type as written, or "?" where it is missing.
        layer: the layer itself, or None where the schema refused it.
        name: its own name.
        sources: the names of what it takes; empty: what came before.
        repeat: how many copies follow each other.
        trainable: whether its parameters are learned.
        bias: its bias flag; None where the layer can have no bias.
        given: the keys that the author wrote.
        kind: its class; None where it is a use of a block, or was refused.
        written: the values of its keys, with those that the spec's defaults add.
        elsewhere: the places of values that do not stand in the layer itself.
        dynamic: some value is an expression, or differs in the first copy.
        block: the block that it uses.
        shared: all copies share their parameters.
        others: the names of what it takes besides: `with`, `like`.
        tie: the name of the layer whose weight it shares.
        follow: the norm and the activation written on it.
        role: what it is to the layer that brought it: a `shortcut`, a `router`.
    """

    path: Path
    type: str
    layer: Layer | None
    name: str | None = None
    sources: tuple[str, ...] = ()
    repeat: int = 1
    trainable: bool = True
    bias: bool | None = None
    given: tuple[str, ...] = ()
    kind: LayerClass | None = None
    written: Mapping[str, Any] = {}
    elsewhere: Mapping[str, Path] = {}
    dynamic: bool = False
    block: Block | None = None
    shared: bool = False
    others: tuple[str, ...] = ()
    tie: str | None = None
    follow: tuple[LayerSpec, ...] = ()
    role: str | None = None

    @property
    def label(self) -> str:
        """How a message calls it: `Linear 'logits'`, or `Linear`."""
        kind = f"block '{self.type}'" if self.block else self.type
        kind = f"{kind} ({self.role})" if self.role else kind
        return f"{kind} '{self.name}'" if self.name else kind

    def place(self, key: str) -> Path:
        """Where the value of a key stands; the layer itself where nobody wrote it."""
        own = (*self.path, key) if key in self.given else self.path
        return self.elsewhere.get(key, own)


class Block(Record):
    """A part that is written once and used by name.

    Attributes:
        name: its name.
        args: argument -> its default, or `required`.
    """

    name: str
    args: Mapping[str, Any]


@dataclass_transform(
    kw_only_default=True, frozen_default=True, field_specifiers=(attribute, stated)
)
class Layer:
    """A kind of layer; an instance is one layer of a spec with its attributes set.

    Class attributes, each a fact that messages, rules and the catalogue ask for:

    * `formula`: tensor name -> its size in the attributes' names.
    * `reference`: where the formula comes from.
    * `example`, `example_inputs`: the attributes of a usable example, and what reaches it.
    * `keras`: what Keras calls the layer.
    * `unlike_keras`: what else differs there, so that no name is changed without asking.
    * `inputs`: how many edges it may take.
    * `merges`: it joins what came before with what `with` names.
    * `takes_like`: it takes its size from what `like` names.
    * `takes_follow`: a `norm` and an `act` may be written on it.
    * `role`: what it may be written as: `norm`, `activation`, `merge`.
    * `convention`: whose way of counting it follows, `torch` or `keras`.
    * `prefers`: the layout that it reads into an undecided `[a, b]`; None: it does not care.
    * the others are properties that the rules ask for, instead of the layer's name.
    """

    attributes: ClassVar[dict[str, Attribute]] = {}
    formula: ClassVar[Mapping[str, str]] = {}
    macs_formula: ClassVar[str] = ""
    reference: ClassVar[str] = "https://docs.pytorch.org/docs/stable/nn.html"
    example: ClassVar[Mapping[str, Any]] = {}
    example_inputs: ClassVar[Mapping[str, Any]] = {"input": [784]}
    keras: ClassVar[tuple[str, ...]] = ()
    unlike_keras: ClassVar[str] = ""
    inputs: ClassVar[range] = ONE
    merges: ClassVar[bool] = False
    takes_like: ClassVar[bool] = False
    takes_follow: ClassVar[bool] = False
    role: ClassVar[str | None] = None
    convention: ClassVar[str] = "torch"
    prefers: ClassVar[Layout | None] = None

    is_linear_map: ClassVar[bool] = False
    """A learned linear map: two in a row, with nothing non-linear between, are one."""
    passes_linearity: ClassVar[bool] = False
    """Between two linear maps it does not keep them apart (norm, dropout, reshaping)."""
    feature_axis: ClassVar[int | None] = None
    """The axis of its features or channels, along which its bias is added."""
    gives_probabilities: ClassVar[bool] = False
    """It turns scores into probabilities, which a loss on scores must not get."""
    gives_log_probabilities: ClassVar[bool] = False
    """It turns scores into logarithms of probabilities that sum to 1."""
    compares_scores: ClassVar[bool] = False
    """It holds the scores of an axis against each other: one rises, the others fall."""
    looks_up: ClassVar[bool] = False
    """It takes indices, never numbers that another layer computed."""
    chooses: ClassVar[bool] = False
    """It sends each token its own way: what is linear inside it is not so from outside."""
    arranges_axes: ClassVar[bool] = False
    """Its author chose the order of the axes: what works on the last one is meant."""
    keeps_elements: ClassVar[bool] = False
    """Each element comes out as it went in, if perhaps at another place."""
    multiplies_last: ClassVar[bool] = False
    """It multiplies the last axis by a learned matrix, each row of a map by itself."""
    is_embedding: ClassVar[bool] = False
    """A table of vectors that are looked up: counted apart from the rest."""
    is_vocabulary: ClassVar[bool] = False
    """A table of vectors of which the indices that arrive choose."""
    width_keys: ClassVar[tuple[str, ...]] = ()
    """The attributes that say how wide its learned matrices are."""
    saturates: ClassVar[bool] = False
    """It is flat on both sides, where hardly any gradient passes."""
    sees_other_steps: ClassVar[bool] = False
    """It carries what it knows from step to step, or gathers it from other tokens."""
    only_rescales: ClassVar[bool] = False
    """A norm that divides by a size, and neither subtracts nor adds anything."""

    makes_tokens: ClassVar[bool] = False
    """Each position of a map comes out as a token, in the order of the rows."""

    is_elementwise: ClassVar[bool] = False
    """A function of each element by itself; its shape stays."""
    gives_positive: ClassVar[bool] = False
    """Nothing that it gives is below 0."""
    keeps_positive: ClassVar[bool] = False
    """What is not below 0 comes out as it went in."""
    is_product: ClassVar[bool] = False
    """It multiplies its inputs: one is a factor for the others."""
    uses_batch: ClassVar[bool] = False
    """It normalises with the mean and the deviation of a batch."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = {key: value for key, value in vars(cls).items() if isinstance(value, Attribute)}
        cls.attributes = {**cls.attributes, **own}
        for key, value in own.items():
            setattr(cls, key, value.default)

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def held(self, key: str) -> Any:
        """The value of an attribute, as given or by default; None: it was not stated."""
        return getattr(self, key, None)

    @classmethod
    @cache
    def keys(cls) -> dict[str, Attribute]:
        """All keys that the layer takes beside `type`: its own, then those of every layer."""
        extras = (
            (FOLLOW, cls.takes_follow),
            (WITH, cls.merges),
            (LIKE, cls.takes_like),
            (TIE, "weight" in cls.formula),
        )
        taken = {key: value for keys, taken in extras if taken for key, value in keys.items()}
        return {**cls.attributes, **taken, **COMMON}

    @classmethod
    @cache
    def required(cls) -> tuple[str, ...]:
        """The keys that the author must write."""
        return tuple(key for key, value in cls.attributes.items() if value.required)

    @classmethod
    @cache
    def holding_layers(cls) -> frozenset[str]:
        """Those of its attributes whose value is layers, or holds them."""
        return frozenset(key for key, value in cls.attributes.items() if value.holds_layers)

    def infer(self, *inputs: Shape) -> Shape:
        """The output's shape, from what arrives (`len(inputs) in cls.inputs`).

        Raises:
            Misfit: the layer can't take it.
            Unknown: it can't be known.
        """
        return inputs[0]

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:  # noqa: ARG002
        """The learned tensors; those that need no input first, for `Unknown` ends the list."""
        yield from ()

    def buffers(self, *inputs: Shape) -> Iterator[ParamTensor]:  # noqa: ARG002
        """The tensors that are stored but not learned."""
        yield from ()

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:  # noqa: ARG002
        """Multiply-accumulates for one sample."""
        return 0

    @property
    def bias_flag(self) -> bool | None:
        """Whether it has a bias; None where it can't have one."""
        flag = getattr(self, "bias", None)
        return flag if isinstance(flag, bool) else None

    @property
    def is_unstated(self) -> bool:
        """Whether nobody can know its parameters, for its author has not stated them."""
        return False

    # what an attribute may decide; a layer for which nothing decides it sets a plain value

    @property
    def dropout_key(self) -> str | None:
        """The attribute that says which share it drops while training; None: it drops none."""
        return None

    @property
    def gated_features(self) -> int | None:
        """How many features a gate of its own lets through; None: it has none."""
        return None

    @property
    def projection_biases(self) -> tuple[bool, ...]:
        """Whether each of its projections has a bias; empty for what projects nothing."""
        return ()

    @property
    def idle_biases(self) -> int:
        """How many of its biases are only ever added to others of its biases."""
        return 0

    @property
    def dropped(self) -> float:
        """The share that it zeroes while training, without doing anything else."""
        return 0.0

    @property
    def keeps_deviation(self) -> bool:
        """What it zeroes leaves mean and deviation as they were."""
        return False

    @property
    def dropped_nowhere(self) -> float:
        """The share to drop between layers of its own, where it has only one; else 0."""
        return 0.0

    @property
    def newest_share(self) -> float | None:
        """The weight of the newest batch in what it stores; None: it stores no average."""
        return None

    @property
    def painted(self) -> tuple[tuple[int, int], ...]:
        """How many elements it paints from each, and how far apart, on each axis."""
        return ()

    def normalises(self, x: Shape) -> tuple[object, ...] | None:  # noqa: ARG002
        """What it brings to one scale: equal for two norms that do the same; None: no norm."""
        return None

    def slides(self, x: Shape) -> tuple[Slide, ...]:  # noqa: ARG002
        """Its window on each spatial axis of what arrives; none where it has no window."""
        return ()

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Between which values all that it gives lies; None: what arrives decides."""
        return None

    @property
    def keeps_tokens_apart(self) -> bool:
        """Each token of a sequence is made of what arrives at its own place, and no other."""
        return False

    @property
    def sees_only_earlier(self) -> bool:
        """A token of a sequence is made of itself and those before it, never of later ones."""
        return False

    @property
    def passes_last(self) -> bool:
        """What is said of a network's last layer holds through it (Identity, Flatten)."""
        return False

    @property
    def bends(self) -> str | None:
        """What it is, where it is no linear map although it passes linearity; None: it is one.

        `pooling` by a maximum or a root of powers, `normalisation` of each sample.
        """
        return None

    @property
    def passes_shift(self) -> bool:
        """A constant added to each channel before it comes out as the same constant."""
        return False

    def centred_axis(self, x: Shape) -> int | None:  # noqa: ARG002
        """The axis (of the shape without batch) along which it subtracts each entry's mean."""
        return None

    def reads_as(self) -> Layout | None:
        """The layout that it takes an undecided `[a, b]` for; None: it does not care."""
        return self.prefers

    def attended(self, *inputs: Shape) -> tuple[int, ...]:  # noqa: ARG002
        """Among how many tokens a query chooses, in each attention; empty: it has none."""
        return ()

    def kept_tokens(self, x: Shape) -> range | None:  # noqa: ARG002
        """Which tokens of a sequence it keeps; None: it chooses none, or nobody knows which."""
        return None

    def competing(self, x: Shape) -> int | None:  # noqa: ARG002
        """How many scores share one sum; None for layers that compare none."""
        return None

    def is_depthwise(self, x: Shape) -> bool:  # noqa: ARG002
        """Whether each channel is computed from itself alone."""
        return False

    def guesses_axis(self, x: Shape) -> bool:  # noqa: ARG002
        """Whether torch would guess an axis, and take the batch."""
        return False

    def check_stated(self, key: str, arrives: object, output: Shape | None = None) -> None:
        """Compare a written size with the one that arrives.

        Raises:
            Misfit: they differ.
        """
        written = getattr(self, key)
        if written is not None and written != arrives:
            raise Misfit(
                "NN201",
                f"{key} is {written}, but {arrives} arrive",
                f"write {key}: {arrives}, or leave it out: it is inferred",
                key=key,
                output=output,
                right=arrives,
            )


class Container(Layer):
    """A layer made of layers: it has no tensors of its own, only wiring."""

    def wire(self, network: Wiring, *inputs: Any) -> Any:
        """Lay its layers out in the network; returns the output's edge.

        Raises:
            Misfit: its parts do not fit together.
        """
        raise NotImplementedError


class Wiring:
    """What a container may ask of the network that it is laid out in.

    An edge has a `shape`; all else of it is the network's own.
    """

    def chain(self, layers: Sequence[LayerSpec], edge: Any) -> Any:
        """Lay the layers one after the other; returns the last one's output edge."""
        raise NotImplementedError

    def lay(self, item: Any, *edges: Any, role: str | None = None, key: str = "") -> Any:
        """Lay a layer that the container itself brings, written as in a spec.

        Args:
            item: the layer.
            edges: what reaches it.
            role: what it is to the container.
            key: the container's key at which it may be written.
        """
        raise NotImplementedError

    def part(
        self, title: str, layers: Sequence[LayerSpec], edge: Any, copies: int = 1, runs: int = 1
    ) -> Any:
        """Lay equal copies side by side under a title; so many run for one sample."""
        raise NotImplementedError


def need_rank(shape: Shape, ranks: range, what: str, hint: str | None = None) -> None:
    """Refuse a shape with another number of axes.

    Raises:
        Misfit: the shape has more or fewer axes than `ranks`.
        Unknown: the shape is open.
    """
    if shape.rank not in ranks:
        raise Misfit("NN202", f"it takes {what}, but {shape} arrives", hint)


def features_last(shape: Shape) -> int:
    """The features that reach a layer which works on the last axis.

    Raises:
        Misfit: indices arrive, or a scalar.
        Unknown: the last axis is not known.
    """
    if shape.layout is Layout.TOKENS:
        raise Misfit(
            "NN202",
            f"it computes with numbers, but {shape} token indices arrive",
            "an Embedding first turns indices into vectors",
        )
    if not shape.open and not shape.dims:
        raise Misfit("NN202", "it needs a last axis of features, but a single number arrives")
    return shape.last

"""Layers made of layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnlint.layers.attribute import (
    BRANCHES,
    FLAG,
    LAYERS,
    SIZE,
    attribute,
    layer_of,
    one_of,
)
from nnlint.layers.base import Container, features_last
from nnlint.layers.shape import Layout, Misfit, Shape
from nnlint.wording import plural

if TYPE_CHECKING:
    from nnlint.layers.base import LayerSpec, Wiring


class Sequential(Container):
    """Its layers one after the other; with repeat, so many copies of them in a row."""

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html"
    example = {"layers": [{"type": "Linear", "out_features": 16}, "ReLU"], "repeat": 2}

    layers: tuple[LayerSpec, ...] = attribute(LAYERS, "the layers in their order")

    def wire(self, network: Wiring, *inputs: Any) -> Any:
        """What comes in goes through all of them."""
        return network.chain(self.layers, inputs[0])


class Residual(Container):
    """What comes in is added to what the body makes of it: y = x + body(x).

    Where the body changes the shape, `on_mismatch: project` sends x through one
    convolution with kernel 1 (features through a Linear), and the norm that the spec's
    defaults give convolutions. `norm` and `act` come after the addition.
    """

    reference = "https://arxiv.org/abs/1512.03385"
    example = {"body": [{"type": "Linear", "out_features": 784}, "ReLU"]}
    takes_follow = True

    body: tuple[LayerSpec, ...] = attribute(LAYERS, "the layers beside the shortcut")
    shortcut: tuple[LayerSpec, ...] = attribute(
        LAYERS, "the layers of the shortcut; empty: the input itself", default=[]
    )
    on_mismatch: str = attribute(
        one_of("error", "project", "skip"),
        "where the shapes differ: an error, a projection of the shortcut, or no shortcut",
        default="error",
    )

    def wire(self, network: Wiring, *inputs: Any) -> Any:
        """The body beside the shortcut, then their sum."""
        (x,) = inputs
        y = network.chain(self.body, x)
        side = network.chain(self.shortcut, x)
        if side.shape.open or y.shape.open or side.shape.dims == y.shape.dims:
            return network.lay("Add", y, side)
        if self.on_mismatch == "skip":
            return y
        if self.on_mismatch == "error":
            what = "1x1 convolution" if x.shape.layout is Layout.MAP else "Linear"
            projects = _projection(side.shape, y.shape) is not None
            hint = f"write on_mismatch: project (a {what} beside it), or a shortcut of your own"
            hint = hint if projects else _without_projection(side.shape, y.shape)
            raise self._mismatch(x.shape, side.shape, y.shape, hint)
        projection = _projection(side.shape, y.shape)
        if projection is None:
            hint = _without_projection(side.shape, y.shape)
            raise self._mismatch(x.shape, side.shape, y.shape, hint)
        return network.lay("Add", y, network.lay(projection, side, role="shortcut"))

    def _mismatch(self, x: Shape, side: Shape, y: Shape, hint: str) -> Misfit:
        what = f"its body turns {x} into {y}, and"
        if self.shortcut:
            what = f"its shortcut gives {side}, its body {y}, and"
        words = f"{what} unequal shapes can't be added"
        return Misfit("NN212", words, hint, output=y)


def _without_projection(x: Shape, y: Shape) -> str:
    """What to do where no single convolution makes y of x."""
    smaller = x.rank == y.rank and x.dims[1:] > y.dims[1:] and x.layout is Layout.MAP
    keep = "padding in the body keeps the sizes, or " if smaller else ""
    return f"{keep}write a shortcut that gives {y}: no projection does"


def _projection(x: Shape, y: Shape) -> dict[str, Any] | None:
    """The layer that makes y of x: a convolution of maps, else a Linear."""
    plain = {"bias": False, "act": "none"}
    if x.rank == y.rank and x.layout is not Layout.MAP and x.dims[:-1] == y.dims[:-1]:
        return {"type": "Linear", "out_features": y.last, **plain}
    is_map = x.layout in (Layout.MAP, Layout.UNDECIDED)
    if x.rank != y.rank or not is_map or not 2 <= y.rank <= 4:
        return None
    sizes = list(zip(x.dims[1:], y.dims[1:], strict=True))
    strides = [-(-before // after) for before, after in sizes]
    if [-(-a // step) for (a, _), step in zip(sizes, strides, strict=True)] != list(y.dims[1:]):
        return None
    window = {"kernel_size": 1, "stride": strides, "padding": 0, "dilation": 1, "groups": 1}
    return {"type": f"Conv{y.rank - 1}d", "out_channels": y.dims[0], **window, **plain}


class Parallel(Container):
    """Branches side by side over the same input, joined at the end.

    An empty branch is the input itself.
    """

    reference = "https://arxiv.org/abs/1409.4842"
    example = {"branches": [[{"type": "Linear", "out_features": 16}], []]}

    branches: tuple[tuple[LayerSpec, ...], ...] = attribute(
        BRANCHES, "the branches, each a list of layers"
    )
    merge: Any = attribute(
        layer_of("merge", "Concat, Add or Multiply, by name or as a map"),
        "how they are joined",
        default="Concat",
    )

    def wire(self, network: Wiring, *inputs: Any) -> Any:
        """Every branch, then the merge of them all."""
        edges = [network.chain(branch, inputs[0]) for branch in self.branches]
        return network.lay(self.merge or "Concat", *edges, key="merge")


class MoE(Container):
    """A mixture of experts: a router sends each token to `top_k` of `num_experts` experts.

    All experts are parameters; a token uses `top_k` of them, and the shared expert.
    """

    reference = "https://arxiv.org/abs/2401.04088"
    example = {
        "num_experts": 8,
        "top_k": 2,
        "expert": [
            {"type": "Linear", "out_features": 64},
            "SiLU",
            {"type": "Linear", "out_features": 16},
        ],
    }
    example_inputs = {"input": {"sequence": [12, 16]}}

    chooses = True

    num_experts: int = attribute(SIZE, "experts to choose from")
    top_k: int = attribute(SIZE, "experts that each token goes to")
    expert: tuple[LayerSpec, ...] = attribute(LAYERS, "the layers of one expert")
    shared_expert: tuple[LayerSpec, ...] = attribute(
        LAYERS, "the layers of an expert that every token goes to", default=[]
    )
    router_bias: bool = attribute(FLAG, "a bias for each expert in the router", default=False)

    def wire(self, network: Wiring, *inputs: Any) -> Any:
        """The router, the experts, the shared expert, and their weighted sum."""
        (x,) = inputs
        features_last(x.shape)
        if x.shape.layout is Layout.MAP:
            words = f"it routes tokens [T, d] or features [d], but the map {x.shape} arrives"
            raise Misfit("NN202", words, "a ToTokens before it makes a sequence of the map")
        if self.top_k > self.num_experts:
            several = self.num_experts > 1
            raise Misfit(
                "NN205",
                f"top_k is {self.top_k}, but there {'are' if several else 'is'} "
                f"{plural(self.num_experts, 'expert')}",
                f"write a top_k from 1 to {self.num_experts}" if several else "write top_k: 1",
                key="top_k",
            )
        router = {"type": "Linear", "out_features": self.num_experts, "bias": self.router_bias}
        network.lay({**router, "act": "none", "norm": "none"}, x, role="router")
        routed = network.part("expert", self.expert, x, self.num_experts, self.top_k)
        if not self.shared_expert:
            return routed
        return network.lay("Add", routed, network.part("shared expert", self.shared_expert, x))

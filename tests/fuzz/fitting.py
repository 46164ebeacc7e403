"""One layer that takes what reaches it, with what may be written on it."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st

from nnlint.layers import layer_types
from nnlint.layers.shape import Layout, Misfit, Shape, Unknown
from tests.fuzz.values import arguments, of_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nnlint.layers.base import Layer

MOST_TRIES = 4
LARGEST = 10**6
"""Elements of a sample: an Upsample behind another grows it fast."""


class Fitted(NamedTuple):
    """A layer of a spec, and the shape that leaves it."""

    written: Any
    shape: Shape


@cache
def plain_kinds(inputs: int, *, learned: bool) -> list[type[Layer]]:
    """The layers that hold no others and may take so many inputs, with parameters or all."""
    return [
        kind
        for kind in layer_types().values()
        if inputs in kind.inputs
        and (kind.formula or not learned)
        and not kind.merges
        and not any(one.holds_layers for one in kind.attributes.values())
    ]


def outcome(kind: type[Layer], given: Mapping[str, Any], *inputs: Shape) -> Shape | None:
    """What leaves the layer; None where it can't take these inputs."""
    settled = [_settled(kind, shape) for shape in inputs]
    # a layer of a spec holds tuples, never lists
    layer = kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in given.items()})
    try:
        shape = layer.infer(*settled)
        count = sum(one.count for one in layer.parameters(*settled))
        return shape if max(shape.size, count) <= LARGEST else None
    except (Misfit, Unknown):
        return None


def _settled(kind: type[Layer], shape: Shape) -> Shape:
    """A bare [a, b] is what the layer that cares takes it for."""
    decides = shape.layout is Layout.UNDECIDED and kind.prefers
    return shape._replace(layout=kind.prefers) if decides else shape


@st.composite
def layers(draw: st.DrawFn, *inputs: Shape) -> Fitted | None:
    """A layer on these inputs; None where no draw fits."""
    for _ in range(MOST_TRIES):
        learned = draw(st.booleans())
        kind = draw(st.sampled_from(plain_kinds(len(inputs), learned=learned)))
        for given in _tries(draw, kind, inputs):
            shape = outcome(kind, given, *inputs)
            if shape is not None:
                following = draw(followers(kind, shape))
                return Fitted(_written(draw, kind, {**given, **following}), shape)
    return None


def _tries(
    draw: st.DrawFn, kind: type[Layer], inputs: tuple[Shape, ...]
) -> Iterator[Mapping[str, Any]]:
    """Arguments, the more daring first."""
    sizes = inputs[0].dims
    yield draw(arguments(kind, sizes))
    yield draw(arguments(kind, sizes, only_required=True))
    yield {key: deepcopy(kind.example[key]) for key in kind.example if key in kind.attributes}


@st.composite
def followers(draw: st.DrawFn, kind: type[Layer], shape: Shape) -> dict[str, Any]:
    """The norm and the activation written on a layer, where they take what leaves it."""
    chosen = {}
    for key in ("norm", "act"):
        attribute = kind.keys().get(key) if kind.takes_follow else None
        if attribute and draw(st.integers(0, 2)) == 0:
            value = draw(of_kind(attribute.kind, ()))
            if _follows(value, shape):
                chosen[key] = value
    return chosen


def _follows(value: Any, shape: Shape) -> bool:
    name = value["type"] if isinstance(value, dict) else value
    given = {k: v for k, v in value.items() if k != "type"} if isinstance(value, dict) else {}
    return name in ("none", None) or outcome(layer_types()[name], given, shape) == shape


def _written(draw: st.DrawFn, kind: type[Layer], given: Mapping[str, Any]) -> Any:
    """A bare name where there is nothing to say, now and then a map all the same."""
    if not given and draw(st.booleans()):
        return kind.__name__
    frozen = {"trainable": False} if draw(st.integers(0, 19)) == 0 else {}
    return {"type": kind.__name__, **given, **frozen}

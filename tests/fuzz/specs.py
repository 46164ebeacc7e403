"""Random specs that hang together, and specs with one mistake in them.

Layers and their arguments come from the layer classes; the class itself says whether a draw
fits what arrives, and another is drawn where it does not. The shapes are not held against
anything here: the oracles of frameworks do that.
"""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st

from nnlint.engine import lint_text
from nnlint.layers import layer_types
from nnlint.layers.shape import Layout, Shape
from nnlint.published import default_keys
from nnlint.quantity import DTYPE_BITS
from tests.fuzz import mistakes
from tests.fuzz.composing import Maker
from tests.fuzz.places import numbers, put
from tests.fuzz.writing import written

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_LAYERS = 5


class Spec(NamedTuple):
    """A spec as data, and as one of its texts."""

    data: Any
    text: str


# What arrives


@st.composite
def shapes(draw: st.DrawFn) -> tuple[Any, Shape]:
    """An input as it is written, and its shape."""
    layout = draw(st.sampled_from(Layout))
    size = st.sampled_from([1, 2, 3, 4, 6, 8, 12, 16])
    count = {Layout.FEATURES: 1, Layout.TOKENS: 1, Layout.SEQUENCE: 2, Layout.UNDECIDED: 2}
    rank = count.get(layout) or draw(st.integers(2, 4))
    dims = draw(st.lists(size, min_size=rank, max_size=rank))
    return _as_written(layout, dims), Shape(tuple(dims), layout)


def _as_written(layout: Layout, dims: list[int]) -> Any:
    if layout is Layout.TOKENS:
        return {"tokens": dims[0]}
    outright = layout is Layout.SEQUENCE or (layout is Layout.MAP and len(dims) == 2)
    return {layout.value: dims} if outright else dims


# Whole specs


@st.composite
def data(draw: st.DrawFn) -> dict[str, Any]:
    """A valid spec as data."""
    maker = Maker(draw)
    arriving, x = draw(shapes())
    layers = maker.top(x, MOST_LAYERS)
    entry: dict[str, Any] = {"input": arriving}
    if maker.chance(6):
        entry = {"inputs": {"left": arriving, "right": deepcopy(arriving)}}
        layers.insert(0, {"type": "Add", "from": ["left", "right"]})
    spec = {"nnlint": 1, **entry, "layers": layers}
    spec |= {"blocks": maker.blocks} if maker.blocks else {}
    for more in (_with_variables, _with_defaults, _with_words, _with_declarations):
        if maker.chance(2):
            more(draw, spec)
    order = draw(st.permutations(list(spec)))
    return {key: spec[key] for key in order}


def _with_variables(draw: st.DrawFn, spec: dict[str, Any]) -> None:
    """Some numbers become expressions that come to the same."""
    places = [(("layers", *path), value) for path, value in numbers(spec["layers"])]
    variables: dict[str, Any] = {}
    chosen = draw(st.lists(st.sampled_from(places), max_size=3)) if places else []
    for path, value in dict(chosen).items():
        name = f"v{len(variables)}"
        text, variables[name] = draw(expressions(name, value))
        put(spec, path, text)
    if variables:
        spec["vars"] = variables
        if draw(st.booleans()):
            spec["variants"] = {"7b": dict(variables), "base_1": {}}


@st.composite
def expressions(draw: st.DrawFn, name: str, value: int) -> tuple[str, int]:
    """An expression over the name that comes to the value, and what the name must hold."""
    n = draw(st.integers(1, 5))
    forms = [
        (f"${name}", value), (f"${name} - {n}", value + n), (f"${name}//{n}", value * n),
        (f"({n} + ${name})/{n}", (value - 1) * n), (f"-${name} + 2*{n}", 2 * n - value),
    ]  # fmt: skip
    return draw(st.sampled_from(forms))


def _with_defaults(draw: st.DrawFn, spec: dict[str, Any]) -> None:
    """Defaults of a layer that change no shape: a bias, or what holds anyway."""
    types = sorted(set(types_in(spec)))
    kind = layer_types()[draw(st.sampled_from(types))] if types else None
    flags = {
        key: kind.attributes[key].default
        for key in (default_keys(kind) if kind else ())
        if kind
        and key in kind.attributes
        and kind.attributes[key].kind.get("type") == "boolean"
    }
    if kind and flags:
        key = draw(st.sampled_from(sorted(flags)))
        value = draw(st.booleans()) if key == "bias" else flags[key]
        spec["defaults"] = {kind.__name__: {key: value}}


def types_in(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (part["type"],) if isinstance(part.get("type"), str) else ()
        part = list(part.values())
    if isinstance(part, list):
        for item in part:
            yield from types_in(item)


def _with_words(draw: st.DrawFn, spec: dict[str, Any]) -> None:
    """A name, a dtype, a convention's name, an output."""
    name = draw(st.sampled_from(["mnist-mlp", "on", "1:30", "<b>::error::", "日本", "a'b\"c"]))
    spec |= {"name": name, "dtype": draw(st.sampled_from(sorted(DTYPE_BITS)))}
    last = spec["layers"][-1]
    if isinstance(last, dict) and "name" in last:
        spec["outputs"] = draw(st.sampled_from([[last["name"]], {"main": last["name"]}]))


def _with_declarations(draw: st.DrawFn, spec: dict[str, Any]) -> None:
    """What it is, declared, and a budget that it keeps."""
    graph = lint_text(json.dumps(spec)).graph
    if not (graph and graph.totals.complete):
        return
    totals = graph.totals
    spec["expect"] = {"params": totals.params, "trainable": totals.params - totals.frozen}
    limit = draw(st.sampled_from([2 * totals.params + 1, "2M", {"max": "2M", "level": "info"}]))
    spec["budget"] = {"params": limit, "warn_at": "100%"}


@st.composite
def valid(draw: st.DrawFn) -> Spec:
    """A spec that hangs together."""
    made = draw(data())
    return Spec(made, written(made, Random(draw(st.integers(0, 2**32)))))


# One mistake


@st.composite
def nearly_valid(draw: st.DrawFn) -> Spec:
    """A spec with one mistake in its data; where its text has it, there is no data."""
    made = deepcopy(draw(data()))
    style = Random(draw(st.integers(0, 2**32)))
    if draw(st.booleans()):
        draw(st.sampled_from(mistakes.OF_DATA))(draw, made)
        return Spec(made, written(made, style))
    return Spec(None, draw(st.sampled_from(mistakes.OF_TEXT))(draw, written(made, style)))

"""Values of an attribute, drawn from its kind alone: what the layer classes say it may be."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from nnlint.layers import layer_types

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nnlint.layers.attribute import JsonSchema
    from nnlint.layers.base import Layer

Strategy = st.SearchStrategy[Any]
LOWEST, WIDEST, LONGEST = -2, 8, 4
"""Of a number that has no bounds near 0, and of a list."""


def of_kind(kind: JsonSchema, sizes: tuple[int, ...]) -> Strategy:
    """Values that the kind takes; whole numbers are small, or one of these sizes."""
    if "enum" in kind:
        return st.sampled_from(kind["enum"])
    if "role" in kind:
        return of_role(kind["role"])
    types = kind["type"] if isinstance(kind["type"], list) else [kind["type"]]
    return st.one_of([OF_TYPE[name](kind, sizes) for name in types])


def _integers(kind: JsonSchema, sizes: tuple[int, ...]) -> Strategy:
    low = max(kind.get("minimum", LOWEST), LOWEST)
    high = min(kind.get("maximum", WIDEST), WIDEST)
    fitting = [size for size in sizes if size >= low]
    small = st.integers(low, high)
    return small | st.sampled_from(fitting) if fitting else small


def _numbers(kind: JsonSchema, _sizes: tuple[int, ...]) -> Strategy:
    low, high = kind.get("minimum", LOWEST), kind.get("maximum", WIDEST)
    tenths = st.integers(int(low * 10), int(high * 10))
    return tenths.map(lambda number: number / 10)


def _lists(kind: JsonSchema, sizes: tuple[int, ...]) -> Strategy:
    item = of_kind(kind.get("items", {"type": "integer"}), sizes)
    least = kind.get("minItems", 0)
    return st.lists(item, min_size=least, max_size=kind.get("maxItems", max(least, LONGEST)))


@cache
def _matching(pattern: str) -> Strategy:
    return st.from_regex(pattern, fullmatch=True)


def _texts(kind: JsonSchema, _sizes: tuple[int, ...]) -> Strategy:
    return _matching(kind["pattern"]) if "pattern" in kind else st.text(max_size=5)


def _maps(kind: JsonSchema, sizes: tuple[int, ...]) -> Strategy:
    held = of_kind(kind["additionalProperties"], sizes)
    keys = st.sampled_from(["weight", "bias", "table.weight", "q-bias"])
    return st.dictionaries(keys, held, max_size=2)


OF_TYPE: dict[str, Callable[[JsonSchema, tuple[int, ...]], Strategy]] = {
    "integer": _integers, "number": _numbers, "string": _texts, "array": _lists,
    "object": _maps, "boolean": lambda _kind, _sizes: st.booleans(),
    "null": lambda _kind, _sizes: st.none(),
}  # fmt: skip


def of_role(role: str) -> Strategy:
    """Layers that may be written as a norm, an activation or a merge; or none."""
    fitting = [kind for kind in layer_types().values() if kind.role == role]
    bare = [kind.__name__ for kind in fitting if not kind.required()]
    as_map = st.sampled_from(fitting).flatmap(
        lambda kind: arguments(kind, ()).map(lambda given: {"type": kind.__name__, **given})
    )
    return st.sampled_from([*bare, "none", None]) | as_map


@st.composite
def arguments(
    draw: st.DrawFn, kind: type[Layer], sizes: tuple[int, ...], *, only_required: bool = False
) -> Mapping[str, Any]:
    """What may be written of a layer's own attributes: those it needs, and some others."""
    given = {}
    for key, one in kind.attributes.items():
        needed = one.required or (not only_required and draw(st.integers(0, 3)) == 0)
        if needed and not one.holds_layers:
            given[key] = draw(of_kind(one.kind, sizes))
    return given

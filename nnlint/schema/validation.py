"""What is wrong with a document and its parts: jsonschema says it, where it is not nothing."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from nnlint.layers.attribute import BRANCHES, LAYERS
from nnlint.layers.base import COMMON
from nnlint.published import BLOCK_KEYS, FIXED, envelope, fragment
from nnlint.schema.soundness import is_plain, nothing_waits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nnlint.layers.attribute import Attribute, JsonSchema
    from nnlint.layers.base import Layer
    from nnlint.schema.breaches import Breach
    from nnlint.schema.soundness import Waits


def of_envelope(data: Any) -> Iterable[Breach]:
    """What is wrong with a spec, apart from its layers."""
    return _breaches(_envelope(), data, waits_on_top)


def of_layer(layer: type[Layer], data: Any) -> Iterable[Breach]:
    """What is wrong with a layer that is written as a map, apart from those inside it."""
    return _breaches(_own_fragment(layer), data, waits_in_layer)


def of_use(data: Any) -> Iterable[Breach]:
    """What is wrong with a use of a block, apart from its arguments."""
    return _breaches(_use(), data, waits_in_layer)


def of_overrides(taken: dict[str, Attribute], data: Any) -> Iterable[Breach]:
    """What is wrong with values that stand apart from their layer."""
    kinds = {key: value.kind for key, value in taken.items()}
    schema = {"type": "object", "additionalProperties": False, "properties": kinds}
    return _breaches(schema, data, waits_in_layer)


def of_value(key: str, kind: JsonSchema, value: Any) -> Iterable[Breach]:
    """What is wrong with one value under its key: all that waited is computed."""
    schema = {"type": "object", "properties": {key: kind}}
    return _breaches(schema, {key: value}, waits_on_top)


def fits(kind: JsonSchema, value: Any) -> bool:
    """Whether the value is of the kind, as it stands."""
    return not any(True for _ in _breaches(kind, value, nothing_waits))


def waits_on_top(key: object) -> bool:
    """Whether an expression may stand under that key of a spec: it is computed first."""
    return key in ("input", "inputs")


def waits_in_layer(key: object) -> bool:
    """Whether an expression may stand under that key of a layer."""
    return key not in FIXED


def _breaches(schema: JsonSchema, data: Any, waits: Waits) -> Iterable[Breach]:
    """What is wrong, where there is any; expressions that wait may be among it."""
    if is_plain(schema, data, waits):
        return ()
    from nnlint.schema import breaches  # noqa: PLC0415 - with the first mistake jsonschema loads

    return breaches.breaches(schema, data)


@cache
def _envelope() -> JsonSchema:
    return envelope({})


_fragments: dict[str, JsonSchema] = {}


def _own_fragment(layer: type[Layer]) -> JsonSchema:
    if layer.__name__ not in _fragments:
        _fragments[layer.__name__] = _without_inner(layer)
    return _fragments[layer.__name__]


def _without_inner(layer: type[Layer]) -> JsonSchema:
    """The layer's own keys, without its inner layers: they have types of their own."""
    schema = fragment(layer)
    inner = {
        key: {**value.schema, "items": _outside(value.kind)}
        for key, value in layer.keys().items()
        if value.holds_layers
    }
    return {**schema, "properties": {**schema["properties"], **inner}}


def _outside(kind: JsonSchema) -> JsonSchema:
    """What a value that holds layers must be, apart from the layers."""
    return {**LAYERS, "items": {}} if kind is BRANCHES else {}


@cache
def _use() -> JsonSchema:
    keys = {key: COMMON[key].schema for key in BLOCK_KEYS}
    return {"type": "object", "properties": keys}

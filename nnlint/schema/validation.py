"""What jsonschema finds in a document and in its parts. Alone imports jsonschema."""

from __future__ import annotations

from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any

from jsonschema import Draft7Validator, validators

from nnlint.layers.attribute import BRANCHES, LAYERS
from nnlint.layers.base import COMMON
from nnlint.published import BLOCK_KEYS, envelope, fragment
from nnlint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path
    from nnlint.layers.attribute import Attribute, JsonSchema
    from nnlint.layers.base import Layer


class Breach(Record):
    """A value that is not what its schema says.

    Attributes:
        keyword: of the schema, the one that is broken: `minimum`.
        wanted: what the schema has there: `1`.
        value: what the document has.
        path: where, from the value that was validated.
        schema: the part of the schema that holds the keyword.
        of_name: the value is itself the name of a key, in the map at the path.
    """

    keyword: str
    wanted: Any
    value: Any
    path: Path
    schema: JsonSchema
    of_name: bool

    @property
    def key(self) -> str | int | None:
        """Under which key of the value that was validated it lies; None: it is that value."""
        return self.path[0] if self.path else None


def of_envelope(data: Any) -> Iterator[Breach]:
    """What is wrong with a spec, apart from its layers."""
    return _breaches(_envelope_validator(), data)


def of_layer(layer: type[Layer], data: Any) -> Iterator[Breach]:
    """What is wrong with a layer that is written as a map, apart from those inside it."""
    validator = _layer_validator(layer)
    holds_layers = any(one.holds_layers for key, one in layer.keys().items() if key in data)
    return _breaches(validator, data) if holds_layers else _unless_sound(validator, data)


def of_use(data: Any) -> Iterator[Breach]:
    """What is wrong with a use of a block, apart from its arguments."""
    return _breaches(_use_validator(), data)


def of_overrides(taken: dict[str, Attribute], data: Any) -> Iterator[Breach]:
    """What is wrong with values that stand apart from their layer."""
    kinds = {key: value.kind for key, value in taken.items()}
    schema = {"type": "object", "additionalProperties": False, "properties": kinds}
    return _breaches(_validator_class()(schema), data)


def of_value(key: str, kind: JsonSchema, value: Any) -> Iterator[Breach]:
    """What is wrong with one value under its key."""
    if (key, id(kind)) not in _value_validators:
        whole = {"type": "object", "properties": {key: kind}}
        _value_validators[key, id(kind)] = (kind, _validator_class()(whole))
    return _unless_sound(_value_validators[key, id(kind)][1], {key: value})


def fits(kind: JsonSchema, value: Any) -> bool:
    """Whether the value is of the kind."""
    return bool(_validator_class()(kind).is_valid(value))


def is_integer(value: object) -> bool:
    """Whether it is a whole number, written as one: 32.0 is none."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Whether it is a number; NaN and infinity are none."""
    return is_integer(value) or (isinstance(value, float) and isfinite(value))


@cache
def _validator_class() -> Any:
    """Draft 7 with strict numbers."""
    strict = Draft7Validator.TYPE_CHECKER.redefine_many(
        {
            "integer": lambda _checker, value: is_integer(value),
            "number": lambda _checker, value: is_number(value),
        }
    )
    extend: Any = validators.extend
    return extend(Draft7Validator, type_checker=strict)


def _breaches(validator: Any, data: Any) -> Iterator[Breach]:
    """One by one: whoever stops at the first thousand pays for no more."""
    return (
        Breach(
            keyword=str(error.validator),
            wanted=error.validator_value,
            value=error.instance,
            path=tuple(error.absolute_path),
            schema=error.schema,
            of_name="propertyNames" in error.absolute_schema_path,
        )
        for error in validator.iter_errors(data)
    )


_sound: dict[int, set[Any]] = {}
"""What validators that live as long as the process (by their ids) found nothing wrong with."""
MOST_SOUND = 1_000
"""So much of it is kept for each."""


def _unless_sound(validator: Any, data: Any) -> Iterator[Breach]:
    """The same, for what many write alike: `{type: MaxPool2d, kernel_size: 2}`."""
    known, likeness = _sound.setdefault(id(validator), set()), _likeness(data)
    if likeness in known:
        return
    first = None
    for first in _breaches(validator, data):
        yield first
    if first is None and len(known) < MOST_SOUND:
        known.add(likeness)


def _likeness(value: Any) -> Any:
    """Equal where a validator can't tell two values apart: 1, 1.0 and true are three."""
    if isinstance(value, dict):
        return (dict, *((type(key), key, _likeness(inner)) for key, inner in value.items()))
    if isinstance(value, list):
        return (list, *map(_likeness, value))
    return (type(value), value)


@cache
def _envelope_validator() -> Any:
    return _validator_class()(envelope({}))


_layer_validators: dict[str, Any] = {}


def _layer_validator(layer: type[Layer]) -> Any:
    if layer.__name__ not in _layer_validators:
        _layer_validators[layer.__name__] = _validator_class()(_own_fragment(layer))
    return _layer_validators[layer.__name__]


def _own_fragment(layer: type[Layer]) -> JsonSchema:
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
def _use_validator() -> Any:
    keys = {key: COMMON[key].schema for key in BLOCK_KEYS}
    return _validator_class()({"type": "object", "properties": keys})


_value_validators: dict[tuple[str, int], tuple[JsonSchema, Any]] = {}
"""By the kind's identity; the kind is kept with it, so that the identity stays its own."""

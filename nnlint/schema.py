"""Document -> problems of its schema, one code for each keyword. Alone imports jsonschema.

The envelope is validated first, then each layer against the fragment of its own
type (dispatch): the messages name the layer, and nothing is tried in vain.
"""

from __future__ import annotations

import re
from functools import cache
from math import isfinite, prod
from typing import TYPE_CHECKING, Any

from jsonschema import Draft7Validator, validators

from nnlint.finding import Path, Problem, spell
from nnlint.layers import find, keras_names, layer_types
from nnlint.layers.attribute import IDENTIFIER, LARGEST, PROBABILITY, SOURCE_PATTERN
from nnlint.layers.base import PROGRAM_KEYWORDS
from nnlint.losses import KERAS_LOSSES
from nnlint.published import envelope, fragment, required_keys
from nnlint.quantity import COUNT_PATTERN, parse_count, respelled
from nnlint.record import Record
from nnlint.scalars import OLD_WORDS, resolve
from nnlint.wording import (
    described,
    did_you_mean,
    flow,
    grouped,
    listed,
    nearest,
    plural,
    quoted,
    short_number,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema.exceptions import ValidationError

    from nnlint.layers.attribute import JsonSchema
    from nnlint.layers.base import Layer


class Checked(Record):
    """What the schema says of a document.

    Attributes:
        problems: what is wrong.
        refused: the paths of the layers, and of the top-level keys, that can't be used.
    """

    problems: list[Problem]
    refused: frozenset[Path]


def _is_integer(_checker: object, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(_checker: object, value: object) -> bool:
    return _is_integer(_checker, value) or (isinstance(value, float) and isfinite(value))


@cache
def _validator_class() -> Any:
    """Draft 7, but 32.0 is no integer, and NaN and infinity are no numbers."""
    strict = Draft7Validator.TYPE_CHECKER.redefine_many(
        {"integer": _is_integer, "number": _is_number}
    )
    extend: Any = validators.extend
    return extend(Draft7Validator, type_checker=strict)


@cache
def _envelope_validator() -> Any:
    return _validator_class()(envelope({}))


_layer_validators: dict[str, Any] = {}


def _layer_validator(layer: type[Layer]) -> Any:
    """The layer's own fragment, without its inner layers: they have types of their own."""
    if layer.__name__ not in _layer_validators:
        schema = fragment(layer)
        inner = {
            key: {**value.schema, "items": {}}
            for key, value in layer.attributes.items()
            if value.holds_layers
        }
        own = {**schema, "properties": {**schema["properties"], **inner}}
        _layer_validators[layer.__name__] = _validator_class()(own)
    return _layer_validators[layer.__name__]


def check(data: Any) -> Checked:
    """Check a document's data against the schema."""
    problems = _validated(_envelope_validator(), data, (), None)
    refused = {_refused_part(problem.path) for problem in problems if problem.code != "NN113"}
    if isinstance(data, dict) and isinstance(data.get("layers"), list):
        for path, found in _layers(data["layers"], ("layers",)):
            problems += found
            refused |= {path} if found else set()
    return Checked(problems, frozenset(refused))


def _refused_part(path: Path) -> Path:
    """The top-level key; of inputs, expectations and budgets only the one that is wrong."""
    return path[:2] if path[:1] in (("expect",), ("budget",), ("inputs",)) else path[:1]


def _layers(items: list[Any], path: Path) -> Iterator[tuple[Path, list[Problem]]]:
    """Every layer's path with its problems, the inner layers after the outer."""
    for index, item in enumerate(items):
        here = (*path, index)
        layer, problems = _layer(item, here)
        yield here, problems
        for key, value in layer.attributes.items() if layer else ():
            if (
                value.holds_layers
                and isinstance(item, dict)
                and isinstance(item.get(key), list)
            ):
                yield from _layers(item[key], (*here, key))


def _layer(item: Any, path: Path) -> tuple[type[Layer] | None, list[Problem]]:
    """The layer's type, if it has one, and what is wrong with it."""
    if isinstance(item, dict):
        return _layer_map(item, path)
    if not isinstance(item, str):
        message = f"a layer is a map with type, or a bare name, but this is {described(item)}"
        return None, [Problem("NN101", path, message, "write {type: Linear, out_features: 16}")]
    layer = find(item)
    return layer, _bare_name(item, layer, path)


def _bare_name(name: str, layer: type[Layer] | None, path: Path) -> list[Problem]:
    if layer is None:
        return [_unknown_layer(name, path)]
    missing = required_keys(layer)
    if not missing:
        return []
    keys = ", ".join(f"{key}: …" for key in missing)
    message = f"{name} needs {listed(missing, 'and')}"
    return [Problem("NN102", path, message, f"write {{type: {name}, {keys}}}")]


def _layer_map(item: dict[str, Any], path: Path) -> tuple[type[Layer] | None, list[Problem]]:
    if "type" not in item:
        return None, [_missing_type(item, path)]
    name = item["type"]
    if not isinstance(name, str):
        message = f"type is {described(name)}, but expected the name of a layer"
        return None, [Problem("NN101", (*path, "type"), message)]
    layer = find(name)
    if layer is None:
        return None, [_unknown_layer(name, (*path, "type"))]
    return layer, _validated(_layer_validator(layer), item, path, layer)


def _missing_type(item: dict[str, Any], path: Path) -> Problem:
    keys = list(item)
    known = keys[0] if keys and find(keys[0]) else None
    hint = f"write {{type: {known}, …}}" if known else "write {type: Linear, out_features: 16}"
    return Problem("NN102", path, "this layer has no type", hint)


KERAS_HABITS = {
    "Activation": "write the function itself as a layer: ReLU",
    "Input": "write input: with a shape at the top of the spec",
    "InputLayer": "write input: with a shape at the top of the spec",
}
"""Layers of Keras that are none here, and what to write instead."""


def _unknown_layer(name: str, path: Path) -> Problem:
    if name in KERAS_HABITS:
        return Problem("NN121", path, f"{name} is Keras' name", KERAS_HABITS[name])
    ours = keras_names().get(name)
    if ours:
        return Problem("NN121", path, f"{name} is Keras' name", f"write {ours}")
    hint = did_you_mean(name, layer_types()) or "`nnlint explain layers` lists all layers"
    return Problem("NN120", path, f"there is no layer type {quoted(name)}", hint)


def _validated(
    validator: Any, data: Any, path: Path, layer: type[Layer] | None
) -> list[Problem]:
    problems: dict[tuple[str, Path, str], Problem] = {}
    errors = list(validator.iter_errors(data))
    meant = {key for error in errors for key in _meant(error, layer)}
    for error in errors:
        for problem in _translated(error, path, layer, meant):
            problems.setdefault((problem.code, problem.path, problem.message), problem)
    return list(problems.values())


def _meant(error: Any, layer: type[Layer] | None) -> Iterator[Path]:
    """The keys that misspelt ones stand for: these are not missing as well."""
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        for key in error.instance:
            right = None if key in known else _stands_for(key, known, layer)
            # a single input and several are written under two keys, and one is enough
            words = ("input", "inputs") if right == "inputs" else filter(None, [right])
            yield from ((*error.absolute_path, word) for word in words)


def _stands_for(key: str, known: JsonSchema, layer: type[Layer] | None) -> str | None:
    """The key that an unknown one was most likely meant as."""
    for name, value in layer.keys().items() if layer else ():
        if key in value.keras:
            return name
    return nearest(key, known)


def _translated(
    error: ValidationError, path: Path, layer: type[Layer] | None, meant: set[Path]
) -> Iterator[Problem]:
    """One jsonschema error in nnlint's words."""
    here = (*path, *error.absolute_path)
    keyword = str(error.validator)
    if "propertyNames" in error.absolute_schema_path:
        name = str(error.instance)
        message = f"{quoted(name)} is no name: letters, digits, _ and -"
        yield Problem("NN108", (*here, name), message, on_key=True)
    elif keyword == "required":
        yield from _missing_keys(error, here, layer, meant)
    elif keyword == "additionalProperties":
        yield from _unknown_keys(error, here, layer)
    else:
        yield _wrong_value(error, here, keyword)


def _missing_keys(
    error: Any, here: Path, layer: type[Layer] | None, meant: set[Path]
) -> Iterator[Problem]:
    what = layer.__name__ if layer else spell(here) or "a spec"
    for key in error.validator_value:
        if key not in error.instance and (*error.absolute_path, key) not in meant:
            yield Problem(
                "NN102", here, f"{what} needs {key}", _how_to_write(key, error.schema)
            )


def _how_to_write(key: str, schema: JsonSchema) -> str:
    expected = schema.get("properties", {}).get(key, {}).get("title")
    fallback = "a shape such as [784], without the batch axis"
    return f"write `{key}:` with {expected or fallback}"


def _unknown_keys(error: Any, here: Path, layer: type[Layer] | None) -> Iterator[Problem]:
    known = error.schema["properties"]
    what = layer.__name__ if layer else spell(here) or "a spec"
    for key in error.instance:
        if key not in known:
            message, hint = _unknown_key(key, what, known, layer)
            yield Problem("NN103", (*here, key), message, hint, on_key=True)


LAYERS_OF_THEIR_OWN = {"activation": "an activation", "act": "an activation", "norm": "a norm"}
"""Words for layers that other tools write as attributes of the layer before."""


def _layers_by_lower() -> dict[str, str]:
    return {name.lower(): name for name in layer_types()}


def _unknown_key(
    key: str, what: str, known: JsonSchema, layer: type[Layer] | None
) -> tuple[str, str]:
    if layer and key in PROGRAM_KEYWORDS:
        return f"{key} belongs to the program, not to the network", PROGRAM_KEYWORDS[key]
    if layer and (key.lower() in LAYERS_OF_THEIR_OWN or key.lower() in _layers_by_lower()):
        own = _layers_by_lower().get(key.lower(), LAYERS_OF_THEIR_OWN.get(key.lower()))
        return (
            f"{what} takes no key {quoted(key)}",
            f"{own} is a layer of its own, after this one",
        )
    for name, value in layer.keys().items() if layer else ():
        if key in value.keras:
            return f"{key} is Keras' word", f"write {name}"
    hint = did_you_mean(key, known) or f"it takes {listed(known, 'and')}"
    return f"{what} takes no key {quoted(key)}", hint


KEYWORD_CODES = {
    "type": "NN101", "enum": "NN104", "const": "NN105", "minimum": "NN106", "maximum": "NN107",
    "pattern": "NN108", "minItems": "NN109", "maxItems": "NN110", "minProperties": "NN111",
    "maxProperties": "NN112", "not": "NN113",
}  # fmt: skip


def _wrong_value(error: Any, here: Path, keyword: str) -> Problem:
    found, expected = described(error.instance), error.schema.get("title", "something else")
    match keyword:
        case "not":
            keys = listed(["inputs", *error.validator_value["required"]], "and")
            return Problem(
                "NN113",
                (*here, "inputs"),
                f"{keys} exclude each other",
                "keep one of them",
                on_key=True,
            )
        case "minItems" | "maxItems":
            bound = "at least" if keyword == "minItems" else "at most"
            expected = f"{bound} {plural(error.validator_value, 'item')}: {expected}"
        case "maximum" if (
            _is_integer(None, error.instance) and error.validator_value == LARGEST
        ):
            found, expected = short_number(error.instance), f"at most {grouped(LARGEST)}"
        case "minimum" | "maximum":
            found = str(error.instance)
    message = f"{_name_of(here)} is {found}, but expected {expected}"
    batch = here == ("input", 0) and error.instance in (None, -1)
    remedy = "leave the batch axis out: no shape shows it" if batch else _remedy(error, keyword)
    return Problem(KEYWORD_CODES[keyword], here, message, remedy)


def _name_of(path: Path) -> str:
    """The key, with its index if it stands in a list: `input[0]`."""
    begin = next((i for i in reversed(range(len(path))) if isinstance(path[i], str)), 0)
    return spell(path[begin:]) or "the file"


def _remedy(error: Any, keyword: str) -> str | None:
    """How to mend a wrong value, where one way is clear."""
    value, kinds = error.instance, error.schema.get("type", [])
    if keyword == "enum" and isinstance(value, str):
        return _nearest_value(value, error.validator_value)
    if keyword == "pattern" and error.schema["pattern"] in (IDENTIFIER, SOURCE_PATTERN):
        return _as_name(str(value))
    if keyword == "maximum" and error.schema.get("title") == PROBABILITY["title"]:
        return f"write {value / 100:g}" if value <= 100 else None
    if keyword in ("pattern", "maximum"):
        return respelled(value, error.schema.get("pattern", ""))
    if keyword in ("type", "const"):
        return _right_type(value, kinds) or _example(error)
    return None


def _example(error: Any) -> str | None:
    """How such a value looks, with the user's own in it where that is one step away."""
    size = error.instance
    sizes = error.schema.get("items", {}).get("type") == "integer"
    if sizes and type(size) is int and size > 0:
        return f"write [{size}]"
    examples = error.schema.get("examples")
    return f"for example {flow(examples[0])}" if examples else None


def _as_name(text: str) -> str | None:
    """The names that a text with spaces or commas was meant as."""
    names = [re.sub(r"[^A-Za-z0-9_-]+", "_", part.strip()) for part in text.split(",")]
    if not all(re.match(IDENTIFIER, name) for name in names):
        return None
    return f"write [{', '.join(names)}]" if len(names) > 1 else f"write {names[0]}"


def _right_type(value: object, kinds: object) -> str | None:
    """The same value as the type that was expected, where there is one."""
    if "boolean" in str(kinds):
        return _boolean(value)
    if isinstance(value, str) and _without_quotes(value, kinds or "integer"):
        return f"remove the quotes: {value}"
    if isinstance(value, float) and value.is_integer() and "integer" in str(kinds):
        return f"write {int(value)}"
    return f"write {number}" if (number := _computed(value)) else None


def _computed(value: object) -> int | None:
    """What `28*28` or `15k` comes to, where a plain number is wanted."""
    text = str(value)
    if re.fullmatch(r"[0-9]{1,9}( ?\* ?[0-9]{1,9}){1,4}", text):
        return prod(int(factor) for factor in text.split("*"))
    return parse_count(text) if re.match(COUNT_PATTERN, text) else None


def _nearest_value(value: str, values: list[str]) -> str:
    if value in KERAS_LOSSES:
        return f"{value} is Keras' name: write {KERAS_LOSSES[value]}"
    return did_you_mean(value, values) or f"write {listed(values)}"


def _boolean(value: object) -> str | None:
    words = {**OLD_WORDS, "true": True, "false": False, "1": True, "0": False}
    flag = words.get(str(value).lower())
    return None if flag is None else f"write {flow(flag)}"


def _without_quotes(value: str, kinds: object) -> bool:
    """Whether the quoted text would be right without its quotes."""
    if len(value) > 40:
        return False
    number = resolve(value)
    wants_number = any(word in str(kinds) for word in ("integer", "number"))
    return wants_number and isinstance(number, int | float) and not isinstance(number, bool)

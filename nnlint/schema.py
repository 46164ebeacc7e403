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

from nnlint.expression import ARRIVING, Faulty, faulty, is_expression, names, unknown
from nnlint.finding import Path, Problem, spell
from nnlint.layers import find, keras_names, layer_types
from nnlint.layers.attribute import (
    BRANCHES,
    IDENTIFIER,
    LARGEST,
    LAYERS,
    PROBABILITY,
    SOURCE_PATTERN,
    inner_layers,
)
from nnlint.layers.base import COMMON, FOLLOW, PROGRAM_KEYWORDS
from nnlint.losses import KERAS_LOSSES
from nnlint.published import (
    BLOCK_KEYS,
    FIXED,
    REQUIRED_ARG,
    VARIANT,
    default_keys,
    envelope,
    fragment,
    required_keys,
)
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
    from collections.abc import Collection, Iterator

    from jsonschema.exceptions import ValidationError

    from nnlint.layers.attribute import Attribute, JsonSchema
    from nnlint.layers.base import Layer

    Names = dict[str, None]


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
            key: {**value.schema, "items": _outside(value.kind)}
            for key, value in layer.keys().items()
            if value.holds_layers
        }
        own = {**schema, "properties": {**schema["properties"], **inner}}
        _layer_validators[layer.__name__] = _validator_class()(own)
    return _layer_validators[layer.__name__]


def _outside(kind: JsonSchema) -> JsonSchema:
    """What a value that holds layers must be, apart from the layers."""
    return {**LAYERS, "items": {}} if kind is BRANCHES else {}


@cache
def _use_validator() -> Any:
    keys = {key: COMMON[key].schema for key in BLOCK_KEYS}
    return _validator_class()({"type": "object", "properties": keys})


def check(data: Any) -> Checked:
    """Check a document's data against the schema."""
    problems = _validated(_envelope_validator(), data, (), None)
    refused = {_refused_part(problem.path) for problem in problems if problem.code != "NN113"}
    if not isinstance(data, dict):
        return Checked(problems, frozenset(refused))
    composed = _Composition(data)
    for part, problem in composed.all_problems():
        problems.append(problem)
        refused.add(part)
    return Checked(problems, frozenset(refused))


def check_value(key: str, kind: JsonSchema, value: Any, path: Path) -> list[Problem]:
    """Check one value that an expression came to, as if it had been written there."""
    if (key, id(kind)) not in _value_validators:
        whole = {"type": "object", "properties": {key: kind}}
        _value_validators[key, id(kind)] = (kind, _validator_class()(whole))
    return _validated(_value_validators[key, id(kind)][1], {key: value}, path, None)


_value_validators: dict[tuple[str, int], tuple[JsonSchema, Any]] = {}
"""By the kind's identity; the kind is kept with it, so that the identity stays its own."""


def check_layer(item: Any, path: Path, role: str, key: str) -> list[Problem]:
    """Check a layer whose name an expression came to."""
    layer, problems = _Composition({}).layer(item, path, {})
    return problems or list(_role_problems(layer, role, path, key))


def _refused_part(path: Path) -> Path:
    """The top-level key; of those that are maps of parts only the part that is wrong."""
    return path[:2] if path[:1] in _PARTS else path[:1]


_PARTS = [(key,) for key in ("expect", "budget", "inputs", "vars", "variants", "blocks",
                             "defaults", "outputs")]  # fmt: skip


HERE: Names = {ARRIVING: None}
"""What can be asked for wherever a layer stands."""


class _Composition:
    """The layers of a document, with the values and blocks that they may ask for."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.vars, self.blocks, self.defaults, self.variants = (
            data[key] if isinstance(data.get(key), dict) else {}
            for key in ("vars", "blocks", "defaults", "variants")
        )
        self.uses: dict[str, list[tuple[Path, str]]] = {}

    def all_problems(self) -> Iterator[tuple[Path, Problem]]:
        """Everything that is wrong with the layers and what they are made of."""
        yield from self._values()
        known = dict.fromkeys(self.vars)
        for key in ("input", "inputs"):
            for problem in _expressions(self.data.get(key), (key,), known):
                yield _refused_part(problem.path), problem
        yield from self._defaults(known)
        for name, block in self.blocks.items():
            if isinstance(block, dict):
                yield from self._block(name, block, known)
        yield from self._layers(self.data.get("layers"), ("layers",), known | HERE)
        yield from self._circles()

    def _values(self) -> Iterator[tuple[Path, Problem]]:
        """A variable may ask for those above it; a variant gives other values to the same."""
        above: Names = {}
        for name, value in self.vars.items():
            for problem in _expressions(value, ("vars", name), above):
                below = any(f"'${one}'" in problem.message for one in self.vars)
                hint = "it may ask for variables above it: move that one up"
                yield problem.path[:2], problem._replace(help=hint) if below else problem
            above[name] = None
        for variant, values in self.variants.items():
            for name, value in values.items() if isinstance(values, dict) else ():
                path = ("variants", variant, name)
                yield from ((path, problem) for problem in _expressions(value, path, above))
                if name not in self.vars:
                    hint = did_you_mean(name, self.vars) or f"write vars: {{{name}: …}} first"
                    message = (
                        f"a variant overrides vars, and there is no {quoted(name)} in vars"
                    )
                    yield path, Problem("NN115", path, message, hint, on_key=True)

    def _defaults(self, known: Names) -> Iterator[tuple[Path, Problem]]:
        for name, values in self.defaults.items():
            path = ("defaults", name)
            layer = find(name)
            if layer is None:
                yield path, _unknown_layer(name, path)._replace(on_key=True)
            elif isinstance(values, dict):
                yield from self._overrides(values, path, layer, known | HERE)

    def _overrides(
        self, values: Any, path: Path, layer: type[Layer], known: Names
    ) -> Iterator[tuple[Path, Problem]]:
        """Values that stand apart from their layer: in `defaults` and in `first`."""
        every = layer.keys()
        taken = {key: every[key] for key in default_keys(layer)}
        where = "first" if path[-1] == "first" else "defaults"
        for key in values if isinstance(values, dict) else ():
            if key not in taken and key in every:
                message = f"{key} can't stand in {where}"
                hint = "it holds layers, a name or wiring: write it on the layer itself"
                yield path, Problem("NN103", (*path, key), message, hint, on_key=True)
                values = {one: value for one, value in values.items() if one != key}
        schema = {
            "type": "object", "additionalProperties": False,
            "properties": {key: value.kind for key, value in taken.items()},
        }  # fmt: skip
        for problem in _validated(_validator_class()(schema), values, path, layer):
            yield path, problem
        yield from ((path, one) for one in _expressions(values, path, known))
        for key in FOLLOW.keys() & values.keys():
            for part, problem in self._inner(values[key], (*path, key), taken[key], known):
                yield part, problem

    def _block(
        self, name: str, block: dict[str, Any], known: Names
    ) -> Iterator[tuple[Path, Problem]]:
        args = block.get("args")
        inside = known | dict.fromkeys(args if isinstance(args, dict) else ()) | HERE
        for arg, value in args.items() if isinstance(args, dict) else ():
            path = ("blocks", name, "args", arg)
            yield from ((path[:2], problem) for problem in _expressions(value, path, inside))
        layers = block.get("layers")
        self.uses[name] = []
        yield from self._layers(layers, ("blocks", name, "layers"), inside)

    def _circles(self) -> Iterator[tuple[Path, Problem]]:
        """Uses by which a block comes to use itself."""
        done: set[str] = set()
        for name in self.uses:
            way = [(name, iter(self.uses[name]))] if name not in done else []
            around = {name}
            while way:
                path, used = next(way[-1][1], ((), ""))
                if not path:
                    finished = way.pop()[0]
                    done.add(finished)
                    around.discard(finished)
                elif used in around:
                    yield path, _circle(path, [*(one for one, _ in way), used])
                elif used not in done and used in self.uses:
                    around.add(used)
                    way.append((used, iter(self.uses[used])))

    def _layers(self, items: Any, path: Path, known: Names) -> Iterator[tuple[Path, Problem]]:
        for index, item in enumerate(items if isinstance(items, list) else ()):
            yield from self._one(item, (*path, index), known)

    def _one(self, item: Any, path: Path, known: Names) -> Iterator[tuple[Path, Problem]]:
        """A layer's problems, then those of the layers inside it."""
        layer, problems = self.layer(item, path, known)
        yield from ((path, problem) for problem in problems)
        if layer is None or not isinstance(item, dict):
            return
        for key, value in layer.keys().items():
            if key in item and value.holds_layers:
                yield from self._inner(item[key], (*path, key), value, known)
        if isinstance(item.get("first"), dict):
            for part, problem in self._overrides(item["first"], (*path, "first"), layer, known):
                yield (path if part[-1:] == ("first",) else part), problem

    def _inner(
        self, value: Any, path: Path, attribute: Attribute, known: Names
    ) -> Iterator[tuple[Path, Problem]]:
        role = attribute.kind.get("role")
        for place, item in inner_layers(attribute.kind, value):
            here = (*path, *place)
            if role and is_expression(item):
                continue
            name = item.get("type") if isinstance(item, dict) else item
            if role and isinstance(item, dict) and "block" in item:
                yield here, _no_block(str(path[-1]), role, here)
                continue
            layer = find(name) if isinstance(name, str) else None
            wrong = list(_role_problems(layer, role, here, str(path[-1]))) if role else []
            yield from ((here, one) for one in wrong)
            if not wrong:
                yield from self._one(item, here, known)

    def layer(
        self, item: Any, path: Path, known: Names
    ) -> tuple[type[Layer] | None, list[Problem]]:
        """The layer's type, if it has one, and what is wrong with it."""
        if isinstance(item, dict):
            if "block" in item:
                return None, list(self._use(item, path, known))
            layer, problems = self._layer_map(item, path)
            inner = layer.keys() if layer else {}
            problems += [
                problem
                for key, value in item.items()
                if key not in FIXED and not (key in inner and _holds_more(inner[key], value))
                for problem in _expressions(value, (*path, key), known)
            ]
            return layer, [_without_sign(one, item, path, known) for one in problems]
        if not isinstance(item, str):
            message = (
                f"a layer is a map with type, or a bare name, but this is {described(item)}"
            )
            return None, [
                Problem("NN101", path, message, "write {type: Linear, out_features: 16}")
            ]
        layer = find(item)
        if layer is None:
            return None, [self._unknown(item, path)]
        return layer, _bare_name(item, layer, path, self._added(item))

    def _layer_map(
        self, item: dict[str, Any], path: Path
    ) -> tuple[type[Layer] | None, list[Problem]]:
        """A layer's type and problems; what the defaults add is checked where it stands."""
        if "type" not in item:
            return None, [_missing_type(item, path)]
        name, place = item["type"], (*path, "type")
        if not isinstance(name, str):
            message = f"type is {described(name)}, but expected the name of a layer"
            return None, [Problem("NN101", place, message)]
        layer = find(name)
        if layer is None:
            return None, [self._unknown(name, place)]
        inherited = {key: value for key, value in self._added(name).items() if key not in item}
        problems = _validated(_layer_validator(layer), {**inherited, **item}, path, layer)
        own = [one for one in problems if not inherited.keys() & set(one.path[len(path) :][:1])]
        return layer, own

    def _unknown(self, name: str, path: Path) -> Problem:
        """A type that is none; a block's name, where it is one."""
        if is_expression(name):
            message = f"a type is written out, and {quoted(name)} is an expression"
            hint = "write the layers in two blocks, or variants of their arguments"
            return Problem("NN120", path, message, hint)
        if name in self.blocks:
            message = f"{quoted(name)} is a block, not a layer type"
            return Problem(
                "NN120", path, message, f"write {{{', '.join(self._example(name))}}}"
            )
        return _unknown_layer(name, path)

    def _added(self, name: object) -> dict[str, Any]:
        """What the spec's defaults add to layers of that type."""
        values = self.defaults.get(name) if isinstance(name, str) else None
        return values if isinstance(values, dict) else {}

    def _example(self, name: str) -> Iterator[str]:
        """How a block is used, with the arguments that it needs."""
        yield f"block: {name}"
        block = self.blocks[name]
        args = block.get("args") if isinstance(block, dict) else None
        for key, default in args.items() if isinstance(args, dict) else ():
            if default == REQUIRED_ARG:
                yield f"{key}: …"

    def _use(self, item: dict[str, Any], path: Path, known: Names) -> Iterator[Problem]:
        """What is wrong with a use of a block."""
        name, place = item["block"], (*path, "block")
        if "type" in item:
            message = "block and type exclude each other"
            yield Problem("NN113", (*path, "type"), message, "keep one of them", on_key=True)
        if not isinstance(name, str):
            message = f"block is {described(name)}, but expected the name of a block"
            yield Problem("NN101", place, message)
        elif name not in self.blocks:
            hint = did_you_mean(name, self.blocks) or _known_blocks(self.blocks)
            yield Problem("NN122", place, f"there is no block {quoted(name)}", hint)
        else:
            if path[0] == "blocks":
                self.uses[str(path[1])].append((path, name))
            args = (
                self.blocks[name].get("args", {}) if isinstance(self.blocks[name], dict) else {}
            )
            yield from _use_problems(item, path, name, args if isinstance(args, dict) else {})
        yield from _validated(_use_validator(), item, path, None)
        for key, value in item.items():
            if key not in ("block", "type", "name"):
                yield from _expressions(value, (*path, key), known)


def _without_sign(problem: Problem, item: Any, path: Path, known: Names) -> Problem:
    """The problem of a text that is an expression but for the `$` before its names."""
    value = item
    for step in problem.path[len(path) :]:
        value = value[step] if step in value or isinstance(step, int) else None
    if problem.code != "NN101" or not isinstance(value, str) or problem.help:
        return problem
    text = re.sub(r"\b[A-Za-z_]\w*", r"$\g<0>", value)
    wrong = not is_expression(text) or any(True for _ in _expressions(text, path, known))
    return problem if wrong else problem._replace(help=f"write {text}")


def _holds_more(attribute: Attribute, value: Any) -> bool:
    """Whether the value is looked at layer by layer, and not here."""
    return attribute.holds_layers and not is_expression(value)


def _known_blocks(blocks: dict[str, Any]) -> str:
    words = listed([quoted(name) for name in blocks][:8], "and")
    return f"the spec has {words}" if blocks else "write it under blocks:"


def _circle(path: Path, names: list[str]) -> Problem:
    way = " → ".join(names[names.index(names[-1]) :][:8])
    message = f"the block {quoted(names[-1])} uses itself: {way}"
    return Problem("NN123", (*path, "block"), message, "a part that repeats is repeat: n")


def _expressions(value: Any, path: Path, known: Collection[str]) -> Iterator[Problem]:
    """What is wrong with the expressions in a value, as far as reading them tells."""
    if isinstance(value, dict | list):
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in entries:
            yield from _expressions(item, (*path, key), known)
    elif is_expression(value):
        try:
            for name in names(value):
                if name not in known:
                    raise unknown(name, known)
        except Faulty as fault:
            fault.text = value
            yield faulty(fault, path)


def _role_problems(
    layer: type[Layer] | None, role: str, path: Path, key: str
) -> Iterator[Problem]:
    """Whether the layer is what it is written as: a norm, an activation, a merge."""
    if layer is None or layer.role == role:
        return
    own = [name for name, kind in layer_types().items() if kind.role == role]
    message = f"{key} is {layer.__name__}, but expected {ROLES[role]}"
    yield Problem("NN104", path, message, f"for example {listed(own[:4])}")


ROLES = {"norm": "a norm", "activation": "an activation", "merge": "a merge"}


def _no_block(key: str, role: str, path: Path) -> Problem:
    return Problem("NN104", path, f"{key} is a use of a block, but expected {ROLES[role]}")


def _use_problems(
    item: dict[str, Any], path: Path, name: str, args: dict[str, Any]
) -> Iterator[Problem]:
    """The arguments of a use, held against those of its block."""
    meant = {nearest(key, args) for key in item if key not in (*args, *BLOCK_KEYS, "block")}
    for key, value in item.items():
        if key not in args and key not in (*BLOCK_KEYS, "block", "type"):
            hint = did_you_mean(key, [*args, *BLOCK_KEYS]) or _taken(args)
            message = f"the block {quoted(name)} takes no argument {quoted(key)}"
            yield Problem("NN103", (*path, key), message, hint, on_key=True)
        elif key in args:
            yield from _scalar_problems(key, value, (*path, key))
    for key, default in args.items():
        if default == REQUIRED_ARG and key not in item and key not in meant:
            message = f"the block {quoted(name)} needs {key}"
            yield Problem("NN102", path, message, f"write `{key}:` beside block")
    first = item.get("first")
    for key, override in first.items() if isinstance(first, dict) else ():
        place = (*path, "first", key)
        if key not in args:
            message = f"the block {quoted(name)} takes no argument {quoted(key)}"
            hint = did_you_mean(key, args) or _taken(args)
            yield Problem("NN103", place, message, hint, on_key=True)
        yield from _scalar_problems(key, override, place)


def _taken(args: dict[str, Any]) -> str:
    return f"it takes {listed(args, 'and')}" if args else "it has no args"


def _scalar_problems(key: str, value: Any, path: Path) -> Iterator[Problem]:
    if isinstance(value, dict | list):
        message = (
            f"{key} is {described(value)}, but expected a number, a text, true, false or null"
        )
        yield Problem("NN101", path, message)


def _bare_name(
    name: str, layer: type[Layer], path: Path, added: Collection[str]
) -> list[Problem]:
    missing = [key for key in required_keys(layer) if key not in added]
    if not missing:
        return []
    keys = ", ".join(f"{key}: …" for key in missing)
    message = f"{name} needs {listed(missing, 'and')}"
    return [Problem("NN102", path, message, f"write {{type: {name}, {keys}}}")]


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
    hint = _meant_layer(name) or "`nnlint explain layers` lists all layers"
    return Problem("NN120", path, f"there is no layer type {quoted(name)}", hint)


def _meant_layer(name: str) -> str | None:
    """The nearest layer; all of a family where the name leaves the number of axes open."""
    word = nearest(name, layer_types())
    if word and word[-2:] in ("1d", "2d", "3d") and not any(map(str.isdigit, name)):
        family = [one for one in layer_types() if one[:-2] == word[:-2] and one[-1] == "d"]
        return f"did you mean {listed(family)}?"
    return f"did you mean {quoted(word)}?" if word else None


def _validated(
    validator: Any, data: Any, path: Path, layer: type[Layer] | None
) -> list[Problem]:
    problems: dict[tuple[str, Path, str], Problem] = {}
    errors = [error for error in validator.iter_errors(data) if not _comes_later(error, path)]
    meant = {key for error in errors for key in _meant(error, layer)}
    for error in errors:
        for problem in _translated(error, path, layer, meant):
            problems.setdefault((problem.code, problem.path, problem.message), problem)
    return list(problems.values())


def _comes_later(error: Any, path: Path) -> bool:
    """Whether the value is an expression: it is computed first, and checked then."""
    key = next(iter(error.absolute_path), None)
    in_place = key not in FIXED if path else key in ("input", "inputs")
    return in_place and is_expression(error.instance)


def _meant(error: Any, layer: type[Layer] | None) -> Iterator[Path]:
    """The keys that misspelt ones stand for: these are not missing as well."""
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        for key in error.instance:
            right = None if key in known else _stands_for(key, error, layer)
            # a single input and several are written under two keys, and one is enough
            words = ("input", "inputs") if right == "inputs" else filter(None, [right])
            yield from ((*error.absolute_path, word) for word in words)


def _stands_for(key: str, error: Any, layer: type[Layer] | None) -> str | None:
    """The key that an unknown one was most likely meant as.

    The nearest that takes its value; else one that is missing, takes it, and is alike.
    """
    known: JsonSchema = error.schema["properties"]
    value = error.instance[key]
    for name, attribute in layer.keys().items() if layer else ():
        if key in attribute.keras:
            return name
    word = nearest(key, known)
    if word is None or not _takes(known[word], value):
        missing = [one for one in error.schema.get("required", ()) if one not in error.instance]
        alike = [
            one for one in missing if _takes(known[one], value) and _alike(one, key, value)
        ]
        return alike[0] if layer and len(alike) == 1 else word
    return word


def _alike(known: str, key: str, value: Any) -> bool:
    """Whether the one may be meant as the other: they share a word, or both hold layers."""
    return isinstance(value, list) or key in known or known in key


def _takes(kind: JsonSchema, value: Any) -> bool:
    return is_expression(value) or bool(_validator_class()(kind).is_valid(value))


def _translated(
    error: ValidationError, path: Path, layer: type[Layer] | None, meant: set[Path]
) -> Iterator[Problem]:
    """One jsonschema error in nnlint's words."""
    here = (*path, *error.absolute_path)
    keyword = str(error.validator)
    if "propertyNames" in error.absolute_schema_path:
        name = str(error.instance)
        if name in (*BLOCK_KEYS, "block", "type", "in"):
            message = f"{quoted(name)} is no name for an argument: it has a meaning of its own"
            yield Problem("NN108", (*here, name), message, "choose another", on_key=True)
            return
        begin = (
            "a letter or _" if error.validator_value != VARIANT else "a letter, a digit or _"
        )
        message = (
            f"{quoted(name)} is no name: it begins with {begin}, then letters, digits, _, -"
        )
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
            message, hint = _unknown_key(key, what, error, layer)
            yield Problem("NN103", (*here, key), message, hint, on_key=True)


LAYERS_OF_THEIR_OWN = {"activation": "an activation", "act": "an activation", "norm": "a norm"}
"""Words for layers that other tools write as attributes of the layer before."""


FOLLOWING = {"activation": "act: ReLU", "normalization": "norm: BatchNorm2d"}
"""The same on layers that do take them, under these keys."""


def _layers_by_lower() -> dict[str, str]:
    return {name.lower(): name for name in layer_types()}


def _unknown_key(key: str, what: str, error: Any, layer: type[Layer] | None) -> tuple[str, str]:
    known = error.schema["properties"]
    if layer and key in PROGRAM_KEYWORDS:
        return f"{key} belongs to the program, not to the network", PROGRAM_KEYWORDS[key]
    if layer and layer.takes_follow and key in FOLLOWING:
        word = _meant_layer(str(error.instance[key]))
        named = re.fullmatch(r"did you mean '(\w+)'\?", word or "")
        hint = f"act: {named[1]}" if named and key == "activation" else FOLLOWING[key]
        return f"{what} takes no key {quoted(key)}", f"write {hint}"
    if layer and (key.lower() in LAYERS_OF_THEIR_OWN or key.lower() in _layers_by_lower()):
        own = _layers_by_lower().get(key.lower(), LAYERS_OF_THEIR_OWN.get(key.lower()))
        return (
            f"{what} takes no key {quoted(key)}",
            f"{own} is a layer of its own, after this one",
        )
    for name, value in layer.keys().items() if layer else ():
        if key in value.keras:
            return f"{key} is Keras' word", f"write {name}"
    word = _stands_for(key, error, layer)
    hint = f"did you mean {quoted(word)}?" if word else f"it takes {listed(known, 'and')}"
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
    return _misplaced(error) or _respelt(error, keyword)


def _misplaced(error: Any) -> str | None:
    """What is right in itself, and stands in the wrong place or form."""
    value, title = error.instance, error.schema.get("title", "")
    key = next(iter(error.absolute_path), None)
    if is_expression(value) and key in ("expect", "budget"):
        return "expressions stand in layers: write the number here"
    if is_expression(value) and key == "name":
        return "a name is written out: it is no expression"
    if title.startswith("a list of layers") and isinstance(value, dict) and "type" in value:
        return "write it as a list: [{type: …}]"
    return None


def _respelt(error: Any, keyword: str) -> str | None:
    """The same value in the right spelling."""
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


MOST_WORDS = 8
"""Of a list of words that a message shows."""


def _nearest_value(value: str, allowed: list[Any]) -> str:
    values = [one for one in allowed if isinstance(one, str)]
    if value in KERAS_LOSSES:
        return f"{value} is Keras' name: write {KERAS_LOSSES[value]}"
    shown = values if len(values) <= MOST_WORDS else [*values[:MOST_WORDS], "another of them"]
    return did_you_mean(value, values) or f"write {listed(shown)}"


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

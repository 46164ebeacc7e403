"""Whether a value is plainly what its schema says, before jsonschema is asked what is wrong.

Most of what people write is right, and to see that takes a few comparisons; to import
jsonschema takes longer than to lint a spec. So a right spec never loads it. It alone judges
what is not plain, and what is wrong is said in no other words than its own: this module
answers "nothing is wrong" or "ask". It reads the keywords that our schemas use, as draft 7
means them; a schema with any other keyword is not plain.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias

from nnlint.expression import is_expression

if TYPE_CHECKING:
    from nnlint.layers.attribute import JsonSchema

Waits: TypeAlias = Callable[[object], bool]
"""Whether an expression may stand under that key of the value that is validated, or be that
value itself where the key is None: its value is judged when it is known."""


def is_plain(schema: JsonSchema, value: Any, waits: Waits) -> bool:
    """Whether jsonschema would find nothing wrong, but for expressions that wait."""
    try:
        return _holds(schema, value, waits)
    except _NotPlainError:
        return False


class _NotPlainError(Exception):
    """The schema has a keyword that only jsonschema knows."""


def is_integer(value: object) -> bool:
    """Whether it is a whole number, written as one: 32.0 is none."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Whether it is a number; NaN and infinity are none."""
    return is_integer(value) or (isinstance(value, float) and isfinite(value))


def _holds(schema: JsonSchema, value: Any, waits: Waits) -> bool:
    if is_expression(value) and waits(None):
        return True
    for keyword, wanted in schema.items():
        if keyword in _SAY_NOTHING_ALONE:
            continue
        check = _KEYWORDS.get(keyword)
        if check is None:
            raise _NotPlainError
        if not check(wanted, value, schema, waits):
            return False
    return True


def _all_waits(_key: object) -> bool:
    return True


def nothing_waits(_key: object) -> bool:
    """An expression is a text like any other."""
    return False


def _below(waits: Waits, key: object) -> Waits:
    """The same for what lies under the key, however deep."""
    return _all_waits if waits(key) else nothing_waits


_TYPES: dict[str, Waits] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": is_integer,
    "number": is_number,
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}


def _of_type(wanted: Any, value: Any, *_: object) -> bool:
    if isinstance(wanted, str):
        return _TYPES[wanted](value)
    return any(_TYPES[name](value) for name in wanted)


def _equals(wanted: Any, value: Any, *_: object) -> bool:
    """True is not 1, as JSON has it; of lists and maps jsonschema knows more."""
    if isinstance(wanted, list | dict):
        raise _NotPlainError
    return isinstance(wanted, bool) is isinstance(value, bool) and bool(wanted == value)


def _among(wanted: Any, value: Any, *_: object) -> bool:
    return any(_equals(one, value) for one in wanted)


def _at_least(wanted: Any, value: Any, *_: object) -> bool:
    return not is_number(value) or value >= wanted


def _at_most(wanted: Any, value: Any, *_: object) -> bool:
    return not is_number(value) or value <= wanted


def _matches(wanted: str, value: Any, *_: object) -> bool:
    return not isinstance(value, str) or re.search(wanted, value) is not None


def _each(wanted: Any, value: Any, _schema: object, waits: Waits) -> bool:
    if not isinstance(wanted, dict):
        raise _NotPlainError
    if not (wanted and isinstance(value, list)):
        return True
    return all(_holds(wanted, one, _below(waits, index)) for index, one in enumerate(value))


def _has(wanted: Any, value: Any, *_: object) -> bool:
    return not isinstance(value, dict) or all(key in value for key in wanted)


def _known(wanted: Any, value: Any, _schema: object, waits: Waits) -> bool:
    if not isinstance(value, dict):
        return True
    for key, one in value.items():
        if key in wanted and not _holds(wanted[key], one, _below(waits, key)):
            return False
    return True


def _others(wanted: Any, value: Any, schema: JsonSchema, waits: Waits) -> bool:
    if not isinstance(value, dict):
        return True
    known = schema.get("properties", ())
    others = [key for key in value if key not in known]
    if isinstance(wanted, bool):
        return wanted or not others
    return all(_holds(wanted, value[key], _below(waits, key)) for key in others)


def _names(wanted: Any, value: Any, *_: object) -> bool:
    return not isinstance(value, dict) or all(
        _holds(wanted, key, nothing_waits) for key in value
    )


def _not(wanted: Any, value: Any, *_: object) -> bool:
    return not _holds(wanted, value, nothing_waits)


def _if(wanted: Any, value: Any, schema: JsonSchema, waits: Waits) -> bool:
    if not _holds(wanted, value, nothing_waits):
        return _holds(schema.get("else", {}), value, waits)
    return _holds(schema.get("then", {}), value, waits)


def _depending(wanted: Any, value: Any, _schema: object, waits: Waits) -> bool:
    if not isinstance(value, dict):
        return True
    return all(_holds(then, value, waits) for key, then in wanted.items() if key in value)


def _sized(kind: Any, fits: Callable[[int, Any], bool]) -> Callable[..., bool]:
    return lambda wanted, value, *_: not isinstance(value, kind) or fits(len(value), wanted)


_KEYWORDS: dict[str, Callable[[Any, Any, JsonSchema, Waits], bool]] = {
    "type": _of_type,
    "const": _equals,
    "enum": _among,
    "minimum": _at_least,
    "maximum": _at_most,
    "pattern": _matches,
    "items": _each,
    "minItems": _sized(list, int.__ge__),
    "maxItems": _sized(list, int.__le__),
    "required": _has,
    "properties": _known,
    "additionalProperties": _others,
    "propertyNames": _names,
    "minProperties": _sized(dict, int.__ge__),
    "maxProperties": _sized(dict, int.__le__),
    "not": _not,
    "if": _if,
    "dependencies": _depending,
}

_SAY_NOTHING_ALONE = frozenset({
    "title", "description", "default", "examples", "role", "then", "else",
})  # fmt: skip

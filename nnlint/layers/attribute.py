"""What an attribute of a layer may be: its kind, default and words.

A kind holds the JSON Schema of a value. Its `title` says in words what is
expected, for editors and for nnlint's own messages.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from nnlint.record import Record

LARGEST = 2**63 - 1
"""No single value may be larger: PyTorch's sizes are 64-bit."""

IDENTIFIER = r"^[A-Za-z_][A-Za-z0-9_-]*(?!\n)$"

_PART = r"[A-Za-z_][A-Za-z0-9_-]*(\.[0-9]{1,19})?"
SOURCE_PATTERN = rf"^{_PART}(/{_PART})*(?!\n)$"
"""A name, or a way into the copies of a part: `encoder.3/attention`."""

JsonSchema: TypeAlias = dict[str, Any]


class _Missing:
    """The default of an attribute that must be written."""


REQUIRED = _Missing()


def one_of(*values: str | int | bool) -> JsonSchema:
    """One of a few fixed values."""
    return {"enum": list(values), "title": f"one of {', '.join(map(str, values))}"}


def list_of(item: JsonSchema, title: str, least: int = 1) -> JsonSchema:
    """A list of at least `least` such items."""
    return {"type": "array", "items": item, "minItems": least, "title": title}


def optional(kind: JsonSchema) -> JsonSchema:
    """The kind, or null where PyTorch takes None."""
    types = kind["type"] if isinstance(kind["type"], list) else [kind["type"]]
    return {**kind, "type": [*types, "null"], "title": f"{kind['title']}, or null"}


def whole(least: int, title: str) -> JsonSchema:
    """A whole number from `least` up."""
    return {"type": "integer", "minimum": least, "maximum": LARGEST, "title": title}


def per_axis(axes: int, least: int = 1) -> JsonSchema:
    """One whole number for every axis of a window, or a list with one for each."""
    number = whole(least, f"a whole number, {least} or more")
    several = f"or a list of {axes}" if axes > 1 else "or a list of it"
    return {
        **list_of(number, ""), "maxItems": axes, "minItems": axes,
        "minimum": least, "maximum": LARGEST, "type": ["integer", "array"],
        "title": f"a whole number, {least} or more, {several}",
    }  # fmt: skip


SIZE = whole(1, "a whole number, 1 or more")
COUNT = whole(0, "a whole number, 0 or more")
AXIS = whole(-LARGEST, "a whole number (an axis)")
FLAG: JsonSchema = {"type": "boolean", "title": "true or false"}
REAL: JsonSchema = {"type": "number", "title": "a number"}
PROBABILITY: JsonSchema = {
    "type": "number", "minimum": 0, "maximum": 1, "title": "a number from 0 to 1",
}  # fmt: skip
SHAPE = list_of(SIZE, "a list of sizes, such as [3, 224, 224]")
SIZE_OR_SHAPE: JsonSchema = {
    **SHAPE, **SIZE, "type": ["integer", "array"], "title": "a size, or a list of sizes",
}  # fmt: skip
NAME: JsonSchema = {
    "type": "string", "pattern": IDENTIFIER,
    "title": "a name of letters, digits, _ and -, that begins with a letter or _",
}  # fmt: skip
SOURCE_NAME: JsonSchema = {**NAME, "pattern": SOURCE_PATTERN}
SOURCE: JsonSchema = {
    "type": ["string", "array"], "items": SOURCE_NAME, "minItems": 1,
    "pattern": SOURCE_PATTERN, "title": "a name, or a list of names",
}  # fmt: skip
LAYERS: JsonSchema = {
    "type": "array", "items": {"$ref": "#/definitions/layer"}, "title": "a list of layers",
    "examples": [[{"type": "Linear", "out_features": 16}, "ReLU"]],
}  # fmt: skip


OVERRIDES: JsonSchema = {"type": "object", "title": "a map of keys and values"}
LAYER: JsonSchema = {"type": ["object", "string", "null"]}
NONE = "none"
"""Written where a layer may stand, it undoes a default."""
BRANCHES: JsonSchema = {
    "type": "array", "items": LAYERS, "minItems": 2,
    "title": "a list of lists of layers, an empty one for the input itself",
    "examples": [[["ReLU"], []]],
}  # fmt: skip
TENSORS: JsonSchema = {
    "type": "object", "title": "a map of names and shapes, such as {weight: [64, 3, 3, 3]}",
    "propertyNames": {"pattern": r"^[A-Za-z_][A-Za-z0-9_.-]*(?!\n)$"},
    "additionalProperties": {**SHAPE, "minItems": 0},
    "examples": [{"weight": [64, 3, 3, 3], "bias": [64]}],
}  # fmt: skip


def layer_of(role: str, title: str) -> JsonSchema:
    """One layer of that role (`norm`, `activation`, `merge`), by name or as a map."""
    return {**LAYER, "role": role, "title": title}


def inner_layers(kind: JsonSchema, value: Any) -> list[tuple[tuple[int, ...], Any]]:
    """The layers that a value of this kind holds, each with its place in the value."""
    if kind is LAYERS and isinstance(value, list):
        return [((index,), item) for index, item in enumerate(value)]
    if kind is BRANCHES and isinstance(value, list):
        branches = enumerate(value)
        return [
            ((branch, *place), item)
            for branch, layers in branches
            for place, item in inner_layers(LAYERS, layers)
        ]
    if "role" in kind and value not in (None, NONE):
        return [((), value)]
    return []


class Attribute(Record):
    """One attribute of a layer: what it may be, what it is if not written, what it means.

    Attributes:
        kind: the JSON Schema of its value.
        doc: one line for the catalogue and for editors.
        default: the value where none is written, or `REQUIRED`.
        stated: inferred from what arrives; a written value is only checked.
        keras: what Keras calls it.
    """

    kind: JsonSchema
    doc: str
    default: Any
    stated: bool = False
    keras: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """Whether the author must write it."""
        return self.default is REQUIRED

    @property
    def holds_layers(self) -> bool:
        """Whether its value is a layer, or a list of layers, or lists of them."""
        return self.kind is LAYERS or self.kind is BRANCHES or "role" in self.kind

    @property
    def schema(self) -> JsonSchema:
        """The kind with the words and the default that an editor shows."""
        default = {} if self.required or self.stated else {"default": self.default}
        return {**self.kind, "description": self.doc, **default}


def attribute(
    kind: JsonSchema, doc: str, *, default: Any = REQUIRED, keras: tuple[str, ...] = ()
) -> Any:
    """Declare an attribute in a layer's class body."""
    return Attribute(kind, doc, default, keras=keras)


def stated(doc: str, kind: JsonSchema = SIZE, *, default: None = None) -> Any:
    """Declare an attribute that is inferred; where the author writes it, it is checked."""
    return Attribute(kind, f"{doc}; inferred, and checked if written", default, stated=True)

"""Layers -> the JSON Schema (draft-07) of a spec.

The same fragments serve two readers: editors get one document with if/then for
each layer type; the linter takes the envelope and each layer's own fragment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers import layer_types
from nnlint.layers.attribute import (
    COUNT,
    IDENTIFIER,
    LARGEST,
    LAYERS,
    SHAPE,
    SIZE,
    JsonSchema,
    list_of,
    one_of,
)  # fmt: skip
from nnlint.losses import LOSSES
from nnlint.quantity import COUNT_PATTERN, DTYPE_BITS, SHARE_PATTERN, SIZE_PATTERN

if TYPE_CHECKING:
    from nnlint.layers.base import Layer

FORMAT_VERSION = 1

_INPUT: JsonSchema = {
    "type": ["array", "object"],
    "title": "a shape such as [784] or [3, 224, 224], without the batch axis",
    "items": SIZE,
    "minItems": 1,
    "maxItems": 4,
    "properties": {
        "tokens": {**SIZE, "description": "that many token indices"},
        "sequence": {**list_of(SIZE, "[T, d]", 2), "maxItems": 2, "description": "[T, d]"},
        "map": {**list_of(SIZE, "[C, L] and so on", 2), "maxItems": 4, "description": "[C, L]"},
    },
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
}
_COUNT_BUDGET: JsonSchema = {
    **COUNT, "type": ["integer", "string"], "pattern": COUNT_PATTERN,
    "title": "a count such as 13002, 15k, 1.5M or 7G",
}  # fmt: skip
_SIZE_BUDGET: JsonSchema = {
    **COUNT, "type": ["integer", "string"], "pattern": SIZE_PATTERN,
    "title": "a size such as 64 KiB, 4 MB or a number of bytes",
}  # fmt: skip
_SHARE: JsonSchema = {
    "type": ["number", "string"], "minimum": 0, "maximum": 1, "pattern": SHARE_PATTERN,
    "title": "a share such as 40% or 0.4",
}  # fmt: skip


def _map(
    description: str, example: JsonSchema, properties: dict[str, JsonSchema]
) -> JsonSchema:
    return {
        "type": "object", "title": "a map", "description": description,
        "properties": properties, "additionalProperties": False,
        "examples": [example],
    }  # fmt: skip


_EXACT = {**COUNT, "maximum": LARGEST, "title": "an exact whole number, without a unit"}
_EXPECT = _map(
    "what the network must be exactly; a difference is an error",
    {"params": 13002},
    {
        "params": {**_EXACT, "description": "weights and biases in all"},
        "trainable": {**_EXACT, "description": "those that are not frozen"},
        "active": {**_EXACT, "description": "those that one sample uses"},
        "macs": {**_EXACT, "description": "multiply-accumulates for one sample"},
        "output": {**SHAPE, "minItems": 0, "description": "the last layer's shape, no batch"},
    },
)
_BUDGET = _map(
    "limits: over is an error, near is a warning",
    {"params": "15k"},
    {
        "params": {**_COUNT_BUDGET, "description": "weights and biases in all"},
        "macs": {**_COUNT_BUDGET, "description": "multiply-accumulates for one sample"},
        "size": {**_SIZE_BUDGET, "description": "bytes of the weights at the dtype"},
        "layer_share": {**_SHARE, "description": "any one layer's share of the parameters"},
        "warn_at": {**_SHARE, "default": "90%", "description": "where near begins"},
    },
)

TOP_LEVEL: dict[str, JsonSchema] = {
    "nnlint": {
        "const": FORMAT_VERSION, "title": "1, the version of the format that this nnlint reads",
        "description": "marks a spec; the format's version",
    },
    "name": {"type": "string", "title": "text", "description": "the network's name"},
    "input": {**_INPUT, "description": "one sample's shape"},
    "inputs": {
        "type": "object", "title": "a map of names and shapes", "minProperties": 1,
        "propertyNames": {"pattern": IDENTIFIER}, "additionalProperties": _INPUT,
        "description": "several inputs by name; a layer takes one with from:",
    },
    "layers": {**LAYERS, "minItems": 1, "description": "the layers in their order"},
    "loss": {**one_of(*LOSSES), "title": "a loss of torch.nn",
             "description": "lets rules judge the last layer"},
    "dtype": {**one_of(*DTYPE_BITS), "title": "a dtype", "default": "float32",
              "description": "for sizes in bytes"},
    "expect": _EXPECT,
    "budget": _BUDGET,
}  # fmt: skip


def envelope(layer: JsonSchema) -> JsonSchema:
    """The spec's own keys, with `layer` as the schema of each layer."""
    layers = {**TOP_LEVEL["layers"], "items": layer}
    return {
        "type": "object",
        "title": "a map with the keys nnlint, input and layers",
        "required": ["nnlint", "layers"],
        "properties": {**TOP_LEVEL, "layers": layers},
        "additionalProperties": False,
        "if": {"type": "object", "not": {"required": ["inputs"]}},
        "then": {"required": ["input"]},
        "dependencies": {"inputs": {"not": {"required": ["input"]}}},
    }


def required_keys(layer: type[Layer]) -> list[str]:
    """The keys that the author must write."""
    return [key for key, value in layer.attributes.items() if value.required]


def fragment(layer: type[Layer]) -> JsonSchema:
    """The schema of one layer type, written as a map."""
    summary = (layer.__doc__ or "").partition("\n")[0]
    kind: JsonSchema = {
        "const": layer.__name__,
        "title": layer.__name__,
        "description": summary,
    }
    keys = {key: value.schema for key, value in layer.keys().items()}
    return {
        "type": "object",
        "required": ["type", *required_keys(layer)],
        "properties": {"type": kind, **keys},
        "additionalProperties": False,
    }


def _typed(layer: type[Layer]) -> JsonSchema:
    """If the map is of this type, then it has its keys; a bare name fires no `if`."""
    return {
        "if": {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"const": layer.__name__}},
        },
        "then": {"$ref": f"#/definitions/{layer.__name__}"},
    }


def _layer_schema() -> JsonSchema:
    types = layer_types()
    bare = [name for name, layer in types.items() if not required_keys(layer)]
    return {
        "type": ["object", "string"],
        "title": "a layer: a map with type, or the bare name of a layer",
        "allOf": [
            {"if": {"type": "string"}, "then": {"enum": bare}},
            {
                "if": {"type": "object"},
                "then": {"required": ["type"], "properties": {"type": {"enum": list(types)}}},
            },
            *map(_typed, types.values()),
        ],
    }


def json_schema() -> JsonSchema:
    """The whole schema, as `nnlint schema` prints it."""
    fragments = {name: fragment(layer) for name, layer in layer_types().items()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "nnlint spec",
        "description": "A neural-network architecture, one sample, no batch axis.",
        **envelope({"$ref": "#/definitions/layer"}),
        "definitions": {"layer": _layer_schema(), **fragments},
    }

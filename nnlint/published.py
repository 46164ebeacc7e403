"""Layers -> the JSON Schema (draft-07) of a spec.

The same fragments serve two readers: editors get one document with if/then for
each layer type; the linter takes the envelope and each layer's own fragment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Severity
from nnlint.layers import layer_types
from nnlint.layers.attribute import (
    COUNT,
    IDENTIFIER,
    LARGEST,
    LAYERS,
    NONE,
    OVERRIDES,
    SHAPE,
    SIZE,
    SOURCE,
    SOURCE_NAME,
    JsonSchema,
    list_of,
    one_of,
)
from nnlint.layers.base import COMMON, FOLLOW
from nnlint.losses import LOSSES
from nnlint.quantity import (
    COUNT_PATTERN,
    DTYPE_BITS,
    PERCENTAGE_PATTERN,
    SHARE_PATTERN,
    SIZE_PATTERN,
)

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
_PERCENTAGE: JsonSchema = {
    "type": ["number", "string"], "minimum": 0, "maximum": LARGEST,
    "pattern": PERCENTAGE_PATTERN, "title": "a percentage such as 5% or 2.5",
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
        "output": {
            **SHAPE, "minItems": 0, "type": ["array", "object"],
            "additionalProperties": {**SHAPE, "minItems": 0},
            "title": "a shape such as [10], or a map of output names and shapes",
            "description": "the last layer's shape, no batch; or that of each output",
        },
        "variants": {
            "type": "object", "title": "a map of variants and their parameters",
            "additionalProperties": _EXACT, "description": "params of each variant",
        },
    },
)  # fmt: skip
MOST_VARIANTS = 1_000
"""Each may be a network that is laid out and judged; nobody names more by hand."""
_NEAR = {**_SHARE, "default": "90%", "description": "where near begins"}


def _limit(kind: JsonSchema, description: str, *, sized: bool = False) -> JsonSchema:
    """A limit, alone or as a map with what belongs to it."""
    dtype = {"dtype": {**one_of(*DTYPE_BITS), "title": "a dtype",
                       "description": "default: the network's"}}  # fmt: skip
    return {
        **kind, "type": [*kind["type"], "object"],
        "description": f"{description}; or a map such as {{max: …, max_increase_pct: 5%}}",
        "additionalProperties": False, "minProperties": 1,
        "properties": {
            "max": {**kind, "description": "the most that there may be"},
            "max_increase": {**kind, "description": "the most that a change may add"},
            "max_increase_pct": {**_PERCENTAGE, "description": "the same, as a percentage"},
            "warn_at": _NEAR,
            "level": {**one_of(*(one.value for one in Severity)), "default": "error",
                      "title": "error, warning or info", "description": "of what is over"},
            "message": {"type": "string", "title": "text",
                        "description": "what to tell whoever breaks it"},
            **(dtype if sized else {}),
        },
    }  # fmt: skip


_LIMITS = {
    "params": _limit(_COUNT_BUDGET, "weights and biases in all"),
    "trainable": _limit(_COUNT_BUDGET, "parameters that are not frozen"),
    "biases": _limit(_COUNT_BUDGET, "biases alone"),
    "buffers": _limit(_COUNT_BUDGET, "numbers that are stored, not learned"),
    "macs": _limit(_COUNT_BUDGET, "multiply-accumulates for one sample"),
    "size": _limit(_SIZE_BUDGET, "bytes of the weights at the dtype", sized=True),
    "activations": _limit(_SIZE_BUDGET, "bytes of the activations at their peak", sized=True),
    "layer_share": _limit(_SHARE, "any one layer's share of the parameters"),
    "warn_at": _NEAR,
}
_BUDGET = _map(
    "limits: over is an error, near is a warning",
    {"params": "15k"},
    {
        **_LIMITS,
        "layers": {
            "type": "object", "title": "a map of layers and their limits",
            "description": "limits of single layers and parts, by name or pattern",
            "additionalProperties": _map("limits of each that fits", {"params": "1k"}, _LIMITS),
            "examples": [{"stem/*": {"params": "10k"}}],
        },
    },
)  # fmt: skip

_SCALAR: JsonSchema = {
    "type": ["integer", "number", "string", "boolean", "null"], "maximum": LARGEST,
    "minimum": -LARGEST, "title": "a number, a text, true, false or null",
}  # fmt: skip
VARIABLE = r"^(?!in$)[A-Za-z_][A-Za-z0-9_]*(?!\n)$"
"""A name that `$name` can ask for; `$in` is what reaches the layer."""
_VALUES: JsonSchema = {
    "type": "object", "propertyNames": {"pattern": VARIABLE}, "additionalProperties": _SCALAR,
    "title": "a map of names and values", "examples": [{"d": 768, "heads": 12}],
}  # fmt: skip
VARIANT = r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(?!\n)$"
"""A variant's name may begin with a digit: the field says 7b and 8x22b."""
REQUIRED_ARG = "required"
"""The default of a block's argument that each use must give."""
BLOCK_KEYS = ("name", "from", "repeat", "first", "shared", "trainable")
"""What a use of a block takes beside its arguments."""
_RESERVED = "|".join(("block", "type", "in", *BLOCK_KEYS))
_BLOCK: JsonSchema = {
    "type": "object", "title": "a map with layers, and args where it has any",
    "required": ["layers"], "additionalProperties": False,
    "examples": [{"args": {"width": "required"}, "layers": ["ReLU"]}],
    "properties": {
        "args": {
            **_VALUES,
            "propertyNames": {"pattern": rf"^(?!({_RESERVED})$)[A-Za-z_][A-Za-z0-9_]*(?!\n)$"},
            "title": "a map of arguments and their defaults",
            "description": "arguments with their defaults, or the word required",
        },
        "layers": {**LAYERS, "description": "its layers in their order"},
    },
}  # fmt: skip
_OUTPUT: JsonSchema = {
    **SOURCE, "type": ["string", "object"], "additionalProperties": False,
    "required": ["from"], "title": "the name of a layer, or a map with from and loss",
    "properties": {
        "from": {**SOURCE_NAME, "description": "the layer that it is, by name"},
        "loss": {**one_of(*LOSSES), "title": "a loss of torch.nn"},
    },
}  # fmt: skip

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
    "outputs": {
        "type": ["array", "object"], "items": SOURCE_NAME, "minItems": 1, "minProperties": 1,
        "propertyNames": {"pattern": IDENTIFIER}, "additionalProperties": _OUTPUT,
        "title": "a list of layer names, or a map of output names",
        "description": "what leaves the network; default: the last layer",
        "examples": [["logits"], {"main": "logits", "aux": {"from": "side"}}],
    },
    "vars": {**_VALUES, "description": "values that layers ask for with $name"},
    "variants": {
        "type": "object", "propertyNames": {"pattern": VARIANT},
        "additionalProperties": _VALUES, "maxProperties": MOST_VARIANTS,
        "title": "a map of variants, each a map of variables",
        "description": "other values of vars, chosen with --variant",
        "examples": [{"large": {"d": 1024}}],
    },
    "defaults": {
        "type": "object", "additionalProperties": OVERRIDES,
        "title": "a map of layer types, each a map of keys and values",
        "description": "values for every layer of a type that does not write its own",
        "examples": [{"Conv2d": {"bias": False, "norm": "BatchNorm2d", "act": "ReLU"}}],
    },
    "blocks": {
        "type": "object", "propertyNames": {"pattern": IDENTIFIER},
        "additionalProperties": _BLOCK, "title": "a map of blocks",
        "description": "parts that are written once and used with {block: name}",
        "examples": [{"mlp": {"layers": [{"type": "Linear", "out_features": 16}]}}],
    },
    "convention": {
        **one_of("torch", "keras"), "default": "torch", "description": "whose counting holds",
    },
    "dtype": {**one_of(*DTYPE_BITS), "title": "a dtype", "default": "float32",
              "description": "for sizes in bytes"},
    "expect": _EXPECT,
    "budget": _BUDGET,
}  # fmt: skip


def envelope(layer: JsonSchema) -> JsonSchema:
    """The spec's own keys, with `layer` as the schema of each layer."""
    layers = {**TOP_LEVEL["layers"], "items": layer}
    inside = {
        **_BLOCK["properties"],
        "layers": {**_BLOCK["properties"]["layers"], "items": layer},
    }
    blocks = {"additionalProperties": {**_BLOCK, "properties": inside}}
    return {
        "type": "object",
        "title": "a map with the keys nnlint, input and layers",
        "required": ["nnlint", "layers"],
        "properties": {
            **TOP_LEVEL,
            "layers": layers,
            "blocks": {**TOP_LEVEL["blocks"], **blocks},
        },
        "additionalProperties": False,
        "if": {"type": "object", "not": {"required": ["inputs"]}},
        "then": {"required": ["input"]},
        "dependencies": {"inputs": {"not": {"required": ["input"]}}},
    }


def default_keys(layer: type[Layer]) -> list[str]:
    """The keys that `defaults:` may give to every layer of the type."""
    own = [key for key in layer.attributes if key not in layer.holding_layers()]
    return [
        *own,
        *(FOLLOW if layer.takes_follow or "norm" in layer.attributes else ()),
        "trainable",
    ]


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
        "required": ["type", *layer.required()],
        "properties": {"type": kind, **keys},
        "additionalProperties": False,
    }


EXPRESSION: JsonSchema = {"type": "string", "pattern": r"\$"}
"""Computed before it is checked, so that the schema can only let it pass."""
FIXED = ("type", "block", "name", "first")
"""Keys of a layer whose value is never an expression."""


def _or_expression(kind: JsonSchema) -> JsonSchema:
    """The kind, or an expression, wherever a value may stand in it."""
    if "role" in kind:
        return _layer_or_none(kind)
    if "$ref" in kind or "$ref" in str(kind.get("items")):
        return kind
    inner = {key: _or_expression(kind[key]) for key in ("items", "additionalProperties")
             if isinstance(kind.get(key), dict)}  # fmt: skip
    if "properties" in kind:
        inner["properties"] = {k: _or_expression(v) for k, v in kind["properties"].items()}
    if "enum" in kind:
        return {**kind, "enum": None, "anyOf": [{"enum": kind["enum"]}, EXPRESSION]}
    types = kind["type"] if isinstance(kind["type"], list) else [kind["type"]]
    if "string" not in types:
        return {**kind, **inner, "type": [*types, "string"], "pattern": EXPRESSION["pattern"]}
    pattern = {"pattern": rf"{kind['pattern']}|\$"} if "pattern" in kind else {}
    return {**kind, **inner, **pattern}


def _without_enum(kind: JsonSchema) -> JsonSchema:
    return {key: value for key, value in kind.items() if not (key == "enum" and value is None)}


def _layer_or_none(kind: JsonSchema) -> JsonSchema:
    """A layer of that role, by name or as a map, or none."""
    own = [name for name, layer in layer_types().items() if layer.role == kind["role"]]
    named: JsonSchema = {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": own}},
    }
    words: JsonSchema = {
        key: kind[key] for key in ("title", "description", "default") if key in kind
    }
    whole = {"allOf": [named, {"$ref": "#/definitions/layer"}]}
    bare = [name for name in own if not layer_types()[name].required()]
    return {**words, "anyOf": [whole, {"enum": [*bare, NONE, None]}, EXPRESSION]}


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


def _use_schema() -> JsonSchema:
    """A use of a block: its arguments are the block's own."""
    keys = {key: _published(key, COMMON[key].schema) for key in BLOCK_KEYS}
    return {
        "type": "object",
        "required": ["block"],
        "properties": {"block": {"type": "string", "title": "the name of a block"}, **keys},
        "additionalProperties": _SCALAR,
        "not": {"required": ["type"]},
    }


def _layer_schema() -> JsonSchema:
    types = layer_types()
    bare = [name for name, layer in types.items() if not layer.required()]
    of_a_type = {"required": ["type"], "properties": {"type": {"enum": list(types)}}}
    a_block = {"required": ["block"]}
    return {
        "type": ["object", "string"],
        "title": "a layer: a map with type, or the bare name of a layer, or a use of a block",
        "allOf": [
            {"if": {"type": "string"}, "then": {"enum": bare}},
            {
                "if": {"type": "object"},
                "then": {"if": a_block, "then": {"$ref": "#/definitions/block"},
                         "else": of_a_type},
            },
            *map(_typed, types.values()),
        ],
    }  # fmt: skip


def _published(key: str, kind: JsonSchema) -> JsonSchema:
    return kind if key in FIXED else _without_enum(_or_expression(kind))


def _published_fragment(layer: type[Layer]) -> JsonSchema:
    """The layer's fragment, its values or expressions in their place."""
    own = fragment(layer)
    keys = {key: _published(key, value) for key, value in own["properties"].items()}
    return {**own, "properties": keys}


def _defaults_schema(fragments: dict[str, JsonSchema]) -> JsonSchema:
    """Of each type the keys that all its layers may have in common, none of them required."""
    return {
        **TOP_LEVEL["defaults"],
        "properties": {
            name: {
                "type": "object",
                "properties": {
                    key: own["properties"][key] for key in default_keys(layer_types()[name])
                },
                "additionalProperties": False,
            }
            for name, own in fragments.items()
        },
        "additionalProperties": False,
    }


def json_schema() -> JsonSchema:
    """The whole schema, as `nnlint schema` prints it."""
    fragments = {name: _published_fragment(layer) for name, layer in layer_types().items()}
    spec = envelope({"$ref": "#/definitions/layer"})
    shapes = {key: _or_expression(TOP_LEVEL[key]) for key in ("input", "inputs")}
    own = {**spec["properties"], **shapes, "defaults": _defaults_schema(fragments)}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "nnlint spec",
        "description": "A neural-network architecture, one sample, no batch axis.",
        **spec,
        "properties": own,
        "definitions": {"layer": _layer_schema(), "block": _use_schema(), **fragments},
    }

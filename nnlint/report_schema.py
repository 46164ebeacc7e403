"""The JSON Schemas (draft-07) of what `--format json` prints: a report, or a diff.

formats/json.py describes the layout in words and writes it; here each of its objects is a map
from its keys to what they hold. Every key is always there, and no other is.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from nnlint.finding import Applies, Severity

JsonSchema: TypeAlias = dict[str, Any]

TEXT: JsonSchema = {"type": "string"}
FLAG: JsonSchema = {"type": "boolean"}
NUMBER: JsonSchema = {"type": "number"}
COUNT: JsonSchema = {"type": "integer", "minimum": 0}
ORDINAL: JsonSchema = {"type": "integer", "minimum": 1}
STATES = ("ok", "near", "over", "unknown")
STATUSES = ("linted", "skipped", "unreadable")


def report_schema() -> JsonSchema:
    """The schema of a report."""
    return _document("nnlint report", "What `nnlint --format json` prints.", DOCUMENT)


def diff_schema() -> JsonSchema:
    """The schema of a diff."""
    words = "What `nnlint diff --format json` prints."
    return _document("nnlint diff", words, DIFF_DOCUMENT, CHANGES)


def _document(
    title: str,
    words: str,
    keys: dict[str, JsonSchema],
    more: dict[str, dict[str, JsonSchema]] | None = None,
) -> JsonSchema:
    definitions = {**DEFINITIONS, **(more or {})}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": title,
        "description": words,
        **_object(keys),
        "definitions": {name: _object(keys) for name, keys in definitions.items()},
    }


def _object(keys: dict[str, JsonSchema]) -> JsonSchema:
    """An object with all of these keys and no other."""
    return {
        "type": "object",
        "properties": keys,
        "required": list(keys),
        "additionalProperties": False,
    }


def _list(item: JsonSchema) -> JsonSchema:
    return {"type": "array", "items": item}


def _map(value: JsonSchema) -> JsonSchema:
    """An object whose keys are names of the spec."""
    return {"type": "object", "additionalProperties": value}


def _some(name: str) -> JsonSchema:
    return {"$ref": f"#/definitions/{name}"}


def _or_null(schema: JsonSchema) -> JsonSchema:
    return {"anyOf": [schema, {"type": "null"}]}


def _one_of(*words: str) -> JsonSchema:
    return {"enum": list(words)}


def _described(schema: JsonSchema, words: str) -> JsonSchema:
    return {**schema, "description": words}


PATH = _described(
    _list({"type": ["string", "integer"]}), "keys and indices that lead to a place in the spec"
)
SHAPE = _described(_or_null(_list(COUNT)), "without the batch axis; null: not known")
STATED = {"type": ["integer", "array", "string", "null"], "items": COUNT}
COMPLETE = _described(FLAG, "false: something is unknown, and the counts are at least these")
PLACE = {"line": ORDINAL, "column": ORDINAL, "end_line": ORDINAL, "end_column": ORDINAL}
"""From 1, the end exclusive."""

DOCUMENT: dict[str, JsonSchema] = {
    "version": _described({"const": 1}, "of this layout"),
    "nnlint": _described(TEXT, "the program's version"),
    "summary": _some("summary"),
    "files": _list(_some("file")),
}

FINDING: dict[str, JsonSchema] = {
    "code": {"type": "string", "pattern": "^NN[0-9]{3}$"},
    "name": _described(TEXT, "the rule's name"),
    "severity": _one_of(*(severity.value for severity in Severity)),
    "message": TEXT,
    "help": _described(_or_null(TEXT), "how to mend it"),
    "note": _described(_or_null(TEXT), "what explains it further"),
    "path": PATH,
    **PLACE,
    "url": _described(_or_null(TEXT), "the rule's page"),
    "related": _list(_some("related")),
    "fix": _or_null(_some("fix")),
}

NETWORK: dict[str, JsonSchema] = {
    "name": _or_null(TEXT),
    "inputs": _map(SHAPE),
    "output": SHAPE,
    "outputs": _map(_some("output")),
    "variant": _described(_or_null(TEXT), "the one that was asked for; null: the base"),
    "dtype": TEXT,
    "layers": _list(_some("layer")),
    "totals": _some("totals"),
    "activations": _some("activations"),
    "budget": _list(_some("limit")),
    "expect": _list(_some("expectation")),
    "variants": _described(_list(_some("variant")), "those that were checked beside it"),
}

LAYER: dict[str, JsonSchema] = {
    "index": _described(ORDINAL, "the # of the table"),
    "type": TEXT,
    "name": _or_null(TEXT),
    "path": PATH,
    "groups": _described(_list(_some("group")), "the parts around it, the outermost first"),
    "count": _described(COUNT, "equal copies; the counts are those of all of them"),
    "inputs": _list(SHAPE),
    "output": SHAPE,
    "bias": _described(_or_null(FLAG), "null: it can have none"),
    "trainable": FLAG,
    "weights": COUNT,
    "biases": COUNT,
    "moving": COUNT,
    "params": COUNT,
    "active": COUNT,
    "tied_to": _or_null(PATH),
    "buffers": COUNT,
    "complete": COMPLETE,
    "macs": _described(_or_null(COUNT), "null: not known"),
    "derivation": _or_null(TEXT),
}

TOTALS: dict[str, JsonSchema] = {
    **dict.fromkeys(
        ("weights", "biases", "params", "trainable", "frozen", "active", "embedding", "tied",
         "moving", "buffers", "bytes"),
        COUNT,
    ),
    "complete": COMPLETE,
    "macs": COUNT,
    "macs_complete": COMPLETE,
}  # fmt: skip

DEFINITIONS: dict[str, dict[str, JsonSchema]] = {
    "summary": dict.fromkeys(
        ("linted", "skipped", "unreadable", "errors", "warnings", "infos", "ignored", "known"),
        COUNT,
    ),
    "file": {
        "path": TEXT,
        "status": _one_of(*STATUSES),
        "reason": _described(_or_null(TEXT), "null where it was linted"),
        "findings": _list(_some("finding")),
        "network": _or_null(_some("network")),
    },
    "finding": FINDING,
    "related": {**PLACE, "message": TEXT},
    "fix": {
        "applies": _one_of(*(kind.value for kind in Applies)),
        "replacements": _list(_some("replacement")),
    },
    "replacement": {**PLACE, "text": TEXT},
    "network": NETWORK,
    "output": {"shape": SHAPE, "loss": _or_null(TEXT)},
    "layer": LAYER,
    "group": {"type": TEXT, "name": _or_null(TEXT), "count": COUNT},
    "totals": TOTALS,
    "activations": {
        "peak": COUNT,
        "total": COUNT,
        "bytes_at_peak": COUNT,
        "complete": COMPLETE,
        "rule": TEXT,
    },
    "limit": {
        "metric": TEXT,
        "layer": _described(_or_null(TEXT), "null: the network"),
        "dtype": _described(_or_null(TEXT), "of sizes; null: the network's"),
        "level": _one_of(*(severity.value for severity in Severity)),
        "used": NUMBER,
        "limit": NUMBER,
        "left": NUMBER,
        "warn_at": NUMBER,
        "origin": _described(_or_null(TEXT), "the file that sets it; null: the spec"),
        "state": _one_of(*STATES),
    },
    "expectation": {
        "key": TEXT,
        "expected": STATED,
        "real": STATED,
        "holds": _described(_or_null(FLAG), "null: nobody knows"),
    },
    "variant": {
        "name": _or_null(TEXT),
        "params": COUNT,
        "macs": COUNT,
        "complete": COMPLETE,
        "macs_complete": COMPLETE,
        "budget": _list(_some("limit")),
        "expect": _list(_some("expectation")),
    },
}

BOTH = _described(_or_null(COUNT), "null: there is none, or it is not known")
COSTS = {key: _some("step") for key in ("params", "macs", "size")}
KINDS = ("changed", "added", "removed", "renamed", "same", "unreadable")

DIFF_DOCUMENT: dict[str, JsonSchema] = {
    "version": _described({"const": 1}, "of this layout"),
    "nnlint": _described(TEXT, "the program's version"),
    "base": _described(TEXT, "what it is compared with: a revision or a file"),
    "summary": _some("diff_summary"),
    "reconfigured": _described(
        _list(TEXT), "configuration files that do not say what they said, budgets apart"
    ),
    "specs": _list(_some("spec")),
}

CHANGES: dict[str, dict[str, JsonSchema]] = {
    "diff_summary": dict.fromkeys((*KINDS, "new", "standing", "fixed"), COUNT),
    "spec": {
        "path": TEXT,
        "old_path": _described(_or_null(TEXT), "null: it is new"),
        "kind": _one_of(*KINDS),
        "reason": _described(_or_null(TEXT), "why it could not be read"),
        "new": _described(_list(_some("finding")), "findings that the base does not have"),
        "standing": _described(
            _list(_some("finding")), "errors about budgets that the base has too"
        ),
        "fixed": _described(_list(_some("finding")), "places are those of the base"),
        "budget": _list(_some("limit")),
        "loosened": _described(_list(_some("loosened")), "limits that the change raises"),
        "silenced": _described(COUNT, "findings that its comments silence beyond the base's"),
        "networks": _described(_list(_some("change")), "the spec's own, then its variants"),
    },
    "loosened": {"was": _some("bound"), "now": _or_null(_some("bound"))},
    "bound": {
        "metric": TEXT,
        "layer": _described(_or_null(TEXT), "the pattern; null: the network"),
        "dtype": _described(_or_null(TEXT), "of sizes; null: the network's"),
        "key": _one_of("max", "max_increase", "max_increase_pct"),
        "limit": NUMBER,
        "level": _one_of(*(severity.value for severity in Severity)),
        "origin": _described(_or_null(TEXT), "the file that sets it; null: the spec"),
    },
    "change": {
        "variant": _or_null(TEXT),
        "differences": _described(_list(_some("difference")), "of the whole network"),
        **COSTS,
        "layers": _described(_list(_some("layer_change")), "those that are not as they were"),
    },
    "layer_change": {
        "kind": _one_of("added", "removed", "changed"),
        "layer": _described(TEXT, "its name, or its type and its # in the table"),
        "type": TEXT,
        "path": PATH,
        "index": {
            **_object({"base": _or_null(ORDINAL), "now": _or_null(ORDINAL)}),
            "description": "the # of the table",
        },
        "differences": _list(_some("difference")),
        **COSTS,
    },
    "difference": {"key": TEXT, "before": _or_null(TEXT), "after": _or_null(TEXT)},
    "step": {
        "base": BOTH,
        "now": BOTH,
        "change": _described({"type": ["integer", "null"]}, "null: not known"),
    },
}

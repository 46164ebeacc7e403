"""A key that its map does not take: what it was meant to be."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from nnlint.expression import is_expression
from nnlint.layers import layer_types
from nnlint.layers.base import PROGRAM_KEYWORDS
from nnlint.schema.remedy import Remedy, meant, write
from nnlint.schema.unknown_layers import meant_layer
from nnlint.schema.validation import fits
from nnlint.wording import listed, nearest, quoted

if TYPE_CHECKING:
    from nnlint.layers.attribute import JsonSchema
    from nnlint.layers.base import Layer
    from nnlint.schema.validation import Breach

LAYERS_OF_THEIR_OWN = {"activation": "an activation", "act": "an activation", "norm": "a norm"}
"""Words for layers that other tools write as attributes of the layer before."""

FOLLOWING = {"activation": ("act", "ReLU"), "normalization": ("norm", "BatchNorm2d")}
"""The same on layers that do take them: under which key, and an example."""


def unknown_key(
    key: str, breach: Breach, what: str, layer: type[Layer] | None
) -> tuple[str, Remedy]:
    """What to say of the key, and how to mend it.

    Args:
        key: one that its map does not take.
        breach: of the map's `additionalProperties`.
        what: takes no such key, in words.
        layer: the type of the layer, where it is one.
    """
    if layer and key in PROGRAM_KEYWORDS:
        message = f"{key} belongs to the program, not to the network"
        return message, Remedy(PROGRAM_KEYWORDS[key])
    beside = _layer_beside(key, breach.value[key], layer) if layer else None
    if beside is None and (ours := key_for_keras(key, layer)):
        return f"{key} is Keras' word", write(ours)
    return f"{what} takes no key {quoted(key)}", beside or _likely(key, breach, layer)


def _likely(key: str, breach: Breach, layer: type[Layer] | None) -> Remedy:
    word = meant_key(key, breach, layer)
    known = breach.schema["properties"]
    return meant(word) if word else Remedy(f"it takes {listed(known, 'and')}")


def _layer_beside(key: str, value: Any, layer: type[Layer]) -> Remedy | None:
    """Where the layer goes that was written as an attribute."""
    if layer.takes_follow and key in FOLLOWING:
        word, example = FOLLOWING[key]
        named = meant_layer(str(value)) if word == "act" else None
        return Remedy(f"write {word}: {named or example}", word)
    lower = key.lower()
    own = _layers_by_lower().get(lower, LAYERS_OF_THEIR_OWN.get(lower))
    return Remedy(f"{own} is a layer of its own, after this one") if own else None


@cache
def _layers_by_lower() -> dict[str, str]:
    return {name.lower(): name for name in layer_types()}


def key_for_keras(word: str, layer: type[Layer] | None) -> str | None:
    """The key that Keras calls by that word."""
    own = layer.keys().items() if layer else ()
    return next((key for key, attribute in own if word in attribute.keras), None)


def meant_key(key: str, breach: Breach, layer: type[Layer] | None) -> str | None:
    """The key that an unknown one was most likely meant as.

    The nearest that takes its value; else one that is missing, takes it, and is alike.
    """
    known: JsonSchema = breach.schema["properties"]
    if ours := key_for_keras(key, layer):
        return ours
    word = nearest(key, known)
    if layer is None or (word and _takes(known[word], breach.value[key])):
        return word
    alike = _missing_and_alike(key, breach)
    return alike[0] if len(alike) == 1 else word


def _missing_and_alike(key: str, breach: Breach) -> list[str]:
    """The missing keys that the unknown one may be meant as.

    They share a word with it, or both hold layers.
    """
    value, known = breach.value[key], breach.schema["properties"]
    return [
        one
        for one in breach.schema.get("required", ())
        if one not in breach.value
        and _takes(known[one], value)
        and (isinstance(value, list) or key in one or one in key)
    ]


def _takes(kind: JsonSchema, value: Any) -> bool:
    return is_expression(value) or fits(kind, value)

"""A key that its map does not take: what it was meant to be."""

from __future__ import annotations

import re
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
    from nnlint.schema.breaches import Breach

LAYERS_OF_THEIR_OWN = {"activation": "an activation", "act": "an activation", "norm": "a norm"}
"""Words for layers that other tools write as attributes of the layer before."""

NO_ACTIVATION = ("linear", "identity", "none")
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
    beside = _layer_beside(key, breach, layer) if layer else None
    if beside is None and (ours := key_for_keras(key, layer)):
        return f"{key} is Keras' word", _for_keras(ours, key, breach, layer)
    return f"{what} takes no key {quoted(key)}", beside or _likely(key, breach, layer)


def _for_keras(ours: str, key: str, breach: Breach, layer: type[Layer] | None) -> Remedy:
    """Our key; surely, where its value can go on under it, or is a text that is mended next."""
    value, kind = breach.value[key], breach.schema["properties"][ours]
    if ours in breach.value:
        return Remedy(f"leave it out: {ours} is there already")
    if layer and layer.unlike_keras:
        return Remedy(f"write {ours}: {layer.unlike_keras}", ours)
    if isinstance(value, str) or _takes(kind, value):
        return write(ours, sure=True)
    return Remedy(f"write {ours}, with {kind.get('title', 'another value')}", ours)


def _likely(key: str, breach: Breach, layer: type[Layer] | None) -> Remedy:
    known = breach.schema["properties"]
    name, colon, value = key.partition(":")
    if colon and name in known:
        return Remedy(f"a space is missing after the colon: write `{name}: {value}`")
    if re.fullmatch(r"\d+\)", key):
        return Remedy("a list has square brackets: write [3, 3], not (3, 3)")
    word = meant_key(key, breach, layer)
    return meant(word, key) if word else Remedy(f"it takes {listed(known, 'and')}")


def _layer_beside(key: str, breach: Breach, layer: type[Layer]) -> Remedy | None:
    """Where the layer goes that was written as an attribute."""
    if layer.takes_follow and key in FOLLOWING:
        return _following(key, breach)
    lower = key.lower()
    own = _layers_by_lower().get(lower, LAYERS_OF_THEIR_OWN.get(lower))
    return Remedy(f"{own} is a layer of its own, after this one") if own else None


def _following(key: str, breach: Breach) -> Remedy:
    """`activation: relu` is `act: ReLU`."""
    word, example = FOLLOWING[key]
    written = str(breach.value[key])
    if written.lower() in NO_ACTIVATION:
        return Remedy("leave it out: that is none")
    named = meant_layer(written) if word == "act" else None
    words = f"write {word}: {named or example}"
    role = layer_types()[named].role if named else None
    if named and role == "activation" and named.lower() == written.lower():
        return Remedy(words, word, word not in breach.value, beside=named)
    return Remedy(words, word)


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
    alike = _missing_and_alike(key, breach) if layer else []
    if len(alike) == 1 and (word is None or _gives_way(word, breach.value[key], breach, layer)):
        return alike[0]
    return word


def _gives_way(word: str, value: Any, breach: Breach, layer: type[Layer] | None) -> bool:
    """Whether the nearest word is less likely than one that is missing."""
    attribute = layer.keys().get(word) if layer else None
    inferred = attribute is not None and attribute.stated
    return inferred or not _takes(breach.schema["properties"][word], value)


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

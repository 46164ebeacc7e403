"""A layer type that is none: what it was meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers import keras_families, layer_types
from nnlint.schema.remedy import Remedy, meant, problem, write
from nnlint.wording import listed, nearest, quoted

if TYPE_CHECKING:
    from nnlint.finding import Path, Problem

KERAS_HABITS = {
    "Activation": "write the function itself as a layer: ReLU",
    "Bidirectional": "write bidirectional: true on the LSTM, GRU or RNN itself",
    "DepthwiseConv2D": "write Conv2d with groups: $in and out_channels: $in",
    "SeparableConv2D": "write two: Conv2d with groups: $in, then Conv2d with kernel_size: 1",
    "TimeDistributed": "write the layer itself: Linear takes every position alike",
    "Input": "write input: with a shape at the top of the spec",
    "InputLayer": "write input: with a shape at the top of the spec",
}
"""Layers of Keras that are none here, and what to write instead."""


def unknown_layer(name: str, path: Path, *, on_key: bool = False) -> Problem:
    """The problem of a type that is none."""
    if remedy := _from_keras(name):
        return problem("NN121", path, f"{name} is Keras' name", remedy, on_key=on_key)
    message = f"there is no layer type {quoted(name)}"
    return problem("NN120", path, message, _likely(name), on_key=on_key)


def _from_keras(name: str) -> Remedy | None:
    if habit := KERAS_HABITS.get(name):
        return Remedy(habit)
    ours = keras_families().get(name, ())
    if len(ours) > 1:
        return Remedy(f"write {listed(ours)}")
    return _ours(ours[0]) if ours else None


def _ours(name: str) -> Remedy:
    """Our name; where more than the name differs, the rest in words."""
    unlike = layer_types()[name].unlike_keras
    return Remedy(f"write {name}: {unlike}", name) if unlike else write(name, sure=True)


def _likely(name: str) -> Remedy:
    if word := meant_layer(name):
        return meant(word, name)
    if family := meant_family(name):
        return Remedy(f"did you mean {listed(family)}?")
    return Remedy("`nnlint explain layers` lists all layers")


def meant_layer(name: str) -> str | None:
    """The nearest layer, where the name means one."""
    word = nearest(name, layer_types())
    return word if word and not _leaves_axes_open(name, word) else None


def meant_family(name: str) -> list[str]:
    """The nearest layers, where the name leaves the number of axes open: `Conv`."""
    word = nearest(name, layer_types())
    if word is None or not _leaves_axes_open(name, word):
        return []
    return [one for one in layer_types() if one[:-2] == word[:-2] and one[-1] == "d"]


def _leaves_axes_open(name: str, word: str) -> bool:
    return word[-2:] in ("1d", "2d", "3d") and not any(map(str.isdigit, name))

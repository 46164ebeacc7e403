"""Mistakes in the writing: spelling, other frameworks' words, types, YAML itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.mutation.kind import kind
from tests.mutation.tree import Mutation, Site, Spec, drop, put, splice

if TYPE_CHECKING:
    from collections.abc import Iterator

KERAS_TYPES = {
    "Linear": "Dense", "Conv2d": "Conv2D", "MaxPool2d": "MaxPooling2D",
    "AvgPool2d": "AveragePooling2D", "AdaptiveAvgPool2d": "GlobalAveragePooling2D",
    "BatchNorm2d": "BatchNormalization", "LayerNorm": "LayerNormalization",
    "ConvTranspose2d": "Conv2DTranspose", "MultiheadAttention": "MultiHeadAttention",
}  # fmt: skip
KERAS_KEYS = {
    "out_features": "units", "out_channels": "filters", "p": "rate", "act": "activation",
    "stride": "strides", "num_embeddings": "input_dim", "embedding_dim": "output_dim",
}  # fmt: skip
NUMBERS = ("out_features", "out_channels", "kernel_size", "num_embeddings", "hidden_size")
REQUIRED = (*NUMBERS, "embedding_dim", "num_heads", "hidden_features", "top_k", "index")


def renamed(site: Site, old: str, new: str) -> Mutation:
    """A key of the layer under another name."""
    layer = {new if key == old else key: value for key, value in site.layer.items()}
    return splice(site.path, 1, [layer], f"{site.label}: {new} for {old}")


def keyed(spec: Spec, keys: tuple[str, ...]) -> Iterator[tuple[Site, str]]:
    """The layers that have such a key, as the author wrote it."""
    for site in spec.layers():
        yield from ((site, key) for key in keys if key in site.layer and site.type)


def swapped_letters(word: str) -> str:
    """The word with two letters in the middle the other way round, or one fewer."""
    half = len(word) // 2
    turned = word[: half - 1] + word[half] + word[half - 1] + word[half + 1 :]
    return turned if turned != word else word[:-1]


@kind("NN103")
def key_misspelt(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        for key in site.layer if not isinstance(site.written, str) else ():
            if key not in ("type", "block") and site.type and len(key) > 2:
                yield renamed(site, key, swapped_letters(key))


@kind("NN103")
def argument_misspelt(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        for key in spec.data.get("blocks", {}).get(site.layer.get("block"), {}).get("args", {}):
            if key in site.layer and len(key) > 2:
                yield renamed(site, key, swapped_letters(key))


@kind("NN102")
def argument_forgotten(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        args = spec.data.get("blocks", {}).get(site.layer.get("block"), {}).get("args", {})
        for key, default in args.items():
            if default == "required" and key in site.layer:
                yield site.without(key)


@kind("NN120")
def layer_misspelt(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        if site.type:
            yield site.replaced({**site.layer, "type": swapped_letters(site.type)})


@kind("NN120")
def layer_in_lower_case(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        if site.type:
            yield site.replaced({**site.layer, "type": site.type.lower()})


@kind("NN121")
def layer_of_keras(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers(*KERAS_TYPES):
        yield site.replaced({**site.layer, "type": KERAS_TYPES[site.type]})


@kind("NN121", "NN120")
def default_of_keras(spec: Spec) -> Iterator[Mutation]:
    for name in spec.data.get("defaults", {}):
        if name in KERAS_TYPES:
            new = {
                KERAS_TYPES[one] if one == name else one: kept
                for one, kept in spec.data["defaults"].items()
            }
            yield put(("defaults",), new, f"defaults: {KERAS_TYPES[name]} for {name}")


@kind("NN103")
def key_of_keras(spec: Spec) -> Iterator[Mutation]:
    for site, key in keyed(spec, tuple(KERAS_KEYS)):
        yield renamed(site, key, KERAS_KEYS[key])


@kind("NN103")
def key_of_the_program(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("LSTM", "GRU", "MultiheadAttention"):
        yield site.with_key("batch_first", True)


@kind("NN102")
def key_forgotten(spec: Spec) -> Iterator[Mutation]:
    for site, key in keyed(spec, REQUIRED):
        if site.type != "PositionEmbedding":  # whose table is as long as its tokens
            yield site.without(key)


@kind("NN102")
def type_forgotten(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        if "type" in site.layer and len(site.layer) > 1:
            yield site.without("type")


def numbers(spec: Spec) -> Iterator[tuple[Site, str, int]]:
    for site, key in keyed(spec, NUMBERS):
        if isinstance(site.layer[key], int):
            yield site, key, site.layer[key]


@kind("NN101")
def number_quoted(spec: Spec) -> Iterator[Mutation]:
    for site, key, value in numbers(spec):
        yield site.with_key(key, str(value))


@kind("NN101")
def number_with_a_point(spec: Spec) -> Iterator[Mutation]:
    for site, key, value in numbers(spec):
        yield site.with_key(key, value + 0.5)


@kind("NN106")
def number_negative(spec: Spec) -> Iterator[Mutation]:
    for site, key, value in numbers(spec):
        yield site.with_key(key, -value)


@kind("NN106")
def number_zero(spec: Spec) -> Iterator[Mutation]:
    for site, key, _ in numbers(spec):
        yield site.with_key(key, 0)


@kind("NN101")
def expression_without_dollar(spec: Spec) -> Iterator[Mutation]:
    for site, key in keyed(spec, REQUIRED):
        if "$" in str(site.layer[key]):
            yield site.with_key(key, site.layer[key].replace("$", ""))


@kind("NN115")
def variable_misspelt(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        for key, value in site.layer.items():
            found = re.search(r"\$(\w{3,})", value) if isinstance(value, str) else None
            if found:
                yield site.with_key(key, value.replace(found[1], found[1][:-1]))


@kind("NN114")
def division_with_a_rest(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        for key, value in site.layer.items():
            if isinstance(value, str) and "/" in value and "//" not in value:
                yield site.with_key(key, value.split("/", maxsplit=1)[0] + "/7")


@kind("NN122")
def block_misspelt(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        if "block" in site.layer and len(site.layer["block"]) > 2:
            yield site.with_key("block", site.layer["block"][:-1])


@kind("NN101")
def positional_arguments(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("Linear"):
        yield site.replaced(["Linear", site.layer["out_features"]])


@kind("NN120", "NN104")
def activation_misspelt(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        if isinstance(site.layer.get("act"), str) and site.layer["act"] != "none":
            yield site.with_key("act", site.layer["act"].lower())


@kind("NN104")
def loss_misspelt(spec: Spec) -> Iterator[Mutation]:
    if "loss" in spec.data:
        yield put(("loss",), spec.data["loss"].replace("Loss", ""))


@kind("NN103", "NN102")
def top_key_misspelt(spec: Spec) -> Iterator[Mutation]:
    for key in ("layers", "vars", "blocks", "defaults", "loss", "input"):
        if key in spec.data:
            yield _top(spec, key, swapped_letters(key))


def _top(spec: Spec, old: str, new: str) -> Mutation:
    def change(data: Any) -> None:
        items = [(new if key == old else key, value) for key, value in data.items()]
        data.clear()
        data.update(items)

    return Mutation((old,), f"{new} for {old}", change)


@kind("NN105")
def version_unknown(spec: Spec) -> Iterator[Mutation]:
    yield put(("nnlint",), 2)


@kind("NN102")
def input_forgotten(spec: Spec) -> Iterator[Mutation]:
    yield drop(("input" if "input" in spec.data else "inputs",))


@kind("NN108", "NN101", "NN104", "NN106")
def input_with_the_batch(spec: Spec) -> Iterator[Mutation]:
    if isinstance(spec.data.get("input"), list):
        yield put(("input",), [None, *spec.data["input"]])


# In the text: what YAML itself makes of a slip


def replaced(spec: Spec, pattern: str, new: str, what: str) -> Iterator[Mutation]:
    """Each place where the pattern is found in the text of the data."""
    text = spec.text(spec.undeclared)
    for found in re.finditer(pattern, text):
        line = text.count("\n", 0, found.start()) + 1
        changed = text[: found.start()] + found.expand(new) + text[found.end() :]
        yield Mutation((f"line {line}",), what, _whole(changed))


def _whole(text: str) -> Any:
    def change(data: list[str]) -> None:
        data[0] = text

    return change


@kind("NN012", "NN101", in_text=True)
def no_for_false(spec: Spec) -> Iterator[Mutation]:
    yield from replaced(spec, r"\bbias: false", "bias: no", "bias: no")


@kind("NN012", "NN101", in_text=True)
def underscore_in_a_number(spec: Spec) -> Iterator[Mutation]:
    yield from replaced(spec, r"(: \d{2})(\d{3})\b", r"\1_\2", "50_257")


@kind("NN008", in_text=True)
def key_written_twice(spec: Spec) -> Iterator[Mutation]:
    yield from replaced(spec, r"((?:out_features|stride): [^,}\n]+)[,}]", r"\1, \g<0>", "twice")


@kind("NN002", in_text=True)
def brace_forgotten(spec: Spec) -> Iterator[Mutation]:
    yield from replaced(spec, r"\}\n", "\n", "a line without its }")


@kind("NN002", in_text=True)
def colon_forgotten(spec: Spec) -> Iterator[Mutation]:
    yield from replaced(spec, r"\n(layers|blocks):", r"\n\1", "a key without its colon")


@kind("NN101", "NN102", "NN103", in_text=True)
def space_behind_a_colon_forgotten(spec: Spec) -> Iterator[Mutation]:
    yield from replaced(spec, r"(out_\w+|kernel_size): ", r"\1:", "no space behind the colon")


@kind("NN002", in_text=True)
def tab_for_spaces(spec: Spec) -> Iterator[Mutation]:
    yield from replaced(spec, r"\n  - ", "\n\t- ", "a tab at the start of a line")

"""The schema's findings: one code a keyword, at its place; the published schema agrees."""

from __future__ import annotations

import copy
import pathlib
import re
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, validators

from nnlint import document, published, schema
from nnlint.layers import keras_names, layer_types
from nnlint.layers.base import PROGRAM_KEYWORDS
from nnlint.losses import KERAS_LOSSES, LOSSES
from nnlint.schema import breaches, unknown_keys, unknown_layers, validation, wrong_values
from nnlint.schema.messages import KEYWORD_CODES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path


MARK = "¦"
"""Stands in a test's text where the finding is expected; it is not part of the text."""
HEAD = "nnlint: 1\ninput: [4]\n"
TAIL = "layers: [ReLU]\n"


class Said(NamedTuple):
    """What a problem says, and where."""

    code: str
    line: int
    column: int
    message: str
    help: str | None


def said(text: str) -> list[Said]:
    read = document.read(text)
    found = []
    for problem in schema.check(read.data).problems:
        span = read.locate(problem.path, on_key=problem.on_key)
        found.append(Said(problem.code, span.line, span.column, problem.message, problem.help))
    return found


def marked(text: str) -> tuple[str, int, int]:
    """The text without its mark, and the mark's line and column."""
    before, _, after = text.partition(MARK)
    return before + after, before.count("\n") + 1, len(before) - before.rfind("\n")


def layer(text: str) -> str:
    return f"{HEAD}layers:\n  - {text}\n"


# --- one finding, with its code, place and words --------------------------------------------

SIZES = "a whole number, 1 or more"
COUNTS = "a count such as 13002, 15k, 1.5M or 7G"
SHAPES = "a shape such as [784] or [3, 224, 224], without the batch axis"
LAYERS = "for example [{type: Linear, out_features: 16}, ReLU]"
NAMES = "a name of letters, digits, _ and -, that begins with a letter or _"
INNER = "{{type: Sequential, layers: [{{type: Sequential, layers: [{}]}}]}}"
FINDINGS: list[tuple[str, str, str, str | None]] = [
    # type
    (f"{HEAD}layers: ¦{{a: b}}\n", "NN101",
     "layers is a map, but expected a list of layers", LAYERS),
    (f"{HEAD}{TAIL}name: ¦7\n", "NN101", "name is the number 7, but expected text", None),
    (f"{HEAD}{TAIL}expect: ¦5\n", "NN101", "expect is the number 5, but expected a map",
     "write {params: 5}"),
    ("nnlint: 1\ninput: ¦x\n" + TAIL, "NN101",
     f"input is the text 'x', but expected {SHAPES}", None),
    (layer('{type: Linear, out_features: ¦"16"}'), "NN101",
     f"out_features is the text '16', but expected {SIZES}", "remove the quotes: 16"),
    (layer("{type: Linear, out_features: ¦16.0}"), "NN101",
     f"out_features is the decimal number 16.0, but expected {SIZES}", "write 16"),
    (layer("{type: Linear, out_features: ¦16.5}"), "NN101",
     f"out_features is the decimal number 16.5, but expected {SIZES}", None),
    (layer("{type: Linear, out_features: ¦.inf}"), "NN101",
     f"out_features is the decimal number inf, but expected {SIZES}", None),
    (layer("{type: Linear, out_features: ¦true}"), "NN101",
     f"out_features is true, but expected {SIZES}", None),
    (layer("{type: Linear, out_features: ¦}"), "NN101",
     f"out_features is empty (null), but expected {SIZES}", None),
    (layer("{type: Linear, out_features: ¦[]}"), "NN101",
     f"out_features is an empty list, but expected {SIZES}", None),
    (layer("{type: Linear, out_features: 4, bias: ¦no}"), "NN101",
     "bias is the text 'no', but expected true or false", "write false"),
    (layer("{type: Linear, out_features: 4, bias: ¦1}"), "NN101",
     "bias is the number 1, but expected true or false", "write true"),
    (layer("{type: Linear, out_features: 4, bias: ¦maybe}"), "NN101",
     "bias is the text 'maybe', but expected true or false", None),
    (layer("{type: LeakyReLU, negative_slope: ¦.nan}"), "NN101",
     "negative_slope is the decimal number nan, but expected a number", None),
    (layer('{type: LeakyReLU, negative_slope: ¦"0.1"}'), "NN101",
     "negative_slope is the text '0.1', but expected a number", "remove the quotes: 0.1"),
    (layer("¦7"), "NN101",
     "a layer is a map with type, or a bare name, but this is the number 7",
     "write {type: Linear, out_features: 16}"),
    (layer("{type: ¦[ReLU]}"), "NN101",
     "type is a list of 1, but expected the name of a layer", None),
    ("¦text\n", "NN101",
     "the file is the text 'text', but expected a map with the keys nnlint, input and layers",
     None),
    # required
    ("¦nnlint: 1\ninput: [4]\n", "NN102", "a spec needs layers",
     "write `layers:` with a list of layers"),
    (f"¦input: [4]\n{TAIL}", "NN102", "a spec needs nnlint",
     "write `nnlint:` with 1, the version of the format that this nnlint reads"),
    (f"¦nnlint: 1\n{TAIL}", "NN102", "a spec needs input",
     "write `input:` with a shape such as [784], without the batch axis"),
    (layer("¦{type: Linear}"), "NN102", "Linear needs out_features",
     f"write `out_features:` with {SIZES}"),
    (layer("¦Linear"), "NN102", "Linear needs out_features",
     "write {type: Linear, out_features: …}"),
    (layer("¦Threshold"), "NN102", "Threshold needs threshold and value",
     "write {type: Threshold, threshold: …, value: …}"),
    (layer("¦{out_features: 4}"), "NN102", "this layer has no type",
     "write {type: Linear, out_features: 16}"),
    (layer("¦{Linear: 4}"), "NN102", "this layer has no type", "write {type: Linear, …}"),
    # additionalProperties
    (f"{HEAD}{TAIL}¦budgett: {{}}\n", "NN103", "a spec takes no key 'budgett'",
     "did you mean 'budget'?"),
    (f"{HEAD}{TAIL}expect: {{¦param: 4}}\n", "NN103", "expect takes no key 'param'",
     "did you mean 'params'?"),
    (f"nnlint: 1\ninput: {{¦token: 4}}\n{TAIL}", "NN103", "input takes no key 'token'",
     "did you mean 'tokens'?"),
    (layer("{type: Linear, out_features: 4, ¦bais: true}"), "NN103",
     "Linear takes no key 'bais'", "did you mean 'bias'?"),
    (layer("{type: Linear, ¦outfeatures: 4}"), "NN103",
     "Linear takes no key 'outfeatures'", "did you mean 'out_features'?"),
    (layer("{type: Linear, ¦out_features:10}"), "NN103",
     "Linear takes no key 'out_features:10'",
     "a space is missing after the colon: write `out_features: 10`"),
    (layer("{type: Unfold, kernel_size: [3, 3], ¦4): ~}"), "NN103", "Unfold takes no key '4)'",
     "a list has square brackets: write [3, 3], not (3, 3)"),
    (layer("\n    type: Unfold\n    kernel_size: ¦(5, 3)"), "NN101",
     "kernel_size is the text '(5, 3)', but expected a whole number, 1 or more, or a list of 2",
     "a list has square brackets: write [5, 3]"),
    (layer("{type: Linear, ¦units: 4}"), "NN103", "units is Keras' word", "write out_features"),
    (layer("{type: Linear, out_features: 4, ¦use_bias: false}"), "NN103",
     "use_bias is Keras' word", "write bias"),
    (layer("{type: Linear, out_features: 4, ¦device: cuda}"), "NN103",
     "device belongs to the program, not to the network", PROGRAM_KEYWORDS["device"]),
    (layer("{type: ReLU, ¦zzzzz: 4}"), "NN103", "ReLU takes no key 'zzzzz'",
     "it takes type, inplace, name, from, repeat, first, shared and trainable"),
    # enum
    (f"{HEAD}{TAIL}loss: ¦CrossEntropy\n", "NN104",
     "loss is the text 'CrossEntropy', but expected a loss of torch.nn",
     "did you mean 'CrossEntropyLoss'?"),
    (f"{HEAD}{TAIL}loss: ¦mse\n", "NN104",
     "loss is the text 'mse', but expected a loss of torch.nn",
     "mse is Keras' name: write MSELoss"),
    (f"{HEAD}{TAIL}dtype: ¦float23\n", "NN104",
     "dtype is the text 'float23', but expected a dtype", "did you mean 'float32'?"),
    (f"{HEAD}{TAIL}dtype: ¦[float32]\n", "NN104",
     "dtype is a list of 1, but expected a dtype", None),
    (layer("{type: GELU, approximate: ¦exact}"), "NN104",
     "approximate is the text 'exact', but expected none or tanh", "write none or tanh"),
    # const
    (f"nnlint: ¦2\ninput: [4]\n{TAIL}", "NN105",
     "nnlint is the number 2, but expected 1, the version of the format that this nnlint reads",
     None),
    (f"nnlint: ¦true\ninput: [4]\n{TAIL}", "NN105",
     "nnlint is true, but expected 1, the version of the format that this nnlint reads", None),
    # minimum, maximum
    (layer("{type: Linear, out_features: ¦0}"), "NN106",
     f"out_features is 0, but expected {SIZES}", None),
    (f"nnlint: 1\ninput: [4, ¦-1]\n{TAIL}", "NN106", f"input[1] is -1, but expected {SIZES}",
     None),
    (f"nnlint: 1\ninput: {{sequence: [¦0, 4]}}\n{TAIL}", "NN106",
     f"sequence[0] is 0, but expected {SIZES}", None),
    (layer("{type: Dropout, p: ¦-0.5}"), "NN106",
     "p is -0.5, but expected a number from 0 to 1", None),
    (layer("{type: Linear, out_features: ¦9223372036854775808}"), "NN107",
     "out_features is 9223372036854775808, but expected at most 9,223,372,036,854,775,807",
     None),
    (layer(f"{{type: Linear, out_features: ¦{10**99}}}"), "NN107",
     "out_features is a number of 100 digits, but expected at most 9,223,372,036,854,775,807",
     None),
    (f"{HEAD}{TAIL}budget: {{layer_share: ¦40}}\n", "NN107",
     "layer_share is 40, but expected a share such as 40% or 0.4", "write 40%"),
    # pattern
    (f"{HEAD}{TAIL}budget: {{params: ¦15K}}\n", "NN108",
     f"params is the text '15K', but expected {COUNTS}", "write 15k"),
    (layer("{type: ReLU, name: ¦a/b}"), "NN108",
     f"name is the text 'a/b', but expected {NAMES}", "write a_b"),
    (layer("{type: ReLU, from: [a, ¦1a]}"), "NN108",
     f"from[1] is the text '1a', but expected {NAMES}", None),
    (f"nnlint: 1\ninputs: {{¦a b: [4]}}\n{TAIL}", "NN108",
     "'a b' is no name: it begins with a letter or _, then letters, digits, _, -", None),
    # minItems, maxItems
    (f"{HEAD}layers: ¦[]\n", "NN109",
     "layers is an empty list, but expected at least 1 item: a list of layers", None),
    (f"nnlint: 1\ninput: {{sequence: ¦[4]}}\n{TAIL}", "NN109",
     "sequence is a list of 1, but expected at least 2 items: [T, d]", None),
    (f"nnlint: 1\ninput: ¦[1, 2, 3, 4, 5]\n{TAIL}", "NN110",
     f"input is a list of 5, but expected at most 4 items: {SHAPES}", None),
    # minProperties, maxProperties
    (f"nnlint: 1\ninput: ¦{{}}\n{TAIL}", "NN111",
     f"input is an empty map, but expected {SHAPES}", None),
    (f"nnlint: 1\ninput: ¦{{tokens: 4, map: [3, 4]}}\n{TAIL}", "NN112",
     f"input is a map of 2 keys, but expected at most 1 key: {SHAPES}", None),
    # not
    (f"{HEAD}¦inputs: {{a: [4]}}\n{TAIL}", "NN113", "inputs and input exclude each other",
     "keep one of them"),
    # the type of a layer
    (layer("¦Linaer"), "NN120", "there is no layer type 'Linaer'", "did you mean 'Linear'?"),
    (layer("¦relu"), "NN120", "there is no layer type 'relu'", "did you mean 'ReLU'?"),
    (layer("{type: ¦Quux, units: 3}"), "NN120", "there is no layer type 'Quux'",
     "`nnlint explain layers` lists all layers"),
    (layer("{type: ¦Dense, units: 3}"), "NN121", "Dense is Keras' name", "write Linear"),
    (layer("¦Dense"), "NN121", "Dense is Keras' name", "write Linear"),
    # layers inside layers
    (layer("{type: Sequential, layers: [ReLU, ¦Linaer]}"), "NN120",
     "there is no layer type 'Linaer'", "did you mean 'Linear'?"),
    (layer(INNER.format("{type: Linear, out_features: ¦0}")), "NN106",
     f"out_features is 0, but expected {SIZES}", None),
    (layer("{type: Sequential, layers: ¦ReLU}"), "NN101",
     "layers is the text 'ReLU', but expected a list of layers", LAYERS),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "message", "remedy"), FINDINGS)
def test_a_mistake_is_one_finding_at_its_place(
    text: str, code: str, message: str, remedy: str | None
) -> None:
    clean, line, column = marked(text)
    assert said(clean) == [Said(code, line, column, message, remedy)]


def test_every_code_of_the_schema_stands_in_the_table() -> None:
    expected = {*KEYWORD_CODES.values(), "NN102", "NN103", "NN120", "NN121"}
    assert {code for _, code, _, _ in FINDINGS} == expected


def test_every_keyword_has_a_code_of_its_own() -> None:
    assert len(set(KEYWORD_CODES.values())) == len(KEYWORD_CODES)


STRUCTURE = {"properties", "items", "allOf", "if", "then", "$ref", "dependencies", "required",
             "additionalProperties", "propertyNames", "definitions", "else",
             "anyOf"}  # fmt: skip
NOTES = {"$schema", "title", "description", "default", "examples"}


def keywords(part: Any) -> Iterator[str]:
    """Every keyword that a schema uses."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield key
            named = key in ("properties", "definitions", "dependencies")
            for inner in value.values() if named and isinstance(value, dict) else [value]:
                if key not in ("enum", "const", "default", "required", "examples"):
                    yield from keywords(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from keywords(inner)


def test_every_keyword_of_the_published_schema_is_answered() -> None:
    assert set(keywords(published.json_schema())) == {
        *KEYWORD_CODES, *STRUCTURE, *NOTES
    }  # fmt: skip


# --- names ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(keras_names()))
def test_a_name_of_keras_is_answered_with_ours(name: str) -> None:
    (problem,) = said(layer(name))
    assert (problem.code, problem.message) == ("NN121", f"{name} is Keras' name")
    words = str(problem.help).partition(":")[0].removeprefix("write ")
    named = re.findall(r"\w+", words.replace(" or ", " "))
    assert named == [one for one, kind in layer_types().items() if name in kind.keras]


KERAS_KEYS = [
    (name, word, key)
    for name, kind in layer_types().items()
    for key, value in kind.attributes.items()
    for word in value.keras
]


@pytest.mark.parametrize(("name", "word", "key"), KERAS_KEYS)
def test_a_key_of_keras_is_answered_with_ours(name: str, word: str, key: str) -> None:
    given = {"type": name, **layer_types()[name].example}
    value = given.pop(key, 1)
    problems = schema.check(spec({**given, word: value})).problems
    (told,) = problems
    assert (told.code, told.on_key) == ("NN103", True)
    assert re.match(rf"write {key}(:|,|$)", str(told.help))


@pytest.mark.parametrize("word", sorted(PROGRAM_KEYWORDS))
@pytest.mark.parametrize("name", ["Linear", "Dropout"])
def test_a_key_of_the_program_is_answered(word: str, name: str) -> None:
    given = {"type": name, **layer_types()[name].example, word: "x"}
    (problem,) = schema.check(spec(given)).problems
    assert (problem.code, problem.help) == ("NN103", PROGRAM_KEYWORDS[word])
    assert problem.path == ("layers", 0, word)


@pytest.mark.parametrize(("word", "ours"), sorted(KERAS_LOSSES.items()))
def test_a_loss_of_keras_is_answered_with_ours(word: str, ours: str) -> None:
    (problem,) = said(f"{HEAD}{TAIL}loss: {word}\n")
    assert problem.help == f"{word} is Keras' name: write {ours}"
    assert ours in LOSSES


def test_no_name_of_keras_is_one_of_ours() -> None:
    assert not set(keras_names()) & set(layer_types())


# --- one mistake, one finding ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (f"nnlint: 1\nimput: [4]\n{TAIL}", "input"),
        (f"nnlint: 1\ninptus: {{a: [4]}}\n{TAIL}", "inputs"),
        (f"{HEAD}layres: [ReLU]\n", "layers"),
        (layer("{type: Linear, out_feature: 4}"), "out_features"),
        (layer("{type: Linear, outfeature: 4}"), "out_features"),
    ],
)
def test_a_misspelt_key_is_one_finding(text: str, meant: str) -> None:
    assert [(p.code, p.help) for p in said(text)] == [("NN103", f"did you mean '{meant}'?")]


def test_two_mistakes_are_two_findings() -> None:
    text = layer("{type: Threshold, treshold: 1, bogus: 2}")
    assert sorted(p.code for p in said(text)) == ["NN102", "NN103", "NN103"]


def test_every_unknown_and_every_missing_key_is_named() -> None:
    found = {(p.code, p.message) for p in said("foo: 1\nbar: 2\n")}
    assert found == {
        ("NN103", "a spec takes no key 'foo'"),
        ("NN103", "a spec takes no key 'bar'"),
        ("NN102", "a spec needs nnlint"),
        ("NN102", "a spec needs layers"),
        ("NN102", "a spec needs input"),
    }


@pytest.mark.parametrize("key", ["act", "norm"])
def test_overrides_of_a_layer_that_nothing_follows_are_refused(key: str) -> None:
    defaults = spec("ReLU", defaults={"ReLU": {key: "none"}})
    first = spec({"type": "ReLU", "repeat": 2, "first": {key: "none"}})
    for data, path in ((defaults, ("defaults", "ReLU")), (first, ("layers", 0, "first"))):
        (problem,) = schema.check(data).problems
        assert (problem.code, problem.path) == ("NN103", (*path, key))


def test_nothing_else_is_said_of_an_unknown_type() -> None:
    assert [p.code for p in said(layer("{type: Quux, bias: 7, out_features: x}"))] == ["NN120"]


@pytest.mark.parametrize("key", ["layers", "expect", "budget"])
def test_an_example_in_a_remedy_is_taken(key: str) -> None:
    (problem,) = schema.check(spec("ReLU", **{key: True})).problems
    assert str(problem.help).startswith("for example ")
    written = document.read(str(problem.help).removeprefix("for example ")).data
    assert schema.check(spec(**{"layers": ["ReLU"], key: written})).problems == []


@pytest.mark.parametrize(
    ("key", "value"),
    [("input", 784), ("input", True), ("input", 0), ("input", -3), ("input", 16.0),
     ("nnlint", "1"), ("nnlint", 2), ("dtype", "Float32"), ("loss", "mse"), ("name", 7)],
)  # fmt: skip
def test_a_remedy_that_says_what_to_write_is_taken(key: str, value: object) -> None:
    (problem,) = schema.check(spec("ReLU", **{key: value})).problems
    verb, _, words = str(problem.help).partition(" ")
    if verb == "write":
        mended = spec("ReLU", **{key: document.read(words).data})
        assert schema.check(mended).problems == []


# --- what to write, as data ------------------------------------------------------------------


def only_breach(kind: str, values: dict[str, Any]) -> breaches.Breach:
    (breach,) = validation.of_layer(layer_types()[kind], {"type": kind, **values})
    return breach


@pytest.mark.parametrize(
    ("kind", "key", "value", "right", "words"),
    [
        ("Linear", "out_features", "16", 16, "remove the quotes: 16"),
        ("Linear", "out_features", "0x10", 16, "remove the quotes: 0x10"),
        ("Linear", "out_features", 16.0, 16, "write 16"),
        ("Linear", "out_features", "28*28", 28 * 28, f"write {28 * 28}"),
        ("Linear", "out_features", "15k", 15 * 10**3, f"write {15 * 10**3}"),
        ("LeakyReLU", "negative_slope", "0.1", 0.1, "remove the quotes: 0.1"),
        ("ReLU", "trainable", "no", False, "write false"),
        ("ReLU", "trainable", 1, True, "write true"),
        ("ReLU", "name", "a b", "a_b", "write a_b"),
        ("ReLU", "from", "a, b c", ["a", "b_c"], "write [a, b_c]"),
        ("Dropout", "p", 12.5, 0.125, "write 0.125"),
        ("GELU", "approximate", "Tanh", "tanh", "did you mean 'tanh'?"),
        ("Reshape", "shape", 784, [784], "write [784]"),
        ("Sequential", "layers", {"type": "ReLU"}, [{"type": "ReLU"}],
         "write it as a list: [{type: …}]"),
    ],
)  # fmt: skip
def test_the_right_value_is_known_and_fits(
    kind: str, key: str, value: object, right: object, words: str
) -> None:
    given = {**layer_types()[kind].example, key: value}
    remedy = wrong_values.remedy_of(only_breach(kind, given))
    assert remedy is not None
    assert (remedy.value, type(remedy.value)) == (right, type(right))
    assert remedy.words == words
    whole = {"type": kind, **given, key: remedy.value}
    assert list(validation.of_layer(layer_types()[kind], whole)) == []


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("Linear", "out_features", "0*5"),
        ("Linear", "out_features", 16.5),
        ("Linear", "out_features", 0),
        ("Linear", "out_features", {}),
        ("ReLU", "trainable", "maybe"),
        ("ReLU", "name", "1a"),
        ("Dropout", "p", 101),
        ("Reshape", "shape", 0),
        ("GELU", "approximate", "exact"),
    ],
)
def test_where_it_is_not_one_thing_none_is_made_up(kind: str, key: str, value: object) -> None:
    given = {**layer_types()[kind].example, key: value}
    remedy = wrong_values.remedy_of(only_breach(kind, given))
    assert remedy is None or remedy.value is None


@pytest.mark.parametrize(
    ("kind", "written", "right"),
    [
        ("Linear", {"outfeatures": 4}, "out_features"),
        ("Linear", {"out": 4}, "out_features"),
        ("Linear", {"units": 4}, "out_features"),
        ("Linear", {"out_features": 4, "activation": "gelu"}, "act"),
        ("Linear", {"out_features": 4, "normalization": "batch"}, "norm"),
        ("Linear", {"out_features": 4, "device": "cuda"}, None),
        ("Linear", {"out_features": 4, "dropout": 0.5}, None),
        ("ReLU", {"zzzzz": 4}, None),
    ],
)
def test_the_right_key_is_known(kind: str, written: dict[str, Any], right: str | None) -> None:
    breaches = list(validation.of_layer(layer_types()[kind], {"type": kind, **written}))
    (breach,) = (one for one in breaches if one.keyword == "additionalProperties")
    key = list(written)[-1]
    _, remedy = unknown_keys.unknown_key(key, breach, kind, layer_types()[kind])
    assert remedy.value == right
    assert right is None or right in layer_types()[kind].keys()  # noqa: SIM118 - its own method


@pytest.mark.parametrize(("name", "word", "key"), KERAS_KEYS)
def test_the_key_for_a_word_of_keras_is_known(name: str, word: str, key: str) -> None:
    assert unknown_keys.key_for_keras(word, layer_types()[name]) == key


@pytest.mark.parametrize(
    ("name", "right"),
    [("Linaer", "Linear"), ("relu", "ReLU"), ("conv2d", "Conv2d"), ("Conv", None),
     ("batchnorm", None), ("Quux", None)],
)  # fmt: skip
def test_the_right_layer_is_known(name: str, right: str | None) -> None:
    assert unknown_layers.meant_layer(name) == right


def test_a_name_without_its_axes_means_a_family() -> None:
    assert unknown_layers.meant_family("conv") == ["Conv1d", "Conv2d", "Conv3d"]
    assert unknown_layers.meant_family("conv2") == []
    assert unknown_layers.meant_family("Linaer") == []


@pytest.mark.parametrize("digits", [30, 1000, 4000])
def test_an_enormous_number_is_a_finding(digits: int) -> None:
    text = layer(f"{{type: Linear, out_features: 1{'0' * (digits - 1)}}}")
    assert [p.code for p in said(text)] == ["NN107"]


@pytest.mark.parametrize("where", ["name: {}", "expect: {{params: {}}}", "dtype: {}"])
def test_an_enormous_hexadecimal_number_is_a_finding(where: str) -> None:
    read = document.read(f"{HEAD}{TAIL}{where.format('0x' + 'f' * 3990)}\n")
    assert read.problems or schema.check(read.data).problems


# --- what can't be used further -------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        (f"{HEAD}{TAIL}", set()),
        (f"{HEAD}{TAIL}name: 7\n", {("name",)}),
        (f"{HEAD}{TAIL}expect: {{params: x, macs: 4}}\n", {("expect", "params")}),
        (f"{HEAD}{TAIL}budget: {{params: 1K, size: 4 MB}}\n", {("budget", "params")}),
        (f"{HEAD}{TAIL}budget: 5\n", {("budget",)}),
        (f"nnlint: 1\ninput: [0]\n{TAIL}", {("input",)}),
        (f"{HEAD}layers: [ReLU, Linaer, {{type: Linear, out_features: 0}}]\n",
         {("layers", 1), ("layers", 2)}),
        (layer("{type: Sequential, layers: [ReLU, Linaer]}"), {("layers", 0, "layers", 1)}),
        (f"{HEAD}inputs: {{a: [4]}}\n{TAIL}", set()),
    ],
)  # fmt: skip
def test_only_what_is_wrong_is_refused(text: str, refused: set[Path]) -> None:
    assert schema.check(document.read(text).data).refused - {()} == refused


# --- the published schema and the linter agree ----------------------------------------------


def is_integer(_checker: object, value: object) -> bool:
    return type(value) is int


def is_number(_checker: object, value: object) -> bool:
    return type(value) is int or (type(value) is float and isfinite(value))


@cache
def whole() -> Any:
    """The published schema, by jsonschema alone; 16.0 is no integer, NaN and inf no numbers."""
    types = Draft7Validator.TYPE_CHECKER.redefine_many(
        {"integer": is_integer, "number": is_number}
    )
    return validators.extend(Draft7Validator, type_checker=types)(published.json_schema())


def spec(*items: Any, **keys: Any) -> dict[str, Any]:
    return {"nnlint": 1, "input": [4], "layers": list(items), **keys}


def agree(data: Any) -> bool:
    """The verdict of both."""
    verdict = bool(whole().is_valid(data))
    assert (not schema.check(data).problems) == verdict, data
    return verdict


def test_the_published_schema_is_a_schema() -> None:
    Draft7Validator.check_schema(published.json_schema())


@pytest.mark.parametrize(("text", "code", "message", "remedy"), FINDINGS)
def test_what_the_linter_refuses_the_published_schema_refuses(
    text: str, code: str, message: str, remedy: str | None
) -> None:
    assert not agree(document.read(marked(text)[0]).data)


EXAMPLES = [{"type": name, **kind.example} for name, kind in layer_types().items()]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["type"])
def test_every_example_is_taken_by_both(example: dict[str, Any]) -> None:
    assert agree(spec(example))


@pytest.mark.parametrize("name", sorted(layer_types()))
def test_a_bare_name_is_taken_where_nothing_is_required(name: str) -> None:
    needs = any(value.required for value in layer_types()[name].attributes.values())
    assert agree(spec(name)) is not needs
    assert agree(spec({"type": name})) is not needs


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        (spec("ReLU"), True),
        (spec("ReLU", name="x", loss="MSELoss", dtype="int8", expect={}, budget={}), True),
        (spec("ReLU", expect={"output": []}), True),
        (spec("ReLU", expect={"params": 0, "output": [4]}), True),
        (spec("ReLU", budget={"params": "15k", "size": "64 KiB", "warn_at": 0.9}), True),
        (spec("ReLU", budget={"layer_share": float("nan")}), False),
        (spec("ReLU", budget={"layer_share": True}), False),
        ({"nnlint": 1, "inputs": {"a": [4], "b": {"tokens": 3}}, "layers": ["ReLU"]}, True),
        ({"nnlint": 1, "inputs": {}, "layers": ["ReLU"]}, False),
        ({"nnlint": True, "input": [4], "layers": ["ReLU"]}, False),
        (spec({"type": "Sequential", "layers": []}), True),
        (spec({"type": "Sequential", "layers": [{"type": "Sequential", "layers": [3]}]}),
         False),
        (spec({"type": "Sequential", "layers": {}}), False),
        (spec({"type": "Linear", "out_features": 16.0}), False),
        (spec({"type": "LeakyReLU", "negative_slope": 1}), True),
        (spec({"type": "LeakyReLU", "negative_slope": float("inf")}), False),
        (spec({"type": "LeakyReLU", "negative_slope": float("nan")}), False),
        (spec({"type": "LeakyReLU", "negative_slope": False}), False),
        (spec({"type": "ReLU", "repeat": 2**63 - 1}), True),
        (spec({"type": "ReLU", "repeat": 2**63}), False),
        (spec({"type": None}), False),
        (spec({"type": ["ReLU"]}), False),
        (spec({}), False),
        (spec([]), False),
        (spec(None), False),
        (spec(), False),
        ({}, False), ([], False), (None, False), ("nnlint", False), (1, False),
    ],
)  # fmt: skip
def test_both_give_the_verdict(data: object, verdict: bool) -> None:
    assert agree(data) is verdict


COMPOSED = {"vars": {"x": 1, "a": "ReLU", "k": 3, "n": 2},
            "blocks": {"b": {"args": {"x": 1}, "layers": ["ReLU"]}}}  # fmt: skip


def linear(**keys: Any) -> dict[str, Any]:
    return {"type": "Linear", "out_features": 4, **keys}


def conv(size: Any) -> dict[str, Any]:
    return {"type": "Conv2d", "out_channels": 4, "kernel_size": size}


def parallel(merge: Any) -> dict[str, Any]:
    return {"type": "Parallel", "branches": [[], ["ReLU"]], "merge": merge}


@pytest.mark.parametrize(
    ("layer", "verdict"),
    [
        (linear(out_features="$x"), True),
        (linear(out_features="x"), False),
        (linear(act="$a"), True),
        (linear(act="Linear"), False),
        (linear(act={"type": "ELU", "alpha": 2}), True),
        (linear(act={"type": "ELU", "alhpa": 2}), False),
        (linear(norm="none"), True),
        (linear(norm=None), True),
        (linear(norm={"block": "b"}), False),
        (linear(repeat=3, first={"bias": False}), True),
        (linear(bias="$x"), True),
        (conv([3, "$k"]), True),
        (conv([3, "k"]), False),
        ({"block": "b", "repeat": "$n", "x": 3}, True),
        ({"block": "b", "repeat": "n"}, False),
        ({"block": "b", "type": "ReLU"}, False),
        ({"block": "b", "x": [1]}, False),
        (parallel("Add"), True),
        (parallel({"type": "Concat", "dim": 1}), True),
        (parallel("ReLU"), False),
        ({"type": "ReLU", "name": "$x"}, False),
        ({"type": "Concat", "with": ["a", "b.3/c"]}, True),
        ({"type": "Concat", "with": ["a b"]}, False),
    ],
)
def test_both_judge_compositions_alike(layer: Any, verdict: bool) -> None:
    assert agree(spec(layer, **COMPOSED)) is verdict


@pytest.mark.parametrize(
    ("keys", "verdict"),
    [
        ({"defaults": {"Linear": {"bias": False, "act": "ReLU"}}}, True),
        ({"defaults": {"Linear": {"bais": False}}}, False),
        ({"defaults": {"Lineer": {"bias": False}}}, False),
        ({"defaults": {"Linear": {"out_features": "$d"}}, "vars": {"d": 3}}, True),
        ({"outputs": ["a", "b.0/c"]}, True),
        ({"outputs": {"a": {"from": "x", "loss": "MSELoss"}}}, True),
        ({"outputs": {"a": {"loss": "MSELoss"}}}, False),
        ({"vars": {"in": 3}}, False),
        ({"vars": {"d": [1]}}, False),
        ({"vars": {"d": 1}, "variants": {"7b": {"d": 2}}}, True),
        ({"blocks": {"b": {"args": {"repeat": 1}, "layers": []}}}, False),
        ({"blocks": {"b": {"args": {"x": 1}}}}, False),
        ({"convention": "keras"}, True),
        ({"convention": "jax"}, False),
        ({"expect": {"variants": {"a": 3}, "output": {"x": [4]}}}, True),
        ({"expect": {"params": "$d"}}, False),
    ],
)
def test_both_judge_what_layers_are_made_of_alike(keys: dict[str, Any], verdict: bool) -> None:
    assert agree(spec("ReLU", **keys)) is verdict


SPECS = sorted((pathlib.Path(__file__).resolve().parent.parent / "specs").glob("*.yaml"))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_both_take_the_networks_of_the_zoo(path: pathlib.Path) -> None:
    assert agree(document.read(path.read_text("utf-8")).data)


POOL = st.sampled_from(
    [None, True, False, 0, 1, -1, 3, 16.0, 0.5, float("nan"), float("inf"), 2**63,
     -(2**63), "x", "16", "15k", "40%", "4 MB", "a b", "ReLU", "Linear", "Linaer", "Dense",
     "previous", [],
     [1], [0], [1, 2], [1, 2, 3, 4, 5], ["a"], ["ReLU"], {}, {"type": "ReLU"}, {"tokens": 4},
     {"sequence": [2, 3]}, {"type": "Sequential", "layers": ["Linear"]}, {"a": [4]}]
)  # fmt: skip
NEW_KEYS = st.sampled_from(
    ["bias", "name", "from", "repeat", "trainable", "type", "layers", "inputs", "input", "loss",
     "expect", "budget", "dtype", "params", "size", "warn_at", "units", "device", "bais", ""]
)  # fmt: skip
BASES = st.builds(
    lambda layers, extra: spec(*layers, **extra),
    st.lists(
        st.sampled_from(
            [*EXAMPLES, "ReLU", "Flatten",
             {"type": "Sequential", "layers": ["ReLU", {"type": "Linear", "out_features": 3}]}]
        ),
        min_size=1, max_size=3,
    ),
    st.sampled_from(
        [{}, {"name": "x"}, {"loss": "MSELoss", "dtype": "float16"},
         {"expect": {"params": 5, "output": [4]}, "budget": {"params": "15k", "size": 900}}]
    ),
)  # fmt: skip


def holders(part: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a document: what holds it, and its key or index."""
    for step, inner in part.items() if isinstance(part, dict) else enumerate(part):
        yield part, step
        if isinstance(inner, dict | list):
            yield from holders(inner)


def mutate(data: Any, draw: Any) -> None:
    """One small mistake, or none: a key gone, renamed or added, or another value."""
    places = list(holders(data))
    if not places:
        return
    holder, step = places[draw(st.integers(0, len(places) - 1))]
    how = draw(st.sampled_from(["value", "remove", "rename", "add", "none"]))
    if how == "value":
        holder[step] = copy.deepcopy(draw(POOL))
    elif how == "remove":
        del holder[step]
    elif isinstance(holder, dict) and how in ("rename", "add"):
        value = holder.pop(step) if how == "rename" else copy.deepcopy(draw(POOL))
        holder[draw(NEW_KEYS)] = value
    elif how == "add":
        holder.append(copy.deepcopy(draw(POOL)))


@st.composite
def documents(draw: st.DrawFn) -> Any:
    data = copy.deepcopy(draw(BASES))
    for _ in range(draw(st.integers(0, 3))):
        mutate(data, draw)
    return data


@settings(max_examples=200, deadline=None, derandomize=True)
@given(documents())
def test_both_give_the_same_verdict_on_any_document(data: Any) -> None:
    agree(data)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(documents())
def test_every_problem_has_words_a_code_and_a_path_that_exists(data: Any) -> None:
    for problem in schema.check(data).problems:
        assert problem.code.startswith("NN1")
        assert problem.message
        part = data
        for step in problem.path:
            part = part[step]


@pytest.mark.parametrize("batch", [None, -1])
def test_a_batch_axis_is_answered(batch: int | None) -> None:
    (problem,) = schema.check(spec("ReLU", input=[batch, 784])).problems
    assert problem.path == ("input", 0)
    assert problem.help == "leave the batch axis out: no shape shows it"


@pytest.mark.parametrize(("count", "codes"), [(1_000, []), (1_001, ["NN112"])])
def test_a_spec_has_at_most_a_thousand_variants(count: int, codes: list[str]) -> None:
    variants = {f"v{number}": {"d": number + 1} for number in range(count)}
    found = schema.check(spec("ReLU", vars={"d": 5000}, variants=variants)).problems
    assert [one.code for one in found] == codes
    for one in found:
        assert "a map of 1,001 keys" in one.message
        assert "at most 1,000 keys" in one.message

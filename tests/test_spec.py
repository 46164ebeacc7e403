"""A checked document becomes layers as objects, with what was refused left out."""

from __future__ import annotations

from typing import Any

import pytest

from nnlint import document, engine, formats, schema, spec
from nnlint.engine import lint_text
from nnlint.layers import layer_types
from nnlint.layers.shape import UNKNOWN, Layout, Shape
from nnlint.terminal import Style

HEAD = "nnlint: 1\ninput: [4]\n"


def parse(text: str) -> spec.ModelSpec:
    data = document.read(text).data
    model = spec.parse(data, schema.check(data).refused)
    assert model is not None
    return model


def layers(text: str) -> tuple[Any, ...]:
    return parse(f"{HEAD}layers:\n{text}").layers


@pytest.mark.parametrize(
    "data", [None, 5, "x", [], {}, {"layers": 5}, {"layers": {}}, {"nnlint": 1}]
)
def test_without_a_list_of_layers_there_is_no_spec(data: object) -> None:
    assert spec.parse(data, schema.check(data).refused) is None


def test_what_is_not_written_has_its_default() -> None:
    model = parse(f"{HEAD}layers: [ReLU]\n")
    assert (model.name, model.loss, model.dtype) == (None, None, "float32")
    assert (model.expect, model.budget) == ({}, {})


def test_what_is_written_is_taken_over() -> None:
    model = parse(
        f"{HEAD}layers: [ReLU]\nname: net\nloss: MSELoss\ndtype: int8\n"
        "expect: {params: 0, output: [4]}\nbudget: {params: 15k, warn_at: 0.8}\n"
    )
    assert (model.name, model.loss, model.dtype) == ("net", "MSELoss", "int8")
    assert model.expect == {"params": 0, "output": [4]}
    assert model.budget == {"params": "15k", "warn_at": 0.8}


@pytest.mark.parametrize(
    ("written", "shape"),
    [
        ("[784]", Shape((784,), Layout.FEATURES)),
        ("[16, 8]", Shape((16, 8), Layout.UNDECIDED)),
        ("[3, 224, 224]", Shape((3, 224, 224), Layout.MAP)),
        ("[3, 8, 16, 16]", Shape((3, 8, 16, 16), Layout.MAP)),
        ("{tokens: 128}", Shape((128,), Layout.TOKENS)),
        ("{sequence: [128, 64]}", Shape((128, 64), Layout.SEQUENCE)),
        ("{map: [64, 128]}", Shape((64, 128), Layout.MAP)),
    ],
)
def test_an_input_is_a_shape_with_its_layout(written: str, shape: Shape) -> None:
    assert parse(f"nnlint: 1\ninput: {written}\nlayers: [ReLU]\n").inputs == {"input": shape}
    both = f"{{left: {written}, right: [9]}}"
    several = parse(f"nnlint: 1\ninputs: {both}\nlayers: [ReLU]\n").inputs
    assert several == {"left": shape, "right": Shape((9,), Layout.FEATURES)}
    assert list(several) == ["left", "right"]


@pytest.mark.parametrize(
    "written", ["[0]", "x", "{tokens: x}", "{}", "[1, 2, 3, 4, 5]", "", "[]"]
)
def test_an_input_that_was_refused_is_unknown(written: str) -> None:
    assert parse(f"nnlint: 1\ninput: {written}\nlayers: [ReLU]\n").inputs == {"input": UNKNOWN}


def test_a_missing_input_is_unknown() -> None:
    assert parse("nnlint: 1\nlayers: [ReLU]\n").inputs == {"input": UNKNOWN}


@pytest.mark.parametrize("source", ["a", "b"])
def test_an_input_that_was_refused_keeps_its_name(source: str) -> None:
    text = f"nnlint: 1\ninputs: {{a: [0], b: [3]}}\nlayers: [{{type: ReLU, from: {source}}}]\n"
    assert set(parse(text).inputs) == {"a", "b"}
    found = {finding.rule.code for finding in engine.lint_text(text).findings}
    assert found == ({"NN106"} if source == "b" else {"NN106", "NN956"})


def test_a_refused_entry_of_a_budget_or_expectation_is_left_out() -> None:
    model = parse(
        f"{HEAD}layers: [ReLU]\nexpect: {{params: x, macs: 4}}\n"
        "budget: {params: 1K, size: 4}\n"
    )
    assert model.expect == {"macs": 4}
    assert model.budget == {"size": 4}


@pytest.mark.parametrize("written", ["5", "[1]", "text", ""])
def test_a_refused_budget_is_none(written: str) -> None:
    model = parse(f"{HEAD}layers: [ReLU]\nexpect: {written}\nbudget: {written}\n")
    assert (model.expect, model.budget) == ({}, {})


def test_refused_words_are_as_if_not_written() -> None:
    model = parse(f"{HEAD}layers: [ReLU]\nname: 5\nloss: Foo\ndtype: float7\n")
    assert (model.name, model.loss, model.dtype) == (None, None, "float32")


def test_a_bare_name_and_a_map_are_the_same_layer() -> None:
    bare, written = layers("  - LeakyReLU\n  - {type: LeakyReLU}\n")
    assert bare.type == written.type == "LeakyReLU"
    assert bare.layer.negative_slope == written.layer.negative_slope == 0.01  # as in PyTorch
    assert bare.given == written.given == ("type",)


def test_the_paths_are_those_of_the_document() -> None:
    outer = layers("  - ReLU\n  - type: Sequential\n    layers:\n      - ReLU\n      - Tanh\n")
    assert [one.path for one in outer] == [("layers", 0), ("layers", 1)]
    inner = outer[1].layer.layers
    assert [(one.path, one.type) for one in inner] == [
        (("layers", 1, "layers", 0), "ReLU"),
        (("layers", 1, "layers", 1), "Tanh"),
    ]


@pytest.mark.parametrize(
    ("written", "bias", "given"),
    [
        ("{type: Linear, out_features: 3}", True, False),
        ("{type: Linear, out_features: 3, bias: true}", True, True),
        ("{type: Linear, out_features: 3, bias: false}", False, True),
        ("{type: Linear, bias: false, out_features: 3}", False, True),
        ("ReLU", None, False),
        ("{type: ReLU}", None, False),
    ],
)
def test_a_written_bias_is_told_from_the_default(
    written: str, bias: bool | None, given: bool
) -> None:
    (one,) = layers(f"  - {written}\n")
    assert one.bias is bias
    assert ("bias" in one.given) is given


@pytest.mark.parametrize("name", sorted(layer_types()))
def test_a_layer_that_takes_a_bias_has_its_flag(name: str) -> None:
    example = {"type": name, **layer_types()[name].example}
    data = {"nnlint": 1, "input": [4], "layers": [example]}
    model = spec.parse(data, schema.check(data).refused)
    assert model is not None
    (one,) = model.layers
    assert isinstance(one.layer, layer_types()[name])
    flag = layer_types()[name].attributes.get("bias")
    if flag and isinstance(flag.default, bool):
        scaled = getattr(one.layer, "affine", True)  # an InstanceNorm has no scale, so no bias
        assert one.bias is (scaled and example.get("bias", flag.default))
    elif not layer_types()[name].formula:
        assert one.bias is None
    assert one.given == tuple(example)


def test_what_every_layer_takes_has_its_default() -> None:
    (one,) = layers("  - ReLU\n")
    assert (one.name, one.sources, one.repeat, one.trainable) == (None, ("previous",), 1, True)


def test_what_every_layer_takes_is_read() -> None:
    one, two = layers(
        "  - {type: ReLU, name: a, repeat: 3, trainable: false}\n"
        "  - {type: ReLU, from: [a, input]}\n"
    )
    assert (one.name, one.repeat, one.trainable) == ("a", 3, False)
    assert one.sources == ("previous",)
    assert two.sources == ("a", "input")


def test_a_single_source_is_a_list_of_one() -> None:
    (one,) = layers("  - {type: ReLU, from: input}\n")
    assert one.sources == ("input",)


def test_a_list_becomes_a_tuple_that_cannot_change() -> None:
    (one,) = layers("  - {type: Unflatten, dim: 1, unflattened_size: [2, 2]}\n")
    assert one.layer.unflattened_size == (2, 2)


@pytest.mark.parametrize(
    ("written", "kind", "name"),
    [
        ("{type: Linear, out_features: 0, name: head}", "Linear", "head"),
        ("{type: Linaer, name: head}", "Linaer", "head"),
        ("{type: 5, name: head}", "?", "head"),
        ("{name: head}", "?", "head"),
        ("{type: Linear, out_features: 3, name: 5}", "Linear", None),
        ("Linaer", "Linaer", None),
        ("5", "?", None),
        ("[ReLU]", "?", None),
        ("", "?", None),
    ],
)
def test_of_a_refused_layer_its_type_and_name_are_left(
    written: str, kind: str, name: str | None
) -> None:
    (one,) = layers(f"  - {written}\n")
    assert (one.layer, one.type, one.name, one.path) == (None, kind, name, ("layers", 0))


def test_a_refused_layer_leaves_its_neighbours() -> None:
    found = layers("  - ReLU\n  - Linaer\n  - {type: Sequential, layers: [Tanh, 5]}\n")
    assert [one.layer is None for one in found] == [False, True, False]
    assert [one.layer is None for one in found[2].layer.layers] == [False, True]


@pytest.mark.parametrize(
    ("written", "label"), [("ReLU", "ReLU"), ("{type: ReLU, name: a}", "ReLU 'a'")]
)
def test_a_message_calls_a_layer_by_type_and_name(written: str, label: str) -> None:
    assert layers(f"  - {written}\n")[0].label == label


def test_a_refused_type_is_not_shown_as_long_as_the_file() -> None:
    text = f'nnlint: 1\ninput: [4]\nlayers: ["a{chr(10) * 100_000}"]\n'
    report = lint_text(text)
    shown = formats.render("full", [report], Style())
    assert report.graph is not None
    assert len(shown) < 10_000

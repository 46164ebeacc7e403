"""What is defined and never asked for: found in the document, at its key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nnlint import document, rules, unused

if TYPE_CHECKING:
    from nnlint.finding import Problem

SPECS = sorted((Path(__file__).parent.parent / "specs").glob("*.yaml"))
HEAD = "nnlint: 1\ninput: [8]\n"
LINEAR = "layers: [{type: Linear, out_features: 4}]\n"
USE = "layers: [{block: b}]\n"


def problems(text: str) -> list[Problem]:
    return list(unused.check(document.read(HEAD + text).data))


def found(text: str) -> list[tuple[str, object]]:
    """The codes with the last step of the path, which names what is unused."""
    return [(one.code, one.path[-1]) for one in problems(text)]


def block(layers: str, args: str = "") -> str:
    return f"blocks: {{b: {{{f'args: {{{args}}}, ' if args else ''}layers: [{layers}]}}}}\n"


# Messages


@pytest.mark.parametrize(
    ("text", "code", "path", "message", "remedy"),
    [
        (block("ReLU") + LINEAR, "NN952", ("blocks", "b"), "nothing uses the block 'b'",
         "write {block: b} where it belongs, or remove it"),
        ("vars: {d: 4}\n" + LINEAR, "NN953", ("vars", "d"),
         "nothing asks for the variable 'd'", "write $d where its value belongs, or remove it"),
        (block("ReLU", "w: 4") + USE, "NN955", ("blocks", "b", "args", "w"),
         "nothing in the block 'b' asks for its argument 'w'",
         "write $w where its value belongs, or remove it here and where the block is used"),
        ("vars: {d: 4}\nvariants: {s: {d: 4}}\nlayers: [{type: Linear, out_features: $d}]\n",
         "NN954", ("variants", "s"),
         "the variant 's' changes nothing: d is the same in vars",
         "give it a value of its own, or remove it: a plain run is the base"),
    ],
)  # fmt: skip
def test_each_says_what_is_and_how_to_mend_it(
    text: str, code: str, path: tuple[str, ...], message: str, remedy: str
) -> None:
    (problem,) = problems(text)
    assert (problem.code, problem.path, problem.on_key) == (code, path, True)
    assert (problem.message, problem.help) == (message, remedy)


@pytest.mark.parametrize("code", ["NN952", "NN953", "NN954", "NN955"])
def test_the_pages_do_what_they_say(code: str) -> None:
    rule = rules.find(code)
    assert rule is not None
    assert isinstance(rule.bad, str)
    assert isinstance(rule.good, str)
    bad, good = (list(unused.check(document.read(one).data)) for one in (rule.bad, rule.good))
    assert ([one.code for one in bad], good) == ([code], [])


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_the_zoo_is_silent(spec: Path) -> None:
    assert list(unused.check(document.read(spec.read_text("utf-8")).data)) == []


# Blocks


@pytest.mark.parametrize(
    "layers",
    [
        "{block: b}",
        "{type: Residual, body: [{block: b}]}",
        "{type: Residual, body: [ReLU], shortcut: [{block: b}]}",
        "{type: Parallel, branches: [[{block: b}], []]}",
        "{type: MoE, num_experts: 2, top_k: 1, expert: [{block: b}]}",
        "{type: Sequential, layers: [{type: Sequential, layers: [{block: b}]}]}",
    ],
)
def test_a_use_may_stand_anywhere(layers: str) -> None:
    assert found(f"{block('ReLU')}layers: [{layers}]\n") == []


@pytest.mark.parametrize("layers", ["b", "{type: b}", "{block: bb}"])
def test_a_use_that_is_an_error_counts(layers: str) -> None:
    """NN120 and NN122 say what is wrong with it."""
    assert found(f"{block('ReLU')}layers: [{layers}]\n") == []


@pytest.mark.parametrize(
    "layers",
    ["{type: ReLU, name: b}", "{type: Identity, from: b}", "{type: Add, with: [b]}",
     "{type: Linear, out_features: 4, tie: b}"],
)  # fmt: skip
def test_a_name_is_no_use(layers: str) -> None:
    assert found(f"{block('ReLU')}layers: [{layers}]\n") == [("NN952", "b")]


def test_what_an_unused_block_uses_goes_with_it() -> None:
    blocks = "blocks: {a: {layers: [{block: c}]}, c: {layers: [ReLU]}, d: {layers: [GELU]}}\n"
    assert found(blocks + LINEAR) == [("NN952", "a"), ("NN952", "d")]


def test_what_a_used_block_uses_is_used() -> None:
    blocks = "blocks: {b: {layers: [{block: c}]}, c: {layers: [ReLU]}}\n"
    assert found(blocks + USE) == []


# Variables


@pytest.mark.parametrize(
    "text",
    [
        "layers: [{type: Linear, out_features: $d}]\n",
        "layers: [{type: Linear, out_features: 4*($d + 1)}]\n",
        "layers: [{type: Reshape, shape: [1, $d]}]\n",
        "layers: [{type: Linear, out_features: 4, repeat: $d}]\n",
        "layers: [{type: Linear, out_features: 4, repeat: 2, first: {out_features: $d}}]\n",
        "layers: [{type: Custom, parameters: {weight: [$d, 3]}}]\n",
        "layers: [{type: Linear, out_features: 4, tie: $d}]\n",
        "defaults: {Linear: {out_features: $d}}\nlayers: [Linear]\n",
        "inputs: {a: [$d]}\n" + LINEAR,
        block("{type: Linear, out_features: $d}") + USE,
        block("{type: Linear, out_features: $w}", "w: 2*$d") + USE,
        block("{type: Linear, out_features: $w}", "w: 1") + "layers: [{block: b, w: $d}]\n",
    ],
)
def test_a_variable_may_be_asked_for_anywhere(text: str) -> None:
    assert found("vars: {d: 4}\n" + text) == []


def test_by_another_variable_and_by_a_variant() -> None:
    used = "layers: [{type: Linear, out_features: $e}]\n"
    assert found("vars: {d: 4, e: 2*$d}\n" + used) == []
    assert found("vars: {d: 4, e: 2}\nvariants: {s: {e: $d}}\n" + used) == []


def test_a_chain_of_unused_ones_is_one_finding() -> None:
    assert found("vars: {d: 4, e: 2*$d}\n" + LINEAR) == [("NN953", "e")]


def test_an_argument_hides_a_variable() -> None:
    text = "vars: {d: 4}\n" + block("{type: Linear, out_features: $d}", "d: 2") + USE
    assert found(text) == [("NN953", "d")]


def test_an_argument_may_take_over_a_variable() -> None:
    text = "vars: {d: 4}\n" + block("{type: Linear, out_features: $d}", "d: $d") + USE
    assert found(text) == []


@pytest.mark.parametrize(
    "value", ["$widht", "width", "2*width", "'${width}'", "$width **2", "$width + "]
)
def test_what_was_meant_counts(value: str) -> None:
    """Each is an error with a remedy that asks for the variable."""
    text = f"vars: {{width: 4}}\nlayers: [{{type: Linear, out_features: {value}}}]\n"
    assert found(text) == []


def test_a_name_of_a_layer_is_no_use_of_a_variable() -> None:
    text = "vars: {d: 4}\nlayers: [{type: Identity, name: d}, {type: Identity, from: d}]\n"
    assert found(text) == [("NN953", "d")]


def test_what_an_unused_block_asks_for_goes_with_it() -> None:
    text = "vars: {d: 4}\n" + block("{type: Linear, out_features: $d}", "w: 3") + LINEAR
    assert found(text) == [("NN952", "b")]


# Arguments


@pytest.mark.parametrize(
    ("args", "layers"),
    [
        ("w: required", "{type: Linear, out_features: $w}"),
        ("w: 4", "{type: Residual, body: [{type: Linear, out_features: $w + 1}]}"),
        ("w: 4", "{type: Linear, out_features: 4, repeat: $w}"),
        ("w: null", "{type: Linear, out_features: 4, tie: $w}"),
        ("w: 4, v: 2*$w", "{type: Linear, out_features: $v}"),
        ("width: 4", "{type: Linear, out_features: $widht}"),
        ("width: 4", "{type: Linear, out_features: width}"),
    ],
)
def test_an_argument_is_asked_for(args: str, layers: str) -> None:
    assert found(block(layers, args) + USE) == []


def test_a_use_of_the_block_is_not_asking() -> None:
    text = block("ReLU", "w: 4") + "vars: {d: 1}\nlayers: [{block: b, w: $d}]\n"
    assert found(text) == [("NN955", "w")]


def test_its_own_default_does_not_ask_for_it() -> None:
    text = "vars: {w: 1}\n" + block("ReLU", "w: $w") + USE
    assert found(text) == [("NN955", "w")]


def test_another_block_s_argument_of_the_name_is_another() -> None:
    blocks = (
        "blocks: {b: {args: {w: 4}, layers: [ReLU]}, "
        "c: {args: {w: 4}, layers: [{type: Linear, out_features: $w}]}}\n"
    )
    (problem,) = problems(blocks + "layers: [{block: b}, {block: c}]\n")
    assert problem.path == ("blocks", "b", "args", "w")


# Variants


@pytest.mark.parametrize(
    ("variant", "words"),
    [("{}", "it is empty"), ("{d: 4}", "d is the same in vars"),
     ("{d: 4, e: 8}", "d and e are the same in vars"), ("{e: 8}", "e is the same in vars"),
     ("{e: $d + 4}", "e is the same in vars"), ("{act: ReLU}", "act is the same in vars")],
)  # fmt: skip
def test_a_variant_that_is_the_base(variant: str, words: str) -> None:
    (problem,) = problems(_varied(variant))
    assert (problem.code, problem.path) == ("NN954", ("variants", "s"))
    assert problem.message == f"the variant 's' changes nothing: {words}"


@pytest.mark.parametrize(
    "variant",
    ["{d: 5}", "{d: 4, e: 9}", "{e: 2*$d + 1}", "{act: GELU}", "{x: 4}", "{e: $x}", "{e: 2*}",
     "{e: $d / 3}", "{e: 8.0}", "{e: true}", "3", "null"],
)  # fmt: skip
def test_a_variant_that_differs_or_is_wrong(variant: str) -> None:
    assert found(_varied(variant)) == []


def _varied(variant: str) -> str:
    layers = "layers: [{type: Linear, out_features: $d + $e, act: $act}]\n"
    return f"vars: {{d: 4, e: 2*$d, act: ReLU}}\nvariants: {{s: {variant}}}\n{layers}"


def test_a_variant_of_an_unused_variable_is_one_finding() -> None:
    assert found("vars: {d: 4}\nvariants: {s: {d: 5}}\n" + LINEAR) == [("NN953", "d")]


# Whatever is there


@pytest.mark.parametrize(
    "text",
    [
        "vars: {d: 4}\n",
        "vars: {d: 4}\nlayers: {}\n",
        "vars: [d]\nblocks: [b]\nvariants: [s]\n" + LINEAR,
        "vars: null\nblocks: {b: null}\nvariants: {s: null}\n" + LINEAR,
        "vars: d\nblocks: {b: {args: [w], layers: [ReLU]}}\n" + USE,
        "blocks: {b: {args: {w: 4}}}\n" + USE,
        "vars: {1: 4}\nblocks: {2: {layers: [ReLU]}}\nvariants: {3: {}}\n" + LINEAR,
    ],
)
def test_what_the_schema_refuses_is_silent(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("data", [None, 3, "layers", [], {"layers": None}, {"layers": 3}])
def test_what_is_no_spec_is_silent(data: object) -> None:
    assert list(unused.check(data)) == []

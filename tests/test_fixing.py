"""Fixes: what each kind changes, that it changes nothing else, and that it comes to rest."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlint import document, rules
from nnlint.engine import lint_text
from nnlint.finding import Applies
from nnlint.fixing import fix
from nnlint.policy import Policy

SAFE = frozenset({Applies.SAFE})
UNSAFE = frozenset({Applies.SAFE, Applies.UNSAFE})
EXPECTATION = frozenset({Applies.EXPECTATION})
HEAD = "nnlint: 1\ninput: [4]\n"
TWICE = HEAD + "layers:\n  - {type: Linear, out_features: 4}\n  - ReLU\n  - ReLU  "
MAP = "nnlint: 1\ninput: [3, 8, 8]\n"


def mended(text: str, wanted: frozenset[Applies] = SAFE) -> str:
    return fix(text, wanted).text


SAFE_FIXES = {
    "word": (
        HEAD + "name: on  # 'on'\nlayers: [ReLU]\n",
        HEAD + "name: \"on\"  # 'on'\nlayers: [ReLU]\n",
    ),
    "octal": (
        "nnlint: 1\ninput: [010]\nlayers: [ReLU]\n",
        "nnlint: 1\ninput: [10]\nlayers: [ReLU]\n",
    ),
    "new octal": (
        "nnlint: 1\ninput: [0o17]\nlayers: [ReLU]\n",
        "nnlint: 1\ninput: [15]\nlayers: [ReLU]\n",
    ),
    "exponent": (
        HEAD + "layers: [{type: LayerNorm, eps: 1e-3}]\n",
        HEAD + "layers: [{type: LayerNorm, eps: 0.001}]\n",
    ),
    "sexagesimal": (
        HEAD + "name: 1:30\nlayers: [ReLU]\n",
        HEAD + 'name: "1:30"\nlayers: [ReLU]\n',
    ),
    "a layer of Keras with its words": (
        HEAD + "layers:\n  - {type: Dense, units: 3, activation: relu, use_bias: no}  # h\n",
        HEAD + "layers:\n  - {type: Linear, out_features: 3, act: ReLU, bias: false}  # h\n",
    ),
    "bare layers": (
        HEAD + "layers: [relu, 'Swish', LayerNormalization]\n",
        HEAD + "layers: [ReLU, 'SiLU', LayerNorm]\n",
    ),
    "a loss of Keras": (
        HEAD + "layers: [{type: Linear, out_features: 3}]\nloss: mse\n",
        HEAD + "layers: [{type: Linear, out_features: 3}]\nloss: MSELoss\n",
    ),
    "numbers in quotes, with a point, computed": (
        HEAD + "layers:\n  - {type: Linear, out_features: '16'}\n  - ReLU\n"
        "  - {type: Linear, out_features: 4.0}\n  - ReLU\n"
        "  - {type: Linear, out_features: 2*3}\n",
        HEAD + "layers:\n  - {type: Linear, out_features: 16}\n  - ReLU\n"
        "  - {type: Linear, out_features: 4}\n  - ReLU\n"
        "  - {type: Linear, out_features: 6}\n",
    ),
    "a key in capitals": (
        HEAD + "layers: [{type: Linear, Out_Features: 3}]\n",
        HEAD + "layers: [{type: Linear, out_features: 3}]\n",
    ),
    "inside a block": (
        HEAD + "blocks:\n  b:\n    layers:\n      - type: Dense\n        units: 3\n"
        "layers: [{block: b, repeat: '2'}]\n",
        HEAD + "blocks:\n  b:\n    layers:\n      - type: Linear\n        out_features: 3\n"
        "layers: [{block: b, repeat: 2}]\n",
    ),
    "under defaults": (
        HEAD + "defaults: {Dense: {use_bias: false}}\n"
        "layers: [{type: Linear, out_features: 3}]\n",
        HEAD + "defaults: {Linear: {bias: false}}\nlayers: [{type: Linear, out_features: 3}]\n",
    ),
    "unused ignore at the end of a line": (
        HEAD + "layers:\n  - ReLU   # nnlint: ignore[NN401] why\n  - ReLU6  # kept\n",
        HEAD + "layers:\n  - ReLU\n  - ReLU6  # kept\n",
    ),
    "unused ignore on a line of its own": (
        HEAD + "layers:\n  # nnlint: ignore[NN401] why\n  - ReLU\n",
        HEAD + "layers:\n  - ReLU\n",
    ),
    "one unused code of two": (
        TWICE + "# nnlint: ignore[NN401, NN403] both\n",
        TWICE + "# nnlint: ignore[NN403] both\n",
    ),
    "the last code of two": (
        TWICE + "# nnlint: ignore[NN403,NN401] both\n",
        TWICE + "# nnlint: ignore[NN403] both\n",
    ),
    "unused ignore before another comment": (
        HEAD + "layers:\n  - ReLU  # nnlint: ignore[NN401] see #12 # noqa\n",
        HEAD + "layers:\n  - ReLU # noqa\n",
    ),
    "an ignore by its name": (
        TWICE + "# nnlint: ignore[two-activations-in-a-row] x\n",
        TWICE + "# nnlint: ignore[NN403] x\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), SAFE_FIXES.values(), ids=SAFE_FIXES)
def test_a_safe_fix_changes_what_is_wrong_and_nothing_else(before: str, after: str) -> None:
    assert mended(before) == after
    assert mended(after) == after


UNSAFE_FIXES = {
    "bias of a map in braces": (
        MAP + "layers:\n  - {type: Conv2d, out_channels: 4, kernel_size: 3}\n  - BatchNorm2d\n",
        MAP + "layers:\n  - {type: Conv2d, out_channels: 4, kernel_size: 3, bias: false}\n"
        "  - BatchNorm2d\n",
    ),
    "bias of a map on lines": (
        MAP + "layers:\n  - type: Conv2d  # first\n    out_channels: 4\n    kernel_size: 3\n"
        "  - BatchNorm2d\n",
        MAP + "layers:\n  - type: Conv2d  # first\n    bias: false\n    out_channels: 4\n"
        "    kernel_size: 3\n  - BatchNorm2d\n",
    ),
    "a stated size": (
        HEAD + "layers: [{type: Linear, in_features: 9, out_features: 8}]\n",
        HEAD + "layers: [{type: Linear, in_features: 4, out_features: 8}]\n",
    ),
    "a stated shape": (
        HEAD + "layers: [{type: LayerNorm, normalized_shape: [9]}]\n",
        HEAD + "layers: [{type: LayerNorm, normalized_shape: 4}]\n",
    ),
    "a bias that is written": (
        HEAD + "layers:\n  - {type: Linear, bias: true, out_features: 4}\n  - BatchNorm1d\n",
        HEAD + "layers:\n  - {type: Linear, bias: false, out_features: 4}\n  - BatchNorm1d\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), UNSAFE_FIXES.values(), ids=UNSAFE_FIXES)
def test_an_unsafe_fix_waits_until_it_is_asked_for(before: str, after: str) -> None:
    assert mended(before) == before
    assert mended(before, UNSAFE) == after
    assert mended(after, UNSAFE) == after


def test_expectations_are_rewritten_alone() -> None:
    text = (
        HEAD + "name: on\nlayers: [{type: Linear, out_features: 3}]\n"
        "expect:\n  params: 1  # was 1\n  output:\n    - 1  # one\n  macs: 12\n"
    )
    # 4·3 weights and 3 biases
    right = text.replace("params: 1 ", "params: 15 ").replace("\n    - 1  #", "\n    - 3  #")
    assert mended(text, EXPECTATION) == right
    assert "params: 1 " in mended(text, UNSAFE)


def test_expected_variants_and_named_outputs_are_rewritten() -> None:
    text = (
        "nnlint: 1\ninput: [4]\nvars: {d: 3}\nvariants: {big: {d: 5}}\n"
        "layers: [{type: Linear, out_features: $d, name: out}]\noutputs: [out]\n"
        "expect: {params: 15, variants: {big: 1}, output: {out: [7]}}\n"
    )
    right = text.replace("big: 1}", "big: 25}").replace("[7]", "[3]")
    assert mended(text, EXPECTATION) == right


@pytest.mark.parametrize(
    "layer",
    [
        "{type: Linear, out_feature: 3}",  # a guess is no answer
        "{type: Linear, units: 3, out_features: 4}",  # both keys are there
        "{type: LSTM, hidden_size: 3, return_sequences: true}",  # takes other values
        "{type: Linear, out_features: 3, activation: linear}",  # is none
        "{type: LSTM, units: 3}",  # gives the last step in Keras
        "{type: UpSampling2D, size: 2}",  # a factor there
        "{type: Concatenate, axis: -1}",  # the channels there
        "GlobalAveragePooling2D",  # needs its size
        "{type: Linear, out_features: three}",
        "Liner",
        "Activation",
        "BatchNormalization",  # which of three depends on the axes
    ],
)
def test_what_has_no_one_right_answer_is_left(layer: str) -> None:
    text = HEAD + f"layers: [{layer}]\n"
    assert lint_text(text).findings
    assert mended(text) == text


KEPT = {
    "json": (
        '{"nnlint": 1, "input": [4], "layers": [{"type": "Dense", "units": 16}]}\n',
        '{"nnlint": 1, "input": [4], "layers": [{"type": "Linear", "out_features": 16}]}\n',
    ),
    "an anchor": (
        HEAD + "layers:\n  - &r relu\n  - {type: Linear, out_features: 2}\n  - *r\n",
        HEAD + "layers:\n  - &r ReLU\n  - {type: Linear, out_features: 2}\n  - *r\n",
    ),
    "an anchor of a map": (
        HEAD + "layers:\n  - &d {type: Dense, units: 4}\n  - ReLU\n  - *d\n",
        HEAD + "layers:\n  - &d {type: Linear, out_features: 4}\n  - ReLU\n  - *d\n",
    ),
    "an anchor of a number": (
        HEAD + "layers:\n  - {type: Linear, out_features: &n '8'}\n  - ReLU\n"
        "  - {type: Linear, out_features: *n}\n",
        HEAD + "layers:\n  - {type: Linear, out_features: &n 8}\n  - ReLU\n"
        "  - {type: Linear, out_features: *n}\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), KEPT.values(), ids=KEPT)
def test_quotes_and_anchors_stay(before: str, after: str) -> None:
    assert mended(before) == after


OUTPUT = HEAD + "layers: [{type: Linear, out_features: 3}]\nexpect:\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  output:\n  - 5 # a\n  params: 1\n", "  output:\n  - 3 # a\n  params: 15\n"),
        ("  output:\n  - 5\n  - 6\n", "  output:\n  - 3\n"),
        ("  output: [5, 6]\n", "  output: [3]\n"),
        ("  output: [ # a\n    5 # b\n  ]\n", "  output: [ # a\n    3 # b\n  ]\n"),
        ("  output: [ # a\n    5, 6 # b\n  ]\n", "  output: [ # a\n    5, 6 # b\n  ]\n"),
    ],
)
def test_an_expected_shape_keeps_its_layout_and_its_comments(before: str, after: str) -> None:
    assert mended(OUTPUT + before, EXPECTATION) == OUTPUT + after


def test_an_unsafe_fix_does_not_break_a_variant_that_nobody_checks() -> None:
    text = (
        "nnlint: 1\ninput: [$w]\nvars: {w: 16}\nvariants: {v: {w: 32}}\n"
        "layers: [{type: Linear, in_features: 32, out_features: 8}]\n"
    )
    assert mended(text, UNSAFE) == text


def test_two_uses_of_an_anchor_that_want_different_sizes_are_left() -> None:
    text = (
        HEAD + "layers:\n  - &a {type: Linear, in_features: 4, out_features: 16}\n  - ReLU\n"
        "  - *a\n"
    )
    assert fix(text, UNSAFE).mended == ()


# --- what a fix must not do -------------------------------------------------------------------


def test_a_fix_that_breaks_another_use_of_the_block_is_not_made() -> None:
    text = (
        "nnlint: 1\ninput: [4]\nblocks:\n  b: {layers: [{type: Linear, in_features: 9, "
        "out_features: 8}]}\nlayers: [{block: b}, ReLU, {block: b}]\n"
    )
    assert mended(text, UNSAFE) == text


def test_a_fix_behind_an_alias_changes_what_all_uses_mean_or_nothing() -> None:
    text = (
        MAP + "layers:\n  - &c {type: Conv2d, out_channels: 3, kernel_size: 3}\n"
        "  - BatchNorm2d\n  - *c\n  - ReLU\n"
    )
    before, after = lint_text(text), fix(text, UNSAFE)
    assert document.read(after.text).problems == []
    fresh = {f.rule.code for f in after.report.findings} - {
        f.rule.code for f in before.findings
    }
    assert fresh == set()


def test_a_rule_that_is_off_mends_nothing() -> None:
    text = HEAD + "name: on\nlayers: [ReLU]\n"
    assert fix(text, SAFE, policy=Policy({"NN012": False})).text == text


def test_what_is_no_yaml_stays_as_it_is() -> None:
    text = "nnlint: 1\nname: on\nlayers: [\n"
    assert mended(text, UNSAFE) == text


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_stay(ending: str) -> None:
    text = UNSAFE_FIXES["bias of a map on lines"][0].replace("\n", ending)
    right = UNSAFE_FIXES["bias of a map on lines"][1].replace("\n", ending)
    assert mended(text, UNSAFE) == right


# --- what the pages promise -------------------------------------------------------------------


@pytest.mark.parametrize("code", rules.codes())
def test_a_rule_says_how_its_findings_are_mended(code: str) -> None:
    rule = rules.find(code)
    assert rule
    texts = [text for pair in (*SAFE_FIXES.values(), *UNSAFE_FIXES.values()) for text in pair]
    texts += [example for example in (rule.bad,) if isinstance(example, str)]
    texts.append(HEAD + "layers: [{type: Linear, out_features: 3}]\nexpect: {params: 1}\n")
    found = [f for text in texts for f in lint_text(text).findings if f.rule.code == code]
    assert {f.repair.applies for f in found if f.repair} == ({rule.fix} if rule.fix else set())


# --- properties -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """A stretch of a spec, as it is and as it is after the fixes."""

    before: str
    after: str


def same(text: str) -> st.SearchStrategy[Piece]:
    return st.just(Piece(text, text))


def flawed(right: str, *wrong: str) -> st.SearchStrategy[Piece]:
    """The right text, or one that is mended to it."""
    return st.sampled_from([Piece(one, right) for one in (right, *wrong)])


@st.composite
def joined(draw: st.DrawFn, *parts: st.SearchStrategy[Piece]) -> Piece:
    pieces = [draw(part) for part in parts]
    return Piece("".join(p.before for p in pieces), "".join(p.after for p in pieces))


NOISE = st.sampled_from(["", "  # a comment", "   # nnlint: nothing", " # ü 日本 🎉"])
noise = NOISE.map(lambda text: Piece(text, text))
unneeded = st.sampled_from(
    [
        "",
        "  # nnlint: ignore[NN402]",
        " # nnlint: ignore[NN402,NN808] why",
        "\t# nnlint: ignore[NN506]",
    ]
).map(lambda text: Piece(text, ""))


def linear(sizes: str) -> st.SearchStrategy[Piece]:
    flow = joined(
        same("  - {type: "), st.one_of(
            flawed("Linear", "Dense"), st.just(Piece('"Dense"', '"Linear"'))
        ), same(", "),
        flawed("out_features", "units"), same(": "),
        flawed(sizes, f'"{sizes}"', f"'{sizes}'", f"0{sizes}"), same("}"), unneeded, noise,
        same("\n"),
    )  # fmt: skip
    block = joined(
        same("  - type: "), flawed("Linear", "Dense"), noise, same("\n    "),
        flawed("bias", "use_bias"), same(":   "), flawed("true", '"true"', "yes", "on"),
        noise, same("\n    "), flawed("out_features", "units"), same(": "),
        flawed(sizes, f'"{sizes}"'), unneeded, same("\n"),
    )  # fmt: skip
    return st.one_of(flow, block)


layer = st.sampled_from([8, 17, 30]).flatmap(lambda n: linear(str(n)))
activation = joined(same("  - ReLU"), unneeded, noise, same("\n"))
dropout = joined(
    same("  - {type: Dropout, "), flawed("p", "rate"), same(": "), flawed("0.1", "1e-1"),
    same("}"), noise, same("\n"),
)  # fmt: skip
spec = joined(
    same("# top\nnnlint: 1\nname: "), flawed('"on"', "on"), noise, same("\ninput: ["),
    flawed("10", "010", '"10"', "0o12"), same("]\n\nlayers:\n"),
    st.lists(st.tuples(layer, activation, dropout), min_size=1, max_size=3).map(
        lambda parts: Piece(
            "".join(piece.before for part in parts for piece in part),
            "".join(piece.after for part in parts for piece in part),
        )
    ),
    layer, same("# the end"),
)  # fmt: skip
endings = st.sampled_from(["\n", "\r\n"])


@given(spec, endings)
@settings(max_examples=200, deadline=None)
def test_every_byte_that_is_no_mistake_stays(piece: Piece, ending: str) -> None:
    before, after = (text.replace("\n", ending) for text in (piece.before, piece.after))
    assert mended(before) == after


@given(spec)
@settings(max_examples=100, deadline=None)
def test_fixes_come_to_rest_and_leave_nothing_new(piece: Piece) -> None:
    first = fix(piece.before, UNSAFE)
    assert fix(first.text, UNSAFE).text == first.text
    assert {f.rule.code for f in first.report.findings} <= {
        f.rule.code for f in lint_text(piece.before).findings
    } | {f.rule.code for f in lint_text(piece.after).findings}
    assert [f for f in first.report.findings if f.repair] == []

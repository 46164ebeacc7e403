"""Blocks, variables, variants, defaults, ties and copies, and what is said of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlint.engine import lint_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from nnlint.graph import Graph
    from nnlint.report import Report

MARK = "¦"
HEAD = "nnlint: 1\ninput: [8]\n"
LINEAR = "{type: Linear, out_features: "


def graph_of(text: str, variant: str | None = None) -> Graph:
    report = lint_text(HEAD + text, variant=variant)
    assert [f.message for f in report.findings if f.rule.severity.rank == 3] == []
    assert report.graph is not None
    return report.graph


def same(one: str, other: str) -> None:
    """Both are the same network."""
    first, second = graph_of(one), graph_of(other)
    assert first.totals == second.totals
    assert first.output.shape == second.output.shape
    assert [n.output for n in first.nodes] == [n.output for n in second.nodes]


def said(text: str) -> tuple[str, str, str | None]:
    """The code, words and help of the one error, which stands at the mark."""
    before, _, after = text.partition(MARK)
    findings = lint_text(before + after).findings
    (finding,) = [f for f in findings if f.rule.severity.rank == 3]
    place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert (finding.span.line, finding.span.column) == place
    return finding.rule.code, finding.message, finding.help


def errors(text: str) -> list[str]:
    return [f.rule.code for f in lint_text(text).findings if f.rule.severity.rank == 3]


def block(layers: str, args: str = "") -> str:
    head = f"    args: {{{args}}}\n" if args else ""
    return f"blocks:\n  b:\n{head}    layers: [{layers}]\n"


# Equal to the same spec unrolled by hand


class Size(NamedTuple):
    """A size as text, and what it is for given values and what arrives."""

    text: str
    compute: Callable[[dict[str, int], int], int]


VARS = {"d": 6, "h": 2, "w": 9}
OUTSIDE = [
    Size("5", lambda v, _: 5), Size("$d", lambda v, _: v["d"]),
    Size("4*$d//$h + 1", lambda v, _: 4 * v["d"] // v["h"] + 1),
    Size("$w", lambda v, _: v["w"]), Size("$in", lambda _, x: x),
    Size("($in + $d) // 2", lambda v, x: (x + v["d"]) // 2),
    Size("$in + 1", lambda _, x: x + 1),
]  # fmt: skip
SIZES = st.sampled_from(OUTSIDE)
Spec = dict[str, Any]


@st.composite
def part(draw: st.DrawFn, depth: int) -> Spec:
    kind = draw(st.sampled_from(["Linear", "Linear", "ReLU", "Sequential", "block"]))
    repeat = draw(st.integers(1, 3))
    if kind in ("Sequential", "block") and depth:
        inner = draw(st.lists(part(depth - 1), max_size=2))
        return {"kind": kind, "inner": inner, "repeat": repeat, "w": draw(SIZES),
                "first": draw(st.none() | SIZES)}  # fmt: skip
    if kind == "Linear":
        return {
            "kind": kind,
            "size": draw(SIZES),
            "bias": draw(st.booleans()),
            "repeat": repeat,
        }
    return {"kind": "ReLU", "repeat": repeat}


def written(parts: list[Spec], blocks: Spec) -> list[Spec]:
    """The parts as a spec writes them; each block comes to stand in `blocks`."""
    return [one_written(each, blocks) for each in parts]


def one_written(each: Spec, blocks: Spec) -> Spec:
    repeat = {"repeat": each["repeat"]}
    if each["kind"] == "Linear":
        size = {"out_features": each["size"].text, "bias": each["bias"]}
        size |= {"out_features": 5} if each["size"].text == "5" else {}
        return {"type": "Linear", **size, **repeat}
    if each["kind"] == "ReLU":
        return {"type": "ReLU", **repeat}
    layers = written(each["inner"], blocks)
    if each["kind"] == "Sequential":
        return {"type": "Sequential", "layers": layers, **repeat}
    name = f"b{len(blocks)}"
    blocks[name] = {"args": {"w": "required"}, "layers": layers}
    first = {"first": {"w": number(each["first"])}} if each["first"] else {}
    return {"block": name, "w": number(each["w"]), **repeat, **first}


def number(size: Size) -> object:
    return size.text if "$" in size.text else int(size.text)


def unrolled(parts: list[Spec], values: dict[str, int], x: int) -> tuple[list[Any], int]:
    """The same layers one after the other, each size a number; and what leaves them."""
    flat: list[Any] = []
    for each in parts:
        for copy in range(each["repeat"]):
            more, x = one_copy(each, values, x, copy)
            flat += more
    return flat, x


def one_copy(each: Spec, values: dict[str, int], x: int, copy: int) -> tuple[list[Any], int]:
    if each["kind"] == "ReLU":
        return ["ReLU"], x
    if each["kind"] == "Linear":
        size = each["size"].compute(values, x)
        return [{"type": "Linear", "out_features": size, "bias": each["bias"]}], size
    if each["kind"] == "block":
        given_w = each["first"] if copy == 0 and each["first"] else each["w"]
        # a block sees the vars and its own arguments, not those of the block around it
        values = {**VARS, "w": given_w.compute(values, x)}
    return unrolled(each["inner"], values, x)


def spec(layers: list[Any], **more: Any) -> str:
    return json.dumps({"nnlint": 1, "input": [8], "layers": layers, **more})


@settings(max_examples=150, deadline=None)
@given(st.lists(part(2), min_size=1, max_size=3))
def test_a_composition_equals_the_same_unrolled(parts: list[Spec]) -> None:
    blocks: Spec = {}
    layers = written(parts, blocks)
    short = lint_text(spec(layers, vars=VARS, blocks=blocks)).graph
    flat, width = unrolled(parts, VARS, 8)
    long = lint_text(spec(flat or ["Identity"])).graph
    assert short is not None
    assert long is not None
    assert short.totals == long.totals
    assert short.output.shape.known == long.output.shape.known == (width,)
    assert sum(node.count for node in short.nodes) == len(flat)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(part(2), min_size=1, max_size=3),
    st.sampled_from(["d", "h", "w"]),
    st.integers(1, 9),
)
def test_a_variant_equals_the_spec_with_its_vars(
    parts: list[Spec], name: str, new: int
) -> None:
    blocks: Spec = {}
    layers = written(parts, blocks)
    text = spec(layers, vars=VARS, blocks=blocks, variants={"v": {name: new}})
    chosen = lint_text(text, variant="v").graph
    replaced = lint_text(spec(layers, vars={**VARS, name: new}, blocks=blocks)).graph
    assert chosen is not None
    assert replaced is not None
    assert chosen.totals == replaced.totals
    assert chosen.output.shape == replaced.output.shape


@pytest.mark.parametrize("bias", ["true", "false"])
def test_defaults_equal_the_keys_written_out(bias: str) -> None:
    keys = f"bias: {bias}, norm: BatchNorm1d, act: PReLU"
    layers = "layers: [{type: Linear, out_features: 5%s}, {type: Linear, out_features: 3%s}]\n"
    same(
        f"defaults: {{Linear: {{{keys}}}}}\n" + layers % ("", ""), layers % ((f", {keys}",) * 2)
    )


def test_a_key_of_its_own_wins_over_the_default() -> None:
    default = "defaults: {Linear: {bias: false, norm: LayerNorm, act: ReLU}}\n"
    own = f"layers: [{LINEAR}5, bias: true, norm: none, act: null}}]\n"
    same(default + own, f"layers: [{LINEAR}5}}]\n")


def test_a_default_may_ask_for_what_arrives() -> None:
    layers = f"layers: [{LINEAR}6}}, {LINEAR}12}}]\n"
    default = (
        "vars: {g: 3}\ndefaults: {Linear: {norm: {type: GroupNorm, num_groups: $in//$g}}}\n"
    )
    norm = "{type: GroupNorm, num_groups: %d}"
    same(default + layers,
         f"layers: [{LINEAR}6}}, {norm % 2}, {LINEAR}12}}, {norm % 4}]\n")  # fmt: skip


@pytest.mark.parametrize(
    ("norm", "act"),
    [("BatchNorm1d", "ReLU"), ("{type: GroupNorm, num_groups: 2}", "PReLU"),
     ("LayerNorm", "none"), ("null", "{type: LeakyReLU, negative_slope: 0.2}")],
)  # fmt: skip
def test_a_norm_and_an_act_equal_layers_of_their_own(norm: str, act: str) -> None:
    apart = ", ".join(one for one in (norm, act) if one not in ("none", "null"))
    # norm first, in whatever order they are written
    for keys in (f"norm: {norm}, act: {act}", f"act: {act}, norm: {norm}"):
        same(f"layers: [{LINEAR}6, {keys}}}]\n", f"layers: [{LINEAR}6}}, {apart}]\n")


def test_a_frozen_layer_freezes_its_norm() -> None:
    totals = graph_of(f"layers: [{LINEAR}6, norm: BatchNorm1d, trainable: false}}]\n").totals
    assert (totals.params, totals.trainable) == (8 * 6 + 6 + 12, 0)


def test_a_frozen_use_freezes_the_block() -> None:
    text = block(LINEAR + "8}, ReLU") + "layers: [{block: b}, {block: b, trainable: $t}]\n"
    assert graph_of("vars: {t: false}\n" + text).totals.trainable == 72


def test_whether_a_use_learns_is_asked_outside_of_its_block() -> None:
    text = (
        "vars: {t: true}\nblocks:\n  b: {args: {t: false}, layers: [" + LINEAR + "6}]}\n"
        "layers: [{block: b, trainable: $t}]\n"
    )
    totals = graph_of(text).totals
    assert totals.trainable == totals.params > 0


def test_inputs_may_be_computed() -> None:
    text = "nnlint: 1\nvars: {s: 32}\ninput: [3, $s, $s//2]\nlayers: [ReLU]\n"
    graph = lint_text(text).graph
    assert graph is not None
    assert graph.output.shape.known == (3, 32, 16)


@pytest.mark.parametrize(
    ("head", "kind", "width"),
    [("[5, 7, 7]", "Conv2d, kernel_size: 1, out_channels", 5),
     ("{map: [5, 7]}", "Conv1d, kernel_size: 1, out_channels", 5),
     ("{sequence: [5, 7]}", "Linear, out_features", 7), ("[9]", "Linear, out_features", 9)],
)  # fmt: skip
def test_in_is_the_channels_or_features_that_arrive(head: str, kind: str, width: int) -> None:
    graph = lint_text(f"nnlint: 1\ninput: {head}\nlayers: [{{type: {kind}: 2*$in}}]\n").graph
    assert graph is not None
    assert graph.totals.params == width * 2 * width + 2 * width


def test_in_of_indices_is_a_fault() -> None:
    layer = "{type: Embedding, num_embeddings: 7, embedding_dim: ¦2*$in}"
    code, message, _ = said(f"nnlint: 1\ninput: {{tokens: 5}}\nlayers: [{layer}]\n")
    assert code == "NN114"
    assert message == "'2*$in': token indices arrive, and they have no features"


def test_arguments_are_evaluated_outside_and_shadow() -> None:
    text = "vars: {w: 5}\n" + block(LINEAR + "$w}", "w: required")
    graph = graph_of(f"{text}layers: [{{block: b, w: 2*$w}}, ReLU, {LINEAR}$w}}]\n")
    assert [n.output.dims for n in graph.nodes] == [(10,), (10,), (5,)]


def test_arguments_are_evaluated_for_each_copy() -> None:
    text = block(LINEAR + "$w}, ReLU", "w: required")
    graph = graph_of(f"{text}layers: [{{block: b, w: 2*$in, repeat: 3}}]\n")
    assert graph.output.shape.known == (64,)
    assert graph.totals.weights == 8 * 16 + 16 * 32 + 32 * 64


@pytest.mark.parametrize(
    ("arg", "params"),
    [("c: false", 8 * 3), ("c: true", 27), ("c: true, a: PReLU", 28), ("c: true, a: none", 27)],
)
def test_arguments_hand_on_any_scalar(arg: str, params: int) -> None:
    text = block(LINEAR + "3, bias: $c, act: $a, tie: $t}", "c: true, a: ReLU, t: null")
    assert graph_of(f"{text}layers: [{{block: b, {arg}}}]\n").totals.params == params


def test_first_differs_in_the_first_copy_alone() -> None:
    uses = block(LINEAR + "$w}, ReLU", "w: 8")
    apart = "{block: b, w: 5}, {block: b}, {block: b, repeat: 2}"
    same(f"{uses}layers: [{{block: b, repeat: 4, first: {{w: 5}}}}]\n",
         f"{uses}layers: [{apart}]\n")  # fmt: skip
    plain = f"layers: [{LINEAR}8, act: PReLU, repeat: 3, first: {{bias: false}}}}]\n"
    assert graph_of(plain).totals.params == 64 + 2 * 72 + 3


@pytest.mark.parametrize("keys", ["w: ¦%s", "first: {w: ¦%s}", "w: ¦%s, first: {w: 8}"])
@pytest.mark.parametrize(("wrong", "code"), [("$zzz", "NN115"), ("$in/3", "NN114")])
def test_an_argument_that_is_no_number_is_pointed_at_where_it_stands(
    keys: str, wrong: str, code: str
) -> None:
    """Where no variable has that name; and 8/3 is no whole number."""
    use = f"{{block: b, repeat: 3, {keys % wrong}}}"
    text = f"{HEAD}{block(LINEAR + '$w}', 'w: 8')}layers: [{use}]\n"
    assert said(text)[0] == code


def test_what_is_wrong_inside_a_computed_list_is_pointed_at() -> None:
    """8 - 9 is -1, which stands for what is left; 4 - 9 is no size."""
    split = "{type: Unflatten, dim: 1, unflattened_size: [¦$in - 10, 2]}"
    code, message, _ = said(f"{HEAD}layers: [{split}]\n")
    assert code == "NN106"
    assert message.startswith("unflattened_size[0] is -2, ")


def test_how_often_a_layer_stands_may_ask_for_what_nobody_says() -> None:
    inputs = "nnlint: 1\ninputs: {a: [3], b: [4]}\n"
    assert errors(inputs + "layers: [{type: ReLU, repeat: $in}]\n") == ["NN206"]


def test_in_is_known_where_only_the_features_are() -> None:
    """What reaches the first layer is refused, and 6 leave it, whatever stands before them."""
    text = f"{HEAD}layers: [{{type: Linear}}, {LINEAR}6}}, {LINEAR}2*$in}}, "
    report = lint_text(f"{text}{LINEAR}3, in_features: 5}}]\n")
    (message,) = [f.message for f in report.findings if f.rule.code == "NN201"]
    assert message == "Linear: in_features is 5, but 12 arrive"


@pytest.mark.parametrize(
    ("head", "axis"), [("[8, 12]", 0), ("{map: [8, 12]}", 0), ("{sequence: [8, 12]}", 1)]
)
def test_in_of_two_axes_is_what_the_layer_takes_them_for(head: str, axis: int) -> None:
    """A pooling takes [a, b] for a map; its window spans as much as `$in`, or all there is."""
    pool = "{type: MaxPool1d, kernel_size: $in - 2}"
    graph = lint_text(f"nnlint: 1\ninput: {head}\nlayers: [{pool}]\n").graph
    assert graph is not None
    window = (8, 12)[axis] - 2
    assert graph.output.shape.dims == (8, 12 // window)


@pytest.mark.parametrize(
    ("head", "layer", "width"),
    [("{sequence: [8, 6]}", "Conv1d, kernel_size: 1, out_channels: 2*$in", 8),
     ("[3, 8, 9]", "Linear, out_features: 2*$in", 9)],
)  # fmt: skip
def test_in_is_the_axis_that_the_layer_works_along(head: str, layer: str, width: int) -> None:
    """A convolution of what is written as a sequence, a Linear of a map's last axis."""
    graph = lint_text(f"nnlint: 1\ninput: {head}\nlayers: [{{type: {layer}}}]\n").graph
    assert graph is not None
    assert graph.totals.params == width * 2 * width + 2 * width


def test_an_empty_part_may_stand_as_often_as_a_variable_says() -> None:
    text = "vars: {n: 3}\nlayers: [{type: Sequential, layers: [], repeat: $n}, ReLU]\n"
    assert graph_of(text).output.shape.known == (8,)


@pytest.mark.parametrize("copies", [2, 3, 10])
def test_the_first_of_any_number_of_copies_may_differ(copies: int) -> None:
    """8·8 without a bias, then with it."""
    layer = f"{LINEAR}8, act: PReLU, repeat: {copies}, first: {{bias: false}}}}"
    assert graph_of(f"layers: [{layer}]\n").totals.params == copies * (64 + 8 + 1) - 8


# Shared and tied


@pytest.mark.parametrize("what", ["use", "Sequential", "Linear"])
def test_shared_copies_count_once_and_compute_each_time(what: str) -> None:
    many = "repeat: 12, shared: true}"
    layers = {
        "use": f"{{block: b, {many}", "Linear": f"{LINEAR}8, act: ReLU, {many}",
        "Sequential": f"{{type: Sequential, layers: [{LINEAR}8}}, ReLU], {many}",
    }  # fmt: skip
    totals = graph_of(block(LINEAR + "8}, ReLU") + f"layers: [{layers[what]}]\n").totals
    assert (totals.params, totals.active, totals.macs) == (72, 72, 12 * 64)


def test_shared_within_repeated_counts_once_for_each_outer_copy() -> None:
    text = block(LINEAR + "8, act: ReLU, repeat: 5, shared: true}")
    totals = graph_of(f"{text}layers: [{{block: b, repeat: 3}}]\n").totals
    assert (totals.params, totals.macs) == (3 * 72, 15 * 64)


def test_shared_copies_of_another_shape_are_refused() -> None:
    code, message, _ = said(
        f"{HEAD}layers: [{LINEAR}3, act: ReLU, repeat: 2, shared: ¦true}}]\n"
    )
    assert code == "NN213"
    assert "weight [3, 8]" in message
    assert "weight [3, 3]" in message


TIED = f"layers: [{LINEAR}8, name: a, act: ReLU}}, {LINEAR}8, "


@pytest.mark.parametrize(
    ("rest", "params", "macs"),
    [("tie: a}]", 80, 128), ("tie: a, bias: false}]", 72, 128), ("tie: $none}]", 144, 128),
     ("tie: a, repeat: 3, act: ReLU}]", 72 + 3 * 8, 4 * 64),
     (f"tie: a, name: c, act: ReLU}}, {LINEAR}8, tie: c}}]", 88, 3 * 64)],
)  # fmt: skip
def test_a_tied_weight_counts_once(rest: str, params: int, macs: int) -> None:
    totals = graph_of(f"vars: {{none: null}}\n{TIED}{rest}\n").totals
    assert (totals.params, totals.macs) == (params, macs)


@pytest.mark.parametrize("owner", ["u", "act", "input"])
def test_a_tie_wants_a_layer_with_a_weight(owner: str) -> None:
    text = (
        block(LINEAR + "8}, ReLU") + "layers: [{block: b, name: u}, {type: ReLU, name: act}, "
    )
    code, message, _ = said(f"{HEAD}{text}{LINEAR}8, tie: ¦{owner}}}]\n")
    assert code == "NN213"
    assert message == f"Linear is tied to '{owner}', which has no weight"


def test_a_tie_wants_equal_shapes() -> None:
    text = f"{HEAD}layers: [{LINEAR}4, name: a}}, ReLU, {LINEAR}8, tie: ¦a}}]\n"
    code, message, _ = said(text)
    assert code == "NN213"
    assert message == "Linear has a weight [8, 4], but the weight of 'a' is [4, 8]"


# Words and places


@pytest.mark.parametrize(
    ("text", "code", "message", "hint"),
    [
        ("vars: {d: 768}\nlayers:\n  - {type: Linear, out_features: ¦$d - 768}\n", "NN106",
         "out_features is 0, but expected a whole number, 1 or more ($d - 768 is 0)", None),
        ("vars: {width: 4}\nlayers:\n  - {type: Linear, out_features: ¦2*$widht}\n", "NN115",
         "'2*$widht': there is no '$widht' here", "did you mean 'width'?"),
        ("vars: {d: 7}\nlayers:\n  - {type: Linear, out_features: ¦$d/2}\n", "NN114",
         "'$d/2': 7 / 2 leaves a remainder", "write // to round down, if that is meant"),
        ("layers:\n  - {type: Linear, out_features: ¦\"2*3\"}\n", "NN101",
         "out_features is the text '2*3', but expected a whole number, 1 or more", "write 6"),
        ("vars: {a: [¦1, 2]}\nlayers: [ReLU]\n".replace("[¦", "¦["), "NN101",
         "a is a list of 2, but expected a number, a text, true, false or null", None),
        ("vars: {b: 2, a: ¦3/$b}\nlayers: [{type: Linear, out_features: $a}]\n", "NN114",
         "'3/$b': 3 / 2 leaves a remainder", "write // to round down, if that is meant"),
        ("vars: {a: GELUU}\nlayers: [{type: Linear, out_features: 8, act: ¦$a}]\n", "NN120",
         "there is no layer type 'GELUU' ($a is GELUU)", "did you mean 'GELU'?"),
        ("vars: {d: 4}\nvariants: {big: {¦dd: 8}}\nlayers: [ReLU]\n", "NN115",
         "a variant overrides vars, and there is no 'dd' in vars", "did you mean 'd'?"),
        (("vars: {d: 4}\nvariants: {big: {d: 8}}\nlayers: [ReLU]\n"
         "expect: {variants: {¦bigg: 0}}\n"), "NN116",
         "expect.variants names 'bigg', but there is no such variant", "did you mean 'big'?"),
        ("defaults: {¦Linar: {bias: false}}\nlayers: [ReLU]\n", "NN120",
         "there is no layer type 'Linar'", "did you mean 'Linear'?"),
        ("defaults: {Linear: {¦biass: false}}\nlayers: [ReLU]\n", "NN103",
         "Linear takes no key 'biass'", "did you mean 'bias'?"),
        ("blocks: {b: {layers: [ReLU]}}\nlayers: [¦b]\n", "NN120",
         "'b' is a block, not a layer type", "write {block: b}"),
        ("blocks: {b: {layers: [ReLU]}}\nlayers: [{block: ¦bb}]\n", "NN122",
         "there is no block 'bb'", "did you mean 'b'?"),
        ("blocks: {b: {layers: [ReLU]}}\nlayers: [{block: b, ¦type: ReLU}]\n", "NN113",
         "block and type exclude each other", "keep one of them"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_place_and_words(
    text: str, code: str, message: str, hint: str | None
) -> None:
    assert said(HEAD + text) == (code, message, hint)


ONE = block(LINEAR + "$width}, ReLU", "width: required, stride: 1")


@pytest.mark.parametrize(
    ("use", "code", "message", "hint"),
    [
        ("{block: b, width: 3, ¦strid: 2}", "NN103", "the block 'b' takes no argument 'strid'",
         "did you mean 'stride'?"),
        ("{block: b, width: 3, ¦norm: LayerNorm}", "NN103",
         "the block 'b' takes no argument 'norm'", "it takes width and stride"),
        ("¦{block: b}", "NN102", "the block 'b' needs width", "write `width:` beside block"),
        ("{block: b, ¦widht: 3}", "NN103", "the block 'b' takes no argument 'widht'",
         "did you mean 'width'?"),
        ("{block: b, width: ¦[3]}", "NN101",
         "width is a list of 1, but expected a number, a text, true, false or null", None),
        ("{block: b, width: 3, repeat: 2, first: {¦widths: 2}}", "NN103",
         "the block 'b' takes no argument 'widths'", "did you mean 'width'?"),
        ("{block: b, width: 3, repeat: 2, first: {¦repeat: 2}}", "NN103",
         "the block 'b' takes no argument 'repeat'", "it takes width and stride"),
        ("{block: b, width: ¦2*$wdth}", "NN115", "'2*$wdth': there is no '$wdth' here",
         "known here: $in"),
    ],
)  # fmt: skip
def test_a_use_gives_the_arguments_of_its_block(
    use: str, code: str, message: str, hint: str | None
) -> None:
    assert said(f"{HEAD}{ONE}layers: [{use}]\n") == (code, message, hint)


@pytest.mark.parametrize(
    "name", ["block", "repeat", "first", "name", "from", "shared", "trainable", "type", "in"]
)
def test_a_reserved_word_is_no_argument(name: str) -> None:
    text = f"{HEAD}blocks: {{b: {{args: {{¦{name}: 3}}, layers: [ReLU]}}}}\nlayers: [ReLU]\n"
    code, message, _ = said(text)
    assert code == "NN108"
    assert "letters, digits" not in message  # it is made of letters; it is reserved


def test_a_dash_in_a_variable_is_not_said_to_be_fine() -> None:
    _, message, _ = said(f"{HEAD}vars: {{¦a-b: 3}}\nlayers: [ReLU]\n")
    assert "_ and -" not in message


DEEPER = """nnlint: 1
input: [8]
blocks:
  inner:
    args: {v: required}
    layers: [{type: Linear, out_features: ¦$v - 8}]
  outer:
    args: {w: required}
    layers: [{block: inner, v: $w}]
layers:
"""


@pytest.mark.parametrize(
    ("uses", "way"),
    [
        ("  - {block: inner, v: 8}\n", "block used at line 11"),
        ("  - {block: inner, v: 9}\n  - {block: inner, v: 8}\n", "block used at line 12"),
        ("  - {block: inner, v: 8}\n" * 20, "block used at line 11"),
        ("  - {block: inner, v: 8, repeat: 5}\n", "block used at line 11, copy 1"),
        ("  - {block: outer, w: 8, repeat: 5}\n",
         "block used at line 9, by the block used at line 11, copy 1"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_block_names_the_use_once(uses: str, way: str) -> None:
    code, message, _ = said(DEEPER + uses)
    assert code == "NN106"
    assert message.startswith("out_features is 0, but expected a whole number, 1 or more (")
    assert message.endswith(f"($v - 8 is 0) ({way})")


def test_a_later_copy_is_named() -> None:
    text = block("{type: Linear, out_features: ¦$in - 4}")
    _, message, _ = said(f"{HEAD}{text}layers:\n  - {{block: b, repeat: 5}}\n")
    assert message.endswith("($in - 4 is 0) (block used at line 7, copy 2)")


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0", "0"), ("-2", "-2"), ("text", "text"), ("true", "true"), ("null", "null")],
)
def test_a_repeat_is_a_whole_number(value: str, shown: str) -> None:
    layers = "layers: [{type: Linear, out_features: 8, repeat: ¦$n}]\n"
    code, message, _ = said(f"{HEAD}vars: {{n: {value}}}\n{layers}")
    assert code in ("NN101", "NN106")
    assert message.endswith(f"expected a whole number, 1 or more ($n is {shown})")


@pytest.mark.parametrize(
    ("shape", "code"),
    [("[3, 4, ¦$s - 224]", "NN106"), ("{tokens: ¦$s*0}", "NN106"), ("¦$s", "NN101"),
     ("{sequence: [4, ¦$s - 300]}", "NN106"), ("[3, 4, ¦$s/3]", "NN114"), ("[¦$in]", "NN115"),
     ("[3, ¦$ss]", "NN115")],
)  # fmt: skip
def test_a_computed_input_is_checked_at_its_place(shape: str, code: str) -> None:
    assert said(f"nnlint: 1\nvars: {{s: 224}}\ninput: {shape}\nlayers: [ReLU]\n")[0] == code


@pytest.mark.parametrize(
    "text",
    ["expect: {params: ¦$a}", "budget: {params: ¦$a}", "budget: {size: ¦$a}", "loss: ¦$a",
     "dtype: ¦$a", "convention: ¦$a"],
)  # fmt: skip
def test_an_expression_is_refused_outside_of_layers(text: str) -> None:
    assert said(f"{HEAD}vars: {{a: 3}}\nlayers: [ReLU]\n{text}\n")[0] in (
        "NN101",
        "NN104",
        "NN108",
    )


@pytest.mark.parametrize(
    "layer",
    ["{type: ReLU, name: ¦$a}", "{type: ¦$a}", "¦$a", "{block: ¦$a}",
     "{type: ReLU, repeat: 2, first: ¦$a}"],
)  # fmt: skip
def test_names_and_types_are_no_expressions(layer: str) -> None:
    assert said(f"{HEAD}vars: {{a: ReLU}}\nlayers: [{layer}]\n")[0].startswith("NN1")


def test_a_name_with_a_dollar_is_not_mended_to_another() -> None:
    assert said(f"{HEAD}layers: [{{type: ReLU, name: ¦$a}}]\n")[2] != "write _a"


def test_a_use_written_with_type_is_answered() -> None:
    code, _, hint = said(f"{HEAD}{block('ReLU')}layers: [{{type: ¦b}}]\n")
    assert code == "NN120"
    assert "block: b" in (hint or "")


@pytest.mark.parametrize("key", ["tie: a", "layers: []"])
def test_first_says_that_it_is_first_which_does_not_take_a_key(key: str) -> None:
    layer = "{type: Sequential, layers: [ReLU], " if "layers" in key else f"{LINEAR}8, "
    named = (
        f"layers: [{LINEAR}8, name: a, act: ReLU}}, {layer}repeat: 2, first: {{¦{key}}}}}]\n"
    )
    assert "first" in said(HEAD + named)[1]


def test_the_reserved_in_is_not_to_be_written_under_vars() -> None:
    code, _, hint = said(f"{HEAD}vars: {{a: ¦$in}}\nlayers: [ReLU]\n")
    assert code == "NN115"
    assert "vars: {in" not in (hint or "")


def test_a_variable_below_is_said_to_stand_below() -> None:
    _, _, hint = said(f"{HEAD}vars: {{a: ¦$b, b: 2}}\nlayers: [ReLU]\n")
    assert hint != "write vars: {b: …}"  # it stands there


# One mistake, one finding


@pytest.mark.parametrize(
    "text",
    [
        "vars: {b: [1]}\nlayers: [{type: Linear, out_features: $b}]\n",
        "vars: {b: $c}\nlayers: [{type: Linear, out_features: $b}]\n",
        "vars: {n: 0}\nlayers: [{type: PReLU, repeat: $n}]\nexpect: {params: 2}\n",
        f"{TIED}tie: b}}]\nexpect: {{params: 80}}\n",
        "blocks: {b: {args: {w: required}, layers: [ReLU]}}\nlayers: [{block: b, wi: 3}]\n",
        (
            "defaults: {Linear: {biass: false}}\nlayers: [{type: Linear, out_features: 3}]\n"
            "expect: {params: 24}\n"
        ),
        "layers: [{type: ReLU, name: a}]\noutputs: [$a]\n",
        (
            "layers: [{type: Linear, out_features: 3, name: a}, {type: ReLU, from: input}]\n"
            "outputs: [c]\nexpect: {output: [3]}\n"
        ),
        f"layers: [{LINEAR}3, repeat: 2, shared: true, act: ReLU}}]\nexpect: {{params: 27}}\n",
        "vars: {d: 1}\nvariants: {v: }\nlayers: [ReLU]\nexpect: {variants: {v: 0}}\n",
        f"vars: {{z: 0, a: 5/$z, b: $a+1, c: $b, d: 2*$c}}\nlayers: [{LINEAR}$d}}]\n",
    ],
)
def test_one_mistake_is_one_finding(text: str) -> None:
    assert len(errors(HEAD + text)) == 1


@pytest.mark.parametrize("size", ["$a", "$a+1"])
def test_an_input_of_a_mistaken_variable_is_one_finding(size: str) -> None:
    text = f"nnlint: 1\ninput: [{size}]\nvars: {{z: 0, a: 5/$z}}\nlayers: [ReLU]\n"
    assert len(errors(text)) == 1


@pytest.mark.parametrize("size", ["$d/5", "0*$d"])
def test_a_mistake_of_several_variants_is_one_finding(size: str) -> None:
    text = "vars: {d: 4}\nvariants: {v: {d: 7}, w: {d: 9}}\n"
    text += f"layers: [{{type: Linear, out_features: {size}}}]\nbudget: {{params: 1000}}\n"
    assert len(errors(HEAD + text)) == 1


def test_a_mistake_of_one_variant_names_it() -> None:
    text = "vars: {d: 4}\nvariants: {v: {d: 0}}\n"
    layers = "layers: [{type: Linear, out_features: ¦$d}]\nbudget: {params: 100}\n"
    assert said(HEAD + text + layers)[1].endswith("($d is 0) (variant v)")


# Blocks that use themselves, and deep ones


def chain_of(blocks: int, last: str, uses: int = 1) -> str:
    use = ["  b{}: {{layers: [" + ", ".join(["{{block: b{}}}"] * uses) + "]}}\n"]
    lines = (use[0].format(n, *[n + 1] * uses) for n in range(blocks))
    tail = f"  b{blocks}: {{layers: [{last}]}}\nlayers: [{{block: b0}}]\n"
    return f"{HEAD}blocks:\n{''.join(lines)}{tail}"


@pytest.mark.parametrize(
    ("blocks", "way"),
    [
        ("{b: {layers: [{block: ¦b}]}}", "b → b"),
        ("{b: {layers: [{block: c}]}, c: {layers: [{block: ¦b}]}}", "b → c → b"),
        ("{b: {layers: [{type: Residual, body: [{block: ¦b}]}]}}", "b → b"),
        ("{b: {layers: [{type: Parallel, branches: [[], [{block: ¦b}]]}]}}", "b → b"),
        ("{b: {layers: [{type: MoE, num_experts: 2, top_k: 1, expert: [{block: ¦b}]}]}}",
         "b → b"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("layers", ["{block: b}", "ReLU"])
def test_a_block_never_uses_itself(blocks: str, way: str, layers: str) -> None:
    text = f"{HEAD}blocks: {blocks}\nlayers: [{layers}]\n"
    code, message, _ = said(text)
    assert (code, message) == ("NN123", f"the block 'b' uses itself: {way}")


@pytest.mark.parametrize("blocks", [10, 50, 300, 1000])
def test_a_long_circle_ends(blocks: int) -> None:
    assert "NN123" in errors(chain_of(blocks, "{block: b0}"))


@pytest.mark.parametrize("blocks", [70, 300, 3000])
def test_a_chain_that_is_too_deep_is_a_finding(blocks: int) -> None:
    report = lint_text(chain_of(blocks, LINEAR + "8}") + "expect: {params: 72}\n")
    (finding,) = report.findings  # and silence on what follows from it
    assert finding.rule.code == "NN210"
    assert len(finding.message) < 400
    assert report.graph is not None
    assert not report.graph.totals.complete


def test_a_chain_of_50_is_fine() -> None:
    assert errors(chain_of(50, LINEAR + "8}") + "expect: {params: 72}\n") == []


# Cost


def seconds(text: str) -> tuple[float, Report]:
    begin = time.process_time()
    report = lint_text(text)
    return time.process_time() - begin, report


NESTED = """nnlint: 1
input: [5]
blocks:
  a: {args: {w: 1}, layers: [{type: Linear, out_features: $w, act: ReLU, repeat: 1000000}]}
  b: {args: {w: 1}, layers: [{block: a, w: $w, repeat: 1000000}]}
layers: [{block: b, w: 2*$in//2, repeat: 1000000}]
"""


def test_three_giant_repeats_cost_nothing() -> None:
    cost, report = seconds(NESTED)
    assert cost < 0.5
    assert report.graph is not None
    assert report.graph.totals.params == 10**18 * 30


def test_a_first_copy_in_each_giant_repeat_costs_nothing() -> None:
    text = NESTED.replace("repeat: 1000000}]}\n", "repeat: 1000000, first: {w: 3}}]}\n")
    text = text.replace("ReLU, repeat: 1000000, first: {w: 3}", "ReLU, repeat: 1000000")
    cost, report = seconds(text)
    assert cost < 0.5
    assert report.graph is not None
    assert report.graph.totals.complete
    three = 5 * 3 + 3 + (10**6 - 1) * 12  # the first copy of b's first a, from 5
    four = 3 * 5 + 5 + (10**6 - 1) * 30
    later = (10**6 - 2) * 10**6 * 30
    assert report.graph.totals.params == 10**6 * (three + four + later)


@pytest.mark.parametrize("last", ["ReLU", "{type: Linear, out_features: 8, act: ReLU}", ""])
def test_blocks_that_double_end_soon(last: str) -> None:
    cost, _ = seconds(chain_of(40, last, uses=2))
    assert cost < 2


# Any composition

POOL: list[Any] = [
    "ReLU", {"type": "Linear", "out_features": "$d"},
    {"type": "Linear", "out_features": "$d/3"},
    {"type": "Linear", "out_features": 8, "tie": "n0"}, {"block": "b0", "w": "$d"},
    {"block": "b1", "name": "n1", "repeat": "$h", "first": {"w": 3}}, {"block": "b1"},
    {"type": "Linear", "out_features": 8, "name": "n0", "norm": "$a", "act": "none"},
    {"type": "Residual", "body": [{"block": "b1", "w": "$in"}, "LayerNorm"]},
    {"type": "Residual", "on_mismatch": "$o",
     "body": [{"type": "Linear", "out_features": "$h"}]},
    {"type": "Parallel", "branches": [["ReLU"], [{"block": "b0", "w": 4}]], "merge": "$a"},
    {"type": "MoE", "num_experts": "$d", "top_k": "$h",
     "expert": [{"block": "b1", "w": "$in"}]},
    {"type": "ReLU", "from": "n1.0/x"}, {"type": "Add", "with": ["previous", "n0"]},
    {"type": "Custom", "parameters": {"weight": ["$d", "$in"]}}, {"type": "Custom"},
    {"type": "Sequential", "layers": [{"type": "Linear", "out_features": "$h"}], "repeat": "$d",
     "shared": True},
]  # fmt: skip
SCALARS = st.sampled_from(
    [0, 1, 2, 8, -1, 2**63 - 1, True, None, "ReLU", "project", "Add", "n0", 0.5]
)


EXTRAS: st.SearchStrategy[Spec] = st.sampled_from([
    {}, {"expect": {"params": 5}}, {"budget": {"params": "1k"}}, {"outputs": ["n0"]},
    {"variants": {"v": {"d": 4}}},
])  # fmt: skip


@st.composite
def anything(draw: st.DrawFn) -> str:
    values = {name: draw(SCALARS) for name in ("a", "o")}
    values |= {name: draw(st.sampled_from([1, 2, 8, 12])) for name in ("d", "h")}
    layers = st.lists(st.sampled_from(POOL), min_size=1, max_size=5)
    inner = [one for one in draw(layers) if "b1" not in json.dumps(one)]
    named = [{"type": "Linear", "out_features": "$w", "name": "x"}]
    blocks = {"b1": {"args": {"w": 8}, "layers": [*named, *drop(inner, "b0")]},
              "b0": {"args": {"w": "required"}, "layers": draw(layers)}}  # fmt: skip
    blocks["b0"]["layers"] = drop(blocks["b0"]["layers"], "b0")
    shape = draw(st.sampled_from([["$d"], [4, "$d"], [3, 8, "$d"], {"tokens": "$d"}]))
    extra = draw(EXTRAS)
    return json.dumps({"nnlint": 1, "input": shape, "vars": values, "blocks": blocks,
                       "layers": draw(layers), **extra})  # fmt: skip


def drop(layers: Any, name: str) -> list[Any]:
    return [one for one in layers if name not in json.dumps(one)]


@settings(max_examples=250, deadline=None)
@given(anything())
def test_any_composition_is_linted_and_twice_the_same(text: str) -> None:
    first, second = lint_text(text), lint_text(text)
    assert first.findings == second.findings
    assert first.graph is not None
    total = first.graph.totals
    assert total.params == sum(node.params for node in first.graph.nodes)
    assert 0 <= total.active <= total.params


JUNK: list[Any] = [
    None, True, 0, -1, 3.5, 10**19, "$d", "$x", "$in//2", [], {}, ["$d"], "none", "ReLU", "b0",
    {"type": "ReLU"}, {"block": "b1", "w": 2}, "previous", "n1.0/x", ["n0", "n1"], [["ReLU"]],
    "required", {"weight": ["$d"]}, {"type": "Concat", "dim": 0},
]  # fmt: skip
SPEC_KEYS = [
    "type", "block", "from", "with", "repeat", "first", "shared", "trainable", "norm", "act",
    "tie", "name", "out_features", "w", "args", "defaults", "outputs", "input", "layers",
]  # fmt: skip


def holders(part: Any) -> list[tuple[Any, Any]]:
    """Every place of a document: what holds it, and its key or index."""
    steps = list(part) if isinstance(part, dict) else range(len(part))
    found = [(part, step) for step in steps]
    inner = [part[step] for step in steps if isinstance(part[step], dict | list)]
    return found + [place for one in inner for place in holders(one)]


def spoil(data: Spec, draw: Any) -> None:
    """One value replaced, or one key renamed."""
    holder, step = draw(st.sampled_from(holders(data)))
    if isinstance(holder, dict) and draw(st.booleans()):
        holder[draw(st.sampled_from(SPEC_KEYS))] = holder.pop(step)
    else:
        holder[step] = json.loads(json.dumps(draw(st.sampled_from(JUNK))))


@settings(max_examples=300, deadline=None)
@given(text=anything(), data=st.data())
def test_any_spoilt_composition_is_linted(text: str, data: st.DataObject) -> None:
    spoilt = json.loads(text)
    for _ in range(data.draw(st.integers(1, 3))):
        spoil(spoilt, data.draw)
    for finding in lint_text(json.dumps(spoilt)).findings:
        assert finding.message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("blocks: {b: ¦{args: {w: required}}}\nlayers: [{block: b, w: 2*$in}]\n", "NN102"),
        ("blocks: {b: {layers: ¦ReLU, args: {w: 1}}}\nlayers: [{block: b, w: $in}]\n",
         "NN101"),
        ("layers: [{type: ¦[ReLU]}]\n", "NN101"), ("layers: [{type: ¦{a: b}}]\n", "NN101"),
        ("layers: [{type: ReLU, name: a}]\noutputs: [a, ¦[a]]\n", "NN101"),
        ("layers: [{type: ReLU, name: a}]\noutputs: [a, ¦{from: a}]\n", "NN101"),
        ("layers: [{type: ReLU, name: a}]\noutputs: [a, ¦3]\n", "NN101"),
        ("layers: [{type: ReLU, name: a}]\noutputs: [a, ¦null]\n", "NN101"),
        (("defaults: {Linear: {act: ¦{block: b}}}\nblocks: {b: {layers: [ReLU]}}\n"
         "layers: [{type: Linear, out_features: 2}]\n"), None),
    ],
)  # fmt: skip
def test_what_is_refused_is_a_finding_and_no_crash(text: str, code: str | None) -> None:
    assert said(HEAD + text)[0] == (code or "NN104")


def test_a_use_is_no_norm() -> None:
    text = f"{HEAD}{block('ReLU')}layers: [{LINEAR}8, norm: ¦{{block: b}}}}]\n"
    assert said(text)[0] in ("NN101", "NN102", "NN104")


PRINT = """
import sys
from nnlint.engine import lint_text
for finding in lint_text(sys.argv[1]).findings:
    print(finding.message, finding.help)
"""


def test_the_order_of_names_is_that_of_the_spec_in_every_run() -> None:
    text = HEAD + "vars: {epsilon: 1, beta: 2, gamma: 3, alpha: 4}\n"
    text += "layers: [{type: Linear, out_features: $zzz}]\n"
    runs = set()
    for seed in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        words = [sys.executable, "-c", PRINT, text]
        runs.add(subprocess.run(words, env=environment, capture_output=True, check=True).stdout)
    assert len(runs) == 1
    assert b"$epsilon, $beta, $gamma" in runs.pop()


# Copies that are no longer equal: each sees another map, or reads beside it what stays


CONVS = "{type: Conv2d, out_channels: 8, kernel_size: 3, stride: 2, act: ReLU, repeat: 3"


@pytest.mark.parametrize(("shared", "owned"), [("true", 1), ("false", 3)])
def test_shared_copies_that_see_other_maps_count_once(shared: str, owned: int) -> None:
    # maps of 32, 15, 7 and 3 a side: ⌊(n - 3) / 2⌋ + 1 each time
    text = f"nnlint: 1\ninput: [8, 32, 32]\nlayers: [{CONVS}, shared: {shared}}}]\n"
    report = lint_text(text)
    assert report.graph is not None
    assert [f.rule.code for f in report.findings] == []
    one = 8 * 8 * 3 * 3 + 8
    totals = report.graph.totals
    assert (totals.params, totals.active) == (owned * one, owned * one)
    assert totals.macs == 8 * 8 * 9 * (15 * 15 + 7 * 7 + 3 * 3)


@pytest.mark.parametrize("sources", ["[previous, memory]", "[query, memory]"])
def test_copies_of_attention_chain_their_query_and_keep_their_memory(sources: str) -> None:
    tokens = "inputs: {query: {sequence: [5, 8]}, memory: {sequence: [7, 8]}}"
    first = "{type: LayerNorm, from: query}"
    many = f"{{type: MultiheadAttention, num_heads: 2, from: {sources}, repeat: 3}}"
    report = lint_text(f"nnlint: 1\n{tokens}\nlayers: [{first}, {many}]\n")
    assert report.graph is not None
    # the query and what leaves at 5 places, key and value at 7, two products of 5 by 7
    assert report.graph.totals.macs == 3 * (5 * 2 * 64 + 7 * 2 * 64 + 2 * 5 * 7 * 8)
    assert report.graph.output.shape.known == (5, 8)


def test_a_copy_of_a_layer_is_reached_by_its_number() -> None:
    many = f"{LINEAR}4, act: ReLU, repeat: 3, first: {{out_features: 5}}, name: many}}"
    taken = f"{{type: Concat, from: [many.0, many.1, many]}}, {LINEAR}2}}"
    graph = graph_of(f"layers: [{many}, {taken}]\n")
    # 8 to 5, 5 to 4, 4 to 4; then all three, 5 + 4 + 4 wide, to 2
    assert graph.totals.params == 45 + 24 + 20 + (13 * 2 + 2)


def test_names_inside_a_part_of_a_block_are_reached_however_many_stand_outside() -> None:
    inner = f"{{type: Sequential, name: s, layers: [{LINEAR}5, name: up}}, ReLU, {LINEAR}8}}]}}"
    outer = "".join(f"{{type: LayerNorm, name: n{n}}}, " for n in range(4))
    uses = "{block: b, name: use}, {type: Concat, from: [use, use/s/up]}"
    graph = graph_of(f"{block(inner)}layers: [{outer}{uses}]\n")
    assert graph.output.shape.known == (8 + 5,)


# Where it is told, and how often


def test_a_default_that_does_not_fit_is_told_where_it_stands() -> None:
    layers = "layers: [{type: Conv2d, out_channels: 6, kernel_size: 1}]\n"
    head = "nnlint: 1\ninput: [4, 8, 8]\n"
    code, _, _ = said(f"{head}defaults: {{Conv2d: {{groups: ¦3}}}}\n{layers}")
    assert code == "NN204"


@pytest.mark.parametrize("layer", ["ReLU", "{type: ReLU, from: c}"])
def test_refused_inputs_excuse_that_nobody_knows_which_is_taken(layer: str) -> None:
    found = lint_text(f"nnlint: 1\ninputs: {{a: [0], b: [0]}}\nlayers: [{layer}]\n").findings
    assert {finding.path[:2] for finding in found} == {("inputs", "a"), ("inputs", "b")}


def test_an_undecided_shape_stays_so_until_a_layer_cares() -> None:
    text = "nnlint: 1\ninput: [6, 8]\nlayers: [Dropout, {type: Conv1d, out_channels: 2, "
    graph = lint_text(f"{text}kernel_size: 3}}]\n").graph
    assert graph is not None
    assert [node.inputs[0].layout.name for node in graph.nodes] == ["UNDECIDED", "MAP"]


# `$in`: the channels of what a layer takes for a map, else the features


@pytest.mark.parametrize(
    ("x", "layer", "output"),
    [
        ("[6, 8]", "{type: Conv1d, out_channels: $in, kernel_size: 1}", (6, 8)),
        ("[6, 8]", "{type: AdaptiveAvgPool1d, output_size: $in}", (6, 6)),
        ("[6, 8]", "{type: LSTM, hidden_size: $in}", (6, 8)),
        ("[6, 8]", "{type: Reshape, shape: [2, 3, $in]}", (2, 3, 8)),
        ("{map: [6, 8]}", "{type: Reshape, shape: [2, 4, $in]}", (2, 4, 6)),
        ("{sequence: [6, 8]}", "{type: Linear, out_features: 2*$in}", (6, 16)),
        ("[6, 4, 4]", "{type: Conv2d, out_channels: 2*$in, kernel_size: 1}", (12, 4, 4)),
    ],
)
def test_in_is_the_channels_of_a_map_and_else_the_features(
    x: str, layer: str, output: tuple[int, ...]
) -> None:
    graph = lint_text(f"nnlint: 1\ninput: {x}\nlayers: [{layer}]\n").graph
    assert graph is not None
    assert graph.output.shape.known == output


def test_a_single_number_has_no_features() -> None:
    mean = "{type: Mean, dim: 1}"
    code, message, _ = said(f"{HEAD}layers: [{mean}, {LINEAR}¦$in}}]\n")
    assert (code, "a single number arrives" in message) == ("NN114", True)


def test_what_reaches_a_layer_that_must_name_its_input_is_not_asked_for() -> None:
    text = f"nnlint: 1\ninputs: {{a: [4], b: [4]}}\nlayers: [{LINEAR}$in}}]\n"
    assert errors(text) == ["NN206"]


def test_what_follows_from_an_argument_that_is_none_is_told_once() -> None:
    text = f"{HEAD}{block(LINEAR + '2*$w}', 'w: 8')}layers: [{{block: b, w: $in/3}}]\n"
    assert len(errors(text)) == 1


# Copies that differ, and what is said of them


def test_first_holds_for_a_part_that_stands_once() -> None:
    once = f"{LINEAR}4, repeat: 1, first: {{out_features: 5}}}}"
    assert graph_of(f"layers: [{once}, {LINEAR}2}}]\n").totals.params == (8 * 5 + 5) + (
        5 * 2 + 2
    )


def test_copies_chain_what_came_before_wherever_from_names_it() -> None:
    join = "{type: Concat, from: [stem, previous], repeat: 3}"
    graph = graph_of(f"layers: [{LINEAR}2, name: stem}}, {LINEAR}4}}, {join}]\n")
    assert graph.output.shape.known == (4 + 2 + 2 + 2,)  # the stem beside each copy before


def test_more_than_a_thousand_copies_may_differ() -> None:
    graph = graph_of(f"layers: [{LINEAR}$in + 1, repeat: 1100}}]\n")
    assert graph.totals.params == sum(n * (n + 1) + (n + 1) for n in range(8, 8 + 1100))


def test_shared_copies_of_an_unknown_first_one_are_not_held_against_it() -> None:
    shared = f"{LINEAR}8, repeat: 3, shared: true}}"
    assert errors(f"{HEAD}layers: [{{type: Linear}}, {shared}]\n") == ["NN102"]


def test_a_size_that_only_a_later_outer_copy_contradicts_has_no_fix() -> None:
    """To write 16 for 8 would break the first copy, where 8 arrive."""
    inner = f"{{type: Sequential, repeat: 2, layers: [{LINEAR}8, in_features: 8}}, ReLU]}}"
    outer = f"{{type: Sequential, repeat: 2, layers: [{inner}, {LINEAR}16}}, ReLU]}}"
    found = lint_text(f"{HEAD}layers: [{outer}]\n").findings
    (finding,) = [one for one in found if one.rule.code == "NN201"]
    assert finding.message.endswith("in a later copy")
    assert finding.repair is None


def test_a_window_that_fits_no_later_copy_is_not_advised_to_leave_out_a_key() -> None:
    """28, 14, 7, 3, 1: the fifth has no room. No key of it was inferred."""
    pools = "{type: MaxPool2d, kernel_size: 2, repeat: 6}"
    found = lint_text(f"nnlint: 1\ninput: [1, 28, 28]\nlayers: [{pools}]\n").findings
    (finding,) = [one for one in found if one.rule.code == "NN211"]
    assert "each copy takes what the one before gives" not in (finding.help or "")


def test_a_name_with_a_number_stands_behind_the_activation_of_its_part() -> None:
    part = f"{{type: Residual, name: r, body: [{LINEAR}8}}], act: ReLU}}"
    graph = graph_of(f"layers: [{part}, {LINEAR}8, from: r.0}}]\n")
    last = graph.nodes[-1].sources[0]
    assert last is not None
    assert last.spec.type == "ReLU"


def test_an_unknown_name_in_with_is_told_there() -> None:
    code, _, _ = said(f"{HEAD}layers: [{{type: Add, with: ¦nowhere}}]\n")
    assert code == "NN207"


def test_a_block_takes_one_input() -> None:
    uses = f"{LINEAR}8, name: a}}, {{block: b, from: [a, input]}}"
    report = lint_text(f"{HEAD}{block(LINEAR + '2}')}layers: [{uses}]\n")
    assert "takes 1 input, but gets 2" in " ".join(one.message for one in report.findings)
    assert report.graph is not None
    assert not report.graph.totals.complete


def test_attention_takes_a_query_a_key_and_a_value() -> None:
    many = "{type: MultiheadAttention, num_heads: 2, from: [input, input, input, input]}"
    found = lint_text(f"nnlint: 1\ninput: {{sequence: [5, 8]}}\nlayers: [{many}]\n").findings
    assert "takes 1 to 3 inputs, but gets 4" in found[0].message


def test_of_experts_of_which_one_is_chosen_all_count() -> None:
    router, expert = 8 * 4, 8 * 8 + 8
    moe = f"{{type: MoE, num_experts: 4, top_k: 1, expert: [{LINEAR}8}}]}}"
    graph = lint_text(f"nnlint: 1\ninput: {{sequence: [5, 8]}}\nlayers: [{moe}]\n").graph
    assert graph is not None
    assert graph.totals.params == router + 4 * expert
    assert graph.totals.active == router + expert


def test_parts_beside_each_other_are_no_deeper() -> None:
    parts = ", ".join("{type: Sequential, layers: [ReLU]}" for _ in range(100))
    assert len(graph_of(f"layers: [{parts}]\n").nodes) == 100

"""Convolutions, their transposes, Unfold and Fold."""

from __future__ import annotations

import json
from collections import Counter
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity
from nnlint.layers import layer_types
from nnlint.layers.base import Slide
from nnlint.layers.convolution import Conv1d, Conv2d
from nnlint.layers.shape import UNKNOWN, Layout, Shape, Unknown
from nnlint.pages import layer_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Finding
    from nnlint.graph import Node
    from nnlint.report import Report

RECORDS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data/oracle/convolution.json").read_text("utf-8")
)
COUNTED = [record for record in RECORDS if "error" not in record]
REFUSED = [record for record in RECORDS if "error" in record]

RANK = {"Unfold": 2, "Fold": 1}
"""Spatial axes of what arrives; a convolution's are the number in its name."""

BROKEN = {"type": "Linear"}
"""The schema refuses it (out_features is missing), so its output is unknown."""


def lint(*layers: object, **inputs: object) -> Report:
    return lint_text(json.dumps({"nnlint": 1, **inputs, "layers": layers}))


def last(*layers: object, **inputs: object) -> Node:
    graph = lint(*layers, **inputs).graph
    assert graph is not None
    return graph.nodes[-1]


def refusal(code: str, layer: object, shape: object) -> tuple[str, str]:
    """The only finding's message and help."""
    (finding,) = lint(layer, input=shape).findings
    assert finding.rule.code == code
    return finding.message, finding.help or ""


def tensors(node: Node) -> dict[str, tuple[int, ...]]:
    return {tensor.name: tensor.shape for tensor in node.tensors}


def conv(axes: int, out_channels: int, kernel_size: object, **more: object) -> dict[str, Any]:
    kind = f"Conv{axes}d"
    return {
        "type": kind, "out_channels": out_channels, "kernel_size": kernel_size, **more,
    }  # fmt: skip


def transposed(axes: int, out_channels: int, kernel_size: object, **more: object) -> Any:
    return {**conv(axes, out_channels, kernel_size, **more), "type": f"ConvTranspose{axes}d"}


# --- what torch says ---------------------------------------------------------------------


def ids(record: dict[str, Any]) -> str:
    return f"{record['id']}-{record['layer']}"


def rank(layer: str) -> int:
    return RANK.get(layer) or int(layer[-2])


def sample(shape: list[int], axes: int) -> list[int]:
    """A record's shape without its batch, where it has one."""
    return shape[1:] if len(shape) > axes + 1 else shape


def spellings(record: dict[str, Any]) -> Iterator[str]:
    """The record as specs: in_channels stated and left out, [C, L] bare and said outright."""
    args = record["args"]
    bare = {key: value for key, value in args.items() if key != "in_channels"}
    (written,) = record["input_shapes"]
    arrives = sample(written, rank(record["layer"]))
    for given in [args] if bare == args else [args, bare]:
        for shape in [arrives, {"map": arrives}] if len(arrives) == 2 else [arrives]:
            layer = {"type": record["layer"], **given}
            yield json.dumps({"nnlint": 1, "input": shape, "layers": [layer]})


def errors(report: Report) -> list[Finding]:
    """What will not run; what is merely unwise is no business of torch's."""
    return [one for one in report.findings if one.rule.severity is Severity.ERROR]


def facts(report: Report) -> dict[str, Any]:
    assert report.graph is not None
    (node,) = report.graph.nodes
    return {
        "findings": [finding.message for finding in errors(report)],
        "complete": report.graph.totals.complete,
        "params": node.params,
        "weight and other": node.weights,
        "bias": node.biases,
        "buffers": node.stored,
        "tensors": {tensor.name: list(tensor.shape) for tensor in node.tensors},
        "output": list(node.output.known),
        "layout": node.output.layout,
    }


def truth(record: dict[str, Any]) -> dict[str, Any]:
    leaves = {"Unfold": 1, "Fold": 2}.get(record["layer"]) or rank(record["layer"])
    return {
        "findings": [],
        "complete": True,
        "params": record["params"],
        "weight and other": record["weight"] + record["other"],
        "bias": record["bias"],
        "buffers": record["buffers"],
        "tensors": record["param_shapes"],
        "output": sample(record["output_shape"], leaves),
        "layout": Layout.MAP,
    }


@pytest.mark.parametrize("record", COUNTED, ids=ids)
def test_a_layer_is_what_torch_makes_of_it(record: dict[str, Any]) -> None:
    for text in spellings(record):
        assert facts(lint_text(text)) == truth(record), text


REASONS = {
    "torch-err-0000": ("spans 11 on axis 2 of [1, 10]", "only 10 are there"),
    "torch-err-0002": ("spans 10 on axis 3 of [9, 14, 8]", "only 8 are there"),
    "torch-err-0004": ("spans 13 on axis 2 of [8, 12, 8]", "only 12 are there"),
    "torch-err-0006": ("spans 19 on axis 2 of [2, 14, 13]", "only 18 are there"),
    "torch-err-0008": ("spans 10 on axis 4 of [2, 13, 13, 9]", "only 9 are there"),
    "torch-err-0014": ("9 channels leave", "groups: 2 does not divide 9"),
    "torch-err-0016": ("spans 9 on axis 2 of [3, 8, 8]", "only 8 are there"),
    "torch-err-0018": ("padding is the text 'full'", "expected same, valid, "),
    "torch-err-0020": ("stride is 0", "1 or more"),
    "torch-err-0022": ("padding is -1", "0 or more"),
    "torch-err-0024": ("a map [C, H, W]", "[3, 8] arrives"),
    "torch-err-0026": ("a map [C, L]", "[3, 8, 8] arrives"),
    "torch-err-0028": ("output_padding 2", "less than the stride 2 or the dilation 1"),
}
"""What torch's own error says, in words and numbers that the message must have."""


@pytest.mark.parametrize("record", REFUSED, ids=ids)
def test_what_torch_refuses_is_refused_for_the_same_reason(record: dict[str, Any]) -> None:
    for text in spellings(record):
        report = lint_text(text)
        (finding,) = errors(report)
        assert all(words in finding.message for words in REASONS[record["id"]])
        assert report.graph is not None
        assert not report.graph.totals.complete


def test_the_tally_adds_up() -> None:
    """Shown by `pytest -rP`; guards against a filter gone wrong."""
    tally = Counter(record["layer"] for record in COUNTED)
    print(dict(tally), f"{len(COUNTED)} exact, {len(REFUSED)} refused")  # noqa: T201
    assert tally == {
        "Conv1d": 25, "Conv2d": 55, "Conv3d": 19, "ConvTranspose1d": 18,
        "ConvTranspose2d": 30, "ConvTranspose3d": 15, "Unfold": 8, "Fold": 8,
    }  # fmt: skip
    assert len(REFUSED) == len(REASONS) == 13
    assert sum(len(list(spellings(record))) for record in RECORDS) >= 2 * len(RECORDS) - 16


# --- the signatures ----------------------------------------------------------------------

# docs.pytorch.org: Conv2d(in_channels, out_channels, kernel_size, stride=1, padding=0,
# dilation=1, groups=1, bias=True, padding_mode='zeros'); ConvTranspose2d has output_padding=0
CONV = {"in_channels": None, "stride": 1, "padding": 0, "dilation": 1, "groups": 1,
        "bias": True, "padding_mode": "zeros"}  # fmt: skip
SIGNATURES = {
    **{f"Conv{axes}d": CONV for axes in (1, 2, 3)},
    **{f"ConvTranspose{axes}d": {**CONV, "output_padding": 0} for axes in (1, 2, 3)},
    "Unfold": {"dilation": 1, "padding": 0, "stride": 1},
    "Fold": {"dilation": 1, "padding": 0, "stride": 1},
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_keywords_and_defaults_are_pytorchs(name: str) -> None:
    attributes = layer_types()[name].attributes.items()
    assert {k: v.default for k, v in attributes if not v.required} == SIGNATURES[name]
    required = {"Unfold": {"kernel_size"}, "Fold": {"kernel_size", "output_size"}}
    found = {key for key, value in attributes if value.required}
    assert found == required.get(name, {"out_channels", "kernel_size"})


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_list_has_one_number_for_each_axis(name: str) -> None:
    axes = 2 if name in RANK else rank(name)
    for key, value in layer_types()[name].attributes.items():
        if "maxItems" in value.kind:
            assert value.kind["minItems"] == value.kind["maxItems"] == axes, key


# --- by own arithmetic -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("axes", "shape"), [(1, {"map": [6, 20]}), (2, [6, 20, 22]), (3, [6, 20, 22, 24])]
)
@pytest.mark.parametrize("groups", [1, 2, 6])
@pytest.mark.parametrize("bias", [True, False])
def test_macs_are_every_weight_at_every_output_position(
    axes: int, shape: Any, groups: int, bias: bool
) -> None:
    node = last(conv(axes, 12, 3, stride=2, padding=1, groups=groups, bias=bias), input=shape)
    sizes = [10, 11, 12][:axes]  # ⌊(20 + 2 − 3) / 2⌋ + 1 = 10, and so on
    weights = 12 * (6 // groups) * 3**axes
    assert node.output.dims == (12, *sizes)
    assert (node.weights, node.biases, node.spec.bias) == (weights, 12 * bias, bias)
    assert node.macs == weights * prod(sizes)


@pytest.mark.parametrize(
    ("axes", "shape"), [(1, {"map": [6, 5]}), (2, [6, 5, 6]), (3, [6, 5, 6, 7])]
)
@pytest.mark.parametrize("groups", [1, 2, 6])
@pytest.mark.parametrize("bias", [True, False])
def test_macs_of_a_transpose_are_every_weight_at_every_input_position(
    axes: int, shape: Any, groups: int, bias: bool
) -> None:
    layer = transposed(axes, 12, 4, stride=2, padding=1, groups=groups, bias=bias)
    node = last(layer, input=shape)
    weights = 6 * (12 // groups) * 4**axes
    assert node.output.dims == (12, *[10, 12, 14][:axes])  # (5 − 1)·2 − 2 + 3 + 1 = 10
    assert (node.weights, node.biases, node.spec.bias) == (weights, 12 * bias, bias)
    assert node.macs == weights * prod([5, 6, 7][:axes])


def test_alexnets_first_layer() -> None:
    """64·3·11·11 + 64 = 23,296, and 23,232 weights at 55·55 positions."""
    node = last(conv(2, 64, 11, stride=4, padding=2), input=[3, 224, 224])
    assert (node.params, node.macs) == (23_296, 70_276_800)
    assert node.derivation == "3×11×11×64 + 64"


def test_same_keeps_every_size() -> None:
    for kernel in (1, 2, 5, 6):
        node = last(conv(2, 4, kernel, padding="same", dilation=3), input=[3, 7, 9])
        assert node.output.dims == (4, 7, 9)


def test_valid_is_no_padding() -> None:
    words = last(conv(2, 4, [3, 5], padding="valid", stride=2), input=[3, 9, 9])
    assert words.output == last(conv(2, 4, [3, 5], stride=2), input=[3, 9, 9]).output
    assert words.output.dims == (4, 4, 3)


def test_a_transpose_undoes_the_size_of_a_convolution() -> None:
    node = last(
        conv(2, 8, 3, stride=2, padding=1),
        "ReLU",
        transposed(2, 3, 3, stride=2, padding=1, output_padding=1),
        input=[3, 32, 32],
    )
    assert node.inputs[0].dims == (8, 16, 16)
    assert node.output.dims == (3, 32, 32)


def test_fold_undoes_unfold() -> None:
    settings = {"kernel_size": [4, 2], "stride": [2, 1], "padding": [1, 0]}
    node = last(
        {"type": "Unfold", **settings},
        {"type": "Fold", "output_size": [8, 7], **settings},
        input=[3, 8, 7],
    )
    assert node.inputs[0].dims == (3 * 8, 4 * 6)
    assert node.output.dims == (3, 8, 7)
    assert (node.params, node.macs, node.complete) == (0, 0, True)


# --- layouts -----------------------------------------------------------------------------


def test_conv1d_reads_an_undecided_input_as_a_map() -> None:
    node = last(conv(1, 4, 3), input=[8, 20])
    assert node.inputs[0].layout is Layout.MAP
    assert node.output == Shape((4, 18), Layout.MAP)


def test_conv1d_on_a_written_sequence_runs_and_yields_a_map() -> None:
    report = lint(conv(1, 4, 3), input={"sequence": [8, 20]})
    assert not report.findings
    assert report.graph is not None
    assert report.graph.output.shape == Shape((4, 18), Layout.MAP)
    assert tensors(report.graph.nodes[0])["weight"] == (4, 8, 3)


@pytest.mark.parametrize(
    ("layer", "words"),
    [(conv(1, 4, 3), "[C, L]"), (transposed(2, 4, 3), "[C, H, W]"),
     ({"type": "Unfold", "kernel_size": 2}, "[C, H, W]")],
)  # fmt: skip
def test_indices_are_no_map(layer: Any, words: str) -> None:
    message, _ = refusal("NN202", layer, {"tokens": 12})
    assert message.endswith(f"it takes a map {words}, but [12] token indices arrive")


def test_an_image_without_its_channel_is_answered() -> None:
    message, remedy = refusal("NN202", conv(2, 4, 3), [28, 28])
    assert message == "Conv2d: it takes a map [C, H, W], but [28, 28] arrives"
    assert remedy == "one channel is an axis too: [1, 28, 28]"
    assert refusal("NN202", conv(1, 4, 3), [1, 28, 28])[1] == ""


# --- refusals ----------------------------------------------------------------------------


def test_stated_channels_are_checked_and_the_next_layer_still_has_its_input() -> None:
    report = lint(conv(2, 8, 3, in_channels=4), "ReLU", conv(2, 2, 3), input=[3, 9, 9])
    (finding,) = report.findings
    assert finding.rule.code == "NN201"
    assert finding.message == "Conv2d: in_channels is 4, but 3 arrive"
    assert finding.help == "write in_channels: 3, or leave it out: it is inferred"
    assert report.graph is not None
    assert report.graph.output.shape.dims == (2, 5, 5)
    assert tensors(report.graph.nodes[2]) == {"bias": (2,), "weight": (2, 8, 3, 3)}


@pytest.mark.parametrize(
    ("arrive", "leave", "groups", "said", "remedy"),
    [
        (4, 9, 2, "9 channels leave", "write groups: 1, or out_channels: 8 or 10"),
        (12, 18, 4, "18 channels leave", "write groups: 3 or 6, or out_channels: 16 or 20"),
        (9, 8, 2, "9 channels arrive", "write groups: 1"),
        (30, 60, 4, "30 channels arrive", "write groups: 3 or 5"),
        (3, 3, 5, "3 channels arrive", "write groups: 3"),
    ],
)
@pytest.mark.parametrize("kind", [conv, transposed])
def test_wrong_groups_name_the_nearest_that_divide(
    kind: Any, arrive: int, leave: int, groups: int, said: str, remedy: str
) -> None:
    layer = kind(2, leave, 3, groups=groups)
    for more in ({}, {"in_channels": arrive}):
        message, found = refusal("NN204", {**layer, **more}, [arrive, 8, 8])
        number = said.partition(" ")[0]
        assert message.endswith(f"d: {said}, and groups: {groups} does not divide {number}")
        assert found == remedy


def test_groups_wrong_in_the_unknown_are_still_refused() -> None:
    for layer in (conv(2, 9, 3, groups=2), conv(2, 8, 3, groups=2, in_channels=3)):
        report = lint(BROKEN, layer, input=[7])
        assert [finding.rule.code for finding in report.findings] == ["NN102", "NN204"]


@pytest.mark.parametrize(
    ("kernel", "stride", "remedy"),
    [(5, 2, "write padding: 2, or stride: 1"),
     ([3, 7], [1, 2], "write padding: [1, 3], or stride: 1"),
     (4, 2, "write the padding as a number, or stride: 1")],
)  # fmt: skip
def test_same_does_not_stride(kernel: Any, stride: Any, remedy: str) -> None:
    """torch: padding='same' is not supported for strided convolutions."""
    layer = conv(2, 8, kernel, stride=stride, padding="same")
    message, found = refusal("NN205", layer, [3, 16, 16])
    assert f"padding: same keeps the size, and stride: {stride} does not" in message
    assert found == remedy


def test_the_number_that_stands_for_a_strided_same_halves_the_size() -> None:
    """What the remedy names is what Keras' same gives: ⌈size / stride⌉."""
    node = last(conv(2, 8, 5, stride=2, padding=2), input=[3, 16, 15])
    assert node.output.dims == (8, 8, 8)


@pytest.mark.parametrize(
    ("mode", "padding", "most"), [("reflect", 4, 3), ("circular", 5, 4), ("reflect", "same", 3)]
)
def test_a_padding_copies_no_more_than_there_is(mode: str, padding: Any, most: int) -> None:
    """torch: reflect needs a padding below the size, circular one that wraps around once."""
    layer = conv(2, 8, 9 if padding == "same" else 1, padding=padding, padding_mode=mode)
    message, remedy = refusal("NN205", layer, [3, 9, 4])
    assert f"in mode {mode} copies" in message
    assert f"elements of axis 3 of [3, 9, 4], but it can copy at most {most} there" in message
    assert remedy == f"pad by {most} at most, or with zeros"
    assert not lint({**layer, "padding": most}, input=[3, 9, 9]).findings


@pytest.mark.parametrize("mode", ["zeros", "replicate"])
def test_other_paddings_have_no_limit(mode: str) -> None:
    node = last(conv(1, 8, 1, padding=9, padding_mode=mode), input=[3, 4])
    assert node.output.dims == (8, 22)


def test_a_window_too_large_says_what_is_missing() -> None:
    message, remedy = refusal("NN211", conv(2, 8, 5, dilation=3, padding=1), [3, 20, 9])
    assert message == (
        "Conv2d: its window spans 13 on axis 3 of [3, 20, 9], but only 11 are there, "
        "the padding counted"
    )
    assert "at least 2 " in remedy
    assert not lint(conv(2, 8, 5, dilation=3, padding=1), input=[3, 20, 11]).findings


def test_a_transpose_must_leave_something() -> None:
    message, remedy = refusal("NN211", transposed(1, 8, 3, padding=4), [3, 6])
    assert "paints 8 elements on axis 2 from [3, 6]" in message
    assert "padding 4 cuts 8 off" in message
    assert remedy == "write a padding of 3 or less"
    assert last(transposed(1, 8, 3, padding=3), input=[3, 6]).output.dims == (8, 2)


def test_output_padding_may_reach_up_to_the_dilation() -> None:
    node = last(transposed(1, 8, 3, dilation=3, output_padding=2), input=[3, 6])
    assert node.output.dims == (8, 14)  # (6 − 1) + 3·2 + 2 + 1
    _, remedy = refusal("NN205", transposed(1, 8, 3, dilation=3, output_padding=3), [3, 6])
    assert remedy == "write 2 or less"


@pytest.mark.parametrize(
    ("layer", "code"),
    [(transposed(2, 8, 3, padding="same"), "NN205"),
     (transposed(2, 8, 3, padding_mode="reflect"), "NN104"),
     (conv(2, 8, 3, padding_mode="mirror"), "NN104"), (conv(2, 8, 3, padding="SAME"), "NN108"),
     (conv(2, 8, 3, padding="same\n"), "NN108"), (conv(2, 8, [3, 3, 3]), "NN110"),
     (conv(2, 8, 3, padding=[1]), "NN109"), (conv(2, 8, 3, padding=[1, -1]), "NN106"),
     (conv(2, 8, [3, 0]), "NN106"), (conv(2, 8, 3, dilation=0), "NN106"),
     (conv(2, 8, 3, groups=0), "NN106"), (conv(2, 8, 3, padding=True), "NN101"),
     (conv(2, 8, 3, output_padding=1), "NN103"), (conv(2, 8, 3, filters=1), "NN103")],
)  # fmt: skip
def test_values_that_pytorch_does_not_take(layer: Any, code: str) -> None:
    assert refusal(code, layer, [4, 9, 9])[0]


def test_fold_wants_as_many_windows_as_its_image_has() -> None:
    layer = {"type": "Fold", "output_size": [8, 9], "kernel_size": 3, "stride": [1, 2]}
    message, _ = refusal("NN202", layer, [18, 25])
    assert message == (
        "Fold: output_size [8, 9] has 24 windows, but 25 arrive in [18, 25]"
    )  # fmt: skip
    assert last(layer, "Flatten", input=[18, 25]).inputs[0].dims == (2, 8, 9)


def test_fold_wants_whole_windows() -> None:
    message, remedy = refusal(
        "NN204", {"type": "Fold", "output_size": 8, "kernel_size": 3}, [20, 36]
    )
    assert "holds 9 elements a channel, but 20 arrive" in message
    assert remedy == "let 18 or 27 arrive, or take another kernel_size"


@pytest.mark.parametrize(
    ("layer", "shape", "words"),
    [({"type": "Unfold", "kernel_size": [2, 5], "dilation": 2}, [3, 9, 8], "[3, 9, 8]"),
     ({"type": "Fold", "output_size": [9, 8], "kernel_size": [2, 5], "dilation": 2}, [30, 7],
      "[3, 9, 8]")],
)  # fmt: skip
def test_windows_larger_than_the_image(layer: Any, shape: Any, words: str) -> None:
    message, _ = refusal("NN211", layer, shape)
    assert f"spans 9 on axis 3 of {words}, but only 8 are there" in message


# --- open shapes -------------------------------------------------------------------------


def test_after_an_unknown_layer_the_bias_is_known() -> None:
    node = last(BROKEN, conv(2, 8, 3), input=[7])
    assert tensors(node) == {"bias": (8,)}
    assert (node.complete, node.macs, node.output.open) == (False, None, True)


@pytest.mark.parametrize("kind", [conv, transposed])
def test_stated_channels_complete_a_layer_after_an_unknown_one(kind: Any) -> None:
    node = last(BROKEN, kind(2, 8, [3, 5], in_channels=8, groups=2), input=[7])
    assert tensors(node) == {"bias": (8,), "weight": (8, 4, 3, 5)}
    assert (node.complete, node.macs) == (True, None)


def test_settings_that_contradict_are_refused_whatever_arrives() -> None:
    for layer in (
        conv(2, 8, 3, padding="same", stride=2),
        transposed(2, 8, 3, output_padding=1),
    ):
        report = lint(BROKEN, layer, input=[7])
        assert [finding.rule.code for finding in report.findings] == ["NN102", "NN205"]


@pytest.mark.parametrize("kind", ["Unfold", "Fold"])
def test_folding_the_unknown_is_silent_and_has_no_parameters(kind: str) -> None:
    more = {"output_size": 8} if kind == "Fold" else {}
    node = last(BROKEN, {"type": kind, "kernel_size": 2, **more}, input=[7])
    assert (node.complete, node.params, node.output.open) == (True, 0, True)


# --- facts for the rules -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("channels", "groups", "depthwise"),
    [(8, 8, True), (8, 4, False), (8, 1, False), (1, 1, False), (2, 2, True)],
)
def test_depthwise_has_a_group_for_each_channel(
    channels: int, groups: int, depthwise: bool
) -> None:
    layer = Conv2d(out_channels=16, kernel_size=3, groups=groups)
    assert layer.is_depthwise(Shape((channels, 9, 9), Layout.MAP)) is depthwise


def test_depthwise_of_the_unknown() -> None:
    assert Conv1d(out_channels=8, kernel_size=3, groups=8, in_channels=8).is_depthwise(UNKNOWN)
    assert not Conv1d(out_channels=8, kernel_size=3).is_depthwise(UNKNOWN)
    with pytest.raises(Unknown):
        Conv1d(out_channels=8, kernel_size=3, groups=8).is_depthwise(UNKNOWN)


@pytest.mark.parametrize("kind", [conv, transposed])
def test_a_bias_before_a_batchnorm_is_redundant(kind: Any) -> None:
    report = lint(kind(1, 8, 3), "BatchNorm1d", "ReLU", input={"map": [4, 20]})
    assert [finding.rule.code for finding in report.findings] == ["NN301"]


def test_two_convolutions_in_a_row_are_one() -> None:
    report = lint(conv(2, 8, 3), conv(2, 8, 3), input=[3, 9, 9])
    assert [finding.rule.code for finding in report.findings] == ["NN401"]


@pytest.mark.parametrize("name", [name for name in SIGNATURES if name not in RANK])
def test_a_formula_gives_what_is_counted(name: str) -> None:
    sizes: dict[str, Any] = {"in_channels": 6, "out_channels": 9, "groups": 3}
    layer = {"type": name, "kernel_size": [2, 4, 5][: rank(name)], **sizes}
    node = last(layer, input={"map": [6, *[8, 8, 8][: rank(name)]]})
    numbers = {**sizes, "kernel_size": prod(layer["kernel_size"])}
    for tensor in node.tensors:
        counted = 1
        for factor in layer_types()[name].formula[tensor.name].split(" × "):
            over, _, under = factor.removeprefix("Π ").partition(" / ")
            counted *= numbers[over] // numbers.get(under, 1)
        assert counted == tensor.count


@pytest.mark.parametrize("name", SIGNATURES)
def test_its_page_is_written(name: str) -> None:
    page = layer_page(layer_types()[name])
    assert page.title
    assert layer_types()[name].reference.endswith(f"/torch.nn.{name}.html")


@pytest.mark.parametrize("name", SIGNATURES)
def test_examples_work(name: str) -> None:
    layer = layer_types()[name]
    report = lint({"type": name, **layer.example}, **layer.example_inputs)
    assert not report.findings
    assert report.graph is not None
    assert report.graph.totals.complete


@pytest.mark.parametrize(
    ("ours", "keras"),
    [("Conv1d", "Conv1D"), ("Conv2d", "Conv2D"), ("Conv3d", "Conv3D"),
     ("ConvTranspose2d", "Conv2DTranspose")],
)  # fmt: skip
def test_keras_names_are_answered(ours: str, keras: str) -> None:
    layer = {"type": keras, "out_channels": 8, "kernel_size": 3}
    shape = [3] + [9] * layer_types()[ours].axes
    assert refusal("NN121", layer, shape)[1] == f"write {ours}"


@pytest.mark.parametrize(
    ("settings", "slides"),
    [({"stride": 2, "padding": 1}, [Slide(8, 3, 2, 1), Slide(9, 3, 2, 1)]),
     ({"padding": [2, 0]}, [Slide(8, 3, 1, 2), Slide(9, 3, 1, 0)]),
     ({"dilation": [1, 3], "padding": "valid"}, [Slide(8, 3, 1, 0), Slide(9, 7, 1, 0)]),
     ({"padding": "same"}, [Slide(8, 3, 1, 1, True), Slide(9, 3, 1, 1, True)])],
)  # fmt: skip
def test_how_its_window_slides(settings: dict[str, Any], slides: list[Slide]) -> None:
    """torch's page: dilation·(kernel_size − 1) + 1 elements, padding on both sides."""
    node = last(conv(2, 4, 3, **settings), input=[5, 8, 9])
    assert node.layer is not None
    assert [*node.layer.slides(node.inputs[0])] == slides


@pytest.mark.parametrize("dilation", [[1, 2], [2, 1], 2])
def test_a_window_with_holes_paints_no_checkerboard_that_is_known(dilation: Any) -> None:
    layer = layer_types()["ConvTranspose2d"]
    assert layer(out_channels=4, kernel_size=3).painted == ((3, 1), (3, 1))
    assert layer(out_channels=4, kernel_size=3, dilation=dilation).painted == ()


def test_linear_maps_before_and_behind_unfolded_windows_are_one() -> None:
    """Unfold copies elements to other places."""
    layers = (conv(2, 8, 3), {"type": "Unfold", "kernel_size": 2}, conv(1, 4, 1))
    assert [one.rule.code for one in lint(*layers, input=[3, 9, 9]).findings] == ["NN401"]


# --- Keras' convention --------------------------------------------------------------------


def in_keras(layer: Any, shape: Any) -> Report:
    return lint(layer, input=shape, convention="keras")


@pytest.mark.parametrize("size", range(7, 12))
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 2, 3])
def test_same_may_stride_in_keras(size: int, stride: int, kernel: int) -> None:
    """Keras: ⌈size / stride⌉ places, whatever the kernel; on two unequal axes."""
    layer = conv(2, 4, kernel, padding="same", stride=stride)
    graph = in_keras(layer, [8, size, size + 1]).graph
    assert graph is not None
    assert graph.output.shape.dims == (4, -(-size // stride), -(-(size + 1) // stride))


@pytest.mark.parametrize(
    ("stride", "dilation", "fits"),
    [(2, 2, False), ([1, 2], [2, 1], False), ([2, 1], 2, False), (2, 1, True), (1, 2, True)],
)
def test_keras_dilates_or_strides(stride: Any, dilation: Any, *, fits: bool) -> None:
    """Keras: `strides > 1` not supported in conjunction with `dilation_rate > 1`."""
    report = in_keras(conv(2, 4, 3, stride=stride, dilation=dilation), [3, 9, 9])
    assert [one.rule.code for one in report.findings] == ([] if fits else ["NN205"])
    assert not lint(conv(2, 4, 3, stride=stride, dilation=dilation), input=[3, 9, 9]).findings


@pytest.mark.parametrize(("word", "size"), [("same", 10), ("valid", 12)])
def test_a_transpose_has_words_for_its_padding_in_keras(word: str, size: int) -> None:
    """Keras: same gives size × stride, valid (size − 1)·stride + kernel."""
    layer = transposed(1, 4, 4, stride=2, padding=word)
    graph = in_keras(layer, {"map": [3, 5]}).graph
    assert graph is not None
    assert graph.output.shape.dims == (4, size)
    remedy = "write padding: 0, or" if word == "valid" else "write the padding as numbers, or"
    assert refusal("NN205", layer, {"map": [3, 5]})[1].startswith(remedy)

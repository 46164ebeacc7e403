"""BatchNorm1d, LayerNorm and RMSNorm."""

from __future__ import annotations

import json
from math import prod
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.layers import layer_types
from nnlint.layers.shape import UNKNOWN, Layout, Misfit, Shape

if TYPE_CHECKING:
    from nnlint.graph import Node
    from nnlint.report import Report

BROKEN = {"type": "Linear"}

SIGNATURES: dict[str, dict[str, Any]] = {
    "BatchNorm1d": {
        "num_features": None, "eps": 1e-5, "momentum": 0.1, "affine": True,
        "track_running_stats": True, "bias": True,
    },
    "LayerNorm": {
        "normalized_shape": None, "eps": 1e-5, "elementwise_affine": True, "bias": True,
        "channels": False,
    },
    "RMSNorm": {"normalized_shape": None, "eps": None, "elementwise_affine": True},
}  # fmt: skip
"""torch.nn's keywords and defaults; sizes are inferred here; `channels` is nnlint's own."""


def lint(*layers: object, x: object) -> Report:
    return lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers}))


def last(*layers: object, x: object) -> Node:
    graph = lint(*layers, x=x).graph
    assert graph is not None
    return graph.nodes[-1]


def codes(report: Report) -> list[str]:
    return [finding.rule.code for finding in report.findings]


def tensors(node: Node) -> dict[str, tuple[int, ...]]:
    return {tensor.name: tensor.shape for tensor in node.tensors}


@pytest.mark.parametrize("name", SIGNATURES)
def test_keywords_and_defaults_are_torchs(name: str) -> None:
    attributes = layer_types()[name].attributes
    assert {key: one.default for key, one in attributes.items()} == SIGNATURES[name]


# BatchNorm1d


@pytest.mark.parametrize("x", [[8], [8, 5], {"map": [8, 5]}])
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("tracks", [True, False])
def test_batch_norm_has_a_number_a_channel(x: object, *, affine: bool, tracks: bool) -> None:
    layer = {"type": "BatchNorm1d", "affine": affine, "track_running_stats": tracks}
    node = last(layer, x=x)
    assert tensors(node) == ({"weight": (8,), "bias": (8,)} if affine else {})
    assert (node.weights, node.biases) == (8 * affine, 8 * affine)
    assert node.stored == (8 + 8 + 1) * tracks
    assert node.output.dims == node.inputs[0].dims
    assert (node.spec.bias, node.macs, node.complete) == (affine, 0, True)


AFFINE_AND_BIAS = [
    ({}, {"weight", "bias"}, True),
    ({"bias": False}, {"weight"}, False),
    ({"affine": False}, set(), False),
    ({"affine": False, "bias": True}, set(), False),
]


@pytest.mark.parametrize(("flags", "names", "flag"), AFFINE_AND_BIAS)
def test_batch_norm_has_a_bias_only_with_a_scale(
    flags: dict[str, bool], names: set[str], *, flag: bool
) -> None:
    node = last({"type": "BatchNorm1d", **flags}, x=[8])
    assert tensors(node) == dict.fromkeys(names, (8,))
    assert (node.biases, node.stored, node.spec.bias) == (8 * flag, 17, flag)


def test_batch_norm_without_a_bias_takes_away_those_before_it() -> None:
    linear = {"type": "Linear", "out_features": 4}
    assert "NN301" in codes(lint(linear, {"type": "BatchNorm1d", "bias": False}, x=[8]))


def test_a_bias_of_a_norm_is_not_that_of_a_linear_map() -> None:
    assert "NN301" not in codes(lint({"type": "BatchNorm1d"}, "BatchNorm1d", x=[8]))


@pytest.mark.parametrize("eps", [0, 0.0, -1e-5])
def test_batch_norm_divides_by_something(eps: float) -> None:
    """torch: batch_norm eps must be positive during training."""
    (finding,) = lint({"type": "BatchNorm1d", "eps": eps}, x=[8]).findings
    assert finding.rule.code == "NN205"
    words = f"eps is {eps}, but PyTorch's BatchNorm1d wants it above 0 while training"
    assert finding.message == f"BatchNorm1d: {words}"
    assert finding.help == "leave it out: it is small enough"
    keras = {"nnlint": 1, "convention": "keras", "input": [8]}
    layers = [{"type": "BatchNorm1d", "eps": eps}]
    assert "NN205" not in codes(lint_text(json.dumps({**keras, "layers": layers})))


@pytest.mark.parametrize("name", ["InstanceNorm1d", "LayerNorm"])
def test_other_norms_may_divide_by_the_deviation_alone(name: str) -> None:
    shape = {"normalized_shape": 5} if name == "LayerNorm" else {}
    assert codes(lint({"type": name, "eps": 0, **shape}, x={"map": [8, 5]})) == []


def test_running_statistics_are_no_parameters() -> None:
    graph = lint("BatchNorm1d", x=[8]).graph
    assert graph is not None
    assert (graph.totals.params, graph.totals.buffers) == (16, 17)


@pytest.mark.parametrize("x", [[8], {"map": [8, 5]}])
def test_batch_norm_checks_its_channels(x: object) -> None:
    (finding,) = lint({"type": "BatchNorm1d", "num_features": 9}, x=x).findings
    assert finding.rule.code == "NN201"
    assert finding.message == "BatchNorm1d: num_features is 9, but 8 arrive"


@pytest.mark.parametrize(
    ("x", "words", "remedy"),
    [({"sequence": [16, 8]}, "a sequence [16, 8] arrives", "a Permute with dims: [2, 1]"),
     ({"tokens": 16}, "[16]", "LayerNorm"),
     ([3, 8, 8], "[C] or [C, L], but [3, 8, 8] arrives", "Flatten")],
)  # fmt: skip
def test_batch_norm_refuses_what_has_no_channels_first(
    x: object, words: str, remedy: str
) -> None:
    (finding,) = lint("BatchNorm1d", x=x).findings
    assert finding.rule.code == "NN202"
    assert words in finding.message
    assert remedy in (finding.help or "")


def test_momentum_may_be_null() -> None:
    assert codes(lint({"type": "BatchNorm1d", "momentum": None}, x=[8])) == []


@pytest.mark.parametrize(
    ("given", "complete", "stored"), [({}, False, 0), ({"num_features": 8}, True, 17)]
)
def test_batch_norm_in_the_unknown(
    given: dict[str, int], stored: int, *, complete: bool
) -> None:
    node = last(BROKEN, {"type": "BatchNorm1d", **given}, x=[8])
    assert (node.complete, node.stored) == (complete, stored)


def test_unknown_running_statistics_are_no_silent_zero() -> None:
    """Its buffers are as unknown as its channels: a total of 0 would be a lie."""
    source = {"type": "ReLU", "from": "nowhere"}
    graph = lint(source, {"type": "BatchNorm1d", "affine": False}, x=[8]).graph
    assert graph is not None
    assert not graph.totals.complete


# LayerNorm and RMSNorm


@pytest.mark.parametrize("name", ["LayerNorm", "RMSNorm"])
@pytest.mark.parametrize("x", [[6], [4, 6], {"sequence": [4, 6]}])
def test_the_last_axis_is_normalised_by_default(name: str, x: object) -> None:
    node = last(name, x=x)
    assert tensors(node)["weight"] == (6,)
    assert node.params == (12 if name == "LayerNorm" else 6)
    assert node.output.dims == node.inputs[0].dims
    assert (node.macs, node.stored) == (0, 0)


@pytest.mark.parametrize(
    ("x", "shape"),
    [([4, 6], [4, 6]), ([3, 4, 6], [4, 6]), ([3, 4, 6], [3, 4, 6]), ([2, 3, 4, 6], [6]),
     ([2, 3, 4, 6], 6), ([6], 6), ({"map": [4, 6]}, 6)],
)  # fmt: skip
@pytest.mark.parametrize("name", ["LayerNorm", "RMSNorm"])
def test_a_written_shape_is_what_is_normalised(name: str, x: object, shape: Any) -> None:
    written = tuple(shape) if isinstance(shape, list) else (shape,)
    node = last({"type": name, "normalized_shape": shape}, x=x)
    assert tensors(node)["weight"] == written
    assert node.weights == prod(written)
    assert node.complete


@pytest.mark.parametrize(
    ("x", "shape", "text"),
    [([6], 7, "[7], but [6] arrives"), ([4, 6], [6, 4], "[6, 4], but [4, 6] arrives"),
     ([6], [4, 6], "[4, 6], but [6] arrives"), ([4, 6], [4], "[4], but [4, 6] arrives")],
)  # fmt: skip
@pytest.mark.parametrize("name", ["LayerNorm", "RMSNorm"])
def test_a_written_shape_is_checked(name: str, x: object, shape: Any, text: str) -> None:
    (finding,) = lint({"type": name, "normalized_shape": shape}, x=x).findings
    assert finding.rule.code == "NN201"
    assert f"normalized_shape is {text}" in finding.message


@pytest.mark.parametrize("name", ["LayerNorm", "RMSNorm"])
@pytest.mark.parametrize("x", [[3, 8, 8], {"map": [4, 6]}])
def test_on_a_map_it_must_be_told(name: str, x: object) -> None:
    (finding,) = lint(name, x=x).findings
    assert finding.rule.code == "NN202"
    assert "on a map" in finding.message
    assert "normalized_shape" in (finding.help or "")


@pytest.mark.parametrize("given", [{}, {"normalized_shape": 16}])
@pytest.mark.parametrize("name", ["LayerNorm", "RMSNorm"])
def test_indices_are_not_normalised(name: str, given: dict[str, int]) -> None:
    """torch: mixed dtype, expected parameters of the input's type; stated or not."""
    assert codes(lint({"type": name, **given}, x={"tokens": 16})) == ["NN202"]


@pytest.mark.parametrize(
    ("flags", "names", "flag"),
    [({}, {"weight", "bias"}, True), ({"bias": False}, {"weight"}, False),
     ({"elementwise_affine": False}, set(), False),
     ({"elementwise_affine": False, "bias": True}, set(), False)],
)  # fmt: skip
def test_layer_norm_has_a_bias_only_with_a_scale(
    flags: dict[str, bool], names: set[str], *, flag: bool
) -> None:
    node = last({"type": "LayerNorm", **flags}, x=[6])
    assert set(tensors(node)) == names
    assert node.spec.bias is flag


def test_rms_norm_has_no_bias_to_switch() -> None:
    assert last("RMSNorm", x=[6]).spec.bias is None
    assert tensors(last({"type": "RMSNorm", "elementwise_affine": False}, x=[6])) == {}
    assert codes(lint({"type": "RMSNorm", "bias": False}, x=[6])) == ["NN103"]


CHANNELS = {"type": "LayerNorm", "channels": True}


@pytest.mark.parametrize("x", [[8, 7, 7], {"map": [8, 5]}, [8, 5], [8]])
def test_channels_normalises_the_channels_of_a_map(x: object) -> None:
    node = last(CHANNELS, x=x)
    assert tensors(node) == {"weight": (8,), "bias": (8,)}
    assert node.output.dims == node.inputs[0].dims


def test_channels_and_a_shape_contradict_each_other() -> None:
    (finding,) = lint({**CHANNELS, "normalized_shape": 8}, x=[8, 7, 7]).findings
    assert finding.rule.code == "NN205"
    assert "channels: true" in finding.message
    assert "normalized_shape" in finding.message


@pytest.mark.parametrize("x", [{"sequence": [16, 64]}, {"tokens": 16}])
def test_channels_never_normalises_the_tokens(x: object) -> None:
    """The 16 are positions: no network has a scale for each of them here."""
    assert (16,) not in tensors(last(CHANNELS, x=x)).values()


@pytest.mark.parametrize("name", ["LayerNorm", "RMSNorm"])
def test_layer_norms_in_the_unknown(name: str) -> None:
    assert not last(BROKEN, name, x=[8]).complete
    stated = last(BROKEN, {"type": name, "normalized_shape": [4, 6]}, x=[8])
    assert stated.complete
    assert stated.weights == 24


@pytest.mark.parametrize(("shape", "found"), [([4, 7], ["NN201"]), ([4, 6], [])])
def test_a_known_last_axis_is_checked(shape: list[int], found: list[str]) -> None:
    norm = {"type": "LayerNorm", "normalized_shape": shape}
    report = lint(BROKEN, {"type": "Linear", "out_features": 6}, norm, x=[8])
    assert codes(report) == ["NN102", *found]


@pytest.mark.parametrize("name", ["LayerNorm", "RMSNorm"])
def test_behind_an_open_shape_a_map_may_hide_and_nothing_is_made_up(name: str) -> None:
    node = last(BROKEN, {"type": "Linear", "out_features": 6}, name, x=[4, 8])
    assert str(node.output) == "[…, 6]"
    assert (node.tensors, node.complete) == ((), False)


@pytest.mark.parametrize("name", ["LayerNorm", "RMSNorm"])
def test_what_nobody_knows_is_normalised_as_it_comes(name: str) -> None:
    layer = layer_types()[name]
    assert layer().infer(UNKNOWN) == UNKNOWN
    ends = Shape((5, 6), Layout.UNDECIDED, open=True)
    assert layer(normalized_shape=(3, 4, 5, 6)).infer(ends) == ends
    with pytest.raises(Misfit):
        layer(normalized_shape=(3, 4, 9, 6)).infer(ends)


@pytest.mark.parametrize("written", [5, (5,), (4, 5)])
def test_a_single_number_is_not_what_was_to_be_normalised(written: Any) -> None:
    """torch: Expected weight to be of same shape as normalized_shape, and [*, 5] arrives."""
    with pytest.raises(Misfit) as misfit:
        layer_types()["LayerNorm"](normalized_shape=written).infer(Shape((), Layout.FEATURES))
    assert (misfit.value.code, misfit.value.right) == ("NN201", None)


@pytest.mark.parametrize(("written", "right"), [(7, 6), ([7], 6), ([4, 7], None)])
def test_one_wrong_size_has_a_right_one(written: Any, right: int | None) -> None:
    sizes = (written,) if isinstance(written, int) else tuple(written)
    with pytest.raises(Misfit) as misfit:
        layer_types()["LayerNorm"](normalized_shape=sizes).infer(Shape((5, 6), Layout.SEQUENCE))
    assert (misfit.value.code, misfit.value.right) == ("NN201", right)


def test_tokens_are_apart_where_the_features_alone_are_normalised() -> None:
    kind = layer_types()["LayerNorm"]
    apart = [kind(normalized_shape=one).keeps_tokens_apart for one in (None, 6, (6,), (5, 6))]
    assert apart == [True, True, True, False]

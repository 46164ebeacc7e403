"""BatchNorm2d and 3d, the InstanceNorms, GroupNorm and LocalResponseNorm."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.layers import keras_names, layer_types
from nnlint.layers.shape import Layout, Misfit, Shape

if TYPE_CHECKING:
    from nnlint.finding import Finding
    from nnlint.graph import Node
    from nnlint.report import Report

BROKEN = {"type": "Linear"}
"""The schema refuses it (out_features is missing), so its output is unknown."""

BATCH: dict[str, Any] = {
    "num_features": None, "eps": 1e-5, "momentum": 0.1, "affine": True,
    "track_running_stats": True, "bias": True,
}  # fmt: skip
INSTANCE = {**BATCH, "affine": False, "track_running_stats": False}
SIGNATURES: dict[str, dict[str, Any]] = {
    "BatchNorm2d": BATCH,
    "BatchNorm3d": BATCH,
    "InstanceNorm1d": INSTANCE,
    "InstanceNorm2d": INSTANCE,
    "InstanceNorm3d": INSTANCE,
    "GroupNorm": {"num_groups": ..., "num_channels": None, "eps": 1e-5, "affine": True,
                  "bias": True},
    "LocalResponseNorm": {"size": ..., "alpha": 1e-4, "beta": 0.75, "k": 1.0},
}  # fmt: skip
"""torch.nn's keywords and defaults; sizes are inferred here; ... must be written."""

SHAPES: dict[str, object] = {
    "BatchNorm2d": [8, 4, 5], "BatchNorm3d": [8, 3, 4, 5], "InstanceNorm1d": {"map": [8, 5]},
    "InstanceNorm2d": [8, 4, 5], "InstanceNorm3d": [8, 3, 4, 5],
}  # fmt: skip


def lint(*layers: object, x: object) -> Report:
    return lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers}))


def last(*layers: object, x: object) -> Node:
    graph = lint(*layers, x=x).graph
    assert graph is not None
    return graph.nodes[-1]


def only(report: Report) -> Finding:
    (finding,) = report.findings
    return finding


def tensors(node: Node) -> dict[str, tuple[int, ...]]:
    return {tensor.name: tensor.shape for tensor in node.tensors}


def group(num_groups: int, **more: object) -> dict[str, Any]:
    return {"type": "GroupNorm", "num_groups": num_groups, **more}


@pytest.mark.parametrize("name", SIGNATURES)
def test_keywords_and_defaults_are_torchs(name: str) -> None:
    attributes = layer_types()[name].attributes
    known = {key: ... if one.required else one.default for key, one in attributes.items()}
    assert known == SIGNATURES[name]


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("tracks", [True, False])
def test_there_is_a_number_a_channel(name: str, *, affine: bool, tracks: bool) -> None:
    layer = {"type": name, "affine": affine, "track_running_stats": tracks}
    node = last(layer, x=SHAPES[name])
    assert tensors(node) == ({"weight": (8,), "bias": (8,)} if affine else {})
    assert (node.weights, node.biases) == (8 * affine, 8 * affine)
    assert node.stored == (8 + 8 + 1) * tracks
    assert node.output == node.inputs[0]
    assert (node.spec.bias, node.macs, node.complete) == (affine, 0, True)


@pytest.mark.parametrize("name", [*SHAPES, "GroupNorm"])
@pytest.mark.parametrize(
    ("flags", "names", "flag"),
    [({"affine": True}, {"weight", "bias"}, True),
     ({"affine": True, "bias": False}, {"weight"}, False),
     ({"affine": False, "bias": True}, set(), False),
     ({"affine": False, "bias": False}, set(), False)],
)  # fmt: skip
def test_a_bias_comes_only_with_a_scale(
    name: str, flags: dict[str, bool], names: set[str], *, flag: bool
) -> None:
    more = {"num_groups": 2} if name == "GroupNorm" else {}
    node = last({"type": name, **more, **flags}, x=SHAPES.get(name, [8]))
    assert tensors(node) == dict.fromkeys(names, (8,))
    assert (node.biases, node.spec.bias, node.complete) == (8 * flag, flag, True)


@pytest.mark.parametrize("name", SHAPES)
def test_channels_are_checked(name: str) -> None:
    finding = only(lint({"type": name, "num_features": 9}, x=SHAPES[name]))
    assert finding.rule.code == "NN201"
    assert finding.message == f"{name}: num_features is 9, but 8 arrive"


@pytest.mark.parametrize(
    ("layer", "x", "words", "remedy"),
    [("BatchNorm2d", [8], "[C, H, W], but [8] arrives", "BatchNorm1d"),
     ("BatchNorm2d", [8, 4], "[C, H, W], but [8, 4] arrives", "BatchNorm1d"),
     ("BatchNorm2d", [8, 2, 4, 5], "[C, H, W], but [8, 2, 4, 5] arrives", "BatchNorm3d"),
     ("BatchNorm3d", [8, 4, 5], "[C, D, H, W], but [8, 4, 5] arrives", "BatchNorm2d"),
     ("InstanceNorm1d", [8], "[C, L], but [8] arrives", "LayerNorm"),
     ("InstanceNorm1d", [8, 4, 5], "[C, L], but [8, 4, 5] arrives", "InstanceNorm2d"),
     ("InstanceNorm3d", [8, 4], "[C, D, H, W], but [8, 4] arrives", "InstanceNorm1d"),
     ("BatchNorm2d", {"sequence": [16, 8]}, "a sequence [16, 8] arrives", "LayerNorm"),
     ("InstanceNorm1d", {"sequence": [16, 8]}, "a sequence [16, 8] arrives", "a Permute"),
     (group(2), {"sequence": [16, 8]}, "a sequence [16, 8] arrives", "a Permute"),
     (group(2), {"tokens": 16}, "a sequence [16] arrives", "LayerNorm"),
     ({"type": "LocalResponseNorm", "size": 5}, [8], "[C, *], but [8]", "LayerNorm")],
)  # fmt: skip
def test_what_is_no_such_map_is_refused(
    layer: object, x: object, words: str, remedy: str
) -> None:
    finding = only(lint(layer, x=x))
    assert finding.rule.code == "NN202"
    assert words in finding.message
    assert remedy in (finding.help or "")


@pytest.mark.parametrize(
    ("name", "x"), [("InstanceNorm1d", {"map": [8, 1]}), ("InstanceNorm2d", [8, 1, 1])]
)
def test_an_instance_of_one_position_has_no_deviation(name: str, x: object) -> None:
    """torch: Expected more than 1 spatial element when training."""
    finding = only(lint(name, x=x))
    assert finding.rule.code == "NN202"
    assert "has only one" in finding.message


@pytest.mark.parametrize("x", [[12], {"map": [12, 5]}, [12, 5], [12, 4, 5], [12, 3, 4, 5]])
@pytest.mark.parametrize("affine", [True, False])
def test_group_norm_scales_each_channel(x: object, *, affine: bool) -> None:
    node = last(group(3, affine=affine), x=x)
    assert tensors(node) == ({"weight": (12,), "bias": (12,)} if affine else {})
    assert (node.stored, node.spec.bias, node.complete) == (0, affine, True)
    assert node.output.dims == node.inputs[0].dims


@pytest.mark.parametrize(
    ("groups", "channels", "fitting"),
    [(32, 80, "20 or 40"), (3, 8, "2 or 4"), (16, 8, "8"), (5, 7, "1 or 7")],
)
def test_groups_divide_the_channels(groups: int, channels: int, fitting: str) -> None:
    finding = only(lint(group(groups), x=[channels, 4, 4]))
    assert finding.rule.code == "NN204"
    assert f"num_groups is {groups}, and {channels} channels" in finding.message
    assert finding.help == f"write num_groups: {fitting}"


def test_group_norm_checks_its_channels_first() -> None:
    finding = only(lint(group(3, num_channels=9), x=[8, 4, 4]))
    assert finding.message == "GroupNorm: num_channels is 9, but 8 arrive"


def test_stated_channels_are_divided_even_in_the_unknown() -> None:
    report = lint(BROKEN, group(3, num_channels=8), x=[8])
    assert [finding.rule.code for finding in report.findings] == ["NN102", "NN204"]


@pytest.mark.parametrize("name", SHAPES)
def test_norms_in_the_unknown(name: str) -> None:
    layer = {"type": name, "affine": True, "track_running_stats": True}
    assert not last(BROKEN, layer, x=[8]).complete
    stated = last(BROKEN, {**layer, "num_features": 8}, x=[8])
    assert (stated.complete, stated.params, stated.stored) == (True, 16, 17)
    assert last(BROKEN, group(2, num_channels=8), x=[8]).params == 16
    assert not last(BROKEN, group(2), x=[8]).complete


def test_an_instance_norm_without_tensors_needs_to_know_nothing() -> None:
    assert last(BROKEN, "InstanceNorm2d", x=[8]).complete


@pytest.mark.parametrize(
    ("layer", "axis"),
    [({"type": "BatchNorm2d"}, 0), ({"type": "InstanceNorm2d"}, 0),
     (group(8, num_channels=8), 0), (group(1, num_channels=8), None), (group(8), 0),
     (group(4), None)],
)  # fmt: skip
def test_which_norms_centre_each_channel(layer: dict[str, Any], axis: int | None) -> None:
    node = last(layer, x=[8, 4, 5])
    assert node.layer is not None
    assert node.layer.centred_axis(node.inputs[0]) == axis
    assert node.layer.passes_linearity


def test_local_response_norm_learns_nothing() -> None:
    node = last({"type": "LocalResponseNorm", "size": 5}, x=[8, 4, 5])
    assert (node.params, node.stored, node.macs, node.complete) == (0, 0, 0, True)
    assert node.output.dims == (8, 4, 5)


def test_keras_words_are_answered() -> None:
    assert keras_names()["BatchNormalization"] == "BatchNorm1d"
    finding = only(lint({"type": "GroupNormalization", "num_groups": 2}, x=[8, 4, 5]))
    assert finding.help == "write GroupNorm"
    helps = {finding.help for finding in lint(
        {"type": "GroupNorm", "groups": 2, "epsilon": 1e-3}, x=[8, 4, 5]).findings}  # fmt: skip
    assert {"write num_groups", "write eps"} <= helps


AXES: dict[str, range] = {
    "BatchNorm1d": range(1, 3), "BatchNorm2d": range(3, 4), "BatchNorm3d": range(4, 5),
    "InstanceNorm1d": range(2, 3), "InstanceNorm2d": range(3, 4), "InstanceNorm3d": range(4, 5),
    "GroupNorm": range(1, 65), "LocalResponseNorm": range(2, 65),
}  # fmt: skip
"""The axes of a sample, from torch's pages, the batch left out: (N, C, L) has two."""

NEEDED = {"GroupNorm": {"num_groups": 2}, "LocalResponseNorm": {"size": 2}}


@pytest.mark.parametrize("name", AXES)
@pytest.mark.parametrize("rank", range(7))
def test_each_norm_takes_the_axes_of_its_page(name: str, rank: int) -> None:
    layer = layer_types()[name](**NEEDED.get(name, {}))
    x = Shape((2,) * rank, Layout.MAP if rank > 1 else Layout.FEATURES)
    if rank in AXES[name]:
        assert layer.infer(x) == x
        return
    with pytest.raises(Misfit):
        layer.infer(x)


def test_groups_of_channels_that_nobody_knows_may_fit() -> None:
    x = Shape((5, 6), Layout.MAP, open=True)
    assert layer_types()["GroupNorm"](num_groups=2).infer(x) == x

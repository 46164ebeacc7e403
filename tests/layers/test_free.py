"""LayerScale, Parameter and Custom."""

from __future__ import annotations

import json
from math import prod
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.layers.free import Custom, LayerScale, Parameter
from nnlint.layers.shape import UNKNOWN, Layout, Misfit, Shape, Unknown

if TYPE_CHECKING:
    from nnlint.graph import Node
    from nnlint.report import Report

BROKEN = {"type": "Linear"}


def lint(*layers: object, x: object) -> Report:
    return lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers}))


def last(*layers: object, x: object) -> Node:
    report = lint(*layers, x=x)
    assert codes(report) <= {"NN214"}
    assert report.graph is not None
    return report.graph.nodes[-1]


def codes(report: Report) -> set[str]:
    return {finding.rule.code for finding in report.findings}


def custom(**keys: object) -> dict[str, Any]:
    return {"type": "Custom", **keys}


# --- LayerScale -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "channels"),
    [([96, 56, 56], 96), ({"map": [96, 5]}, 96), ({"sequence": [197, 768]}, 768),
     ([197, 768], 768), ([10], 10), ([8, 2, 3, 4], 8)],
)  # fmt: skip
def test_every_channel_has_a_factor(x: object, channels: int) -> None:
    node = last({"type": "LayerScale", "init_value": 0.1}, x=x)
    assert {one.name: one.shape for one in node.tensors} == {"gamma": (channels,)}
    assert (node.weights, node.biases, node.macs) == (channels, 0, 0)
    assert node.output == node.inputs[0]


def test_the_factors_start_small() -> None:
    """CaiT: 1e-5 for deep networks."""
    assert (LayerScale().init_value, LayerScale().passes_linearity) == (1e-5, True)


def test_indices_are_not_scaled() -> None:
    (finding,) = lint("LayerScale", x={"tokens": 6}).findings
    assert finding.rule.code == "NN202"


def test_a_map_may_hide_behind_an_open_shape() -> None:
    open_shape = Shape((5, 6), Layout.UNDECIDED, open=True)
    assert LayerScale().infer(open_shape) == open_shape
    for layout in (Layout.UNDECIDED, Layout.MAP):
        with pytest.raises(Unknown):
            list(LayerScale().parameters(open_shape._replace(layout=layout)))
    (gamma,) = LayerScale().parameters(open_shape._replace(layout=Layout.SEQUENCE))
    assert gamma.shape == (6,)


# --- Parameter ------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [[100, 256], [7], [1, 2, 3, 4, 5], []])
@pytest.mark.parametrize("x", [[4], {"tokens": 5}, [3, 8, 8], {"sequence": [5, 6]}])
def test_a_parameter_stands_by_itself(shape: list[int], x: object) -> None:
    node = last({"type": "Parameter", "shape": shape}, x=x)
    assert [(one.name, list(one.shape)) for one in node.tensors] == [("weight", shape)]
    assert (node.weights, node.biases, node.macs) == (prod(shape), 0, 0)
    assert node.output == node.inputs[0]
    assert node.derivation == ("×".join(map(str, shape)) or "1")


def test_a_parameter_needs_no_input_to_be_counted() -> None:
    report = lint(BROKEN, {"type": "Parameter", "shape": [3, 4]}, x=[5])
    assert report.graph is not None
    node = report.graph.nodes[-1]
    assert (node.params, node.complete, node.output.open) == (12, True, True)


def test_what_is_said_of_a_layer_holds_through_a_parameter() -> None:
    layer = Parameter(shape=(3,))
    assert layer.passes_linearity
    assert layer.passes_last


@pytest.mark.parametrize("shape", [3, [0], ["a"], None])
def test_a_parameter_has_a_shape(shape: object) -> None:
    report = lint({"type": "Parameter", "shape": shape}, x=[5])
    assert {finding.rule.code[:3] for finding in report.findings} == {"NN1"}


# --- Custom ---------------------------------------------------------------------------------


def test_a_custom_layer_has_what_is_written() -> None:
    tensors = {"weight": [64, 3, 3, 3], "bias": [64], "scale": []}
    keys = {"parameters": tensors, "buffers": {"mean": [64]}, "output": [64, 9, 9], "macs": 77}
    node = last(custom(**keys), x=[3, 8, 8])
    assert {one.name: list(one.shape) for one in node.tensors} == tensors
    assert (node.weights, node.biases, node.stored) == (64 * 27 + 1, 64, 64)
    assert (node.output.known, node.macs, node.complete) == ((64, 9, 9), 77, True)


def test_what_is_not_written_is_unknown_and_no_zero() -> None:
    node = last("Custom", x=[3, 8, 8])
    assert (node.complete, node.macs, node.params) == (False, None, 0)
    assert node.output.known == (3, 8, 8)
    report = lint("Custom", x=[3, 8, 8])
    assert report.graph is not None
    assert codes(report) == {"NN214"}
    totals = report.graph.totals
    assert (totals.complete, totals.macs_complete) == (False, False)


def test_nothing_may_be_written_outright() -> None:
    assert lint(custom(parameters={}, macs=0), x=[3]).findings == ()
    node = last(custom(parameters={}, macs=0), x=[3])
    assert (node.complete, node.params, node.macs, node.stored) == (True, 0, 0, 0)


@pytest.mark.parametrize("key", ["parameters", "buffers", "output", "macs"])
def test_null_is_the_same_as_left_out(key: str) -> None:
    written, bare = last(custom(**{key: None}), x=[3]), last("Custom", x=[3])
    assert (written.complete, written.macs, written.output) == (
        bare.complete, bare.macs, bare.output
    )  # fmt: skip


@pytest.mark.parametrize(
    ("output", "layout"),
    [([7], Layout.FEATURES), ([7, 8], Layout.UNDECIDED), ([7, 8, 9], Layout.MAP),
     ([6, 7, 8, 9], Layout.MAP)],
)  # fmt: skip
def test_the_layout_follows_from_the_number_of_axes(output: list[int], layout: Layout) -> None:
    node = last(custom(output=output, parameters={}, macs=0), x=[3])
    assert (list(node.output.known), node.output.layout) == (output, layout)


def test_a_custom_layer_takes_any_number_of_inputs() -> None:
    inputs = {"a": [3], "b": [4, 5], "c": {"tokens": 6}}
    layer = custom(**{"from": list(inputs), "parameters": {}})
    report = lint_text(json.dumps({"nnlint": 1, "inputs": inputs, "layers": [layer]}))
    assert report.findings == ()
    assert report.graph is not None
    assert report.graph.output.shape.known == (3,)


def test_a_custom_layer_mends_an_unknown_shape() -> None:
    report = lint(BROKEN, custom(output=[7]), {"type": "Linear", "out_features": 2}, x=[5])
    assert report.graph is not None
    assert report.graph.nodes[-1].params == 7 * 2 + 2
    assert Custom().infer(UNKNOWN) == UNKNOWN


def test_rules_do_not_look_into_a_custom_layer() -> None:
    linear = {"type": "Linear", "out_features": 4}
    assert codes(lint(linear, "Custom", linear, x=[4])) == {"NN214"}
    assert codes(lint(linear, custom(parameters={}), linear, x=[4])) == set()
    assert (Custom().passes_linearity, Custom().passes_last) == (False, False)


@pytest.mark.parametrize(
    "keys",
    [{"parameters": [3]}, {"parameters": {"a b": [3]}}, {"parameters": {"a": 3}},
     {"parameters": {"a": [0]}}, {"macs": -1}, {"output": []}, {"buffers": {"a": "x"}}],
)  # fmt: skip
def test_what_is_no_tensor_is_refused(keys: dict[str, object]) -> None:
    report = lint(custom(**keys), x=[3])
    assert {finding.rule.code[:3] for finding in report.findings} == {"NN1"}


# --- scalars --------------------------------------------------------------------------------


def test_a_single_number_has_no_features_to_scale() -> None:
    with pytest.raises(Misfit):
        LayerScale().infer(Shape((), Layout.FEATURES))
    for layout in (Layout.UNDECIDED, Layout.SEQUENCE):
        nobody_knows = Shape((), layout, open=True)
        assert LayerScale().infer(nobody_knows) == nobody_knows

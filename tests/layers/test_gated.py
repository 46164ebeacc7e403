"""GatedMLP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.layers import layer_types
from nnlint.layers.gated import ACTIVATIONS
from tests.layers.test_base import evaluated

if TYPE_CHECKING:
    from nnlint.graph import Node
    from nnlint.report import Report


def gated(hidden_features: int = 20, **more: object) -> dict[str, Any]:
    return {"type": "GatedMLP", "hidden_features": hidden_features, **more}


def lint(*layers: object, x: object) -> Report:
    return lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers}))


def last(*layers: object, x: object) -> Node:
    graph = lint(*layers, x=x).graph
    assert graph is not None
    return graph.nodes[-1]


def tensors(node: Node) -> dict[str, tuple[int, ...]]:
    return {tensor.name: tensor.shape for tensor in node.tensors}


@pytest.mark.parametrize(
    ("x", "positions"),
    [([8], 1), ([5, 8], 5), ({"sequence": [5, 8]}, 5), ([2, 5, 8], 10), ([2, 4, 5, 8], 40)],
)
def test_it_works_on_the_last_axis(x: object, positions: int) -> None:
    node = last(gated(), x=x)
    assert tensors(node) == {
        "gate_proj.weight": (20, 8), "up_proj.weight": (20, 8), "down_proj.weight": (8, 20),
        "gate_proj.bias": (20,), "up_proj.bias": (20,), "down_proj.bias": (8,),
    }  # fmt: skip
    assert (node.weights, node.biases) == (3 * 8 * 20, 2 * 20 + 8)
    assert node.macs == positions * 3 * 8 * 20
    assert node.output == node.inputs[0]


@pytest.mark.parametrize("flag", [True, False])
def test_the_bias_flag_says_whether_there_are_any(*, flag: bool) -> None:
    node = last(gated(bias=flag), x=[8])
    assert node.spec.bias is flag
    assert node.biases == 48 * flag


def test_a_stated_size_is_checked() -> None:
    report = lint(gated(in_features=9), {"type": "Linear", "out_features": 2}, x=[8])
    (finding,) = report.findings
    assert finding.rule.code == "NN201"
    assert finding.message == "GatedMLP: in_features is 9, but 8 arrive"
    assert report.graph is not None
    assert report.graph.output.shape.dims == (2,)


def test_indices_are_refused() -> None:
    (finding,) = lint(gated(), x={"tokens": 8}).findings
    assert finding.rule.code == "NN202"
    assert "[8] token indices arrive" in finding.message


def test_after_an_unknown_layer_its_own_biases_are_known() -> None:
    node = last({"type": "Linear"}, gated(), x=[8])
    assert tensors(node) == {"gate_proj.bias": (20,), "up_proj.bias": (20,)}
    assert (node.complete, node.macs) == (False, None)


def test_a_stated_size_completes_it() -> None:
    node = last({"type": "Linear"}, gated(in_features=8), x=[8])
    assert tensors(node) == tensors(last(gated(), x=[8]))
    assert (node.complete, str(node.output)) == (True, "[…, 8]")


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_gate_goes_through_a_function_of_each_element(name: str) -> None:
    kind = layer_types()[name]
    assert not kind.formula
    assert last(gated(act=name), x=[8]).params == last(gated(), x=[8]).params


def test_another_word_is_answered() -> None:
    (finding,) = lint(gated(act="silu"), x=[8]).findings
    assert "act is the text 'silu'" in finding.message
    assert finding.help == "did you mean 'SiLU'?"


def test_its_defaults() -> None:
    attributes = layer_types()["GatedMLP"].attributes
    known = {key: ... if one.required else one.default for key, one in attributes.items()}
    assert known == {
        "in_features": None, "hidden_features": ..., "act": "SiLU", "bias": True,
    }  # fmt: skip


def test_llama_2_7b() -> None:
    """6,738,415,616: transformers' LlamaForCausalLM."""
    d, layers, vocab = 4096, 32, 32_000
    feed = last(gated(11_008, bias=False), x=[2, d]).params
    assert feed == 3 * d * 11_008
    assert 2 * vocab * d + layers * (4 * d * d + feed + 2 * d) + d == 6_738_415_616


def test_it_is_no_linear_map() -> None:
    linear = {"type": "Linear", "out_features": 8}
    assert not lint(linear, gated(), linear, x=[8]).findings


def test_the_catalogues_formula_gives_what_is_counted() -> None:
    node, formula = last(gated(), x=[8]), layer_types()["GatedMLP"].formula
    names = {"in_features": 8, "hidden_features": 20}
    counted = {tensor: evaluated(text, names) for tensor, text in formula.items()}
    assert counted == {tensor.name: tensor.count for tensor in node.tensors}


def test_a_stated_size_is_held_against_a_last_axis_that_is_known() -> None:
    unknown = [{"type": "Linear"}, {"type": "Linear", "out_features": 6}]
    layer = {"type": "GatedMLP", "in_features": 5, "hidden_features": 4}
    spec = {"nnlint": 1, "input": [8], "layers": [*unknown, layer]}
    codes = [finding.rule.code for finding in lint_text(json.dumps(spec)).findings]
    assert "NN201" in codes


def test_a_single_number_has_no_last_axis() -> None:
    (finding,) = lint({"type": "Mean", "dim": 1}, gated(), x=[8]).findings
    assert (finding.rule.code, finding.path) == ("NN202", ("layers", 1))


@pytest.mark.parametrize(("stated", "width"), [({}, ()), ({"in_features": 8}, (8,))])
def test_behind_the_unknown_it_knows_what_is_stated(
    stated: dict[str, int], width: tuple[int, ...]
) -> None:
    node = last({"type": "Linear"}, gated(**stated), x=[8])
    assert (node.output.open, node.output.dims) == (True, width)

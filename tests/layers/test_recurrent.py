"""RNN, LSTM, GRU and their cells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.layers import layer_types
from nnlint.layers.shape import Layout

if TYPE_CHECKING:
    from nnlint.finding import Finding
    from nnlint.graph import Node
    from nnlint.report import Report

BROKEN = {"type": "Linear"}
GATES = {"RNN": 1, "LSTM": 4, "GRU": 3}
STACK: dict[str, Any] = {
    "input_size": None, "hidden_size": ..., "num_layers": 1, "bias": True, "dropout": 0.0,
    "bidirectional": False, "output": "sequence",
}  # fmt: skip
CELL: dict[str, Any] = {"input_size": None, "hidden_size": ..., "bias": True}
SIGNATURES = {
    "RNN": {**STACK, "nonlinearity": "tanh"}, "LSTM": {**STACK, "proj_size": 0},
    "GRU": {**STACK, "reset_after": True},
    "RNNCell": {**CELL, "nonlinearity": "tanh"}, "LSTMCell": CELL,
    "GRUCell": {**CELL, "reset_after": True},
}  # fmt: skip
"""torch.nn's keywords and defaults; `output` is nnlint's own, `reset_after` Keras'; ... must
be written."""


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


def layer(name: str, hidden_size: int = 5, **more: object) -> dict[str, Any]:
    return {"type": name, "hidden_size": hidden_size, **more}


@pytest.mark.parametrize("name", SIGNATURES)
def test_keywords_and_defaults_are_torchs(name: str) -> None:
    attributes = layer_types()[name].attributes
    known = {key: ... if one.required else one.default for key, one in attributes.items()}
    assert known == SIGNATURES[name]


@pytest.mark.parametrize("name", GATES)
@pytest.mark.parametrize("x", [[7, 3], {"sequence": [7, 3]}])
def test_one_layer_has_two_matrices_and_two_biases(name: str, x: object) -> None:
    rows = GATES[name] * 5
    node = last(layer(name), x=x)
    assert tensors(node) == {
        "weight_ih_l0": (rows, 3), "weight_hh_l0": (rows, 5),
        "bias_ih_l0": (rows,), "bias_hh_l0": (rows,),
    }  # fmt: skip
    assert (node.weights, node.biases) == (rows * (3 + 5), 2 * rows)
    assert node.macs == 7 * GATES[name] * (3 + 5) * 5
    assert (node.output.dims, node.output.layout) == ((7, 5), Layout.SEQUENCE)
    assert (node.spec.bias, node.stored, node.complete) == (True, 0, True)


@pytest.mark.parametrize("name", GATES)
def test_two_layers_in_two_directions(name: str) -> None:
    gates = GATES[name]
    node = last(layer(name, num_layers=2, bidirectional=True, bias=False), x=[7, 3])
    first, second = gates * 5 * (3 + 5), gates * 5 * (2 * 5 + 5)
    assert (node.weights, node.biases, node.spec.bias) == (2 * (first + second), 0, False)
    assert node.macs == 7 * 2 * (first + second)
    assert tensors(node)["weight_ih_l1_reverse"] == (gates * 5, 10)
    assert node.output.dims == (7, 10)


def test_a_projection_is_fed_back() -> None:
    node = last(layer("LSTM", proj_size=2, num_layers=2, bidirectional=True), x=[7, 3])
    shapes = tensors(node)
    assert (shapes["weight_hh_l0"], shapes["weight_hr_l0"]) == ((20, 2), (2, 5))
    assert shapes["weight_ih_l1_reverse"] == (20, 4)
    first, second = 20 * (3 + 2) + 2 * 5, 20 * (4 + 2) + 2 * 5
    assert node.weights == 2 * (first + second)
    assert node.macs == 7 * 2 * (first + second)
    assert node.output.dims == (7, 4)


@pytest.mark.parametrize("name", GATES)
@pytest.mark.parametrize(("both", "width"), [(False, 5), (True, 10)])
def test_the_last_step_is_features(name: str, width: int, *, both: bool) -> None:
    node = last(layer(name, output="last", bidirectional=both), x=[7, 3])
    assert (node.output.dims, node.output.layout) == ((width,), Layout.FEATURES)
    assert node.macs == 7 * (1 + both) * GATES[name] * (3 + 5) * 5


@pytest.mark.parametrize("name", GATES)
@pytest.mark.parametrize("bias", [True, False])
def test_a_cell_is_one_step(name: str, *, bias: bool) -> None:
    rows = GATES[name] * 5
    node = last(layer(f"{name}Cell", bias=bias), x=[3])
    biases = {"bias_ih": (rows,), "bias_hh": (rows,)} if bias else {}
    assert tensors(node) == {"weight_ih": (rows, 3), "weight_hh": (rows, 5), **biases}
    assert node.macs == GATES[name] * (3 + 5) * 5
    assert (node.output.dims, node.output.layout) == ((5,), Layout.FEATURES)
    assert node.spec.bias is bias


@pytest.mark.parametrize("name", [*GATES, "GRUCell"])
def test_the_input_size_is_checked(name: str) -> None:
    x = [3] if name.endswith("Cell") else [7, 3]
    report = lint(layer(name, input_size=4), {"type": "Linear", "out_features": 2}, x=x)
    finding = only(report)
    assert finding.rule.code == "NN201"
    assert finding.message == f"{name}: input_size is 4, but 3 arrive"
    assert report.graph is not None
    assert report.graph.nodes[-1].params == 5 * 2 + 2


@pytest.mark.parametrize(
    ("name", "x", "words", "remedy"),
    [("LSTM", {"map": [3, 7]}, "a map [3, 7] arrives", "a ToTokens before it"),
     ("GRU", [3, 7, 7], "a map [3, 7, 7] arrives", "a ToTokens before it"),
     ("RNN", [3], "a sequence [T, features], but [3] arrives", "RNNCell"),
     ("LSTM", {"tokens": 7}, "[7] token indices", "Embedding"),
     ("LSTMCell", [7, 3], "of one step, but [7, 3] arrives", "LSTM steps"),
     ("GRUCell", {"tokens": 7}, "[7] token indices", "Embedding")],
)  # fmt: skip
def test_what_has_no_steps_is_refused(name: str, x: object, words: str, remedy: str) -> None:
    finding = only(lint(layer(name), x=x))
    assert finding.rule.code == "NN202"
    assert words in finding.message
    assert remedy in (finding.help or "")


@pytest.mark.parametrize(("size", "remedy"), [(5, "from 1 to 4"), (9, "from 1 to 4")])
def test_a_projection_is_smaller(size: int, remedy: str) -> None:
    """torch: proj_size has to be smaller than hidden_size."""
    finding = only(lint(layer("LSTM", proj_size=size), x=[7, 3]))
    assert finding.rule.code == "NN205"
    assert f"proj_size is {size}, but hidden_size is 5" in finding.message
    assert remedy in (finding.help or "")


def test_nothing_is_smaller_than_one() -> None:
    assert only(lint(layer("LSTM", 1, proj_size=1), x=[7, 3])).help == "leave it out"


@pytest.mark.parametrize(
    ("written", "code", "words"),
    [({"num_layers": 0}, "NN106", "from 1 to 1,000"),
     ({"num_layers": 10**9}, "NN107", "from 1 to 1,000"),
     ({"hidden_size": 0}, "NN106", "1 or more"), ({"dropout": 2}, "NN107", "from 0 to 1"),
     ({"output": "first"}, "NN104", "sequence or last"),
     ({"nonlinearity": "sigmoid"}, "NN104", "tanh or relu"),
     ({"proj_size": 2}, "NN103", "RNN takes no key 'proj_size'"),
     ({"batch_first": True}, "NN103", "belongs to the program")],
)  # fmt: skip
def test_values_that_torch_refuses(written: dict[str, Any], code: str, words: str) -> None:
    finding = only(lint({**layer("RNN"), **written}, x=[7, 3]))
    assert finding.rule.code == code
    assert words in finding.message


@pytest.mark.parametrize("name", GATES)
def test_a_stack_in_the_unknown(name: str) -> None:
    node = last(BROKEN, layer(name, num_layers=2), x=[3])
    assert set(tensors(node)) == {
        "weight_hh_l0", "bias_ih_l0", "bias_hh_l0",
        "weight_ih_l1", "weight_hh_l1", "bias_ih_l1", "bias_hh_l1",
    }  # fmt: skip
    assert (str(node.output), node.complete, node.macs) == ("[…, 5]", False, None)
    stated = last(BROKEN, layer(name, input_size=3, output="last"), x=[3])
    assert (stated.complete, stated.output.dims, stated.macs) == (True, (5,), None)
    assert not stated.output.open


def test_a_cell_in_the_unknown_has_a_known_output() -> None:
    node = last(BROKEN, layer("GRUCell"), x=[3])
    assert (node.output.dims, node.output.open, node.complete) == ((5,), False, False)
    stated = last(BROKEN, layer("GRUCell", input_size=3), x=[3])
    assert (stated.complete, stated.macs) == (True, 3 * (3 + 5) * 5)


def test_a_known_last_axis_is_checked_in_the_unknown() -> None:
    report = lint(BROKEN, {"type": "Linear", "out_features": 4}, layer("GRU", input_size=3),
                  x=[3])  # fmt: skip
    assert [finding.rule.code for finding in report.findings] == ["NN102", "NN201"]


def test_the_largest_stack_is_counted() -> None:
    node = last(layer("LSTM", num_layers=1000), x=[7, 3])
    assert node.params == 20 * (3 + 5 + 2) + 999 * 20 * (5 + 5 + 2)


def test_embedded_tokens_are_a_sequence() -> None:
    table = {"type": "Embedding", "num_embeddings": 11, "embedding_dim": 3}
    node = last(table, layer("LSTM", output="last"), x={"tokens": 7})
    assert node.output.dims == (5,)


def test_keras_words_are_answered() -> None:
    found = lint({"type": "SimpleRNN", "units": 5}, x=[7, 3]).findings
    assert str(found[0].help).startswith("write RNN: Keras gives the last step alone")
    helps = {finding.help for finding in lint({"type": "LSTM", "units": 5}, x=[7, 3]).findings}
    assert any(str(words).startswith("write hidden_size: Keras gives") for words in helps)


@pytest.mark.parametrize("name", ["GRU", "GRUCell"])
def test_the_older_gru_is_keras_alone(name: str) -> None:
    """torch.nn.GRU's page: r_t acts after the product; cuDNN has no other."""
    x = [7, 3] if name == "GRU" else [3]
    finding = only(lint(layer(name, reset_after=False), x=x))
    assert (finding.rule.code, finding.path) == ("NN205", ("layers", 0, "reset_after"))

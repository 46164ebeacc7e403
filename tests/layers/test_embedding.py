"""Embedding and EmbeddingBag."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.layers import layer_types
from nnlint.layers.shape import UNKNOWN, Layout, Misfit, Shape

if TYPE_CHECKING:
    from nnlint.finding import Finding
    from nnlint.graph import Node
    from nnlint.report import Report

BROKEN = {"type": "Linear"}
COMMON: dict[str, Any] = {
    "num_embeddings": ..., "embedding_dim": ..., "padding_idx": None, "max_norm": None,
    "norm_type": 2.0, "scale_grad_by_freq": False, "sparse": False,
}  # fmt: skip
SIGNATURES = {
    "Embedding": COMMON,
    "EmbeddingBag": {**COMMON, "mode": "mean", "include_last_offset": False},
}
"""torch.nn's keywords and defaults, without those for a ready table; ... must be written."""


def lint(*layers: object, x: object) -> Report:
    return lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers}))


def last(*layers: object, x: object) -> Node:
    graph = lint(*layers, x=x).graph
    assert graph is not None
    return graph.nodes[-1]


def only(report: Report) -> Finding:
    (finding,) = report.findings
    return finding


def table(name: str, **more: object) -> dict[str, Any]:
    return {"type": name, "num_embeddings": 11, "embedding_dim": 3, **more}


@pytest.mark.parametrize("name", SIGNATURES)
def test_keywords_and_defaults_are_torchs(name: str) -> None:
    attributes = layer_types()[name].attributes
    known = {key: ... if one.required else one.default for key, one in attributes.items()}
    assert known == SIGNATURES[name]


@pytest.mark.parametrize(
    ("x", "output"),
    [({"tokens": 5}, (5, 3)), ([5], (5, 3)), ([4, 5], (4, 5, 3)), ([2, 4, 5], (2, 4, 5, 3))],
)
def test_every_index_becomes_a_vector(x: object, output: tuple[int, ...]) -> None:
    node = last(table("Embedding"), x=x)
    assert (node.output.dims, node.output.layout) == (output, Layout.SEQUENCE)
    assert {tensor.name: tensor.shape for tensor in node.tensors} == {"weight": (11, 3)}
    assert (node.weights, node.biases, node.stored, node.macs) == (33, 0, 0, 0)
    assert (node.spec.bias, node.complete) == (None, True)


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
@pytest.mark.parametrize("x", [{"tokens": 5}, [5]])
def test_a_bag_becomes_one_vector(mode: str, x: object) -> None:
    node = last(table("EmbeddingBag", mode=mode), x=x)
    assert (node.output.dims, node.output.layout) == ((3,), Layout.FEATURES)
    assert (node.params, node.macs) == (33, 0)


def test_a_table_needs_no_input_to_be_counted() -> None:
    node = last(BROKEN, table("Embedding"), x=[8])
    assert (str(node.output), node.params, node.complete) == ("[…, 3]", 33, True)
    bag = last(BROKEN, table("EmbeddingBag"), x=[8])
    assert (bag.output.dims, bag.output.open, bag.complete) == ((3,), False, True)


def test_a_transformers_layers_follow() -> None:
    node = last(table("Embedding"), "LayerNorm", {"type": "Linear", "out_features": 7},
                x={"tokens": 5})  # fmt: skip
    assert (node.output.dims, node.params) == ((5, 7), 3 * 7 + 7)


@pytest.mark.parametrize("name", SIGNATURES)
@pytest.mark.parametrize("index", [0, 10, -1, -11])
def test_padding_stands_in_the_table(name: str, index: int) -> None:
    assert not lint(table(name, padding_idx=index), x={"tokens": 5}).findings


@pytest.mark.parametrize("name", SIGNATURES)
@pytest.mark.parametrize("index", [11, -12])
def test_padding_outside_of_the_table_is_refused(name: str, index: int) -> None:
    """torch: Padding_idx must be within num_embeddings."""
    finding = only(lint(table(name, padding_idx=index), "ReLU", x={"tokens": 5}))
    assert finding.rule.code == "NN205"
    assert f"padding_idx is {index}, but num_embeddings is 11" in finding.message
    assert "from 0 to 10" in (finding.help or "")


@pytest.mark.parametrize("key", ["sparse", "scale_grad_by_freq"])
def test_a_maximum_has_no_such_gradients(key: str) -> None:
    """torch: max mode does not support sparse weights / scaling the gradient."""
    finding = only(lint(table("EmbeddingBag", mode="max", **{key: True}), x={"tokens": 5}))
    assert finding.rule.code == "NN205"
    assert f"mode: max and {key}: true" in finding.message
    assert not lint(table("EmbeddingBag", **{key: True}), x={"tokens": 5}).findings


@pytest.mark.parametrize("name", SIGNATURES)
def test_vectors_are_no_indices(name: str) -> None:
    finding = only(lint(table(name), x={"sequence": [5, 8]}))
    assert finding.rule.code == "NN202"
    assert "a sequence [5, 8] of vectors arrives" in finding.message
    assert "{tokens: T}" in (finding.help or "")


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_map_of_numbers_is_no_indices(name: str) -> None:
    finding = only(lint(table(name), x={"map": [5, 8]}))
    assert finding.rule.code == "NN202"
    assert (
        finding.message == f"{name}: it looks up indices, but a map [5, 8] of numbers arrives"
    )
    assert finding.help == "write the input as [5, 8] if it is indices"


def test_what_a_convolution_computes_is_no_index() -> None:
    conv = {"type": "Conv1d", "out_channels": 4, "kernel_size": 3}
    assert "a map [4, 6] of numbers" in only(lint(conv, table("Embedding"), x=[5, 8])).message


@pytest.mark.parametrize("x", [[4, 5], [2, 4, 5]])
def test_a_bag_has_one_axis(x: list[int]) -> None:
    """torch: input has to be 1D or 2D, the batch counted."""
    finding = only(lint(table("EmbeddingBag"), x=x))
    assert finding.rule.code == "NN202"
    assert f"but {x} arrives" in finding.message


def test_modes_are_torchs() -> None:
    finding = only(lint(table("EmbeddingBag", mode="mena"), x={"tokens": 5}))
    assert finding.rule.code == "NN104"
    assert "sum, mean or max" in finding.message


def test_keras_words_are_answered() -> None:
    keras = {"type": "Embedding", "input_dim": 11, "output_dim": 3}
    helps = {finding.help for finding in lint(keras, x={"tokens": 5}).findings}
    assert {"write num_embeddings", "write embedding_dim"} <= helps


def test_what_nobody_knows_may_be_indices() -> None:
    """An open map has more axes than are known, and three or more may be indices."""
    kind = layer_types()["Embedding"]
    table_of_7 = kind(num_embeddings=11, embedding_dim=7)
    for x in (Shape((5,), Layout.MAP, open=True), UNKNOWN):
        expected = Shape((*x.dims, 7), Layout.SEQUENCE, open=True)
        assert table_of_7.infer(x) == expected
    single = Shape((), Layout.FEATURES)
    assert table_of_7.infer(single) == Shape((7,), Layout.FEATURES)


def test_a_single_index_is_no_bag() -> None:
    """torch: input has to be 1D or 2D, the batch counted; 1D comes with offsets."""
    bag = layer_types()["EmbeddingBag"](num_embeddings=11, embedding_dim=7)
    with pytest.raises(Misfit):
        bag.infer(Shape((), Layout.FEATURES))

"""ToTokens, ClassToken, PositionEmbedding and AddEmbedding."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from nnlint.engine import lint_text
from nnlint.layers import layer_types
from nnlint.layers.shape import UNKNOWN, Layout, Shape, Unknown
from nnlint.layers.tokens import AddEmbedding, ClassToken, PositionEmbedding, ToTokens

if TYPE_CHECKING:
    from nnlint.graph import Node
    from nnlint.layers.base import Layer
    from nnlint.report import Report

TABLES = {"PositionEmbedding", "AddEmbedding", "Embedding", "EmbeddingBag"}


def lint(*layers: object, x: object) -> Report:
    return lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers}))


def last(*layers: object, x: object) -> Node:
    report = lint(*layers, x=x)
    assert report.findings == ()
    assert report.graph is not None
    return report.graph.nodes[-1]


def message(layer: object, x: object, code: str) -> str:
    (finding,) = lint(layer, x=x).findings
    assert finding.rule.code == code
    return finding.message


def ending(*dims: int) -> Shape:
    return Shape(dims, Layout.UNDECIDED, open=True)


def tensors(layer: Layer, x: Shape) -> dict[str, tuple[int, ...]]:
    return {tensor.name: tensor.shape for tensor in layer.parameters(x)}


# --- ToTokens -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "output"),
    [([768, 14, 14], (196, 768)), ([3, 2, 4, 5], (40, 3)), ({"map": [64, 100]}, (100, 64)),
     ([64, 100], (100, 64)), ([64, 1, 1], (1, 64))],
)  # fmt: skip
def test_positions_become_tokens(x: object, output: tuple[int, ...]) -> None:
    """x.flatten(2).transpose(1, 2) on [batch, C, *]."""
    node = last("ToTokens", x=x)
    assert (node.output.known, node.output.layout) == (output, Layout.SEQUENCE)
    assert (node.params, node.macs, node.complete, node.spec.bias) == (0, 0, True, None)


@pytest.mark.parametrize(
    ("x", "words"),
    [({"sequence": [5, 6]}, "a sequence [5, 6] arrives"), ([6], "[6] arrives"),
     ({"tokens": 6}, "token indices [6] arrives")],
)  # fmt: skip
def test_only_maps_have_positions(x: object, words: str) -> None:
    said = message("ToTokens", x, "NN202")
    assert "it takes a map [C, L], [C, H, W] or [C, D, H, W], but" in said
    assert words in said


def test_tokens_of_an_unknown_map_are_a_sequence() -> None:
    assert ToTokens().infer(ending(7, 7)) == Shape((), Layout.SEQUENCE, open=True)


# --- ClassToken -----------------------------------------------------------------------------


@pytest.mark.parametrize("x", [[196, 768], {"sequence": [196, 768]}])
@pytest.mark.parametrize(("more", "count"), [({}, 1), ({"num_tokens": 2}, 2)])
def test_class_tokens_stand_before_the_sequence(
    x: object, more: dict[str, int], count: int
) -> None:
    node = last({"type": "ClassToken", **more}, x=x)
    assert (node.output.known, node.output.layout) == ((196 + count, 768), Layout.SEQUENCE)
    assert {one.name: one.shape for one in node.tensors} == {"class_token": (1, count, 768)}
    assert (node.weights, node.biases, node.macs) == (count * 768, 0, 0)


def test_class_token_of_open_shapes() -> None:
    assert ClassToken().infer(ending(5, 6)).dims == (6, 6)
    assert ClassToken().infer(ending(6)).dims == (6,)
    assert tensors(ClassToken(), ending(6)) == {"class_token": (1, 1, 6)}
    with pytest.raises(Unknown):
        tensors(ClassToken(), UNKNOWN)


# --- PositionEmbedding and AddEmbedding -----------------------------------------------------


@pytest.mark.parametrize(("more", "rows"), [({}, 197), ({"num_embeddings": 1024}, 1024),
                                            ({"num_embeddings": 197}, 197)])  # fmt: skip
def test_every_position_has_a_vector(more: dict[str, int], rows: int) -> None:
    node = last({"type": "PositionEmbedding", **more}, x=[197, 768])
    assert (node.output.known, node.output.layout) == ((197, 768), Layout.SEQUENCE)
    assert {one.name: one.shape for one in node.tensors} == {"weight": (rows, 768)}
    assert (node.params, node.biases, node.macs) == (rows * 768, 0, 0)
    assert node.derivation == f"{rows}×768"


@pytest.mark.parametrize("rows", [196, 1])
def test_positions_without_a_vector_are_refused(rows: int) -> None:
    layer = {"type": "PositionEmbedding", "num_embeddings": rows}
    report = lint(layer, {"type": "Linear", "out_features": 2}, x=[197, 768])
    (finding,) = report.findings
    assert finding.rule.code == "NN205"
    assert f"num_embeddings is {rows}, but 197 tokens arrive in [197, 768]" in finding.message
    assert "num_embeddings: 197 or more" in (finding.help or "")
    assert report.graph is not None
    assert report.graph.output.shape.known == (197, 2)


@pytest.mark.parametrize("kinds", [1, 2, 500])
def test_kinds_of_tokens_need_not_cover_them(kinds: int) -> None:
    node = last({"type": "AddEmbedding", "num_embeddings": kinds}, x=[12, 64])
    assert node.output.known == (12, 64)
    assert {one.name: one.shape for one in node.tensors} == {"weight": (kinds, 64)}
    assert (node.params, node.derivation) == (kinds * 64, f"{kinds}×64")


@pytest.mark.parametrize(
    ("layer", "x", "expected"),
    [(PositionEmbedding(), ending(5, 6), {"weight": (5, 6)}),
     (PositionEmbedding(num_embeddings=9), ending(6), {"weight": (9, 6)}),
     (AddEmbedding(num_embeddings=2), ending(6), {"weight": (2, 6)})],
)  # fmt: skip
def test_what_is_known_of_a_table_is_counted(
    layer: Layer, x: Shape, expected: dict[str, tuple[int, ...]]
) -> None:
    assert tensors(layer, x) == expected
    assert layer.infer(x).dims == x.dims


@pytest.mark.parametrize("layer", [PositionEmbedding(), PositionEmbedding(num_embeddings=9),
                                   AddEmbedding(num_embeddings=2)])  # fmt: skip
def test_a_table_of_unknown_width_is_unknown(layer: Layer) -> None:
    assert layer.infer(UNKNOWN).open
    with pytest.raises(Unknown):
        tensors(layer, UNKNOWN)


def test_a_table_of_as_many_rows_as_tokens_is_unknown_without_them() -> None:
    with pytest.raises(Unknown):
        tensors(PositionEmbedding(), ending(6))


@pytest.mark.parametrize("layer", ["ClassToken", "PositionEmbedding",
                                   {"type": "AddEmbedding", "num_embeddings": 2}])  # fmt: skip
@pytest.mark.parametrize(
    ("x", "words"),
    [([768, 14, 14], "a map [768, 14, 14] arrives"), ({"map": [5, 6]}, "a map [5, 6] arrives"),
     ([6], "[6] arrives"), ({"tokens": 6}, "[6] token indices arrive")],
)  # fmt: skip
def test_tokens_are_a_sequence(layer: object, x: object, words: str) -> None:
    assert words in message(layer, x, "NN202")


def test_tables_are_told_from_other_layers() -> None:
    assert {name for name, kind in layer_types().items() if kind.is_embedding} == TABLES


def test_the_entrance_of_a_vision_transformer() -> None:
    """torchvision's vit_b_16: conv_proj, class_token and encoder.pos_embedding."""
    conv = {"type": "Conv2d", "out_channels": 768, "kernel_size": 16, "stride": 16}
    report = lint(conv, "ToTokens", "ClassToken", "PositionEmbedding", x=[3, 224, 224])
    assert report.findings == ()
    assert report.graph is not None
    assert report.graph.output.shape.known == (197, 768)
    sizes = [node.params for node in report.graph.nodes]
    assert sizes == [3 * 16 * 16 * 768 + 768, 0, 768, 197 * 768]


def test_the_entrance_of_bert() -> None:
    """bert-base-uncased: word, position and token type embeddings, and their norm."""
    words = {"type": "Embedding", "num_embeddings": 30522, "embedding_dim": 768}
    places = {"type": "PositionEmbedding", "num_embeddings": 512}
    kinds = {"type": "AddEmbedding", "num_embeddings": 2}
    report = lint(words, places, kinds, "LayerNorm", x={"tokens": 128})
    assert report.graph is not None
    assert report.findings == ()
    assert report.graph.totals.params == (30522 + 512 + 2) * 768 + 2 * 768 == 23_837_184


def test_a_map_made_tokens_keeps_two_linear_maps_in_a_row() -> None:
    """A convolution of one position, its transpose, and a Linear multiply two matrices."""
    conv = {"type": "Conv2d", "out_channels": 8, "kernel_size": 1}
    linear = {"type": "Linear", "out_features": 4}
    report = lint(conv, "ToTokens", linear, x=[3, 5, 6])
    assert [finding.rule.code for finding in report.findings] == ["NN401"]


def test_its_size_is_told_as_tokens_times_features() -> None:
    node = last({"type": "ClassToken", "num_tokens": 2}, x={"sequence": [196, 768]})
    assert node.derivation == "1×2×768"

"""NN416: a corner of the picture kept, where a class token is meant."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding

PATCHES = {"type": "Conv2d", "out_channels": 8, "kernel_size": 4, "stride": 4}
ENCODER = {"type": "TransformerEncoderLayer", "nhead": 2, "dim_feedforward": 16}
FIRST = {"type": "Select", "index": 0}


def attention(**more: object) -> dict[str, Any]:
    return {"type": "MultiheadAttention", "num_heads": 2, **more}


def found(*layers: object, x: object = (3, 16, 16)) -> list[Finding]:
    report = lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers}))
    return [one for one in report.findings if one.rule.code in ("NN415", "NN416")]


def codes(*layers: object, x: object = (3, 16, 16)) -> list[str]:
    return [finding.rule.code for finding in found(*layers, x=x)]


def test_the_message_says_where_the_token_comes_from() -> None:
    (finding,) = found(PATCHES, "ToTokens", "PositionEmbedding", ENCODER, FIRST)
    assert (finding.rule.code, finding.rule.severity) == ("NN416", Severity.WARNING)
    assert finding.path == ("layers", 4)
    assert finding.message == (
        "Select keeps the first token of [16, 8], which is one corner of the map [8, 4, 4] "
        "that ToTokens made tokens of"
    )
    assert finding.help == (
        "put a ClassToken behind ToTokens, which comes first then, or take the Mean over axis "
        "1 in its place"
    )


@pytest.mark.parametrize(
    "behind",
    [
        (FIRST,),
        (attention(), FIRST),
        ({"type": "Residual", "body": ["LayerNorm", attention()]}, "LayerNorm", FIRST),
        ("PositionEmbedding", {"type": "Sequential", "layers": [ENCODER], "repeat": 6}, FIRST),
        (ENCODER, {"type": "Slice", "dim": 1, "end": 1}),
        (attention(causal=True), attention(), FIRST),
    ],
)
def test_it_fires(behind: tuple[object, ...]) -> None:
    assert codes(PATCHES, "ToTokens", *behind) == ["NN416"]


@pytest.mark.parametrize(
    "behind",
    [
        ("ClassToken", ENCODER, FIRST),
        ({"type": "ClassToken", "num_tokens": 2}, ENCODER, FIRST),
        (ENCODER, "ClassToken", ENCODER, FIRST),
        (ENCODER, {"type": "Select", "index": -1}),
        (ENCODER, {"type": "Mean", "dim": 1}),
        (ENCODER, {"type": "Custom", "parameters": {}}, FIRST),
        ({"type": "Slice", "dim": 1, "start": 3}, ENCODER, FIRST),
    ],
)
def test_another_token_may_be_the_first(behind: tuple[object, ...]) -> None:
    assert codes(PATCHES, "ToTokens", *behind) == []


def test_a_concatenated_token_may_be_the_first() -> None:
    extra = {"type": "Slice", "dim": 1, "end": 1, "name": "extra"}
    patches = {"type": "LayerNorm", "from": "patches", "name": "normed"}
    join = {"type": "Concat", "dim": 1, "from": ["extra", "normed"]}
    layers = [PATCHES, {"type": "ToTokens", "name": "patches"}, extra, patches, join, FIRST]
    assert {finding.path for finding in found(*layers)} == {("layers", 2)}


def test_tokens_that_are_no_patches_have_their_own_first() -> None:
    table = {"type": "Embedding", "num_embeddings": 50, "embedding_dim": 8}
    assert codes(table, ENCODER, FIRST, x={"tokens": 16}) == []
    assert codes(ENCODER, FIRST, x={"sequence": [16, 8]}) == []


def test_behind_a_causal_attention_it_is_another_finding() -> None:
    assert codes(PATCHES, "ToTokens", attention(causal=True), FIRST) == ["NN415"]


def test_a_single_patch_is_the_whole_picture() -> None:
    whole = {**PATCHES, "kernel_size": 16}
    assert codes(whole, "ToTokens", FIRST) == []


@pytest.mark.parametrize(
    "between",
    ["GELU", "Dropout", "LayerNorm", "RMSNorm", "LayerScale", "Identity",
     {"type": "Linear", "out_features": 6}, {"type": "GatedMLP", "hidden_features": 6},
     {"type": "Parameter", "shape": [3]}, {"type": "LayerNorm", "normalized_shape": [8]},
     {"type": "Residual", "body": ["SiLU"]}],
)  # fmt: skip
def test_what_works_on_each_token_by_itself_brings_no_other_to_the_front(
    between: object,
) -> None:
    assert codes(PATCHES, "ToTokens", between, FIRST) == ["NN416"]


@pytest.mark.parametrize(
    "between",
    [{"type": "GLU", "dim": 1}, {"type": "Softmax", "dim": 1}, {"type": "LogSoftmax", "dim": 1},
     {"type": "LayerNorm", "normalized_shape": [16, 8]}],
)  # fmt: skip
def test_what_works_along_the_tokens_makes_another_of_the_first(between: object) -> None:
    assert codes(PATCHES, "ToTokens", between, FIRST) == []


def test_where_unknown_tokens_are_added_the_first_is_unknown() -> None:
    unknown = {"type": "Custom", "parameters": {}, "name": "unknown"}
    patches = {"type": "ToTokens", "name": "patches"}
    summed = {"type": "Add", "from": ["patches", "unknown"]}
    assert codes(PATCHES, patches, unknown, summed, FIRST) == []
    twice = {"type": "Add", "from": ["patches", "patches"]}
    assert codes(PATCHES, patches, twice, FIRST) == ["NN416"]

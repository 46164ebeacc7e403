"""NN415: the first token kept, although it has seen no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def attention(**more: object) -> dict[str, Any]:
    return {"type": "MultiheadAttention", "num_heads": 2, "causal": True, **more}


def residual(*body: object) -> dict[str, Any]:
    return {"type": "Residual", "body": list(body)}


TABLE = {"type": "Embedding", "num_embeddings": 50, "embedding_dim": 8}
FIRST = {"type": "Select", "index": 0}
WIDE, NARROW = ({"type": "Linear", "out_features": n} for n in (16, 8))
BLOCK = (
    residual("LayerNorm", attention()),
    residual("RMSNorm", WIDE, "GELU", "Dropout", NARROW, "LayerScale"),
)
TOKENS = {"tokens": 6}
VECTORS = {"sequence": [6, 8]}


def found(*layers: object, x: object = None, **more: object) -> list[Finding]:
    spec = {"nnlint": 1, "input": x or VECTORS, "layers": layers, **more}
    text = json.dumps({key: value for key, value in spec.items() if value is not ...})
    return [one for one in lint_text(text).findings if one.rule.code in ("NN415", "NN416")]


def test_the_message_says_what_it_has_not_seen() -> None:
    (finding,) = found(TABLE, "PositionEmbedding", *BLOCK, FIRST, x=TOKENS)
    assert finding.rule.code == "NN415"
    assert finding.rule.severity is Severity.WARNING
    assert finding.path == ("layers", 4)
    assert finding.message == (
        "Select keeps the first token of [6, 8], but MultiheadAttention before it lets a token "
        "see itself and earlier ones alone: the first knows of none of the other 5"
    )
    assert "index: -1" in (finding.help or "")


LATENT = {
    "type": "MultiheadLatentAttention", "num_heads": 2, "kv_lora_rank": 4, "causal": True,
    "qk_nope_head_dim": 4, "qk_rope_head_dim": 4, "v_head_dim": 4,
}  # fmt: skip
GATED = {"type": "GatedMLP", "hidden_features": 16}
EXPERTS = {"type": "MoE", "num_experts": 4, "top_k": 2, "expert": [GATED]}


@pytest.mark.parametrize(
    "layers",
    [
        (attention(), FIRST),
        (attention(), {"type": "Select", "index": -6}),
        (attention(), {"type": "Slice", "dim": 1, "end": 1}),
        (attention(), {"type": "Slice", "dim": -2, "start": -6, "end": -5}),
        (*BLOCK, *BLOCK, "LayerNorm", FIRST),
        ({"type": "Sequential", "layers": list(BLOCK), "repeat": 12}, FIRST),
        (LATENT, FIRST),
        (residual("RMSNorm", attention()), residual("RMSNorm", EXPERTS), FIRST),
        ({"type": "GRU", "hidden_size": 8}, FIRST),
        ({"type": "LSTM", "hidden_size": 8, "num_layers": 2}, "Dropout", FIRST),
        (attention(), {"type": "GRU", "hidden_size": 8}, FIRST),
        (attention(), "Tanh", {"type": "AddEmbedding", "num_embeddings": 2}, "Identity", FIRST),
    ],
)
def test_it_fires(layers: tuple[object, ...]) -> None:
    assert [one.rule.code for one in found(*layers)] == ["NN415"]


PLAIN = attention(causal=False)
BOTH_WAYS = {"type": "GRU", "hidden_size": 4, "bidirectional": True}
TOGETHER = {"type": "LayerNorm", "normalized_shape": [6, 8]}


@pytest.mark.parametrize(
    "layers",
    [
        (attention(), {"type": "Select", "index": -1}),
        (attention(), {"type": "Select", "index": 1}),
        (attention(), {"type": "Slice", "dim": 1, "end": 2}),
        (attention(), {"type": "Slice", "dim": 2, "end": 1}),
        (attention(), {"type": "Mean", "dim": 1}),
        (PLAIN, FIRST),
        (PLAIN, attention(), FIRST),
        (attention(), PLAIN, FIRST),
        (attention(), residual(PLAIN), FIRST),
        (BOTH_WAYS, FIRST),
        (NARROW, FIRST),
        (TOGETHER, attention(), FIRST),
        (attention(), {"type": "Permute", "dims": [2, 1]}, {"type": "Permute", "dims": [2, 1]},
         FIRST),
        (attention(), {"type": "Custom", "parameters": {}}, FIRST),
        (attention(), {"type": "Slice", "dim": 1, "start": 5}, FIRST),
        ("ClassToken", attention(), FIRST),
        ({"type": "TransformerEncoderLayer", "nhead": 2}, FIRST),
    ],
)  # fmt: skip
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers) == []


def test_a_memory_of_other_tokens_is_summed_up() -> None:
    """T5 and BART judge a text by what the decoder's first token has read of it."""
    memory = {"type": "LayerNorm", "name": "memory", "from": "source"}
    look = {**attention(causal=False), "from": ["previous", "memory"]}
    inputs = {"source": VECTORS, "target": VECTORS}
    layers = [memory, {**attention(), "from": "target"}]
    assert found(*layers, look, FIRST, x=..., inputs=inputs) == []
    assert len(found(*layers, FIRST, x=..., inputs=inputs)) == 1


def test_unknown_shapes_are_silent() -> None:
    assert found({"type": "Linear"}, attention(embed_dim=8), FIRST) == []


def test_a_single_token_is_the_first_and_the_last() -> None:
    assert found(attention(), FIRST, x={"sequence": [1, 8]}) == []


def test_one_definition_is_one_finding() -> None:
    heads = [{"type": "Select", "index": 0, "from": "trunk"} for _ in range(2)]
    assert len(found({**attention(), "name": "trunk"}, *heads)) == len(heads)
    block = {"head": {"layers": [FIRST]}}
    uses = [{"block": "head", "from": "trunk"}] * 2
    assert len(found({**attention(), "name": "trunk"}, *uses, blocks=block)) == 1

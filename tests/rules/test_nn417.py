"""NN417: attention with nothing to choose from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding

ONE = {"type": "Slice", "dim": 1, "end": 1}
MEMORY = {"type": "LayerNorm", "name": "memory"}
LATENT = {
    "type": "MultiheadLatentAttention", "num_heads": 2, "kv_lora_rank": 4,
    "qk_nope_head_dim": 4, "qk_rope_head_dim": 4, "v_head_dim": 4,
}  # fmt: skip


def attention(**more: object) -> dict[str, Any]:
    return {"type": "MultiheadAttention", "num_heads": 2, **more}


def found(*layers: object, x: object = None) -> list[Finding]:
    spec = {"nnlint": 1, "input": x or {"sequence": [6, 8]}, "layers": layers}
    report = lint_text(json.dumps(spec))
    return [finding for finding in report.findings if finding.rule.code == "NN417"]


def test_the_message_says_what_does_not_learn() -> None:
    (finding,) = found(ONE, attention(name="pool"))
    assert finding.rule.severity is Severity.WARNING
    assert finding.path == ("layers", 1)
    assert finding.message == (
        "MultiheadAttention 'pool' attends to a single token: the softmax over one score is 1, "
        "whatever the query, so its queries and keys get no gradient and learn nothing"
    )
    assert "from: [query, memory]" in (finding.help or "")


@pytest.mark.parametrize(
    "layers",
    [
        (ONE, attention()),
        (ONE, attention(causal=True)),
        (ONE, LATENT),
        (ONE, {"type": "TransformerEncoderLayer", "nhead": 2}),
        (MEMORY, ONE, {**attention(), "from": ["memory", "previous"]}),
        (MEMORY, ONE, {"type": "TransformerDecoderLayer", "nhead": 2,
                       "from": ["memory", "previous"]}),
        (MEMORY, ONE, {"type": "TransformerDecoderLayer", "nhead": 2,
                       "from": ["previous", "memory"]}),
        (attention(window=1),),
    ],
)  # fmt: skip
def test_it_fires(layers: tuple[object, ...]) -> None:
    assert len(found(*layers)) == 1


def test_features_that_are_made_a_sequence_of_one() -> None:
    reshape = {"type": "Reshape", "shape": [1, 8]}
    assert len(found(reshape, attention(), x=[8])) == 1


def test_a_picture_of_one_patch() -> None:
    patch = {"type": "Conv2d", "out_channels": 8, "kernel_size": 16}
    assert len(found(patch, "ToTokens", attention(), x=[3, 16, 16])) == 1
    assert found(patch, "ToTokens", "ClassToken", attention(), x=[3, 16, 16]) == []


@pytest.mark.parametrize(
    "layers",
    [
        (attention(),),
        (MEMORY, ONE, {**attention(), "from": ["previous", "memory"]}),
        (ONE, attention(add_bias_kv=True)),
        (ONE, attention(add_zero_attn=True)),
        ({"type": "Slice", "dim": 1, "end": 2}, attention()),
        (attention(window=2),),
        (ONE, {"type": "GRU", "hidden_size": 4}),
        ({"type": "Linear"}, attention(embed_dim=8)),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers) == []


@pytest.mark.parametrize("x", [{"sequence": [1, 8]}, [1, 8]])
def test_an_input_of_one_token_stands_for_any_length(x: object) -> None:
    assert found("LayerNorm", attention(), x=x) == []


def test_one_step_of_a_language_model() -> None:
    table = {"type": "Embedding", "num_embeddings": 50, "embedding_dim": 8}
    assert found(table, attention(causal=True), x={"tokens": 1}) == []


def test_what_it_can_not_take_is_another_finding() -> None:
    assert found(attention(), x={"map": [1, 28, 28]}) == []


def test_one_definition_is_one_finding() -> None:
    part = {"type": "Sequential", "layers": [attention()], "repeat": 5}
    assert len(found(ONE, part)) == 1

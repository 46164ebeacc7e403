"""NN806: attention with biases beside RMSNorm."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def found(*layers: object, x: object = {"sequence": [16, 64]}, **more: object) -> list[Finding]:
    spec: dict[str, Any] = {"nnlint": 1, "input": x, "layers": layers, **more}
    report = lint_text(json.dumps(spec))
    return [finding for finding in report.findings if finding.rule.code == "NN806"]


def attention(**more: object) -> dict[str, Any]:
    return {"type": "MultiheadAttention", "num_heads": 4, **more}


def residual(*body: object, **more: object) -> dict[str, Any]:
    return {"type": "Residual", "body": list(body), **more}


def test_the_message_prices_it() -> None:
    (finding,) = found(residual("RMSNorm", attention(name="attn")))
    assert finding.rule.severity is Severity.INFO
    assert finding.path == ("layers", 0, "body", 1)
    assert finding.message == (
        "MultiheadAttention 'attn' has a bias in each projection, and the norm beside it does "
        "without any shift"
    )
    assert finding.help == "bias: false drops 256 of its 16,640 parameters"  # 4·64² + 4·64


def test_a_written_bias_is_pointed_at() -> None:
    (finding,) = found("RMSNorm", attention(bias=True))
    assert finding.path == ("layers", 1, "bias")


@pytest.mark.parametrize(
    "layers",
    [
        ("RMSNorm", attention()),
        (attention(), "RMSNorm"),
        (residual(attention()), "RMSNorm"),
        (residual(attention(), norm="RMSNorm"),),
        (residual("RMSNorm", attention(num_kv_heads=2)),),
    ],
)
def test_it_fires(layers: tuple[object, ...]) -> None:
    assert len(found(*layers)) == 1


def test_norms_and_learned_keys_of_the_attention_are_not_in_the_price() -> None:
    more = {"qk_norm": "LayerNorm", "add_bias_kv": True}
    (finding,) = found("RMSNorm", attention(**more))
    assert str(finding.help).startswith("bias: false drops 256 of its")


@pytest.mark.parametrize(
    "layers",
    [
        ("RMSNorm", attention(bias=False)),
        ("RMSNorm", attention(out_bias=False)),  # Qwen2
        ("RMSNorm", attention(k_bias=False)),  # Whisper
        ("RMSNorm", attention(trainable=False)),
        ("LayerNorm", attention()),
        (attention(), "LayerNorm"),
        (attention(), {"type": "Linear", "out_features": 8}, "RMSNorm"),
        (attention(name="a"), "RMSNorm", {"type": "LayerNorm", "from": "a"}),
        ("RMSNorm", {"type": "Linear", "out_features": 8}),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers) == []


def test_a_block_that_stands_beside_another_norm_too_is_silent() -> None:
    blocks, use = {"b": {"layers": [attention()]}}, {"block": "b"}
    assert found("RMSNorm", use, "LayerNorm", use, blocks=blocks) == []
    assert len(found("RMSNorm", use, "RMSNorm", use, blocks=blocks)) == 1


def test_copies_are_one_finding() -> None:
    (finding,) = found(residual("RMSNorm", attention(), repeat=4))
    assert finding.help == "bias: false drops 1,024 of its 66,560 parameters"


def test_latent_attention_has_one_flag() -> None:
    latent = {
        "type": "MultiheadLatentAttention", "num_heads": 4, "kv_lora_rank": 16,
        "qk_nope_head_dim": 8, "qk_rope_head_dim": 8, "v_head_dim": 8,
    }  # fmt: skip
    assert found("RMSNorm", latent) == []
    (finding,) = found("RMSNorm", {**latent, "bias": True})
    assert str(finding.help).startswith("bias: false drops 88 of its")  # 16 + 8, and 64


def test_an_unknown_price_is_left_out() -> None:
    (finding,) = found({"type": "Linear"}, "RMSNorm", attention())
    assert finding.help == "write bias: false"


def test_it_looks_through_what_does_nothing() -> None:
    part = ["RMSNorm", "Identity", {"type": "MultiheadAttention", "num_heads": 2}]
    assert len(found({"type": "Residual", "body": part})) == 1

"""MultiheadAttention and MultiheadLatentAttention."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.layers import keras_names, layer_types
from nnlint.layers.shape import UNKNOWN, Layout
from tests.layers.test_base import evaluated
from tests.test_oracle import errors, facts, ids, truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Finding
    from nnlint.graph import Node
    from nnlint.report import Report

DATA = Path(__file__).parents[1] / "data" / "oracle" / "attention.json"
RECORDS = [
    record for record in json.loads(DATA.read_text("utf-8"))
    if record["layer"] == "MultiheadAttention"
]  # fmt: skip
UNITS = [record for record in RECORDS if "error" not in record]
REFUSED = [record for record in RECORDS if "error" in record]

BROKEN = {"type": "Linear"}
SIGNATURE: dict[str, Any] = {
    "embed_dim": None, "num_heads": ..., "dropout": 0.0, "bias": True, "add_bias_kv": False,
    "add_zero_attn": False, "kdim": None, "vdim": None,
}  # fmt: skip
"""torch.nn's keywords and defaults; ... must be written."""


def attention(num_heads: int = 4, **more: object) -> dict[str, Any]:
    return {"type": "MultiheadAttention", "num_heads": num_heads, **more}


def lint(layer: dict[str, Any], *shapes: object) -> Report:
    """One layer, and as many inputs as there are shapes."""
    names = ["query", "key", "value"][: len(shapes)]
    sources = {"from": names} if len(names) > 1 else {}
    inputs = dict(zip(names, shapes, strict=True))
    return lint_text(json.dumps({"nnlint": 1, "inputs": inputs, "layers": [layer | sources]}))


def node(layer: dict[str, Any], *shapes: object) -> Node:
    report = lint(layer, *shapes)
    assert report.graph is not None
    assert not errors(report)
    return report.graph.nodes[-1]


def refusal(layer: dict[str, Any], *shapes: object) -> Finding:
    (finding,) = lint(layer, *shapes).findings
    return finding


def after_unknown(layer: dict[str, Any]) -> Node:
    spec = {"nnlint": 1, "input": [7, 12], "layers": [BROKEN, layer]}
    graph = lint_text(json.dumps(spec)).graph
    assert graph is not None
    return graph.nodes[-1]


def tensors(found: Node) -> dict[str, tuple[int, ...]]:
    return {tensor.name: tensor.shape for tensor in found.tensors}


# --- torch's own ------------------------------------------------------------------------


def samples(record: dict[str, Any]) -> list[list[int]]:
    """The record's inputs without the batch, which is axis 1 unless batch_first."""
    axis = 0 if record["args"].get("batch_first") else 1
    return [[*shape[:axis], *shape[axis + 1 :]] for shape in record["input_shapes"]]


def spellings(record: dict[str, Any]) -> Iterator[tuple[dict[str, Any], list[object]]]:
    """Sizes stated and left out; inputs bare and as sequences; equal inputs given once."""
    args = {key: value for key, value in record["args"].items() if key != "batch_first"}
    inferred = ("embed_dim", "kdim", "vdim")
    bare = {key: value for key, value in args.items() if key not in inferred}
    query, key, value = samples(record)
    arrivals = [[query, key, value]]
    arrivals += [[query, key]] if key == value else []
    arrivals += [[query]] if query == key == value else []
    for given in (args, bare):
        for shapes in arrivals:
            yield {"type": record["layer"], **given}, [*shapes]
            yield {"type": record["layer"], **given}, [{"sequence": one} for one in shapes]


@pytest.mark.parametrize("record", UNITS, ids=ids)
def test_a_layer_counts_what_torch_counts(record: dict[str, Any]) -> None:
    expected = {**truth(record), "output": samples(record)[0]}
    for layer, shapes in spellings(record):
        assert facts(lint(layer, *shapes)) == expected, (layer, shapes)


@pytest.mark.parametrize("record", UNITS, ids=ids)
def test_the_products_are_with_the_keys_that_torchs_attention_weights_have(
    record: dict[str, Any],
) -> None:
    """Its second output is [batch, queries, keys], with those that it adds."""
    (queries, width), (keys, kdim), (_, vdim) = samples(record)
    seen = record["output_shape"][1][-1]
    layer, shapes = next(spellings(record))
    projections = queries * 2 * width * width + keys * (kdim + vdim) * width
    assert node(layer, *shapes).macs == projections + 2 * queries * seen * width


@pytest.mark.parametrize("record", REFUSED, ids=ids)
def test_what_torch_refuses_is_refused_for_the_same_reason(record: dict[str, Any]) -> None:
    for layer, shapes in spellings(record):
        finding = refusal(layer, *shapes)
        assert finding.rule.code == "NN204"
        assert finding.message == (
            "MultiheadAttention: embed_dim 10 is not divisible by num_heads 3; 2 or 5 divide it"
        )
        assert finding.help == "write num_heads: 2 or 5, or give head_dim"


def test_every_record_is_there() -> None:
    assert (len(UNITS), len(REFUSED)) == (23, 1)
    assert all(len(list(spellings(record))) >= 4 for record in RECORDS)
    assert any(len(list(spellings(record))) == 12 for record in UNITS)


def test_keywords_and_defaults_are_torchs() -> None:
    known = {
        key: ... if one.required else one.default
        for key, one in layer_types()["MultiheadAttention"].attributes.items()
    }
    assert {key: known.pop(key) for key in SIGNATURE} == SIGNATURE
    assert known.pop("causal") is False
    assert set(known.values()) == {None}


# --- beyond torch -----------------------------------------------------------------------


def test_grouped_queries_share_keys_and_values() -> None:
    found = node(attention(8, num_kv_heads=2), [5, 32])
    assert tensors(found) == {
        "q_proj.weight": (32, 32), "k_proj.weight": (8, 32), "v_proj.weight": (8, 32),
        "out_proj.weight": (32, 32),
        "q_proj.bias": (32,), "k_proj.bias": (8,), "v_proj.bias": (8,), "out_proj.bias": (32,),
    }  # fmt: skip
    assert found.macs == 5 * (2 * 32 * 32 + 2 * 32 * 8) + 2 * 5 * 5 * 32
    assert (found.output.dims, found.output.layout) == ((5, 32), Layout.SEQUENCE)


def test_a_stated_head_dim_need_not_divide() -> None:
    found = node(attention(3, head_dim=7), [5, 10])
    assert tensors(found)["q_proj.weight"] == (21, 10)
    assert tensors(found)["out_proj.weight"] == (10, 21)
    assert found.output.dims == (5, 10)
    assert found.macs == 5 * 4 * 10 * 21 + 2 * 5 * 5 * 21


@pytest.mark.parametrize(
    ("flags", "biased"),
    [({"out_bias": False}, "qkv"), ({"k_bias": False}, "qvo"),
     ({"bias": False, "q_bias": True}, "q"), ({"bias": False, "out_bias": True}, "o")],
)  # fmt: skip
def test_each_projection_may_have_a_bias_of_its_own(
    flags: dict[str, bool], biased: str
) -> None:
    found = node(attention(**flags), [5, 12])
    names = {name for name in tensors(found) if name.endswith(".bias")}
    assert {name[0] for name in names} == set(biased)
    assert (found.weights, found.biases) == (4 * 12 * 12, 12 * len(biased))
    assert found.spec.bias is True


@pytest.mark.parametrize("flag", [True, False])
def test_four_equal_flags_are_torchs_one(*, flag: bool) -> None:
    flags = dict.fromkeys(("q_bias", "k_bias", "v_bias", "out_bias"), flag)
    several, one = node(attention(**flags), [5, 12]), node(attention(bias=flag), [5, 12])
    assert tensors(several) == tensors(one)
    assert several.spec.bias is one.spec.bias is flag


def test_the_added_key_is_as_wide_as_the_heads_of_keys() -> None:
    found = node(attention(8, num_kv_heads=2, add_bias_kv=True, bias=False), [5, 32])
    assert tensors(found)["bias_k"] == tensors(found)["bias_v"] == (1, 1, 8)
    assert found.biases == 16


@pytest.mark.parametrize(("norm", "each"), [("RMSNorm", 1), ("LayerNorm", 2), (None, 0)])
def test_queries_and_keys_may_be_normalised(norm: str | None, each: int) -> None:
    found = node(attention(4, qk_norm=norm, bias=False), [5, 12])
    assert found.params == 4 * 12 * 12 + 2 * each * 3
    assert found.biases == (6 if norm == "LayerNorm" else 0)
    assert ("q_norm.weight" in tensors(found)) is bool(each)
    assert found.macs == node(attention(4, bias=False), [5, 12]).macs


@pytest.mark.parametrize(("window", "seen"), [(None, 9), (1, 1), (4, 4), (9, 9), (50, 9)])
def test_a_window_limits_the_keys_that_are_seen(window: int | None, seen: int) -> None:
    found = node(attention(window=window, causal=True), [9, 12])
    assert found.macs == 9 * 4 * 12 * 12 + 2 * 9 * seen * 12
    assert found.params == 4 * 12 * 12 + 4 * 12


def test_a_causal_mask_does_not_halve() -> None:
    assert node(attention(causal=True), [9, 12]).macs == node(attention(), [9, 12]).macs


@pytest.mark.parametrize("shapes", [[[5, 12]], [[5, 12], [6, 8]], [[5, 12], [6, 8], [6, 10]]])
def test_null_says_as_much_as_nothing(shapes: list[list[int]]) -> None:
    """In torch null stands for embed_dim, and is the default too."""
    null = attention(kdim=None, vdim=None)
    assert tensors(node(null, *shapes)) == tensors(node(attention(), *shapes))


def test_null_is_no_width() -> None:
    """torch: '<=' not supported between instances of 'NoneType' and 'int'."""
    assert refusal(attention(embed_dim=None), [5, 12]).rule.code == "NN101"


# --- what does not fit ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "shapes", "arrives"),
    [("embed_dim", [[5, 12]], 12), ("kdim", [[5, 12]], 12), ("vdim", [[5, 12]], 12),
     ("kdim", [[5, 12], [6, 8]], 8), ("vdim", [[5, 12], [6, 8], [6, 10]], 10)],
)  # fmt: skip
def test_a_stated_size_is_checked(key: str, shapes: list[list[int]], arrives: int) -> None:
    finding = refusal(attention(**{key: 16}), *shapes)
    assert finding.rule.code == "NN201"
    assert finding.message == f"MultiheadAttention: {key} is 16, but {arrives} arrive"
    assert finding.help == f"write {key}: {arrives}, or leave it out: it is inferred"


@pytest.mark.parametrize(
    ("layer", "words", "fitting"),
    [(attention(6, num_kv_heads=4), "num_heads 6 is not divisible by num_kv_heads 4", "3 or 6"),
     (attention(2, num_kv_heads=4), "num_heads 2 is not divisible by num_kv_heads 4", "2"),
     (attention(13), "embed_dim 12 is not divisible by num_heads 13", "12"),
     (attention(5, embed_dim=12), "embed_dim 12 is not divisible by num_heads 5", "4 or 6")],
)  # fmt: skip
def test_heads_divide(layer: dict[str, Any], words: str, fitting: str) -> None:
    finding, key = refusal(layer, [5, 12]), words.split()[-2]
    verb = "divide" if "or" in fitting else "divides"
    assert finding.rule.code == "NN204"
    assert finding.message == f"MultiheadAttention: {words}; {fitting} {verb} it"
    instead = ", or give head_dim" if key == "num_heads" else ""
    assert finding.help == f"write {key}: {fitting}{instead}"


def test_sizes_too_large_to_search_are_refused_all_the_same() -> None:
    finding = refusal(attention(3), [5, 2**62])
    assert finding.message.endswith(f"embed_dim {2**62} is not divisible by num_heads 3")
    assert finding.help == "give head_dim"


@pytest.mark.parametrize(
    ("shapes", "words", "remedy"),
    [([[12]], "a sequence [T, features], but [12] arrives", "{sequence: [T, 12]}"),
     ([[3, 12, 12]], "a map [3, 12, 12] arrives", "a ToTokens before it"),
     ([{"map": [12, 9]}], "a map [12, 9] arrives", "a ToTokens before it"),
     ([{"tokens": 9}], "[9] token indices arrive", "an Embedding first"),
     ([[5, 12], [3, 12, 12]], "a map [3, 12, 12] arrives", "a ToTokens before it"),
     ([[5, 12], [6, 8], [7, 8]], "6 keys [6, 8] and 7 values [7, 8] arrive",
      "from: [query, memory]")],
)  # fmt: skip
def test_it_takes_sequences(shapes: list[object], words: str, remedy: str) -> None:
    finding = refusal(attention(), *shapes)
    assert finding.rule.code == "NN202"
    assert words in finding.message
    assert remedy in str(finding.help)


def test_the_remedies_for_other_ranks_work() -> None:
    table = {"type": "Embedding", "num_embeddings": 9, "embedding_dim": 12}
    flat = {"type": "Flatten", "end_dim": -2}
    spec = {"nnlint": 1, "input": [2, 5], "layers": [table, attention()]}
    (finding,) = lint_text(json.dumps(spec)).findings
    assert "[2, 5, 12] arrives" in finding.message
    assert str(finding.help).startswith("a Flatten with end_dim: -2")
    graph = lint_text(json.dumps({**spec, "layers": [table, flat, attention()]})).graph
    assert graph is not None
    assert graph.output.shape.dims == (10, 12)
    assert graph.totals.complete


def test_what_follows_still_has_its_input() -> None:
    spec = {
        "nnlint": 1, "input": [5, 12],
        "layers": [attention(5), {"type": "Linear", "out_features": 2}],
    }  # fmt: skip
    report = lint_text(json.dumps(spec))
    assert [finding.rule.code for finding in report.findings] == ["NN204"]
    assert report.graph is not None
    assert report.graph.output.shape.dims == (5, 2)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [("window", 0, "1 or more"), ("window", -3, "1 or more"), ("num_heads", 0, "1 or more"),
     ("num_kv_heads", 0, "1 or more"), ("q_bias", "yes", "true or false"),
     ("qk_norm", "rmsnorm", "RMSNorm, LayerNorm or null"), ("qk_norm", 3, "RMSNorm"),
     ("dropout", 1.5, "from 0 to 1")],
)  # fmt: skip
def test_wrong_values_are_refused_in_words(key: str, value: object, words: str) -> None:
    finding = refusal(attention() | {key: value}, [5, 12])
    assert key in finding.message
    assert words in finding.message


# --- what is not known ------------------------------------------------------------------


def test_after_an_unknown_layer_nothing_is_made_up() -> None:
    found = after_unknown(attention())
    assert (tensors(found), found.complete, found.macs) == ({}, False, None)


def test_a_stated_size_completes_it() -> None:
    found = after_unknown(attention(embed_dim=12))
    assert tensors(found) == tensors(node(attention(), [5, 12]))
    assert found.complete
    assert str(found.output) == "[…, 12]"
    assert found.output.layout is Layout.SEQUENCE


def test_a_stated_size_is_judged_in_the_unknown() -> None:
    spec = {"nnlint": 1, "input": [7, 12], "layers": [BROKEN, attention(5, embed_dim=12)]}
    codes = [finding.rule.code for finding in lint_text(json.dumps(spec)).findings]
    assert "NN204" in codes


@pytest.mark.parametrize(
    "sources", [["query", "previous", "memory"], ["query", "memory", "previous"]]
)
def test_keys_or_values_in_the_unknown_are_held_against_nothing(sources: list[str]) -> None:
    named = [{"type": "LayerNorm", "name": name} for name in ("query", "memory")]
    unknown = [BROKEN, {"type": "Linear", "out_features": 12}]
    layers = [*named, *unknown, {**attention(), "from": sources}]
    spec = {"nnlint": 1, "input": {"sequence": [7, 12]}, "layers": layers}
    report = lint_text(json.dumps(spec))
    assert [finding.path for finding in report.findings] == [("layers", 2)]
    assert report.graph is not None
    assert report.graph.output.shape.known == (7, 12)


def test_a_stated_head_dim_gives_what_needs_no_input() -> None:
    found = after_unknown(attention(head_dim=3, num_kv_heads=2, qk_norm="RMSNorm"))
    assert tensors(found) == {
        "q_proj.bias": (12,), "k_proj.bias": (6,), "v_proj.bias": (6,),
        "q_norm.weight": (3,), "k_norm.weight": (3,),
    }  # fmt: skip
    assert not found.complete


# --- whole networks, by arithmetic around the layer ---------------------------------------


def params(layer: dict[str, Any], width: int) -> int:
    return node(layer, {"sequence": [2, width]}).params


def llama(vocab: int, width: int, layers: int, attended: int, feed: int, norms: int = 2) -> int:
    """A table, a head of its own, and in each layer attention, a feed-forward and norms."""
    return 2 * vocab * width + layers * (attended + feed + norms * width) + width


def test_llama_3_8b() -> None:
    attended = params(attention(32, num_kv_heads=8, bias=False), 4096)
    total = llama(128_256, 4096, 32, attended, 3 * 4096 * 14_336)
    assert total == 8_030_261_248


def test_qwen2_7b_has_biases_in_all_but_out() -> None:
    attended = params(attention(28, num_kv_heads=4, out_bias=False), 3584)
    assert llama(152_064, 3584, 28, attended, 3 * 3584 * 18_944) == 7_615_616_512


def test_qwen3_30b_a3b_normalises_queries_and_keys() -> None:
    layer = attention(32, num_kv_heads=4, head_dim=128, qk_norm="RMSNorm", bias=False)
    experts = 128 * 3 * 2048 * 768 + 128 * 2048
    assert llama(151_936, 2048, 48, params(layer, 2048), experts) == 30_532_122_624


def test_whisper_medium_has_biases_in_all_but_k() -> None:
    width = 1024
    attended = params(attention(16, k_bias=False), width)
    norm, feed = 2 * width, 2 * width * 4096 + 4096 + width
    stem = 3 * 80 * width + width + 3 * width * width + width
    encoder = stem + 1500 * width + 24 * (attended + feed + 2 * norm) + norm
    decoder = (51_865 + 448) * width + 24 * (2 * attended + feed + 3 * norm) + norm
    assert encoder + decoder == 763_857_920


def test_bert_base_multiplies_as_much_as_torch() -> None:
    """FlopCounterMode on 128 tokens: addmm 10,872,225,792, bmm 301,989,888."""
    found = node(attention(12), [128, 768])
    pooler, feed = 768 * 768, 12 * 128 * 2 * 768 * 3072
    assert found.macs is not None
    assert 12 * found.macs == 10_872_225_792 - pooler - feed + 301_989_888
    assert 12 * 2 * 128 * 128 * 768 == 301_989_888


def test_gpt2_multiplies_as_much_as_torch() -> None:
    """FlopCounterMode on 128 tokens: addmm 10,871,635,968, bmm 301,989,888."""
    found = node(attention(12, causal=True), [128, 768])
    assert found.macs is not None
    assert 12 * (found.macs + 128 * 2 * 768 * 3072) == 10_871_635_968 + 301_989_888


def test_whisper_tiny_attends_across_as_much_as_torch() -> None:
    """FlopCounterMode on 3000 frames, so 1500 tokens, and 32 tokens: bmm 7,062,601,728."""
    heard, said, width = [1500, 384], [32, 384], 384
    each = {(1500, 1500): [heard], (32, 32): [said], (32, 1500): [said, heard]}
    products = 0
    for (queries, keys), shapes in each.items():
        macs = node(attention(6), *shapes).macs
        assert macs is not None
        products += macs - 2 * (queries + keys) * width * width
    assert 4 * products == 7_062_601_728


# --- latent attention -------------------------------------------------------------------

SMALL = {
    "num_heads": 3, "q_lora_rank": 10, "kv_lora_rank": 7, "qk_nope_head_dim": 4,
    "qk_rope_head_dim": 2, "v_head_dim": 5,
}  # fmt: skip


def latent(**more: object) -> dict[str, Any]:
    return {"type": "MultiheadLatentAttention", **SMALL, **more}


def test_latent_attention_has_hugging_faces_tensors() -> None:
    found = node(latent(), [6, 16])
    assert tensors(found) == {
        "q_a_proj.weight": (10, 16), "q_a_layernorm.weight": (10,),
        "q_b_proj.weight": (3 * 6, 10), "kv_a_proj_with_mqa.weight": (9, 16),
        "kv_a_layernorm.weight": (7,), "kv_b_proj.weight": (3 * 9, 7),
        "o_proj.weight": (16, 15),
    }  # fmt: skip
    matrices = 10 * 16 + 18 * 10 + 9 * 16 + 27 * 7 + 16 * 15
    assert (found.weights, found.biases) == (matrices + 17, 0)
    assert found.macs == 6 * matrices + 6 * 6 * 3 * (4 + 2) + 6 * 6 * 3 * 5
    assert (found.output.dims, found.output.layout) == ((6, 16), Layout.SEQUENCE)
    assert found.spec.bias is False


def test_latent_attention_without_a_rank_of_queries() -> None:
    found = node(latent(q_lora_rank=None), [6, 16])
    assert {name for name in tensors(found) if name.startswith("q_")} == {"q_proj.weight"}
    assert tensors(found)["q_proj.weight"] == (18, 16)


def test_latent_attention_with_biases() -> None:
    """Where Hugging Face's attention_bias puts them."""
    found = node(latent(bias=True), [6, 16])
    assert {name: shape for name, shape in tensors(found).items() if "bias" in name} == {
        "q_a_proj.bias": (10,), "kv_a_proj_with_mqa.bias": (9,), "o_proj.bias": (16,),
    }  # fmt: skip
    assert found.biases == 35


def test_latent_attention_is_checked_too() -> None:
    finding = refusal(latent(embed_dim=9), [6, 16])
    assert finding.message == "MultiheadLatentAttention: embed_dim is 9, but 16 arrive"
    assert refusal(latent(), [16, 3, 3]).rule.code == "NN202"


def test_latent_attention_in_the_unknown() -> None:
    found = after_unknown(latent(bias=True))
    assert set(tensors(found)) == {
        "q_a_layernorm.weight", "q_b_proj.weight", "q_a_proj.bias", "kv_a_layernorm.weight",
        "kv_b_proj.weight", "kv_a_proj_with_mqa.bias",
    }  # fmt: skip
    assert (found.complete, found.macs) == (False, None)
    assert after_unknown(latent(embed_dim=16)).complete


def test_deepseek_v2() -> None:
    """60 layers, the first dense, the others with 160 routed and 2 shared experts."""
    width = 5120
    layer = latent(
        num_heads=128, q_lora_rank=1536, kv_lora_rank=512, qk_nope_head_dim=128,
        qk_rope_head_dim=64, v_head_dim=128,
    )  # fmt: skip
    dense, sparse = 3 * width * 12_288, 162 * 3 * width * 1536 + 160 * width
    total = llama(102_400, width, 60, params(layer, width), 0) + dense + 59 * sparse
    assert total == 235_741_434_880


def test_deepseek_v2_lite() -> None:
    """15.7 G as published (arXiv 2405.04434): no rank of queries."""
    width = 2048
    layer = latent(
        num_heads=16, q_lora_rank=None, kv_lora_rank=512, qk_nope_head_dim=128,
        qk_rope_head_dim=64, v_head_dim=128,
    )  # fmt: skip
    dense, sparse = 3 * width * 10_944, 66 * 3 * width * 1408 + 64 * width
    total = llama(102_400, width, 27, params(layer, width), 0) + dense + 26 * sparse
    assert round(total / 10**9, 1) == 15.7


# --- the catalogue ----------------------------------------------------------------------

FULL: dict[str, Any] = {"num_heads": 4, "kdim": 8, "vdim": 10, "add_bias_kv": True}
NAMES = {**FULL, "embed_dim": 12, "head_dim": 3, "num_kv_heads": 4}
LATENT_NAMES = {**SMALL, "embed_dim": 12, "qk_head_dim": 4 + 2}
CASES = [
    ("MultiheadAttention", FULL, NAMES),
    ("MultiheadAttention", {**FULL, "qk_norm": "LayerNorm", "num_kv_heads": 2},
     {**NAMES, "num_kv_heads": 2}),
    ("MultiheadLatentAttention", {**SMALL, "bias": True}, LATENT_NAMES),
    ("MultiheadLatentAttention", {**SMALL, "q_lora_rank": None}, LATENT_NAMES),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "names"), CASES)
def test_the_catalogues_formula_gives_what_is_counted(
    name: str, given: dict[str, Any], names: dict[str, int]
) -> None:
    shapes = [[5, 12], [6, 8], [6, 10]] if name == "MultiheadAttention" else [[5, 12]]
    found, formula = node({"type": name, **given}, *shapes), layer_types()[name].formula
    for tensor in found.tensors:
        size, _, _condition = formula[tensor.name].partition(",")
        assert evaluated(size, names) == tensor.count, tensor.name


def test_every_formula_is_tried() -> None:
    plain = node(attention(), [5, 12])
    tried = {tensor.name for tensor in plain.tensors}
    for name, given, _ in CASES:
        shapes = [[5, 12], [6, 8], [6, 10]] if name == "MultiheadAttention" else [[5, 12]]
        tried |= {tensor.name for tensor in node({"type": name, **given}, *shapes).tensors}
    formulas = [
        layer_types()[name].formula
        for name in ("MultiheadAttention", "MultiheadLatentAttention")
    ]
    assert {*formulas[0], *formulas[1]} == tried


def test_keras_words_are_answered() -> None:
    assert keras_names()["MultiHeadAttention"] == "MultiheadAttention"
    assert keras_names()["GroupedQueryAttention"] == "MultiheadAttention"
    finding = refusal(attention(key_dim=3), [5, 12])
    assert (finding.rule.code, finding.help) == ("NN103", "write head_dim")


@pytest.mark.parametrize(
    ("heads", "width", "remedy"),
    [(8, 193, "make embed_dim 192 or 200, or write num_heads: 1 or 193, or give head_dim"),
     (12, 769, "make embed_dim 768 or 780, or write num_heads: 1 or 769, or give head_dim"),
     (5, 768, "write num_heads: 4 or 6, or give head_dim"),
     (16, 8, "write num_heads: 8, or give head_dim")],
)  # fmt: skip
def test_a_width_that_no_sensible_number_divides_is_what_is_wrong(
    heads: int, width: int, remedy: str
) -> None:
    assert refusal(attention(heads), [5, width]).help == remedy


@pytest.mark.parametrize("first", ["PositionEmbedding", attention()])
def test_a_grid_of_indices_may_be_an_input_of_vectors_by_mistake(first: object) -> None:
    table = {"type": "Embedding", "num_embeddings": 9, "embedding_dim": 12}
    spec = {"nnlint": 1, "input": [5, 12], "layers": [table, first]}
    (finding,) = lint_text(json.dumps(spec)).findings
    assert finding.rule.code == "NN202"
    assert str(finding.help).endswith("looked up 5 indices, their input is {tokens: 5}")
    assert not lint_text(json.dumps({**spec, "input": {"tokens": 5}})).findings


def test_what_nobody_knows_leaves_it_as_a_sequence() -> None:
    layer = layer_types()["MultiheadAttention"]
    for settings in ({"num_heads": 4}, {"num_heads": 4, "head_dim": 3}):
        assert layer(**settings).infer(UNKNOWN) == UNKNOWN._replace(layout=Layout.SEQUENCE)


def test_stated_sizes_of_keys_and_values_are_counted_whatever_arrives() -> None:
    """torch.nn.MultiheadAttention(12, 4, kdim=5, vdim=7)."""
    layer = attention(embed_dim=12, kdim=5, vdim=7, **{"from": ["previous"] * 3})
    shapes = tensors(after_unknown(layer))
    assert shapes["q_proj_weight"] == (12, 12)
    assert shapes["k_proj_weight"] == (12, 5)
    assert shapes["v_proj_weight"] == (12, 7)

"""MoE: totals, active parameters and MACs by arithmetic; experts that are refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlint.engine import lint_text

if TYPE_CHECKING:
    from nnlint.graph import Graph
    from nnlint.report import Report

TOKENS, WIDTH = 4, 6


def lint(*layers: object, x: object = None, **more: object) -> Report:
    sequence = {"sequence": [TOKENS, WIDTH]}
    whole = {"nnlint": 1, "input": x or sequence, "layers": layers, **more}
    return lint_text(json.dumps(whole))


def graph_of(*layers: object, x: object = None, **more: object) -> Graph:
    report = lint(*layers, x=x, **more)
    assert [f.message for f in report.findings if f.rule.severity.rank == 3] == []
    assert report.graph is not None
    return report.graph


def linear(out_features: object, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


def moe(num_experts: object, top_k: object, *expert: object, **more: object) -> dict[str, Any]:
    return {"type": "MoE", "num_experts": num_experts, "top_k": top_k,
            "expert": list(expert) or [linear(WIDTH)], **more}  # fmt: skip


def parameters_of_mlp(hidden: int) -> int:
    return (WIDTH * hidden + hidden) + (hidden * WIDTH + WIDTH)


@settings(max_examples=80, deadline=None)
@given(experts=st.integers(1, 300), chosen=st.integers(1, 300), hidden=st.integers(1, 20),
       shared=st.integers(0, 9), bias=st.booleans(), repeat=st.integers(1, 5))  # fmt: skip
def test_counts_by_arithmetic(
    experts: int, chosen: int, hidden: int, shared: int, bias: bool, repeat: int
) -> None:
    chosen = min(chosen, experts)
    more = {"shared_expert": [linear(shared), linear(WIDTH)]} if shared else {}
    layer = moe(experts, chosen, linear(hidden, act="SiLU"), linear(WIDTH), router_bias=bias,
                repeat=repeat, **more)  # fmt: skip
    totals = graph_of(layer).totals
    always = WIDTH * experts + bias * experts + (parameters_of_mlp(shared) if shared else 0)
    one = parameters_of_mlp(hidden)
    assert totals.params == repeat * (always + experts * one)
    assert totals.active == repeat * (always + chosen * one)
    products = WIDTH * experts + chosen * 2 * WIDTH * hidden + 2 * WIDTH * shared
    assert totals.macs == repeat * TOKENS * products


def test_mixtral() -> None:
    attention = {"type": "MultiheadAttention", "num_heads": 32, "num_kv_heads": 8,
                 "bias": False, "causal": True}  # fmt: skip
    expert = {"type": "GatedMLP", "hidden_features": 14336, "act": "SiLU", "bias": False}
    blocks = {"decoder": {"layers": [
        {"type": "Residual", "body": ["RMSNorm", attention]},
        {"type": "Residual", "body": ["RMSNorm", moe(8, 2, expert)]},
    ]}}  # fmt: skip
    layers = [
        {"type": "Embedding", "num_embeddings": 32000, "embedding_dim": 4096},
        {"block": "decoder", "repeat": 32},
        "RMSNorm",
        linear(32000, bias=False),
    ]
    totals = graph_of(*layers, x={"tokens": 8}, blocks=blocks).totals
    assert (totals.params, totals.active) == (46_702_792_704, 12_879_925_248)


def test_shared_copies_count_once() -> None:
    totals = graph_of(moe(5, 2, repeat=3, shared=True)).totals
    assert (totals.params, totals.active) == (30 + 5 * 42, 30 + 2 * 42)
    assert totals.macs == 3 * TOKENS * (30 + 2 * 36)


def test_an_expert_within_an_expert() -> None:
    totals = graph_of(moe(3, 2, moe(4, 1))).totals
    assert totals.params == 18 + 3 * (24 + 4 * 42)
    assert totals.active == 18 + 2 * (24 + 1 * 42)


def test_active_leaves_out_the_experts_not_chosen_alone() -> None:
    totals = graph_of(linear(WIDTH), "ReLU", moe(4, 4)).totals
    assert totals.active == totals.params


def test_it_takes_features_too() -> None:
    totals = graph_of(moe(5, 2), x=[WIDTH]).totals
    assert (totals.params, totals.macs) == (30 + 5 * 42, 30 + 2 * 36)


def test_defaults_of_linear_are_the_experts_and_not_the_router_s() -> None:
    defaults = {"Linear": {"norm": "LayerNorm", "act": "ReLU"}}
    totals = graph_of(moe(5, 2), defaults=defaults).totals
    assert totals.params == 30 + 5 * (42 + 12)


def test_frozen_is_all_of_it() -> None:
    totals = graph_of(moe(5, 2, trainable=False, router_bias=True)).totals
    assert (totals.params, totals.trainable) == (35 + 210, 0)


def test_experts_share_a_tied_weight() -> None:
    layers = (linear(WIDTH, name="a", act="ReLU"), moe(5, 2, linear(WIDTH, tie="a")))
    assert graph_of(*layers).totals.params == 42 + 30 + 5 * 6


def test_a_hundred_thousand_experts_cost_what_two_cost() -> None:
    graph = graph_of(moe(10**5, 2))
    assert graph.totals.params == 10**5 * (WIDTH + 42)
    assert len(graph.nodes) < 10


def test_counts_may_be_computed() -> None:
    layer = moe("$e", "$e//4", linear("$in"))
    totals = graph_of(layer, vars={"e": 8}).totals
    assert (totals.params, totals.active) == (8 * (6 + 42), 48 + 2 * 42)


# What is refused


def test_no_more_are_chosen_than_there_are() -> None:
    report = lint(moe(2, "$k"), vars={"k": 3}, expect={"params": 96})
    (finding,) = report.findings  # what follows from it is silent
    assert finding.rule.code == "NN205"
    assert finding.message == "MoE: top_k is 3, but there are 2 experts"
    assert finding.help == "write a top_k from 1 to 2"


def test_a_refused_mixture_is_no_silent_zero() -> None:
    graph = lint(moe(2, 3)).graph
    assert graph is not None
    assert not graph.totals.complete
    assert graph.totals.excused


@pytest.mark.parametrize(
    ("layer", "code"),
    [(moe(0, 1), "NN106"), (moe(2, 0), "NN106"), (moe(2, 1, {"type": "Linear"}), "NN102"),
     ({"type": "MoE", "num_experts": 2, "top_k": 1}, "NN102"), ("MoE", "NN102"),
     (moe(2, 1, linear(5), shared_expert=[linear(6)]), "NN212"),
     ({"type": "MoE", "num_expert": 2, "top_k": 1, "expert": []}, "NN103")],
)  # fmt: skip
def test_a_mistake_is_one_finding(layer: Any, code: str) -> None:
    assert [f.rule.code for f in lint(layer).findings] == [code]


def test_indices_are_one_mistake() -> None:
    report = lint(moe(2, 1), x={"tokens": TOKENS})
    assert [f.rule.code for f in report.findings] == ["NN202"]


def test_a_mistake_in_an_expert_is_told_once() -> None:
    report = lint(moe(8, 2, linear(WIDTH, in_features=5)), expect={"params": 1})
    assert [f.rule.code for f in report.findings] == ["NN201"]


def test_an_unknown_expert_leaves_a_lower_bound() -> None:
    report = lint(moe(8, 2, linear(WIDTH), {"type": "Custom"}), budget={"params": 384})
    assert [f.rule.code for f in report.findings] == ["NN214", "NN903"]
    assert report.graph is not None
    assert report.graph.totals.params == 8 * WIDTH + 8 * 42


def test_names_in_an_expert_are_its_own() -> None:
    up = {"type": "Linear", "out_features": 16, "name": "up"}
    both = moe(2, 1, up, shared_expert=[up])
    assert [f.rule.code for f in lint(both).findings] == []
    outside = lint(both, {"type": "Linear", "out_features": 2, "from": "up"})
    assert [f.rule.code for f in outside.findings] == ["NN207"]


def test_the_router_stands_where_its_moe_does() -> None:
    router, expert = graph_of(moe(8, 2)).nodes
    assert (router.path, router.spec.label) == (("layers", 0), "Linear (router)")
    assert expert.path == ("layers", 0, "expert", 0)

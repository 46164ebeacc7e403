"""NN802: hidden features or channels that fill no whole tiles."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def found(*layers: object, x: object = (784,), **more: object) -> list[Finding]:
    spec: dict[str, Any] = {"nnlint": 1, "input": x, "layers": layers, **more}
    report = lint_text(json.dumps(spec))
    return [finding for finding in report.findings if finding.rule.code == "NN802"]


END = {"type": "Linear", "out_features": 10}


def dense(width: int, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": width, "act": "ReLU", **more}


def conv(width: int, **more: object) -> dict[str, Any]:
    return {"type": "Conv2d", "out_channels": width, "kernel_size": 3, "act": "ReLU", **more}


POOLED = ({"type": "AdaptiveAvgPool2d", "output_size": 1}, "Flatten", END)


def test_the_message_names_both_neighbours() -> None:
    (finding,) = found(dense(250, name="fc"), END)
    assert finding.rule.severity is Severity.INFO
    assert finding.path == ("layers", 0, "out_features")
    assert finding.message == (
        "Linear 'fc' has out_features: 250, no multiple of 8: a GPU pads or slows down what "
        "fills no whole tiles of its matrix units"
    )
    assert finding.help == "248 or 256 fills them, here and where the same width stands again"


def test_each_width_is_said_once_where_it_stands_first() -> None:
    body = {"type": "Sequential", "repeat": 3, "layers": [dense(250), dense(100)]}
    assert [one.path[-2:] for one in found(body, dense(250), END)] == [
        (0, "out_features"),
        (1, "out_features"),
    ]


@pytest.mark.parametrize(
    "layers",
    [
        (dense(256), END),
        (dense(60), END),
        (dense(63), END),
        (dense(88), END),  # 8·11
        (dense(784), dense(784), END),
        (dense(250, trainable=False), END),
        (dense(64), {"type": "Linear", "out_features": 1001}),
        (dense(64), {"type": "Linear", "out_features": 1001}, "LogSoftmax"),
        ({"type": "Linear"}, dense(250), END),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers) == []


def test_from_64_on_a_width_is_judged() -> None:
    (finding,) = found(dense(65), END)
    assert finding.help == "64 or 72 fills them, here and where the same width stands again"


def test_places_of_a_map_that_became_features_are_given() -> None:
    layers = ({"type": "Permute", "dims": [2, 1]}, dense(64), dense(100), dense(64), END)
    assert found(*layers, x={"map": [4, 100]}) == []
    assert len(found(*layers, x={"map": [4, 99]})) == 1


def test_a_width_of_the_data_is_given() -> None:
    assert found(dense(64), dense(100), END, x=[100]) == []
    assert len(found(dense(64), dense(100), END, x=[99])) == 1
    assert found(dense(64), dense(100), END, x={"sequence": [9, 100]}) == []


def test_channels() -> None:
    assert found(conv(64), conv(128), *POOLED, x=[3, 32, 32]) == []
    assert len(found(conv(100), conv(128), *POOLED, x=[3, 32, 32])) == 1
    assert found(conv(128), conv(100), x=[3, 32, 32]) == []


def test_a_depthwise_layer_has_chosen_nothing() -> None:
    halves = [[conv(36)], [conv(36), {"type": "Identity"}]]
    wide = {"type": "Parallel", "branches": [[conv(52)], [conv(50)]]}
    depthwise = {**conv(102), "groups": 102}
    assert found({"type": "Parallel", "branches": halves}, *POOLED, x=[3, 32, 32]) == []
    assert found(wide, depthwise, conv(128), *POOLED, x=[3, 32, 32]) == []


def test_positions_that_became_features_are_given() -> None:
    turn = {"type": "Permute", "dims": [2, 1]}
    layers = ("LayerNorm", turn, dense(384), dense(196), turn, dense(64), END)
    assert found(*layers, x={"sequence": [196, 768]}) == []
    assert len(found("LayerNorm", dense(384), dense(196), END, x={"sequence": [9, 768]})) == 1


@pytest.mark.parametrize(
    ("layer", "key"),
    [
        ({"type": "GatedMLP", "hidden_features": 172}, "hidden_features"),
        ({"type": "LSTM", "hidden_size": 100}, "hidden_size"),
        ({"type": "GRU", "hidden_size": 100}, "hidden_size"),
        ({"type": "LSTM", "hidden_size": 128, "proj_size": 100}, "proj_size"),
        ({"type": "TransformerEncoderLayer", "nhead": 8, "dim_feedforward": 250},
         "dim_feedforward"),
        ({"type": "MultiheadLatentAttention", "num_heads": 8, "kv_lora_rank": 100,
          "qk_nope_head_dim": 8, "qk_rope_head_dim": 8, "v_head_dim": 8}, "kv_lora_rank"),
    ],
)  # fmt: skip
def test_widths_within_a_layer(layer: dict[str, Any], key: str) -> None:
    (finding,) = found(layer, END, x={"sequence": [16, 64]})
    assert finding.path == ("layers", 0, key)


def test_the_experts_of_a_router_are_counted_otherwise() -> None:
    expert = [dense(64), {"type": "Linear", "out_features": 64}]
    moe = {"type": "MoE", "num_experts": 100, "top_k": 2, "expert": expert}
    assert found(moe, END, x={"sequence": [16, 64]}) == []


@pytest.mark.parametrize(
    ("layer", "key"),
    [({"type": "Bilinear", "out_features": 250, "from": ["previous", "previous"]},
      "out_features"),
     ({"type": "GatedMLP", "hidden_features": 250}, "hidden_features"),
     ({"type": "LSTM", "hidden_size": 250, "proj_size": 128}, "hidden_size"),
     ({"type": "LSTM", "hidden_size": 256, "proj_size": 250}, "proj_size")],
)  # fmt: skip
def test_every_width_of_a_learned_matrix_is_looked_at(layer: dict[str, Any], key: str) -> None:
    (finding,) = found({"type": "Linear", "out_features": 64}, layer, END, x=[4, 64])
    assert finding.path == ("layers", 1, key)

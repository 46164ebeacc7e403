"""Budgets and expectations, at and beside their limits."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.quantity import percent

if TYPE_CHECKING:
    from nnlint.report import Report

BROKEN = {"type": "Linear"}


def linear(out_features: int, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


def lint(width: int, *layers: object, **top: object) -> Report:
    return lint_text(json.dumps({"nnlint": 1, "input": [width], "layers": layers, **top}))


def codes(report: Report) -> list[str]:
    return [finding.rule.code for finding in report.findings]


NINETY = (9, linear(9))
"""9·9 weights and 9 biases are 90 parameters, 81 MACs and 360 bytes."""


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        ({"params": 89}, ["NN901"]),
        ({"params": 90}, ["NN902"]),  # at the limit: not over, but near
        ({"params": 100}, ["NN902"]),  # 90 % of 100, exactly at warn_at
        ({"params": 101}, []),
        ({"params": 180, "warn_at": "50%"}, ["NN902"]),
        ({"params": 181, "warn_at": "50%"}, []),
        ({"params": 180, "warn_at": 0.5}, ["NN902"]),
        ({"params": 91, "warn_at": 1}, []),
        ({"params": 90, "warn_at": "100%"}, ["NN902"]),
        ({"params": 300, "warn_at": 0.3}, ["NN902"]),  # 0.3 as it is written, not as a float
        ({"macs": 80}, ["NN901"]),
        ({"macs": 81}, ["NN902"]),
        ({"macs": 90}, ["NN902"]),  # 90 % of 90 are 81
        ({"macs": 91}, []),
        ({"size": 359}, ["NN901"]),
        ({"size": "360 B"}, ["NN902"]),
        ({"size": 400}, ["NN902"]),
        ({"size": "401B"}, []),
        ({"params": 0}, ["NN901"]),
        ({"params": 89, "macs": 81, "size": 500}, ["NN901", "NN902"]),
    ],
)
def test_over_near_and_fine(budget: dict[str, Any], expected: list[str]) -> None:
    assert sorted(codes(lint(*NINETY, budget=budget))) == expected


def test_a_limit_of_nothing_is_kept_by_nothing() -> None:
    assert "NN901" not in codes(lint(9, "ReLU", budget={"params": 0, "size": 0, "macs": 0}))


@pytest.mark.parametrize(
    ("budget", "words"),
    [({"params": 70}, ["params: 90 used", "the budget is 70", "20 too much"]),
     ({"params": 100}, ["params: 90 of 100 used (90.0 %)", "10 left", "begins at 90.0 %"]),
     ({"size": 300}, ["size: 360 B used", "300 B", "60 too much"])],
)  # fmt: skip
def test_the_message_says_what_is_and_what_may_be(
    budget: dict[str, int], words: list[str]
) -> None:
    (finding,) = lint(*NINETY, budget=budget).findings
    assert finding.path == ("budget", *budget)
    assert [word for word in words if word not in finding.message] == []


def test_the_heaviest_layers_are_named() -> None:
    """9·9 + 9, 9·5 + 5, 5·2 + 2 and 2·1 + 1 are 90, 50, 12 and 3 of 155."""
    layers = [linear(9, name="big"), "ReLU", linear(5), "ReLU", linear(2), "ReLU", linear(1)]
    (finding,) = lint(9, *layers, budget={"params": 10}).findings
    assert (
        finding.help == "heaviest: big 90 (58.1 %), Linear #3 50 (32.3 %), Linear #5 12 (7.7 %)"
    )


SKIP = {"type": "Residual", "body": [linear(32, name="wide"), linear(12, name="back")]}
IN, STEM, NARROW, WIDE = 4, 30, 12, 32
"""Of a skip connection over 32, between layers of 30 and 12 and an output of 2."""


def test_the_heaviest_activations_are_those_of_the_peak() -> None:
    """The stem's 30 are dropped when the skip begins: 12 wait while 32 become 12 again."""
    stem = [linear(STEM, name="stem"), linear(NARROW, name="narrow")]
    report = lint(IN, *stem, SKIP, linear(2), budget={"activations": 100})
    (finding,) = [one for one in report.findings if one.code == "NN901"]
    peak = NARROW + WIDE + NARROW
    assert peak > max(IN + STEM, STEM + NARROW, NARROW + WIDE, 3 * NARROW)
    heavy = [("wide", WIDE), ("narrow", NARROW), ("back", NARROW)]
    words = [f"{name} {4 * n} B ({percent(Fraction(n, peak))})" for name, n in heavy]
    assert f"activations: {4 * peak} B used" in finding.message
    assert str(finding.help).startswith(f"heaviest: {', '.join(words)}")


def test_an_input_that_waits_is_held_at_the_peak() -> None:
    """64 come in and go over a skip, while 2 are made 64 again."""
    body = [linear(2, name="two"), linear(64, name="back")]
    report = lint(64, {"type": "Residual", "body": body}, budget={"activations": 100})
    (finding,) = [one for one in report.findings if one.code == "NN901"]
    assert f"activations: {4 * 3 * 64} B used" in finding.message  # and 64 are added up
    assert str(finding.help).startswith(
        "heaviest: the input 256 B (33.3 %), back 256 B (33.3 %), Add #3 256 B (33.3 %)"
    )


def test_a_share_weighs_one_copy() -> None:
    """Four copies of 9·9 + 9, and 9·4 + 4 more: 90 and 40 of 400."""
    body = {"type": "Sequential", "layers": [linear(9, name="l"), "ReLU"], "repeat": 4}
    report = lint(9, body, linear(4, name="head"), budget={"layer_share": "20%"})
    (finding,) = [one for one in report.findings if one.code == "NN901"]
    assert str(finding.help).startswith("heaviest: l 90 (22.5 %), head 40 (10.0 %)")


@pytest.mark.parametrize(
    ("fan_in", "fan_out", "metric", "at", "below"),
    [
        (149, 100, "params", "15k", "14.999k"),  # 149·100 + 100 = 15,000
        (1499, 1000, "params", "1.5M", "1.499999M"),
        (69_999, 10**5, "params", "7G", "6.999999999G"),
        (999_999, 10**6, "params", "1T", "999.999999999G"),
        (15, 100, "macs", "1.5k", "1.499k"),
        (127, 128, "size", "64 KiB", "65535 B"),  # 2^14 parameters of 4 bytes
        (9, 100, "size", "4 kB", "3.999kB"),
        (999, 1000, "size", "4 MB", "3.999999 MB"),
        (2**14 - 1, 2**14, "size", "1 GiB", "1073741823 B"),
        (2**19 - 1, 2**19, "size", "1TiB", "1099511627775 B"),
        (49_999, 10**5, "size", "20 GB", "19.999999999 GB"),
    ],
)
def test_units_are_exact(fan_in: int, fan_out: int, metric: str, at: str, below: str) -> None:
    layer = linear(fan_out)
    assert codes(lint(fan_in, layer, budget={metric: at})) == ["NN902"]
    assert codes(lint(fan_in, layer, budget={metric: below})) == ["NN901"]


@pytest.mark.parametrize(
    ("dtype", "size"),
    [("float64", 720), ("float32", 360), ("float16", 180), ("bfloat16", 180), ("float8", 90),
     ("int64", 720), ("int32", 360), ("int16", 180), ("int8", 90), ("uint8", 90), ("int4", 45)],
)  # fmt: skip
def test_size_follows_the_dtype(dtype: str, size: int) -> None:
    assert codes(lint(*NINETY, dtype=dtype, budget={"size": size})) == ["NN902"]
    assert codes(lint(*NINETY, dtype=dtype, budget={"size": size - 1})) == ["NN901"]


def test_half_a_byte_is_a_byte() -> None:
    """3 parameters of 4 bits need 2 bytes."""
    assert codes(lint(3, linear(1, bias=False), dtype="int4", budget={"size": 1})) == ["NN901"]


def test_buffers_are_no_parameters() -> None:
    assert codes(lint(9, "BatchNorm1d", budget={"params": 18, "warn_at": 1})) == ["NN902"]


@pytest.mark.parametrize(
    ("share", "expected"),
    [("90%", ["NN902"]), (0.9, ["NN902"]), ("89.9%", ["NN901"]), (0.899, ["NN901"]),
     ("100%", ["NN902"]), (1, ["NN902"])],
)  # fmt: skip
def test_a_layers_share_is_exact(share: object, expected: list[str]) -> None:
    """90 + 10 parameters: the first layer has 90 % of them."""
    report = lint(9, linear(9), "ReLU", linear(1), budget={"layer_share": share})
    assert codes(report) == expected


@pytest.mark.parametrize(
    ("share", "words"),
    [("89.99%", "90.0 % used, but the budget is 89.99 %"),
     ("90.01%", "90.0 % of 90.01 % used (>99.9 %)"),
     ("90.04%", "90.0 % of 90.04 % used")],
)  # fmt: skip
def test_a_share_never_looks_like_the_limit_that_it_is_not(share: str, words: str) -> None:
    """90 + 10 parameters, as above."""
    budget = {"layer_share": share, "warn_at": "99.9%"}
    (finding,) = lint(9, linear(9), "ReLU", linear(1), budget=budget).findings
    assert words in finding.message


@pytest.mark.parametrize(("share", "expected"), [("25%", ["NN902"]), ("24.9%", ["NN901"])])
def test_each_copy_is_a_layer(share: str, expected: list[str]) -> None:
    body = {"type": "Sequential", "layers": [linear(9), "ReLU"], "repeat": 4}
    assert codes(lint(9, body, budget={"layer_share": share})) == expected


@pytest.mark.parametrize("written", ["15 k", "15K", "1.5", "-3", "15kB", "1e3"])
def test_a_count_has_one_spelling(written: str) -> None:
    assert codes(lint(*NINETY, budget={"params": written})) == ["NN108"]


def test_a_count_must_come_out_whole() -> None:
    (finding,) = lint(*NINETY, budget={"params": "1.0005k"}).findings
    assert finding.rule.code == "NN108"
    assert "1.0005k" in finding.message
    assert codes(lint(*NINETY, budget={"params": "1.005k"})) == []


# Unknown totals


def test_at_least_is_over_where_the_known_is_over() -> None:
    report = lint(9, linear(9), "ReLU", BROKEN, budget={"params": 80})
    (message,) = [f.message for f in report.findings if f.rule.code == "NN901"]
    assert "at least 90 used" in message
    assert "at least 10 too much" in message


@pytest.mark.parametrize("budget", [{"params": 90}, {"params": 1000}, {"layer_share": "10%"}])
def test_a_reported_mistake_is_not_reported_as_a_budget(budget: dict[str, Any]) -> None:
    report = lint(9, linear(9), "ReLU", BROKEN, budget=budget)
    assert codes(report) == ["NN102"]


def test_an_unknown_use_is_not_fine() -> None:
    report = lint(9, linear(9), "ReLU", BROKEN, budget={"params": 1000, "macs": 1000})
    assert {limit.state for limit in report.limits} == {"unknown"}


def test_an_expectation_of_something_unknown_is_neither_right_nor_wrong() -> None:
    report = lint(9, linear(9), "ReLU", BROKEN, expect={"params": 90, "output": [3]})
    assert codes(report) == ["NN102"]
    assert [one.holds for one in report.expectations] == [None, None]


# Expectations

MIXED = (9, linear(9, trainable=False), "ReLU", linear(1))
"""90 frozen parameters and 10 that are learned; 81 + 9 MACs."""


@pytest.mark.parametrize(
    ("key", "right", "wrong", "words"),
    [
        ("params", 100, 99, "is 99, but the network has 100: 1 more"),
        ("params", 100, 1100, "is 1,100, but the network has 100: 1,000 fewer"),
        ("trainable", 10, 100, "is 100, but the network has 10: 90 fewer"),
        ("active", 100, 10, "is 10, but the network has 100: 90 more"),
        ("macs", 90, 100, "is 100, but the network has 90: 10 fewer"),
        ("output", [1], [9], "is [9], but [1] comes out"),
        ("output", [1], [1, 1], "is [1, 1], but [1] comes out"),
    ],
)
def test_an_expectation_holds_exactly(
    key: str, right: object, wrong: object, words: str
) -> None:
    assert codes(lint(*MIXED, expect={key: right})) == []
    (finding,) = lint(*MIXED, expect={key: wrong}).findings
    assert finding.rule.code == "NN911"
    assert finding.message == f"expect.{key} {words}"
    assert finding.path == ("expect", key)
    wanted = f"if the change is meant, write {key}: {right} (--update-expect does)"
    assert finding.help == wanted


def test_expectations_are_exact_numbers() -> None:
    assert codes(lint(*MIXED, expect={"params": "100"})) == ["NN101"]
    assert codes(lint(*MIXED, expect={"params": 100.0})) == ["NN101"]


@pytest.mark.parametrize(
    ("d", "heads", "fits"), [(64, 1, 48), (64, 4, 48), (65, 5, 45), (64, 16, 48), (64, 32, 32)]
)
def test_advice_keeps_a_width_that_heads_divide(d: int, heads: int, fits: int) -> None:
    """The table, four projections with biases, and the head: the next width is too much."""
    report = lint_text(
        "nnlint: 1\ninput: {tokens: 16}\n"
        f"vars: {{d: {d}}}\nlayers:\n"
        "  - {type: Embedding, num_embeddings: 100, embedding_dim: $d}\n"
        f"  - {{type: MultiheadAttention, num_heads: {heads}}}\n"
        "  - {type: Linear, out_features: 10}\n"
        "budget: {params: 15k}\n"
    )
    (finding,) = report.findings
    used = [
        100 * width + 4 * (width**2 + width) + 10 * width + 10 for width in (fits, fits + heads)
    ]
    assert used[0] <= 15_000 < used[1]
    assert f"d: {fits} fits (vars)" in str(finding.help)

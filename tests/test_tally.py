"""The lines below the table, one by one, on networks whose numbers fit the back of a hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nnlint.engine import lint_text
from nnlint.report import Report
from nnlint.tally import tally

UNKNOWN = {"type": "Linear"}


def linear(out: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out, **more}


def lint(*layers: Any, **top: Any) -> Report:
    spec = {"nnlint": 1, "input": [9], "layers": layers, **top}
    return lint_text(json.dumps(spec))


def told(report: Report) -> dict[str, list[str]]:
    """Title -> its lines."""
    lines: dict[str, list[str]] = {}
    title = ""
    for own, words in tally(report):
        title = own or title
        lines.setdefault(title, []).append("".join(text for text, _ in words))
    return lines


def tones(report: Report, title: str) -> dict[str, str]:
    """Words -> tone, of the lines of a title."""
    found: dict[str, str] = {}
    current = ""
    for own, words in tally(report):
        current = own or current
        if current == title:
            found |= {text.strip(): tone for text, tone in words if tone}
    return found


# Parameters: linear(9) has 81 weights and 9 biases


def test_weights_and_biases() -> None:
    assert told(lint(linear(9)))["parameters"] == ["81 weights + 9 biases = 90"]
    plain = lint(linear(1000, bias=False))
    assert told(plain)["parameters"] == ["9,000 weights + 0 biases = 9,000"]


def test_a_plain_network_has_plain_lines() -> None:
    assert list(told(lint(linear(9), "ReLU"))) == ["parameters", "size", "MACs", "activations"]


def test_a_network_that_is_none_says_nothing() -> None:
    assert list(tally(Report("x.yaml"))) == []


@pytest.mark.parametrize("layers", [(UNKNOWN,), (linear(9), "ReLU", UNKNOWN, linear(2))])
def test_what_is_unknown_is_at_least(layers: tuple[Any, ...]) -> None:
    lines = told(lint(*layers))
    assert lines["parameters"][0].startswith("≥ ")
    assert lines["size"][0].startswith("≥ ")
    assert lines["MACs"][0].startswith("≥ ")
    assert "peak ≥ " in lines["activations"][0]
    assert "sum ≥ " in lines["activations"][0]


def test_at_least_what_is_known() -> None:
    (line,) = told(lint(linear(9), "ReLU", UNKNOWN))["parameters"]
    assert line == "≥ 90 (81 weights + 9 biases are known)"


def test_frozen() -> None:
    """9·9 + 9 = 90 frozen, 9·1 + 1 = 10 learned."""
    lines = told(lint(linear(9, trainable=False), "ReLU", linear(1)))["parameters"]
    assert lines == ["90 weights + 10 biases = 100", "10 trainable + 90 frozen"]


def test_all_frozen() -> None:
    assert told(lint(linear(9, trainable=False)))["parameters"][1] == "0 trainable + 90 frozen"


def test_frozen_beside_what_is_unknown() -> None:
    lines = told(lint(linear(9, trainable=False), "ReLU", UNKNOWN))["parameters"]
    assert lines[1] == "≥ 0 trainable + ≥ 90 frozen"


def test_buffers() -> None:
    """9 means, 9 variances and the number of batches; learned are 9 + 9."""
    lines = told(lint("BatchNorm1d"))
    assert lines["buffers"] == ["19 stored, not learned"]
    assert lines["parameters"] == ["9 weights + 9 biases = 18"]


def test_buffers_beside_what_is_unknown_are_at_least() -> None:
    lines = told(lint("BatchNorm1d", UNKNOWN, "BatchNorm1d"))
    assert lines["buffers"] == ["≥ 19 stored, not learned"]


def test_moving_statistics_are_keras_parameters() -> None:
    """Keras has no counter of batches: 4·9, half of them not trainable."""
    lines = told(lint("BatchNorm1d", convention="keras"))
    assert lines["parameters"] == [
        "9 weights + 9 biases + 18 moving statistics = 36", "18 trainable + 18 frozen",
    ]  # fmt: skip
    assert "buffers" not in lines
    assert lines["size"] == ["144 B as float32"]


def test_moving_statistics_of_a_frozen_layer_are_counted_once() -> None:
    frozen = {"type": "BatchNorm1d", "trainable": False}
    lines = told(lint(frozen, convention="keras"))
    assert lines["parameters"][1] == "0 trainable + 36 frozen"


def test_embeddings() -> None:
    """7·4 = 28 looked up, 5·4 = 20 of positions, and 4·2 + 2 = 10."""
    report = lint(
        {"type": "Embedding", "num_embeddings": 7, "embedding_dim": 4},
        {"type": "PositionEmbedding", "num_embeddings": 5}, linear(2), input={"tokens": 5},
    )  # fmt: skip
    assert told(report)["parameters"] == [
        "56 weights + 2 biases = 58", "48 in embeddings + 10 in other layers",
    ]  # fmt: skip


MOE = {"type": "MoE", "num_experts": 8, "top_k": 2, "expert": [linear(3, bias=False)]}


def test_active() -> None:
    """A router of 3·8, and of 8 experts with 3·3 two: 24 + 18 of 24 + 72."""
    lines = told(lint(MOE, input={"sequence": [5, 3]}))
    assert lines["parameters"] == ["96 weights + 0 biases = 96"]
    assert lines["active"] == ["42: what one token uses"]
    assert lines["MACs"][0].startswith("210 for one sample")  # 5 tokens of 24 + 18


def test_what_is_active_beside_something_unknown() -> None:
    lines = told(lint(MOE, UNKNOWN, input={"sequence": [5, 3]}))
    assert lines["active"] == ["≥ 42: what one token uses"]


# Ties


def tied(*names: str) -> Report:
    """An owner of 9·9 and as many that share it, each with a bias of its own."""
    heads = [linear(9, tie="owner", name=name) for name in names]
    return lint(linear(9, name="owner"), *heads)


def test_who_shares_is_named() -> None:
    lines = told(tied("head"))
    assert lines["tied"] == ["81 more are shared: head uses that of owner"]
    assert lines["parameters"] == ["81 weights + 18 biases = 99"]


def test_two_share() -> None:
    assert told(tied("a", "b"))["tied"] == ["162 more are shared: a and b use that of owner"]


def test_many_share() -> None:
    (line,) = told(tied(*"abcdef"))["tied"]
    assert line == "486 more are shared: a, b, c, d and 2 more use that of owner"


def test_a_tie_of_a_tie_names_the_owner() -> None:
    layers = [linear(9, name="a"), linear(9, tie="a", name="b"), linear(9, tie="b", name="c")]
    (line,) = told(lint(*layers))["tied"]
    assert "b and c use that of a" in line


def test_a_sharer_in_a_part_is_named_with_it() -> None:
    part = {"type": "Sequential", "name": "head", "repeat": 3,
            "layers": [linear(9, tie="owner", name="out")]}  # fmt: skip
    (line,) = told(lint(linear(9, name="owner"), part))["tied"]
    assert line == "243 more are shared: head/out uses that of owner"


def test_one_without_a_name_goes_by_its_type() -> None:
    (line,) = told(lint(linear(9, name="owner"), linear(9, tie="owner")))["tied"]
    assert line == "81 more are shared: Linear uses that of owner"


def test_names_are_made_visible() -> None:
    (line,) = told(lint(linear(9, name="owner"), linear(9, tie="owner", name="a")))["tied"]
    assert line.isprintable()


# Sizes and MACs


@pytest.mark.parametrize(
    ("dtype", "line"),
    [("float32", "360 B as float32"), ("float16", "180 B as float16"), ("int4", "45 B as int4"),
     ("float64", "720 B as float64")],
)  # fmt: skip
def test_size_of_90_numbers(dtype: str, line: str) -> None:
    assert told(lint(linear(9), dtype=dtype))["size"] == [line]


@pytest.mark.parametrize(
    ("out", "line"),
    [(255, "1,020 B as uint8x4"), (256, "1,024 B (1.0 KiB) as uint8x4"),
     (262_144, "1,048,576 B (1.0 MiB) as uint8x4")],
)  # fmt: skip
def test_a_kibibyte_is_1024(out: int, line: str) -> None:
    report = lint(linear(out, bias=False), input=[1])
    assert told(report)["size"] == [line.replace("uint8x4", "float32")]


def test_macs_say_what_they_leave_out() -> None:
    assert told(lint(linear(9), "ReLU", linear(1)))["MACs"] == [
        "90 for one sample (no biases, norms or activations)"
    ]


def test_macs_that_are_unknown() -> None:
    custom = {"type": "Custom", "parameters": {}}
    lines = told(lint(linear(9), custom))
    assert lines["MACs"][0].startswith("≥ 81 ")
    assert lines["parameters"][0] == "81 weights + 9 biases = 90"


# The budget: 90 parameters, 81 MACs, 360 bytes


@pytest.mark.parametrize(
    ("budget", "line", "tone"),
    [
        ({"params": 1000}, "params 90 of 1,000, 910 left", "good"),
        ({"params": 100}, "params 90 of 100, 10 left", "near"),
        ({"params": 90}, "params 90 of 90, 0 left", "near"),
        ({"params": 80}, "params 90 of 80, 10 over", "bad"),
        ({"macs": 162}, "macs 81 of 162, 81 left", "good"),
        ({"size": "1 KiB"}, "size 360 of 1,024 B, 664 left", "good"),
        ({"size": 300}, "size 360 of 300 B, 60 over", "bad"),
        ({"layer_share": "100%"}, "layer_share 100.0 % of 100.0 %, 0.0 % left", "near"),
        ({"layer_share": "40%"}, "layer_share 100.0 % of 40.0 %, 60.0 % over", "bad"),
        ({"params": 0}, "params 90 of 0, 90 over", "bad"),
    ],
)
def test_states_of_a_budget(budget: dict[str, Any], line: str, tone: str) -> None:
    report = lint(linear(9), budget=budget)
    (shown,) = told(report)["budget"]
    assert shown.startswith(line + "  ")
    assert set(tones(report, "budget").values()) == {tone}


@pytest.mark.parametrize(
    ("limit", "bar", "percent"),
    [(90, "█" * 10, "100.0 %"), (180, "█" * 5 + " " * 5, "50.0 %"), (45, "█" * 10, "200.0 %"),
     (900, "█" + " " * 9, "10.0 %"), (7200, "▏" + " " * 9, "1.3 %"),
     (10**9, "▏" + " " * 9, "<0.1 %"), (91, "█" * 9 + "▉", "98.9 %")],
)  # fmt: skip
def test_the_bar_is_as_long_as_the_share(limit: int, bar: str, percent: str) -> None:
    """A column is a tenth, an eighth of it an eightieth: 80·90/91 = 79.1."""
    (line,) = told(lint(linear(9), budget={"params": limit}))["budget"]
    assert line.endswith(f"  {bar} {percent}")


def test_a_budget_line_by_line() -> None:
    budget = {"params": 1000, "macs": 1000, "size": 4000, "layer_share": "100%"}
    lines = told(lint(linear(9), budget=budget))["budget"]
    assert [line.split()[0] for line in lines] == ["params", "macs", "size", "layer_share"]


def test_a_budget_that_nobody_can_prove() -> None:
    budget = {"params": 1000, "layer_share": "40%"}
    report = lint(linear(9), "ReLU", UNKNOWN, budget=budget)
    params, share = told(report)["budget"]
    assert params.startswith("params ≥ 90 of 1,000, ≤ 910 left")
    assert share == "layer_share of an unknown total, at most 40.0 %"
    assert set(tones(report, "budget").values()) == {"dim"}


def test_at_least_over_is_over() -> None:
    report = lint(linear(9), "ReLU", UNKNOWN, budget={"params": 80})
    (line,) = told(report)["budget"]
    assert line.startswith("params ≥ 90 of 80, ≥ 10 over")
    assert set(tones(report, "budget").values()) == {"bad"}


# Expectations and variants


def test_expectations() -> None:
    report = lint(linear(9), expect={"params": 90, "macs": 80, "output": [9], "active": 90})
    assert told(report)["expect"] == ["params ✓, macs ✗ differs, output ✓, active ✓"]
    assert tones(report, "expect") == {"✓": "good", "✗ differs": "bad"}


def test_expectations_that_nobody_can_prove() -> None:
    report = lint(UNKNOWN, expect={"params": 90, "output": [9]})
    assert told(report)["expect"] == ["params unknown, output unknown"]


def test_named_outputs() -> None:
    report = lint(
        linear(9, name="a"), linear(2, name="b"), outputs=["a", "b"],
        expect={"output": {"a": [9], "b": [3]}},
    )  # fmt: skip
    assert told(report)["expect"] == ["output.a ✓, output.b ✗ differs"]


SIZED: dict[str, Any] = {"vars": {"d": 1}, "variants": {"wide": {"d": 9}, "wider": {"d": 99}}}
"""9·1 + 1 = 10, 9·9 + 9 = 90, 9·99 + 99 = 990 parameters."""


def test_variants_that_are_expected() -> None:
    expect = {"params": 10, "variants": {"wide": 90, "wider": 991}}
    report = lint(linear("$d"), **SIZED, expect=expect)
    assert told(report)["variants"] == [
        "wide 90 parameters ✓",
        "wider 990 parameters ✗ differs",
    ]
    assert tones(report, "variants")["✓"] == "good"


def test_only_variants_that_something_binds_are_told() -> None:
    assert "variants" not in told(lint(linear("$d"), **SIZED))
    lines = told(lint(linear("$d"), **SIZED, expect={"variants": {"wide": 90}}))
    assert lines["variants"] == ["wide 90 parameters ✓"]


def test_a_budget_binds_every_variant() -> None:
    report = lint(linear("$d"), **SIZED, budget={"params": 500, "macs": 890})
    wide, wider = told(report)["variants"]
    assert wide.rstrip() == "wide 90 parameters"
    assert wider == "wider 990 parameters over budget: params and macs"
    assert tones(report, "variants") == {"over budget: params and macs": "bad"}


def test_a_variant_that_is_unknown() -> None:
    report = lint(linear("$d"), UNKNOWN, **SIZED, expect={"variants": {"wide": 90}})
    assert told(report)["variants"] == ["wide ≥ 90 parameters unknown"]

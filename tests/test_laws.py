"""Laws that hold for every network, tried on random ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlint.engine import lint_text
from nnlint.formats import render
from nnlint.terminal import Style

LAW = settings(max_examples=50, deadline=None)

widths = st.lists(st.integers(1, 10**6), min_size=2, max_size=7)
flags = st.lists(st.booleans(), min_size=6, max_size=6)


def text_of(layers: list[Any], width: int) -> str:
    return json.dumps({"nnlint": 1, "input": [width], "layers": layers})


def shown(text: str) -> dict[str, Any]:
    """The one file of the JSON format."""
    (entry,) = json.loads(render("json", [lint_text(text)], Style()))["files"]
    network: dict[str, Any] = entry["network"]
    return network


def perceptron(sizes: list[int], biases: list[bool]) -> str:
    layers: list[Any] = []
    for size, bias in zip(sizes[1:], biases, strict=False):
        layers += [{"type": "Linear", "out_features": size, "bias": bias}, "ReLU"]
    return text_of(layers[:-1], sizes[0])


def closed_form(sizes: list[int], biases: list[bool]) -> tuple[int, int]:
    weights = sum(before * after for before, after in pairwise(sizes))
    return weights, sum(size for size, bias in zip(sizes[1:], biases, strict=False) if bias)


@pytest.mark.parametrize(
    ("sizes", "last_bias", "weights", "biases", "params"),
    [([784, 16, 16, 10], True, 12_960, 42, 13_002),
     ([784, 16, 16, 10], False, 12_960, 32, 12_992),
     ([2, 2, 2], True, 8, 4, 12), ([1, 1], True, 1, 1, 2)],
)  # fmt: skip
def test_networks_from_the_textbook(
    sizes: list[int], weights: int, biases: int, params: int, *, last_bias: bool
) -> None:
    totals = shown(perceptron(sizes, [True] * (len(sizes) - 2) + [last_bias]))["totals"]
    assert (totals["weights"], totals["biases"], totals["params"]) == (weights, biases, params)
    assert totals["complete"]


@LAW
@given(sizes=widths, biases=flags)
def test_a_perceptron_has_its_closed_formula(sizes: list[int], biases: list[bool]) -> None:
    totals = shown(perceptron(sizes, biases))["totals"]
    weights, biased = closed_form(sizes, biases)
    assert (totals["weights"], totals["biases"]) == (weights, biased)
    assert totals["params"] == totals["trainable"] == weights + biased
    assert totals["macs"] == weights
    assert totals["bytes"] == 4 * (weights + biased)


@LAW
@given(sizes=widths, biases=flags, data=st.data())
def test_without_its_bias_a_layer_has_its_width_less(
    sizes: list[int], biases: list[bool], data: st.DataObject
) -> None:
    chosen = data.draw(st.integers(0, len(sizes) - 2))
    with_it = [bias or i == chosen for i, bias in enumerate(biases)]
    without = [bias and i != chosen for i, bias in enumerate(biases)]
    one, other = (shown(perceptron(sizes, flags))["totals"] for flags in (with_it, without))
    for column in ("params", "biases"):
        assert one[column] - other[column] == sizes[chosen + 1]
    assert one["weights"] == other["weights"]


LEAVES: tuple[Any, ...] = (
    "ReLU", "BatchNorm1d", "LayerNorm", "RMSNorm", "Flatten", "Dropout", "PReLU",
    {"type": "LayerNorm", "bias": False}, {"type": "Linear", "out_features": 6, "bias": False},
    {"type": "Linear", "out_features": 5, "repeat": 3}, {"type": "Linear", "in_features": 4,
    "out_features": 4}, {"type": "BatchNorm1d", "repeat": 10**9}, {"type": "Linear"}, "GLU",
    {"type": "Linear", "out_features": 7, "trainable": False},
)  # fmt: skip
"""Some do not fit, and one is refused: the columns must add up then, too."""


def grouped(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda layers, repeat: {"type": "Sequential", "layers": layers, "repeat": repeat},
        st.lists(children, min_size=1, max_size=3), st.integers(1, 10**6),
    )  # fmt: skip


networks = st.lists(
    st.recursive(st.sampled_from(LEAVES), grouped, max_leaves=6), min_size=1, max_size=6
)


@LAW
@given(layers=networks)
def test_every_column_adds_up_to_its_total(layers: list[Any]) -> None:
    network = shown(text_of(layers, 8))
    rows, totals = network["layers"], network["totals"]
    for column in ("weights", "biases", "params", "buffers"):
        assert sum(row[column] for row in rows) == totals[column]
    assert sum(row["macs"] or 0 for row in rows) == totals["macs"]
    assert sum(row["params"] for row in rows if not row["trainable"]) == totals["frozen"]
    assert totals["weights"] + totals["biases"] == totals["params"]
    assert totals["trainable"] + totals["frozen"] == totals["params"]
    assert all(row["weights"] + row["biases"] == row["params"] for row in rows)
    assert all(row["complete"] for row in rows) == totals["complete"]
    assert all(row["macs"] is not None for row in rows) == totals["macs_complete"]


@LAW
@given(layers=networks)
def test_the_derivation_of_a_row_gives_its_count(layers: list[Any]) -> None:
    """`3 × (8×5 + 5)` is plain arithmetic; Python's own reading of it is the second source."""
    for row in shown(text_of(layers, 8))["layers"]:
        if row["derivation"]:
            parts = row["derivation"].replace(",", "").strip(")").split(" × (")
            copies, terms = ([1, *parts] if len(parts) == 1 else parts)[-2:]
            assert int(copies) * sum(map(product, terms.split(" + "))) == row["params"]


def product(term: str) -> int:
    total = 1
    for factor in term.split("×"):
        total *= int(factor)
    return total


@LAW
@given(layers=networks)
def test_the_same_text_gives_the_same_answer(layers: list[Any]) -> None:
    text = text_of(layers, 8)
    first, second = (render("json", [lint_text(text)], Style()) for _ in range(2))
    assert first == second


def test_the_order_of_sets_shows_nowhere() -> None:
    layers = [
        {"type": "Liner", "bais": 1}, {"type": "Linear", "out": 2, "bias": "no", "x": 1},
        "Dense", {"type": "ReLU", "from": "a"}, {"type": "GELU", "approximate": 3},
    ]  # fmt: skip
    code = (
        "import sys; from nnlint.engine import lint_text; from nnlint.formats import render; "
        "from nnlint.terminal import Style; "
        "print(render('json', [lint_text(sys.argv[1])], Style()))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, text_of(layers, 8)],
            env={**os.environ, "PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }  # fmt: skip
    assert len(outputs) == 1

"""The layer table as CSV: its columns add up, and nothing unknown is a number."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nnlint import engine
from nnlint.formats import render
from nnlint.terminal import Style

if TYPE_CHECKING:
    from nnlint.report import Report

ROOT = Path(__file__).parent.parent.parent
SPECS = sorted((ROOT / "specs").glob("*.yaml"))
HEAD = "nnlint: 1\ninput: [784]\n"


def rows(*reports: Report) -> list[dict[str, str]]:
    text = render("csv", reports, Style())
    assert text.count("\n") == text.count("\r\n")
    return list(csv.DictReader(StringIO(text, newline=""), strict=True))


def test_readme_s_network() -> None:
    """784·16 + 16, 16·16 + 16, 16·10 + 10, as the README derives them."""
    read = rows(engine.lint_text((ROOT / "specs" / "mnist.yaml").read_text("utf-8"), "m.yaml"))
    linear = [one for one in read if one["type"] == "Linear"]
    assert [int(one["weights"]) for one in linear] == [784 * 16, 16 * 16, 16 * 10]
    assert [int(one["biases"]) for one in linear] == [16, 16, 10]
    assert [one["address"] for one in read] == ["Linear", "ReLU", "Linear", "ReLU", "logits"]
    assert [one["index"] for one in read] == ["1", "2", "3", "4", "5"]
    assert [one["output"] for one in read] == ["[16]", "[16]", "[16]", "[16]", "[10]"]
    assert {one["path"] for one in read} == {"m.yaml"}
    assert linear[0]["derivation"] == "784×16 + 16"
    assert [one["bias"] for one in read] == ["true", "", "true", "", "true"]


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_columns_add_up_to_the_totals(spec: Path) -> None:
    report = engine.lint_text(spec.read_text("utf-8"), spec.name)
    graphs = [one for one in (report.graph, *(v.graph for v in report.variants)) if one]
    read = rows(report)
    assert {one["variant"] for one in read} == {graph.variant or "" for graph in graphs}
    for graph in graphs:
        own = [one for one in read if one["variant"] == (graph.variant or "")]
        for key in ("weights", "biases", "moving", "params", "buffers", "macs"):
            assert sum(int(one[key]) for one in own) == getattr(graph.totals, key), key
        for one in own:
            parts = (int(one[key]) for key in ("weights", "biases", "moving"))
            assert sum(parts) == int(one["params"])


def test_what_is_unknown_is_empty_or_at_least() -> None:
    layers = """\
layers:
  - {type: Custom, output: [4]}
  - {type: Custom, parameters: {}, output: [4], macs: 0}
  - {type: Sequential, layers: [{type: Linear, in_features: 3, out_features: 10}]}
"""
    unknown, none, broken = rows(engine.lint_text(HEAD + layers, "a.yaml"))
    for key in ("weights", "biases", "params", "buffers"):
        assert (unknown[key], none[key], broken[key]) == ("", "0", "")
    assert (unknown["macs"], none["macs"]) == ("", "0")
    assert (unknown["complete"], none["complete"]) == ("false", "true")


def test_files_without_a_network_have_no_rows() -> None:
    assert rows(engine.lint_text("nnlint: 1\nlayers: [", "a.yaml")) == []
    assert rows() == []


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", " =", "＝"])
def test_no_name_is_a_formula(begin: str) -> None:
    name = f"{begin}cmd|' /C calc'!A0.yaml"
    (one,) = rows(engine.lint_text(f"{HEAD}layers: [ReLU]\n", name))
    assert one["path"] == f"'{name}"


def test_tab_is_spelled_out() -> None:
    (one,) = rows(engine.lint_text(f"{HEAD}layers: [ReLU]\n", "\t=1.yaml"))
    assert one["path"] == "\\t=1.yaml"

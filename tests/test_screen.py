"""The real command on every spec, on screens of every width: nothing is cut, all adds up."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from nnlint import cli

SPECS = sorted((Path(__file__).parent.parent / "specs").glob("*.yaml"))
WIDTHS = (40, 60, 80, 100, 160, 200)
TITLES = ("#", "Layer", "Output", "Bias", "Weights", "Biases", "Moving", "Params", "MACs",
          "Share", "Derivation")  # fmt: skip
ADDED = ("weights", "biases", "moving", "params", "active", "macs", "buffers")

each_spec = pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
each_width = pytest.mark.parametrize("width", WIDTHS)


def run(*argv: str) -> str:
    out, err = io.StringIO(), io.StringIO()
    assert cli.main(argv, out, err) == 0
    assert err.getvalue() == ""
    return out.getvalue()


@cache
def network(spec: Path, variant: str | None = None) -> dict[str, Any]:
    """What the JSON format tells of a spec."""
    more = ["--variant", variant] if variant else []
    (file,) = json.loads(run(str(spec), "--format", "json", *more))["files"]
    found: dict[str, Any] = file["network"]
    return found


def columns(line: str) -> int:
    """How many columns a line takes on a screen."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in line)
    return len(line) + wide - sum(unicodedata.combining(char) > 0 for char in line)


def numbers(text: str) -> list[str]:
    """Every number that stands whole in the text, with its separators."""
    return re.findall(r"(?<![\w,.])\d{1,3}(?:,\d{3})*(?![\w]|[,.]\d)", text)


def header(screen: str) -> list[str]:
    """The titles of the table; none where rows are stacked."""
    line = next(
        (line for line in screen.splitlines() if line.split()[:2] == ["#", "Layer"]), ""
    )
    return line.split()


def header_line(screen: str) -> str:
    return next(line for line in screen.splitlines() if line.split()[:2] == ["#", "Layer"])


# One screen


@pytest.fixture
def drawn(spec: Path, width: int, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    return run(str(spec))


@each_width
@each_spec
def test_a_screen_shows_all_of_a_spec(spec: Path, width: int, drawn: str) -> None:
    assert_within(drawn, width)
    assert_totals_whole(drawn, network(spec))
    assert_rows_whole(drawn, network(spec))
    assert_dropped_is_said(drawn, network(spec), width)
    if header(drawn):
        assert_total_row(drawn, network(spec))


def assert_within(screen: str, width: int) -> None:
    assert [line for line in screen.splitlines() if columns(line) > width] == []


def assert_totals_whole(screen: str, shown: dict[str, Any]) -> None:
    """Every total, every variant's and every budget's number, with all its digits."""
    totals, found = shown["totals"], set(numbers(screen))
    counts = [totals[key] for key in ("weights", "biases", "params", "macs", "bytes")]
    counts += [totals[key] for key in ("frozen", "active", "tied", "moving") if totals[key]]
    counts += [variant["params"] for variant in shown["variants"]]
    counts += [line[key] for line in shown["budget"] for key in ("used", "limit")
               if line["metric"] != "layer_share"]  # fmt: skip
    assert [count for count in counts if f"{count:,}" not in found] == []


def assert_rows_whole(screen: str, shown: dict[str, Any]) -> None:
    """The numbers of each layer stand as often as there are layers that have them."""
    found = numbers(screen)
    for key in ("weights", "params"):
        counts = [f"{layer[key]:,}" for layer in shown["layers"] if layer["params"]]
        missing = [one for one in set(counts) if found.count(one) < counts.count(one)]
        assert missing == [], key


def assert_dropped_is_said(screen: str, shown: dict[str, Any], width: int) -> None:
    titles = header(screen)
    if not titles:
        return
    without = set() if shown["totals"]["moving"] else {"Moving"}
    gone = [title for title in TITLES if title not in {*titles, *without}]
    said = f"not shown in {width} columns: {', '.join(gone)}\n"
    assert (said in screen) == bool(gone)
    assert ("not shown" in screen) == bool(gone)


def assert_total_row(screen: str, shown: dict[str, Any]) -> None:
    """The table's last row has the totals of the JSON, each below its title."""
    row = next(line for line in screen.splitlines() if line.split()[:1] == ["Total"])
    at = {title: header_line(screen).index(title) + len(title) for title in header(screen)}
    for title in ("Weights", "Biases", "Moving", "Params", "MACs"):
        if title in at:
            assert row[: at[title]].split()[-1] == f"{shown['totals'][title.lower()]:,}"


@each_spec
def test_a_wide_screen_is_never_stacked(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers of the largest network take 100 columns with their names."""
    monkeypatch.setenv("COLUMNS", "100")
    assert header(run(str(spec)))


@each_spec
def test_a_folded_table_keeps_the_total_row(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    screen = run(str(spec), "--depth", "1")
    assert_within(screen, 160)
    assert_total_row(screen, network(spec))


@each_width
def test_all_specs_in_one_table(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    screen = run(*map(str, SPECS))
    assert_within(screen, width)
    totals = [network(spec)["totals"] for spec in SPECS]
    found = set(numbers(screen))
    assert [one["params"] for one in totals if f"{one['params']:,}" not in found] == []
    assert f"{sum(one['params'] for one in totals):,}" in found


@pytest.mark.parametrize("spec", SPECS[::8], ids=lambda path: path.stem)
def test_colours_change_no_character(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    colored = re.sub(r"\x1b\[[0-9;]*m", "", run(str(spec), "--color", "always"))
    lines = [line.rstrip() for line in colored.splitlines()]
    assert lines == run(str(spec), "--color", "never").splitlines()


# The JSON


def variants_of(spec: Path) -> list[str | None]:
    return [None, *yaml.safe_load(spec.read_text("utf-8")).get("variants", {})]


CASES = [(spec, variant) for spec in SPECS for variant in variants_of(spec)]


@pytest.mark.parametrize(("spec", "variant"), CASES, ids=lambda one: getattr(one, "stem", one))
def test_columns_of_the_json_add_up(spec: Path, variant: str | None) -> None:
    shown = network(spec, variant)
    for column in ADDED:
        total = sum(layer[column] or 0 for layer in shown["layers"])
        assert total == shown["totals"][column], column
    assert all(
        one["weights"] + one["biases"] + one["moving"] == one["params"]
        for one in [*shown["layers"], shown["totals"]]
    )


@pytest.mark.parametrize(("spec", "variant"), CASES, ids=lambda one: getattr(one, "stem", one))
def test_a_variant_alone_is_the_variant_beside_its_base(
    spec: Path, variant: str | None
) -> None:
    beside = {one["name"]: one for one in network(spec)["variants"]}
    if variant in beside:
        alone = network(spec, variant)
        assert alone["variant"] == variant
        assert alone["totals"]["params"] == beside[variant]["params"]
        assert alone["totals"]["macs"] == beside[variant]["macs"]


@each_spec
def test_the_declared_counts_are_the_computed_ones(spec: Path) -> None:
    """What the spec expects is the published figure: the second source of its totals."""
    expected = yaml.safe_load(spec.read_text("utf-8"))["expect"]
    for key in ("params", "macs", "active", "trainable"):
        assert network(spec)["totals"][key] == expected.get(key, network(spec)["totals"][key])
    for name, params in expected.get("variants", {}).items():
        assert network(spec, name)["totals"]["params"] == params

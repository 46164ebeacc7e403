"""`nnlint explain`, `nnlint rules`, `nnlint schema`."""

from __future__ import annotations

import io
import json

import pytest

from nnlint import cli, published, rules
from nnlint.layers import layer_types


def run(*argv: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return cli.main(argv, out, err), out.getvalue(), err.getvalue()


@pytest.mark.parametrize("code", rules.codes())
def test_every_rule_has_a_page(code: str) -> None:
    exit_code, out, err = run("explain", code)
    rule = rules.find(code)
    assert rule
    assert (exit_code, err) == (0, "")
    assert f"{code} {rule.name} ({rule.severity.value})" in out
    assert rule.reference in out
    assert ("Ignore" in out) == rule.ignorable


@pytest.mark.parametrize("name", sorted(layer_types()))
def test_every_layer_has_a_page(name: str) -> None:
    exit_code, out, err = run("explain", name)
    assert (exit_code, err) == (0, "")
    layer = layer_types()[name]
    assert all(key in out for key in layer.attributes)
    assert all(size in out for size in layer.formula.values())


def test_the_page_of_linear_shows_its_formula_worked_out() -> None:
    _, out, _ = run("explain", "Linear")
    assert "in_features × out_features" in out
    assert "784×16 + 16 = 12,560 parameters" in out  # 784 · 16 + 16


def test_names_codes_and_keras_names_lead_to_pages() -> None:
    assert run("explain", "redundant-bias")[1] == run("explain", "nn301")[1]
    assert run("explain", "Dense")[1] == run("explain", "Linear")[1]


def test_an_unknown_name_is_exit_2_with_a_suggestion_and_the_others_still_show() -> None:
    exit_code, out, err = run("explain", "Linaer", "ReLU")
    assert exit_code == 2
    assert out.startswith("ReLU\n")
    words = "there is no rule or layer 'Linaer', and no such file"
    assert err == f"nnlint: {words}; did you mean 'Linear'?\n"


def test_the_list_of_layers_has_all() -> None:
    _, out, _ = run("explain", "layers")
    assert set(layer_types()) <= set(out.split())


def test_the_list_of_rules_has_all_with_severity() -> None:
    _, out, _ = run("rules")
    lines = {line.split()[0]: line.split()[1] for line in out.splitlines() if "NN" in line[:6]}
    assert list(lines) == rules.codes()
    assert lines["NN301"] == "warning"
    assert lines["NN501"] == "error"


def test_the_schema_command_prints_the_schema() -> None:
    exit_code, out, _ = run("schema")
    assert exit_code == 0
    assert json.loads(out) == published.json_schema()


def test_a_page_fits_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    prose = [line for line in run("explain", "NN301")[1].splitlines() if line.startswith("  ")]
    assert max(map(len, prose)) <= 60

"""Budgets of every metric and scope, whoever sets them; and advice that is true."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nnlint import comparison
from nnlint.budget import trials
from nnlint.budget.ceiling import read
from nnlint.cli import main
from nnlint.engine import lint_text
from nnlint.policy import Policy

if TYPE_CHECKING:
    from pathlib import Path

    from nnlint.finding import Finding
    from nnlint.report import Report

WIDE, NARROW = 9, 4


def spec(**top: object) -> str:
    """9 → 9 (named a, frozen), BatchNorm1d, ReLU → 4 (named b, no bias); on many lines."""
    layers = [
        {"type": "Linear", "out_features": WIDE, "name": "a", "trainable": False},
        "BatchNorm1d",
        "ReLU",
        {"type": "Linear", "out_features": NARROW, "name": "b", "bias": False},
    ]
    whole = {"nnlint": 1, "input": [WIDE], "layers": layers, **top}
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in whole.items())


A, NORM, B = WIDE * WIDE + WIDE, 2 * WIDE, WIDE * NARROW
AMOUNTS = {
    "params": A + NORM + B,
    "trainable": NORM + B,
    "biases": WIDE + WIDE,  # of a, and the norm's
    "buffers": 2 * WIDE + 1,  # the mean and the variance of each feature, and a counter
    "macs": WIDE * WIDE + B,
    "size": 4 * (A + NORM + B),
}


def codes(report: Report) -> list[str]:
    return [one.rule.code for one in report.findings]


def broken(report: Report) -> list[Finding]:
    return [one for one in report.findings if one.rule.code == "NN901"]


# --- metrics and scopes ---------------------------------------------------------------------


@pytest.mark.parametrize("metric", AMOUNTS)
@pytest.mark.parametrize("form", [lambda most: most, lambda most: {"max": most}])
def test_each_metric_at_and_above_its_limit(metric: str, form: Any) -> None:
    amount = AMOUNTS[metric]
    assert codes(lint_text(spec(budget={metric: form(amount)}))) == ["NN902"]
    (finding,) = lint_text(spec(budget={metric: form(amount - 1)})).findings
    assert finding.rule.code == "NN901"
    assert "1 too much" in finding.message


@pytest.mark.parametrize(("dtype", "bits"), [("float64", 64), ("int8", 8), ("int4", 4)])
def test_a_size_at_a_dtype_of_its_own(dtype: str, bits: int) -> None:
    """Whatever the spec's own is."""
    size = -(-AMOUNTS["params"] * bits // 8)
    for own in ("float32", "int4"):
        for most, code in ((size, "NN902"), (size - 1, "NN901")):
            limit = {"size": {"max": most, "dtype": dtype}}
            report = lint_text(spec(dtype=own, budget=limit))
            assert codes(report) == [code]
            assert f"size as {dtype}: " in report.findings[0].message


def test_activations_of_a_network_and_of_a_layer() -> None:
    """Of a layer they are its output: b gives 4 numbers of 4 bytes."""
    for most, code in ((4 * NARROW, "NN902"), (4 * NARROW - 1, "NN901")):
        limit = {"layers": {"b": {"activations": most}}}
        assert codes(lint_text(spec(budget=limit))) == [code]
    whole = lint_text(spec(budget={"activations": 0})).limits[0]
    assert whole.used >= 4 * (WIDE + NARROW)  # what b reads and what it gives, at once


PARTS = {
    "nnlint": 1,
    "input": [8],
    "blocks": {"mlp": {"layers": [{"type": "Linear", "out_features": 8}, "ReLU",
                                  {"type": "Linear", "out_features": 8, "name": "out"}]}},
    "layers": [
        {"type": "Linear", "out_features": 8, "name": "stem"},
        {"block": "mlp", "repeat": 3, "name": "body"},
        {"block": "mlp"},
        {"type": "Linear", "out_features": 8},
    ],
}  # fmt: skip
ONE = 8 * 8 + 8
"""Parameters of each of its layers: stem, 3 × 2 in body, 2 in mlp, the last."""


@pytest.mark.parametrize(
    ("pattern", "used"),
    [
        ("stem", {"stem": 1}),
        ("st?m", {"stem": 1}),
        ("s*", {"stem": 1}),
        ("body", {"body": 6}),
        ("body/out", {"body/out": 3}),
        ("mlp", {"mlp": 2}),
        ("*out", {"body/out": 3, "out": 1}),
        ("Linear", {"Linear": 1, "Linear #2": 1}),
        ("[sb]*", {"stem": 1, "body": 6, "body/Linear": 3, "body/ReLU": 0, "body/out": 3}),
    ],
)
def test_layers_and_parts_by_name_or_pattern(pattern: str, used: dict[str, int]) -> None:
    text = json.dumps({**PARTS, "budget": {"layers": {pattern: {"params": 10**6}}}})
    report = lint_text(f"{text}\n")
    assert {one.what.part: one.used for one in report.limits} == {
        name: number * ONE for name, number in used.items()
    }


def test_the_share_of_a_part_is_that_of_its_heaviest_copy() -> None:
    limit = {"layers": {"body": {"layer_share": "1%"}}}
    (line,) = lint_text(json.dumps({**PARTS, "budget": limit})).limits
    assert line.used == Fraction(ONE, 10 * ONE)


def test_a_pattern_that_names_nothing_is_a_mistake() -> None:
    report = lint_text(spec(budget={"layers": {"c": {"params": 5}, "aa": {"params": 5}}}))
    assert codes(report) == ["NN905", "NN905"]
    assert "did you mean 'a'?" in {one.help for one in report.findings}


# --- what may be written --------------------------------------------------------------------

MISTAKES = [
    ({"params": {"max": "15 k"}}, "NN108", "write 15k"),
    ({"params": {"maximum": 5}}, "NN103", "it takes max, max_increase,"),
    ({"params": {"max": 5, "level": "err"}}, "NN104", "did you mean 'error'?"),
    ({"params": [5]}, "NN101", "expected a count"),
    ({"layers": [{"a": 5}]}, "NN101", "expected a map of layers"),
    ({"layers": {"a": 5}}, "NN101", "write {params: 5}"),
    ({"layers": {"a": "3k"}}, "NN101", "write {params: 3k}"),
    ({"layers": [5]}, "NN101", "for example {stem/*: {params: 10k}}"),
    ({"layers": {"a": {}}}, "NN102", "sets no limit"),
    ({"layers": {"a": {"warn_at": "50%"}}}, "NN102", "sets no limit"),
    ({"layers": {"a": {"layers": {"b": {"params": 5}}}}}, "NN103", "takes no key 'layers'"),
    ({"parms": 5}, "NN103", "did you mean 'params'?"),
    ({"flops": 5}, "NN103", "it takes params, trainable,"),
    ({"params": -1}, "NN106", "expected a count"),
    ({"params": "$x"}, "NN108", "write the number here"),
    ({"params": {"max": "$x"}}, "NN108", "write the number here"),
    ({"params": {"max": 5, "max_increase_pct": "5"}}, "NN108", "a percentage such as 5%"),
    ({"params": {"max": 5, "max_increase_pct": "5"}}, "NN108", "remove the quotes: 5"),
    ({"params": {"max_increase": "10"}}, "NN108", "remove the quotes: 10"),
    ({"size": {"max": "10"}}, "NN108", "remove the quotes: 10"),
    ({"params": {"max_increase": "5%"}}, "NN108", "write max_increase_pct: 5%"),
    ({"params": "3KB"}, "NN108", "write 3k (a count, which has no bytes)"),
    ({"size": "64K"}, "NN108", "write 64 kB (of 1000 bytes) or 64 KiB (of 1024)"),
    ({"params": {"max_increase": -1}}, "NN106", "expected a count"),
    ({"params": {"max_increase": "1.0005k"}}, "NN108", "no whole number"),
    ({"params": {"max": 5, "dtype": "int8"}}, "NN103", "takes no key 'dtype'"),
    ({"size": {"max": 5, "dtype": "int9"}}, "NN104", "did you mean 'int8'?"),
    ({"size": "5 KB"}, "NN108", "write 5 kB (of 1000 bytes) or 5 KiB (of 1024)"),
    ({"params": {}}, "NN111", "an empty map"),
    ({"params": {"level": "error"}}, "NN102", "add max, max_increase or max_increase_pct"),
    ({"params": {"message": "ask us"}}, "NN102", "sets no limit"),
    ({"params": {"warn_at": 0.5}}, "NN102", "sets no limit"),
    ({"params": {"max": 5, "warn_at": 90}}, "NN107", "write 90%"),
    ({"params": None}, "NN101", "expected a count"),
    ({"params": True}, "NN101", "expected a count"),
    ({"layer_share": 2}, "NN107", "a share such as 40%"),
]


@pytest.mark.parametrize(("budget", "code", "words"), MISTAKES, ids=repr)
def test_a_mistake_in_a_budget_is_one_finding(
    budget: dict[str, Any], code: str, words: str
) -> None:
    (finding,) = lint_text(spec(budget=budget)).findings
    assert finding.rule.code == code
    assert words in f"{finding.message} {finding.help}"
    assert finding.span.line == 4  # where the budget stands


@pytest.mark.parametrize(
    ("written", "whole"),
    [("3k", "{params: 3k}"), (3, "{params: 3}"), ("4 KiB", "{size: 4 KiB}"),
     ("80%", "{layer_share: 80%}"), ([3], "{params: 15k}")],
)  # fmt: skip
def test_a_bare_limit_is_shown_in_its_map(folder: Path, written: Any, whole: str) -> None:
    (finding,) = lint_text(spec(budget=written)).findings
    assert (finding.rule.code, finding.repair) == ("NN101", None)
    way = "for example" if isinstance(written, list) else "write"
    assert finding.help == f"{way} {whole}"
    (folder / "pyproject.toml").write_text(f"[tool.nnlint]\nbudget = {toml(written)}\n")
    run = Run("s.yaml")
    assert (run.code, run.out) == (2, "")
    assert run.err.endswith(f"expected a map: {way} {whole}\n")


class Run:
    """A run of the command line."""

    def __init__(self, *argv: str) -> None:
        out, err = StringIO(), StringIO()
        self.code = main(("--format", "concise", *argv), out, err)
        self.out, self.err = out.getvalue(), err.getvalue()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository with a spec in it."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "s.yaml").write_text(spec())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def toml(value: Any) -> str:
    """As TOML has it on one line."""
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(key)} = {toml(one)}" for key, one in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value)


IN_TOML = [one for one in MISTAKES if None not in one[0].values()]


@pytest.mark.parametrize(("budget", "code", "words"), IN_TOML, ids=repr)
@pytest.mark.parametrize("key", ["budget", "per-file-budgets"])
def test_the_same_mistake_in_a_configuration_is_one_line(
    folder: Path, budget: dict[str, Any], code: str, words: str, key: str
) -> None:
    value = budget if key == "budget" else {"*.yaml": budget}
    (folder / "pyproject.toml").write_text(f"[tool.nnlint]\n{key} = {toml(value)}\n")
    run = Run("s.yaml")
    assert (run.code, run.out) == (2, "")
    assert len(run.err.splitlines()) == 1
    assert f"pyproject.toml: {key}" in run.err
    assert words in run.err


@pytest.mark.parametrize(
    ("flag", "words"),
    [("params", "expected METRIC=LIMIT"), ("params=", "expected METRIC=LIMIT"),
     ("=5", "expected METRIC=LIMIT"), ("params:5", "expected METRIC=LIMIT"),
     ("params=15 k", "write 15k"), ("parms=5", "did you mean 'params'?"),
     ("a:parms=5", "did you mean 'params'?"), ("params=-1", "expected a count"),
     ("params.maximum=5", "takes no key 'maximum'"), ("params=$x", "expected a count"),
     ("params.level=err", "did you mean 'error'?"), ("a:params.warn_at=0.5", "sets no limit"),
     ("size.dtype=int8", "sets no limit"), ("a:b=c", "takes no key 'b'"),
     ("a.params=3", "of a layer: write --budget a:params=3\n"),
     ("layers.a.params=3", "of a layer: write --budget a:params=3\n"),
     ("a/b.params.max=3", "of a layer: write --budget a/b:params.max=3\n"),
     ("params.max_increase=5%", "write max_increase_pct: 5%\n")],
)  # fmt: skip
def test_a_mistake_in_a_flag_is_one_line(folder: Path, flag: str, words: str) -> None:
    run = Run("--budget", flag, "s.yaml")
    assert (run.code, run.out) == (2, "")
    assert len(run.err.splitlines()) == 1
    assert "--budget" in run.err
    assert words in run.err


@pytest.mark.parametrize(
    ("flags", "code"),
    [(["params=144"], 0), (["params=143"], 3), (["a:params=90"], 0), (["a:params=89"], 3),
     (["*:params=89"], 3), (["size=0.576 kB"], 0), (["size=575"], 3),
     (["params=100", "params.level=warning"], 0), (["params=100", "params.level=info"], 0),
     (["params=1k", "params=100"], 3), (["layer_share=62.5%"], 0), (["layer_share=0.6249"], 3),
     (["size=144", "size.dtype=int8"], 0), (["size=143", "size.dtype=int8"], 3)],
)  # fmt: skip
def test_flags_limit(folder: Path, flags: list[str], code: int) -> None:
    """144 parameters, of which a has 90, which are 62.5 %."""
    assert (A + NORM + B, A, Fraction(A, A + NORM + B)) == (144, 90, Fraction("0.625"))
    run = Run(*(word for flag in flags for word in ("--budget", flag)), "s.yaml")
    assert (run.code, run.err) == (code, "")


@pytest.mark.parametrize(
    "flag", ["params.max_increase=0", "a:params.max_increase_pct=0", "size.max_increase=1kB"]
)
def test_a_flag_that_only_a_change_is_held_against_says_so(folder: Path, flag: str) -> None:
    """No mistake: the action gives its options to `nnlint` and to `nnlint diff`."""
    run = Run("--budget", flag, "s.yaml")
    assert (run.code, run.out) == (0, "")
    assert run.err.endswith("held by nnlint diff, not here\n")
    assert Run("--budget", "params=1k", "s.yaml").err == ""


def test_a_message_is_told_to_whoever_breaks_it(folder: Path) -> None:
    limit = {"params": {"max": 1, "message": "ask the \x1b[31mteam\n::error::x"}}
    (folder / "s.yaml").write_text(spec(budget=limit))
    out = StringIO()
    main(("--no-table", "s.yaml"), out, StringIO())
    (line,) = [one for one in out.getvalue().splitlines() if "note:" in one]
    assert "ask the" in line
    assert "\x1b" not in line
    assert "\n::error" not in out.getvalue()


# --- nobody weakens the repository's --------------------------------------------------------

LAW = "[tool.nnlint.budget]\nparams = 100\n"
"""144 parameters are over it."""


def said(run: Run) -> bool:
    """Whether the repository's limit is said to be broken."""
    return "NN901] params: 144 used, but the budget in pyproject.toml is 100" in run.out


@pytest.mark.parametrize(
    "text",
    [
        spec(budget={"params": "1k"}),
        spec(budget={"params": {"max": 10, "level": "info"}}),
        spec(budget={"params": {"max": 10, "level": "warning"}}),
        spec(budget={"params": {"max": 100, "level": "info", "warn_at": 1}}),
        spec(budget={"params": 10}) + "# nnlint: ignore-file[NN901]\n",
        spec(budget={"params": {"max_increase_pct": "1000%"}}),
        spec(budget={"layers": {"*": {"params": "1k"}}}),
        spec(dtype="int4"),
        spec() + "# nnlint: ignore-file[NN901] we know\n",
        spec() + "# nnlint: ignore-file[NN9]\n",
        spec().replace("nnlint: 1\n", "nnlint: 1 # nnlint: ignore[NN901]\n"),
        "# nnlint: ignore[NN901]\n" + spec(),
        spec(variants={"small": {}}),
    ],
)
def test_a_spec_does_not(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(LAW)
    (folder / "s.yaml").write_text(text)
    run = Run("s.yaml")
    assert run.code in (1, 3)
    assert said(run)


def test_a_spec_that_ignores_its_own_limit_is_held_to_a_warning_of_the_repository(
    folder: Path,
) -> None:
    """Its own is an error, which matters more; the comment takes that alone."""
    law = "[tool.nnlint.budget]\nparams = {max = 100, level = 'warning'}\n"
    (folder / "pyproject.toml").write_text(law)
    (folder / "s.yaml").write_text(
        spec(budget={"params": 10}) + "# nnlint: ignore-file[NN901] not now\n"
    )
    assert said(Run("s.yaml"))


@pytest.mark.parametrize(
    "flags",
    [["--ignore", "NN901"], ["--ignore", "NN9"], ["--select", "NN3"], ["--budget", "params=1k"],
     ["--budget", "params=100", "--budget", "params.level=info"], ["--fail-on", "warning"]],
)  # fmt: skip
def test_a_flag_does_not(folder: Path, flags: list[str]) -> None:
    (folder / "pyproject.toml").write_text(LAW)
    run = Run(*flags, "s.yaml")
    assert run.code == 3
    assert said(run)


def test_the_environment_does_not(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "pyproject.toml").write_text(LAW)
    monkeypatch.setenv("NNLINT_IGNORE", "NN901")
    assert said(Run("s.yaml"))


@pytest.mark.parametrize(
    "nested",
    ["budget = {params = '1k'}", "ignore = ['NN901']", "severity = {NN901 = 'info'}",
     "per-file-ignores = {'*' = ['NN901']}", "select = ['NN3']",
     "budget = {params = {max = 100, level = 'info'}}"],
)  # fmt: skip
def test_a_nested_configuration_does_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch, nested: str
) -> None:
    (folder / "pyproject.toml").write_text(LAW)
    (folder / "sub").mkdir()
    (folder / "sub/pyproject.toml").write_text(f"[tool.nnlint]\n{nested}\n")
    (folder / "sub/s.yaml").write_text(spec())
    monkeypatch.chdir(folder / "sub")
    run = Run("s.yaml")
    assert run.code == 3
    assert "144 used, but the budget in" in run.out
    assert "is 100: 44 too much" in run.out


def test_a_link_does_not(folder: Path) -> None:
    """What binds under one name binds under each."""
    (folder / "pyproject.toml").write_text(
        "[tool.nnlint.per-file-budgets]\n'edge/*' = {params = 100}\n"
    )
    (folder / "edge").mkdir()
    (folder / "s.yaml").rename(folder / "edge/s.yaml")
    (folder / "link.yaml").symlink_to("edge/s.yaml")
    assert said(Run("link.yaml"))
    assert Run("edge/s.yaml").code == 3


def test_a_silenced_error_does_not_hide_that_nobody_knows(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.nnlint.budget]\nparams = '1k'\n")
    text = spec().replace('"BatchNorm1d"', '{"type": "Linear"}')
    (folder / "s.yaml").write_text(text + "# nnlint: ignore-file[NN102]\n")
    run = Run("s.yaml")
    assert run.code == 3
    assert (
        "error[NN903] params: the budget of 1,000 in pyproject.toml cannot be proven" in run.out
    )


@pytest.mark.parametrize(("name", "code"), [("edge/s.yaml", 3), ("core/s.yaml", 0)])
def test_files_by_glob(folder: Path, name: str, code: int) -> None:
    (folder / "pyproject.toml").write_text(
        "[tool.nnlint.per-file-budgets]\n"
        "'edge/*' = {params = 100}\n'core/*' = {params = '1k'}\n"
    )
    (folder / name).parent.mkdir()
    (folder / "s.yaml").rename(folder / name)
    assert Run(".").code == code


# --- what a change may add ------------------------------------------------------------------


def grown(old: str, new: str, variant: str | None = None) -> Report:
    """A change, judged as the command does."""
    before = lint_text(old, variant=variant)
    policy = Policy(base=comparison.graphs(before))
    return lint_text(new, variant=variant, policy=policy)


def one_layer(width: int, **top: object) -> str:
    """10·width parameters."""
    layer = {"type": "Linear", "out_features": width, "bias": False, "name": "a"}
    return json.dumps({"nnlint": 1, "input": [10], "layers": [layer], **top})


@pytest.mark.parametrize(
    ("limit", "old", "new", "breaks"),
    [
        ({"max_increase": 20}, 10, 12, False), ({"max_increase": 19}, 10, 12, True),
        ({"max_increase": 0}, 10, 10, False), ({"max_increase": 0}, 10, 9, False),
        ({"max_increase_pct": "20%"}, 10, 12, False), ({"max_increase_pct": 20}, 10, 12, False),
        ({"max_increase_pct": "19.999%"}, 10, 12, True),
        ({"max_increase_pct": 0}, 10, 10, False),
        ({"max_increase_pct": "150%"}, 10, 25, False),
        ({"max_increase_pct": "150%"}, 10, 26, True),
        ({"max_increase_pct": "33.3%"}, 3, 4, True),
        ({"max_increase_pct": "33.4%"}, 3, 4, False),
        ({"max_increase": 30, "max_increase_pct": "10%"}, 10, 12, True),
        ({"max_increase": 10, "max_increase_pct": "30%"}, 10, 12, True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("scope", [None, "a", "*"])
def test_an_increase_is_exact(
    limit: dict[str, Any], old: int, new: int, breaks: bool, scope: str | None
) -> None:
    limits = {"params": limit}
    budget = {"layers": {scope: limits}} if scope else limits
    found = codes(grown(one_layer(old), one_layer(new, budget=budget)))
    assert found == (["NN904"] if breaks else [])


def test_a_percentage_that_is_broken_never_looks_kept() -> None:
    """10·1000 parameters and 10 more are 0.1 % more."""
    new = one_layer(1001, budget={"params": {"max_increase_pct": "0.099%"}})
    (finding,) = grown(one_layer(1000), new).findings
    assert "from 10,000 to 10,010 (+10, +0.1 %)" in finding.message
    assert finding.message.endswith("no more than +0.099 %")


def test_what_is_new_grows_from_nothing() -> None:
    """Of a new layer every parameter is added, and any percentage of nothing is nothing."""
    extra = {"type": "Linear", "out_features": 3, "bias": False, "name": "b"}
    layers = [json.loads(one_layer(10))["layers"][0], extra]
    for limit, broken_ in (({"max_increase": 30}, []), ({"max_increase": 29}, ["NN904"]),
                           ({"max_increase_pct": "900%"}, ["NN904"])):  # fmt: skip
        budget = {"layers": {"b": {"params": limit}}}
        new = one_layer(10, layers=layers, budget=budget)
        assert [one for one in codes(grown(one_layer(10), new)) if one != "NN401"] == broken_


def with_variants(small: int, large: int, limit: int) -> str:
    layer = {"type": "Linear", "out_features": "$d", "bias": False}
    return json.dumps(
        {"nnlint": 1, "input": [10], "vars": {"d": small}, "variants": {"large": {"d": large}},
         "layers": [layer], "budget": {"params": {"max_increase": limit}}}
    )  # fmt: skip


@pytest.mark.parametrize("variant", [None, "large"])
def test_each_variant_is_held_to_itself(variant: str | None) -> None:
    old = with_variants(5, 8, 10)
    assert codes(grown(old, with_variants(5, 9, 10), variant)) == []
    (finding,) = grown(old, with_variants(5, 10, 10), variant).findings
    assert finding.rule.code == "NN904"
    assert "from 80 to 100 (+20, +25.0 %)" in finding.message or "(+20)" in finding.message


def test_an_increase_of_what_nobody_knows_cannot_be_proven() -> None:
    custom = json.dumps({"nnlint": 1, "input": [10], "layers": [{"type": "Custom"}]})
    new = json.loads(custom) | {"budget": {"params": {"max_increase": 5}}}
    (unknown_now,) = [
        one for one in grown(one_layer(3), json.dumps(new)).findings if one.rule.code == "NN903"
    ]
    assert unknown_now.rule.severity.value == "error"
    limited = one_layer(3, budget={"params": {"max_increase": 5}})
    (unknown_then,) = grown(custom, limited).findings
    assert (unknown_then.rule.code, unknown_then.rule.severity.value) == ("NN903", "warning")


# --- the advice is true ---------------------------------------------------------------------

ADVICE = re.compile(r"(\w+): (\d+) fits \((.+?)\)")
TOTALS = ["params", "trainable", "macs", "size", "biases", "activations"]

widths = st.integers(1, 40)
perceptrons = st.lists(
    st.fixed_dictionaries(
        {"type": st.just("Linear"), "out_features": widths, "bias": st.booleans()}
    ),
    min_size=1, max_size=4,
).map(lambda layers: ([9], layers))  # fmt: skip
convolutions = st.lists(
    st.fixed_dictionaries({
        "type": st.just("Conv2d"), "out_channels": st.sampled_from([4, 8, 12, 16]),
        "kernel_size": st.just(3), "padding": st.just(1), "groups": st.sampled_from([1, 2, 4]),
    }), min_size=1, max_size=4,
).map(lambda layers: ([4, 6, 6], layers))  # fmt: skip


def network(input_: list[int], layers: list[Any], **top: object) -> str:
    return json.dumps({"nnlint": 1, "input": input_, "layers": layers, **top})


# of most limits no single number decides
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)  # fmt: skip
@given(
    made=st.one_of(perceptrons, convolutions),
    metric=st.sampled_from(TOTALS),
    share=st.sampled_from([95, 80, 60, 40, 10]),
)
def test_what_is_said_to_fit_fits_and_one_more_does_not(
    made: tuple[list[int], list[Any]], metric: str, share: int
) -> None:
    """Written into the spec, the number keeps the budget, the outputs and all the peace."""
    input_, layers = made
    free = lint_text(network(input_, layers, budget={metric: 10**9}))
    assume(free.ok and free.limits[0].used)
    budget = {metric: int(free.limits[0].used * share / 100)}
    report = lint_text(network(input_, layers, budget=budget))
    (finding,) = broken(report)
    advice = ADVICE.search(finding.help or "")
    assume(advice)
    assert advice
    key, value, where = advice[1], int(advice[2]), advice[3]
    index = int(where.rpartition("#")[2]) - 1
    assert value < layers[index][key]

    def with_width(width: int) -> Report:
        other = [*layers[:index], {**layers[index], key: width}, *layers[index + 1 :]]
        return lint_text(network(input_, other, budget=budget))

    mended, wider = with_width(value), with_width(value + 1)
    assert mended.errors == ()
    assert mended.graph
    assert report.graph
    assert mended.graph.output.shape == report.graph.output.shape
    assert wider.errors  # over the limit still, or a width that does not divide


def test_a_variable_is_named_where_it_is_written() -> None:
    text = {
        "nnlint": 1, "input": [10], "vars": {"d": 20}, "variants": {"wide": {"d": 40}},
        "layers": [{"type": "Linear", "out_features": "$d"}, "ReLU",
                   {"type": "Linear", "out_features": 3}],
    }  # fmt: skip

    def params(d: int) -> int:
        return 10 * d + d + 3 * d + 3

    most = params(7)
    found = [
        one.help or ""
        for one in broken(lint_text(json.dumps({**text, "budget": {"params": most}})))
    ]
    # both are over, and the wide one, which uses more, is the one that is spoken of
    assert any("d: 7 fits (variants: wide)" in one for one in found)
    single = {**text, "variants": {}, "budget": {"params": most}}
    (alone,) = broken(lint_text(json.dumps(single)))
    assert "d: 7 fits (vars)" in (alone.help or "")
    text["budget"] = {"params": params(20)}
    (wide,) = broken(lint_text(json.dumps(text)))
    assert "d: 20 fits (variants: wide)" in (wide.help or "")


def test_nothing_is_advised_where_no_number_helps() -> None:
    """2 features in and out leave no smaller width; and of an unknown total none is known."""
    (tied,) = broken(
        lint_text(network([2], [{"type": "Linear", "out_features": 2}], budget={"params": 1}))
    )
    assert "fits" not in (tied.help or "")
    layers = [{"type": "Linear", "out_features": 99}, {"type": "Custom"}]
    (unknown,) = broken(lint_text(network([9], layers, budget={"params": 100})))
    assert "fits" not in (unknown.help or "")


@pytest.mark.parametrize(("dtype", "fits"), [("float16", 2), ("int8", 1)])
def test_the_dtype_that_is_said_to_fit_fits(dtype: str, fits: int) -> None:
    text = json.loads(network([9], [{"type": "Linear", "out_features": 9}]))
    text["budget"] = {"size": 90 * fits}
    (finding,) = broken(lint_text(json.dumps(text)))
    assert f"dtype: {dtype} fits" in (finding.help or "")
    assert lint_text(json.dumps({**text, "dtype": dtype})).errors == ()


def help_of(text: str) -> str:
    (finding,) = broken(lint_text(text))
    return finding.help or ""


def test_only_the_first_dtype_that_fits_is_spoken_of() -> None:
    """90 numbers are 360 bytes, 180 in halves, 90 in quarters."""
    layers = [{"type": "Linear", "out_features": 9}]
    told = help_of(network([9], layers, budget={"size": 200}))
    assert "dtype: float16 fits" in told
    assert told.count("dtype:") == 1


def test_a_layer_of_a_size_of_its_own_dtype_is_weighed_in_it() -> None:
    layers = [{"type": "Linear", "out_features": 9}]
    size = {"max": 90, "dtype": "float16"}
    assert help_of(network([9], layers, budget={"size": size})).startswith(
        "heaviest: Linear #1 180 B (100.0 %)"
    )


def test_what_weighs_nothing_is_not_among_the_heaviest() -> None:
    layers = [{"type": "Linear", "out_features": 9}, "ReLU"]
    told = help_of(network([9], layers, budget={"params": 50}))
    assert "heaviest: Linear #1 90 (100.0 %)" in told
    assert "ReLU" not in told


def test_of_a_part_its_own_layers_are_the_heaviest() -> None:
    """a of 9·9 + 9 and b of 9·4 + 4 in the part, c of 4·99 + 99 behind it."""
    inner = [{"type": "Linear", "out_features": 9, "name": "a"}, "ReLU",
             {"type": "Linear", "out_features": 4, "name": "b"}]  # fmt: skip
    part = {"type": "Sequential", "name": "part", "layers": inner}
    layers = [part, {"type": "Linear", "out_features": 99, "name": "c"}]
    told = help_of(network([9], layers, budget={"layers": {"part": {"params": 100}}}))
    assert "part/a 90 (69.2 %), part/b 40 (30.8 %)" in told
    assert "c 495" not in told


def test_a_single_layer_need_not_be_told_that_it_is_the_heaviest() -> None:
    layers = [{"type": "Linear", "out_features": 9, "name": "fc"}]
    assert "heaviest" not in help_of(
        network([9], layers, budget={"layers": {"fc": {"params": 50}}})
    )
    assert "heaviest" in help_of(network([9], layers, budget={"params": 50}))


def test_of_copies_that_differ_the_heaviest_is_held_against_a_share() -> None:
    """8·16 + 16 once, 16·16 + 16 twice: 272 of 688 in one copy."""
    layers = [{"type": "Linear", "out_features": 16, "repeat": 3}]
    told = help_of(network([8], layers, budget={"layer_share": "20%"}))
    assert told.startswith("heaviest: Linear #1 272 (39.5 %)")


def test_a_variable_that_is_computed_is_no_number_to_change() -> None:
    layers = [{"type": "Linear", "out_features": "$d"}, "ReLU",
              {"type": "Linear", "out_features": 3}]  # fmt: skip
    text = network([10], layers, vars={"x": 10, "d": "2*$x"}, budget={"params": 100})
    assert "d:" not in help_of(text)


def test_a_variable_that_a_variant_leaves_alone_is_changed_for_all() -> None:
    """Of d and e the variant has another e; both networks use 10·d + d and d·e + e."""
    layers = [{"type": "Linear", "out_features": "$d"}, "ReLU",
              {"type": "Linear", "out_features": "$e"}]  # fmt: skip
    text = network([10], layers, vars={"d": 20, "e": 3}, variants={"v": {"e": 4}},
                   budget={"params": 150})  # fmt: skip
    most = max(d for d in range(20) if 10 * d + d + 4 * d + 4 <= 150)
    helps = [one.help or "" for one in broken(lint_text(text))]
    assert any(f"d: {most} fits (vars)" in one for one in helps)


@pytest.mark.parametrize("width", [2, 3, 4, 40])
@pytest.mark.parametrize("fitting", [1, 2, 3, 39])
def test_the_largest_width_that_fits_is_told_if_it_is_more_than_one(
    width: int, fitting: int
) -> None:
    """10·w + w and 3·w + 3 parameters; a width of 1 is no network to advise."""
    layers = [{"type": "Linear", "out_features": width}, "ReLU",
              {"type": "Linear", "out_features": 3}]  # fmt: skip
    report = lint_text(network([10], layers, budget={"params": 14 * fitting + 3}))
    told = [one.help or "" for one in broken(report)]
    words = f"out_features: {fitting} fits (Linear #1)"
    assert len(told) == (fitting < width)
    assert [words in one for one in told] == [fitting > 1] * len(told)
    assert all("fits" not in one for one in told if fitting == 1)


def test_a_width_is_held_against_the_limit_of_its_own_layer() -> None:
    """10·8 of fc0 fit, and 10·30 of fc1 do not, but 10·8 would."""
    layers = [
        {"type": "Linear", "out_features": 8, "bias": False, "from": "x", "name": "fc0"},
        {"type": "Linear", "out_features": 30, "bias": False, "from": "x", "name": "fc1"},
        "ReLU", {"type": "Linear", "out_features": 3, "name": "end"},
    ]  # fmt: skip
    text = json.dumps({"nnlint": 1, "inputs": {"x": [10]}, "layers": layers,
                       "outputs": ["fc0", "end"],
                       "budget": {"layers": {"f*": {"params": 85}}}})  # fmt: skip
    assert "out_features: 8 fits (fc1)" in help_of(text)


def test_of_many_layers_each_that_is_over_is_told() -> None:
    """10·8, 10·9 and 10·7 parameters under one pattern: what is over, and all on the table."""
    layers = [
        {"type": "Linear", "out_features": width, "bias": False, "from": "x", "name": f"fc{n}"}
        for n, width in enumerate((8, 9, 7))
    ]
    text = json.dumps(
        {"nnlint": 1, "inputs": {"x": [10]}, "layers": layers, "outputs": ["fc0", "fc1", "fc2"],
         "budget": {"layers": {"f*": {"params": 70}}}}
    )  # fmt: skip
    report = lint_text(text)
    assert {one.message for one in broken(report)} == {
        "params of fc0: 80 used, but the budget is 70: 10 too much",
        "params of fc1: 90 used, but the budget is 70: 20 too much",
    }
    assert len({one.place for one in broken(report)}) == 2, "a baseline knows each by itself"
    assert [one.state for one in report.limits] == ["over", "over", "near"]


def test_advice_is_soon_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken limits of 200 layers lay the network out no more often than a few."""
    tried: list[str] = []
    changed = trials._changed

    def spied(data: Any, *given: Any) -> Any:
        tried.extend(["whole"] if isinstance(data, dict) and "nnlint" in data else [])
        return changed(data, *given)

    monkeypatch.setattr(trials, "_changed", spied)
    layers = [{"type": "Linear", "out_features": 64, "name": f"fc{n}"} for n in range(200)]
    limits = {f"fc{n}": {"params": 10} for n in range(200)}
    report = lint_text(network([64], layers, budget={"layers": limits}))
    assert len(broken(report)) == 200
    assert 0 < 200 * len(tried) <= 2 * trials.MOST_ROWS


# --- of several limits, and of what is known of each ------------------------------------------


def under_law(law: dict[str, Any], text: str) -> Report:
    """A spec under limits of its repository."""
    return lint_text(text, policy=Policy(ceilings=tuple(read(law, "pyproject.toml"))))


@pytest.mark.parametrize(("law", "own"), [(500, 400), (400, 500)])
def test_of_two_limits_the_lower_is_the_line_of_the_budget(law: int, own: int) -> None:
    report = under_law({"params": law}, spec(budget={"params": own}))
    assert [one.limit for one in report.limits] == [400]


@pytest.mark.parametrize(
    ("law", "own", "expected"),
    [
        # 144 are near 150 and over 100: the spec's own is told beside the repository's
        (150, 100, ["NN901", "NN902"]),
        (100, 150, ["NN901"]),
        (100, 90, ["NN901"]),
    ],
)
def test_what_is_told_of_two_limits(law: int, own: int, expected: list[str]) -> None:
    assert A + NORM + B == 144
    report = under_law({"params": law}, spec(budget={"params": own}))
    assert sorted(codes(report)) == expected


@pytest.mark.parametrize(("law", "own", "breaks"), [(19, 99, 1), (99, 19, 1), (99, 20, 0)])
def test_of_two_limits_on_an_increase_the_lower_holds(law: int, own: int, breaks: int) -> None:
    """2 more columns of 10 are 20 more."""
    before = lint_text(one_layer(10))
    ceilings = tuple(read({"params": {"max_increase": law}}, "pyproject.toml"))
    policy = Policy(base=comparison.graphs(before), ceilings=ceilings)
    new = one_layer(12, budget={"params": {"max_increase": own}})
    assert codes(lint_text(new, policy=policy)) == ["NN904"] * breaks


@pytest.mark.parametrize(("name", "gone"), [("a", False), ("z", True)])
@pytest.mark.parametrize(("pattern", "named"), [("a", True), ("nothing", False)])
def test_a_pattern_of_the_repository_must_not_lose_its_layer(
    name: str, gone: bool, pattern: str, named: bool
) -> None:
    """What named no layer before need not name one now."""
    before = lint_text(one_layer(10))
    ceilings = tuple(read({"layers": {pattern: {"params": "1k"}}}, "pyproject.toml"))
    policy = Policy(base=comparison.graphs(before), ceilings=ceilings)
    found = codes(lint_text(one_layer(10).replace('"a"', f'"{name}"'), policy=policy))
    assert found == (["NN905"] if gone and named else [])


@pytest.mark.parametrize(
    ("custom", "metric", "expected"),
    [
        ({"macs": 19}, "macs", []),  # its parameters are unknown, its MACs are not
        ({"macs": 19}, "params", ["NN903"]),
        ({"parameters": {"weight": [19]}}, "macs", ["NN903"]),
        ({"parameters": {"weight": [19]}}, "params", []),
    ],
)
def test_parameters_and_macs_are_known_apart(
    custom: dict[str, Any], metric: str, expected: list[str]
) -> None:
    text = network([9], [{"type": "Custom", **custom}], budget={metric: 1000})
    assert [code for code in codes(lint_text(text)) if code != "NN214"] == expected


def test_what_leaves_the_network_is_no_number_to_change() -> None:
    """45 of its 90 parameters would be left with 5 classes in place of 10."""
    layers = [{"type": "Linear", "out_features": 10}]
    (finding,) = broken(lint_text(network([8], layers, budget={"params": 60})))
    assert "fits" not in (finding.help or "")


def test_the_number_nearest_to_what_is_written_is_advised() -> None:
    """With a, b and 3 columns it has 9·a + a·b + 3·b parameters."""
    layers = [{"type": "Linear", "out_features": width, "bias": False} for width in (20, 40, 3)]
    spread: list[Any] = [layers[0], "ReLU", layers[1], "ReLU", layers[2]]
    text = network([9], spread, budget={"params": 1000})
    (finding,) = broken(lint_text(text))
    first = max(a for a in range(20) if 9 * a + a * 40 + 40 * 3 <= 1000)
    second = max(b for b in range(40) if 9 * 20 + 20 * b + b * 3 <= 1000)
    best = max((Fraction(first, 20), first), (Fraction(second, 40), second))[1]
    assert f"out_features: {best} fits" in (finding.help or "")


def test_a_dtype_of_its_own_is_not_to_be_changed() -> None:
    layers = [{"type": "Linear", "out_features": 9}]
    size = {"max": 90, "dtype": "float16"}
    (finding,) = broken(lint_text(network([9], layers, budget={"size": size})))
    assert "dtype:" not in (finding.help or "")


def test_the_layer_that_feeds_the_heavy_ones_is_asked() -> None:
    """Three heads of 500 leave the network; behind an activation 4 features reach them."""
    first = {"type": "Linear", "out_features": 4}
    heads = [
        {"type": "Linear", "out_features": 500, "from": "act", "name": f"head{n}"}
        for n in range(3)
    ]
    layers = [first, {"type": "ReLU", "name": "act"}, *heads]
    most = (2 * 3 + 3) + 3 * (3 * 500 + 500)
    outputs = [head["name"] for head in heads]
    text = network([2], layers, outputs=outputs, budget={"params": most})
    (finding,) = broken(lint_text(text))
    assert "out_features: 3 fits (Linear #1)" in (finding.help or "")


def test_a_share_of_a_part_leaves_out_what_stands_beside_it() -> None:
    """9·9 + 9 of all parameters stand in a, and 9·4 in b."""
    limit = {"layers": {"b": {"layer_share": "99%"}}}
    (line,) = lint_text(spec(budget=limit)).limits
    assert line.used == Fraction(B, A + NORM + B)


def test_the_copies_of_a_layer_weigh_together() -> None:
    """From 8 to 16 once, and twice from 16 to 16."""
    layers = [{"type": "Linear", "out_features": 16, "repeat": 3}]
    (finding,) = broken(lint_text(network([8], layers, budget={"params": 100})))
    weight = (8 * 16 + 16) + 2 * (16 * 16 + 16)
    assert f"heaviest: Linear #1 {weight} (100.0 %)" in (finding.help or "")


def test_each_layer_of_a_pattern_grows_from_what_it_was() -> None:
    """45 of a, then 5·20 + 20 of b: each adds nothing to its own."""
    widths = {"a": 5, "b": 20}
    a, b = ({"type": "Linear", "out_features": widths[name], "name": name} for name in widths)
    budget = {"layers": {"*": {"params": {"max_increase": 0}}}}
    text = network([8], [a, "ReLU", b], budget=budget)
    assert codes(grown(text, text)) == []


@pytest.mark.parametrize(
    ("origin", "expected"), [("budget=", ["NN905"]), ("pyproject.toml", [])]
)
def test_a_pattern_in_a_call_must_name_a_layer(origin: str, expected: list[str]) -> None:
    """It is written for this spec; a repository's is written for many."""
    ceilings = tuple(read({"layers": {"nothing": {"params": 5}}}, origin))
    assert codes(lint_text(spec(), policy=Policy(ceilings=ceilings))) == expected

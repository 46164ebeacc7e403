"""`--statistics`: a count for each rule instead of the findings."""

from __future__ import annotations

import json
from collections import Counter
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from nnlint import formats, rules, statistics
from nnlint.cli import main

DATA = Path(__file__).parent / "data"
BROKEN = str(DATA / "broken")
LOUD = str(DATA / "loud")


def lint(*argv: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    return main(argv, out, err), out.getvalue(), err.getvalue()


def found(*argv: str) -> list[dict[str, Any]]:
    """The findings one by one, as the format json tells them."""
    files = json.loads(lint(*argv, "--format", "json")[1])["files"]
    return [one for file in files for one in file["findings"]]


def counted(*argv: str) -> list[dict[str, Any]]:
    document: dict[str, Any] = json.loads(lint(*argv, "--statistics", "--format", "json")[1])
    assert document["version"] == statistics.VERSION
    entries: list[dict[str, Any]] = document["statistics"]
    return entries


@pytest.mark.parametrize("folder", [BROKEN, LOUD])
def test_counts_are_those_of_the_findings(folder: str) -> None:
    findings = found(folder)
    totals = Counter((one["code"], one["severity"]) for one in findings)
    fixable = Counter((one["code"], one["severity"]) for one in findings if one["fix"])
    entries = counted(folder)
    kinds = [(one["code"], one["severity"]) for one in entries]
    assert dict(zip(kinds, (one["count"] for one in entries), strict=True)) == totals
    assert {kind: one["fixable"] for kind, one in zip(kinds, entries, strict=True)} == {
        kind: fixable[kind] for kind in totals
    }
    for one in entries:
        rule = rules.find(one["code"])
        assert rule
        assert one["name"] == rule.name


def test_the_most_come_first() -> None:
    entries = counted(LOUD)
    counts = [one["count"] for one in entries]
    assert len(set(counts)) > 1  # or there is no order to see
    assert counts == sorted(counts, reverse=True)
    for one, other in pairwise(entries):
        assert one["count"] > other["count"] or one["code"] <= other["code"]


@pytest.mark.parametrize("form", ["full", "concise"])
def test_a_line_a_rule(form: str) -> None:
    lines = lint(LOUD, "--statistics", "--format", form)[1].splitlines()
    entries = counted(LOUD)
    assert len(lines) == len(entries) + 1
    for line, one in zip(lines, entries, strict=False):
        mark = ["[*]"] if one["fixable"] else []
        words = [f"{one['count']:,}", one["code"], one["severity"], *mark, one["name"]]
        assert line.split() == words
    assert (
        len({line.index(one["name"]) for line, one in zip(lines, entries, strict=False)}) == 1
    )
    assert lines[-1].startswith("[*]")
    assert all(flag in lines[-1] for flag in ("--fix", "--unsafe-fixes", "--update-expect"))


@pytest.mark.parametrize("level", ["never", "error", "warning"])
@pytest.mark.parametrize("path", [BROKEN, LOUD, str(DATA.parent.parent / "specs"), "gone.yaml"])
def test_the_exit_code_and_what_was_not_read_stay(path: str, level: str) -> None:
    argv = (path, "--fail-on", level)
    plain, short = lint(*argv), lint(*argv, "--statistics")
    assert (short[0], short[2]) == (plain[0], plain[2])


def test_nothing_found_is_nothing_said(tmp_path: Path) -> None:
    spec = tmp_path / "a.yaml"
    spec.write_text("nnlint: 1\ninput: [2]\nlayers: [{type: Linear, out_features: 1}]\n")
    assert lint(str(spec), "--statistics") == (0, "", "")
    assert counted(str(spec)) == []


@pytest.mark.parametrize("paths", [(LOUD,), (BROKEN,), (LOUD, "gone.yaml"), ("gone.yaml",)])
def test_json_tells_what_became_of_the_inputs(paths: tuple[str, ...]) -> None:
    whole, short = (
        json.loads(lint(*paths, "--format", "json", *more)[1])["summary"]
        for more in ((), ("--statistics",))
    )
    assert short == whole
    assert (short["unreadable"] > 0) == ("gone.yaml" in paths)


@pytest.mark.parametrize("form", ["full", "concise"])
@pytest.mark.parametrize("paths", [(LOUD,), ()])
def test_the_last_line_tells_what_was_not_checked(paths: tuple[str, ...], form: str) -> None:
    read = lint(*paths, "--statistics", "--format", form)[1] if paths else ""
    out = lint(*paths, "gone.yaml", "--statistics", "--format", form)[1]
    last = lint(*paths, "gone.yaml")[1].splitlines()[-1]  # of full, which has it too
    assert "1 input not checked" in last
    assert out == f"{read}{last}\n"
    assert "not checked" not in read


def test_quiet_counts_what_fails() -> None:
    errors = Counter(one["code"] for one in found(BROKEN) if one["severity"] == "error")
    assert errors
    assert len(found(BROKEN)) > errors.total()  # or quiet had nothing to leave out
    lines = lint(BROKEN, "--statistics", "-q")[1].splitlines()
    assert {line.split()[1] for line in lines if not line.startswith("[*]")} == set(errors)


@pytest.mark.parametrize("form", sorted({*formats.names()} - {*statistics.FORMATS}))
def test_other_formats_are_a_usage_error(form: str) -> None:
    code, out, err = lint(BROKEN, "--statistics", "--format", form)
    assert (code, out) == (2, "")
    assert err.startswith(f"nnlint: --statistics does not go with --format {form}")


def test_a_patch_holds_no_counts() -> None:
    code, out, err = lint(BROKEN, "--statistics", "--diff")
    assert (code, out) == (2, "")
    assert "--diff" in err


def test_files_that_are_written_hold_the_findings(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    lint(BROKEN, "--statistics", "--output", f"json={target}")
    assert json.loads(target.read_text())["files"]

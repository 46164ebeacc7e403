"""The summary of a step: appended where GitHub says, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nnlint import step_summary
from tests.test_cli import BROKEN, CLEAN, lint, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "runner" / "summary.md"
    file.parent.mkdir()
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    return file


def test_it_is_appended(summary: Path) -> None:
    summary.write_text("# before\n")
    assert lint(write("a.yaml", BROKEN), "--format", "github").code == 1
    first = summary.read_text("utf-8")
    assert first.startswith("# before\n")
    assert "NN201" in first
    lint("a.yaml", "--format", "github")
    assert summary.read_text("utf-8") == first + first.removeprefix("# before\n")


@pytest.mark.parametrize(
    ("flags", "wanted"),
    [
        (["--format", "github"], True),
        (["--output", "github=g.txt"], True),
        (["--format", "github", "--output", "github=g.txt"], True),
        ([], False),
        (["--format", "sarif", "--output", "json=r.json"], False),
        (["--format", "github", "--diff"], False),
        (["--format", "github", "--show-config"], False),
    ],
)
def test_only_with_its_format(flags: list[str], wanted: bool, summary: Path) -> None:
    lint(write("a.yaml", CLEAN), *flags)
    assert summary.exists() is wanted
    if wanted:
        comment = lint("a.yaml", "--format", "markdown").out
        once = "once, however often the format is asked for"
        assert summary.read_text("utf-8") == comment, once


def test_without_the_variable_there_is_none(
    monkeypatch: pytest.MonkeyPatch, summary: Path
) -> None:
    for setting in ("", None):
        if setting is None:
            monkeypatch.delenv("GITHUB_STEP_SUMMARY")
        else:
            monkeypatch.setenv("GITHUB_STEP_SUMMARY", setting)
        assert lint(write("a.yaml", CLEAN), "--format", "github") == (0, "", "")
    assert not summary.exists()


@pytest.mark.parametrize(("text", "code"), [(CLEAN, 0), (BROKEN, 1)])
def test_a_failure_is_a_line_and_no_other_exit_code(
    text: str, code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for path in (tmp_path, tmp_path / "gone" / "s.md", "nul\udcff/x"):
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
        run = lint(write("a.yaml", text), "--format", "github")
        assert run.code == code
        assert "the summary can't be written: " in run.err
        assert run.err.count("\n") == 1


def test_it_stays_below_github_s_limit(summary: Path) -> None:
    """Of a file above 1 MiB the runner says "not supported", and shows none of it."""
    text = ("é" * 1000 + "\n") * 300
    summary.write_text("x" * 1000)
    for _ in range(3):
        assert step_summary.append(str(summary), text) is None
    data = summary.read_bytes()
    assert 1024 * 1024 - 3000 < len(data) <= 1024 * 1024
    assert "The rest is left out" in data.decode()

"""`--quiet`: only what fails, and nothing at all where a run ends with 0."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest

from nnlint.cli import main
from nnlint.finding import Severity

HEAD = "nnlint: 1\ninput: [784]\n"
CLEAN = f"{HEAD}layers:\n  - {{type: Linear, out_features: 10}}\n"  # 784×10 + 10 = 7,850
FILES = {
    "clean": CLEAN,
    "broken": f"{HEAD}layers:\n  - {{type: Linear, in_features: 3, out_features: 10}}\n",
    "ambiguous": f"{CLEAN}  - {{type: LeakyReLU, negative_slope: 1e-3}}\n",
    "over": f"{CLEAN}budget: {{params: 7k}}\n",
    "near": f"{CLEAN}budget: {{params: 8k}}\n",
    "syntax": f"{HEAD}layers: [\n",
    "other": "services: {}\n",
}
LEVELS = ("never", "error", "warning", "info")


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(f"{name}.yaml").write_text(text)


def lint(*argv: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    return main(argv, out, err), out.getvalue(), err.getvalue()


def failing(level: str, *argv: str) -> list[tuple[str, int, int, str]]:
    """The places of the findings that fail, as the format json has them."""
    files = json.loads(lint(*argv, "--fail-on", level, "--format", "json")[1])["files"]
    ranks = {severity.value: severity.rank for severity in Severity}
    return [
        (file["path"], one["line"], one["column"], one["code"])
        for file in files
        for one in file["findings"]
        if level != "never" and ranks[one["severity"]] >= ranks[level]
    ]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("form", ["full", "concise"])
@pytest.mark.parametrize("name", [*FILES, "gone"])
def test_a_run_that_ends_with_0_says_nothing_and_another_says_why(
    name: str, form: str, level: str
) -> None:
    code, out, err = lint("-q", f"{name}.yaml", "--format", form, "--fail-on", level)
    assert code == lint(f"{name}.yaml", "--format", form, "--fail-on", level)[0]
    assert bool(out + err) is (code != 0)
    assert bool(err) is (code == 2)


@pytest.mark.parametrize("level", LEVELS)
def test_what_fails_is_shown_and_nothing_else(level: str) -> None:
    shown = lint("--quiet", ".", "--format", "concise", "--fail-on", level)[1].splitlines()
    expected = failing(level, ".")
    assert len(shown) == len(expected)
    for line, (path, row, column, code) in zip(shown, expected, strict=True):
        assert line.startswith(f"{path}:{row}:{column}: ")
        assert f"[{code}]" in line


def test_frames_stand_without_tables_and_sums() -> None:
    whole = lint("broken.yaml", "clean.yaml")[1]
    code, quiet, _ = lint("-q", "broken.yaml", "clean.yaml")
    assert code == 1
    assert whole.startswith(quiet)
    assert quiet.rstrip().endswith("it is inferred")
    assert "Total" in whole.removeprefix(quiet)
    assert "error in 2 files" in whole.removeprefix(quiet)


@pytest.mark.parametrize(
    "form", ["json", "sarif", "gitlab", "github", "junit", "csv", "markdown"]
)
def test_a_document_is_whole(form: str) -> None:
    argv = (".", "--format", form)
    code, out, err = lint("-q", *argv)
    assert (code, out) == lint(*argv)[:2]
    assert err == ""  # what was skipped is no failure


def test_files_that_are_written_are_whole() -> None:
    lint(".", "--output", "json=whole.json")
    lint("-q", ".", "--output", "json=quiet.json")
    assert Path("quiet.json").read_bytes() == Path("whole.json").read_bytes()


def test_what_could_not_be_checked_is_said_beside_what_fails() -> None:
    code, out, err = lint("-q", "gone.yaml", "broken.yaml", "--format", "concise")
    assert code == 2
    assert "NN201" in out
    assert err == "nnlint: gone.yaml: no such file or directory\n"


@pytest.mark.parametrize(
    "argv", [["--exclude", "*", "."], ["--budget", "nonesuch:params=1", "."]]
)
def test_why_nothing_was_checked_is_said(argv: list[str]) -> None:
    code, _, err = lint("-q", *argv)
    assert code == 2
    assert err == lint(*argv)[2]
    assert err


def test_fixes_are_made_without_a_word() -> None:
    assert lint("-q", "--fix", "ambiguous.yaml") == (0, "", "")
    assert Path("ambiguous.yaml").read_text() != FILES["ambiguous"]


def test_a_patch_is_what_was_asked_for() -> None:
    code, patch, _ = lint("--diff", "ambiguous.yaml")
    assert lint("-q", "--diff", "ambiguous.yaml") == (code, patch, "")
    assert patch.startswith("--- ")


def test_differences_that_fail_nothing_are_silent() -> None:
    assert lint("diff", "clean.yaml", "near.yaml")[1]
    assert lint("diff", "-q", "clean.yaml", "near.yaml") == (0, "", "")
    code, out, err = lint("diff", "-q", "clean.yaml", "over.yaml")
    assert (code, err) == (3, "")
    assert "NN901" in out
    assert "Total" not in out


def test_quiet_and_verbose_are_opposites() -> None:
    code, out, err = lint("-q", "-v", "clean.yaml")
    assert (code, out) == (2, "")
    assert err == "nnlint: --quiet and --verbose are opposites: leave out one of them\n"

"""`--output FORMAT=FILE`: several reports of one run, each in a file of its own."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from nnlint import formats, outputs
from nnlint.outputs import Output
from tests.test_cli import AMBIGUOUS, BROKEN, CLEAN, OVER, lint, write

ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


def read(name: str) -> str:
    return Path(name).read_bytes().decode()


@pytest.mark.parametrize("text", [CLEAN, BROKEN, OVER])
def test_each_file_is_what_a_pipe_would_get(text: str) -> None:
    write("a.yaml", text)
    flags = [f"--output={name}=out/deep/{name}.txt" for name in formats.names()]
    shown = lint("a.yaml", "--color", "always", *flags)
    assert shown == lint("a.yaml", "--color", "always")
    for name in formats.names():
        piped = lint("a.yaml", "--format", name)
        assert read(f"out/deep/{name}.txt") == piped.out
        assert shown.code == piped.code


def test_what_was_there_is_replaced() -> None:
    write("a.yaml", CLEAN)
    write("r.json", "x" * 100_000)
    lint("a.yaml", "--output", "json=r.json")
    assert json.loads(read("r.json"))["summary"]["linted"] == 1
    assert sorted(path.name for path in Path().iterdir()) == ["a.yaml", "r.json"]


def test_an_equals_sign_may_stand_in_a_name() -> None:
    assert lint(write("a.yaml", CLEAN), "--output", "json=a=b.json").code == 0
    assert Path("a=b.json").exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["josn=x"], "did you mean 'json'?"),
        (["qqqq=x"], "it can be concise, csv"),
        (["=x"], "there is no format ''"),
        (["json"], "takes FORMAT=FILE"),
        ([""], "takes FORMAT=FILE"),
        (["json="], "names no file"),
        (["json=-"], "write --format json"),
        (["json=x", "csv=./x"], "two formats go into ./x"),
        (["json=a.yaml"], "a.yaml is one of the inputs"),
        (["json=./deep/../a.yaml"], "is one of the inputs"),
        (["json=link"], "link is one of the inputs"),
        (["json=hard"], "hard is one of the inputs"),
    ],
)
def test_wrong_use_is_2_before_anything_is_written(given: list[str], words: str) -> None:
    write("a.yaml", AMBIGUOUS)
    Path("deep").mkdir()
    Path("link").symlink_to("a.yaml")
    Path("hard").hardlink_to("a.yaml")
    flags = [f"--output={word}" for word in ["csv=fine.csv", *given]]
    run = lint("a.yaml", "--fix", *flags)
    assert (run.code, run.out) == (2, "")
    assert words in run.err
    assert run.err.count("\n") == 1
    assert read("a.yaml") == AMBIGUOUS
    assert not Path("fine.csv").exists()


def test_an_input_that_a_folder_holds_is_kept() -> None:
    write("specs/a.yaml", CLEAN)
    assert lint("specs", "--output", "json=specs/a.yaml").code == 2
    assert read("specs/a.yaml") == CLEAN


def test_what_can_t_be_written_stops_no_other() -> None:
    write("a.yaml", BROKEN)
    Path("folder").mkdir()
    write("file", "x")
    bad = ["json=folder", "csv=file/r.csv", "sarif=nul\0"]
    flags = [f"--output={word}" for word in [*bad, "junit=r.xml"]]
    run = lint("a.yaml", *flags)
    assert run.code == 2
    assert run.out == lint("a.yaml").out
    folder, file, name = run.err.splitlines()
    assert folder == "nnlint: folder: is not written: not a regular file"
    assert file.startswith("nnlint: file/r.csv: can't be written: ")
    assert name == "nnlint: nul\\x00: can't be written: no file can have that name"
    assert read("r.xml") == lint("a.yaml", "--format", "junit").out


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no such device here")
def test_a_device_stays_a_device() -> None:
    run = lint(write("a.yaml", CLEAN), "--output", "json=/dev/null")
    assert run.code == 2
    assert Path("/dev/null").is_char_device()


@pytest.mark.skipif(ROOT_USER, reason="root may write everywhere")
def test_a_folder_that_takes_no_file() -> None:
    Path("closed").mkdir(mode=0o500)
    run = lint(write("a.yaml", CLEAN), "--output", "json=closed/r.json")
    assert run.code == 2
    assert run.err == "nnlint: closed/r.json: can't be written: permission denied\n"


def test_fixes_leave_what_is_left() -> None:
    write("a.yaml", AMBIGUOUS)
    lint("a.yaml", "--fix", "--output", "json=r.json")
    assert json.loads(read("r.json"))["summary"]["warnings"] == 0


def test_a_difference_writes_nothing() -> None:
    run = lint(write("a.yaml", AMBIGUOUS), "--diff", "--output", "json=r.json")
    assert (run.code, run.out) == (2, "")
    assert "--diff" in run.err
    assert not Path("r.json").exists()


def test_a_run_without_inputs_still_has_its_reports() -> None:
    write("specs/ci.yml", "services: {}\n")
    assert lint("specs", "--output", "junit=r.xml").code == 0
    assert 'skipped="1"' in read("r.xml")


def test_any_command_can_use_it() -> None:
    """The names of the formats and the texts are the caller's."""
    (one,) = outputs.read(["diff=r.md"], ["diff"])
    assert one == Output("diff", "r.md")
    assert outputs.write([one], lambda name: f"{name} \ud800\n") == []
    assert read("r.md") == "diff \\ud800\n"

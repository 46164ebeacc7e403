"""Folders that are large, deep, or called what no folder should be."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.hostile.case import MARK, ROW
from tests.hostile.checking import MNIST, MNIST_PARAMS
from tests.hostile.measured import BYTES, assert_calm
from tests.test_forgery import ACTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.hostile.measured import Server

GOOD = f"{MARK}layers: [{ROW}]\n"
BAD = f"{MARK}layers:\n  - Linaer\n"
DEPTH = 2000


def test_one_bad_file_among_10_000(warm: Server, tmp_path: Path) -> None:
    """All but a few are no specs, as in a repository of other YAML; the bad one is found."""
    folder = tmp_path / "in"
    for n in range(100):
        (folder / f"{n:02}").mkdir(parents=True)
        for m in range(100):
            (folder / f"{n:02}" / f"{m:02}.yaml").write_bytes(b"a: 1\n")
    (folder / "42" / "07.yaml").write_text(BAD)
    run = warm.run(folder, ["--format", "json", ".", MNIST])
    assert_calm(run)
    assert run.code == 1, run.err
    told = json.loads(run.out)
    bad = [one for one in told["files"] if one["findings"]]
    assert [(one["path"], one["findings"][0]["code"]) for one in bad] == [
        ("42/07.yaml", "NN120")
    ]
    assert told["summary"]["skipped"] == 100 * 100 - 1
    assert told["files"][-1]["network"]["totals"]["params"] == MNIST_PARAMS
    assert run.memory <= BYTES


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """A folder in a folder in …; deeper than Python recurses, so `rm` removes it."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.yaml").write_text(BAD)
    at = os.open(folder, os.O_RDONLY)
    for _ in range(DEPTH):
        os.mkdir("d", dir_fd=at)
        inner = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    file = os.open("z.yaml", os.O_CREAT | os.O_WRONLY, dir_fd=at)
    os.write(file, BAD.encode())
    os.close(file)
    os.close(at)
    yield folder
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def test_folders_2_000_deep(deep: Path, warm: Server) -> None:
    """The file at the bottom has a name of 4,000 characters, which a relative path can have."""
    run = warm.run(deep, ["--format", "json", ".", MNIST])
    assert_calm(run)
    assert run.code == 1, run.err
    *found, beside = json.loads(run.out)["files"]
    assert [one["path"] for one in found] == ["a.yaml", "d/" * DEPTH + "z.yaml"]
    assert beside["network"]["totals"]["params"] == MNIST_PARAMS


def test_folders_too_deep_for_a_path(deep: Path, warm: Server) -> None:
    """From further up the names have more than the 4,096 bytes that Linux takes."""
    above = "x" * 200
    deep.rename(deep.with_name(above))
    try:
        run = warm.run(deep.parent, ["--format", "concise", above, MNIST])
    finally:
        deep.with_name(above).rename(deep)
    assert_calm(run)
    assert run.code == 2
    assert "file name too long" in run.err
    assert f"{above}/a.yaml:4:5: error[NN120]" in run.out, "what can be had is linted"


@pytest.mark.parametrize(
    "name",
    ["\x1b[31mred", "a\n::error file=x::forged", "[red]x[", "\u202etxt", "a\u200bb", "-x"],
)
@pytest.mark.parametrize("form", ["full", "concise"])
def test_folder_whose_name_acts(name: str, form: str, warm: Server, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / name).mkdir(parents=True)
    (folder / name / "a.yaml").write_text(BAD)
    run = warm.run(folder, ["--format", form, f"./{name}", MNIST])
    assert_calm(run)
    assert run.code == 1, run.err
    assert not ACTS.search(run.out + run.err)
    assert not [line for line in run.out.splitlines() if line.startswith("::")]
    assert "NN120" in run.out


def test_names_that_are_not_utf_8(warm: Server, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    name = os.fsdecode(b"caf\xe9")
    (folder / name).mkdir(parents=True)
    (folder / name / f"{name}.yaml").write_text(BAD)
    run = warm.run(folder, ["--format", "json", ".", MNIST])
    assert_calm(run)
    assert run.code == 1, run.err
    assert [len(one["findings"]) for one in json.loads(run.out)["files"]] == [1, 0]


def test_a_folder_that_is_gone_before_it_is_searched(warm: Server, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "hostile").mkdir(parents=True)
    (folder / "hostile" / "a.yaml").write_text(GOOD)
    run = warm.run(folder, ["--format", "json", ".", MNIST], "searching: folder_vanishes")
    assert_calm(run)
    assert run.code == 2
    assert "hostile: no such file or directory" in run.err
    assert json.loads(run.out)["files"][-1]["network"]["totals"]["params"] == MNIST_PARAMS

"""Streams that close, disks that are full, and Ctrl-C: no traceback, no file half written."""

from __future__ import annotations

import re
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from nnlint import files
from tests.hostile.case import MARK, ROW
from tests.hostile.measured import NEVER_SAID, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

MNIST = ROOT / "specs" / "mnist.yaml"
LINE = "  - {type: LeakyReLU, negative_slope: 1e-2}\n"
AMBIGUOUS = f"{MARK}layers:\n{LINE}"
WRONG_COUNT = f"{MARK}layers: [{ROW}]\nexpect: {{params: 21}}\n"
"""4×4 + 4 = 20."""
BASELINE = '{"nnlint-baseline": 1}\n'
SMALL = 512
"""Bytes that a file may have on the full disk: less than what is written below."""


class Ended(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def started(*argv: str, before: Callable[[], object] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "nnlint", *argv], text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=before,  # noqa: PLW1509 - no threads here
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> Ended:
    out, err = process.communicate(timeout=30)
    return Ended(process.returncode, out, err)


def shell(line: str) -> Ended:
    """A line of bash in which `nnlint` is this one."""
    whole = f'nnlint() {{ "{sys.executable}" -m nnlint "$@"; }}; {line}'
    done = subprocess.run(
        ["bash", "-c", whole], capture_output=True, text=True, check=False, timeout=30
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def scripted(code: str, word: str) -> Ended:
    """A script that calls `main`."""
    done = subprocess.run(
        [sys.executable, "-c", code, word], capture_output=True, text=True, check=False,
        timeout=30,
    )  # fmt: skip
    return Ended(done.returncode, done.stdout, done.stderr)


def assert_calm(run: Ended) -> None:
    for words in (*NEVER_SAID, "Errno"):
        assert words not in run.out + run.err


def names() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


# Streams that close


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("nnlint {0} --color always | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}", 0),
        ("nnlint --format json many.yaml | head -1 >/dev/null; exit ${{PIPESTATUS[0]}}", 1),
        ("nnlint many.yaml 2>&1 | true; exit ${{PIPESTATUS[0]}}", 1),
        ("nnlint {0} >&-", 2),
        ("nnlint --format json {0} >&- 2>&-", 2),
        ("nnlint - >&- 2>&- <&-", 2),
        ("nnlint - <&-", 2),
        ("nnlint - </dev/full", 1),  # zeros without end are a file that is too large
        ("nnlint --fix a.yaml >&- 2>&-", 2),
        ("nnlint --fix - <a.yaml >/dev/full", 2),
        ("nnlint --output json=r.json {0} >&-", 2),
        ("nnlint explain NN301 >/dev/full", 2),
        ("nnlint rules | head -1 >/dev/null; exit ${{PIPESTATUS[0]}}", 0),
        ("nnlint diff {0} {0} >/dev/full", 2),
        ("nnlint {0} >/dev/full 2>/dev/full", 2),
    ],
)
def test_lost_stream(line: str, code: int) -> None:
    Path("a.yaml").write_text(AMBIGUOUS)
    Path("many.yaml").write_text(f"{MARK}layers:\n" + "  - Linaer\n" * 500)
    run = shell(line.format(MNIST))
    assert_calm(run)
    assert run.code == code, run.err


# A full disk


def full_disk() -> None:
    """No file can have more than some bytes; the signal of that is an error of `write`."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, SMALL))


FULL = {
    "output": ("r.json", "x", ["--output", "json=r.json"]),
    "new output": ("r.json", None, ["--output", "json=r.json"]),
    "fix": ("a.yaml", AMBIGUOUS + LINE * 20, ["--fix"]),
    "update-expect": ("a.yaml", WRONG_COUNT + "# x\n" * 300, ["--update-expect"]),
    "write-baseline": ("b.txt", BASELINE, ["--baseline", "b.txt", "--write-baseline"]),
}


@pytest.mark.parametrize("what", FULL)
def test_full_disk_leaves_the_file_as_it_was(what: str) -> None:
    name, before, argv = FULL[what]
    ignored = "".join(f"  - {{type: Linaer, name: n{n}}}\n" for n in range(40))
    Path("a.yaml").write_text(f"{MARK}layers:\n{ignored}")
    if before is not None:
        Path(name).write_text(before)
    there = names()
    run = ended(started("--no-table", "a.yaml", *argv, before=full_disk))
    assert_calm(run)
    assert run.code == 2
    assert re.search(
        rf"nnlint: {re.escape(name)}: (the baseline )?can't be written: file too large", run.err
    )
    assert names() == there
    if before is not None:
        assert Path(name).read_text() == before


def test_full_disk_stops_no_other_file() -> None:
    """The small one is mended, the large one is not."""
    Path("large.yaml").write_text(AMBIGUOUS + LINE * 20)
    Path("small.yaml").write_text(AMBIGUOUS)
    run = ended(started("--fix", "--no-table", "large.yaml", "small.yaml", before=full_disk))
    assert run.code == 2
    assert "0.01" in Path("small.yaml").read_text()
    assert Path("large.yaml").read_text() == AMBIGUOUS + LINE * 20
    assert names() == ["large.yaml", "small.yaml"]


# Signals

SLOW = f"{MARK}layers:\n" + "  - {{type: Linear, out_features: {}}}\n  - ReLU\n" * 8_000
LINTING = """
import signal, sys
from nnlint.cli import main

signal.signal(signal.SIGALRM, signal.default_int_handler)  # what Ctrl-C does
signal.setitimer(signal.ITIMER_REAL, float(sys.argv[1]))
sys.exit(main(["slow.yaml"], sys.stdout, sys.stderr))
"""


@pytest.mark.parametrize("seconds", [0.001, 0.05, 0.2, 0.4])
def test_ctrl_c_while_linting(seconds: float) -> None:
    """While the libraries load, while it reads, and while it checks."""
    Path("slow.yaml").write_text(SLOW.format(*range(8, 8008)))
    run = scripted(LINTING, str(seconds))
    assert_calm(run)
    assert (run.code, run.out, run.err) == (130, "", "nnlint: interrupted\n")


WRITING = """
import os, signal, sys
import nnlint.files
from nnlint.cli import main

write = os.fsync
def interrupted(descriptor):
    os.kill(os.getpid(), getattr(signal, sys.argv[1]))
    write(descriptor)

nnlint.files.os.fsync = interrupted
sys.exit(main(["--fix", "a.yaml"], sys.stdout, sys.stderr))
"""
"""The signal comes when all is written beside the file, and not yet put in its place."""


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", -signal.SIGTERM)])
def test_a_signal_while_a_file_is_written(name: str, code: int) -> None:
    Path("a.yaml").write_text(AMBIGUOUS)
    run = scripted(WRITING, name)
    assert_calm(run)
    assert run.code == code
    assert Path("a.yaml").read_text() == AMBIGUOUS
    if name == "SIGINT":  # the other ends the process at once: what lies beside stays there
        assert names() == ["a.yaml"]


# What a file is besides its bytes


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_fix_keeps_the_mode(mode: int) -> None:
    Path("a.yaml").write_text(AMBIGUOUS)
    Path("a.yaml").chmod(mode)
    assert shell("nnlint --fix --no-table a.yaml").code == 0
    assert Path("a.yaml").stat().st_mode & 0o7777 == mode
    assert "0.01" in Path("a.yaml").read_text()


def test_fix_keeps_a_link() -> None:
    Path("real").mkdir()
    Path("real/a.yaml").write_text(AMBIGUOUS)
    Path("a.yaml").symlink_to("real/a.yaml")
    assert shell("nnlint --fix --no-table a.yaml").code == 0
    assert str(Path("a.yaml").readlink()) == "real/a.yaml"
    assert "0.01" in Path("real/a.yaml").read_text()
    assert [path.name for path in Path("real").iterdir()] == ["a.yaml"]


def test_a_link_put_in_the_place_of_the_file_is_not_written_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It comes when the new bytes lie beside: the link is replaced, and not what it names."""
    Path("a.yaml").write_text("before")
    Path("victim").write_text("victim")
    replace = Path.replace

    def swapped(self: Path, target: Path) -> Path:
        target.unlink()
        target.symlink_to("victim")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", swapped)
    files.replace("a.yaml", b"after", expected=b"before")
    assert Path("victim").read_text() == "victim"
    assert Path("a.yaml").read_text() == "after"
    assert names() == ["a.yaml", "victim"]


def test_a_folder_that_takes_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may write everywhere, so the refusal is made here."""
    Path("a.yaml").write_text("before")

    def denied(*_given: object, **_named: object) -> tuple[int, str]:
        raise PermissionError(13, "Permission denied", "a.yaml")

    monkeypatch.setattr(files.tempfile, "mkstemp", denied)
    with pytest.raises(files.NotWritten, match="can't be written: permission denied"):
        files.replace("a.yaml", b"after")
    assert Path("a.yaml").read_text() == "before"


def test_a_file_that_may_not_be_written_stays(tmp_path: Path) -> None:
    """Root could: what has no right to be written is left all the same."""
    Path("a.yaml").write_text(AMBIGUOUS)
    Path("a.yaml").chmod(0o444)
    run = shell("nnlint --fix --no-table a.yaml")
    assert run.code == 2
    assert "a.yaml: is not written: it is read-only" in run.err
    assert Path("a.yaml").read_text() == AMBIGUOUS

"""The bar of progress, on a real terminal: it is there while one waits, and leaves nothing."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from nnlint import progress, stages

if TYPE_CHECKING:
    from collections.abc import Sequence

pty = pytest.importorskip("pty", reason="a terminal of Unix")

ROOT = Path(__file__).parent.parent
SPEC = "nnlint: 1\ninput: [784]\nlayers:\n  - {type: Linear, out_features: 10}\n"
IMPATIENT = (
    "import sys; from nnlint import progress; progress.PATIENCE = progress.PAUSE = 0\n"
    "from nnlint.cli import entry; sys.exit(entry())"
)
"""The same program, in which the second is over at once."""
HIDE, SHOW = b"\x1b[?25l", b"\x1b[?25h"
"""What terminals take for the cursor."""


class Shown(NamedTuple):
    """What a run said, and what its terminal was sent."""

    code: int
    out: bytes
    screen: bytes


def run(
    folder: Path,
    *argv: str,
    program: Sequence[str] = ("-c", IMPATIENT),
    interrupted: bool = False,
    **environ: str,
) -> Shown:
    """Run with standard error on a terminal."""
    ours, theirs = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if not key.startswith("NNLINT_")}
    env = {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **environ}
    with subprocess.Popen(
        [sys.executable, *program, *argv], cwd=folder, env=env, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=theirs,
    ) as process:  # fmt: skip
        os.close(theirs)
        screen = b""
        while sent := _read(ours):
            if interrupted and not screen:
                process.send_signal(signal.SIGINT)
            screen += sent
        os.close(ours)
        out, _ = process.communicate(timeout=60)
    return Shown(process.returncode, out, screen)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # how Linux tells that nobody holds the other end
        return b""


def left_on(screen: bytes) -> list[str]:
    """The lines that a terminal shows in the end, of what such a bar can send."""
    rows, row, column = [""], 0, 0
    for found in re.finditer(rb"\x1b\[([?\d;]*)([A-Za-z])|\r|\n|[^\x1b\r\n]+", screen):
        text, number, action = found[0], found[1] or b"1", found[2]
        if action == b"A":
            row = max(0, row - int(number))
        elif action == b"K":
            rows[row] = ""
        elif action:
            assert action in b"mhl", text  # colours, the cursor's looks
        elif text == b"\r":
            column = 0
        elif text == b"\n":
            row += 1
            rows += [""] if row == len(rows) else []
        else:
            rows[row] = rows[row][:column].ljust(column) + text.decode()
            column = len(rows[row])
    return [line for line in rows if line.strip()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a", "b", "c[red]"):
        (tmp_path / f"{name}.yaml").write_text(SPEC)
    return tmp_path


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_bar_names_files_and_leaves_nothing_behind(folder: Path, jobs: str) -> None:
    shown = run(folder, ".", "--jobs", jobs)
    for words in (b"1/3", b"3/3", b"a.yaml", b"c[red].yaml"):
        assert words in shown.screen
    assert left_on(shown.screen) == []
    assert shown.screen.rfind(HIDE) < shown.screen.rfind(SHOW)


def test_a_single_file_is_named_with_its_stages(folder: Path) -> None:
    screen = run(folder, "a.yaml").screen
    for stage in ("reading", "parsing", "schema", "spec", "graph", "rules", "findings"):
        assert f"a.yaml: {stage}".encode() in screen


@pytest.mark.parametrize("argv", [["."], [".", "--format", "json"], ["a.yaml", "gone.yaml"]])
def test_standard_output_and_the_exit_code_are_as_without_it(
    folder: Path, argv: list[str]
) -> None:
    shown = run(folder, *argv)
    plain = subprocess.run(
        [sys.executable, "-m", "nnlint", *argv], cwd=folder, check=False, capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"},
    )  # fmt: skip
    assert (shown.code, shown.out) == (plain.returncode, plain.stdout)
    assert left_on(shown.screen) == plain.stderr.decode().splitlines()


def test_nothing_is_drawn_before_a_second_is_over(folder: Path) -> None:
    assert progress.PATIENCE >= 1
    program = ("-c", IMPATIENT.replace("= 0", "= 1000"))
    assert run(folder, ".", program=program).screen == b""


def test_nothing_is_drawn_where_it_can_not_go_again(folder: Path) -> None:
    assert run(folder, ".", TERM="dumb").screen == b""


COLOR = re.compile(rb"\x1b\[[\d;]*m")


@pytest.mark.parametrize(
    ("flags", "environ", "colored"),
    [
        ([], {}, True),
        (["--color", "never"], {}, False),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
    ],
)
def test_the_bar_is_as_colourful_as_asked_for(
    folder: Path, flags: list[str], environ: dict[str, str], colored: bool
) -> None:
    kept = {"FORCE_COLOR": "", "NO_COLOR": ""}  # whatever the tests themselves run under
    screen = run(folder, ".", *flags, **{**kept, **environ}).screen
    assert b"3/3" in screen
    assert bool(COLOR.search(screen)) == colored
    assert left_on(screen) == []


def test_without_colours_the_bar_still_grows(folder: Path) -> None:
    lines = run(folder, ".", "--jobs", "1", "--color", "never").screen.decode().split("\r")
    lengths = {at: {line.count("━") for line in lines if at in line} for at in ("1/3", "3/3")}
    assert max(lengths["1/3"]) < max(lengths["3/3"])


def test_nothing_is_drawn_when_asked_to_be_quiet(folder: Path) -> None:
    assert run(folder, ".", "--quiet") == (0, b"", b"")


def test_nothing_is_drawn_where_nobody_looks(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPATIENT, "."], cwd=folder, check=True, capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stderr == b""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_takes_the_bar_away(tmp_path: Path, jobs: str) -> None:
    layers = "".join(f"  - {{type: Linear, out_features: {n}}}\n" for n in range(1, 400))
    for at in range(100):
        (tmp_path / f"{at}.yaml").write_text(f"nnlint: 1\ninput: [7]\nlayers:\n{layers}")
    shown = run(tmp_path, ".", "-j", jobs, interrupted=True)
    assert (shown.code, shown.out) == (130, b"")
    assert left_on(shown.screen) == ["nnlint: interrupted"]
    assert shown.screen.rfind(HIDE) < shown.screen.rfind(SHOW)


def test_a_name_draws_nothing_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "\x1b[2Jx\ny.yaml").write_text(SPEC)
    screen = run(tmp_path, ".").screen
    assert b"\\x1b[2Jx\\ny.yaml" in screen
    assert b"\x1b[2J" not in screen


class Told:
    """A watcher that writes down what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def begin(self, stage: str) -> None:
        self.said.append(stage)

    def end(self) -> None:
        self.said.append("end")


def test_a_stage_that_fails_is_over_too() -> None:
    told = Told()
    with stages.watched(told), pytest.raises(ZeroDivisionError):
        stages.run("dividing", divmod, 1, 0)
    assert told.said == ["dividing", "end"]
    assert stages.run("adding", sum, [1, 2]) == 3
    assert told.said == ["dividing", "end"]  # nobody watches any more

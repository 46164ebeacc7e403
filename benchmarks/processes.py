"""Whole processes: how long they take, and how much memory they hold at their peak."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

ROOT = Path(__file__).resolve().parent.parent
SPECS = ROOT / "specs"
PYTHON = sys.executable
NNLINT = str(Path(PYTHON).parent / "nnlint")
"""The command that pip wrote beside this Python: what users run."""

MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Failed(Exception):  # noqa: N818
    """A command that is measured did not do its work."""


class Ran(NamedTuple):
    """What a process took: wall time, processor time, and its peak of memory in bytes."""

    seconds: float
    processor: float
    peak: int


def run(
    command: Sequence[str], cwd: Path | None = None, expected: Container[int] = (0,)
) -> Ran:
    """Run it, its output thrown away; any other exit code is a failure.

    Raises:
        Failed: with what it said.
    """
    with tempfile.TemporaryFile() as said:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, cwd=cwd)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in expected:
            raise Failed(_complaint(command, process.returncode, said))
    return Ran(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * MAXRSS_UNIT)


def _complaint(command: Sequence[str], code: int, said: IO[bytes]) -> str:
    said.seek(0)
    words = " ".join(command)[:200]
    return f"{words} ended with {code}: {said.read().decode('utf-8', 'replace')[-800:]}"


def runner(
    command: Sequence[str], cwd: Path | None = None, expected: Container[int] = (0,)
) -> Callable[[], Ran]:
    """`run`, to be called again and again."""
    return partial(run, command, cwd, expected)


def megabytes(ran: Ran) -> float:
    """The peak in MB.

    Raises:
        Failed: this process held as much itself, and Linux begins a child's count there.
    """
    own = _held()
    if ran.peak <= own:
        raise Failed(f"the benchmark held {own / 1e6:.0f} MB, more than what it measured")
    return ran.peak / 1e6


def peak_in_words(runs: Iterable[Ran]) -> str:
    """The highest of their peaks; where this process held as much, that it is no more."""
    peak, own = max(ran.peak for ran in runs), _held()
    return f"{'at most ' if peak <= own else ''}{max(peak, own) / 1e6:.0f} MB at the peak"


def _held() -> float:
    """The most bytes that this process held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_UNIT


def output(command: Sequence[str], cwd: Path | None = None) -> str:
    """What it prints, whatever its exit code."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
    return done.stdout


def one_core() -> list[str]:
    """What keeps a command on one core, where the system has a word for it."""
    return ["taskset", "-c", str(min(cores()))] if shutil.which("taskset") else []


def cores() -> set[int]:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return set(os.sched_getaffinity(0))
    return set(range(os.cpu_count() or 1))

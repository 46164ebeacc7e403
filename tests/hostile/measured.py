"""Asks the warm process for runs, and holds each against its caps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from tests.hostile.server import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECONDS = 1.0
"""Of the processor, and on the clock."""
BYTES = 100_000_000
"""The most memory that the process may hold, its interpreter and libraries among it."""
TRIES = 3
"""Other processes can only make a run slower: the fastest of so many counts."""
NEVER_SAID = (
    "Traceback", "internal error", "Exception ignored", "MemoryError", "RecursionError"
)  # fmt: skip


class Measured(NamedTuple):
    """One run: how it ended, what it said, and what it took."""

    code: int
    out: str
    err: str
    wall: float
    processor: float
    memory: int

    @property
    def seconds(self) -> float:
        return max(self.wall, self.processor)

    @property
    def is_slow(self) -> bool:
        return self.seconds > SECONDS


class Server:
    """The other end of `tests/hostile/server.py`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def run(self, folder: Path, argv: list[str], meanwhile: str = "") -> Measured:
        """Run nnlint in that folder."""
        out, err = folder.with_name("out"), folder.with_name("err")
        request = {"folder": str(folder), "argv": argv, "meanwhile": meanwhile,
                   "out": str(out), "err": str(err)}  # fmt: skip
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline())
        return Measured(out=out.read_text("utf-8"), err=err.read_text("utf-8"), **told)


@contextmanager
def server() -> Iterator[Server]:
    """The warm process, as long as it is needed."""
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
        "PYTHONUTF8": "1",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tests.hostile.server"], cwd=ROOT, env=env, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        yield Server(process)


def assert_cheap(run: Measured) -> None:
    assert run.processor <= SECONDS, f"{run.processor:.2f} s of the processor"
    assert run.wall <= SECONDS, f"{run.wall:.2f} s"
    assert run.memory <= BYTES, f"{run.memory / 1e6:.0f} MB"


def assert_calm(run: Measured) -> None:
    """It ended by itself, and says nothing of its own making."""
    assert run.code >= 0, f"ended by signal {-run.code}"
    for words in NEVER_SAID:
        assert words not in run.out
        assert words not in run.err

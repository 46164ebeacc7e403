"""A warm process that forks a child for every run, and measures it.

It reads a request a line and answers each with a line, both JSON. A fork costs some
milliseconds where a new Python with its libraries costs half a second.
"""

from __future__ import annotations

import gc
import io
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from nnlint.__main__ import ALLOCATIONS
from nnlint.cli import main
from tests.hostile import meanwhile

ROOT = Path(__file__).parent.parent.parent
ADDRESS_SPACE = 2**30
"""Bytes: what goes on growing fails, and does not take the machine with it."""
GIVE_UP = 8
"""Seconds, after which the child is ended."""
UNITS = 1 if sys.platform == "darwin" else 1024
"""Bytes in one unit of `ru_maxrss`."""


def warm() -> None:
    """Load what a run loads, so that a run is measured without it."""
    for form in ("full", "json"):
        main(
            ["--format", form, str(ROOT / "specs" / "mnist.yaml")], io.StringIO(), io.StringIO()
        )


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """How the run went: exit code (negative: the signal that ended it), time, memory."""
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        work(request)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    ended, waited = time.perf_counter(), queued(child)
    _, status, used = os.wait4(child, 0)
    return {
        "code": os.waitstatus_to_exitcode(status),
        # what it waited for a processor says nothing of it
        "wall": ended - started - waited,
        "processor": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss * UNITS,
    }


def queued(process: int) -> float:
    """Seconds in which it could have run, had others not held the processors."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def work(request: dict[str, Any]) -> None:
    """The child: runs `main` with files for streams, and ends."""
    code = 99
    try:
        signal.alarm(GIVE_UP)
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        os.chdir(request["folder"])
        if request["meanwhile"]:
            meanwhile.prepare(request["meanwhile"])
        with open(request["out"], "w") as out, open(request["err"], "w") as err:  # noqa: PTH123
            code = main(request["argv"], out, err)
    finally:
        os._exit(code)


def serve() -> None:
    """Answer every line of standard input."""
    gc.set_threshold(ALLOCATIONS)  # as a run of its own sets it
    warm()
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)  # noqa: T201


if __name__ == "__main__":
    serve()

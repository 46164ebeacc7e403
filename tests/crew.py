"""Work that several processes share, by its own process: `python -m tests.crew SCENE`.

Prints what came of it, and how many processes did any of it, as JSON. A test's own process
has threads, and is not forked.
"""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

from nnlint import jobs, running

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

ITEMS = range(40)
FATAL = 17
"""The item at which something happens, in every process but the first."""
FIRST = "NNLINT_TEST_FIRST"


def is_elsewhere() -> bool:
    """Whether this is one of the other processes."""
    return os.environ[FIRST] != str(os.getpid())


def told(item: int) -> list[int]:
    """The item, and who worked on it."""
    time.sleep(0.005)
    return [item, os.getpid()]


def exits(item: int) -> list[int]:
    if item == FATAL and is_elsewhere():
        os._exit(9)
    return told(item)


def is_killed(item: int) -> list[int]:
    if item == FATAL and is_elsewhere():
        os.kill(os.getpid(), signal.SIGKILL)
    return told(item)


def all_killed(item: int) -> list[int]:
    if item >= FATAL and is_elsewhere():
        os.kill(os.getpid(), signal.SIGKILL)
    return told(item)


def raises(item: int) -> list[int]:
    if item == FATAL and is_elsewhere():
        raise ValueError(item)
    return told(item)


def raises_everywhere(item: int) -> list[int]:
    if item == FATAL:
        raise KeyError(item)
    return told(item)


def gives_what_no_pickle_holds(item: int) -> Any:
    return (lambda: item) if item == FATAL and is_elsewhere() else told(item)


def large(item: int) -> list[object]:
    """More than any pipe holds at once."""
    return [item, os.getpid(), "x" * 1_000_000]


def _no_fork() -> None:
    def refuse() -> int:
        raise OSError(errno.EAGAIN, "no more processes")

    os.fork = refuse


def _spawned() -> None:
    jobs._context = lambda: multiprocessing.get_context("spawn")


def _thread() -> None:
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()


SCENES: dict[str, tuple[Callable[[int], Any], Callable[[], None] | None]] = {
    "plain": (told, None),
    "exits": (exits, None),
    "killed": (is_killed, None),
    "all killed": (all_killed, None),
    "raises": (raises, None),
    "no pickle": (gives_what_no_pickle_holds, None),
    "raises everywhere": (raises_everywhere, None),
    "large": (large, None),
    "no fork": (told, _no_fork),
    "spawned": (told, _spawned),
    "threads": (told, _thread),
}


def main() -> None:
    """Play one scene."""
    os.environ[FIRST] = str(os.getpid())
    work, prepare = SCENES[sys.argv[1]]
    if prepare:
        prepare()
    found = running.answers(ITEMS, work, int(sys.argv[2]))
    items = [answer[0] for answer in found]
    others = {answer[1] for answer in found} - {os.getpid()}
    left = len(multiprocessing.active_children())
    sys.stdout.write(json.dumps({"items": items, "others": len(others), "left": left}))


if __name__ == "__main__":
    main()

"""Every item of a run worked on, in order: in this process, or by several.

Processes take time to start, and few runs are long enough to earn it. So the work begins
here, and only what is left after a moment is shared: what a fork then has loaded already
need not be loaded again, and a short run is never slower.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from nnlint.terminal import Screen

T = TypeVar("T")
R = TypeVar("R")

MOMENT = 0.25
"""Seconds of computing before other processes are asked, where their number is left to us."""
FEWEST = 8
"""Items left that are worth asking them."""
ALLOCATIONS = 20_000
"""Between two searches for garbage, where there are several items. A network is a ring of
references, which only a search frees, at half the cost while it is still in the cache."""


def cores() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def answers(
    items: Sequence[T],
    work: Callable[[T], R],
    jobs: int | None,
    screen: Screen | None = None,
    called: Callable[[T], str] = str,
) -> list[R]:
    """What the work gives for each item, in their order.

    Args:
        items: what is to be worked on; the first is always done in this process.
        work: what is done with each.
        jobs: how many processes share it; None: as many as there are cores, where it pays.
        screen: where somebody waits, who is shown how far it is; None: nobody does.
        called: how an item is called there.
    """
    if len(items) > 1:
        gc.set_threshold(ALLOCATIONS)
    if screen is None:
        found = dict(_answered(items, work, work, jobs))
    else:
        from nnlint.progress import Progress  # noqa: PLC0415 - most runs have no spectator

        with Progress(screen, len(items)) as progress:
            here = progress.shown(work, called)
            with closing(_answered(items, work, here, jobs)) as done:
                found = dict(progress.counted(done, lambda at: called(items[at])))
    return [found[at] for at in range(len(items))]


def _answered(
    items: Sequence[T], work: Callable[[T], R], here: Callable[[T], R], jobs: int | None
) -> Generator[tuple[int, R]]:
    """Each answer with the position of its item; `here` is the work in this process."""
    begun = time.process_time()  # on a busy machine a second holds less work
    missing = dict.fromkeys(range(len(items)))
    for at, item in enumerate(items):
        processes = _processes(jobs, len(missing), time.process_time() - begun) if at else 1
        if processes > 1:
            break
        del missing[at]
        yield at, here(item)
    if missing:
        with closing(_shared(items, list(missing), work, processes)) as done:
            for at, answer in done:
                del missing[at]
                yield at, answer
    for at in list(missing):  # what no other process could do
        yield at, here(items[at])


def _processes(jobs: int | None, left: int, seconds: float) -> int:
    """How many processes what is left is worth."""
    if jobs == 1 or left < 2 or (jobs is None and (left < FEWEST or seconds < MOMENT)):
        return 1
    # a fork copies this thread alone, and the locks of all
    return min(jobs or cores(), left) if _threads() == 1 else 1


def _threads() -> int:
    """The threads of this process; where the system does not say, those of Python."""
    with suppress(OSError):
        return sum(1 for _ in Path("/proc/self/task").iterdir())
    threads = sys.modules.get("threading")
    return threads.active_count() if threads else 1


def _shared(
    items: Sequence[T], positions: Sequence[int], work: Callable[[T], R], processes: int
) -> Generator[tuple[int, R]]:
    try:
        from nnlint import jobs  # noqa: PLC0415 - most runs have one process
    except ImportError:
        return  # a Python without processes
    rest = [items[at] for at in positions]
    with closing(jobs.shared(rest, work, processes)) as done:
        for at, answer in done:
            yield positions[at], answer

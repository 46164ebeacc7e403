"""Read or lint a spec with the guards and without, in turn: `read|lint PATH TURNS`."""

from __future__ import annotations

import gc
import json
import sys
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.pairing import in_turn
from nnlint import document, engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GUARDS = (("_Builder", "_guard"),)
"""The methods of document.py that look at every event."""
WORK: dict[str, Callable[[str], object]] = {"read": document.read, "lint": engine.lint_text}
AT_LEAST = 0.02
"""Seconds that a turn takes: less is lost in the clock and in the scheduler."""


def passed(*_: Any) -> None:
    """Take anything."""


@contextmanager
def unguarded() -> Iterator[None]:
    """No guard refuses anything; a guard that has moved is an AttributeError."""
    kept = [(getattr(document, owner), name) for owner, name in GUARDS]
    methods = [getattr(owner, name) for owner, name in kept]
    for owner, name in kept:
        setattr(owner, name, passed)
    try:
        yield
    finally:
        for (owner, name), method in zip(kept, methods, strict=True):
            setattr(owner, name, method)


def seconds(work: Callable[[], object], times: int) -> float:
    """Processor time; no searches for garbage, of which a run has next to none."""
    gc.collect()
    gc.disable()
    begin = time.process_time()
    for _ in range(times):
        work()
    taken = time.process_time() - begin
    gc.enable()
    return taken / times


def unguarded_seconds(work: Callable[[], object], times: int) -> float:
    """The same without the guards."""
    with unguarded():
        return seconds(work, times)


def main(work: str, path: str, turns: str) -> None:
    """Print both lists of seconds."""
    task = partial(WORK[work], Path(path).read_text("utf-8"))
    task()
    times = int(AT_LEAST / seconds(task, 1)) + 1
    measures = {
        "guarded": partial(seconds, task, times),
        "bare": partial(unguarded_seconds, task, times),
    }
    print(json.dumps(list(in_turn(measures, int(turns)).values())))


if __name__ == "__main__":
    main(*sys.argv[1:])

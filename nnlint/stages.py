"""Stages of linting, told to whoever watches; where nobody does, each is a plain call.

`-v` times them, and a bar of progress names the one that a long file is in.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

P = ParamSpec("P")
R = TypeVar("R")


class Watcher(Protocol):
    """Who is told; a stage may lie within another."""

    def begin(self, stage: str) -> None:
        """A stage begins."""

    def end(self) -> None:
        """The stage that began last is over."""


_watchers: list[Watcher] = []


def run(stage: str, function: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
    """What the function gives, in sight of who watches."""
    if not _watchers:
        return function(*args, **named)
    for one in _watchers:
        one.begin(stage)
    try:
        return function(*args, **named)
    finally:
        for one in _watchers:
            one.end()


@contextmanager
def watched(by: Watcher) -> Iterator[None]:
    """While it lasts, that one is told of every stage in this process."""
    _watchers.append(by)
    try:
        yield
    finally:
        _watchers.remove(by)


def unwatch() -> None:
    """Nobody is told any more: what was forked inherits watchers, and their screen."""
    _watchers.clear()


class Laps:
    """How long the parts of a run take, one after the other.

    Attributes:
        taken: the seconds of each, in their order.
    """

    def __init__(self) -> None:
        # what the interpreter and the imports took before there was any clock
        self.taken = {"start-up": time.process_time()}
        self._mark = time.perf_counter()

    def lap(self, part: str) -> None:
        """What was done since the last lap is that part."""
        now = time.perf_counter()
        self.taken[part] = now - self._mark
        self._mark = now

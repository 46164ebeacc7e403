"""How far a run is, for whoever waits at a terminal: nothing for a second, then a bar."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeVar

from nnlint import stages
from nnlint.terminal import encodable, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Self

    from nnlint.table.progress import Bar
    from nnlint.terminal import Screen

T = TypeVar("T")
R = TypeVar("R")

PATIENCE = 1.0
"""Seconds that nobody minds; and a library more, the bar's, would not be worth it."""
PAUSE = 0.1
"""Seconds between two pictures."""


class Progress:
    """The bar of one run; while it is entered, it is told of stages.

    There is no thread behind it: it is drawn between files and between their stages.
    """

    def __init__(self, screen: Screen, total: int) -> None:
        self._screen, self._total = screen, total
        self._due = time.monotonic() + PATIENCE
        self._done, self._name, self._stage = 0, "", ""
        self._bar: Bar | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(stages.watched(self))
        return self

    def __exit__(self, *reason: object) -> None:
        self._stack.close()
        if self._bar:
            self._bar.close()

    def shown(self, work: Callable[[T], R], called: Callable[[T], str]) -> Callable[[T], R]:
        """The same work, whose item is named while it lasts."""

        def work_shown(item: T) -> R:
            self._name = called(item)
            return work(item)

        return work_shown

    def counted(
        self, answers: Iterable[tuple[int, R]], called: Callable[[int], str]
    ) -> Iterator[tuple[int, R]]:
        """The same answers; each is one more that is done."""
        for at, answer in answers:
            self._done, self._name, self._stage = self._done + 1, called(at), ""
            self._show()
            yield at, answer

    def begin(self, stage: str) -> None:
        """A file reaches that stage."""
        self._stage = stage
        self._show()

    def end(self) -> None:
        """A stage is over; what is said of it stands until there is more to say."""

    def _show(self) -> None:
        if time.monotonic() < self._due:
            return
        from nnlint.table.progress import Bar  # noqa: PLC0415 - rich, for long runs alone

        # it is known before it is drawn: Ctrl-C may come in between, and it must go again
        self._bar = self._bar or Bar(self._screen, self._total)
        words = visible(f"{self._name}: {self._stage}" if self._stage else self._name)
        self._bar.show(self._done, encodable(words, self._screen.stream.encoding or "utf-8"))
        self._due = time.monotonic() + PAUSE

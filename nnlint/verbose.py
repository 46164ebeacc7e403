"""What `-v` says on standard error: where the time goes, how much was read, by whom."""

from __future__ import annotations

import os
import time
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from nnlint import stages
from nnlint.quantity import size_text
from nnlint.record import Record
from nnlint.terminal import visible
from nnlint.wording import listed, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from nnlint.report import Report
    from nnlint.settings import Settings

T = TypeVar("T")

LIBRARIES = ("document", "meaning", "schema.validation", "spec", "wiring", "budget")
"""What the first file would load: its time would be theirs."""
NAMED = 5
"""Files that are named, at most."""


class Taken(Record):
    """What one file took.

    Attributes:
        path: the file.
        size: its bytes, as far as they are text.
        seconds: of each stage, without those of stages within it.
        whole: of all.
        process: who linted it.
    """

    path: str
    size: int
    seconds: Mapping[str, float]
    whole: float
    process: int


class Clock:
    """The seconds of each stage; those of a stage within another count there alone."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._open: list[str] = []
        self._mark = 0.0

    def begin(self, stage: str) -> None:
        """A stage begins."""
        self._charge()
        self._open.append(stage)

    def end(self) -> None:
        """The last one is over."""
        self._charge()
        self._open.pop()

    def _charge(self) -> None:
        now = time.perf_counter()
        if self._open:
            stage = self._open[-1]
            self.seconds[stage] = self.seconds.get(stage, 0) + now - self._mark
        self._mark = now


def load() -> None:
    """Have what linting needs, so that it is timed by itself."""
    for name in LIBRARIES:
        import_module(f"nnlint.{name}")


def timed(lint: Callable[[T], Report], source: T) -> tuple[Report, Taken]:
    """The report of a source, and what it took."""
    clock, begun = Clock(), time.perf_counter()
    with stages.watched(clock):
        report = lint(source)
    whole = time.perf_counter() - begun
    size = len(report.text.encode("utf-8", "replace"))
    return report, Taken(report.path, size, clock.seconds, whole, os.getpid())


def lines(taken: Sequence[Taken], parts: Mapping[str, float], settings: Settings) -> list[str]:
    """What is said of a run.

    Args:
        taken: what its files took.
        parts: the seconds of its parts, one after the other.
        settings: where they come from.
    """
    origins = [visible(one.origin) for one in settings.sources]
    whole = sum(parts.values())
    return [
        f"settings from: {listed(origins, 'and') if origins else 'nowhere'}",
        f"{plural(len(taken), 'file')}, {_size(taken)}, {_processes(taken)}",
        *(f"{name}: {_spelled(seconds)}" for name, seconds in parts.items()),
        f"in all: {_spelled(whole)}",
        *_stages(taken),
        *_slowest(taken),
    ]


def _size(taken: Iterable[Taken]) -> str:
    return size_text(sum(one.size for one in taken))


def _processes(taken: Iterable[Taken]) -> str:
    others = {one.process for one in taken} - {os.getpid()}
    number = len(others) or 1  # this one only waits for the others
    return f"{number} process" + ("es" if number > 1 else "")


def _spelled(seconds: float) -> str:
    return f"{seconds:.3f} s"


def _stages(taken: Sequence[Taken]) -> Iterator[str]:
    """Of linting, each stage over all files and processes."""
    sums: dict[str, float] = {}
    for one in taken:
        for stage, seconds in one.seconds.items():
            sums[stage] = sums.get(stage, 0) + seconds
    if sums:
        sums["the rest"] = sum(one.whole for one in taken) - sum(sums.values())
        said = ", ".join(f"{stage} {_spelled(seconds)}" for stage, seconds in sums.items())
        yield f"linting, stage by stage over all files: {said}"


def _slowest(taken: Sequence[Taken]) -> Iterator[str]:
    """The files that took longest, where there are several."""
    if len(taken) > 1:
        slowest = sorted(taken, key=lambda one: -one.whole)[:NAMED]
        said = (f"{visible(one.path)} {_spelled(one.whole)}" for one in slowest)
        yield f"slowest: {', '.join(said)}"

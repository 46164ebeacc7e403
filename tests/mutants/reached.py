"""Which tests run which lines: each test once, with every line written down."""

from __future__ import annotations

import marshal
import sys
import time
from array import array
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from _pytest.runner import runtestprotocol

from tests.mutants.mutant import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    import pytest

    from tests.mutants.mutant import Mutant

SLOWEST = 2.0
"""Seconds that a test may take, the writing down counted; a slower one is left out."""

Key = tuple[str, int] | tuple[str, str]
"""A file and a line; or `class` and a layer of which the test made one."""


class Reached:
    """Who runs what.

    Attributes:
        tests: the tests that pass here, and how many seconds each takes.
        by_key: line or layer -> the tests that run it.
    """

    def __init__(self) -> None:
        self.tests: list[tuple[pytest.Item, float]] = []
        self.by_key: dict[Key, array[int]] = defaultdict(lambda: array("H"))

    def watch(self, items: Sequence[pytest.Item], files: Iterable[str]) -> None:
        """Run the tests and write down what they run of these files."""
        watched = {str(ROOT / file): file for file in files}
        for item, following in zip(items, [*items[1:], None], strict=True):
            keys: set[Key] = set()
            began = time.perf_counter()
            passed = not _is_drawn(item) and _runs(item, following, _tracer(watched, keys))
            seconds = time.perf_counter() - began
            if passed and seconds < SLOWEST:
                self._add(item, seconds, keys)

    def keep(self, path: Path) -> None:
        """Write it to a file, so that the next run need not find it out."""
        tests = [(item.nodeid, seconds) for item, seconds in self.tests]
        path.write_bytes(
            marshal.dumps((tests, {k: v.tobytes() for k, v in self.by_key.items()}))
        )

    def read(self, path: Path, items: Sequence[pytest.Item]) -> None:
        """What another run wrote."""
        by_id = {item.nodeid: item for item in items}
        tests, lines = marshal.loads(path.read_bytes())
        self.tests = [(by_id[name], seconds) for name, seconds in tests]
        for key, numbers in lines.items():
            self.by_key[key] = array("H", numbers)

    def _add(self, item: pytest.Item, seconds: float, keys: set[Key]) -> None:
        for key in keys:
            self.by_key[key].append(len(self.tests))
        self.tests.append((item, seconds))

    def by(self, mutant: Mutant) -> list[int]:
        """The tests that may notice a mutant."""
        keys: list[Key] = []
        if mutant.is_in_function:
            keys = [(mutant.file, line) for line in mutant.change.lines]
        elif mutant.owner:
            keys = [("class", mutant.owner[-1])]
        if not any(key in self.by_key for key in keys) and not mutant.is_in_function:
            keys = [key for key in self.by_key if key[0] == mutant.file]
        return sorted({test for key in keys for test in self.by_key.get(key, ())})


def _is_drawn(item: pytest.Item) -> bool:
    """Whether hypothesis draws its examples: those take longer than they tell here."""
    return getattr(getattr(item, "obj", None), "is_hypothesis_test", False)


def passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Run a test."""
    return not any(report.failed for report in runtestprotocol(item, False, following))


def _runs(item: pytest.Item, following: pytest.Item | None, tracer: Any) -> bool:
    sys.settrace(tracer)
    try:
        return passes(item, following)
    finally:
        sys.settrace(None)


def _tracer(watched: dict[str, str], keys: set[Key]) -> Callable[..., Any]:
    """What Python calls for every function, and in those of the watched files at each line."""
    base = str(ROOT / "nnlint/layers/base.py")
    lines = {path: _line_tracer(file, keys) for path, file in watched.items()}

    def called(frame: Any, event: str, arg: object) -> Any:
        code = frame.f_code
        if code.co_name == "__init__" and code.co_filename == base:
            keys.update(("class", one.__name__) for one in type(frame.f_locals["self"]).__mro__)
        return lines.get(code.co_filename)

    return called


def _line_tracer(file: str, keys: set[Key]) -> Callable[..., Any]:
    def stepped(frame: Any, event: str, arg: object) -> Any:
        keys.add((file, frame.f_lineno))
        return stepped

    return stepped

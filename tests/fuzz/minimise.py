"""A small corpus that runs the same lines as a large one."""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING

from tests.fuzz import seeds
from tests.fuzz.targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import FrameType

    from _typeshed import TraceFunction

    Step = tuple[str, int, int]

MOST_FILES = 60
"""Of one target: the corpus is run by every run of the tests."""
MOST_BYTES = 60_000
PACKAGE = str(seeds.ROOT / "nnlint")


def steps(run: Callable[[], None]) -> set[Step]:
    """The steps from line to line that it takes inside of nnlint."""
    taken: set[Step] = set()

    def enter(frame: FrameType, _event: str, _argument: object) -> TraceFunction | None:
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        before = [frame.f_lineno]

        def step(inner: FrameType, _event: str, _argument: object) -> TraceFunction:
            taken.add((inner.f_code.co_filename, before[0], inner.f_lineno))
            before[0] = inner.f_lineno
            return step

        return step

    sys.settrace(enter)
    try:
        run()
    finally:
        sys.settrace(None)
    return taken


def covered(target: str, data: bytes) -> set[Step]:
    """The steps of one input; none where it breaks something, for it belongs into found/."""
    try:
        return steps(lambda: TARGETS[target](data))
    except Exception:
        return set()


def chosen(inputs: list[bytes], cover: Callable[[bytes], set[Step]]) -> list[bytes]:
    """Those that each add most to what the others run, until nothing is added or it is full."""
    left = {data: cover(data) for data in inputs}
    picked: list[bytes] = []
    while left and len(picked) < MOST_FILES:
        best = max(left, key=lambda data: (len(left[data]), -len(data)))
        gained = left.pop(best)
        if not gained:
            break
        if sum(map(len, picked)) + len(best) <= MOST_BYTES:
            picked.append(best)
            left = {data: rest - gained for data, rest in left.items()}
    return picked


def choose(target: str, bred: Path) -> None:
    """Write the corpus of a target anew, from itself and from what was bred."""
    folder = seeds.CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    old = seeds.kept(seeds.CORPUS, target)
    inputs = sorted({path.read_bytes() for path in [*old, *bred.glob("*")]}, key=len)
    picked = chosen(inputs, lambda data: covered(target, data))
    for path in old:
        path.unlink()
    for data in picked:
        (folder / hashlib.sha256(data).hexdigest()[:12]).write_bytes(data)

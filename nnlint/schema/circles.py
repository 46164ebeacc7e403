"""Uses by which a block comes to use itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.schema.remedy import Remedy, problem
from nnlint.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path, Problem

MOST_STEPS = 8
"""Of a circle that a message shows."""


def circles(uses: dict[str, list[tuple[Path, str]]]) -> Iterator[Problem]:
    """The uses that close a circle; `uses` has each block's, where they stand and of what."""
    done: set[str] = set()
    for name in uses:
        if name not in done:
            yield from _from(name, uses, done)


def _from(
    name: str, uses: dict[str, list[tuple[Path, str]]], done: set[str]
) -> Iterator[Problem]:
    """Those that are met on the way from one block, in depth and without recursion."""
    way, around = [(name, iter(uses[name]))], {name}
    while way:
        path, used = next(way[-1][1], ((), ""))
        if not path:
            finished = way.pop()[0]
            done.add(finished)
            around.discard(finished)
        elif used in around:
            yield _circle(path, [*(one for one, _ in way), used])
        elif used not in done and used in uses:
            around.add(used)
            way.append((used, iter(uses[used])))


def _circle(path: Path, names: list[str]) -> Problem:
    way = " → ".join(names[names.index(names[-1]) :][:MOST_STEPS])
    message = f"the block {quoted(names[-1])} uses itself: {way}"
    remedy = Remedy("a part that repeats is repeat: n")
    return problem("NN123", (*path, "block"), message, remedy)

"""What a hostile file is, and what must be said of it: told by reasoning about the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Put = Callable[[Path], object]

MARK = "nnlint: 1\ninput: [4]\n"
ROW = "{type: Linear, out_features: 4}"
HERE = "¦"
"""Stands in a text where its first finding stands, and is no part of the file."""
COULD_NOT_CHECK = 2


class Case(NamedTuple):
    """One hostile thing on disk.

    Attributes:
        name: what it is.
        put: puts it at the path that it is given.
        code: the exit code, by the contract.
        says: the codes of its findings; of what can't be had, words of the reason.
        place: line and column of the first of them.
        meanwhile: what happens to it during the run.
        params: of its network, where it has one that can be counted.
        path: its name on the command line.
        holds_open: what puts it gives a descriptor that stays open during the run.
    """

    name: str
    put: Put
    code: int
    says: tuple[str, ...]
    place: tuple[int, int] | None = None
    meanwhile: str = ""
    params: int | None = None
    path: str = "hostile.yaml"
    holds_open: bool = False


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column as an editor counts them, apart from nnlint's own way to do so."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def holding(data: str | bytes) -> Put:
    """Puts a file with these bytes."""
    raw = data.encode() if isinstance(data, str) else data
    return lambda path: path.write_bytes(raw)


def text(name: str, codes: str, marked: str, encoding: str = "utf-8", exits: int = 1) -> Case:
    """A file whose text shows by a `¦` where the first finding stands."""
    assert marked.count(HERE) == 1, name
    before, _, after = marked.partition(HERE)
    where = place(before + after, len(before))
    data = (before + after).encode(encoding)
    return Case(name, holding(data), exits, tuple(codes.split()), where)


def clean(name: str, whole: str | bytes, params: int | None = None) -> Case:
    """A file that is strange, and has nothing wrong with it."""
    return Case(name, holding(whole), 0, (), params=params)


def raw(name: str, codes: str, data: bytes, line: int, column: int) -> Case:
    """A file of bytes that are no text, and where its finding stands."""
    return Case(name, holding(data), 1, tuple(codes.split()), (line, column))


def refused(name: str, words: str, put: Put, **more: Any) -> Case:
    """What can't be had or is no spec, and words of the reason."""
    return Case(name, put, COULD_NOT_CHECK, (words,), **more)

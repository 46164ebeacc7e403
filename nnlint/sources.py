"""Paths, folders, globs and `-` -> inputs with their bytes.

Whatever keeps nnlint from the bytes is an input too, with the reason: no input is
lost, and none stops the others.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from nnlint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STDIN = "-"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SUFFIXES = (".yaml", ".yml")
SKIPPED_FOLDERS = ("node_modules", "venv", "__pypackages__", "__pycache__")
MARKER = re.compile(rb"(?:^|\r)(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?nnlint:", re.MULTILINE)
MARKER_WORDS = "no line begins with `nnlint:`"
NO_FILE = "no .yaml or .yml file in this folder"
NO_MATCH = "no file matches"
NOT_A_SPEC = f"not a spec: {MARKER_WORDS} (begin a spec with the line `nnlint: 1`)"


class Source(Record):
    """One input.

    Attributes:
        path: as it is shown; `-` is standard input.
        named: by hand, so that it must be a spec.
        trouble: why its bytes can't be had; None: not tried, or had.
        others: other names of the same file, that which no link leads to among them.
    """

    path: str
    named: bool
    trouble: str | None = None
    others: tuple[str, ...] = ()


def collect(paths: Iterable[str], exclude: Iterable[Pattern]) -> list[Source]:
    """Every input once, in the order given; what a folder holds is sorted."""
    patterns = tuple(exclude)
    found: dict[str, Source] = {}
    for given in paths:
        for source in _expand(given):
            if not any(pattern.matches(source.path) for pattern in patterns):
                key = _identity(source.path)
                found[key] = _met(found.get(key), source, key)
    return list(found.values())


def _met(earlier: Source | None, source: Source, real: str) -> Source:
    """The input, which may have been met under another name."""
    first = earlier or source
    names = {*first.others, source.path, real} - {first.path}
    return first._replace(named=first.named or source.named, others=tuple(sorted(names)))


def _identity(path: str) -> str:
    """What two spellings of one file have in common."""
    try:
        return path if path == STDIN else os.path.realpath(path)
    except (OSError, ValueError):
        return path


def _expand(given: str) -> Iterator[Source]:
    if given == STDIN:
        yield Source(STDIN, named=True)
    elif not given:
        yield Source("''", named=True, trouble="an empty path; is a variable not set?")
    elif os.path.isdir(given):  # noqa: PTH112 - Path raises on names that no file can have
        yield from _walk(Path(given))
    elif any(sign in given for sign in "*?[") and not os.path.lexists(given):
        from glob import glob  # noqa: PLC0415 - shells mostly expand globs themselves

        matches = sorted(glob(given, recursive=True))  # noqa: PTH207 - it may be absolute
        yield from (source for match in matches for source in _expand(match))
        if not matches:
            yield Source(given, named=True, trouble=NO_MATCH)
    else:
        yield Source(given, named=True)


def _walk(folder: Path) -> Iterator[Source]:
    """The YAML files below a folder; hidden folders and those of tools are left out."""
    failures: list[OSError] = []
    files: list[str] = []
    pending = [str(folder)]
    while pending:  # os.walk recurses in Python 3.11, so it is asked for one level at a time
        for at, folders, names in islice(os.walk(pending.pop(), onerror=failures.append), 1):
            inner = [str(Path(at, name)) for name in folders if not is_passed_over(name)]
            # Path raises on names that are too long; os.walk says so itself
            pending += [one for one in inner if not os.path.islink(one)]  # noqa: PTH114
            files += [str(Path(at, name)) for name in names if name.endswith(SUFFIXES)]
    yield from (Source(path, named=False) for path in sorted(files))
    if not files and not failures:
        yield Source(str(folder), named=True, trouble=NO_FILE)
    for failure in sorted(failures, key=lambda failure: str(failure.filename)):
        yield Source(str(failure.filename), named=True, trouble=_reason(failure))


def is_passed_over(folder: str) -> bool:
    """Whether a search leaves out folders of that name."""
    return folder.startswith(".") or folder in SKIPPED_FOLDERS


class Pattern(Record):
    """A glob, and the folder that it is relative to."""

    glob: str
    folder: Path

    def matches(self, path: str) -> bool:
        """Whether it fits the path, any folder above it, or any single name in it."""
        parts = Path(os.path.relpath(path, self.folder)).parts if path != STDIN else ()
        whole = ["/".join(parts[: n + 1]) for n in range(len(parts))]
        glob = self.glob.rstrip("/").removeprefix("./")
        globs = {glob, glob.replace("**/", "")}  # `**/` stands for no folder too
        return any(fnmatchcase(name, one) for one in globs for name in (*whole, *parts))


class Unreadable(Exception):  # noqa: N818
    """The bytes can't be had, or are none of a spec's; the first argument says why."""

    data: bytes = b""
    """The bytes, where there are any."""


class TooLarge(Exception):  # noqa: N818
    """The file is larger than the limit; the argument is its size in bytes."""


class Fetched(Record):
    """The bytes of an input, and whether they hold the marker of a spec."""

    data: bytes
    is_marked: bool


def fetch(source: Source, limit: int, *, only_if_marked: bool) -> Fetched:
    """The bytes of an input.

    Raises:
        Unreadable: missing, denied, not a regular file; or unmarked, unless that is fine.
        TooLarge: larger than `limit` bytes.
    """
    if source.trouble:
        raise Unreadable(source.trouble)
    try:
        data, size = (
            _standard_input(limit) if source.path == STDIN else _file(source.path, limit)
        )
    except OSError as error:
        raise Unreadable(_reason(error)) from None
    except ValueError:
        raise Unreadable("no file can have that name") from None
    marked = is_marked(data)
    if not marked and only_if_marked:
        return Fetched(data, is_marked=False)
    if size > limit:
        raise TooLarge(size)
    if not marked:
        refusal = Unreadable(NOT_A_SPEC)
        refusal.data = data
        raise refusal
    return Fetched(data, is_marked=True)


def is_marked(data: bytes) -> bool:
    """Whether the bytes hold the marker of a spec."""
    return MARKER.search(data.replace(b"\0", b"")) is not None


def _standard_input(limit: int) -> tuple[bytes, int]:
    if sys.stdin is None:
        raise Unreadable("standard input is closed")
    data = sys.stdin.buffer.read(limit + 1)
    return data, len(data)


def _file(path: str, limit: int) -> tuple[bytes, int]:
    """At most `limit` bytes of a regular file, and its size; a FIFO does not block."""
    descriptor = os.open(
        path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    with os.fdopen(_regular(descriptor), "rb") as file:
        data = file.read(limit + 1) or b""  # None where there is nothing to read yet
        return data, max(os.fstat(file.fileno()).st_size, len(data))


def _regular(descriptor: int) -> int:
    """The descriptor, if it is a regular file's; else it is closed."""
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    raise Unreadable("is a directory" if stat.S_ISDIR(mode) else "not a regular file")


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()

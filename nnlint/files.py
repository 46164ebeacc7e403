"""Files replaced whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


ANYONE_WRITES = 0o222


class NotWritten(Exception):  # noqa: N818 - said of the file
    """The file is as it was; the argument says why."""


def replace(path: str, data: bytes, expected: bytes | None = None) -> None:
    """Put the data into the file: beside it first, then in its place.

    A link is followed, and the file keeps its permissions.

    Args:
        path: the file.
        data: its new content.
        expected: what it must still hold; None: anything, or nothing.

    Raises:
        NotWritten: it could not be written, or holds something else by now.
    """
    target = Path(os.path.realpath(path))
    try:
        if expected is not None and target.read_bytes() != expected:
            raise NotWritten("is not written: it has changed meanwhile")
        if not _mode(target) & ANYONE_WRITES:
            raise NotWritten("is not written: it is read-only")
        _swap(target, data)
    except OSError as error:
        raise NotWritten(
            f"can't be written: {(error.strerror or str(error)).lower()}"
        ) from None


def create(path: Path, data: bytes) -> None:
    """Write a new file, whole or not at all.

    Raises:
        FileExistsError: something stands there, or came to stand there meanwhile.
        OSError: it can't be written.
    """
    with _beside(path, data) as beside:
        try:
            path.hardlink_to(beside)
        except FileExistsError:
            raise
        except (OSError, NotImplementedError):  # a file system without links
            beside.replace(path)


def _swap(target: Path, data: bytes) -> None:
    with _beside(target, data) as beside:
        beside.replace(target)


@contextmanager
def _beside(target: Path, data: bytes) -> Iterator[Path]:
    """The data in a file of its own in the same folder, as long as it is not moved."""
    descriptor, name = tempfile.mkstemp(prefix=".nnlint-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_mode(target))
        with suppress(OSError, AttributeError):  # not ours to give
            os.chown(name, target.stat().st_uid, target.stat().st_gid)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _mode(target: Path) -> int:
    """The permissions of the file; those of a new one where there is none."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask

"""Files replaced whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path


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
            raise NotWritten("not written: the file has changed meanwhile")
        _swap(target, data)
    except OSError as error:
        raise NotWritten(f"not written: {(error.strerror or str(error)).lower()}") from None


def _swap(target: Path, data: bytes) -> None:
    descriptor, beside = tempfile.mkstemp(prefix=".nnlint-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(_mode(target))
        Path(beside).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(beside).unlink()
        raise


def _mode(target: Path) -> int:
    """The permissions of the file; those of a new one where there is none."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask

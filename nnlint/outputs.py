"""`--output FORMAT=FILE`: reports in files, beside what the screen shows."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from nnlint.policy import Invalid
from nnlint.record import Record
from nnlint.sources import STDIN
from nnlint.terminal import visible
from nnlint.wording import did_you_mean, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

FLAG = "--output"


class Output(Record):
    """One format and the file that it goes to."""

    format: str
    path: str


def read(given: Iterable[str], formats: Sequence[str]) -> tuple[Output, ...]:
    """What the flags ask for.

    Raises:
        Invalid: one can't be read, or two go into one file.
    """
    outputs = tuple(_output(word, formats) for word in given)
    met: set[str] = set()
    for one in outputs:
        if _real(one.path) in met:
            raise Invalid(f"{FLAG}: two formats go into {one.path}: give each its own file")
        met.add(_real(one.path))
    return outputs


def _output(word: str, formats: Sequence[str]) -> Output:
    name, sign, path = word.partition("=")
    if not sign:
        raise Invalid(f"{FLAG} takes FORMAT=FILE, for example json=report.json: {quoted(word)}")
    if name not in formats:
        hint = did_you_mean(name, formats) or f"it can be {listed(formats)}"
        raise Invalid(f"{FLAG}: there is no format {quoted(name)}: {hint}")
    if not path:
        raise Invalid(f"{FLAG} {word} names no file: write {word}FILE")
    if path == STDIN:
        raise Invalid(f"{FLAG} writes files; for standard output write --format {name}")
    return Output(name, path)


def keep_inputs(outputs: Iterable[Output], inputs: Iterable[str]) -> None:
    """Nothing that is read is written over.

    Raises:
        Invalid: an output would go into an input.
    """
    known = {same for path in inputs if path != STDIN for same in _identities(path)}
    for one in outputs:
        if known.intersection(_identities(one.path)):
            raise Invalid(f"{FLAG}: {one.path} is one of the inputs: name another file")


def _identities(path: str) -> Iterator[object]:
    """What the names of one file have in common, also where a file system forgives case."""
    yield _real(path)
    try:
        found = Path(path).stat()
        yield found.st_dev, found.st_ino
    except (OSError, ValueError):
        return


def _real(path: str) -> str:
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return path


def write(outputs: Iterable[Output], render: Callable[[str], str]) -> list[str]:
    """Each file whole or not at all; one that can't be written stops no other.

    Args:
        outputs: what goes where.
        render: the text of a format.

    Returns:
        What could not be written, a line each for standard error.
    """
    return [failure for one in outputs if (failure := _written(one, render))]


def _written(one: Output, render: Callable[[str], str]) -> str | None:
    from nnlint import files  # noqa: PLC0415 - most runs write none

    data = render(one.format).encode("utf-8", "backslashreplace")
    try:
        if not _has_room(Path(one.path)):
            return f"{visible(one.path)}: is not written: not a regular file"
        files.replace(one.path, data)
    except files.NotWritten as reason:
        return f"{visible(one.path)}: {reason}"
    except ValueError:
        return f"{visible(one.path)}: can't be written: no file can have that name"
    except OSError as error:
        return (
            f"{visible(one.path)}: can't be written: {(error.strerror or str(error)).lower()}"
        )
    return None


def _has_room(path: Path) -> bool:
    """Make the folders above it; what is no file, such as a device, must stay what it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return not path.exists() or stat.S_ISREG(path.stat().st_mode)

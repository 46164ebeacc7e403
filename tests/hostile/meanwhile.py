"""What happens to a file while nnlint is at work: between listing, opening and reading."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlint import sources

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = Path("hostile.yaml")
FOLDER = Path("hostile")
GOOD = "nnlint: 1\ninput: [4]\nlayers: [{type: Linear, out_features: 4}]\n"
"""4×4 + 4 = 20 parameters."""


def be_denied() -> None:
    """Root is denied nothing, so that the refusal is made here."""

    def denied(*_given: object, **_named: object) -> int:
        os.open = allowed
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(FILE))

    allowed, os.open = os.open, denied


def vanish() -> None:
    FILE.unlink()


def become_a_folder() -> None:
    FILE.unlink()
    FILE.mkdir()


def become_a_pipe() -> None:
    FILE.unlink()
    os.mkfifo(FILE)


def become_a_device() -> None:
    FILE.unlink()
    FILE.symlink_to("/dev/zero")


def be_replaced() -> None:
    """Another file takes its name; who has it open goes on reading the old one."""
    beside = Path("beside")
    beside.write_text("nnlint: 1\n\0")
    beside.replace(FILE)


def grow() -> None:
    with FILE.open("a") as file:
        file.write("#" * 20_000_000)


def shrink() -> None:
    os.truncate(FILE, len("nnlint: 1\ninput"))


def folder_vanishes() -> None:
    shutil.rmtree(FOLDER)


def _first(name: str, action: Callable[[], None], owner: Any) -> None:
    """Before the first call of that function, the action."""
    function, waiting = getattr(owner, name), [action]

    def acts(*given: Any, **named: Any) -> Any:
        if waiting:
            waiting.pop()()
        return function(*given, **named)

    setattr(owner, name, acts)


def prepare(words: str) -> None:
    """`opening: vanish`: before it opens a file, that; `reading: grow`: once it is open.

    `searching: …`: before it goes into the first folder that it found.
    """
    when, _, what = words.partition(": ")
    name = {"opening": "fetch", "reading": "_regular", "searching": "is_passed_over"}[when]
    _first(name, globals()[what], sources)

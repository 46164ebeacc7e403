"""The commands: every module of this folder is one, with `configure` and `run`.

A first argument that equals a module's name is the command; anything else is linted.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from nnlint import __version__, plugins
from nnlint.exits import Exit
from nnlint.record import Record

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable, Sequence

DEFAULT = "lint"


class Outcome(Record):
    """What a command says, where, and how it ends; `data` is passed on as it is."""

    code: int
    out: str = ""
    err: str = ""
    data: bytes = b""


def logged(lines: Iterable[str]) -> str:
    """What standard error says, a line each."""
    return "".join(f"nnlint: {line}\n" for line in lines)


def names() -> list[str]:
    """The commands that a user can name; linting needs no name."""
    return [name for name in plugins.modules(__path__) if name != DEFAULT]


def without_disguise(argv: Sequence[str]) -> list[str]:
    """The arguments; a file whose name looks like an option is a file.

    Hooks hand over the names of a repository's files as they are, and one of them may be
    `--exclude=*.yaml`.
    """
    return [f"./{word}" if _is_file(word) else word for word in argv]


def _is_file(word: str) -> bool:
    if not word.startswith("-") or "\0" in word:
        return False
    from nnlint.sources import SUFFIXES  # noqa: PLC0415 - --version does without

    return word.endswith(SUFFIXES) and os.path.lexists(word)


def chosen(argv: Sequence[str]) -> tuple[str, Any]:
    """The command that the arguments ask for: its name and its module."""
    name = argv[0] if argv and argv[0] in names() else DEFAULT
    return name, import_module(f"{__name__}.{name}")


def parser(name: str, command: Any) -> ArgumentParser:
    """The parser of a command's arguments; a usage error is exit 2, with the way to help."""
    import argparse  # noqa: PLC0415 - --version does without

    from nnlint.terminal import visible  # noqa: PLC0415

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> Any:
            self.exit(
                Exit.COULD_NOT_CHECK,
                f"nnlint: {visible(message)}\nnnlint: see {self.prog} --help\n",
            )

    shown = argparse.RawDescriptionHelpFormatter if name == DEFAULT else argparse.HelpFormatter

    def unmeasured(prog: str) -> argparse.HelpFormatter:
        return shown(prog, width=80)  # each argument asks for one, and it would ask the screen

    made = Parser(
        prog="nnlint" if name == DEFAULT else f"nnlint {name}",
        description=command.SUMMARY,
        epilog=_epilog() if name == DEFAULT else None,
        formatter_class=unmeasured,
        allow_abbrev=False,  # half a word must not write into files
    )
    if name == DEFAULT:
        made.add_argument("--version", action="version", version=f"nnlint {__version__}")
    command.configure(made)
    made.formatter_class = shown
    return made


def _epilog() -> str:
    return (
        f"commands: {', '.join(names())} (`nnlint COMMAND --help`; "
        "a file of that name is ./NAME)\n"
        "exit codes: 0 clean; 1 findings; 2 something could not be checked; "
        "3 only budgets or expectations are broken"
    )

"""The commands: every module of this folder is one, with `configure` and `run`.

A first argument that equals a module's name is the command; anything else is linted.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from types import ModuleType

DEFAULT = "lint"


class Outcome(NamedTuple):
    """What a command says, where, and how it ends."""

    code: int
    out: str = ""
    err: str = ""


def names() -> list[str]:
    """The commands that a user can name; linting needs no name."""
    return sorted(entry.name for entry in iter_modules(__path__) if entry.name != DEFAULT)


def load(name: str) -> ModuleType:
    """The module of a command."""
    return import_module(f"{__name__}.{name}")

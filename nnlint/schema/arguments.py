"""The arguments of a use, held against those of its block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnlint.published import BLOCK_KEYS, REQUIRED_ARG
from nnlint.schema.remedy import Remedy, nearest_of, problem
from nnlint.wording import described, listed, nearest, quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from nnlint.finding import Path, Problem

    Args = dict[str, Any]


def argument_problems(
    item: dict[str, Any], path: Path, name: str, args: Args
) -> Iterator[Problem]:
    """What is wrong with them; `args` are the block's, with their defaults."""
    for key, value in item.items():
        if key in args:
            yield from _scalar_problems(key, value, (*path, key))
        elif key not in (*BLOCK_KEYS, "block", "type"):
            yield _unknown(key, (*path, key), name, args, BLOCK_KEYS)
    yield from _missing(item, path, name, args)
    first = item.get("first")
    for key, value in first.items() if isinstance(first, dict) else ():
        place = (*path, "first", key)
        if key not in args:
            yield _unknown(key, place, name, args)
        yield from _scalar_problems(key, value, place)


def _missing(item: dict[str, Any], path: Path, name: str, args: Args) -> Iterator[Problem]:
    """The arguments that the block needs, but for those that misspelt ones stand for."""
    meant = {nearest(key, args) for key in item if key not in (*args, *BLOCK_KEYS, "block")}
    for key, default in args.items():
        if default == REQUIRED_ARG and key not in item and key not in meant:
            message = f"the block {quoted(name)} needs {key}"
            yield problem("NN102", path, message, Remedy(f"write `{key}:` beside block"))


def _unknown(
    key: str, path: Path, name: str, args: Args, beside: Collection[str] = ()
) -> Problem:
    """A key that is neither an argument nor one of those that may stand beside them."""
    message = f"the block {quoted(name)} takes no argument {quoted(key)}"
    remedy = nearest_of(key, [*args, *beside]) or Remedy(_taken(args))
    return problem("NN103", path, message, remedy, on_key=True)


def _taken(args: Args) -> str:
    return f"it takes {listed(args, 'and')}" if args else "it has no args"


def _scalar_problems(key: str, value: Any, path: Path) -> Iterator[Problem]:
    if isinstance(value, dict | list):
        expected = "expected a number, a text, true, false or null"
        yield problem("NN101", path, f"{key} is {described(value)}, but {expected}")

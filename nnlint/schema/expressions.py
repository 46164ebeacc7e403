"""The expressions in a document's values, as far as reading them tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

from nnlint.expression import ARRIVING, Faulty, faulty, is_expression, names, unknown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from nnlint.finding import Path, Problem

Names: TypeAlias = dict[str, None]
"""What an expression can ask for, in the order in which it is defined."""

HERE: Names = {ARRIVING: None}
"""What can be asked for wherever a layer stands."""


def expression_problems(value: Any, path: Path, known: Collection[str]) -> Iterator[Problem]:
    """What is wrong with the expressions in a value."""
    if isinstance(value, dict | list):
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in entries:
            yield from expression_problems(item, (*path, key), known)
    elif is_expression(value):
        try:
            _read(value, known)
        except Faulty as fault:
            fault.text = value
            yield faulty(fault, path)


def _read(text: str, known: Collection[str]) -> None:
    """Read an expression.

    Raises:
        Faulty: it is none, or it asks for what nobody has defined.
    """
    for name in names(text):
        if name not in known:
            raise unknown(name, known)


def with_signs(text: str, known: Collection[str]) -> str | None:
    """The expression that a text is but for the `$` before its names: `4*d` is `4*$d`."""
    signed = re.sub(r"\b[A-Za-z_]\w*", r"$\g<0>", text)
    wrong = not is_expression(signed) or any(expression_problems(signed, (), known))
    return None if wrong else signed

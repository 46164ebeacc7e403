"""What to write instead of what is wrong: in words for a person, and as the thing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnlint.finding import Problem
from nnlint.record import Record
from nnlint.wording import flow, nearest, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nnlint.finding import Path


class Remedy(Record):
    """How to mend a problem.

    Attributes:
        words: what the user reads.
        value: what is right at the problem's place: the key where the problem is on the
            key, else the value; None where it is not one thing (null is never a remedy).
    """

    words: str
    value: Any = None


def problem(
    code: str, path: Path, message: str, remedy: Remedy | None = None, *, on_key: bool = False
) -> Problem:
    """A problem with its remedy, as far as there is one."""
    return Problem(code, path, message, remedy.words if remedy else None, on_key=on_key)


def write(value: Any) -> Remedy:
    """`write 16`: that value, and no other."""
    return Remedy(f"write {flow(value)}", value)


def meant(word: str) -> Remedy:
    """`did you mean 'Linear'?`: that word, most likely."""
    return Remedy(f"did you mean {quoted(word)}?", word)


def nearest_of(name: str, known: Iterable[str]) -> Remedy | None:
    """The known name that is most like the one that was written."""
    word = nearest(name, known)
    return meant(word) if word else None

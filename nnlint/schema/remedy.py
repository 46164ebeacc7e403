"""What to write instead of what is wrong: in words for a person, and as the thing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnlint.finding import Applies, Edit, Fix, Problem
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
        sure: nothing else can have been meant, so that it may be written without asking.
        beside: the value that goes with a new key, where the old one does not fit it.
    """

    words: str
    value: Any = None
    sure: bool = False
    beside: Any = None


def problem(
    code: str, path: Path, message: str, remedy: Remedy | None = None, *, on_key: bool = False
) -> Problem:
    """A problem with its remedy, as far as there is one."""
    if remedy is None:
        return Problem(code, path, message, on_key=on_key)
    told = Problem(code, path, message, remedy.words, on_key=on_key)
    if not remedy.sure:
        return told
    fix = _fix(path, remedy, on_key=on_key)
    return told._replace(fix=fix, meant=fix.edits)


def _fix(path: Path, remedy: Remedy, *, on_key: bool) -> Fix:
    """The remedy as edits of the document."""
    also = () if remedy.beside is None else (Edit(path, remedy.beside),)
    return Fix(Applies.SAFE, (*also, Edit(path, remedy.value, on_key)))


def write(value: Any, *, sure: bool = False) -> Remedy:
    """`write 16`: that value, and no other."""
    return Remedy(f"write {flow(value)}", value, sure)


def meant(word: str, written: str) -> Remedy:
    """`did you mean 'Linear'?`: most likely; surely, where only the case differs."""
    return Remedy(f"did you mean {quoted(word)}?", word, word.lower() == written.lower())


def nearest_of(name: str, known: Iterable[str]) -> Remedy | None:
    """The known name that is most like the one that was written."""
    word = nearest(name, known)
    return meant(word, name) if word else None

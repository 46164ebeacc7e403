"""A document's data as it was meant: where a mistake has one answer, the rest goes on with it.

So a layer under Keras' name is counted, a second mistake behind it is found in the same run,
and a misspelt `vars:` is one finding, not one for each variable.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from nnlint import mistakes, schema
from nnlint.edits import apply
from nnlint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nnlint.finding import Edit, Path, Problem

MOST_ROUNDS = 5
"""A layer's name, then its keys, then their values: each is known after the one before."""


class Meant(Record):
    """The data that the later stages read.

    Attributes:
        data: with what was surely meant in place of what is written.
        problems: what the schema says of the document, at its own places.
        refused: the paths of what can't be used.
        renamed: keys of the data -> what the document calls them.
    """

    data: Any
    problems: list[Problem]
    refused: frozenset[Path]
    renamed: dict[Path, str]

    def placed(self, problem: Problem) -> Problem:
        """A problem of the data, said of the document."""
        return _placed(problem, self.renamed) if self.renamed else problem


def read(data: Any) -> Meant:
    """Check the data, and go on with what it means."""
    renamed: dict[Path, str] = {}
    told: list[Problem] = []
    for _ in range(MOST_ROUNDS):
        checked = schema.check(data)
        cut = mistakes.are_cut(checked.problems)
        mended = [problem for problem in checked.problems if problem.meant and not cut]
        if not mended:
            break
        told += [_placed(problem, renamed) for problem in mended]
        data = deepcopy(data)
        _mend(data, [edit for problem in mended for edit in problem.meant], renamed)
    rest = (one for one in checked.problems if cut or not one.meant)
    told = mistakes.told([*told, *(_placed(one, renamed) for one in rest)])
    return Meant(data, told, checked.refused, renamed)


def _mend(data: Any, edits: Iterable[Edit], renamed: dict[Path, str]) -> None:
    """Make the edits that can be made, and note what keys were called before."""
    for edit in sorted(edits, key=lambda one: (-len(one.path), one.on_key)):
        try:
            apply(data, edit)
        except LookupError:
            continue
        if edit.on_key:
            written = _origin(edit.path, renamed)[-1]
            renamed[*edit.path[:-1], edit.value] = str(written)


def _origin(path: Path, renamed: dict[Path, str]) -> Path:
    """The path in the document of a path in the data."""
    return tuple(renamed.get(path[: n + 1], step) for n, step in enumerate(path))


def _placed(problem: Problem, renamed: dict[Path, str]) -> Problem:
    fix = problem.fix
    if fix:
        places = (one._replace(path=_origin(one.path, renamed)) for one in fix.edits)
        fix = fix._replace(edits=tuple(places))
    uses = tuple(use._replace(path=_origin(use.path, renamed)) for use in problem.uses)
    return problem._replace(path=_origin(problem.path, renamed), fix=fix, uses=uses)

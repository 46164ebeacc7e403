"""A kind of mistake: its name, who should notice it, and where it can be made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.mutation.tree import Mutation, Spec

Find = Callable[[Spec], Iterator[Mutation]]


class Kind(NamedTuple):
    """A kind of mistake.

    Attributes:
        name: how it is called in the report.
        codes: any of these should catch it; none where there is no rule for it yet.
        legal: the mutant is a network that somebody may mean: silence is right.
        declared: what is declared (`expect`, `budget`) stays, as it is what is judged.
        in_text: the change is made in the text, not in the data.
        find: the places where it can be made in a spec.
    """

    name: str
    codes: tuple[str, ...]
    legal: bool
    declared: bool
    in_text: bool
    find: Find


KINDS: dict[str, Kind] = {}


def kind(
    *codes: str, legal: bool = False, declared: bool = False, in_text: bool = False
) -> Callable[[Find], Find]:
    """Register a function as a kind of mistake, under its own name."""

    def register(find: Find) -> Find:
        name = find.__name__.strip("_").replace("_", "-")
        KINDS[name] = Kind(name, codes, legal, declared, in_text, find)
        return find

    return register

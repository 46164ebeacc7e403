"""The names of a network while it is laid out: who can see what, and ways into copies."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from nnlint.record import Record
from nnlint.wording import did_you_mean, grouped, listed, plural, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nnlint.graph import Edge, Node

PREVIOUS = "previous"
NAMES_NEAR = 100
"""Names before a layer that a misspelt one is compared with."""


class Copy(Record):
    """One copy of a part, and those after it that are equal to it.

    Attributes:
        first: its number, from 0.
        names: the names inside it.
        edge: what leaves it.
    """

    first: int
    names: Mapping[str, Entry]
    edge: Edge


class Entry(Record):
    """What a name stands for.

    Attributes:
        edge: what leaves it; of several copies the last.
        node: the layer itself; None where it is a part of several, or an input.
        copies: the copies of a part, equal ones together.
        total: how many copies there are.
        refused: nobody knows what is in it; that is reported already.
    """

    edge: Edge
    node: Node | None = None
    copies: tuple[Copy, ...] = ()
    total: int = 1
    refused: bool = False

    def copy(self, number: int) -> Copy:
        """The copy of that number."""
        return max((c for c in self.copies if c.first <= number), key=lambda c: c.first)


class Nowhere(Exception):  # noqa: N818 - read as a sentence: the name leads nowhere
    """The name leads nowhere.

    Args:
        message: where it ends, said of who asks for it.
        hint: what was most likely meant, or None.
        known: the names that are there.
        inside: those are the names inside a part.
    """

    def __init__(
        self, message: str, hint: str | None, known: Iterable[str] = (), *, inside: bool = True
    ) -> None:
        super().__init__(message)
        self.message, self.hint, self.known = message, hint, list(known)
        self.inside = inside

    def remedy(self, *others: str) -> str | None:
        """What was meant, or else what there is; outside of a part also `others`."""
        names = [*(() if self.inside else others), *self.known][:9]
        return self.hint or (f"known here: {listed(names, 'and')}" if names else None)


class Scopes:
    """The names that can be seen, from the inside out."""

    def __init__(self, inputs: Mapping[str, Edge]) -> None:
        self.stack: list[dict[str, Entry]] = [{n: Entry(edge) for n, edge in inputs.items()}]

    def find(self, way: str) -> Entry:
        """What a name stands for: `stem`, `encoder.3`, `encoder.3/attention`.

        Raises:
            Nowhere: nothing has that name.
        """
        if way.isidentifier():  # the common case, and the quick one
            return self._nearest(way)
        first, *rest = way.split("/")
        entry, so_far = self._numbered(first, None, first), first
        for part in rest:
            if entry.refused:
                break
            copy = self._chosen(entry, so_far)
            so_far = f"{so_far}/{part}"
            entry = self._numbered(part, copy.names, so_far)
        return entry

    def _numbered(self, part: str, inside: Mapping[str, Entry] | None, way: str) -> Entry:
        """The entry of one part of a way; with a number, the copy of that number."""
        name, _, number = part.partition(".")
        entry = self._nearest(name) if inside is None else _in(inside, name, way)
        if not number or entry.refused:
            return entry
        if entry.total == 1 and not entry.copies:
            raise Nowhere(
                f"takes {quoted(way)}, but {quoted(name)} stands once", f"write {name}"
            )
        if int(number) >= entry.total:
            of = f"{quoted(name)} has {plural(entry.total, 'copy')}".replace("copys", "copies")
            last = f"the last is {name}.{grouped(entry.total - 1)}: copies count from 0"
            raise Nowhere(f"takes {quoted(way)}, but {of}", last)
        copy = entry.copy(int(number))
        return Entry(copy.edge, entry.node, (copy._replace(first=0),))

    def _chosen(self, entry: Entry, way: str) -> Copy:
        """The copy that a way goes on into: the last, where it names none."""
        if not entry.copies or not (entry.copies[-1].names or entry.node is None):
            raise Nowhere(
                f"takes a part of {quoted(way)}, but that is a single layer", f"write {way}"
            )
        return entry.copies[-1]

    def _nearest(self, name: str) -> Entry:
        for scope in reversed(self.stack):
            if name in scope:
                return scope[name]
        words = f"takes {quoted(name)}, but nothing before it has that name"
        known = list(
            islice(chain.from_iterable(map(_latest, reversed(self.stack))), NAMES_NEAR)
        )
        raise Nowhere(words, did_you_mean(name, known), known, inside=False)


def _latest(scope: Mapping[str, Entry]) -> Iterable[str]:
    return islice(reversed(list(scope)), NAMES_NEAR)


def _in(inside: Mapping[str, Entry], name: str, way: str) -> Entry:
    if name in inside:
        return inside[name]
    part = way.rpartition("/")[0]
    words = f"takes {quoted(way)}, but {quoted(part)} has no {quoted(name)} inside"
    nothing = None if inside else "nothing in it has a name"
    raise Nowhere(words, did_you_mean(name, inside) or nothing, inside)

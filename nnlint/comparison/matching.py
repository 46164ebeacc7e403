"""Which layer of the base is which layer now: by name, then by position and structure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from nnlint.comparison.alignment import aligned
from nnlint.comparison.change import facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from nnlint.graph import Node

    Key: TypeAlias = tuple[Any, ...]
    """Texts, in tuples: it can be ordered."""
    Pair: TypeAlias = tuple[Node | None, Node | None]

NOT_STRUCTURE = ("name", "copies", "input", "inside", "from", "with", "trainable")
"""What may differ between a layer and what became of it, if all else is alike."""


def pairs(before: Sequence[Node], after: Sequence[Node]) -> list[Pair]:
    """Every layer of both, in the order of the table now, what is gone where it was."""
    partner: dict[int, Node] = {}
    for matched in (_by_name, _unnamed, _by_structure, _by_type, _wherever):
        old = [node for node in before if id(node) not in partner]
        new = [node for node in after if id(node) not in partner]
        for one, other in matched(old, new):
            partner[id(one)], partner[id(other)] = other, one
    return list(_in_order(before, after, partner))


def _by_name(old: Sequence[Node], new: Sequence[Node]) -> Iterator[tuple[Node, Node]]:
    """Named layers, by the names of the parts around them and their own; copies in order."""
    named: dict[str, list[Node]] = {}
    for node in old:
        if node.spec.name:
            named.setdefault(node.address, []).append(node)
    for node in new:
        same = named.get(node.address) if node.spec.name else None
        if same:
            yield same.pop(0), node


def _unnamed(old: Sequence[Node], new: Sequence[Node]) -> Iterator[tuple[Node, Node]]:
    """The same without a name on either side: what has a new name is new, if it can be."""
    unnamed = ([node for node in side if not node.spec.name] for side in (old, new))
    return _by_structure(*unnamed)


def _by_structure(old: Sequence[Node], new: Sequence[Node]) -> Iterator[tuple[Node, Node]]:
    """Layers that are alike in type and attributes, in the order in which they stand."""
    return _aligned(old, new, _structure)


def _by_type(old: Sequence[Node], new: Sequence[Node]) -> Iterator[tuple[Node, Node]]:
    """Layers of one type in parts of one kind, in the order in which they stand."""
    return _aligned(old, new, _kind)


def _wherever(old: Sequence[Node], new: Sequence[Node]) -> Iterator[tuple[Node, Node]]:
    """Layers that are alike but moved into a part, or out of one."""
    return _aligned(old, new, _own)


def _structure(node: Node) -> Key:
    return (_around(node), _own(node))


def _own(node: Node) -> Key:
    return tuple(fact for fact in facts(node) if fact[0] not in NOT_STRUCTURE)


def _kind(node: Node) -> Key:
    return (_around(node), node.spec.type)


def _around(node: Node) -> tuple[str, ...]:
    return tuple(group.spec.type for group in node.parts)


def _aligned(
    old: Sequence[Node], new: Sequence[Node], key: Callable[[Node], Key]
) -> Iterator[tuple[Node, Node]]:
    """As many layers with equal keys in both as can be, without crossing."""
    keys, others = [key(node) for node in old], [key(node) for node in new]
    # of equally good ways there and back take the same
    swapped = others < keys
    for one, other in aligned(others, keys) if swapped else aligned(keys, others):
        yield (old[other], new[one]) if swapped else (old[one], new[other])


def _in_order(
    before: Sequence[Node], after: Sequence[Node], partner: dict[int, Node]
) -> Iterator[Pair]:
    """New layers in their order; what is gone comes behind what stood before it."""
    gone: dict[int | None, list[Node]] = {}
    last: int | None = None
    for node in before:
        if id(node) in partner:
            last = id(node)
        else:
            gone.setdefault(last, []).append(node)
    yield from ((node, None) for node in gone.get(None, ()))
    for node in after:
        old = partner.get(id(node))
        yield old, node
        yield from ((one, None) for one in gone.get(id(old) if old else -1, ()))

"""Which layer of the base is which layer now: by name, then by position and structure."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, TypeAlias

from nnlint.comparison.change import facts

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from nnlint.graph import Node

    Pair: TypeAlias = tuple[Node | None, Node | None]

MOST_COMPARED = 4_000_000
"""Pairs of layers that are weighed up; of larger networks layers go by their order."""
NOT_STRUCTURE = ("name", "copies", "input")
"""What may differ between a layer and what became of it, if all else is alike."""


def pairs(before: Sequence[Node], after: Sequence[Node]) -> list[Pair]:
    """Every layer of both, in the order of the table now, what is gone where it was."""
    partner: dict[int, Node] = {}
    for matched in (_by_name, _by_structure, _by_type):
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


def _by_structure(old: Sequence[Node], new: Sequence[Node]) -> Iterator[tuple[Node, Node]]:
    """Layers that are alike in type and attributes, in the order in which they stand."""
    return _aligned(old, new, _structure)


def _by_type(old: Sequence[Node], new: Sequence[Node]) -> Iterator[tuple[Node, Node]]:
    """Layers of one type in parts of one kind, in the order in which they stand."""
    return _aligned(old, new, _kind)


def _structure(node: Node) -> Hashable:
    own = tuple(fact for fact in facts(node) if fact[0] not in NOT_STRUCTURE)
    return (_around(node), own)


def _kind(node: Node) -> Hashable:
    return (_around(node), node.spec.type)


def _around(node: Node) -> tuple[str, ...]:
    return tuple(group.spec.type for group in node.parts)


def _aligned(
    old: Sequence[Node], new: Sequence[Node], key: Callable[[Node], Hashable]
) -> Iterator[tuple[Node, Node]]:
    """The longest run of layers with equal keys in both, without crossing."""
    keys, others = [key(node) for node in old], [key(node) for node in new]
    begin = _common(keys, others)
    end = _common(keys[begin:][::-1], others[begin:][::-1])
    yield from zip(old[:begin], new[:begin], strict=True)
    middle = slice(begin, len(keys) - end), slice(begin, len(others) - end)
    left, right = keys[middle[0]], others[middle[1]]
    if left and right and len(left) * len(right) <= MOST_COMPARED:
        matcher = SequenceMatcher(None, left, right, autojunk=False)
        for block in matcher.get_matching_blocks():
            for step in range(block.size):
                yield old[begin + block.a + step], new[begin + block.b + step]
    elif left and right:
        yield from _same_place(old[middle[0]], new[middle[1]], key)
    if end:
        yield from zip(old[-end:], new[-end:], strict=True)


def _same_place(
    old: Sequence[Node], new: Sequence[Node], key: Callable[[Node], Hashable]
) -> Iterator[tuple[Node, Node]]:
    for one, other in zip(old, new, strict=False):
        if key(one) == key(other):
            yield one, other


def _common(keys: Sequence[Hashable], others: Sequence[Hashable]) -> int:
    """How many they have in common from the start."""
    for step, (one, other) in enumerate(zip(keys, others, strict=False)):
        if one != other:
            return step
    return min(len(keys), len(others))


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

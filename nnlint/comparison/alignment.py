"""What stands in two sequences in one order, and as much of it as there can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

MOST_EDITS = 1_500
"""Entries that one has and the other has not; beyond, entries go by their places."""


def aligned(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The longest common subsequence, by its numbers in both (Myers, 1986).

    It takes time with the edits, not with the length: networks are long and changes short.
    """
    numbers: dict[Hashable, int] = {}
    one, other = (
        [numbers.setdefault(key, len(numbers)) for key in side] for side in (left, right)
    )
    reached = _reached(one, other)
    if reached is None:
        return [(at, at) for at in range(min(len(one), len(other))) if one[at] == other[at]]
    return list(_back(reached, len(one), len(other)))[::-1]


def _reached(left: list[int], right: list[int]) -> list[dict[int, int]] | None:
    """How far left one comes on each diagonal, edit by edit, until both are at their ends."""
    furthest, steps = {1: 0}, []
    for edits in range(min(len(left) + len(right), MOST_EDITS) + 1):
        for diagonal in range(-edits, edits + 1, 2):
            at = _begin(furthest, diagonal, edits)
            while _is_common(left, right, at, at - diagonal):
                at += 1
            furthest[diagonal] = at
        steps.append({k: furthest[k] for k in range(-edits, edits + 1, 2)})
        if furthest.get(len(left) - len(right), -1) >= len(left):
            return steps
    return None


def _begin(furthest: dict[int, int], diagonal: int, edits: int) -> int:
    """Where an edit leads that comes from the diagonal that is further."""
    if _is_insertion(furthest, diagonal, edits):
        return furthest[diagonal + 1]
    return furthest[diagonal - 1] + 1


def _is_insertion(furthest: dict[int, int], diagonal: int, edits: int) -> bool:
    if diagonal in (-edits, edits):
        return diagonal == -edits
    return furthest[diagonal - 1] < furthest[diagonal + 1]


def _is_common(left: list[int], right: list[int], at: int, other: int) -> bool:
    return at < len(left) and other < len(right) and left[at] == right[other]


def _back(steps: list[dict[int, int]], at: int, other: int) -> Iterator[tuple[int, int]]:
    """The way that led to the ends, from there."""
    for edits in range(len(steps) - 1, -1, -1):
        diagonal = at - other
        before = steps[edits - 1] if edits else {1: 0}
        begin = _begin(before, diagonal, edits)
        while at > begin:
            at, other = at - 1, other - 1
            yield at, other
        if edits:
            insertion = _is_insertion(before, diagonal, edits)
            at, other = (at, other - 1) if insertion else (at - 1, other)

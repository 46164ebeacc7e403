"""Words that several rules say: what follows what, and between which numbers."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from nnlint.finding import spell

if TYPE_CHECKING:
    from nnlint.graph import Node


def numbers_within(bounds: tuple[float, float]) -> str:
    """What a layer gives, in words."""
    match bounds:
        case (least, most) if least == -inf and most == inf:
            return "any number"
        case (least, most) if most == inf:
            return f"numbers from {least:g} up"
        case (least, most) if least == -inf:
            return f"numbers of at most {most:g}"
        case (least, most):
            return f"numbers from {least:g} to {most:g}"


def follows(first: Node, second: Node, *, of_the_copy_before: bool = False) -> str:
    """The two in words: `ReLU follows ReLU (layers[1])`."""
    if first.path == second.path:
        return f"each copy of {second.spec.label} follows the one before"
    where = (
        f"{spell(first.path)} of the copy before" if of_the_copy_before else spell(first.path)
    )
    return f"{second.spec.label} follows {first.spec.label} ({where})"

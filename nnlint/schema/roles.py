"""Layers that stand for a norm, an activation or a merge: whether they are one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers import layer_types
from nnlint.schema.remedy import Remedy, problem
from nnlint.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path, Problem
    from nnlint.layers.base import Layer

ROLES = {"norm": "a norm", "activation": "an activation", "merge": "a merge"}


def role_problems(
    layer: type[Layer] | None, role: str, path: Path, key: str
) -> Iterator[Problem]:
    """Whether the layer is what it is written as."""
    if layer is None or layer.role == role:
        return
    own = [name for name, kind in layer_types().items() if kind.role == role]
    message = f"{key} is {layer.__name__}, but expected {ROLES[role]}"
    yield problem("NN104", path, message, Remedy(f"for example {listed(own[:4])}"))


def no_block(role: str, path: Path, key: str) -> Problem:
    """A use of a block, where one layer is wanted."""
    return problem("NN104", path, f"{key} is a use of a block, but expected {ROLES[role]}")

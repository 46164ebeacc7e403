"""Values that stand apart from their layer: in `defaults` and in `first`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnlint.layers.base import FOLLOW
from nnlint.published import default_keys
from nnlint.schema import validation
from nnlint.schema.expressions import expression_problems
from nnlint.schema.remedy import Remedy, problem
from nnlint.schema.translation import translated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path, Problem
    from nnlint.layers.attribute import Attribute
    from nnlint.layers.base import Layer
    from nnlint.schema.expressions import Names


def override_problems(
    values: dict[str, Any], path: Path, layer: type[Layer], known: Names
) -> Iterator[Problem]:
    """What is wrong with the values that are given to a layer of that type."""
    every, taken = layer.keys(), _taken(layer)
    misplaced = [key for key in values if key in every and key not in taken]
    for key in misplaced:
        yield _misplaced(key, path)
    others = {key: value for key, value in values.items() if key not in misplaced}
    yield from translated(validation.of_overrides(taken, others), path, layer)
    yield from expression_problems(others, path, known)


def following(
    values: dict[str, Any], layer: type[Layer]
) -> Iterator[tuple[str, Any, Attribute]]:
    """The norm and the activation among the values: their keys, values and kinds."""
    taken = _taken(layer)
    for key in FOLLOW:
        if key in values and key in taken:
            yield key, values[key], taken[key]


def _taken(layer: type[Layer]) -> dict[str, Attribute]:
    every = layer.keys()
    return {key: every[key] for key in default_keys(layer)}


def _misplaced(key: str, path: Path) -> Problem:
    where = "first" if path[-1] == "first" else "defaults"
    remedy = Remedy("it holds layers, a name or wiring: write it on the layer itself")
    message = f"{key} can't stand in {where}"
    return problem("NN103", (*path, key), message, remedy, on_key=True)

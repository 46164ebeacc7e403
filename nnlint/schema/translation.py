"""What jsonschema found -> problems; the words for them load with the first mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.expression import is_expression
from nnlint.published import FIXED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nnlint.finding import Path, Problem
    from nnlint.layers.base import Layer
    from nnlint.schema.validation import Breach


def translated(
    breaches: Iterable[Breach], path: Path, layer: type[Layer] | None = None
) -> list[Problem]:
    """The problems of the value at `path`, which is a layer where its type is given."""
    present = [breach for breach in breaches if not _comes_later(breach, path)]
    if not present:
        return []
    from nnlint.schema.messages import problems_of  # noqa: PLC0415 - only a mistake pays for it

    return problems_of(present, path, layer)


def _comes_later(breach: Breach, path: Path) -> bool:
    """Whether the value is an expression: it is computed first, and checked then."""
    in_place = breach.key not in FIXED if path else breach.key in ("input", "inputs")
    return in_place and is_expression(breach.value)

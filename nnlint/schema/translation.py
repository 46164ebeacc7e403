"""What jsonschema found -> problems; the words for them load with the first mistake."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from nnlint.expression import is_expression
from nnlint.mistakes import MOST_MISTAKES, are_cut, too_many
from nnlint.schema.validation import waits_in_layer, waits_on_top

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nnlint.finding import Path, Problem
    from nnlint.layers.base import Layer
    from nnlint.schema.breaches import Breach


def translated(
    breaches: Iterable[Breach], path: Path, layer: type[Layer] | None = None
) -> list[Problem]:
    """The problems of the value at `path`, which is a layer where its type is given."""
    all_present = (breach for breach in breaches if not _comes_later(breach, path))
    present = list(islice(all_present, MOST_MISTAKES + 1))
    if not present:
        return []
    from nnlint.schema.messages import problems_of  # noqa: PLC0415 - only a mistake pays for it

    problems = problems_of(present, path, layer)
    if len(present) > MOST_MISTAKES and not are_cut(problems):
        problems.append(too_many((*path, *present[-1].path)))
    return problems


def _comes_later(breach: Breach, path: Path) -> bool:
    """Whether the value is an expression: it is computed first, and checked then."""
    waits = waits_in_layer if path else waits_on_top
    return waits(breach.key) and is_expression(breach.value)

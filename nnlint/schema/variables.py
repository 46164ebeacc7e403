"""The variables of a spec, and what its variants make of them."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any

from nnlint.expression import is_expression
from nnlint.scalars import OLD_WORDS
from nnlint.schema.expressions import expression_problems
from nnlint.schema.remedy import Remedy, nearest_of, problem, write
from nnlint.schema.wrong_values import computed
from nnlint.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path, Problem
    from nnlint.schema.expressions import Names


def variable_problems(variables: dict[str, Any]) -> Iterator[Problem]:
    """A variable may ask for those above it."""
    above: Names = {}
    for name, value in variables.items():
        for one in expression_problems(value, ("vars", name), above):
            asked = re.findall(r"'\$([^']+)'", one.message)
            below = any(other in variables for other in asked)
            hint = "it may ask for variables above it: move that one up"
            yield one._replace(help=hint) if below else one
        above[name] = None
        yield from _not_as_meant(value, ("vars", name))


def _not_as_meant(value: Any, path: Path) -> Iterator[Problem]:
    """A text that stands for a number or a truth value: no layer takes it as a text."""
    if not isinstance(value, str) or is_expression(value):
        return
    flag = OLD_WORDS.get(value.lower())
    right = computed(value) if flag is None else flag
    if right is not None:
        expected = "a number" if flag is None else "true or false"
        message = f"{path[-1]} is the text {quoted(value)}, but expected {expected}"
        yield problem("NN101", path, message, write(right, sure=True))


def variant_problems(
    variants: dict[str, Any], variables: dict[str, Any]
) -> Iterator[tuple[Path, Problem]]:
    """A variant gives other values to the same; each problem with the path that it refuses."""
    known = dict.fromkeys(variables)
    for variant, values in variants.items():
        for name, value in values.items() if isinstance(values, dict) else ():
            path = ("variants", variant, name)
            wrong = chain(expression_problems(value, path, known), _not_as_meant(value, path))
            for one in wrong:
                yield path, one
            if name not in variables:
                yield path, _unknown(name, path, variables)


def _unknown(name: str, path: Path, variables: dict[str, Any]) -> Problem:
    message = f"a variant overrides vars, and there is no {quoted(name)} in vars"
    remedy = nearest_of(name, variables) or Remedy(f"write vars: {{{name}: …}} first")
    return problem("NN115", path, message, remedy, on_key=True)

"""The mutants of nnlint's own code: what is changed, and that a fork's change stays there."""

from __future__ import annotations

import ast
from math import inf

import pytest

from tests.mutants.changes import changes
from tests.mutants.judge import _forked
from tests.mutants.mutant import Mutant, mutants, put

WINDOWS = "nnlint/layers/windows.py"

MADE = {
    "a < b": {"Lt -> LtE", "Lt -> GtE"},
    "a + 'text'": set(),
    "not a": {"not a -> a"},
    "a[b:]": {"b -> (nothing)"},
    "f'{a + 1}'": set(),
    "max(a)": {"max -> min"},
    "True": {"True -> False"},
    "7": {"7 -> 8", "7 -> 6"},
    "a and b": {"And -> Or", "a -> True", "b -> True"},
    "a or 0": {"a -> False", "0 -> 1", "0 -> -1", "Or -> And"},
    "a if b else c": {"b -> True", "b -> False"},
    "zip(a, strict=True)": set(),
}
"""An expression, and what may become of it: written from the list of operators."""


@pytest.mark.parametrize("text", MADE)
def test_what_is_changed_in_an_expression(text: str) -> None:
    (statement,) = ast.parse(text).body
    assert {one.words for one in changes(statement)} == MADE[text]


def mutant_of(name: str, words: str) -> Mutant:
    (found,) = [
        one for one in mutants(WINDOWS) if one.name == name and one.change.words == words
    ]
    return found


def spans_wrongly() -> int | None:
    """0 where the mutant runs, as the place of a test that failed."""
    from nnlint.layers.windows import span_of  # noqa: PLC0415 - as it is in the fork

    assert put(mutant_of("span_of", "Mult -> Add"))
    return 0 if span_of(3, 2) == 2 + (3 - 1) + 1 else None


def test_a_mutant_runs_in_the_fork_and_only_there() -> None:
    from nnlint.layers.windows import span_of  # noqa: PLC0415 - the one that is changed

    _, killer = _forked(spans_wrongly, 30)
    assert killer == 0
    assert span_of(3, 2) == 2 * (3 - 1) + 1


def facts_of(file: str, name: str) -> set[str]:
    return {one.change.words for one in mutants(file) if one.name == name}


def test_a_fact_of_a_layer_may_be_what_its_base_says() -> None:
    """And a flag its opposite; what is only said in words is left alone."""
    activation, norm = "nnlint/layers/activation.py", "nnlint/layers/normalisation.py"
    assert "(0, 6) -> inherited" in facts_of(activation, "ReLU6.bounds")
    assert facts_of(activation, "GLU.is_elementwise") == {"False -> True"}
    assert facts_of(activation, "PReLU.reference") == set()
    assert {"range(3, 4) -> inherited", "4 -> 5"} <= facts_of(norm, "BatchNorm2d.ranks")


def knows_no_bounds() -> int | None:
    """0 where the layer has what its base has: an activation may give any number."""
    from nnlint.layers.activation import Hardsigmoid  # noqa: PLC0415 - as it is in the fork

    file = "nnlint/layers/activation.py"
    (mutant,) = [
        one for one in mutants(file)
        if (one.name, one.change.words) == ("Hardsigmoid.bounds", "(0, 1) -> inherited")
    ]  # fmt: skip
    assert put(mutant)
    return 0 if Hardsigmoid().bounds == (-inf, inf) else None


def test_a_fact_left_out_is_the_base_s() -> None:
    _, killer = _forked(knows_no_bounds, 30)
    assert killer == 0

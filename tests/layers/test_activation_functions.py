"""What rules are told of each activation, held against the function itself.

The functions are written from torch's page of each, with its defaults.
"""

from __future__ import annotations

from math import erf, exp, expm1, inf, isclose, log, log1p, sqrt, tanh
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.layers import layer_types
from nnlint.layers.base import UNBOUNDED

if TYPE_CHECKING:
    from collections.abc import Callable

    from nnlint.layers.base import Layer


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def softplus(x: float) -> float:
    return x if x > 20 else log1p(exp(x))


def sloped(slope: float) -> Callable[[float], float]:
    return lambda x: x if x >= 0 else slope * x


FUNCTIONS: dict[str, Callable[[float], float]] = {
    "CELU": lambda x: max(0, x) + min(0, expm1(x)),
    "ELU": lambda x: x if x > 0 else expm1(x),
    "GELU": lambda x: x * (1 + erf(x / sqrt(2))) / 2,
    "Hardshrink": lambda x: x if abs(x) > 0.5 else 0,
    "Hardsigmoid": lambda x: min(max(x + 3, 0), 6) / 6,
    "Hardswish": lambda x: x * min(max(x + 3, 0), 6) / 6,
    "Hardtanh": lambda x: min(max(x, -1), 1),
    "LeakyReLU": sloped(0.01),
    "LogSigmoid": lambda x: -softplus(-x),
    "Mish": lambda x: x * tanh(softplus(x)),
    "PReLU": sloped(0.25),
    "RReLU": sloped((1 / 8 + 1 / 3) / 2),  # as in evaluation
    "ReLU": lambda x: max(0, x),
    "ReLU6": lambda x: min(max(0, x), 6),
    "SELU": lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * expm1(x)),
    "SiLU": lambda x: x * sigmoid(x),
    "Sigmoid": sigmoid,
    "Softplus": softplus,
    "Softshrink": lambda x: x - 0.5 if x > 0.5 else min(x + 0.5, 0),
    "Softsign": lambda x: x / (1 + abs(x)),
    "Tanh": tanh,
    "Tanhshrink": lambda x: x - tanh(x),
    "Threshold": lambda x: x if x > 0.1 else -1,
}
NEEDED: dict[str, dict[str, Any]] = {"Threshold": {"threshold": 0.1, "value": -1}}
FAR = 500
POINTS = [x / 8 for x in range(-8 * FAR, 8 * FAR + 1)]


def softmax(scores: list[float]) -> list[float]:
    total = sum(map(exp, scores))
    return [exp(one) / total for one in scores]


def softmin(scores: list[float]) -> list[float]:
    return softmax([-one for one in scores])


COMPARING: dict[str, Callable[[list[float]], list[float]]] = {
    "LogSoftmax": lambda scores: list(map(log, softmax(scores))),
    "Softmax": softmax,
    "Softmax2d": softmax,
    "Softmin": softmin,
}
SCORES = [-50.0, -1.0, 0.0, 1.0, 50.0]


def layer(name: str) -> Layer:
    return layer_types()[name](**NEEDED.get(name, {}))


def values(name: str) -> list[float]:
    """What comes out: of many numbers, or of scores that are far apart."""
    if name in FUNCTIONS:
        return list(map(FUNCTIONS[name], POINTS))
    return COMPARING[name](SCORES)


@pytest.mark.parametrize("name", [*FUNCTIONS, *COMPARING])
def test_what_comes_out_lies_between_the_bounds_and_comes_near_them(name: str) -> None:
    bounds, found = layer(name).bounds, values(name)
    assert bounds is not None
    assert bounds[0] <= min(found)
    assert max(found) <= bounds[1]
    if bounds != UNBOUNDED:
        assert [reached(one) for one in (min(found), max(found))] == list(bounds)


def reached(value: float) -> float:
    """The number that it comes near, far out."""
    return round(value) if abs(value) < 90 else inf * value


@pytest.mark.parametrize("name", [*FUNCTIONS, *COMPARING])
def test_which_give_nothing_below_0(name: str) -> None:
    assert layer(name).gives_positive is (min(values(name)) >= 0)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_which_keep_what_is_not_below_0(name: str) -> None:
    kept = all(isclose(FUNCTIONS[name](x), x) for x in POINTS if x >= 0)
    assert layer(name).keeps_positive is kept


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_one_number_compares_none(name: str) -> None:
    assert (layer(name).is_elementwise, layer(name).compares_scores) == (True, False)


@pytest.mark.parametrize("name", COMPARING)
def test_where_one_score_rises_the_others_fall(name: str) -> None:
    before, after = COMPARING[name]([0.0, 1.0]), COMPARING[name]([0.0, 2.0])
    assert before[0] != after[0]
    assert (layer(name).is_elementwise, layer(name).compares_scores) == (False, True)


@pytest.mark.parametrize("name", COMPARING)
def test_which_give_probabilities_or_their_logarithms(name: str) -> None:
    given = values(name)
    assert layer(name).gives_probabilities is isclose(sum(given), 1)
    assert layer(name).gives_log_probabilities is isclose(sum(map(exp, given)), 1)

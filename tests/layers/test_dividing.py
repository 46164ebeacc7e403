"""The nearest numbers that divide."""

from __future__ import annotations

import pytest

from nnlint.layers.dividing import nearest_divisors, nearest_multiples


@pytest.mark.parametrize(
    ("number", "wanted", "nearest"),
    [(12, 5, [4, 6]), (12, 4, [4]), (12, 13, [12]), (1, 8, [1]), (7, 3, [1, 7]),
     (768, 11, [8, 12]), (36, 100, [36]), (2**63 - 1, 5, [])],
)  # fmt: skip
def test_divisors_next_to_a_number(number: int, wanted: int, nearest: list[int]) -> None:
    assert nearest_divisors(number, wanted) == nearest


@pytest.mark.parametrize("number", [1, 12, 97, 360])
@pytest.mark.parametrize("wanted", [1, 2, 7, 11, 500])
def test_divisors_by_trying_every_number(number: int, wanted: int) -> None:
    divisors = [n for n in range(1, number + 1) if number % n == 0]
    below = [n for n in divisors if n <= wanted][-1:]
    above = [n for n in divisors if n >= wanted][:1]
    assert nearest_divisors(number, wanted) == sorted({*below, *above})


@pytest.mark.parametrize(
    ("unit", "wanted", "nearest"),
    [(4, 9, [8, 12]), (4, 8, [8]), (4, 3, [4]), (9, 20, [18, 27]), (1, 5, [5])],
)
def test_multiples_next_to_a_number(unit: int, wanted: int, nearest: list[int]) -> None:
    assert nearest_multiples(unit, wanted) == nearest

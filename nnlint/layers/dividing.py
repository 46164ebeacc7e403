"""Numbers next to a wrong one that would divide, for messages."""

from __future__ import annotations

from math import isqrt

LARGEST_ROOT = 10**5
"""Numbers with a larger square root would take too long: nothing is said of them."""


def nearest_divisors(number: int, wanted: int) -> list[int]:
    """The divisors of `number` next below and above `wanted`: 12 and 5 give [4, 6]."""
    root = isqrt(number)
    if root > LARGEST_ROOT:
        return []
    small = [n for n in range(1, root + 1) if number % n == 0]
    divisors = {*small, *(number // n for n in small)}
    below = max((n for n in divisors if n <= wanted), default=None)
    above = min((n for n in divisors if n >= wanted), default=None)
    return sorted({n for n in (below, above) if n is not None})


def nearest_multiples(unit: int, wanted: int) -> list[int]:
    """The multiples of `unit`, from 1·unit up, next below and above: 4 and 9 give [8, 12]."""
    below = wanted // unit * unit
    above = -(-wanted // unit) * unit
    return sorted({n for n in (below, above) if n > 0})

"""Places of numbers in plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path


def numbers(data: Any, path: Path = ()) -> Iterator[tuple[Path, int]]:
    """Every whole number in it, with its place."""
    if type(data) is int:
        yield path, data
    for step, value in _steps(data):
        yield from numbers(value, (*path, step))


def _steps(data: Any) -> list[tuple[str | int, Any]]:
    if isinstance(data, dict):
        return list(data.items())
    return list(enumerate(data)) if isinstance(data, list) else []


def put(data: Any, path: Path, value: Any) -> None:
    """Another value at that place."""
    for step in path[:-1]:
        data = data[step]
    data[path[-1]] = value

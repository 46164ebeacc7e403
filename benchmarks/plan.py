"""What a run of the benchmarks measures, how often, and with which helpers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Plan(NamedTuple):
    """The sizes of a run.

    Attributes:
        folder: where generated files go.
        runs: turns of what takes parts of a second.
        long_runs: turns of what takes seconds.
        files: how many generated specs, from few to many.
        layers: how many layers in one file, from few to many.
        peers: a folder of commands to look in first, for yamllint and check-jsonschema.
        frameworks: an interpreter that has torch and torchinfo, or keras.
    """

    folder: Path
    runs: int
    long_runs: int
    files: tuple[int, ...] = (1000, 10_000)
    layers: tuple[int, ...] = (1000, 10_000, 50_000)
    peers: Path | None = None
    frameworks: str | None = None


def plan(folder: Path, runs: int, *, quick: bool) -> Plan:
    """A run of that many turns; a quick one is small in everything."""
    long_runs = max(3, runs // 4)
    if quick:
        return Plan(folder, min(runs, 5), 2, (100, 300), (300, 1000, 3000))
    return Plan(folder, runs, long_runs)

"""Whole processes, paired: what nnlint costs beside its libraries' own start-up.

    python benchmarks/startup.py [--runs 30]

Each pair is run A B A B …; the ratio of each pair is taken, and the median of the ratios is
quoted, so a machine that speeds up or slows down meanwhile does not count.
"""

from __future__ import annotations

import argparse
import compileall
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import nnlint

SPEC = Path(__file__).resolve().parent.parent / "specs" / "mnist.yaml"
PYTHON = sys.executable
NNLINT = str(Path(PYTHON).parent / "nnlint")
FULL_FLOOR = "import yaml, jsonschema, rich.console, rich.table"
CONCISE_FLOOR = "import yaml, jsonschema"


class Pair(NamedTuple):
    """A command, what it is held against, and the ratio that is promised."""

    name: str
    command: list[str]
    floor: list[str]
    floor_name: str
    target: float


PAIRS = (
    Pair("nnlint specs/mnist.yaml (table)", [NNLINT, str(SPEC)],
         [PYTHON, "-c", FULL_FLOOR], FULL_FLOOR, 1.25),
    Pair("nnlint --format concise", [NNLINT, "--format", "concise", str(SPEC)],
         [PYTHON, "-c", CONCISE_FLOOR], CONCISE_FLOOR, 1.15),
    Pair("nnlint --version", [NNLINT, "--version"], [PYTHON, "-c", "pass"], "bare Python", 3.0),
)  # fmt: skip


def seconds(command: list[str]) -> float:
    """One run's wall time."""
    begin = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def measure(pair: Pair, runs: int) -> tuple[float, float, float]:
    """Medians: the ratio of pairs, the command, the floor (seconds)."""
    for command in (pair.command, pair.floor):
        seconds(command)
    timed = [(seconds(pair.command), seconds(pair.floor)) for _ in range(runs)]
    ratios = [ours / floor for ours, floor in timed]
    ours, floors = zip(*timed, strict=True)
    return statistics.median(ratios), statistics.median(ours), statistics.median(floors)


def main() -> None:
    """Measure every pair and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=30)
    runs = parser.parse_args().runs
    # pip compiles what it installs; an editable checkout is compiled here, to be the same
    compileall.compile_dir(str(Path(nnlint.__file__).parent), quiet=2)
    print(f"Python {sys.version.split()[0]}, {runs} interleaved pairs each, medians")
    for pair in PAIRS:
        ratio, ours, floor = measure(pair, runs)
        verdict = "met" if ratio <= pair.target else "missed"
        print(f"{pair.name:<34} {ratio:5.2f} x {pair.floor_name:<50} target {pair.target:4.2f} "
              f"{verdict:<6} ({ours * 1000:.0f} ms against {floor * 1000:.0f} ms)")  # fmt: skip


if __name__ == "__main__":
    main()

"""What the guards on the parser's events cost: the same reading with them, and without."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from benchmarks.pairing import ratio
from benchmarks.processes import PYTHON, ROOT, SPECS, Failed, output
from benchmarks.results import Result, Target
from benchmarks.words import against

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.plan import Plan

PART = "guards"
TARGET = Target(1.05)
NETWORKS = ("mnist", "resnet50", "efficientnet-b0")
WORK = {"read": "reading the YAML", "lint": "linting"}


def measured(plan: Plan) -> Iterator[Result]:
    """Reading alone and the whole of linting, in a process of its own."""
    for work, label in WORK.items():
        target = TARGET if work == "lint" else None
        for network in NETWORKS:
            guarded, bare = timed(work, network, plan.runs)
            what = f"{label} {network} with guards / without"
            note = against(guarded, bare)
            yield Result(PART, what, ratio(guarded, bare), target=target, note=note)


def timed(work: str, network: str, runs: int) -> tuple[list[float], list[float]]:
    """With the guards and without, turn by turn.

    Raises:
        Failed: the process did not answer.
    """
    path = str(SPECS / f"{network}.yaml")
    command = [PYTHON, "-m", "benchmarks.unguarded", work, path, str(runs)]
    said = output(command, ROOT)
    if not said:
        raise Failed(f"{' '.join(command)} printed nothing: run it to see why")
    guarded, bare = json.loads(said)
    return guarded, bare

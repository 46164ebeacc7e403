"""The same networks, summed up by frameworks: as whole processes, and with all loaded.

Most of a framework's time is to load; the lines without that stand beside, where nnlint has
nothing to win by being small.
"""

from __future__ import annotations

import json
import statistics
import subprocess
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.comparing import compared
from benchmarks.pairing import in_turn, ratio
from benchmarks.processes import NNLINT, PYTHON, ROOT, SPECS, Failed, runner
from benchmarks.results import Result, Target, skipped
from benchmarks.words import against

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.plan import Plan

PART = "summaries"
TARGET = Target(15, at_least=True)
ALONE, WHOLE = (1,), (0, 1)
"""Which of the two times of a call count: to make the network, to sum it up."""
CALLS = 5
"""In one process; the median of them is that process' number."""


class Framework(NamedTuple):
    """What sums up, its script, and its names of the networks."""

    name: str
    script: str
    networks: tuple[str, ...]


FRAMEWORKS = (
    Framework("torchinfo", "with_torch", ("mnist", "resnet50")),
    Framework("Keras", "with_keras", ("mnist", "keras-resnet50")),
)


def measured(plan: Plan) -> Iterator[Result]:
    """Every network in every framework that is there."""
    python = plan.frameworks or PYTHON
    for framework in FRAMEWORKS:
        try:
            versions_of(python, framework)
        except Failed as failure:
            why = str(failure).strip().splitlines()[-1]
            yield skipped(PART, f"{framework.name} / nnlint", why)
            continue
        for network in framework.networks:
            yield from both(python, framework, network, plan.long_runs)


@cache
def versions_of(python: str, framework: Framework) -> dict[str, str]:
    """What the framework calls itself; a failure where it is not there, or does not work."""
    answer = ask(command(python, framework), framework.networks[0])
    return dict(answer["versions"])


def command(python: str, framework: Framework) -> list[str]:
    """What runs its script."""
    return [python, "-m", f"benchmarks.networks.{framework.script}"]


def both(python: str, framework: Framework, network: str, runs: int) -> Iterator[Result]:
    """Whole processes, then the calls alone; the counts must be equal before."""
    theirs = command(python, framework)
    ours = [PYTHON, "-m", "benchmarks.networks.with_nnlint"]
    same_count(ask(ours, network), ask(theirs, network), network)
    yield whole(framework, network, [*theirs, "show", network], runs)
    timed = in_turn(
        {"ours": lambda: ask(ours, network), "theirs": lambda: ask(theirs, network)},
        runs,
        warm_up=False,
    )
    yield from inside(framework, network, timed)


def ask(command: list[str], network: str) -> dict[str, Any]:
    """What `networks/timed.py` answers.

    Raises:
        Failed: it does not.
    """
    command = [*command, "time", network, str(CALLS)]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    except OSError as error:
        raise Failed(f"{command[0]}: {error.strerror}") from None
    if done.returncode:
        raise Failed(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-800:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def same_count(ours: dict[str, Any], theirs: dict[str, Any], network: str) -> None:
    """The networks are the same one.

    Raises:
        Failed: they are not.
    """
    if ours["params"] != theirs["params"]:
        raise Failed(
            f"{network} has {ours['params']} parameters in nnlint, {theirs['params']} in "
            f"{', '.join(theirs['versions'])}: the benchmark compares different networks"
        )


def whole(framework: Framework, network: str, theirs: list[str], runs: int) -> Result:
    """Both as a user starts them."""
    ours = [NNLINT, str(SPECS / f"{network}.yaml")]
    timed = in_turn({"ours": runner(ours), "theirs": runner(theirs, ROOT)}, runs)
    what = f"{framework.name} / nnlint, {network}, whole process"
    return compared(PART, what, timed["theirs"], timed["ours"], TARGET)


def inside(
    framework: Framework, network: str, timed: dict[str, list[dict[str, Any]]]
) -> Iterator[Result]:
    """The call alone, and with the making of the network before it."""
    for name, parts in {"the summary alone": ALONE, "made and summed up": WHOLE}.items():
        ours = [call_time(answer, WHOLE) for answer in timed["ours"]]
        theirs = [call_time(answer, parts) for answer in timed["theirs"]]
        what = f"{framework.name} / `nnlint.lint`, {network}, all loaded: {name}"
        found, note = ratio(theirs, ours), against(theirs, ours)
        yield Result(PART, what, found, note=note, is_told=parts == ALONE)


def call_time(answer: dict[str, Any], parts: tuple[int, ...]) -> float:
    """The median of a process' calls."""
    times: list[float] = [sum(call[part] for part in parts) for call in answer["timed"]]
    return statistics.median(times)


def versions(plan: Plan) -> dict[str, str]:
    """What the frameworks that are there call themselves."""
    found: dict[str, str] = {}
    for framework in FRAMEWORKS:
        with suppress(Failed):
            found |= versions_of(plan.frameworks or PYTHON, framework)
    return found

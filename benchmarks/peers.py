"""The same generated specs through nnlint and through other linters of YAML, on one core."""

from __future__ import annotations

import shutil
import statistics
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import generate
from benchmarks.comparing import compared
from benchmarks.pairing import in_turn, spread
from benchmarks.processes import (
    NNLINT,
    PYTHON,
    ROOT,
    Failed,
    cores,
    megabytes,
    one_core,
    output,
    runner,
)
from benchmarks.results import Result, Target, skipped
from benchmarks.words import duration

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator
    from pathlib import Path

    from benchmarks.plan import Plan
    from benchmarks.processes import Ran

    Measures = dict[str, Callable[[], Ran]]
    Timed = dict[str, list[Ran]]

PART = "peers"
SCHEMA = ROOT / "schemas" / "nnlint.schema.json"
LENIENT = (
    "{extends: default, rules: {document-start: disable, line-length: disable,"
    " indentation: {indent-sequences: whatever}}}"
)
"""The generated specs pass it: yamllint spends no time on complaints."""

OURS = {
    "nnlint": [NNLINT, "."],
    "nnlint, findings alone": [NNLINT, "--no-table", "--format", "concise", "."],
}
TURNS_OF_MORE = 2
"""Of ten times as many files, where a turn takes a minute."""
MEMORY = Target(60)
NO_SLOWER = Target(1.0)
TWICE = Target(2.0, at_least=True)


class Peer(NamedTuple):
    """Another linter's command on a folder of specs.

    Attributes:
        name: what it is called here.
        tool: the program.
        command: the program and its arguments.
        codes: the exit codes with which it has done its work.
        target: what is wanted; nothing of configurations that are only told.
    """

    name: str
    tool: str
    command: list[str]
    codes: Container[int] = (0,)
    target: Target | None = None


def measured(plan: Plan) -> Iterator[Result]:
    """Against the others at the first size, alone at all sizes, and on all cores."""
    folders = {count: plan.folder / f"specs-{count}" for count in plan.files}
    sizes = {count: generate.fill(folder, count) for count, folder in folders.items()}
    first, *more = plan.files
    found = list(peers(plan, folders[first]))
    timed = in_turn(ours(folders[first]) | theirs(found, folders[first]), plan.long_runs)
    yield from held_against(found, timed, f"{first:,} files")
    yield from missing(found)
    yield from alone(timed, first, sizes[first], MEMORY)
    for count in more:
        again = in_turn(ours(folders[count]), TURNS_OF_MORE, warm_up=False)
        yield from alone(again, count, sizes[count])
    yield on_all_cores(folders[plan.files[0]], plan.long_runs)


def find(tool: str, plan: Plan) -> str | None:
    """The program: in the folder that was named, on the PATH, beside this Python."""
    places = [str(plan.peers) if plan.peers else None, None, PYTHON.rpartition("/")[0]]
    return next((path for one in places if (path := shutil.which(tool, path=one))), None)


def peers(plan: Plan, folder: Path) -> Iterator[Peer]:
    """Those that are there, in each configuration."""
    if path := find("yamllint", plan):
        yield Peer("yamllint", "yamllint", [path, "-d", LENIENT, "."], target=NO_SLOWER)
        for name in ("relaxed", "default"):
            count = complaints([path, "-d", name], folder)
            label = f"yamllint's `{name}` ({count:,} complaints)"
            yield Peer(label, "yamllint", [path, "-d", name, "."], (0, 1))
    if path := find("check-jsonschema", plan):
        names = sorted(one.name for one in folder.iterdir())
        command = [path, "--schemafile", str(SCHEMA), *names]
        yield Peer("check-jsonschema", "check-jsonschema", command, target=TWICE)


def complaints(command: list[str], folder: Path) -> int:
    """How many lines it has to print: that costs time too."""
    return len(output([*command, "-f", "parsable", "."], folder).splitlines())


def ours(folder: Path) -> Measures:
    """Both formats."""
    return {name: runner([*one_core(), *command], folder) for name, command in OURS.items()}


def theirs(found: list[Peer], folder: Path) -> Measures:
    """The others."""
    return {
        peer.name: runner([*one_core(), *peer.command], folder, peer.codes) for peer in found
    }


def held_against(found: list[Peer], timed: Timed, files: str) -> Iterator[Result]:
    """Ours over yamllint's time, check-jsonschema's over ours."""
    for peer in found:
        for name in OURS:
            above, below, target = name, peer.name, peer.target
            if peer.tool == "check-jsonschema":
                above, below = below, above
            what = f"{above} / {below}, {files}"
            yield compared(PART, what, timed[above], timed[below], target)


def missing(found: list[Peer]) -> Iterator[Result]:
    """A line for what is not there."""
    for tool in sorted({"yamllint", "check-jsonschema"} - {peer.tool for peer in found}):
        yield skipped(PART, f"{tool} / nnlint", "not found on the machine")


def alone(
    timed: Timed, count: int, size: int, memory: Target | None = None
) -> Iterator[Result]:
    """Files and bytes a second, and the memory at the peak."""
    for name in OURS:
        times = [one.seconds for one in timed[name]]
        bytes_a_second = size / statistics.median(times)
        note = f"{bytes_a_second / 1e6:.2f} MB/s, {duration(statistics.median(times))} in all"
        rate = spread(count / one for one in times)
        what = f"{name}, {count:,} files"
        yield Result(PART, what, rate, "files/s", note=note)
        peaks = [megabytes(one) for one in timed[name]]
        what = f"{name}, {count:,} files, memory at its peak"
        yield Result(PART, what, spread(peaks), "MB", memory)


def on_all_cores(folder: Path, runs: int) -> Result:
    """One core's time over that of all, where nnlint has jobs."""
    what = "nnlint on one core / on all"
    if "--jobs" not in output([NNLINT, "--help"]):
        return skipped(PART, what, "this nnlint has no jobs")
    command = OURS["nnlint"]
    jobs = [*command[:1], "--jobs", str(len(cores())), *command[1:]]
    if output(jobs, folder) != output(command, folder):
        raise Failed("nnlint prints something else with jobs")
    one, all_ = [*one_core(), *command], jobs
    timed = in_turn({1: runner(one, folder), 0: runner(all_, folder)}, runs, warm_up=False)
    what = f"{what} {len(cores())}, {len(list(folder.iterdir())):,} files"
    return compared(PART, what, timed[1], timed[0])._replace(is_told=True)


def versions(plan: Plan) -> dict[str, str]:
    """What the others call themselves."""
    found = {tool: find(tool, plan) for tool in ("yamllint", "check-jsonschema")}
    said = {tool: output([path, "--version"]) for tool, path in found.items() if path}
    core = "one core (taskset)" if one_core() else "all cores, for want of taskset"
    return {tool: words.split()[-1] for tool, words in said.items()} | {"peers on": core}

"""Whole processes against the time that nnlint's libraries need to load.

`import rich` alone loads next to nothing: the floor of what draws a table is `rich.console`,
through which everything of rich prints. A right spec never loads jsonschema, so that it can be
below the floor: it stands beside what it does load, and beside a spec with a mistake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from benchmarks.comparing import compared
from benchmarks.pairing import in_turn
from benchmarks.processes import NNLINT, PYTHON, SPECS, runner
from benchmarks.results import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.plan import Plan
    from benchmarks.results import Result

PART = "startup"


class Floor(NamedTuple):
    """A way to call nnlint, and what that must load at least."""

    flags: tuple[str, ...]
    code: str
    target: Target


FULL = Floor((), "import yaml, jsonschema, rich.console", Target(1.25))
CONCISE = Floor(("--format", "concise"), "import yaml, jsonschema", Target(1.15))
NETWORKS = ("mnist", "resnet50", "bert-base")


def measured(plan: Plan) -> Iterator[Result]:
    """Each network with and without its table, and what `nnlint --version` takes."""
    for floor in (FULL, CONCISE):
        for network in NETWORKS:
            command = [NNLINT, *floor.flags, str(SPECS / f"{network}.yaml")]
            yield paired(command, floor.code, floor.target, plan.runs)
    right = SPECS / "mnist.yaml"
    wrong = plan.folder / "mnist-misspelt.yaml"
    wrong.write_text(right.read_text("utf-8").replace("out_features", "out_feature"), "utf-8")
    for path, code in ((right, "import yaml"), (wrong, CONCISE.code)):
        yield paired([NNLINT, *CONCISE.flags, str(path)], code, None, plan.runs)
    yield paired([NNLINT, "--version"], "pass", None, plan.runs)


def paired(command: list[str], code: str, target: Target | None, runs: int) -> Result:
    """The command in turn with a Python that does only that."""
    measures = {"ours": runner(command, expected=(0, 1)), "floor": runner([PYTHON, "-c", code])}
    timed = in_turn(measures, runs)
    shown = " ".join(word.rpartition("/")[2] for word in command)
    what = f"`{shown}` / `python -c '{code}'`"
    return compared(PART, what, timed["ours"], timed["floor"], target)

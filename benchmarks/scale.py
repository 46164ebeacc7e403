"""One file that grows: time for each layer, memory, and the exponent of growth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import large
from benchmarks.comparing import compared
from benchmarks.growth import exponent
from benchmarks.pairing import in_turn, spread
from benchmarks.processes import NNLINT, SPECS, peak_in_words, runner
from benchmarks.results import Result, Target
from benchmarks.words import duration

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.plan import Plan
    from benchmarks.processes import Ran

    Timed = dict[int, list[Ran]]

PART = "scale"
LINEAR = Target(1.05)
CONCISE = ("--format", "concise")
TABLE_OF = "Linear and ReLU"
"""The kind of which the table is drawn too."""


def measured(plan: Plan) -> Iterator[Result]:
    """Every kind of layers, then what multiplies."""
    for kind in large.KINDS:
        yield from growing(plan, kind, CONCISE)
    yield from growing(plan, TABLE_OF, ())
    yield from multiplied(plan)


def growing(plan: Plan, kind: str, flags: tuple[str, ...]) -> Iterator[Result]:
    """Files of that kind in turn with a tiny one, whose time is taken off."""
    texts = {0: large.TINY} | {size: large.KINDS[kind](size) for size in plan.layers}
    paths = {
        size: put(plan.folder / f"{size}-layers.yaml", text) for size, text in texts.items()
    }
    measures = {size: runner([NNLINT, *flags, str(path)]) for size, path in paths.items()}
    timed = in_turn(measures, plan.long_runs, warm_up=False)
    label = kind if flags else f"{kind}, with the table"
    yield growth(timed, label)
    for size in plan.layers:
        yield at_size(timed, size, label)


def put(path: Path, text: str) -> Path:
    """A file with that text."""
    path.write_text(text, "utf-8")
    return path


def growth(timed: Timed, label: str) -> Result:
    """The exponent, turn by turn."""
    sizes = [size for size in timed if size]
    found = spread(
        exponent(sizes, [of_layers(timed, size)[turn] for size in sizes])
        for turn in range(len(timed[0]))
    )
    what = f"{label}: exponent, {min(sizes):,} to {max(sizes):,} layers"
    return Result(PART, what, found, "", LINEAR)


def at_size(timed: Timed, size: int, label: str) -> Result:
    """What a layer takes, and the memory of all."""
    found = spread(seconds / size * 1e6 for seconds in of_layers(timed, size))
    whole = duration(found.median * size / 1e6)
    note = f"{whole} for all, {peak_in_words(timed[size])}"
    return Result(PART, f"{label}: a layer of {size:,}, processor time", found, "µs", note=note)


def of_layers(timed: Timed, size: int) -> list[float]:
    """Processor time without what the tiny file takes; never nothing, which has no logarithm.

    A busy machine's wall time is too rough for a difference of two.
    """
    both = zip(timed[size], timed[0], strict=True)
    return [max(ran.processor - tiny.processor, 1e-4) for ran, tiny in both]


def multiplied(plan: Plan) -> Iterator[Result]:
    """Small files of very many layers, against the smallest network."""
    base = runner([NNLINT, *CONCISE, str(SPECS / "mnist.yaml")])
    for number, (what, text) in enumerate(large.MULTIPLIED.items()):
        path = put(plan.folder / f"multiplied-{number}.yaml", text)
        command = runner([NNLINT, *CONCISE, str(path)], expected=(0, 1))
        timed = in_turn({"it": command, "mnist": base}, plan.runs)
        yield compared(PART, f"{what} / mnist", timed["it"], timed["mnist"])

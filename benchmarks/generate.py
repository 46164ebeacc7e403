"""Specs as people write them: varied networks, valid, the same ones for the same seed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from benchmarks import families, writing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMENTS = (
    "a baseline for the ablation, see the lab book",
    "as in the paper, but narrower",
    "one sample; the batch axis is never written",
    "trained for 90 epochs with AdamW and a cosine schedule",
    "fits the edge board",
    "owner: vision team",
    "TODO: try a wider stem once the budget is settled",
)


def spec(number: int, seed: int = 0) -> str:
    """The text of one spec."""
    rng = random.Random(f"{seed}/{number}")
    family = rng.choices(list(families.WEIGHTS), list(families.WEIGHTS.values()))[0]
    network: dict[str, Any] = {"nnlint": 1, "name": f"{family.__name__}-{number}"}
    return writing.written({**network, **family(rng)}, writing.style(rng, COMMENTS))


def specs(count: int, seed: int = 0) -> Iterator[tuple[str, str]]:
    """The names of so many files, each with its text."""
    for number in range(count):
        yield f"net-{number:05}.yaml", spec(number, seed)


def fill(folder: Path, count: int, seed: int = 0) -> int:
    """Write so many files into a new folder; how many bytes they have."""
    folder.mkdir()
    return sum((folder / name).write_text(text, "utf-8") for name, text in specs(count, seed))

"""Two commands that ran in turn, as a line of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.pairing import ratio
from benchmarks.results import Result
from benchmarks.words import against

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.processes import Ran
    from benchmarks.results import Target


def compared(
    part: str,
    what: str,
    above: Sequence[Ran],
    below: Sequence[Ran],
    target: Target | None = None,
) -> Result:
    """How many times the second the first takes.

    Wall time decides; on a busy machine the processor's time in the note is the steadier one.
    """
    above_wall, below_wall = ([ran.seconds for ran in done] for done in (above, below))
    of_processor = ratio([ran.processor for ran in above], [ran.processor for ran in below])
    note = f"{against(above_wall, below_wall)}; processor time {of_processor.median:.2f} ×"
    return Result(part, what, ratio(above_wall, below_wall), target=target, note=note)

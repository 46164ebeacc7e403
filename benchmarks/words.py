"""How times stand in a note."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def duration(seconds: float) -> str:
    """Three digits, in the unit that fits."""
    if seconds >= 1:
        return f"{seconds:.3g} s"
    return f"{seconds * 1e3:.3g} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.3g} µs"


def against(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Both medians."""
    return f"{duration(statistics.median(ours))} against {duration(statistics.median(theirs))}"

"""What was measured: a result, its verdict, and the form in which it is kept."""

from __future__ import annotations

from typing import Any, NamedTuple

from benchmarks.pairing import Spread


class Target(NamedTuple):
    """What the project wants of a measure."""

    bound: float
    at_least: bool = False

    def holds(self, value: float) -> bool:
        """Whether that value reaches it."""
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.bound:g}"


class Result(NamedTuple):
    """One line of the table.

    Attributes:
        part: the part of the benchmarks that it belongs to.
        what: what was measured, against what.
        spread: the number, with its quartiles; None where it could not be measured.
        unit: of the number; `×` is a ratio.
        target: what is wanted, if anything is.
        note: the numbers behind a ratio, or why there is none.
        is_told: it stands in the README although nothing is wanted of it.
    """

    part: str
    what: str
    spread: Spread | None
    unit: str = "×"
    target: Target | None = None
    note: str = ""
    is_told: bool = False

    @property
    def is_headline(self) -> bool:
        """Whether it stands in the README; the whole table is beside the benchmarks."""
        return self.is_told or self.target is not None or self.spread is None

    @property
    def verdict(self) -> str:
        """Met, missed, not measured; empty where nothing is wanted."""
        if self.spread is None:
            return "not measured"
        if self.target is None:
            return ""
        return "met" if self.target.holds(self.spread.median) else "missed"


def skipped(part: str, what: str, why: str) -> Result:
    """A line for what could not be measured here."""
    return Result(part, what, None, note=why)


def to_data(result: Result) -> dict[str, Any]:
    """As JSON takes it."""
    return {
        **result._asdict(),
        "spread": result.spread and list(result.spread),
        "target": result.target and result.target._asdict(),
        "verdict": result.verdict,
    }


def from_data(data: dict[str, Any]) -> Result:
    """What `to_data` wrote."""
    named = {name: data[name] for name in Result._fields}
    named["spread"] = Spread(*data["spread"]) if data["spread"] else None
    named["target"] = Target(**data["target"]) if data["target"] else None
    return Result(**named)

"""Results as a table, as JSON, and in the README between its markers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.processes import ROOT
from benchmarks.results import Result, from_data, to_data

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

KEPT = ROOT / "benchmarks" / "results.json"
README = ROOT / "README.md"
WHOLE = ROOT / "benchmarks" / "README.md"
MARKED = re.compile(r"(<!-- benchmarks -->\n).*?(<!-- end -->)", re.DOTALL)


class Record(NamedTuple):
    """A whole run: where, how often, and what came out."""

    machine: Mapping[str, str]
    turns: Mapping[str, int]
    results: tuple[Result, ...]


def to_json(record: Record) -> str:
    """The text of the file that is kept."""
    data = {**record._asdict(), "results": [to_data(one) for one in record.results]}
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def from_json(text: str) -> Record:
    """What `to_json` wrote."""
    data: dict[str, Any] = json.loads(text)
    return Record(data["machine"], data["turns"], tuple(map(from_data, data["results"])))


def number(value: float) -> str:
    """Two places for ratios, none for what is large."""
    return (
        f"{value:,.2f}" if value < 10 else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"
    )


def measure(result: Result) -> str:
    """The median, its unit, and the quartiles."""
    if result.spread is None:
        return "–"
    median, low, high = map(number, result.spread)
    unit = f" {result.unit}" if result.unit else ""
    return f"{median}{unit} [{low}–{high}]"


def cell(text: str) -> str:
    """In a table of Markdown, where a bar would begin a new cell."""
    return text.replace("|", "\\|").replace("\n", " ")


def rows(results: Iterable[Result]) -> Iterable[str]:
    """A row a result."""
    for one in results:
        target = f"{one.target}, {one.verdict}" if one.target else one.verdict
        cells = (one.part, one.what, measure(one), target, one.note)
        yield "| " + " | ".join(map(cell, cells)) + " |"


def markdown(record: Record) -> str:
    """The table, and under it the machine."""
    head = ["| part | what | median [quartiles] | target | |", "|---|---|---|---|---|"]
    machine = ", ".join(f"{name} {value}" for name, value in record.machine.items())
    turns = ", ".join(f"{count} {name}" for name, count in record.turns.items())
    foot = f"\nMeasured with {machine}; {turns}.\n"
    return "\n".join([*head, *rows(record.results), foot])


def filled(readme: str, record: Record) -> str:
    """The text with this record between its markers."""
    return MARKED.sub(lambda match: f"{match[1]}{markdown(record)}{match[2]}", readme)


def headlines(record: Record) -> Record:
    """What the project's README tells of it."""
    return record._replace(results=tuple(one for one in record.results if one.is_headline))


def shown(record: Record) -> Iterator[tuple[Path, str]]:
    """The texts that show it: the project's README, and all of it beside the benchmarks."""
    yield README, filled(README.read_text("utf-8"), headlines(record))
    yield WHOLE, filled(WHOLE.read_text("utf-8"), record)


def write(record: Record) -> None:
    """Keep the record, and show it."""
    KEPT.write_text(to_json(record), "utf-8")
    for path, text in shown(record):
        path.write_text(text, "utf-8")

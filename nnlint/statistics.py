"""`--statistics`: how many findings each rule has, the most first, instead of the findings."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from nnlint.finding import Applies
from nnlint.policy import Invalid
from nnlint.record import Record
from nnlint.report import count as outcome
from nnlint.terminal import SEVERITY_STYLES
from nnlint.wording import grouped, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nnlint.finding import Finding, RuleInfo
    from nnlint.report import Counts, Report
    from nnlint.terminal import Style

FLAG = "--statistics"
FORMATS = ("full", "concise", "json")
"""Where they can be told; the others are documents of findings, each with its own reader."""
VERSION = 1
"""Of the JSON."""
MARK = "[*]"
"""Beside rules whose findings a flag mends, all or some of them."""
LEGEND = f"{MARK} a flag mends these, or some: {', '.join(one.flag for one in Applies)}"


class Statistic(Record):
    """How many findings a rule has.

    Attributes:
        rule: the rule, with the severity that holds.
        count: its findings.
        fixable: those of them that a flag mends.
    """

    rule: RuleInfo
    count: int
    fixable: int


def keep_to(format_name: str, *, diff: bool) -> None:
    """They go with some formats only.

    Raises:
        Invalid: not with this one, or not with a patch.
    """
    if diff:
        raise Invalid(f"{FLAG} does not go with --diff, which prints a patch")
    if format_name not in FORMATS:
        known = listed(FORMATS)
        raise Invalid(f"{FLAG} does not go with --format {format_name}, but with {known}")


def count(reports: Iterable[Report]) -> list[Statistic]:
    """The rules that have findings, the most first; equal ones by code."""
    found = [finding for report in reports for finding in report.findings]
    counts = Counter(map(_kind, found))
    fixable = Counter(_kind(one) for one in found if one.repair)
    kinds = {_kind(one): one.rule for one in found}
    made = [Statistic(rule, counts[kind], fixable[kind]) for kind, rule in kinds.items()]
    return sorted(made, key=lambda one: (-one.count, one.rule.code, -one.rule.severity.rank))


def _kind(finding: Finding) -> tuple[str, str]:
    """A rule may judge by degree: each severity is counted by itself."""
    return finding.rule.code, finding.rule.severity.value


def render(name: str, reports: Sequence[Report], style: Style) -> str:
    """What they look like in a format."""
    counted = count(reports)
    if name == "json":
        return _document(counted, outcome(reports))
    return _text(counted, style) + _unchecked(reports, style)


def _text(counted: Sequence[Statistic], style: Style) -> str:
    """`12 NN301 warning [*] redundant-bias`, in columns."""
    if not counted:
        return ""
    widest = max(len(grouped(one.count)) for one in counted)
    mark = any(one.fixable for one in counted)
    lines = [_line(one, widest, style, mark=mark) for one in counted]
    return "".join(f"{line}\n" for line in [*lines, *([LEGEND] if mark else [])])


def _unchecked(reports: Sequence[Report], style: Style) -> str:
    """The sums, where the counts are not of all that was asked for."""
    if not outcome(reports).unreadable:
        return ""
    from nnlint.formats import full  # noqa: PLC0415 - most runs read everything

    return f"{full.summary(reports, style)}\n"


def _line(one: Statistic, width: int, style: Style, *, mark: bool) -> str:
    severity = one.rule.severity.value
    words = [
        f"{grouped(one.count):>{width}}",
        style.paint(one.rule.code, "bold"),
        style.paint(f"{severity:<7}", *SEVERITY_STYLES[severity]),
        *([f"{MARK if one.fixable else '':<{len(MARK)}}"] if mark else []),
        one.rule.name,
    ]
    return "  ".join(words)


def _document(counted: Iterable[Statistic], total: Counts) -> str:
    import json  # noqa: PLC0415 - only where it is asked for

    document = {
        "version": VERSION,
        "summary": total._asdict(),
        "statistics": list(map(_entry, counted)),
    }
    return json.dumps(document, indent=2) + "\n"


def _entry(one: Statistic) -> dict[str, Any]:
    return {
        "code": one.rule.code,
        "name": one.rule.name,
        "severity": one.rule.severity.value,
        "count": one.count,
        "fixable": one.fixable,
    }

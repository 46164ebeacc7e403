"""A baseline kept up to date: what is written into it, what of it is stale, what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint import files
from nnlint.baseline import Baseline, Files, Knowledge, read
from nnlint.baseline_file import Entry, rendered
from nnlint.options import Keep
from nnlint.policy import Invalid
from nnlint.record import Record
from nnlint.terminal import visible
from nnlint.wording import grouped, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from nnlint.baseline_file import Amount
    from nnlint.comparison import Comparison, Diff
    from nnlint.finding import Finding
    from nnlint.options import Options
    from nnlint.report import Report

MOST_TOLD = 10
"""Stale entries that are told one by one."""


class Settled(Record):
    """The reports without what the baseline holds, and what is to say of it."""

    reports: list[Report]
    log: list[str]


def of_run(chosen: Options) -> Baseline | None:
    """The baseline of a run, in which what a file further up sets is only that file's.

    Raises:
        Invalid: it can't be read.
    """
    if chosen.baseline is None:
        return None
    needed = chosen.keep is not Keep.ALL
    return read(chosen.baseline, lawful=not chosen.settings.above, needed=needed)


def unknown(baseline: Baseline, diff: Diff) -> Diff:
    """The change without those of its findings that the baseline holds."""
    after = [one.after for one in diff.comparisons if one.after]
    knowledge = Knowledge(baseline, Files(baseline, after))
    return diff._replace(
        comparisons=tuple(_unknown(one, knowledge) for one in diff.comparisons)
    )


def _unknown(one: Comparison, knowledge: Knowledge) -> Comparison:
    if one.after is None:
        return one
    new, standing = (
        knowledge.without(one.after._replace(findings=found)).findings
        for found in (one.new, one.standing)
    )
    return one._replace(new=new, standing=standing)


def settle(baseline: Baseline, reports: Sequence[Report], keep: Keep | None) -> Settled:
    """Leave out of the reports what is known; before that write down what is, if asked to.

    Raises:
        Invalid: the baseline can't be written.
    """
    knowledge = Knowledge(baseline, Files(baseline, reports))
    stale = _stale(knowledge, reports)
    if keep is None:
        left = list(map(knowledge.without, reports))
        return Settled(left, list(_stale_words(baseline, stale)))
    after = baseline._replace(entries=_kept(knowledge, reports, stale, keep))
    _write(after)
    known = Knowledge(after, knowledge.files)
    left = list(map(known.without, reports))
    why = _remaining(known, left) if keep is Keep.ALL else ()
    return Settled(left, [_changes(baseline, after), *why])


def _write(baseline: Baseline) -> None:
    data = rendered(baseline.entries)
    if data == baseline.data:
        return
    try:
        files.replace(str(baseline.file), data, expected=baseline.data)
    except files.NotWritten as reason:
        raise Invalid(f"{baseline.name}: the baseline {reason}") from None


def _stale(knowledge: Knowledge, reports: Iterable[Report]) -> list[Entry]:
    """Entries whose finding is gone, as far as this run looked; or their file is."""
    entries = knowledge.baseline.entries
    judges = {name: r.judges for r in reports for name in knowledge.files.names(r)}
    missing = {
        path: not knowledge.files.exists(path)
        for path in {entry.path for entry in entries} - judges.keys()
    }
    found = []
    for entry in sorted(entries.keys() - _met(knowledge, reports).keys()):
        judge = judges.get(entry.path)
        if missing.get(entry.path) or (judge and judge(entry.code)):
            found.append(entry)
    return found


def _met(knowledge: Knowledge, reports: Iterable[Report]) -> dict[Entry, list[Finding]]:
    """The entries whose findings are there, said or not, with these."""
    met: dict[Entry, list[Finding]] = {}
    for report in reports:
        for finding in (*report.findings, *report.quiet):
            entry = knowledge.entry(report, finding)
            if entry:
                met.setdefault(entry, []).append(finding)
    return met


def _kept(
    knowledge: Knowledge, reports: Sequence[Report], stale: Sequence[Entry], keep: Keep
) -> Mapping[Entry, Amount]:
    """What the baseline is to hold."""
    entries = dict(knowledge.baseline.entries)
    entries |= _lowered(knowledge, reports)
    for entry in stale:
        del entries[entry]
    return entries | (_new(knowledge, reports) if keep is Keep.ALL else {})


def _lowered(knowledge: Knowledge, reports: Iterable[Report]) -> dict[Entry, Amount]:
    """Of budgets that are known, what is used now, where that is less and certain."""
    lowered: dict[Entry, Amount] = {}
    whole = [report for report in reports if report.judges]
    for entry, findings in _met(knowledge, whole).items():
        allowed = knowledge.baseline.entries[entry]
        used = [one.used for one in findings if one.used is not None]
        if allowed is not None and used:
            lowered[entry] = min(allowed, max(used))
    return lowered


def _new(knowledge: Knowledge, reports: Iterable[Report]) -> dict[Entry, Amount]:
    """What is found and not yet known; of a budget that is known no number rises."""
    new: dict[Entry, Amount] = {}
    for report in reports:
        for finding in report.findings:
            entry = knowledge.entry(report, finding)
            fresh = entry is None or knowledge.baseline.entries[entry] is None
            if fresh and knowledge.may_hold(report, finding):
                name = knowledge.files.names(report)[0]
                key = entry or Entry(name, finding.rule.code, finding.place)
                new[key] = finding.used
    return new


def _stale_words(baseline: Baseline, stale: Sequence[Entry]) -> Iterator[str]:
    name = visible(baseline.name)
    for entry in stale[:MOST_TOLD]:
        where = f"{visible(entry.path)}: {entry.code} at {visible(entry.place)}"
        yield f"{where} is no longer found, but stands in {name}"
    if len(stale) > MOST_TOLD:
        yield f"and {grouped(len(stale) - MOST_TOLD)} more"
    if stale:
        yield f"{plural(len(stale), 'line')} of {name} can go: --prune-baseline removes such"


def _changes(before: Baseline, after: Baseline) -> str:
    """What the baseline holds now, and what is other than it was."""
    old, new = before.entries, after.entries
    counts = {
        "new": len(new.keys() - old.keys()),
        "gone": len(old.keys() - new.keys()),
        "with a lower number": sum(new[one] != n for one, n in old.items() if one in new),
    }
    changed = ", ".join(f"{grouped(n)} {what}" for what, n in counts.items() if n)
    holds = f"{visible(after.name)} holds {plural(len(new), 'finding')}"
    return f"{holds}: {changed or 'as before'}"


def _remaining(knowledge: Knowledge, reports: Iterable[Report]) -> Iterator[str]:
    """Why findings are left although they were to be written."""
    left = [knowledge.may_hold(report, one) for report in reports for one in report.findings]
    if left.count(False):
        yield (
            f"{plural(left.count(False), 'finding')} left, which no baseline holds: of "
            "expectations (--update-expect writes them), of what can't be read, of standard "
            "input, or of a budget that is set further up"
        )
    if left.count(True):
        yield (
            f"{plural(left.count(True), 'finding')} left, of budgets that use more than is "
            f"allowed: no number rises by itself; edit it in {visible(knowledge.baseline.name)}"
        )

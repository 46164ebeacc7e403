"""Findings as code frames with a caret and a help line, then the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Applies
from nnlint.report import count
from nnlint.terminal import SEVERITY_STYLES, Style, cells, visible
from nnlint.wording import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nnlint.comparison import Diff
    from nnlint.document import Lines
    from nnlint.finding import Finding
    from nnlint.report import Counts, Report

LAYERS = None
"""A table of layers has them; one of files has their sums."""
KINDS = {
    "changed": "changed", "added": "new", "removed": "gone", "renamed": "renamed",
    "same": "as before", "unreadable": "not read",
    "blind": "with its old errors, which hide the network",
}  # fmt: skip
"""What became of specs, in words."""
LEAD = 20
"""Columns kept before the caret where a line is too long to show whole."""


def render(reports: Sequence[Report], style: Style) -> str:
    """Findings, then for one file its table, for several one row a file, then the sums."""
    frames = [text for report in reports for text in _frames(report, style)]
    parts = [*frames, *_tables(reports, style), summary(reports, style) + "\n"]
    return "\n".join(parts)


def findings(reports: Sequence[Report], style: Style) -> str:
    """The findings alone."""
    return "\n".join(text for report in reports for text in _frames(report, style))


def difference(diff: Diff, style: Style) -> str:
    """What is new, then each spec that is not as it was, then the sums."""
    frames = [text for report in diff.reports for text in _frames(report, style)]
    return "\n".join([*frames, *_changes(diff, style), _change_summary(diff, style) + "\n"])


def _changes(diff: Diff, style: Style) -> Iterator[str]:
    if not diff.news:
        return
    if style.table is False:
        from nnlint.movement import in_short  # noqa: PLC0415 - only changes need it

        yield "".join(f"{in_short(one)}\n" for one in diff.news)
        return
    from nnlint.table import changes  # noqa: PLC0415 - rich loads only if a table is drawn

    yield from (changes.of_spec(one, diff.base, style) for one in diff.news)


def _change_summary(diff: Diff, style: Style) -> str:
    """The last line: how many specs changed, and what is new and gone."""
    kinds = ["blind" if one.is_blind else one.kind for one in diff.comparisons]
    counted = [f"{kinds.count(kind)} {word}" for kind, word in KINDS.items() if kind in kinds]
    new = sum(len(one.new) for one in diff.comparisons)
    fixed = sum(len(one.fixed) for one in diff.comparisons)
    standing = sum(len(one.standing) for one in diff.comparisons)
    words = [
        ", ".join(counted) or ("no spec that git knows" if diff.untracked else "no spec here")
    ]
    words += [f"{plural(new, 'new finding')}"] if new else []
    words += [f"{plural(fixed, 'finding')} fixed"] if fixed else []
    words += [f"{plural(standing, 'budget')} still broken"] if standing else []
    loosened = sum(len(one.loosened) for one in diff.comparisons)
    words += [f"{plural(loosened, 'limit')} loosened"] if loosened else []
    silenced = sum(one.silenced for one in diff.comparisons)
    words += [f"{plural(silenced, 'more finding')} silenced"] if silenced else []
    fine = not (new or standing or loosened or silenced or {"unreadable", "blind"} & {*kinds})
    verdict = style.paint("ok", "bold", "green") + ": " if fine else ""
    return f"{verdict}{'; '.join(words)}, against {visible(diff.base)}"


def _tables(reports: Sequence[Report], style: Style) -> Iterator[str]:
    drawn = [report for report in reports if report.graph]
    if style.table is False or not drawn:
        return
    from nnlint import table  # noqa: PLC0415 - rich loads only if a table is drawn

    if style.draws_layers(len(reports)):
        yield from (table.network(report, style) for report in drawn)
    if len(reports) > 1:
        yield table.files(drawn, style)


def _frames(report: Report, style: Style) -> Iterator[str]:
    if not report.findings:
        return
    from nnlint.document import Lines  # noqa: PLC0415 - what has findings has loaded it

    lines = Lines(report.text)  # a list of its lines would take many times the file's size
    for finding in report.findings:
        yield frame(report.path, finding, _line(report.text, lines, finding.span.line), style)


def frame(path: str, finding: Finding, source: str, style: Style) -> str:
    """One finding with the line that it is about, a caret below, and how to mend it."""
    gutter = " " * len(str(finding.span.line))
    bar = style.paint("|", "cyan")
    lines = [finding.line(path, style)]
    if source and not source.isspace():
        shown, caret = _pointed(source, finding, max(style.width - len(gutter) - 4, LEAD * 2))
        number = style.paint(str(finding.span.line), "cyan")
        mark = style.paint(caret.lstrip(), *SEVERITY_STYLES[finding.rule.severity.value])
        indent = " " * (len(caret) - len(caret.lstrip()))
        lines += [
            f" {gutter} {bar}",
            f" {number} {bar} {shown}",
            f" {gutter} {bar} {indent}{mark}",
        ]
    if finding.note:
        lines.append(
            f" {gutter} {style.paint('note:', 'bold', 'cyan')} {visible(finding.note)}"
        )
    if finding.help:
        lines.append(
            f" {gutter} {style.paint('help:', 'bold', 'green')} {visible(finding.help)}"
        )
    return "\n".join(lines) + "\n"


def _line(text: str, lines: Lines, number: int) -> str:
    begin, end, *_ = *lines.starts[number - 1 : number + 1], len(text), len(text)
    while end > begin and text[end - 1] in "\r\n":
        end -= 1
    return text[begin:end]


def _pointed(source: str, finding: Finding, width: int) -> tuple[str, str]:
    """The line, cut to what fits around the place, and the carets below it."""
    span = finding.span
    begin = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(source.rstrip())
    end = max(end, begin + 1)
    short = len(source) <= 2 * width and cells(visible(source)) <= width
    cut = 0 if short else max(0, begin - LEAD)
    before = visible(source[cut:begin])
    marked = visible(source[begin : min(end, begin + width)])
    after = visible(source[end : end + width])
    lead = "…" if cut else ""
    shown = lead + before + marked + after
    room = width - 1
    carets = "^" * max(1, min(cells(marked), room - cells(lead + before)))
    clipped = shown if len(shown) <= width else shown[:room] + "…"
    return clipped.rstrip(), " " * cells(lead + before) + carets


def summary(reports: Sequence[Report], style: Style) -> str:
    """The last line: how many findings in how many files, and what was not checked."""
    total = count(reports)
    words = [_findings_words(total, style)]
    if total.skipped:
        words.append(f"{plural(total.skipped, 'file')} skipped (no line begins with `nnlint:`)")
    if total.unreadable:
        words.append(
            style.paint(f"{plural(total.unreadable, 'input')} not checked", "bold", "red")
        )
    if total.ignored:
        words.append(f"{plural(total.ignored, 'finding')} ignored by comments")
    if total.known:
        words.append(f"{plural(total.known, 'finding')} in the baseline")
    words.append(_mendable(reports))
    words = [word for word in words if word]
    whole = "; ".join(words)
    return whole if cells(whole) <= style.width or style.color else "\n".join(words)


def _mendable(reports: Sequence[Report]) -> str:
    """How many of the findings a flag mends."""
    found = [one.repair.applies for r in reports for one in r.findings if one.repair]
    ways = [f"{found.count(kind)} with {kind.flag}" for kind in Applies if kind in found]
    if len(ways) == 1:
        return f"{len(found)} can be mended{ways[0].removeprefix(str(len(found)))}"
    return f"{len(found)} can be mended: {', '.join(ways)}" if ways else ""


def _findings_words(total: Counts, style: Style) -> str:
    if not total.linted:
        return "nothing checked"
    files = plural(total.linted, "file")
    found = {"error": total.errors, "warning": total.warnings, "info": total.infos}
    said = [
        style.paint(plural(number, word),
                    *SEVERITY_STYLES[word])
        for word, number in found.items()
        if number
    ]  # fmt: skip
    if not said:
        return f"{style.paint('ok', 'bold', 'green')}: {files} checked, no findings"
    return f"{', '.join(said)} in {files}"

"""`nnlint PATH...`: lint specs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint import flags, formats, linting, publishing, sources, stages
from nnlint.commands import Outcome, logged
from nnlint.exits import Exit
from nnlint.report import Report, Status, count, exit_code
from nnlint.terminal import visible
from nnlint.wording import plural, quoted

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable, Iterator

    from nnlint.baseline import Baseline
    from nnlint.budget import Ceiling
    from nnlint.graph import Graph
    from nnlint.mending import Mended
    from nnlint.options import Options, Terminal
    from nnlint.policy import Policy

SUMMARY = "Check neural-network specs, count their parameters, keep their budgets."
NOTHING_LEFT = "nothing to check: every input is excluded"
NO_PATH = "nnlint: nothing to check: name a spec, a folder, or -\nnnlint: see nnlint --help\n"


def configure(parser: ArgumentParser) -> None:
    """Paths, and how to look at them."""
    flags.configure(parser, formats.names(), formats.DEFAULT)


def run(arguments: Namespace, terminal: Terminal) -> Outcome:
    """Lint every input; print the findings; one number for CI."""
    laps = stages.Laps()
    chosen = publishing.chosen(arguments, terminal)
    if arguments.show_config:
        return _configuration(chosen)
    if not chosen.paths:
        return Outcome(Exit.COULD_NOT_CHECK, err=NO_PATH)
    known = _baseline(chosen)  # before anything is written
    inputs = sources.collect(chosen.paths, chosen.settings.exclude)
    publishing.keep_inputs(chosen, (one.path for one in inputs))
    if chosen.verbose:
        return _verbosely(inputs, chosen, known, laps)
    reports = linting.reports(inputs, chosen, _kept(chosen, len(inputs)))
    return _outcome(inputs, reports, chosen, known)


def _outcome(
    inputs: list[sources.Source], reports: list[Report], chosen: Options, known: Baseline | None
) -> Outcome:
    if chosen.fixes:
        return _mended(inputs, reports, chosen, known)
    return _told(reports, chosen, known)


def _kept(chosen: Options, files: int) -> linting.Kept:
    """What is kept of each report: its layers, if anybody asks for them in the end."""
    limited = any(limit.layer for limit in _spoken(chosen))
    if chosen.fixes or limited or publishing.shows_layers(chosen, files):
        return linting.as_it_is
    return Report.without_layers


def _verbosely(
    inputs: list[sources.Source], chosen: Options, known: Baseline | None, laps: stages.Laps
) -> Outcome:
    """The same, and what it took."""
    from nnlint import verbose  # noqa: PLC0415 - few runs ask for it

    laps.lap("collecting files")
    verbose.load()
    laps.lap("loading libraries")
    reports, taken = linting.timed(inputs, chosen, _kept(chosen, len(inputs)))
    laps.lap("linting")
    outcome = _outcome(inputs, reports, chosen, known)
    laps.lap("fixing and rendering" if chosen.fixes else "rendering")
    said = logged(verbose.lines(taken, laps.taken, chosen.settings))
    return outcome._replace(err=outcome.err + said)


def _baseline(chosen: Options) -> Baseline | None:
    """The findings that are known."""
    if chosen.baseline is None:
        return None
    from nnlint import keeping  # noqa: PLC0415 - most runs have none

    return keeping.of_run(chosen)


def _told(
    reports: list[Report], chosen: Options, known: Baseline | None, log: Iterable[str] = ()
) -> Outcome:
    """The findings that are not known, and what they come to."""
    if known:
        from nnlint import keeping  # noqa: PLC0415 - as above

        settled = keeping.settle(known, reports, chosen.keep)
        reports, log = settled.reports, [*log, *settled.log, *_unnamed(known, chosen)]
    code = exit_code(reports, chosen.fail_on, nothing_is_fine=chosen.skip_unmarked)
    idle = _idle(reports, chosen)
    said = publishing.publish(
        chosen,
        lambda name, style: formats.render(name, reports, style),
        publishing.on_screen(chosen, reports),
    )
    failures = [*idle, *said.unwritten]
    if chosen.quiet:
        lines = [*_failures(reports, code), *failures]
    else:
        lines = [*log, *_log(reports, chosen), *failures, *said.remarks]
    return Outcome(Exit.COULD_NOT_CHECK if failures else code, said.text, logged(lines))


def _idle(reports: list[Report], chosen: Options) -> list[str]:
    """Limits by flag that name no layer of any spec: one that binds nothing is a mistake."""
    budgets = (one for config in chosen.settings.spoken for one in config.budgets)
    asked = dict.fromkeys(limit.layer for one in budgets for limit in one.ceilings)
    graphs = [report.graph for report in reports if report.graph]
    return [
        f"--budget limits {quoted(visible(pattern))}, but no layer of any spec is called that"
        for pattern in asked
        if pattern and graphs and not _names(pattern, graphs)
    ]


def _names(pattern: str, graphs: list[Graph]) -> bool:
    from nnlint.budget import scope  # noqa: PLC0415 - few runs limit layers by flag

    return any(scope.parts(graph, pattern) for graph in graphs)


def _unnamed(known: Baseline, chosen: Options) -> Iterator[str]:
    """How to use a baseline that was written, and that no setting names."""
    if not chosen.settings.baseline:
        key = f'baseline = "{known.file.name}" under [tool.nnlint]'
        yield f"to use it, write {key}, or --baseline {visible(known.name)}"


def _mended(
    inputs: list[sources.Source],
    reports: list[Report],
    chosen: Options,
    known: Baseline | None,
) -> Outcome:
    """Every file mended, or what that would change; then what is left.

    What the baseline holds is mended too: it is a debt, no decision, as an ignore is one.
    """
    from nnlint import mending  # noqa: PLC0415 - only fixes pay for it

    mended = [
        mending.mend(report, chosen.fixes, _policy(source, chosen), chosen.variant)
        for source, report in zip(inputs, reports, strict=True)
    ]
    if chosen.diff:
        return _difference(mended, chosen)
    written = [mending.write(one) for one in mended]
    done = mending.told(written, would=False)
    told = _told([one.report for one in written], chosen, known, done)
    # the text of standard input goes on to standard output, so what is said of it must not
    for one in written:
        if one.report.path == sources.STDIN:
            passed_on = one.after.encode() if one.changed else one.report.data
            return Outcome(told.code, err=told.err + told.out, data=passed_on)
    return told


def _difference(mended: list[Mended], chosen: Options) -> Outcome:
    from nnlint import mending  # noqa: PLC0415 - as above

    told = _told([one.report for one in mended], chosen, None, mending.told(mended, would=True))
    patch = "".join(mending.difference(one, chosen.style) for one in mended)
    unread = told.code if told.code == Exit.COULD_NOT_CHECK else Exit.OK
    return Outcome(unread or (Exit.FINDINGS if patch else Exit.OK), patch, told.err)


def _configuration(chosen: Options) -> Outcome:
    from nnlint import config_page  # noqa: PLC0415 - it is seldom asked for

    return Outcome(Exit.OK, config_page.page(chosen))


def _policy(source: sources.Source, chosen: Options) -> Policy:
    return chosen.policy(source.path, *source.others)


def _unread(reports: list[Report]) -> Iterator[str]:
    for report in reports:
        if report.status is Status.UNREADABLE:
            yield f"{visible(report.path)}: {visible(report.reason or '')}"


def _failures(reports: list[Report], code: int) -> Iterator[str]:
    """What standard error says in any case: what could not be checked."""
    yield from _unread(reports)
    if code == Exit.COULD_NOT_CHECK and not reports:
        yield NOTHING_LEFT


def _log(reports: list[Report], chosen: Options) -> Iterator[str]:
    """What standard error says: what could not be checked, and what was not."""
    yield from _unread(reports)
    if any(one.limits_increase for one in _spoken(chosen)):
        yield "what a change may add, as --budget limits it, is held by nnlint diff, not here"
    if not reports:
        yield NOTHING_LEFT
    total = count(reports)
    if (chosen.format != formats.DEFAULT or chosen.statistics) and total.skipped:
        yield f"{plural(total.skipped, 'file')} skipped: {sources.MARKER_WORDS}"
    found = total.errors + total.warnings + total.infos
    if found and not formats.shows_findings(chosen.format):
        yield f"{plural(found, 'finding')} not shown: --format concise shows findings"


def _spoken(chosen: Options) -> Iterator[Ceiling]:
    """The limits that flags set: of files, every command takes what concerns it."""
    for config in chosen.settings.spoken:
        for one in config.budgets:
            yield from one.ceilings

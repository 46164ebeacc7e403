"""`nnlint PATH...`: lint specs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint import engine, formats, options, sources
from nnlint.commands import Outcome
from nnlint.exits import Exit
from nnlint.report import Report, Status, count, exit_code
from nnlint.terminal import visible
from nnlint.wording import plural

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from nnlint.options import Options, Terminal

SUMMARY = "Check neural-network specs, count their parameters, keep their budgets."
NO_PATH = "nnlint: nothing to check: name a spec, a folder, or -\nnnlint: see nnlint --help\n"


def configure(parser: ArgumentParser) -> None:
    """Paths, and how to look at them."""
    options.configure(parser, formats.names(), formats.DEFAULT)


def run(arguments: Namespace, terminal: Terminal) -> Outcome:
    """Lint every input; print the findings; one number for CI."""
    chosen = options.read(arguments, terminal)
    if arguments.show_config:
        return _configuration(chosen)
    if not chosen.paths:
        return Outcome(Exit.COULD_NOT_CHECK, err=NO_PATH)
    inputs = sources.collect(chosen.paths, chosen.settings.exclude)
    reports = [_linted(source, chosen) for source in inputs]
    code = exit_code(reports, chosen.fail_on, nothing_is_fine=chosen.skip_unmarked)
    return Outcome(
        code,
        formats.render(chosen.format, reports, chosen.style),
        "".join(f"nnlint: {line}\n" for line in _log(reports, chosen)),
    )


def _configuration(chosen: Options) -> Outcome:
    from nnlint import config_page  # noqa: PLC0415 - it is seldom asked for

    return Outcome(Exit.OK, config_page.page(chosen))


def _linted(source: sources.Source, chosen: Options) -> Report:
    return engine.lint_source(
        source,
        skip_unmarked=chosen.skip_unmarked,
        variant=chosen.variant,
        policy=chosen.policy(source.path),
    )


def _log(reports: list[Report], chosen: Options) -> Iterator[str]:
    """What standard error says: what could not be checked, and what was not."""
    for report in reports:
        if report.status is Status.UNREADABLE:
            yield f"{visible(report.path)}: {visible(report.reason or '')}"
    if not reports:
        yield "nothing to check: every input is excluded"
    total = count(reports)
    if chosen.format != formats.DEFAULT and total.skipped:
        yield f"{plural(total.skipped, 'file')} skipped: {sources.MARKER_WORDS}"

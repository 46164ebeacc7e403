"""`nnlint diff`: what a change does to networks."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from nnlint import (
    api,
    comparison,
    engine,
    flags,
    formats,
    publishing,
    running,
    sources,
)
from nnlint.commands import Outcome, logged
from nnlint.exits import Exit
from nnlint.policy import Invalid
from nnlint.report import Report, Status, exit_code
from nnlint.settings import as_of
from nnlint.terminal import visible
from nnlint.wording import plural

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from nnlint.budget import Ceiling
    from nnlint.comparison import Comparison, Diff
    from nnlint.options import Options, Terminal
    from nnlint.pairing import Pair
    from nnlint.policy import Config, Policy
    from nnlint.revisions import Revision
    from nnlint.settings import Settings

SUMMARY = (
    "Show what a change does to networks: layers, parameters, MACs, bytes, findings. "
    "Either two files, OLD and NEW, or the specs of the working tree against a git revision."
)
LOST_MARKER = "it was a spec in the base, and no line begins with `nnlint:` now"
FORMS = "give two files, OLD and NEW, or a git revision: --base REF [PATH...]"


def configure(parser: ArgumentParser) -> None:
    """Two files, or a revision and paths."""
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="OLD and NEW; with --base, files, folders or globs (default: the current folder)",
    )
    parser.add_argument(
        "--base",
        metavar="REF",
        help="compare with that git revision, which is read out of git and nothing else; "
        "REF... is where this branch left REF",
    )
    parser.add_argument(
        "--no-table", action="store_false", dest="table", help="a line a spec, and no tables"
    )
    flags.add_checking(parser, formats.names(), formats.DEFAULT)


def run(arguments: Namespace, terminal: Terminal) -> Outcome:
    """Compare; what is new decides the exit code, and budgets do as they stand."""
    chosen = publishing.chosen(arguments, terminal)
    base = arguments.base
    diff = _of_files(chosen) if base is None else _of_revision(base, chosen)
    if chosen.baseline:
        from nnlint import keeping  # noqa: PLC0415 - most runs have none

        known = keeping.of_run(chosen)
        diff = keeping.unknown(known, diff) if known else diff
    code = exit_code(diff.reports, chosen.fail_on, nothing_is_fine=True)
    said = publishing.publish(
        chosen,
        lambda name, style: formats.difference(name, diff, style),
        publishing.on_screen(chosen, diff.reports),
    )
    log = [*(_unread if chosen.quiet else _log)(diff), *said.unwritten]
    log += () if chosen.quiet else said.remarks
    return Outcome(
        Exit.COULD_NOT_CHECK if said.unwritten else code,
        said.text,
        logged(log),
    )


def _of_files(chosen: Options) -> Diff:
    """Two files; the null device stands for one that is not there, as in git."""
    if len(chosen.paths) != 2:
        given = plural(len(chosen.paths), "path") if chosen.paths else "nothing"
        raise Invalid(f"{given} to compare: {FORMS}")
    if folders := [path for path in chosen.paths if os.path.isdir(path)]:  # noqa: PTH112
        raise Invalid(f"{folders[0]} is a folder: {FORMS}")
    publishing.keep_inputs(chosen, chosen.paths)
    old, new = (None if path == os.devnull else path for path in chosen.paths)
    before = _linted(old, chosen) if old else None
    after = _linted(new, chosen, before) if new else None
    if before and after and before.text == after.text and after.graph:
        after = before._replace(path=after.path)
        before = after  # a change is what is not as it was
    one = comparison.compare(before, after, new or old or os.devnull, old)
    one = one._replace(both_named=True)
    return comparison.Diff(old or os.devnull, (one,))


def _linted(path: str, chosen: Options, before: Report | None = None) -> Report:
    source = sources.Source(path, named=True)
    how = api.How(chosen.variant, base=before, every_variant=chosen.variant is None)
    return api.of_source(source, chosen.settings, how)


def _of_revision(base: str, chosen: Options) -> Diff:
    """The specs of the working tree against those of a revision."""
    from nnlint import pairing, revisions  # noqa: PLC0415 - two files need no git
    from nnlint.document import MAX_BYTES  # noqa: PLC0415 - yaml loads with the first file

    revision = revisions.read(base)
    found = pairing.pairs(chosen.paths or (".",), revision, chosen.settings.exclude, MAX_BYTES)
    publishing.keep_inputs(chosen, (one.path for one in found.pairs))
    then = _settings_then(chosen, revision)
    work = partial(_compared, chosen._replace(screen=None), then)
    compared = running.answers(
        found.pairs, work, chosen.jobs, chosen.screen, lambda pair: pair.path
    )
    return comparison.Diff(
        base,
        tuple(one for one in compared if one),
        found.untracked,
        tuple(_reconfigured(chosen.settings, then)),
    )


def _compared(chosen: Options, then: Settings, pair: Pair) -> Comparison | None:
    return _Comparing(pair, chosen, then).done


def _settings_then(chosen: Options, revision: Revision) -> Settings:
    """What the configuration of the base says; one that can't be used says nothing."""
    try:
        return as_of(chosen.settings, revision.file)
    except Invalid:
        return chosen.settings._replace(files=(), above=())


def _reconfigured(now: Settings, then: Settings) -> Iterator[str]:
    """The configuration files that say something else by now, budgets apart."""
    before = {one.origin: _judgement(one) for one in then.files}
    for one in now.files:
        if _judgement(one) != before.get(one.origin):
            yield one.origin


def _judgement(one: Config) -> Config:
    """What it says of findings: budgets are compared by themselves, processes judge nothing."""
    return one._replace(budgets=(), jobs=None)


class _Comparing:
    """One file, held against what it was."""

    def __init__(self, pair: Pair, chosen: Options, then: Settings) -> None:
        self.pair, self.chosen, self.then = pair, chosen, then

    @property
    def done(self) -> Comparison | None:
        """A spec of either side; None for what is a spec on none."""
        after = self._now(None)
        unchanged = after and self._is_as_it_was(after)
        before = after if unchanged else self._before()
        if before is None and after is None:
            return None
        if before and after and not unchanged:
            after = self._now(before)
        old_path = self.pair.old_path if before else None
        return comparison.compare(before, after, self.pair.path, old_path)

    def _is_as_it_was(self, after: Report) -> bool:
        mark = sources.BYTE_ORDER_MARK if after.marked else b""
        same = self.pair.data == mark + after.text.encode()
        old = self.pair.old_path
        return same and (old is None or self._ceilings(old) == self._policy(old).ceilings)

    def _now(self, before: Report | None) -> Report | None:
        """What is said of the file now; None where it is gone, or is no spec."""
        source, was_spec = self.pair.source, self.pair.data is not None
        if source is None:
            return None
        skips = self.chosen.skip_unmarked or was_spec
        how = api.How(self.chosen.variant, skips, before, before is not None and self._all)
        report = api.of_source(source, self.chosen.settings, how)
        if report.status is not Status.SKIPPED:
            return report
        # what was a spec, and is still there, must not slip out of what is checked
        return Report(source.path, Status.UNREADABLE, LOST_MARKER) if was_spec else None

    def _before(self) -> Report | None:
        """What is said of the file in the base; None where it is new."""
        data, path = self.pair.data, self.pair.old_path
        if data is None or path is None:
            return None
        fetched = sources.Fetched(data, is_marked=True)
        ceilings = self._ceilings(path)
        policy = self._policy(path)._replace(ceilings=ceilings, every_variant=self._all)
        report = engine.lint_fetched(fetched, path, self.chosen.variant, policy)
        return None if report.status is Status.UNREADABLE else report

    @property
    def _all(self) -> bool:
        """Whether all variants are looked at."""
        return self.chosen.variant is None

    def _policy(self, path: str) -> Policy:
        return self.chosen.policy(path)

    def _ceilings(self, path: str) -> tuple[Ceiling, ...]:
        """What the repository let that file have, then."""
        return self.then.policy(path, show_info=self.chosen.show_info).ceilings


def _unread(diff: Diff) -> Iterator[str]:
    for report in diff.reports:
        if report.status is Status.UNREADABLE:
            yield f"{visible(report.path)}: {visible(report.reason or '')}"


def _log(diff: Diff) -> Iterator[str]:
    """What standard error says: what could not be compared."""
    yield from _unread(diff)
    for file in diff.reconfigured:
        yield (
            f"{visible(file)} is not as it was: what it ignores, leaves out and calls an error "
            "is the change's own word"
        )
    if diff.untracked:
        files = plural(diff.untracked, "file")
        yield f"{files} that git does not know left out: name them, or git add them"
    if not diff.comparisons:
        yield f"no spec here, and none in {visible(diff.base)}"

"""`nnlint diff`: what a change does to networks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nnlint import (
    api,
    comparison,
    engine,
    flags,
    formats,
    publishing,
    sources,
)
from nnlint.commands import Outcome
from nnlint.exits import Exit
from nnlint.policy import Invalid
from nnlint.report import Report, Status, exit_code
from nnlint.terminal import visible
from nnlint.wording import plural

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from nnlint.comparison import Comparison, Diff
    from nnlint.options import Options, Terminal
    from nnlint.pairing import Pair

SUMMARY = (
    "Show what a change does to networks: layers, parameters, MACs, bytes, findings. "
    "Either two files, OLD and NEW, or the specs of the working tree against a git revision."
)
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
    said = publishing.publish(chosen, lambda name, style: formats.difference(name, diff, style))
    log = [*_log(diff), *said.unwritten, *said.remarks]
    return Outcome(
        Exit.COULD_NOT_CHECK if said.unwritten else code,
        said.text,
        "".join(f"nnlint: {line}\n" for line in log),
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
    one = comparison.compare(before, after, new or old or os.devnull, old)
    one = one._replace(both_named=True)
    return comparison.Diff(old or os.devnull, (one,))


def _linted(path: str, chosen: Options, before: Report | None = None) -> Report:
    return api.of_source(
        sources.Source(path, named=True),
        chosen.settings,
        variant=chosen.variant,
        base=before,
    )


def _of_revision(base: str, chosen: Options) -> Diff:
    """The specs of the working tree against those of a revision."""
    from nnlint import pairing, revisions  # noqa: PLC0415 - two files need no git
    from nnlint.document import MAX_BYTES  # noqa: PLC0415 - yaml loads with the first file

    revision = revisions.read(base)
    found = pairing.pairs(chosen.paths or (".",), revision, chosen.settings.exclude, MAX_BYTES)
    publishing.keep_inputs(chosen, (one.path for one in found.pairs))
    compared = (_compared(pair, chosen) for pair in found.pairs)
    return comparison.Diff(base, tuple(one for one in compared if one), found.untracked)


def _compared(pair: Pair, chosen: Options) -> Comparison | None:
    """A spec of either side; None for what is a spec on none."""
    after = _now(pair, chosen, None)
    unchanged = after and _is_as_it_was(pair, after)
    before = after if unchanged else _before(pair, chosen)
    if before is None and after is None:
        return None
    if before and after and not unchanged:
        after = _now(pair, chosen, before)
    return comparison.compare(before, after, pair.path, pair.old_path if before else None)


def _is_as_it_was(pair: Pair, after: Report) -> bool:
    mark = sources.BYTE_ORDER_MARK if after.marked else b""
    return pair.data == mark + after.text.encode()


def _now(pair: Pair, chosen: Options, before: Report | None) -> Report | None:
    """What is said of the file now; None where it is gone, or is no spec (any more)."""
    if pair.source is None:
        return None
    report = api.of_source(
        pair.source,
        chosen.settings,
        variant=chosen.variant,
        skip_unmarked=chosen.skip_unmarked or pair.data is not None,
        base=before,
    )
    return None if report.status is Status.SKIPPED else report


def _before(pair: Pair, chosen: Options) -> Report | None:
    """What is said of the file in the base; None where it is new."""
    if pair.data is None or pair.old_path is None:
        return None
    fetched = sources.Fetched(pair.data, is_marked=True)
    policy = chosen.policy(pair.old_path)
    report = engine.lint_fetched(fetched, pair.old_path, chosen.variant, policy)
    return None if report.status is Status.UNREADABLE else report


def _log(diff: Diff) -> Iterator[str]:
    """What standard error says: what could not be compared."""
    for report in diff.reports:
        if report.status is Status.UNREADABLE:
            yield f"{visible(report.path)}: {visible(report.reason or '')}"
    if diff.untracked:
        files = plural(diff.untracked, "file")
        yield f"{files} that git does not know left out: name them, or git add them"
    if not diff.comparisons:
        yield f"no spec here, and none in {visible(diff.base)}"

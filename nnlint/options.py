"""What the user asked for: parsed arguments and the terminal -> `Options`."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from nnlint.finding import Applies, Severity
from nnlint.policy import Invalid
from nnlint.record import Record
from nnlint.settings import gathered
from nnlint.terminal import PIPE_WIDTH, Screen, Style

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any, TextIO

    from nnlint.outputs import Output
    from nnlint.policy import Policy
    from nnlint.settings import Settings


class Terminal(Record):
    """What standard output is.

    Attributes:
        is_tty: a person looks at it.
        columns: its width, where it has one.
        environ: the environment.
        screen: standard error, where a person waits at it and what is drawn can go again.
    """

    is_tty: bool
    columns: int | None
    environ: Mapping[str, str]
    screen: TextIO | None = None


DEFAULT_BASELINE = "nnlint-baseline.jsonl"
"""Beside the configuration, where nobody names another: in sight, and under version control."""


class Keep(Enum):
    """What a run writes into the baseline."""

    ALL = "all"
    """Every finding."""
    KNOWN = "known"
    """Of what it holds, what is still found."""

    @property
    def flag(self) -> str:
        """Who asks for it."""
        return "--write-baseline" if self is Keep.ALL else "--prune-baseline"


class Options(Record):
    """One run of the linter.

    Attributes:
        paths: files, folders, globs, or `-`.
        format: the output format.
        fail_on: the least severity that fails the run; None: none does.
        skip_unmarked: skip files without the marker, also those named by hand.
        show_info: show advice.
        variant: the variant to check instead of the base; None: base and variants.
        style: how output is drawn.
        settings: what files, the environment and the flags say.
        fixes: the kinds of fixes to make.
        diff: show what fixes would change, and write nothing.
        outputs: formats that go into files too.
        plain: how those are drawn.
        step_summary: the file that takes a summary for GitHub; None: there is none.
        baseline: the file of the findings to leave out; None: there is none.
        keep: what to write into it; None: nothing.
        jobs: how many processes share the work; None: as many as it is worth.
        quiet: say only what fails.
        verbose: say where the time goes.
        statistics: count the findings instead of showing them.
        screen: where progress is shown; None: nobody looks.
    """

    paths: tuple[str, ...]
    format: str
    fail_on: Severity | None
    skip_unmarked: bool
    show_info: bool
    variant: str | None
    style: Style
    settings: Settings
    fixes: frozenset[Applies] = frozenset()
    diff: bool = False
    outputs: tuple[Output, ...] = ()
    plain: Style = Style()
    step_summary: str | None = None
    baseline: Path | None = None
    keep: Keep | None = None
    jobs: int | None = None
    quiet: bool = False
    verbose: bool = False
    statistics: bool = False
    screen: Screen | None = None

    def policy(self, path: str, *others: str) -> Policy:
        """What holds for that file, which may have other names."""
        return self.settings.policy(path, *others, show_info=self.show_info)


def _fixes(arguments: Namespace) -> frozenset[Applies]:
    """The kinds of fixes that were asked for; a difference alone is that of the safe ones."""
    kinds = set()
    if arguments.update_expect:
        kinds.add(Applies.EXPECTATION)
    if arguments.fix or arguments.unsafe_fixes or (arguments.diff and not kinds):
        kinds.add(Applies.SAFE)
    if arguments.unsafe_fixes:
        kinds.add(Applies.UNSAFE)
    return frozenset(kinds)


def read(arguments: Namespace, terminal: Terminal) -> Options:
    """The options of linting, from parsed arguments, the environment and the configuration.

    Raises:
        Invalid: a setting can't be used.
    """
    settings = gathered(
        _flags(arguments),
        terminal.environ,
        file=arguments.config,
        isolated=arguments.isolated,
    )
    fail_on = settings.fail_on or Severity.ERROR.value
    severity = None if fail_on == "never" else Severity(fail_on)
    return Options(
        paths=tuple(arguments.paths),
        format=arguments.format,
        fail_on=severity,
        skip_unmarked=arguments.skip_unmarked,
        variant=arguments.variant,
        show_info=settings.show_info,
        style=style(arguments.color, terminal, table=arguments.table)._replace(
            depth=arguments.depth
        ),
        settings=settings,
        fixes=_fixes(arguments),
        diff=arguments.diff,
        plain=style("never", terminal._replace(is_tty=False), table=arguments.table)._replace(
            depth=arguments.depth
        ),
        baseline=_baseline(arguments, settings),
        keep=arguments.keep,
        jobs=settings.jobs,
        quiet=arguments.quiet,
        verbose=arguments.verbose,
        statistics=arguments.statistics,
        screen=None if arguments.quiet else _screen(arguments.color, terminal),
    )


def _baseline(arguments: Namespace, settings: Settings) -> Path | None:
    """The baseline of the run; one that is to be written has a place of its own.

    Raises:
        Invalid: the flags ask for what can't be.
    """
    if arguments.keep:
        wrong = _no_keeping(arguments, settings)
        if wrong:
            raise Invalid(f"{arguments.keep.flag} {wrong}")
        return settings.baseline or settings.home / DEFAULT_BASELINE
    return None if arguments.no_baseline else settings.baseline


def _no_keeping(arguments: Namespace, settings: Settings) -> str | None:
    """Why no baseline can be written; None: it can."""
    if arguments.no_baseline:
        return "writes a baseline: leave out --no-baseline"
    if arguments.diff:
        return "writes a baseline, and --diff writes nothing: leave out one of them"
    if arguments.variant is not None:
        return "looks at the whole of a spec: leave out --variant"
    if arguments.keep is Keep.KNOWN and settings.baseline is None:
        return "knows no baseline: name it with --baseline FILE"
    return None


def _flags(arguments: Namespace) -> dict[str, Any]:
    """The keys of `[tool.nnlint]` that the command line gives."""
    given = {
        "select": _joined(arguments.select),
        "extend-select": _joined(arguments.extend_select),
        "ignore": _joined(arguments.ignore),
        "fail-on": arguments.fail_on,
        "exclude": arguments.exclude or None,
        "show-info": arguments.show_info,
        "budget": _budget(arguments.budget) if arguments.budget else None,
        "baseline": arguments.baseline,
        "jobs": arguments.jobs,
    }
    return {key: value for key, value in given.items() if value is not None}


def _budget(flags: list[str]) -> dict[str, Any]:
    from nnlint import spelled  # noqa: PLC0415 - few runs give one

    return spelled.table(flags)


def _joined(lists: list[list[str]] | None) -> list[str] | None:
    return None if lists is None else [word for words in lists for word in words]


def style(color: str, terminal: Terminal, *, table: bool | None = None) -> Style:
    """How to draw: --color > FORCE_COLOR > NO_COLOR > terminal; COLUMNS > terminal > 160."""
    return Style(_colored(color, terminal), _width(terminal), table)


def _colored(choice: str, terminal: Terminal) -> bool:
    environ = terminal.environ
    if choice != "auto":
        return choice == "always"
    if environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return terminal.is_tty and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def _screen(color: str, terminal: Terminal) -> Screen | None:
    """Where somebody waits: a terminal of its own, whatever standard output is."""
    if terminal.screen is None:
        return None
    return Screen(terminal.screen, _colored(color, terminal._replace(is_tty=True)))


def _width(terminal: Terminal) -> int:
    written = terminal.environ.get("COLUMNS", "")
    if written.isascii() and written.isdecimal() and int(written[:6]) > 0:
        return int(written[:6])
    return (terminal.columns if terminal.is_tty else None) or PIPE_WIDTH

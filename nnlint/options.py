"""What the user asked for: argv and the terminal -> `Options`."""

from __future__ import annotations

from argparse import ArgumentTypeError
from enum import Enum
from typing import TYPE_CHECKING

from nnlint.finding import Applies, Severity
from nnlint.policy import Invalid
from nnlint.record import Record
from nnlint.settings import gathered
from nnlint.terminal import PIPE_WIDTH, Style
from nnlint.wording import split

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from nnlint.outputs import Output
    from nnlint.policy import Policy
    from nnlint.settings import Settings


class Terminal(Record):
    """What standard output is.

    Attributes:
        is_tty: a person looks at it.
        columns: its width, where it has one.
        environ: the environment.
    """

    is_tty: bool
    columns: int | None
    environ: Mapping[str, str]


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

    def policy(self, path: str, *others: str) -> Policy:
        """What holds for that file, which may have other names."""
        return self.settings.policy(path, *others, show_info=self.show_info)


def configure(parser: ArgumentParser, formats: list[str], default_format: str) -> None:
    """The options of linting."""
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a spec, a folder to search for specs, a glob, or - for standard input",
    )
    add_checking(parser, formats, default_format)
    parser.add_argument(
        "--show-config",
        action="store_true",
        help="print the settings that hold, for each PATH too, and stop",
    )
    _add_fixes(parser)
    _add_keeping(parser)
    _add_table(parser)


def add_checking(parser: ArgumentParser, formats: list[str], default_format: str) -> None:
    """What is checked, and how that is told: the options of every command that lints."""
    parser.add_argument(
        "--format",
        choices=formats,
        default=default_format,
        metavar="FORMAT",
        help="full: code frames and a table (default). concise: a line a finding. json: "
        "everything, for programs; csv: the layer table. For CI: github (annotations), "
        "gitlab (code quality), junit, sarif. " + f"One of {', '.join(formats)}",
    )
    parser.add_argument(
        "--output",
        action="append",
        default=[],
        metavar="FORMAT=FILE",
        help="write a format into a file too, without colours; may be repeated. With --fix it "
        "holds what is left, with --diff nothing is written, so they do not go together",
    )
    parser.add_argument(
        "--fail-on",
        choices=[*(s.value for s in Severity), "never"],
        metavar="SEVERITY",
        help="least severity that fails: error (default), warning, info, never",
    )
    parser.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="GLOB",
        help="leave out paths, folders or names that match; may be repeated",
    )
    _add_rules(parser)
    _add_baseline(parser)
    parser.add_argument(
        "--skip-unmarked",
        action="store_true",
        help="skip files in which no line begins with `nnlint:`, also named ones",
    )
    parser.add_argument(
        "--show-info", action="store_true", default=None, help="show advice too"
    )
    parser.add_argument(
        "--variant",
        metavar="NAME",
        help="check that variant alone (default: the base, and the variants that expect: or "
        "budget: covers)",
    )
    add_color(parser)
    parser.set_defaults(**dict.fromkeys(("table", "depth", "keep")))
    parser.set_defaults(
        **dict.fromkeys(("fix", "unsafe_fixes", "update_expect", "diff"), False)
    )


def _add_table(parser: ArgumentParser) -> None:
    table = parser.add_mutually_exclusive_group()
    table.add_argument(
        "--table",
        action="store_true",
        default=None,
        help="a layer table for every file (default: for a single one)",
    )
    table.add_argument("--no-table", action="store_false", dest="table", help="no table")
    parser.add_argument(
        "--depth",
        type=_depth,
        metavar="N",
        help="sum up what lies deeper than N parts: 1 shows each block on one row",
    )


def _add_fixes(parser: ArgumentParser) -> None:
    """What to write into the files."""
    for flag, words in (
        ("--fix", "mend what has one right answer and changes no count and no shape"),
        ("--unsafe-fixes", "like --fix, and also what changes counts: biases, stated sizes"),
        ("--update-expect", "write the numbers that are into `expect:`, and nothing else"),
        ("--diff", "print what --fix (or the others) would change, and write nothing"),
    ):
        parser.add_argument(flag, action="store_true", help=words)


def _add_baseline(parser: ArgumentParser) -> None:
    """Which findings are known."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--baseline",
        metavar="FILE",
        help="leave out the findings that FILE holds (default: `baseline` of [tool.nnlint])",
    )
    which.add_argument(
        "--no-baseline", action="store_true", help="leave out none, whatever is configured"
    )


def _add_keeping(parser: ArgumentParser) -> None:
    """Who writes down which findings are known."""
    keep = parser.add_mutually_exclusive_group()
    keep.add_argument(
        "--write-baseline",
        action="store_const",
        dest="keep",
        const=Keep.ALL,
        help=f"write what is found into the baseline (default: {DEFAULT_BASELINE})",
    )
    keep.add_argument(
        "--prune-baseline",
        action="store_const",
        dest="keep",
        const=Keep.KNOWN,
        help="take out of the baseline what is no longer found",
    )


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


def _add_rules(parser: ArgumentParser) -> None:
    """Which rules are on, and where that is written."""
    codes = {"action": "append", "metavar": "CODES", "type": split}
    for flag, words in (
        ("--select", "only these rules: codes or their beginnings, NN301,NN4"),
        ("--extend-select", "these rules too, advice for example: NN8"),
        ("--ignore", "not these rules"),
    ):
        parser.add_argument(flag, help=words, **codes)  # type: ignore[arg-type]
    parser.add_argument(
        "--budget",
        action="append",
        metavar="[LAYER:]METRIC=LIMIT",
        help="a limit for every spec: params=15k, logits:size='4 KiB', "
        "params.max_increase_pct=5%%; may be repeated, and raises no other",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--config",
        metavar="FILE",
        help="take [tool.nnlint] from that file (default: the nearest pyproject.toml that has "
        "it, up to the root of the repository)",
    )
    where.add_argument(
        "--isolated", action="store_true", help="no configuration file, no NNLINT_ variable"
    )


def _depth(text: str) -> int:
    """A whole number from 1 up; argparse turns the error into a usage message."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text)):
        raise ArgumentTypeError(f"{text!r} is no whole number from 1 up")
    return int(text)


def add_color(parser: ArgumentParser) -> None:
    """The option that every command has."""
    parser.add_argument(
        "--color",
        choices=["auto", "always", "never"],
        default="auto",
        help="default: on a terminal; FORCE_COLOR and NO_COLOR are heard",
    )


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


def _width(terminal: Terminal) -> int:
    written = terminal.environ.get("COLUMNS", "")
    if written.isascii() and written.isdecimal() and int(written[:6]) > 0:
        return int(written[:6])
    return (terminal.columns if terminal.is_tty else None) or PIPE_WIDTH

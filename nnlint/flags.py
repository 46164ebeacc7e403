"""The flags of the commands, for argparse; `options` reads what they are given."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

from nnlint.finding import Severity
from nnlint.options import DEFAULT_BASELINE, Keep
from nnlint.wording import split

if TYPE_CHECKING:
    from argparse import ArgumentParser


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
    parser.add_argument(
        "--statistics",
        action="store_true",
        help="count the findings by rule instead of showing them; with --format json too",
    )
    parser.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="say on standard error where the time goes, and what was read",
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
    _add_running(parser)
    add_color(parser)
    parser.set_defaults(**dict.fromkeys(("table", "depth", "keep")))
    parser.set_defaults(
        **dict.fromkeys(("fix", "unsafe_fixes", "update_expect", "diff"), False),
        **dict.fromkeys(("statistics", "verbose"), False),
    )


def _add_running(parser: ArgumentParser) -> None:
    """How the work is done, and how much is said of it."""
    parser.add_argument(
        "-j",
        "--jobs",
        metavar="N",
        help="processes that share the work: a number, or auto (default; 0 too): as many as "
        "there are cores, once a run is long enough to gain by it. The output is the same",
    )
    parser.add_argument(
        "-q",
        "--quiet",
        action="store_true",
        help="say only what fails: findings from --fail-on up, and what could not be checked; "
        "a run that ends with 0 says nothing",
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
        help="a limit for every spec: params=15k, logits:size=4KiB, "
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

"""`nnlint init`: write a starter spec, and say what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint import flags, options, starter
from nnlint.commands import Outcome
from nnlint.exits import Exit
from nnlint.sources import STDIN
from nnlint.terminal import visible

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from nnlint.options import Terminal

SUMMARY = "Write a starter spec with comments that teach, and tell what to paste where."
STDOUT = STDIN


def configure(parser: ArgumentParser) -> None:
    """What to write, and where."""
    parser.add_argument(
        "path",
        nargs="?",
        metavar="PATH",
        help=f"the new file, or a folder for it; - prints it "
        f"(default: {starter.FOLDER}/TEMPLATE.yaml)",
    )
    parser.add_argument(
        "--template",
        choices=starter.names(),
        default=starter.DEFAULT,
        help=f"what kind of network (default: {starter.DEFAULT})",
    )
    parser.add_argument("--force", action="store_true", help="overwrite a file that is there")
    flags.add_color(parser)


def run(arguments: Namespace, terminal: Terminal) -> Outcome:
    """Write the file; or print it, and nothing else."""
    content = starter.text(arguments.template)
    if arguments.path == STDOUT:
        return Outcome(Exit.OK, content)
    style = options.style(arguments.color, terminal)
    try:
        path = starter.target(arguments.template, arguments.path)
        starter.write(path, content, overwrite=arguments.force)
    except starter.NotWritten as reason:
        return Outcome(Exit.COULD_NOT_CHECK, err=f"nnlint: {visible(str(reason))}\n")
    wrote = style.paint("wrote", "bold", "green")
    return Outcome(Exit.OK, f"{wrote} {visible(str(path))}\n\n{starter.next_steps(path)}")

"""argv -> options -> command -> exit code. Alone reads argv and writes the streams."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from nnlint import __version__, commands
from nnlint.commands import Outcome
from nnlint.options import Terminal
from nnlint.report import Exit
from nnlint.terminal import encodable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

INTERRUPTED = 130
"""What a shell says of a program that Ctrl-C ended."""


class _Parser(argparse.ArgumentParser):
    """argparse, in nnlint's own words where it matters."""

    def error(self, message: str) -> Any:
        """A usage error: exit 2, with the way to help."""
        self.exit(Exit.COULD_NOT_CHECK, f"nnlint: {message}\nnnlint: see {self.prog} --help\n")


def main(argv: Sequence[str], stdout: TextIO | None, stderr: TextIO | None) -> int:
    """Run nnlint; returns the exit code.

    Args:
        argv: the arguments, without the program's name.
        stdout: where findings and tables go; None where it is closed.
        stderr: where everything else goes.
    """
    try:
        outcome = _run(argv, stdout)
        return outcome.code if _written(outcome, stdout, stderr) else Exit.COULD_NOT_CHECK
    except KeyboardInterrupt:
        _say(stderr, "nnlint: interrupted\n")
        return INTERRUPTED
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else Exit.COULD_NOT_CHECK


def _run(argv: Sequence[str], stdout: TextIO | None) -> Outcome:
    name = argv[0] if argv and argv[0] in commands.names() else commands.DEFAULT
    command = commands.load(name)
    parser = _parser(name, command.SUMMARY)
    command.configure(parser)
    arguments = parser.parse_args(argv if name == commands.DEFAULT else argv[1:])
    try:
        outcome: Outcome = command.run(parser, arguments, _terminal(stdout))
    except Exception as error:  # noqa: BLE001 - whatever it is, the user gets a line and a code
        return Outcome(Exit.COULD_NOT_CHECK, err=f"nnlint: internal error: {error!r}\n")
    return outcome


def _parser(name: str, summary: str) -> argparse.ArgumentParser:
    if name != commands.DEFAULT:
        return _Parser(prog=f"nnlint {name}", description=summary)
    parser = _Parser(prog="nnlint", description=summary, epilog=_epilog(), formatter_class=_Plain)
    parser.add_argument("--version", action="version", version=f"nnlint {__version__}")
    return parser


class _Plain(argparse.RawDescriptionHelpFormatter):
    """Keeps the epilogue's lines."""


def _epilog() -> str:
    return (
        f"commands: {', '.join(commands.names())} (`nnlint COMMAND --help`; "
        "a file of that name is ./NAME)\n"
        "exit codes: 0 clean; 1 findings; 2 something could not be checked; "
        "3 only budgets or expectations are broken"
    )


def _terminal(stdout: TextIO | None) -> Terminal:
    is_tty = bool(stdout and stdout.isatty())
    columns = None
    if is_tty and stdout:
        try:
            columns = os.get_terminal_size(stdout.fileno()).columns
        except (OSError, ValueError):
            columns = None
    return Terminal(is_tty, columns, os.environ)


def _written(outcome: Outcome, stdout: TextIO | None, stderr: TextIO | None) -> bool:
    """Write both streams; False where standard output can't take what it should."""
    _say(stderr, outcome.err)
    if not outcome.out:
        return True
    if stdout is None:
        _say(stderr, "nnlint: standard output is closed\n")
        return False
    try:
        stdout.write(encodable(outcome.out, stdout.encoding or "utf-8"))
        stdout.flush()
    except BrokenPipeError:
        _abandon(stdout)
    except OSError as error:
        _abandon(stdout)
        _say(stderr, f"nnlint: can't write: {(error.strerror or str(error)).lower()}\n")
        return False
    return True


def _abandon(stream: TextIO) -> None:
    """Nobody reads any more: keep Python from flushing once more when it ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        return


def _say(stderr: TextIO | None, text: str) -> None:
    if stderr is None or not text:
        return
    try:
        stderr.write(encodable(text, stderr.encoding or "utf-8"))
        stderr.flush()
    except (OSError, ValueError):
        _abandon(stderr)


def entry() -> int:
    """Run on the process's own arguments and streams."""
    return main(sys.argv[1:], sys.stdout, sys.stderr)

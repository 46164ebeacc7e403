"""argv -> options -> command -> exit code. Alone reads argv and writes the streams."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING

from nnlint import __version__
from nnlint.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from nnlint.commands import Outcome
    from nnlint.options import Terminal


def main(argv: Sequence[str], stdout: TextIO | None, stderr: TextIO | None) -> int:
    """Run nnlint; returns the exit code.

    Args:
        argv: the arguments, without the program's name.
        stdout: where findings and tables go; None where it is closed.
        stderr: where everything else goes.
    """
    try:
        outcome = _run(argv, stdout, stderr)
        return outcome.code if _written(outcome, stdout, stderr) else Exit.COULD_NOT_CHECK
    except KeyboardInterrupt:
        _say(stderr, "nnlint: interrupted\n")
        return Exit.INTERRUPTED


def _run(argv: Sequence[str], stdout: TextIO | None, stderr: TextIO | None) -> Outcome:
    from nnlint import commands  # noqa: PLC0415 - --version needs none of them

    if list(argv) == ["--version"]:
        return commands.Outcome(0, f"nnlint {__version__}\n")
    argv = commands.without_disguise(argv)
    name, command = commands.chosen(argv)
    parser = commands.parser(name, command)
    said, complained = StringIO(), StringIO()
    try:
        with redirect_stdout(said), redirect_stderr(complained):
            arguments = parser.parse_args(argv if name == commands.DEFAULT else argv[1:])
    except SystemExit as done:  # --help, or a usage error
        code = done.code if isinstance(done.code, int) else Exit.COULD_NOT_CHECK
        return commands.Outcome(code, said.getvalue(), complained.getvalue())
    from nnlint.policy import Invalid  # noqa: PLC0415 - as above
    from nnlint.terminal import visible  # noqa: PLC0415

    try:
        outcome: Outcome = command.run(arguments, _terminal(stdout, stderr))
    except Invalid as reasons:
        lines = "".join(f"nnlint: {visible(str(reason))}\n" for reason in reasons.args)
        return commands.Outcome(Exit.COULD_NOT_CHECK, err=lines)
    except Exception as error:
        line = f"nnlint: internal error: {error!r}\n"
        return commands.Outcome(Exit.COULD_NOT_CHECK, err=line)
    return outcome


def _terminal(stdout: TextIO | None, stderr: TextIO | None) -> Terminal:
    from nnlint.options import Terminal  # noqa: PLC0415 - as above

    is_tty = bool(stdout and stdout.isatty())
    columns = None
    if is_tty and stdout:
        try:
            columns = os.get_terminal_size(stdout.fileno()).columns
        except (OSError, ValueError):
            columns = None
    watched = stderr and stderr.isatty() and os.environ.get("TERM") != "dumb"
    return Terminal(is_tty, columns, os.environ, stderr if watched else None)


def _written(outcome: Outcome, stdout: TextIO | None, stderr: TextIO | None) -> bool:
    """Write both streams; False where standard output can't take what it should."""
    from nnlint.terminal import encodable  # noqa: PLC0415 - as above

    _say(stderr, outcome.err)
    if not (outcome.out or outcome.data):
        return True
    if stdout is None:
        _say(stderr, "nnlint: standard output is closed\n")
        return False
    try:
        stdout.write(encodable(outcome.out, stdout.encoding or "utf-8"))
        stdout.flush()
        if outcome.data:
            stdout.buffer.write(outcome.data)
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
    from nnlint.terminal import encodable  # noqa: PLC0415 - as above

    try:
        stderr.write(encodable(text, stderr.encoding or "utf-8"))
        stderr.flush()
    except (OSError, ValueError):
        _abandon(stderr)


def entry() -> int:
    """Run on the process's own arguments and streams."""
    return main(sys.argv[1:], sys.stdout, sys.stderr)

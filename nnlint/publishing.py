"""What a run says, in every format that was asked for: on the screen, in files, for GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint import formats, options, outputs, step_summary
from nnlint.policy import Invalid
from nnlint.record import Record

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from nnlint.options import Options, Terminal
    from nnlint.terminal import Style


class Published(Record):
    """What was said.

    Attributes:
        text: what goes to standard output.
        unwritten: the files that could not be written, a line each.
        remarks: what else went wrong, a line each.
    """

    text: str
    unwritten: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def chosen(arguments: Namespace, terminal: Terminal) -> Options:
    """What the user asked for, with the files that reports go into.

    Raises:
        Invalid: something in it can't be used.
    """
    read = options.read(arguments, terminal)
    if arguments.output and read.diff:
        raise Invalid(f"{outputs.FLAG} does not go with --diff, which writes nothing")
    written = outputs.read(arguments.output, formats.names())
    used = () if read.diff else (read.format, *(one.format for one in written))
    summary = step_summary.file(terminal.environ, used)
    return read._replace(outputs=written, step_summary=summary)


def publish(chosen: Options, render: Callable[[str, Style], str]) -> Published:
    """Say it everywhere.

    Args:
        chosen: what the user asked for.
        render: the text in a format and a style.
    """
    unwritten = outputs.write(chosen.outputs, lambda name: render(name, chosen.plain))
    text = render(chosen.format, chosen.style)
    if not chosen.step_summary:
        return Published(text, tuple(unwritten))
    summary = step_summary.fenced(render("concise", chosen.plain))
    failed = step_summary.append(chosen.step_summary, summary)
    return Published(text, tuple(unwritten), (failed,) if failed else ())

"""What a run says, in every format that was asked for: on the screen, in files, for GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint import formats, options
from nnlint.policy import Invalid
from nnlint.record import Record
from nnlint.report import failing

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from nnlint.options import Options, Terminal
    from nnlint.report import Report
    from nnlint.terminal import Style

SUMMARY = "GITHUB_STEP_SUMMARY"
"""The variable in which GitHub names the file."""
SUMMARISED = "github"
"""The format that a summary goes with."""
SUMMARY_FORMAT = "markdown"
"""The format that it is in."""


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
        raise Invalid("--output does not go with --diff, which writes nothing")
    if read.quiet and read.verbose:
        raise Invalid("--quiet and --verbose are opposites: leave out one of them")
    if read.statistics:
        from nnlint import statistics  # noqa: PLC0415 - few runs count

        statistics.keep_to(read.format, diff=read.diff)
    if arguments.output:
        from nnlint import outputs  # noqa: PLC0415 - few runs write any

        read = read._replace(outputs=outputs.read(arguments.output, formats.names()))
    return read if read.diff else read._replace(step_summary=_summary(read, terminal))


def _summary(chosen: Options, terminal: Terminal) -> str | None:
    """The file that takes a summary for GitHub; None: there is none, or nobody asked."""
    used = (chosen.format, *(one.format for one in chosen.outputs))
    return terminal.environ.get(SUMMARY) or None if SUMMARISED in used else None


def shows_layers(chosen: Options, files: int) -> bool:
    """Whether any of the formats shows the layers of so many files."""
    drawn = [(chosen.format, chosen.style)]
    drawn += [(one.format, chosen.plain) for one in chosen.outputs]
    drawn += [(SUMMARY_FORMAT, chosen.plain)] if chosen.step_summary else []
    return any(formats.shows_layers(name, files, style) for name, style in drawn)


def keep_inputs(chosen: Options, inputs: Iterable[str]) -> None:
    """Nothing that is read is written over.

    Raises:
        Invalid: an output would go into an input.
    """
    if chosen.outputs:
        from nnlint import outputs  # noqa: PLC0415 - as above

        outputs.keep_inputs(chosen.outputs, inputs)


def publish(
    chosen: Options,
    render: Callable[[str, Style], str],
    screen: Callable[[str, Style], str] | None = None,
) -> Published:
    """Say it everywhere.

    Args:
        chosen: what the user asked for.
        render: the text in a format and a style.
        screen: the same for standard output, where that shows something else.
    """
    text = (screen or render)(chosen.format, chosen.style)
    return Published(
        text,
        tuple(_written(chosen, render)) if chosen.outputs else (),
        tuple(_summarised(chosen, render)) if chosen.step_summary else (),
    )


def on_screen(chosen: Options, reports: Sequence[Report]) -> Callable[[str, Style], str] | None:
    """What standard output shows instead of the whole; None: the whole."""
    is_short = chosen.quiet and formats.is_for_people(chosen.format)
    told = [_failing(report, chosen) for report in reports] if is_short else reports
    if chosen.statistics:
        from nnlint import statistics  # noqa: PLC0415 - as above

        return lambda name, style: statistics.render(name, told, style)
    return (lambda name, style: formats.findings(name, told, style)) if is_short else None


def _failing(report: Report, chosen: Options) -> Report:
    return report._replace(findings=tuple(failing(report, chosen.fail_on)))


def _written(chosen: Options, render: Callable[[str, Style], str]) -> list[str]:
    from nnlint import outputs  # noqa: PLC0415 - as above

    return outputs.write(chosen.outputs, lambda name: render(name, chosen.plain))


def _summarised(chosen: Options, render: Callable[[str, Style], str]) -> Iterator[str]:
    from nnlint import step_summary  # noqa: PLC0415 - only on GitHub

    text = render(SUMMARY_FORMAT, chosen.plain)
    failed = step_summary.append(chosen.step_summary or "", text)
    if failed:
        yield failed

"""Every input of a run linted: by one process or several, in sight of whoever waits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nnlint import api, running
from nnlint.sources import STDIN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeAlias

    from nnlint.options import Options
    from nnlint.report import Report
    from nnlint.settings import Settings
    from nnlint.sources import Source
    from nnlint.verbose import Taken

    Kept: TypeAlias = Callable[[Report], Report]


def as_it_is(report: Report) -> Report:
    """All of it."""
    return report


def reports(inputs: Sequence[Source], chosen: Options, kept: Kept = as_it_is) -> list[Report]:
    """The report of each input, in their order.

    Args:
        inputs: what is linted.
        chosen: what the user asked for.
        kept: what is kept of a report; a function of a module, for other processes do it.
    """
    return _each(inputs, chosen, _work(chosen, kept))


def timed(
    inputs: Sequence[Source], chosen: Options, kept: Kept = as_it_is
) -> tuple[list[Report], list[Taken]]:
    """The reports, and what each input took."""
    from nnlint import verbose  # noqa: PLC0415 - few runs ask for it

    both = _each(inputs, chosen, partial(verbose.timed, _work(chosen, kept)))
    return [report for report, _ in both], [taken for _, taken in both]


def _work(chosen: Options, kept: Kept) -> Callable[[Source], Report]:
    """What is done with an input; it goes to other processes, so it holds no more than that."""
    how = api.How(chosen.variant, chosen.skip_unmarked)
    return partial(_linted, chosen.settings, how, kept)


def _linted(settings: Settings, how: api.How, kept: Kept, source: Source) -> Report:
    return kept(api.of_source(source, settings, how))


def _each(
    inputs: Sequence[Source], chosen: Options, work: Callable[[Source], Any]
) -> list[Any]:
    # the first is done in this process, which alone has standard input
    order = sorted(range(len(inputs)), key=lambda at: inputs[at].path != STDIN)
    turns = [inputs[at] for at in order]
    found = running.answers(turns, work, chosen.jobs, chosen.screen, lambda one: one.path)
    placed = dict(zip(order, found, strict=True))
    return [placed[at] for at in range(len(inputs))]

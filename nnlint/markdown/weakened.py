"""Budgets that a change raises, softens or removes: the reviewer must see that it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.markdown import escape
from nnlint.wording import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nnlint.comparison import Comparison
    from nnlint.markdown.networks import Network

MOST_LINES = 10


def warning(networks: Sequence[Network]) -> str:
    """What became of the limits, as one of GitHub's alerts; nothing where all still bind."""
    specs = {id(one.comparison): one for one in networks}
    lines = [line for one in specs.values() for line in _lines(one.comparison, one.name)]
    if not lines:
        return ""
    more = len(lines) - MOST_LINES
    shown = lines[:MOST_LINES] + ([f"and {plural(more, 'more')}"] if more > 0 else [])
    said = [f"> - {line}" for line in shown]
    head = ["> [!IMPORTANT]", "> **This change weakens a budget:**", ">"]
    return "\n".join([*head, *said])


def _lines(comparison: Comparison, name: str) -> Iterator[str]:
    for one in comparison.loosened:
        whose = f"{escape.prose(one.was.name)} of {escape.code(name)}"
        now = "nothing limits it any more" if one.now is None else f"**{one.now.most}**"
        yield f"{whose}: {one.was.most} → {now}"

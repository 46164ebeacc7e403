"""What a change loosens: the reviewer must see that it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.markdown import escape
from nnlint.wording import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nnlint.comparison import Comparison, Diff
    from nnlint.markdown.networks import Network

MOST_LINES = 10


def warning(diff: Diff, networks: Sequence[Network]) -> str:
    """What is loosened, as one of GitHub's alerts; nothing where all binds as it did."""
    specs = {id(one.comparison): one for one in networks}
    budgets = [line for one in specs.values() for line in _budgets(one.comparison, one.name)]
    lines = [*budgets, *_silenced(diff), *map(_reconfigured, diff.reconfigured)]
    if not lines:
        return ""
    more = len(lines) - MOST_LINES
    shown = lines[:MOST_LINES] + ([f"and {plural(more, 'more')}"] if more > 0 else [])
    what = "weakens a budget" if budgets else "loosens what is checked"
    head = ["> [!IMPORTANT]", f"> **This change {what}:**", ">"]
    return "\n".join([*head, *(f"> - {line}" for line in shown)])


def _budgets(comparison: Comparison, name: str) -> Iterator[str]:
    """The limits that bind less, or no longer."""
    for one in comparison.loosened:
        origin = one.was.ceiling.origin
        place = f"in {escape.code(origin)} for" if origin else "of"
        whose = f"{escape.prose(one.was.name)} {place} {escape.code(name)}"
        now = "nothing limits it any more" if one.now is None else f"**{one.now.most}**"
        yield f"{whose}: {one.was.most} → {now}"


def _silenced(diff: Diff) -> Iterator[str]:
    for one in diff.comparisons:
        if one.silenced:
            found = plural(one.silenced, "more finding")
            yield f"{found} silenced by comments in {escape.code(one.path)}"


def _reconfigured(file: str) -> str:
    return (
        f"{escape.code(file)} is not as it was: what it ignores, leaves out and calls an error "
        "is the change's own word"
    )

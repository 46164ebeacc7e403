"""Budgets that a change raises, softens or removes: the reviewer must see that it does."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from nnlint.markdown import escape
from nnlint.markdown.networks import limits
from nnlint.quantity import percent
from nnlint.wording import grouped, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nnlint.budget import Ceiling, Limit
    from nnlint.budget.metrics import Amount
    from nnlint.markdown.networks import Network

MOST_LINES = 10


def warning(networks: Sequence[Network]) -> str:
    """What became of the limits, as one of GitHub's alerts; nothing where all still bind."""
    lines = list(dict.fromkeys(line for one in networks for line in _lines(one)))
    if not lines:
        return ""
    more = len(lines) - MOST_LINES
    shown = lines[:MOST_LINES] + ([f"and {plural(more, 'more')}"] if more > 0 else [])
    said = [f"> - {line}" for line in shown]
    head = ["> [!IMPORTANT]", "> **This change weakens a budget:**", ">"]
    return "\n".join([*head, *said])


def _lines(network: Network) -> Iterator[str]:
    """The base's limits that bind less now, or no longer; a variant's are its spec's."""
    if network.kind not in ("changed", "same"):
        return
    comparison, variant = network.comparison, network.change.variant
    now = {one.ceiling.subject: one for one in limits(comparison.after, variant)}
    for was in limits(comparison.before, variant):
        name = f"{escape.prose(was.name)} of {escape.code(network.name)}"
        after = now.get(was.ceiling.subject)
        words = _removed(was) if after is None else ", ".join(_weaker(was, after))
        if words:
            yield f"{name}: {words}"


def _removed(was: Limit) -> str:
    return f"~~{was.most}~~ nothing limits it any more"


def _weaker(was: Limit, now: Limit) -> Iterator[str]:
    old, new = was.ceiling, now.ceiling
    if now.limit > was.limit:
        yield f"{was.most} → **{now.most}**{_whose(new)}"
    if new.level.rank < old.level.rank:
        yield f"to be over it was an {old.level.value}, and is now **{new.level.value}**"
    for key in ("max_increase", "max_increase_pct"):
        yield from _freer(key, getattr(old, key), getattr(new, key))


def _freer(
    key: str, was: Amount | Fraction | None, now: Amount | Fraction | None
) -> Iterator[str]:
    if was is not None and (now is None or now > was):
        shown = (_increase(key, end) for end in (was, now))
        yield f"{escape.code(key)} {' → '.join(shown)}"


def _increase(key: str, most: Amount | Fraction | None) -> str:
    if most is None:
        return "none"
    return percent(Fraction(most)) if key.endswith("pct") else grouped(int(most))


def _whose(ceiling: Ceiling) -> str:
    return f" ({escape.code(ceiling.origin)})" if ceiling.origin else ""

"""Budgets as flags spell them: `params=15k`, `logits:size.max=4 KiB`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nnlint.budget import METRICS
from nnlint.policy import Invalid
from nnlint.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

FORM = re.compile(r"(?:(.+):)?([a-z_]+)(?:\.([a-z_]+))?=(.+)")
"""Layer, metric, key and value."""
DOTTED = re.compile(rf"(?:layers\.)?([^:=]+)\.({'|'.join(METRICS)})((?:\.[a-z_]+)?=.+)")
"""The same as a configuration has it: the layer is parted off by a dot."""


def table(flags: Iterable[str]) -> dict[str, Any]:
    """The `budget:` that the flags amount to, as a configuration would write it.

    Raises:
        Invalid: one of them has another form.
    """
    budget: dict[str, Any] = {}
    for flag in flags:
        layer, metric, key, value = _parted(flag)
        holder = budget.setdefault("layers", {}).setdefault(layer, {}) if layer else budget
        _put(holder, metric, key, _scalar(value.strip()))
    return budget


def _parted(flag: str) -> Sequence[Any]:
    """The layer, the metric, the key and the value that a flag gives."""
    said, dotted = FORM.fullmatch(flag), DOTTED.fullmatch(flag)
    if dotted and not (said and said[2] in METRICS):
        right = "{}:{}{}".format(*dotted.groups())
        raise Invalid(f"--budget is {quoted(flag)}, a limit of a layer: write --budget {right}")
    if not said:
        raise Invalid(
            f"--budget is {quoted(flag)}, but expected METRIC=LIMIT: params=15k, "
            "logits:params=2k, params.max_increase=100"
        )
    return said.groups()


def _put(holder: dict[str, Any], metric: str, key: str | None, value: Any) -> None:
    if metric == "warn_at":
        holder[metric] = value
    else:
        holder.setdefault(metric, {})[key or "max"] = value


def _scalar(text: str) -> int | float | str:
    """A bare number is one; all else is read as a spec's text is."""
    if re.fullmatch(r"[0-9]{1,19}", text):
        return int(text)
    return float(text) if re.fullmatch(r"[0-9]*\.[0-9]{1,19}", text) else text

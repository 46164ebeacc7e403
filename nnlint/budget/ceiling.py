"""`budget:` as it is written -> the ceilings that it sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.budget.metrics import METRICS
from nnlint.finding import Problem, Severity, spell
from nnlint.quantity import parse_percentage, parse_share
from nnlint.record import Record
from nnlint.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction
    from typing import Any

    from nnlint.budget.metrics import Amount, Metric
    from nnlint.finding import Path

DEFAULT_WARN_AT = "90%"
TOP: Path = ("nnlint",)
"""Where a spec is pointed at for what it does not say itself."""
LAYERS = "layers"
"""The key under which budgets of single layers stand."""


class Ceiling(Record):
    """The most that a network, or a part of it, may have of a metric, and who says so.

    Attributes:
        metric: a name of `METRICS`.
        limit: the most; None: only the increase is limited.
        warn_at: the share of it from which a network is near.
        origin: the file or flag that sets it; None is the spec itself.
        layer: the pattern of the layers and parts that it binds, each; None: the network.
        dtype: what sizes are computed with; None: the network's own.
        level: how much it matters to be over.
        message: what the team has to say to whoever breaks it, or None.
        max_increase: the most that may come on top of what the base has, or None.
        max_increase_pct: the same as a share of what the base has, or None.
        path: where in a budget it stands.
    """

    metric: str
    limit: Amount | None
    warn_at: Fraction
    origin: str | None = None
    layer: str | None = None
    dtype: str | None = None
    level: Severity = Severity.ERROR
    message: str | None = None
    max_increase: Amount | None = None
    max_increase_pct: Fraction | None = None
    path: Path = ()

    @property
    def kind(self) -> Metric:
        """What it limits."""
        return METRICS[self.metric]

    @property
    def must_name(self) -> bool:
        """Whether its pattern must name a layer; others are for many specs."""
        return self.origin is None or self.origin[-1:] == "="

    @property
    def is_spoken(self) -> bool:
        """Whether a flag or an argument of a call sets it, and no file."""
        return self.origin is not None and (self.origin[:2] == "--" or self.origin[-1:] == "=")

    @property
    def limits_increase(self) -> bool:
        """Whether it limits what a change may add."""
        return self.max_increase is not None or self.max_increase_pct is not None

    @property
    def place(self) -> Path:
        """Where a finding about it points: at the spec's budget, or at the spec."""
        return ("budget", *self.path) if self.origin is None else (*TOP, *self.path)

    @property
    def subject(self) -> tuple[str, str | None, str | None]:
        """What it is about: of two ceilings with one subject the lower binds."""
        return (self.metric, self.layer, self.dtype)


def read(budget: Mapping[str, Any], origin: str | None = None) -> Iterator[Ceiling]:
    """The ceilings of a `budget:`, but for those that are no whole number."""
    yield from _ceilings(budget, origin)
    for pattern, limits in budget.get(LAYERS, {}).items():
        shared = {key: budget[key] for key in ("warn_at",) if key in budget}
        for one in _ceilings({**shared, **limits}, origin):
            yield one._replace(layer=pattern, path=(LAYERS, pattern, *one.path))


def _ceilings(budget: Mapping[str, Any], origin: str | None) -> Iterator[Ceiling]:
    for name in METRICS:
        if name in budget:
            written = as_map(budget[name])
            warn_at = written.get("warn_at", budget.get("warn_at", DEFAULT_WARN_AT))
            yield from _ceiling(name, written, parse_share(warn_at), origin)


def as_map(value: Any) -> dict[str, Any]:
    """A limit in its long form: `15k` is `{max: 15k}`."""
    return value if isinstance(value, dict) else {"max": value}


def _ceiling(
    name: str, written: dict[str, Any], warn_at: Fraction, origin: str | None
) -> Iterator[Ceiling]:
    parse = METRICS[name].parse
    limits = {key: parse(written[key]) for key in ("max", "max_increase") if key in written}
    percentage = written.get("max_increase_pct")
    if any(value is not None for value in limits.values()) or percentage is not None:
        yield Ceiling(
            name,
            limits.get("max"),
            warn_at,
            origin,
            dtype=written.get("dtype"),
            level=Severity(written.get("level", Severity.ERROR.value)),
            message=written.get("message"),
            max_increase=limits.get("max_increase"),
            max_increase_pct=None if percentage is None else parse_percentage(percentage),
            path=(name,),
        )


def mistakes(budget: Mapping[str, Any], path: Path = ("budget",)) -> Iterator[Problem]:
    """Limits that come to no whole number, as `1.0005k` does, and those that are none."""
    for name in (one for one in METRICS if one in budget):
        yield from _not_whole(name, budget[name], (*path, name))
        if not _LIMITING & as_map(budget[name]).keys():
            yield _limitless((*path, name), f"add {listed(sorted(_LIMITING))}")
    for pattern, limits in budget.get(LAYERS, {}).items():
        yield from mistakes(limits, (*path, LAYERS, pattern))
        if not METRICS.keys() & limits.keys():
            yield _limitless((*path, LAYERS, pattern), "for example {params: 1k}")


_LIMITING = {"max", "max_increase", "max_increase_pct"}


def _limitless(path: Path, remedy: str) -> Problem:
    """What limits nothing would pass for a budget that is kept."""
    return Problem("NN102", path, f"{spell(path)} sets no limit", remedy, on_key=True)


def _not_whole(name: str, written: Any, path: Path) -> Iterator[Problem]:
    for key, value in as_map(written).items():
        if key in ("max", "max_increase") and _breaks(METRICS[name], value):
            place = (*path, key) if isinstance(written, dict) else path
            words = f"{name} is {value}, which is no whole number"
            yield Problem("NN108", place, words, "write it with fewer decimals")


def _breaks(metric: Metric, value: object) -> bool:
    return isinstance(value, int | str) and metric.parse(value) is None

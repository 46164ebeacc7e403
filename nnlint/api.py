"""nnlint for Python programs: `nnlint.lint("specs/mnist.yaml")`. The commands use it too."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from nnlint import engine, sources
from nnlint.finding import Finding, Severity
from nnlint.policy import Invalid
from nnlint.record import Record
from nnlint.report import Report, Status
from nnlint.settings import gathered
from nnlint.wording import described

if TYPE_CHECKING:
    from os import PathLike
    from typing import Any

    from nnlint.policy import Policy
    from nnlint.settings import Settings

__all__ = ["Finding", "Report", "Severity", "lint", "of_source"]

TEXT = "<text>"
"""How a spec without a file is called."""


class How(Record):
    """How an input is looked at.

    Attributes:
        variant: that variant alone; None: the base, and the variants that are covered.
        skip_unmarked: what is no spec is skipped, even if it was named.
        base: what is said of it as it was, to hold increases against.
        every_variant: all variants, also those that nothing covers.
    """

    variant: str | None = None
    skip_unmarked: bool = False
    base: Report | None = None
    every_variant: bool = False


PLAINLY = How()


def lint(
    spec: str | PathLike[str],
    *,
    variant: str | None = None,
    budget: Mapping[str, Any] | None = None,
    config: str | PathLike[str] | None = None,
    isolated: bool = False,
) -> Report:
    r"""Lint one spec, as `nnlint` does in the working directory.

    Args:
        spec: the path of a file; or the text of a spec: a string that has a line break, or
            begins with `nnlint:`.
        variant: check that variant alone; None: the base, and the variants that its
            `expect:` or a budget covers.
        budget: limits beside those of the spec and the configuration, in the words of a
            spec's `budget:`: `{"params": "15k", "size": "64 KiB"}`. The lowest binds.
        config: the TOML file that holds `[tool.nnlint]`; None: the nearest pyproject.toml.
        isolated: no configuration file is read, and no variable of the environment.

    Returns:
        The report. A file that can't be read is a report too, whose `ok` is False.

    Raises:
        ValueError: the budget or the configuration can't be used, or the two of `config` and
            `isolated` were given.

    Example:
        >>> report = lint("nnlint: 1\ninput: [2]\nlayers: [{type: Linear, out_features: 3}]")
        >>> report.ok, report.params
        (True, 9)
    """
    if isolated and config is not None:
        raise Invalid("config= names a file, and isolated=True reads none: leave one out")
    named = None if config is None else os.fspath(config)
    said = {} if budget is None else {"budget": _limits(budget)}
    environ = {} if isolated else os.environ
    settings = gathered(said, environ, file=named, isolated=isolated, flag="{}=")
    if isinstance(spec, str) and is_text(spec):
        return _of_text(spec, settings, variant)
    source = sources.Source(os.fspath(spec), named=True)
    return of_source(source, settings, How(variant))


def _limits(budget: Mapping[str, Any]) -> dict[str, Any]:
    """The budget as a document would hold it."""
    if not isinstance(budget, Mapping):
        found = described(budget)
        raise Invalid(f"budget= is {found}, but expected a map such as {{'params': '15k'}}")
    for key in budget:
        if not isinstance(key, str):
            raise Invalid(
                f"budget= has {described(key)} as a key, but keys are texts: 'params'"
            )
    return {
        key: _limits(value) if isinstance(value, Mapping) else value
        for key, value in budget.items()
    }


def is_text(spec: str) -> bool:
    """Whether it is a spec, and not the name of a file."""
    return "\n" in spec or spec.startswith("nnlint:")


def _of_text(text: str, settings: Settings, variant: str | None) -> Report:
    data = text.encode("utf-8", "surrogatepass")
    if not sources.is_marked(data):
        return Report(TEXT, Status.UNREADABLE, sources.NOT_A_SPEC)
    policy = settings.policy(TEXT, show_info=settings.show_info)
    fetched = sources.Fetched(data, is_marked=True)
    return engine.lint_fetched(fetched, TEXT, variant, policy)


def of_source(source: sources.Source, settings: Settings, how: How = PLAINLY) -> Report:
    """Lint one input under settings that are gathered already.

    Args:
        source: the input.
        settings: what holds.
        how: how it is looked at.
    """
    policy = settings.policy(source.path, *source.others, show_info=settings.show_info)
    policy = policy._replace(every_variant=how.every_variant)
    return engine.lint_source(
        source,
        skip_unmarked=how.skip_unmarked,
        variant=how.variant,
        policy=_held_against(how.base, policy),
    )


def _held_against(base: Report | None, policy: Policy) -> Policy:
    if base is None:
        return policy
    from nnlint import comparison  # noqa: PLC0415 - only a change has a base

    promised = comparison.promised(base)
    return policy._replace(base=comparison.graphs(base), promised=promised)

"""The rules: one file per code, with its whole page; the folder is the list.

`nn301_redundant_bias.py` holds the rule NN301. Files are imported when they are
needed: those that check a graph by `checks()`, the others when they fire.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from nnlint import HOME, plugins
from nnlint.finding import RuleInfo, Severity
from nnlint.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nnlint.finding import Applies, Problem
    from nnlint.graph import Graph


class Made(Record):
    """An example that is too large or too odd to print: its description, and how to make it."""

    words: str
    make: Callable[[], bytes]


class Rule(Record):
    """One rule and its page.

    Attributes:
        code: `NN301`; never used again for another rule.
        name: the words of its file name, `redundant-bias`.
        severity: how much it matters.
        summary: one line.
        rationale: why it matters, and when the rule is silent.
        reference: where to read more.
        bad: a spec on which exactly this code fires.
        good: a spec on which nothing fires.
        check: finds it in a graph; None where a stage of the pipeline does.
        ignorable: a comment can silence it; not where the file could not be read.
        fix: what it takes for its findings to be mended, where they can be; None: by hand.
        before: of a rule on changes, the spec as it was; good and bad are what became of it.
    """

    code: str
    name: str
    severity: Severity
    summary: str
    rationale: str
    reference: str
    bad: str | Made
    good: str | Made
    check: Callable[[Graph], Iterable[Problem]] | None = None
    ignorable: bool = True
    fix: Applies | None = None
    before: str = ""

    @property
    def info(self) -> RuleInfo:
        """What a finding needs of it."""
        return RuleInfo(self.code, self.name, self.severity)

    @property
    def title(self) -> str:
        """The heading of its page."""
        return f"{self.code} {self.name} ({self.severity.value})"

    @property
    def url(self) -> str:
        """Its page in the catalogue."""
        return f"{CATALOGUE}#{anchor(self.title)}"


CATALOGUE = f"{HOME}/blob/main/nnlint/rules/README.md"


def anchor(title: str) -> str:
    """The fragment that a heading of Markdown gets."""
    kept = (char for char in title.lower() if char.isalnum() or char in " -")
    return "".join(kept).replace(" ", "-")


FAMILIES = {
    "NN0": "reading", "NN1": "schema", "NN2": "graph and shapes", "NN3": "parameters and bias",
    "NN4": "structure", "NN5": "head and loss", "NN8": "efficiency advice",
    "NN90": "budget", "NN91": "expectation", "NN95": "housekeeping",
}  # fmt: skip

_STAGES = ("NN0", "NN1", "NN2", "NN9")
"""Families that the stages of the pipeline report: their rules check no graph."""


@cache
def _files() -> dict[str, str]:
    """Code -> module; sorted by code."""
    names = [name for name in plugins.modules(__path__) if name.startswith("nn")]
    return {name.partition("_")[0].upper(): name for name in names}


def codes() -> list[str]:
    """Every code, in order."""
    return list(_files())


def by_name() -> dict[str, str]:
    """Name -> code, from the file names."""
    modules = _files().items()
    return {name.partition("_")[2].replace("_", "-"): code for code, name in modules}


@cache
def find(code: str) -> Rule | None:
    """The rule of that code."""
    module = _files().get(code)
    if module is None:
        return None
    rule: Rule = import_module(f"{__name__}.{module}").RULE
    return rule


def ends_reading(code: str) -> bool:
    """Whether it says that a file can't be read: nothing may hide that."""
    rule = find(code) if code.startswith(READING) else None
    return rule is not None and not rule.ignorable


READING = "NN0"

ADVICE = "NN8"
"""The family that is advice throughout: whoever does not ask for it need not load it."""


def checks(*, advice: bool = True) -> list[Rule]:
    """The rules that look at a graph; without `advice`, those that may say more than that."""
    silent = _STAGES if advice else (*_STAGES, ADVICE)
    candidates = [find(code) for code in codes() if not code.startswith(silent)]
    return [rule for rule in candidates if rule and rule.check]

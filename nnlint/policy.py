"""Which rules are on, how much they matter, and what a network may have: for one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint import rules
from nnlint.finding import Severity
from nnlint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import TypeAlias

    from nnlint.budget import Ceiling
    from nnlint.finding import Finding
    from nnlint.graph import Graph

Switches: TypeAlias = "Mapping[str, bool]"
"""Codes that were switched on or off by name; the others follow their severity."""


class Invalid(ValueError):  # noqa: N818 - said of the settings
    """Settings that can't be used; the arguments say why, a line each."""


class Selection(Record):
    """What one source (a file, the environment, the flags) says of the rules.

    Attributes:
        select: codes, or beginnings of codes, that alone are on; None: it does not say.
        extend_select: those that are on too.
        ignore: those that are off.
    """

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def switches(selections: Iterable[Selection]) -> dict[str, bool]:
    """What several sources come to, the last of which has the last word.

    Within a source the longer word wins: `select = ["NN3"]` with `ignore = ["NN301"]` leaves
    NN301 off, and the other way round it leaves it on.
    """
    state: dict[str, bool] = {}
    for one in selections:
        for code in rules.codes():
            chosen = _longest(code, (*(one.select or ()), *one.extend_select))
            ignored = _longest(code, one.ignore)
            if chosen or ignored:
                state[code] = chosen > ignored
            elif one.select is not None:
                state[code] = False
    return state


def _longest(code: str, words: Iterable[str]) -> int:
    """The length of the longest word that the code begins with; 0: none."""
    return max((len(word) for word in words if code.startswith(word)), default=0)


class ByGlob(Record):
    """What holds for the files that match a pattern.

    Attributes:
        pattern: as it was written; `*` is every file.
        codes: rules that are off there.
        ceilings: what networks may have there.
    """

    pattern: str
    codes: tuple[str, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()


class Config(Record):
    """What one source says: a file, the environment, or the flags.

    Attributes:
        origin: who says it, as it is shown.
        folder: what its patterns are relative to.
        selection: which rules are on.
        severities: by code.
        fail_on: the least severity that fails, or `never`; None: it does not say.
        show_info: advice is wanted; None: it does not say.
        exclude: patterns of paths to leave out.
        per_file_ignores: rules that are off in some files.
        budgets: what networks may have, by the files that hold them.
        extend: the file that lies below this one.
        baseline: the file that holds the findings to leave out; None: it does not say.
        jobs: how many processes share the work; 0: as many as it is worth; None: it does not
            say.
    """

    origin: str
    folder: Path
    selection: Selection = Selection()
    severities: Mapping[str, Severity] = {}
    fail_on: str | None = None
    show_info: bool | None = None
    exclude: tuple[str, ...] = ()
    per_file_ignores: tuple[ByGlob, ...] = ()
    budgets: tuple[ByGlob, ...] = ()
    extend: str | None = None
    baseline: str | None = None
    jobs: int | None = None


class Policy(Record):
    """What holds for one file.

    Attributes:
        switches: rules that were switched on or off by name.
        lawful: rules that the repository's own configuration ignores: only that silences
            the budgets that it sets.
        severities: by code, where it is not the rule's own.
        lawful_severities: those of the repository's own configuration.
        show_info: advice is wanted.
        ceilings: what the repository lets a network have.
        base: the networks as they were before a change, the spec's own under None and its
            variants under their names; one that nobody can tell is None. None: there is no
            change to judge.
        promised: the limits of increases that the base sets itself: a change can't raise
            them and use that at once.
        every_variant: all variants are checked, also those that no budget and no expectation
            covers.
    """

    switches: Switches = {}
    lawful: Switches = {}
    severities: Mapping[str, Severity] = {}
    lawful_severities: Mapping[str, Severity] = {}
    show_info: bool = False
    ceilings: tuple[Ceiling, ...] = ()
    base: Mapping[str | None, Graph | None] | None = None
    promised: tuple[Ceiling, ...] = ()
    every_variant: bool = False

    def weighed(self, finding: Finding) -> Finding:
        """The finding with the severity that holds here."""
        severities = self.lawful_severities if finding.binding else self.severities
        severity = severities.get(finding.rule.code, finding.rule.severity)
        if severity is finding.rule.severity:
            return finding
        return finding._replace(rule=finding.rule._replace(severity=severity))

    def allows(self, finding: Finding) -> bool:
        """Whether its rule is on; that a file can't be read is always said."""
        return self._switch(finding) is not False

    def shows(self, finding: Finding) -> bool:
        """Whether a weighed finding matters enough to be shown, or was asked for by name."""
        asked = self.show_info or self._switch(finding) is True
        return asked or finding.rule.severity is not Severity.INFO

    def _switch(self, finding: Finding) -> bool | None:
        code = finding.rule.code
        if rules.ends_reading(code):
            return True
        return (self.lawful if finding.binding else self.switches).get(code)

    def judges(self, code: str) -> bool:
        """Whether it is known that a rule does not fire: it is on, and it was asked."""
        on = self.switches.get(code)
        rule = rules.find(code)
        if rule and rule.before and self.base is None:
            return False  # it judges changes, and there is none to judge
        return on is not False and (self.wants_advice or not code.startswith(rules.ADVICE))

    @property
    def wants_advice(self) -> bool:
        """Whether any rule of advice may be shown."""
        chosen = (code for code, on in self.switches.items() if on)
        raised = (code for code, how in self.severities.items() if how is not Severity.INFO)
        return self.show_info or any(
            code.startswith(rules.ADVICE) for code in (*chosen, *raised)
        )


EVERY_RULE = Policy(show_info=True)
"""Every rule as it is, and no ceiling."""

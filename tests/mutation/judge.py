"""A mutant, linted: what is found in it that was not found in the spec."""

from __future__ import annotations

import copy
import random
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from nnlint.engine import lint_text
from nnlint.finding import Finding, Severity
from nnlint.policy import Policy
from tests.mutation import declared, heads, order, sizes, wiring, writing
from tests.mutation.kind import KINDS, Kind
from tests.mutation.tree import DECLARED, Mutation, Spec, place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FAMILIES = (sizes, order, heads, wiring, writing, declared)
"""The modules whose import fills KINDS."""
OF_DECLARED = ("NN90", "NN91")
OUTCOMES = ("error", "warning", "info", "expect", "none")


class Mutant(NamedTuple):
    """A spec with one mistake in it."""

    kind: Kind
    spec: Spec
    mutation: Mutation

    @property
    def place(self) -> str:
        """Where the mistake is."""
        return place(self.mutation.path)

    def text(self, *, declared: bool) -> str:
        """The broken spec, with what it declares or without; a broken text is without."""
        if self.kind.in_text:
            whole = [""]
            self.mutation.change(whole)
            return whole[0]
        data = copy.deepcopy(self.spec.data)
        self.mutation.change(data)
        kept = {key: one for key, one in data.items() if declared or key not in DECLARED}
        return self.spec.text(kept)


class Verdict(NamedTuple):
    """What became of a mutant.

    Attributes:
        mutant: the mutant.
        findings: what is new in it, advice included.
        by_expect: whether what the spec declares of itself would have caught it.
        steady: whether asking for advice changes nothing but the advice.
    """

    mutant: Mutant
    findings: tuple[Finding, ...]
    by_expect: bool
    steady: bool

    @property
    def outcome(self) -> str:
        """Who caught it: the gravest finding, else `expect`, else none."""
        ranks = [finding.rule.severity for finding in self.findings]
        if ranks:
            return max(ranks, key=lambda severity: severity.rank).value
        return "expect" if self.by_expect else "none"

    @property
    def grave(self) -> list[Finding]:
        """The findings that are no advice."""
        return graver(self.findings)

    @property
    def several(self) -> bool:
        """Whether one mistake is told more than once, not counting what `expect` adds."""
        told = [one for one in self.grave if not one.rule.code.startswith(OF_DECLARED)]
        return len(told) > 1

    @property
    def as_expected(self) -> bool:
        """Whether one of the codes that should catch it did."""
        return any(one.rule.code in self.mutant.kind.codes for one in self.findings)


def mutants(spec: Spec, kind: Kind, *, places: int, seed: int) -> list[Mutant]:
    """So many mutants of a kind, at places drawn by the seed, in the order of the file."""
    found = list(kind.find(spec))
    drawn = random.Random(f"{seed}/{spec.name}/{kind.name}")
    chosen = sorted(drawn.sample(range(len(found)), min(places, len(found))))
    return [Mutant(kind, spec, found[index]) for index in chosen]


def judge(mutant: Mutant) -> Verdict:
    """Lint it without what it declares, with advice and without; then with it."""
    declared = mutant.kind.declared
    text = mutant.text(declared=declared)
    advised = lint_text(text).findings
    plain = lint_text(text, policy=Policy()).findings
    kept = lint_text(mutant.text(declared=True), policy=Policy()).findings
    return Verdict(
        mutant,
        tuple(new(advised, before(mutant.spec.name, declared))),
        any(one.rule.code.startswith(OF_DECLARED) for one in kept),
        graver(advised) == graver(plain),
    )


def graver(findings: Iterable[Finding]) -> list[Finding]:
    """The errors and warnings."""
    return [one for one in findings if one.rule.severity is not Severity.INFO]


@cache
def before(name: str, declared: bool) -> tuple[str, ...]:
    """The codes that are found in the unbroken spec."""
    spec = Spec(name)
    data = spec.data if declared else spec.undeclared
    return tuple(finding.rule.code for finding in lint_text(spec.text(data)).findings)


def new(findings: tuple[Finding, ...], known: tuple[str, ...]) -> Iterator[Finding]:
    """Those that are more than there were of their code."""
    left = Counter(known)
    for finding in findings:
        if left[finding.rule.code]:
            left[finding.rule.code] -= 1
        else:
            yield finding


def kinds() -> list[Kind]:
    """All kinds, by name."""
    assert FAMILIES
    return sorted(KINDS.values(), key=lambda kind: kind.name)

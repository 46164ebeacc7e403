"""Break each spec of the zoo in one place, lint it, and tell what nobody noticed.

`python -m tests.mutation.mutate` prints a row for each kind of mistake: how many mutants,
how many caught by an error, a warning, by advice alone, by `expect` alone, by nobody; how
many got a code that was not expected of them, and how many got several findings for one
mistake. Then each mutant that no rule caught. `--kind` and `--spec` choose, `--list` tells
all of them with what was found, `--text` prints them, `--seed` draws other places.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from tests.mutation.judge import OUTCOMES, Verdict, judge, kinds, mutants
from tests.mutation.tree import Spec, names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.mutation.kind import Kind

PLACES = 2
HEADINGS = ("mutants", *OUTCOMES, "other", "several")


def verdicts(
    chosen: Iterable[Kind], specs: Sequence[Spec], *, places: int = PLACES, seed: int = 0
) -> Iterator[Verdict]:
    """Judge the mutants of these kinds in these specs."""
    for kind in chosen:
        for spec in specs:
            yield from map(judge, mutants(spec, kind, places=places, seed=seed))


def row(name: str, found: Sequence[Verdict]) -> str:
    """A line of the table."""
    outcomes = [one.outcome for one in found]
    caught = [one for one in found if one.findings]
    legal = bool(found) and found[0].mutant.kind.legal
    other = 0 if legal else sum(not one.as_expected for one in caught)
    several = sum(one.several for one in found)
    counts = [len(found), *(outcomes.count(name) for name in OUTCOMES), other, several]
    cells = "".join(f"{count or '·':>9}" for count in counts)
    return f"{name + (' (legal)' if legal else ''):<48}{cells}"


def table(found: Sequence[Verdict]) -> Iterator[str]:
    """A row for each kind, and one for all."""
    yield " " * 48 + "".join(f"{heading:>9}" for heading in HEADINGS)
    for name in dict.fromkeys(one.mutant.kind.name for one in found):
        yield row(name, [one for one in found if one.mutant.kind.name == name])
    yield row("all mistakes", [one for one in found if not one.mutant.kind.legal])
    yield row("all that may be meant", [one for one in found if one.mutant.kind.legal])


def described(verdict: Verdict) -> Iterator[str]:
    """A mutant and what was found in it."""
    mutant = verdict.mutant
    by_expect = ", expect sees it" if verdict.by_expect else ""
    yield (
        f"{mutant.kind.name} | {mutant.spec.name} | {mutant.place} | {mutant.mutation.what} "
        f"-> {verdict.outcome}{by_expect}"
    )
    for one in verdict.findings:
        place = f"{one.span.line}:{one.span.column}"
        yield f"    {place} {one.rule.code} {one.rule.severity.value}: {one.message}"
        yield f"        help: {one.help}"


def told(found: Sequence[Verdict], options: argparse.Namespace) -> Iterator[str]:
    """The report."""
    yield from table(found)
    yield from unsteady(found)
    chosen = found if options.list else [one for one in found if not one.findings]
    yield f"\n{'all mutants' if options.list else 'no rule says anything of these'}:"
    for one in chosen:
        yield from described(one)
        if options.text:
            yield one.mutant.text(declared=one.mutant.kind.declared)


def unsteady(found: Sequence[Verdict]) -> Iterator[str]:
    """Mutants whose errors and warnings are others where advice is asked for."""
    for one in found:
        if not one.steady:
            yield f"advice changes what is found: {next(described(one))}"


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.mutate")
    parser.add_argument("--kind", action="append", choices=[one.name for one in kinds()])
    parser.add_argument("--spec", action="append", choices=names())
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--places", type=int, default=PLACES, help="mutants a kind and spec")
    parser.add_argument("--list", action="store_true", help="tell all, not the missed alone")
    parser.add_argument("--text", action="store_true", help="print the specs that are told")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> None:
    """Print the report."""
    asked = options(arguments)
    chosen = [one for one in kinds() if not asked.kind or one.name in asked.kind]
    specs = [Spec(name) for name in asked.spec or names()]
    found = list(verdicts(chosen, specs, places=asked.places, seed=asked.seed))
    sys.stdout.writelines(f"{line}\n" for line in told(found, asked))


if __name__ == "__main__":
    main(sys.argv[1:])

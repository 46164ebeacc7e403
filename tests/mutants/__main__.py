"""Break nnlint's own code in small ways, and tell what no test notices.

`python -m tests.mutants` prints, for each package, how many mutants the tests killed, how
many ran out of time, survived, lie where no test comes by, or can't be made; then those that
survived. `--module nnlint/layers/pooling.py` chooses (several may be given), `--share 0.2`
draws that share of each function's mutants, at least one, and `--seed` others. Not all tests
that reach a mutant look at it: `--again FILE` has more of them look at the survivors that an
earlier run told of in that file, and at what no test came by. `--reached FILE` keeps which
tests run which lines, or reads it where the file is there: the first minutes of a run.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.mutants.judge import Fate, Judge, Verdict
from tests.mutants.mutant import ROOT, Mutant, mutants
from tests.mutants.reached import Reached

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SUBJECT = (
    "layers/*.py", "graph.py", "wiring/*.py", "activations.py", "expression.py",
    "quantity.py", "budget/*.py", "rules/*.py",
)  # fmt: skip
"""The counting and the rules: what is mutated unless a module is named."""

AT_IMPORT = {
    "nnlint/layers/__init__.py", "nnlint/layers/attribute.py", "nnlint/rules/__init__.py",
}  # fmt: skip
"""They work while nnlint is imported, before a mutant can be put in: the published schema
and the catalogue say what they made, and tests/test_generated.py holds both to the code."""

TESTS = (
    "layers", "rules", "test_acceptance.py", "test_activations.py", "test_budget.py",
    "test_budget_scopes.py", "test_composition.py", "test_derivation.py",
    "test_expression.py", "test_fixing.py", "test_golden.py", "test_keras.py",
    "test_landmarks.py", "test_laws.py", "test_loud_and_silent.py", "test_meaning.py",
    "test_oracle.py", "test_outline.py", "test_outputs.py", "test_quantity.py",
    "test_scopes.py", "test_spec.py", "test_tally.py", "test_teaching.py",
    "test_unknown.py", "test_unused.py", "test_wiring.py", "test_zoo.py",
)  # fmt: skip
"""The tests of counting and of rules: those that start no process and print no page."""


class Run:
    """The plugin that has pytest collect the tests, and judges mutants in place of a run."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.verdicts: list[Verdict] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Write down what the tests reach, then judge every mutant."""
        reached = self._reached(session.items)
        _say(f"{len(reached.tests)} of {len(session.items)} tests look at the mutants")
        judge = Judge(reached, thorough=bool(self.options.again))
        gc.freeze()  # so that a fork's collections copy no page
        for mutant in _drawn(self.options):
            self.verdicts.append(judge.judge(mutant))
            _tell(self.verdicts[-1])
        return True

    def _reached(self, items: Sequence[pytest.Item]) -> Reached:
        """Which tests run which lines, as this run or an earlier one found."""
        reached, kept = Reached(), self.options.reached
        if kept and kept.exists():
            reached.read(kept, items)
            return reached
        reached.watch(items, {*self.options.module, *(_subject() if kept else ())})
        if kept:
            reached.keep(kept)
        return reached


def _drawn(options: argparse.Namespace) -> Iterator[Mutant]:
    """The share of the mutants of each function, at least one."""
    chance = random.Random(options.seed)
    for file in options.module:
        by_name = defaultdict(list)
        for mutant in mutants(file):
            if not options.again or _key(mutant.words) in options.again:
                by_name[mutant.name].append(mutant)
        for own in by_name.values():
            yield from chance.sample(own, max(1, round(options.share * len(own))))


def _say(line: str) -> None:
    sys.__stderr__.write(f"{line}\n")  # type: ignore[union-attr] - pytest has the other
    sys.__stderr__.flush()  # type: ignore[union-attr]


def _tell(verdict: Verdict) -> None:
    if verdict.fate in {Fate.SURVIVED, Fate.UNREACHED, Fate.UNFIT}:
        tests = f" ({verdict.tests} tests)" if verdict.tests else ""
        _say(f"{verdict.fate.value}: {verdict.mutant.words}{tests}")


def _package(verdict: Verdict) -> str:
    parts = Path(verdict.mutant.file).parts
    return parts[1]


def table(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """A row for each package, and the sum."""
    rows: dict[str, Counter[Fate]] = defaultdict(Counter)
    for verdict in verdicts:
        rows[_package(verdict)][verdict.fate] += 1
        rows["all"][verdict.fate] += 1
    yield " " * 16 + "".join(f"{fate.value:>11}" for fate in Fate) + f"{'score':>9}"
    for name in sorted(rows, key=lambda name: (name == "all", name)):
        yield _row(name, rows[name])


def _row(name: str, fates: Counter[Fate]) -> str:
    noticed = fates[Fate.KILLED] + fates[Fate.TIMED_OUT]
    made = fates.total() - fates[Fate.UNFIT]
    score = f"{noticed / made:.1%}" if made else ""
    return f"{name:<16}" + "".join(f"{fates[fate]:>11}" for fate in Fate) + f"{score:>9}"


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.mutants", description=__doc__)
    parser.add_argument("--module", action="append", metavar="FILE")
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--again", type=_survivors, metavar="FILE")
    parser.add_argument("--reached", type=Path, metavar="FILE")
    options = parser.parse_args(argv)
    options.module = options.module or _subject()
    return options


def _survivors(file: str) -> frozenset[str]:
    """The survivors that an earlier run told of, and what no test came by."""
    told = re.findall(r"^(?:survived|unreached): (.+?)(?: \(\d+ tests\))?$",
                      Path(file).read_text("utf-8"), re.MULTILINE)  # fmt: skip
    return frozenset(map(_key, told))


def _key(words: str) -> str:
    """A mutant's words without its line, which a change above it moves."""
    return re.sub(r":\d+ ", " ", words, count=1)


def _subject() -> list[str]:
    found = (path for glob in SUBJECT for path in (ROOT / "nnlint").glob(glob))
    return sorted({str(one.relative_to(ROOT)) for one in found} - AT_IMPORT)


def main(argv: Sequence[str]) -> int:
    """Judge the mutants, and print the table."""
    os.chdir(ROOT)
    run = Run(_options(argv))
    tests = [f"tests/{name}" for name in TESTS]
    plain = ["-p", "no:terminal", "-p", "no:cacheprovider", "--assert=plain", "-o", "addopts="]
    status = pytest.main([*plain, *tests], plugins=[run])
    print(*table(run.verdicts), sep="\n")  # noqa: T201 - what was asked for
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

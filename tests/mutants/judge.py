"""A mutant's fate: it is put into a fork of this process, where the tests that reach it run."""

from __future__ import annotations

import os
import resource
import signal
from collections import Counter, defaultdict
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.mutants.mutant import ROOT, Mutant, caches, functions, put
from tests.mutants.reached import passes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.mutants.reached import Reached

PER_FILE = 4
"""How many tests of a file may look at one mutant; of its own file, all."""
MOST_SECONDS = 5.0
"""What the tests of one mutant may take together, as it was measured while writing down."""
MEMORY = 1_500_000_000
"""Bytes that a mutant may ask for, on top of what this process has."""


OWN = {
    "activation": ("test_activation_functions",),
    "activations": ("test_wiring", "test_composition"),
    "attending": ("test_attention", "test_transformer"),
    "base": ("test_loud_and_silent",),
    "budget": ("test_budget", "test_budget_scopes"),
    "container": ("test_residual", "test_parallel", "test_moe"),
    "folding": ("test_convolution",),
    "graph": (
        "test_wiring", "test_composition", "test_tally", "test_derivation", "test_outline",
    ),
    "layers": ("test_oracle", "test_keras"),
    "normalisation": ("test_map_norms",),
    "padding": ("test_pooling",),
    "resampling": ("test_pooling",),
    "rules": ("test_loud_and_silent",),
    "shape": ("test_base",),
    "spatial": ("test_convolution", "test_pooling"),
    "windows": ("test_convolution", "test_pooling", "test_nn412"),
    "wiring": (
        "test_wiring", "test_composition", "test_acceptance", "test_scopes", "test_outputs",
        "test_tally", "test_outline", "test_activations", "test_unknown", "test_teaching",
    ),
}  # fmt: skip
"""Whose tests do not bear its name: a package or a module, and their files."""


class Fate(Enum):
    """What became of a mutant; the order is that of the table."""

    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"
    UNREACHED = "unreached"
    UNFIT = "unfit"


class Verdict(NamedTuple):
    """A mutant and what became of it; `tests`: how many looked at it."""

    mutant: Mutant
    fate: Fate
    tests: int


class Judge:
    """Chooses the tests for each mutant; those that have killed go first."""

    def __init__(self, reached: Reached, *, thorough: bool = False) -> None:
        self.reached, self.thorough = reached, thorough
        self.kills: Counter[int] = Counter()
        functions(), caches()

    def judge(self, mutant: Mutant) -> Verdict:
        """Put it into a fork, and see which test fails there."""
        tests = self._chosen(mutant)
        if not tests:
            return Verdict(mutant, Fate.UNREACHED, 0)
        seconds = sum(self.reached.tests[test][1] for test in tests)
        fate, killer = _forked(lambda: self._killer(mutant, tests), 2 * seconds + 5)
        if killer is not None:
            self.kills[tests[killer]] += 1
        return Verdict(mutant, fate, len(tests))

    def _chosen(self, mutant: Mutant) -> list[int]:
        """Those that reach it first; then its own, those that have killed, the quick ones."""
        own, reaching = self._own(mutant), set(self.reached.by(mutant))
        found = defaultdict(list)
        for test in sorted(reaching):
            found[self._file(test)].append(test)
        some = {test for tests in found.values() for test in self._spread(tests)}
        some |= own & reaching if mutant.is_in_function else own
        order = sorted(some, key=lambda test: (-self.kills[test], self._seconds(test)))
        order.sort(key=lambda test: (test not in reaching, test not in own))
        return list(self._in_time(order))

    def _own(self, mutant: Mutant) -> set[int]:
        """The tests of its module."""
        files = own_files(mutant.file)
        return {test for test in range(len(self.reached.tests)) if self._file(test) in files}

    def _file(self, test: int) -> str:
        return self.reached.tests[test][0].path.stem

    def _seconds(self, test: int) -> float:
        return self.reached.tests[test][1]

    def _spread(self, tests: Sequence[int]) -> Sequence[int]:
        """So many, evenly from all of them."""
        return tests if self.thorough else tests[:: -(-len(tests) // PER_FILE)]

    def _in_time(self, tests: Iterable[int]) -> Iterator[int]:
        spent, most = 0.0, MOST_SECONDS * (2 if self.thorough else 1)
        for test in tests:
            spent += self._seconds(test)
            if spent > most:
                return
            yield test

    def _killer(self, mutant: Mutant, tests: Sequence[int]) -> int | None:
        """The first test that fails, in the order given; -1: the mutant can't be made."""
        if not put(mutant):
            return -1
        items = [self.reached.tests[test][0] for test in tests]
        following = [*items[1:], None]
        for at, (item, after) in enumerate(zip(items, following, strict=True)):
            if not passes(item, after):
                return at
        return None


@cache
def own_files(file: str) -> set[str]:
    """The files of tests of a module: by its name, and of a rule's helper by its rules."""
    path = Path(file)
    stem = _code(path)
    folder = path.parent.name
    return {f"test_{stem}", *OWN.get(folder, ()), *OWN.get(stem, ()), *_of_users(path)}


def _code(path: Path) -> str:
    """`nn413` of a rule, and of other modules their name."""
    return path.stem.partition("_")[0] if path.stem.startswith("nn") else path.stem


def _of_users(path: Path) -> set[str]:
    rules = (ROOT / "nnlint/rules").glob("nn*.py")
    asked = f"nnlint.rules.{path.stem} import"
    return {f"test_{_code(rule)}" for rule in rules if asked in rule.read_text("utf-8")}


def _forked(killer: object, seconds: float) -> tuple[Fate, int | None]:
    """Run it in a fork; what it says comes back through a pipe."""
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        _alone(killer, theirs, seconds)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        said = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    return _fate(said, status)


def _alone(killer: object, pipe: int, seconds: float) -> None:
    """The life of a fork; it never returns."""
    signal.setitimer(signal.ITIMER_REAL, seconds)  # the signal ends the process
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY, most))
    try:
        os.write(pipe, str(killer()).encode())  # type: ignore[operator]
    except BaseException:
        os.write(pipe, b"0")
    os._exit(0)


def _fate(said: str, status: int) -> tuple[Fate, int | None]:
    if os.WIFSIGNALED(status):
        late = os.WTERMSIG(status) == signal.SIGALRM
        return (Fate.TIMED_OUT if late else Fate.KILLED), None
    if said == "None":
        return Fate.SURVIVED, None
    return (Fate.UNFIT, None) if said == "-1" else (Fate.KILLED, int(said or 0))

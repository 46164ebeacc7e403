"""A run becomes a number in one place: every number, and what leads to it."""

from __future__ import annotations

from itertools import permutations

import pytest

from nnlint.finding import Finding, RuleInfo, Severity, Span
from nnlint.report import Report, Status, count, exit_code

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
NEVER = None

OF_CODE = {
    "NN001": ERROR, "NN201": ERROR, "NN301": WARNING, "NN505": INFO, "NN901": ERROR,
    "NN902": WARNING, "NN911": ERROR, "NN951": WARNING,
}  # fmt: skip


def linted(*codes: str) -> Report:
    place = Span(1, 1, 1, 1)
    rules = [RuleInfo(code, "x", OF_CODE[code]) for code in codes]
    found = tuple(Finding(rule, "m", None, (), place) for rule in rules)
    return Report("a.yaml", findings=found)


CLEAN = linted()
SKIPPED = Report("b.yaml", Status.SKIPPED, "no marker")
UNREADABLE = Report("c.yaml", Status.UNREADABLE, "no such file")


@pytest.mark.parametrize(
    ("reports", "fail_on", "code"),
    [
        # 0: nothing at or above the level
        ([CLEAN], ERROR, 0),
        ([CLEAN, CLEAN], INFO, 0),
        ([SKIPPED], ERROR, 0),
        ([SKIPPED, CLEAN], ERROR, 0),
        ([linted("NN301")], ERROR, 0),
        ([linted("NN902")], ERROR, 0),
        ([linted("NN951", "NN505")], ERROR, 0),
        ([linted("NN505")], WARNING, 0),
        ([linted("NN201", "NN901", "NN911")], NEVER, 0),
        # 1: findings at or above it
        ([linted("NN201")], ERROR, 1),
        ([linted("NN001")], ERROR, 1),
        ([CLEAN, linted("NN201")], ERROR, 1),
        ([linted("NN301")], WARNING, 1),
        ([linted("NN951")], WARNING, 1),
        ([linted("NN505")], INFO, 1),
        ([linted("NN201", "NN901")], ERROR, 1),
        ([linted("NN201"), linted("NN911")], ERROR, 1),
        ([linted("NN301", "NN901")], WARNING, 1),
        ([linted("NN505", "NN902")], INFO, 1),
        # 3: only budgets and expectations among them
        ([linted("NN901")], ERROR, 3),
        ([linted("NN911")], ERROR, 3),
        ([linted("NN901", "NN911")], ERROR, 3),
        ([linted("NN901"), linted("NN911"), CLEAN, SKIPPED], ERROR, 3),
        ([linted("NN301", "NN901")], ERROR, 3),
        ([linted("NN902")], WARNING, 3),
        ([linted("NN505", "NN902")], WARNING, 3),
        # 2: could not check; it beats the rest
        ([UNREADABLE], ERROR, 2),
        ([UNREADABLE], NEVER, 2),
        ([UNREADABLE, CLEAN], ERROR, 2),
        ([UNREADABLE, SKIPPED], ERROR, 2),
        ([UNREADABLE, linted("NN201")], ERROR, 2),
        ([UNREADABLE, linted("NN901")], ERROR, 2),
        ([], ERROR, 2),
        ([], NEVER, 2),
    ],
)
def test_the_exit_code(reports: list[Report], fail_on: Severity | None, code: int) -> None:
    assert {exit_code(order, fail_on) for order in permutations(reports)} == {code}


@pytest.mark.parametrize("fail_on", [ERROR, WARNING, INFO, NEVER])
def test_a_hook_may_bring_no_input(fail_on: Severity | None) -> None:
    assert exit_code([], fail_on, nothing_is_fine=True) == 0
    assert exit_code([UNREADABLE], fail_on, nothing_is_fine=True) == 2


@pytest.mark.parametrize("code", OF_CODE)
def test_a_lower_level_never_lets_more_pass(code: str) -> None:
    passes = [exit_code([linted(code)], level) == 0 for level in (INFO, WARNING, ERROR, NEVER)]
    assert passes == sorted(passes)


def test_the_last_line_counts_everything() -> None:
    reports = [
        linted("NN201", "NN301", "NN301", "NN505"), CLEAN._replace(ignored=2, known=4), SKIPPED,
        UNREADABLE, linted("NN901")._replace(ignored=1),
    ]  # fmt: skip
    assert count(reports)._asdict() == {
        "linted": 3, "skipped": 1, "unreadable": 1, "errors": 2, "warnings": 2, "infos": 1,
        "ignored": 3, "known": 4,
    }  # fmt: skip

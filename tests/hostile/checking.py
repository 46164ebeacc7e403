"""Puts a case on disk, lints it beside a good spec, and holds what is said against the case."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.hostile.case import COULD_NOT_CHECK, Case
from tests.hostile.measured import ROOT, TRIES, Measured, Server, assert_calm, assert_cheap
from tests.test_forgery import ACTS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MNIST = str(ROOT / "specs" / "mnist.yaml")
MNIST_PARAMS = 13002
FORMS = ("json", "full")


def each(cases: Iterable[Case]) -> list[Any]:
    """The cases as parameters of a test, under their names."""
    return [pytest.param(case, id=case.name) for case in cases]


def ran(case: Case, form: str, warm: Server, folder: Path) -> Measured:
    """The case put on disk and linted beside a good spec; the quickest of some tries."""
    tries: list[Measured] = []
    while not tries or (tries[-1].is_slow and len(tries) < TRIES):
        inside = folder / str(len(tries)) / "in"
        inside.mkdir(parents=True)
        name = case.path if case.path in ("hostile.yaml", "hostile") else "hostile.yaml"
        held = case.put(inside / name)
        argv = ["--format", form, case.path, MNIST]
        tries.append(warm.run(inside, argv, case.meanwhile))
        if case.holds_open and isinstance(held, int):
            os.close(held)
    return min(tries, key=lambda run: run.seconds)


def check(case: Case, form: str, warm: Server, folder: Path) -> None:
    """All that must hold of a hostile file, and of the good one beside it."""
    run = ran(case, form, warm, folder)
    assert_calm(run)
    assert run.code == case.code, run.err
    assert_cheap(run)
    if form == "json":
        *hostile, beside = json.loads(run.out)["files"]
        assert beside["network"]["totals"]["params"] == MNIST_PARAMS
        assert_said(case, hostile)
    else:
        assert f"{MNIST_PARAMS:,}" in run.out
        assert not ACTS.search(run.out + run.err)


def assert_said(case: Case, files: list[dict[str, Any]]) -> None:
    """What it is refused for; or every code, the first at its place; and what it counts."""
    if case.code == COULD_NOT_CHECK:
        assert all(case.says[0] in file["reason"] for file in files)
        assert {file["status"] for file in files} == {"unreadable"}
        return
    found = [one for file in files for one in file["findings"]]
    assert {one["code"] for one in found} == set(case.says)
    if case.place:
        assert (found[0]["line"], found[0]["column"]) == case.place
    if case.params is not None:
        assert [file["network"]["totals"]["params"] for file in files] == [case.params]

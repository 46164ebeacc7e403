"""`--verbose`: where the time goes, on standard error, and at no cost where nobody asks."""

from __future__ import annotations

import re
import time
from io import StringIO
from pathlib import Path

import pytest

from nnlint import api, stages, verbose
from nnlint.cli import main
from nnlint.quantity import size_text

SPEC = "nnlint: 1\ninput: [784]\nlayers:\n  - {type: Linear, out_features: 10}\n"
STAGES = ("reading", "parsing", "schema", "spec", "graph", "rules", "budget", "findings")


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in "abc":
        Path(f"{name}.yaml").write_text(SPEC + f"name: {name}\n")


def lint(*argv: str) -> tuple[int, str, list[str]]:
    out, err = StringIO(), StringIO()
    return main(argv, out, err), out.getvalue(), err.getvalue().splitlines()


def seconds(line: str) -> dict[str, float]:
    """Every `name 0.123 s` of a line."""
    return {
        name: float(number)
        for name, number in re.findall(r"([\w. -]+?):? (\d+\.\d{3}) s", line)
    }


@pytest.mark.parametrize("form", ["full", "concise", "json"])
def test_standard_output_and_the_exit_code_stay(form: str) -> None:
    plain, loud = lint(".", "--format", form), lint(".", "--format", form, "-v")
    assert loud[:2] == plain[:2]
    assert plain[2] == []
    assert all(line.startswith("nnlint: ") for line in loud[2])


def test_parts_come_one_after_the_other_and_add_up() -> None:
    _, _, log = lint(".", "-v")
    parts = ["start-up", "collecting files", "loading libraries", "linting", "rendering"]
    taken = [seconds(line.removeprefix("nnlint: ")) for line in log[2:8]]
    assert [list(one) for one in taken] == [[name] for name in (*parts, "in all")]
    numbers = [number for one in taken for number in one.values()]
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=0.0005 * len(numbers))


def test_every_stage_is_told_and_none_counts_twice() -> None:
    _, _, log = lint(".", "-v")
    (stage_by_stage,) = (line for line in log if "stage by stage" in line)
    found = seconds(stage_by_stage.partition("files: ")[2])
    names = [name.strip() for name in found]
    assert set(names) == {*STAGES, "the rest"}
    (linting,) = (line for line in log if line.startswith("nnlint: linting: "))
    assert sum(found.values()) <= next(iter(seconds(linting).values())) + 0.001 * len(found)


def test_files_and_bytes_are_counted_and_the_slowest_named() -> None:
    _, _, log = lint(".", "-v")
    size = sum(file.stat().st_size for file in Path().glob("*.yaml"))
    assert log[1] == f"nnlint: 3 files, {size_text(size)}, 1 process"
    assert log[-1].startswith("nnlint: slowest: ")
    assert sorted(re.findall(r"\w\.yaml", log[-1])) == ["a.yaml", "b.yaml", "c.yaml"]


def test_where_settings_come_from() -> None:
    assert lint(".", "-v")[2][0] == "nnlint: settings from: nowhere"
    Path("pyproject.toml").write_text("[tool.nnlint]\nshow-info = true\n")
    assert lint(".", "-v")[2][0] == "nnlint: settings from: pyproject.toml"


def test_a_stage_within_another_counts_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])

    def later(by: float) -> None:
        now[0] += by

    def outer() -> None:
        later(1)
        stages.run("inner", later, 10)
        later(2)

    clock = verbose.Clock()
    with stages.watched(clock):
        stages.run("outer", outer)
        later(100)  # in no stage
        stages.run("inner", later, 20)
    assert clock.seconds == {"outer": 3, "inner": 30}


def test_no_clock_is_read_where_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> float:
        raise AssertionError("a clock was read")

    for name in ("perf_counter", "monotonic", "process_time", "time"):
        monkeypatch.setattr(time, name, refuse)
    report = api.lint("a.yaml", isolated=True)
    assert report.params == 784 * 10 + 10

"""`--jobs`: several processes say what one says, whatever becomes of them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from nnlint import api, formats, jobs, running
from nnlint.commands.diff import _judgement
from nnlint.policy import Config
from nnlint.terminal import Style
from tests.crew import ITEMS, SCENES
from tests.repositories import commit, git, isolated

ROOT = Path(__file__).parent.parent
SPEC = "nnlint: 1\ninput: [784]\nlayers:\n  - {type: Linear, out_features: 10}\n"
MENDABLE = f"{SPEC}  - {{type: LeakyReLU, negative_slope: 1e-3}}\n"
BROKEN = (
    "nnlint: 1\ninput: [784]\nlayers:\n  - {type: Linear, in_features: 3, out_features: 9}\n"
)
IGNORED = f"{SPEC}  - {{type: LeakyReLU, negative_slope: 1e-3}}  # nnlint: ignore[NN012] why\n"
UNNEEDED = f"{SPEC}  - ReLU  # nnlint: ignore[NN012] why\n"
SYNTAX = "nnlint: 1\ninput: [784]\nlayers: [\n"
PIECES = (MENDABLE, BROKEN, IGNORED, UNNEEDED, SYNTAX, SPEC)


def environment() -> dict[str, str]:
    return {**isolated(), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def nnlint(folder: Path, *argv: str, stdin: str = "") -> tuple[int, str, str]:
    """The real command, in that folder."""
    done = subprocess.run(
        [sys.executable, "-m", "nnlint", *argv], cwd=folder, env=environment(), check=False,
        input=stdin, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def played(scene: str, processes: int = 3) -> dict[str, Any]:
    """What came of a scene, and how."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.crew", scene, str(processes)], cwd=ROOT, check=False,
        env=environment(), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# The processes


@pytest.mark.parametrize("scene", [name for name in SCENES if name != "raises everywhere"])
def test_whatever_becomes_of_a_process_every_answer_is_there_in_its_order(scene: str) -> None:
    found = played(scene)
    assert found["items"] == list(ITEMS)
    assert found["left"] == 0


@pytest.mark.parametrize(("scene", "others"), [
    ("plain", {2, 3}),  # a quick one may take what another was too slow for
    ("spawned", {1, 2, 3}),
    ("no fork", {0}),
    ("threads", {0}),
])  # fmt: skip
def test_other_processes_work_where_there_can_be_any(scene: str, others: set[int]) -> None:
    assert played(scene)["others"] in others


def test_one_job_is_this_process_alone() -> None:
    assert played("plain", 1)["others"] == 0


def test_an_error_that_every_process_meets_is_raised_here() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.crew", "raises everywhere", "2"], cwd=ROOT, check=False,
        env=environment(), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stderr.count("Traceback") == 1  # no process but the first tells of it
    assert done.stderr.rstrip().endswith("KeyError: 17")


def test_a_network_of_any_length_goes_from_process_to_process() -> None:
    layers = "".join(f"  - {{type: Linear, out_features: {n}}}\n" for n in range(1, 3000))
    report = api.lint(f"nnlint: 1\ninput: [7]\nlayers:\n{layers}", isolated=True)
    ((_, same),) = jobs._unpacked(jobs._packed([(0, report)]))
    for name in formats.names():
        style = Style(table=True)
        assert formats.render(name, [same], style) == formats.render(name, [report], style)


def test_half_an_answer_is_none() -> None:
    whole = jobs._packed([(0, "x")])
    assert jobs._unpacked(whole) == [(0, "x")]
    assert [jobs._unpacked(whole[:length]) for length in range(len(whole))] == [[]] * len(whole)


@pytest.mark.parametrize("count", [0, 1, 2, 7, 100, 1001])
@pytest.mark.parametrize("processes", [1, 2, 16])
def test_portions_hold_every_item_once(count: int, processes: int) -> None:
    portions = list(jobs._portions(count, processes))
    assert [at for portion in portions for at in portion] == list(range(count))
    assert len(portions) >= min(count, processes)


@pytest.mark.parametrize(("asked", "left", "seconds", "several"), [
    (None, 1000, 0.0, False),  # nobody knows yet how long it takes
    (None, 1000, 10.0, True),
    (None, running.FEWEST - 1, 10.0, False),
    (1, 1000, 10.0, False),
    (3, 2, 0.0, True),
    (3, 1, 0.0, False),
])  # fmt: skip
def test_processes_are_asked_where_it_pays(
    monkeypatch: pytest.MonkeyPatch,
    asked: int | None,
    left: int,
    seconds: float,
    several: bool,
) -> None:
    monkeypatch.setattr(running, "_threads", lambda: 1)
    monkeypatch.setattr(running, "cores", lambda: 4)
    assert (running._processes(asked, left, seconds) > 1) is several


def test_a_short_run_loads_nothing_for_processes(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SPEC)
    (tmp_path / "b.yaml").write_text(SPEC)
    code = (
        "import sys, io\nfrom nnlint.cli import main\n"
        "main(['a.yaml', 'b.yaml', '--no-table'], io.StringIO(), io.StringIO())\n"
        "print(*({'multiprocessing', 'pickle', 'nnlint.progress'} & sys.modules.keys()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(), check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout == "\n"


# The command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Specs of every kind, what is none, and what can't be read."""
    specs = tmp_path / "specs"
    specs.mkdir()
    for at in range(30):
        (specs / f"{at:02}.yaml").write_text(PIECES[at % len(PIECES)])
    (specs / "other.yaml").write_text("services: {}\n")
    (specs / "latin.yaml").write_bytes(SPEC.encode() + b"# \xe9\n")
    (specs / "gone.yaml").symlink_to("nowhere.yaml")
    shutil.copytree(ROOT / "specs", specs / "real")
    return tmp_path


def assert_alike(folder: Path, *argv: str, stdin: str = "") -> tuple[int, str, str]:
    """One process and three say the same; what they say."""
    one, three = (nnlint(folder, *argv, "--jobs", count, stdin=stdin) for count in ("1", "3"))
    assert three == one
    assert "Traceback" not in one[2]
    return one


@pytest.mark.parametrize("form", formats.names())
def test_several_processes_say_the_same_in_every_format(folder: Path, form: str) -> None:
    code, out, err = assert_alike(folder, "specs", "--format", form)
    assert code == 2
    assert out
    assert "gone.yaml: no such file or directory" in err


@pytest.mark.parametrize("argv", [
    ["--table"],
    ["--diff"],
    ["--statistics"],
    ["--quiet"],
    ["--budget", "logits:params=1", "--show-info"],
    ["--select", "NN0", "--variant", "nonesuch"],
    ["--output", "json=out/report.json"],
], ids=" ".join)  # fmt: skip
def test_several_processes_say_the_same_with_other_flags(folder: Path, argv: list[str]) -> None:
    assert_alike(folder, "specs", *argv)


def test_standard_input_is_read_whoever_lints(folder: Path) -> None:
    _, out, _ = assert_alike(folder, "specs", "-", "--format", "json", stdin=BROKEN)
    last = json.loads(out)["files"][-1]
    assert last["path"] == "-"
    assert [one["code"] for one in last["findings"]] == ["NN201"]


def test_fixes_and_baselines_are_those_of_one_process(tmp_path: Path, folder: Path) -> None:
    written = []
    for count in ("1", "3"):
        copy = tmp_path / f"copy{count}"
        shutil.copytree(folder / "specs", copy / "specs", symlinks=True)
        runs = [
            nnlint(copy, "specs", "--jobs", count, *more)
            for more in (
                ["--fix"],
                ["--write-baseline"],
                ["--baseline", "nnlint-baseline.jsonl"],
            )
        ]
        files = {
            str(file.relative_to(copy)): file.read_bytes()
            for file in sorted(copy.rglob("*"))
            if file.is_file()
        }
        written.append((runs, files))
    assert written[0] == written[1]
    assert "nnlint-baseline.jsonl" in written[0][1]
    assert b"1e-3" not in written[0][1]["specs/00.yaml"]


def test_differences_are_those_of_one_process(tmp_path: Path) -> None:
    env = isolated()
    git(tmp_path, env, "init", "-q")
    commit(tmp_path, env, {f"{at:02}.yaml": PIECES[at % len(PIECES)] for at in range(20)})
    for at in range(0, 20, 3):
        (tmp_path / f"{at:02}.yaml").write_text(BROKEN + "  - ReLU\n")
    code, out, _ = assert_alike(tmp_path, "diff", "--base", "HEAD", "--format", "json")
    assert code == 1
    assert json.loads(out)["summary"]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are listed in /proc")
def test_ctrl_c_ends_every_process_without_a_word_of_pythons(tmp_path: Path) -> None:
    layers = "".join(f"  - {{type: Linear, out_features: {n}}}\n" for n in range(1, 400))
    for at in range(100):
        (tmp_path / f"{at:03}.yaml").write_text(f"nnlint: 1\ninput: [7]\nlayers:\n{layers}")
    with subprocess.Popen(
        [sys.executable, "-m", "nnlint", ".", "-j", "3"], cwd=tmp_path, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    ) as process:  # fmt: skip
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        until = time.monotonic() + 60
        while len(children.read_text().split()) < 3 and time.monotonic() < until:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, b"", b"nnlint: interrupted\n")
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


# The setting


@pytest.mark.parametrize("word", ["x", "-1", "1.5", "257", "1000000", "", "²"])
def test_a_number_that_is_none_is_a_usage_error(tmp_path: Path, word: str) -> None:
    (tmp_path / "a.yaml").write_text(SPEC)
    code, out, err = nnlint(tmp_path, "a.yaml", f"--jobs={word}")
    assert (code, out) == (2, "")
    assert err.startswith("nnlint: --jobs is ")
    assert "a whole number up to 256, or 'auto'" in err


@pytest.mark.parametrize("word", ["0", "auto"])
def test_auto_wins_over_what_a_file_says(tmp_path: Path, word: str) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.nnlint]\njobs = 2\n")
    assert "\njobs = 2\n" in nnlint(tmp_path, "--show-config")[1]
    assert "jobs" not in nnlint(tmp_path, "--show-config", "-j", word)[1]


@pytest.mark.parametrize("value", ["true", "-1", "2.0", "[2]", '"two"', "257"])
def test_a_file_may_hold_numbers_and_auto(tmp_path: Path, value: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.nnlint]\njobs = {value}\n")
    code, _, err = nnlint(tmp_path, "--show-config")
    assert code == 2
    assert err.startswith("nnlint: pyproject.toml: jobs is ")


def test_the_environment_says_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_text(SPEC)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NNLINT_JOBS", "many")
    with pytest.raises(ValueError, match="NNLINT_JOBS is the text 'many'"):
        api.lint("a.yaml")


def test_how_many_processes_work_is_no_change_of_what_is_judged(tmp_path: Path) -> None:
    one = Config("pyproject.toml", tmp_path, show_info=True)
    assert _judgement(one._replace(jobs=4)) == _judgement(one)
    assert _judgement(one._replace(show_info=False)) != _judgement(one)

"""What the README tells people to paste is run: the samples that it prints are generated.

Two substitutions: `pip install nnlint` finds a pip that only looks on, since this nnlint is
there already; and the action starts behind its first step, which tests/test_action.py runs.
The pre-commit hooks are run by tests/test_pre_commit.py.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml

import nnlint
from nnlint import cli, commands, engine, published
from nnlint.budget.metrics import METRICS
from tests import repositories
from tests.composite import Runner, action
from tests.repositories import ROOT, git

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks in that language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def block(language: str, beginning: str) -> str:
    """The one block that begins so."""
    (found,) = [one for one in blocks(language) if one.startswith(beginning)]
    return found


BUDGET = block("yaml", "budget:")
WORKFLOW = block("yaml", "on:")
GITLAB = block("yaml", "nnlint:\n")
ANYWHERE = block("sh", "pip install")
PYTEST = block("python", "import nnlint")
SHOW, TEST = (shlex.split(one) for one in blocks("sh") if one != ANYWHERE)

SPEC = """\
nnlint: 1
input: [784]
layers:
  - {{type: Linear, out_features: {hidden}, act: ReLU, name: hidden}}
  - {{type: Linear, out_features: 10, name: logits}}
"""
GROWTH = "budget: {params: {max_increase: 100}}\n"


def params(hidden: int) -> int:
    """784 → hidden → 10, each with biases."""
    return 784 * hidden + hidden + hidden * 10 + 10


class Project(NamedTuple):
    """A user's repository: origin has main, the clone a branch with a change."""

    folder: Path
    base: str
    env: dict[str, str]

    def bash(self, script: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run it as CI systems do: the first line that fails ends it."""
        return subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env={**self.env, **env},
            check=False,
            capture_output=True,
            text=True,
        )


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str, str], Project]:
    """A project from the spec as it was and as it is."""
    tools, origin, folder = (tmp_path / name for name in ("tools", "origin.git", "project"))
    for one in (tools, folder):
        one.mkdir()
    for name, script in {
        "nnlint": f'exec "{sys.executable}" -m nnlint "$@"',
        "pip": '[ "$*" = "install nnlint" ]',
        "isolated": f'shift; exec "{sys.executable}" "$@"',  # a Python that drops its -I
        "gh": "exit 1",
    }.items():
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)
    env = {**repositories.isolated(), "PYTHONPATH": str(ROOT)}
    env["PATH"] = f"{tools}{os.pathsep}{env['PATH']}"

    def made(before: str, after: str) -> Project:
        git(tmp_path, env, "init", "-q", "--bare", "-b", "main", str(origin))
        git(folder, env, "init", "-q", "-b", "main")
        git(folder, env, "remote", "add", "origin", str(origin))
        base = repositories.commit(folder, env, {"specs/mnist.yaml": before})
        git(folder, env, "push", "-q", "-u", "origin", "main")
        git(folder, env, "checkout", "-q", "-b", "change")
        repositories.commit(folder, env, {"specs/mnist.yaml": after})
        return Project(folder, base, env)

    return made


def grown(make: Callable[[str, str], Project], hidden: int) -> Project:
    """A project whose network had 16 hidden units, and may gain 100 parameters."""
    before, after = (SPEC.format(hidden=one) + GROWTH for one in (16, hidden))
    return make(before, after)


# -- specs


@pytest.mark.parametrize("spec", [one for one in blocks("yaml") if one.startswith("nnlint: 1")])
def test_specs_are_clean_and_prove_their_counts(spec: str) -> None:
    report = engine.lint_text(spec)
    assert report.findings == ()
    assert all(one.holds for one in report.expectations)
    assert "params" in [one.key for one in report.expectations]


def test_the_budget_binds_line_by_line() -> None:
    """784-16-10: 12,730 parameters of 13,000, as many bytes of int8, 170 of them the head's."""
    report = engine.lint_text(SPEC.format(hidden=16) + BUDGET)
    assert params(16) == 12730
    used = {one.what.name: one.what.used.amount for one in report.limits}
    peak = 4 * (784 + 16)  # the input and the first output
    assert used == {
        "params": params(16),
        "size as int8": params(16),
        "activations": peak,
        "params of logits": 16 * 10 + 10,
    }
    assert report.errors == ()
    over = engine.lint_text(SPEC.format(hidden=17) + BUDGET)
    assert {one.rule.code for one in over.errors} == {"NN901"}
    assert "the chip has room for no more" in str(over.errors[0].note)


def test_the_table_of_budgets_is_whole() -> None:
    section = README.partition("## Budgets")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    (metrics,) = [row for row in rows if row.startswith("| metrics")]
    assert set(re.findall(r"`(\w+)`", metrics)) == set(METRICS)
    keys = {word for row in rows for word in re.findall(r"`(\w+)`", row.split("|")[1])}
    schema: Any = published.json_schema()["properties"]
    limits = schema["budget"]["properties"]
    assert keys == {key for metric in METRICS for key in limits[metric]["properties"]} | {
        "warn_at"
    }


# -- commands


def test_the_first_commands_are_what_the_gate_runs() -> None:
    assert SHOW[-2:] == [".venv/bin/nnlint", "specs/mnist.yaml"]
    assert TEST[-2:] == ["-m", "pytest"]
    assert "python -m pytest" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_every_flag_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    known = set()
    for name in ("", *commands.names()):
        cli.main([*([name] if name else []), "--help"], sys.stdout, sys.stderr)
        known |= set(re.findall(r"--[a-z][a-z-]*", capsys.readouterr().out))
    assert len(known) > 20
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) <= known


# -- GitHub


def steps() -> list[dict[str, Any]]:
    """The steps of the workflow."""
    (job,) = yaml.safe_load(WORKFLOW)["jobs"].values()
    found: list[dict[str, Any]] = job["steps"]
    return found


def test_the_workflow_uses_this_action_and_may_comment() -> None:
    checkout, own = steps()
    assert checkout["uses"].startswith("actions/checkout@v")
    place, _, version = own["uses"].partition("@")
    assert f"https://github.com/{place}" == nnlint.HOME
    assert version == f"v{nnlint.__version__}"
    assert set(own["with"]) <= set(action()["inputs"])
    loaded = yaml.safe_load(WORKFLOW)
    assert loaded["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert set(loaded[True]) == {"push", "pull_request"}, "PyYAML reads the key `on` as a truth"


@pytest.mark.parametrize(("hidden", "code"), [(16, 0), (17, 3)])
def test_the_workflow_runs(
    make: Callable[[str, str], Project], tmp_path: Path, hidden: int, code: int
) -> None:
    project = grown(make, hidden)
    facts = {"event.pull_request.number": "7", "event.pull_request.base.sha": project.base}
    place = tmp_path / "place"
    place.mkdir()
    for event in ({}, facts):
        runner = Runner(project.folder, tmp_path, project.env, {**event, "token": "t"})
        runner.skip = {"install": {"python": "isolated", "place": str(place)}}
        inputs = {name: str(value) for name, value in steps()[1]["with"].items()}
        assert runner.run(inputs) == (code if event else 0), runner.log


# -- GitLab, and any other


@pytest.mark.parametrize(
    ("hidden", "in_request", "code"), [(16, True, 0), (17, False, 0), (17, True, 3)]
)
def test_the_gitlab_job_runs_and_leaves_what_it_says(
    make: Callable[[str, str], Project], hidden: int, in_request: bool, code: int
) -> None:
    project = grown(make, hidden)
    job = yaml.safe_load(GITLAB)["nnlint"]
    base = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": project.base} if in_request else {}
    done = project.bash("\n".join(job["script"]), **base)
    assert done.returncode == code, done.stdout + done.stderr
    assert ("NN904" in done.stdout) is (code == 3)
    report = project.folder / job["artifacts"]["reports"]["codequality"]
    assert json.loads(report.read_text("utf-8")) == []


@pytest.mark.parametrize(("hidden", "code"), [(16, 0), (17, 3)])
def test_the_lines_for_any_ci_run(
    make: Callable[[str, str], Project], hidden: int, code: int
) -> None:
    project = grown(make, hidden)
    done = project.bash(ANYWHERE)
    assert done.returncode == code, done.stdout + done.stderr
    (written,) = re.findall(r"junit=(\S+)", ANYWHERE)
    assert ET.parse(project.folder / written).getroot().tag == "testsuites"


def test_a_broken_spec_fails_and_is_in_the_report(make: Callable[[str, str], Project]) -> None:
    project = make(SPEC.format(hidden=16), SPEC.format(hidden="sixteen"))
    done = project.bash(ANYWHERE)
    assert done.returncode == 1, done.stdout + done.stderr
    (written,) = re.findall(r"junit=(\S+)", ANYWHERE)
    assert list(ET.parse(project.folder / written).getroot().iter("failure"))


# -- pytest


@pytest.mark.parametrize(("hidden", "passes"), [(16, True), (40, False)])
def test_the_pytest_recipe_passes_and_fails(
    make: Callable[[str, str], Project], hidden: int, passes: bool
) -> None:
    limit = 15_000
    assert f"{limit // 1000}k" in PYTEST
    assert (params(hidden) <= limit) is passes
    project = make("", SPEC.format(hidden=hidden))
    repositories.write(project.folder, {"tests/test_networks.py": PYTEST})
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = project.bash(shlex.join(command))
    assert done.returncode == (0 if passes else 1), done.stdout + done.stderr
    assert ("error[NN901]" in done.stdout) is not passes

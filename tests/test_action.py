"""action.yml: each of its steps is run by bash, on repositories as a runner checks them out."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import nnlint
from nnlint import formats
from nnlint.terminal import Style
from tests import repositories
from tests.composite import Runner, action
from tests.repositories import ROOT, git

STEPS: list[dict[str, Any]] = action()["runs"]["steps"]
SCRIPTS = {step["name"]: str(step["run"]) for step in STEPS}
MARKER = "<!-- nnlint -->"
BOT = "github-actions[bot]"

SPEC = """\
nnlint: 1
input: [784]
layers:
  - {{type: Linear, out_features: {width}}}
budget: {{params: {{max: 100k, max_increase: 100}}}}
"""
SMALL, GROWN, HUGE = (SPEC.format(width=width) for width in (10, 11, 200))
BROKEN = SPEC.format(width="ten")
EXCEEDED = 784 * 11 + 11 - (784 * 10 + 10)
assert EXCEEDED > 100


class Job(NamedTuple):
    """A pull request, or a push, as a runner has it before the action begins."""

    runner: Runner
    base: str
    gh: Path

    @property
    def comments(self) -> list[dict[str, Any]]:
        """The comments of the pull request."""
        file = self.gh / "comments.json"
        return json.loads(file.read_text()) if file.exists() else []

    @property
    def calls(self) -> list[list[str]]:
        """What was asked of GitHub."""
        file = self.gh / "calls.jsonl"
        return (
            [json.loads(line) for line in file.read_text().splitlines()]
            if file.exists()
            else []
        )


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The Python of the environment that the action's first step makes."""
    temp, folder = (tmp_path_factory.mktemp(name) for name in ("temp", "checkout"))
    # a pull request may bring such files: nothing of it is imported
    for name in ("venv.py", "pip.py", "json.py", "yaml.py"):
        (folder / name).write_text("raise SystemExit('the pull request was run')\n")
    env = {**repositories.isolated(), "PYTHONPATH": str(folder), "PIP_NO_COMPILE": "0"}
    runner = Runner(folder, temp, env, {})
    runner.start({"python": sys.executable})
    assert runner.step(STEPS[0]).code == 0, runner.log
    made = runner.values["steps.install.outputs.python"]
    assert Path(made).is_relative_to(temp)
    return made


class Makes(NamedTuple):
    """What jobs are made of."""

    tmp: Path
    env: dict[str, str]
    python: str

    def job(
        self,
        before: dict[str, str | bytes | None],
        after: dict[str, str | bytes | None],
        facts: dict[str, str] | None = None,
        branch: str = "change",
    ) -> Job:
        """A pull request against `before`, checked out as actions/checkout does by default."""
        base = self.pull_request(before, after, branch)
        folder = self.checked_out("refs/pull/7/merge")
        said = {"event.pull_request.number": "7", "event.pull_request.base.sha": base}
        said = {**(said if facts is None else facts), "token": "token-of-the-job"}
        runner = Runner(folder, self.tmp, self.env, said)
        return Job(runner, base, Path(self.env["FAKE_GH"]))

    def pull_request(
        self,
        before: dict[str, str | bytes | None],
        after: dict[str, str | bytes | None],
        branch: str,
    ) -> str:
        """Push both sides to origin, with the merge that GitHub makes; the base's commit."""
        folder, origin = self.tmp / "author", str(self.tmp / "origin.git")
        folder.mkdir()
        git(self.tmp, self.env, "init", "-q", "--bare", "-b", "main", origin)
        git(folder, self.env, "init", "-q", "-b", "main")
        repositories.commit(folder, self.env, {"README.md": "Nets\n"})
        base = repositories.commit(folder, self.env, before)
        git(folder, self.env, "checkout", "-q", "-b", branch)
        repositories.commit(folder, self.env, after)
        git(folder, self.env, "checkout", "-q", "main")
        git(folder, self.env, "merge", "-q", "--no-ff", "-m", "Merge", branch)
        refs = [f"{base}:refs/heads/main", "HEAD:refs/pull/7/merge", branch]
        git(folder, self.env, "push", "-q", origin, *refs)
        return base

    def checked_out(self, ref: str) -> Path:
        """A shallow clone without branches."""
        folder = self.tmp / "check out"
        folder.mkdir()
        git(folder, self.env, "init", "-q", "-b", "unborn")
        git(folder, self.env, "remote", "add", "origin", (self.tmp / "origin.git").as_uri())
        git(folder, self.env, "fetch", "-q", "--no-tags", "--depth=1", "origin", ref)
        git(folder, self.env, "checkout", "-q", "--detach", "FETCH_HEAD")
        return folder

    def run(self, job: Job, **inputs: str) -> int:
        """Run the action but for its installation, which is there already."""
        place = self.tmp / "place"
        place.mkdir(exist_ok=True)
        for file in place.iterdir():
            file.unlink()
        job.runner.skip = {"install": {"python": self.python, "place": str(place)}}
        return job.runner.run(inputs)


@pytest.fixture
def makes(tmp_path: Path, python: str) -> Makes:
    tools, answers = tmp_path / "tools", tmp_path / "gh"
    tools.mkdir()
    answers.mkdir()
    fake = tools / "gh"
    fake.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/tests/data/gh.py" "$@"\n')
    fake.chmod(0o755)
    env = repositories.isolated()
    env |= {"PATH": f"{tools}{os.pathsep}{env['PATH']}", "FAKE_GH": str(answers)}
    return Makes(tmp_path, env, python)


# -- what is written


def test_nothing_of_the_event_or_the_user_is_put_into_a_script() -> None:
    for name, script in SCRIPTS.items():
        assert "${{" not in script, name
        assert not re.search(r"\beval\b|\bsource\b|bash -c|sh -c", script), name


def test_every_step_is_a_strict_script() -> None:
    for step in STEPS:
        assert step["shell"] == "bash"
        assert step["run"].startswith("set -euo pipefail")
        assert "uses" not in step


def test_inputs_and_outputs_say_what_they_are() -> None:
    loaded = action()
    for each in (*loaded["inputs"].values(), *loaded["outputs"].values()):
        assert each["description"].endswith(".")
    used = " ".join(str(step.get("env")) for step in STEPS)
    assert set(re.findall(r"inputs\.([\w-]+)", used)) == set(loaded["inputs"])


def test_only_the_comment_gets_a_token() -> None:
    assert [step["name"] for step in STEPS if "token" in str(step)] == ["Comment"]


def test_the_comment_is_found_by_the_line_that_the_format_writes() -> None:
    text = formats.render("markdown", (), Style(colored=False, width=80, table=None))
    assert text.startswith(MARKER)
    assert f'startswith("{MARKER}")' in SCRIPTS["Comment"]


# -- the environment


def test_the_environment_holds_this_nnlint_and_leaves_the_user_s_alone(python: str) -> None:
    asked = "import nnlint, sys; print(nnlint.__version__, nnlint.__file__, sys.prefix)"
    said = subprocess.run(
        [python, "-I", "-c", asked], check=True, capture_output=True, text=True
    ).stdout.split()
    assert said[0] == nnlint.__version__
    assert Path(said[1]).is_relative_to(Path(python).parent.parent)
    assert said[2] != sys.prefix


# -- lint and diff


def test_a_change_over_its_budget_fails_and_is_told(makes: Makes) -> None:
    job = makes.job({"net.yaml": SMALL}, {"net.yaml": GROWN})
    code = makes.run(job)
    assert code == 3, job.runner.log
    assert job.runner.output("exit-code") == "3"
    assert "NN904" not in job.runner.said("Lint")
    assert re.search(r"(?m)^::error file=net\.yaml,line=\d+,.*NN904", job.runner.said("Diff"))
    (comment,) = job.comments
    assert comment["body"].startswith(MARKER)
    assert f"{EXCEEDED}" in comment["body"]
    assert Path(job.runner.output("markdown")).read_text("utf-8") == comment["body"]
    assert "net.yaml" in job.runner.summary.read_text("utf-8")


def test_what_was_said_of_a_file_is_not_said_twice(makes: Makes) -> None:
    job = makes.job({"net.yaml": SMALL}, {"net.yaml": HUGE})
    assert makes.run(job) == 3
    lint, diff = (job.runner.said(name).splitlines() for name in ("Lint", "Diff"))
    assert [line for line in lint if "NN901" in line]
    assert [line for line in diff if "NN904" in line]
    assert not set(lint) & set(diff)


def test_a_change_within_its_budget_passes(makes: Makes) -> None:
    named = SMALL.replace("out_features: 10", "out_features: 10, name: head")
    job = makes.job({"net.yaml": SMALL}, {"net.yaml": named})
    assert makes.run(job) == 0, job.runner.log
    assert job.runner.output("exit-code") == "0"


def test_a_pull_request_without_networks_gets_no_comment(makes: Makes) -> None:
    job = makes.job({"net.yaml": SMALL}, {"compose.yaml": "services: {}\n", "README.md": "!"})
    assert makes.run(job) == 0, job.runner.log
    assert job.comments == []
    assert {call[1] for call in job.calls} == {"--paginate"}, "nothing but looking"


def test_a_push_is_linted_and_compared_with_nothing(makes: Makes) -> None:
    job = makes.job({"net.yaml": SMALL}, {"net.yaml": HUGE}, facts={})
    assert makes.run(job) == 3, job.runner.log
    assert "NN901" in job.runner.said("Lint")
    assert job.runner.said("Diff") == ""
    assert (job.calls, job.runner.output("markdown")) == ([], "")


def test_a_branch_that_is_new_has_nothing_to_compare_with(makes: Makes) -> None:
    job = makes.job({"net.yaml": SMALL}, {"net.yaml": GROWN}, facts={})
    assert makes.run(job, base="0" * 40) == 0, job.runner.log
    assert job.runner.said("Diff") == ""


def test_a_broken_spec_is_worse_than_a_budget(makes: Makes) -> None:
    job = makes.job({"a.yaml": SMALL}, {"a.yaml": HUGE, "b.yaml": BROKEN}, facts={})
    assert makes.run(job) == 1, job.runner.log


LEAST_FIRST = ("0", "3", "1", "2")


@pytest.mark.parametrize(
    ("lint", "diff"),
    [*itertools.product(LEAST_FIRST, ("", *LEAST_FIRST)), ("130", "0"), ("0", "137"), ("", "")],
)
def test_the_worst_decides(makes: Makes, lint: str, diff: str) -> None:
    """As in `nnlint` itself: 2 beats the rest, and findings beat budgets."""
    runner = Runner(makes.tmp, makes.tmp, makes.env, {})
    runner.start({})
    runner.keep("lint", {"exit-code": lint})
    runner.keep("diff", {"exit-code": diff})
    known = lint in LEAST_FIRST and diff in ("", *LEAST_FIRST)
    worst = max((lint, diff or "0"), key=LEAST_FIRST.index) if known else "2"
    assert str(runner.step(STEPS[-1]).code) == worst
    assert runner.output("exit-code") == worst


# -- the base


def test_the_base_is_fetched_where_the_clone_lacks_it(makes: Makes) -> None:
    job = makes.job({"net.yaml": SMALL}, {"net.yaml": GROWN})
    folder = job.runner.folder
    assert git(folder, makes.env, "rev-list", "--all", "HEAD").splitlines() != []
    with pytest.raises(AssertionError):
        git(folder, makes.env, "cat-file", "-e", f"{job.base}^{{commit}}")
    assert makes.run(job) == 3, job.runner.log
    git(folder, makes.env, "cat-file", "-e", f"{job.base}^{{commit}}")


@pytest.mark.parametrize("base", ["main", "origin/main"])
def test_the_base_may_be_a_branch(makes: Makes, base: str) -> None:
    job = makes.job({"net.yaml": SMALL}, {"net.yaml": GROWN}, facts={})
    assert makes.run(job, base=base) == 3, job.runner.log
    assert "NN904" in job.runner.said("Diff")


def test_a_whole_clone_stays_whole(makes: Makes) -> None:
    job = makes.job({"net.yaml": SMALL}, {"net.yaml": GROWN})
    folder = job.runner.folder
    git(folder, makes.env, "fetch", "-q", "--unshallow", "origin", "refs/pull/7/merge")
    assert makes.run(job, base="change") == 0, job.runner.log
    assert git(folder, makes.env, "rev-parse", "--is-shallow-repository") == "false"


@pytest.mark.parametrize("base", ["0123456789" * 4, "-u./pwned", "no/such;touch pwned"])
def test_a_base_that_is_nowhere_can_not_be_checked(makes: Makes, base: str) -> None:
    job = makes.job({"net.yaml": SMALL}, {"net.yaml": GROWN})
    assert makes.run(job, base=base) == 2, job.runner.log
    assert f"nnlint: there is no base '{base}'" in job.runner.log
    assert not list(makes.tmp.rglob("pwned"))


# -- the comment


def test_the_second_run_writes_into_the_comment_of_the_first(makes: Makes) -> None:
    job = makes.job({"net.yaml": SMALL}, {"net.yaml": GROWN})
    makes.run(job)
    (first,) = job.comments
    repositories.write(job.runner.folder, {"net.yaml": SPEC.format(width=12)})
    makes.run(job)
    (second,) = job.comments
    assert (second["id"], second["login"]) == (first["id"], BOT)
    assert second["body"] != first["body"]


def test_a_comment_follows_a_change_that_is_taken_back(makes: Makes) -> None:
    job = makes.job({"net.yaml": SMALL}, {"net.yaml": GROWN})
    makes.run(job)
    (before,) = job.comments
    repositories.write(job.runner.folder, {"net.yaml": SMALL})
    assert makes.run(job) == 0, job.runner.log
    (after,) = job.comments
    assert after["id"] == before["id"]
    assert f"{EXCEEDED}" not in after["body"]


def test_the_comments_of_others_stay(makes: Makes) -> None:
    job = makes.job({"net.yaml": SMALL}, {"net.yaml": GROWN})
    others = [
        {"id": 1, "login": "mallory", "body": f"{MARKER}\nnot the bot's"},
        {"id": 2, "login": BOT, "body": f"quoted: {MARKER}"},
    ]
    (job.gh / "comments.json").write_text(json.dumps(others))
    makes.run(job)
    assert job.comments[:2] == others
    assert job.comments[2]["body"].startswith(MARKER)


def test_a_fork_s_token_writes_nothing_and_fails_nothing(makes: Makes) -> None:
    job = makes.job({"net.yaml": SMALL}, {"net.yaml": GROWN})
    (job.gh / "denied").touch()
    assert makes.run(job) == 3, job.runner.log
    assert job.runner.said("Comment").startswith("::notice title=nnlint::")
    assert job.comments == []


def test_no_comment_where_none_is_wanted(makes: Makes) -> None:
    job = makes.job({"net.yaml": SMALL}, {"net.yaml": GROWN})
    assert makes.run(job, comment="false") == 3
    assert job.calls == []


# -- names and words from strangers

HOSTILE = (
    "$(touch pwned).yaml",
    "`touch pwned`.yaml",
    "a;touch pwned;.yaml",
    "-x.yaml",
    "--output=json=pwned.yaml",
    "two words.yaml",
    "größe.yaml",
    "'\"quoted.yaml",
    "a\n::warning::forged.yaml",
)


def test_names_of_files_and_branches_run_nothing_and_forge_nothing(makes: Makes) -> None:
    before = {f"nets/{name}": SMALL for name in HOSTILE}
    after = {f"nets/{name}": GROWN for name in HOSTILE}
    job = makes.job({**before}, {**after}, branch="$(touch${IFS}pwned);`id`")
    assert makes.run(job) == 3, job.runner.log
    assert job.runner.said("Diff").count("NN904") == len(HOSTILE)
    for step in job.runner.ran:
        assert "::warning::forged" not in step.out.splitlines()
        assert not re.search(r"(?m)^::warning::forged", step.out + step.err)
    assert not list(makes.tmp.rglob("pwned*"))


def test_paths_are_taken_line_by_line(makes: Makes) -> None:
    paths = ["my nets/a b.yaml", "$(touch pwned).yaml", "-x.yaml", "[*].yaml"]
    job = makes.job(dict.fromkeys(paths, SMALL), dict.fromkeys(paths, GROWN))
    assert makes.run(job, paths="\n".join([*paths, ""])) == 3, job.runner.log
    assert job.runner.said("Diff").count("NN904") == len(paths)
    assert not list(makes.tmp.rglob("pwned"))


def test_only_what_was_asked_for_is_checked(makes: Makes) -> None:
    grown = {"in/net.yaml": GROWN, "out/net.yaml": HUGE}
    job = makes.job(dict.fromkeys(grown, SMALL), {**grown})
    makes.run(job, paths="in")
    assert "out/net.yaml" not in job.runner.log


def test_no_names_of_files_are_put_in_for_a_star(makes: Makes) -> None:
    broken = dict.fromkeys(("old/a.yaml", "older/b.yaml"), BROKEN)
    job = makes.job({"net.yaml": SMALL}, {**broken}, facts={})
    assert makes.run(job, args="--exclude old*") == 0, job.runner.log


def test_options_go_to_both_commands_word_by_word(makes: Makes) -> None:
    job = makes.job({"net.yaml": SMALL}, {"net.yaml": GROWN})
    assert makes.run(job, args="--fail-on never\n  --budget params=1k") == 0, job.runner.log
    assert "NN901" in job.runner.said("Lint")
    assert "NN904" in job.runner.said("Diff")


def test_options_are_no_script(makes: Makes) -> None:
    job = makes.job({"net.yaml": SMALL}, {"net.yaml": GROWN}, facts={})
    assert makes.run(job, args="--exclude $(touch${IFS}pwned) ; touch pwned *") == 2
    assert not list(makes.tmp.rglob("pwned"))

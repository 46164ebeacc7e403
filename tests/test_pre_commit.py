"""The hook, run by the real pre-commit from a repository that holds this working tree."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml

import nnlint
from tests import repositories
from tests.repositories import ROOT, git

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HOOKS = ROOT / ".pre-commit-hooks.yaml"
ENTRIES = {
    "nnlint": "nnlint --skip-unmarked --no-table",
    "nnlint-fix": "nnlint --fix --skip-unmarked --no-table",
    "nnlint-budget": "nnlint diff --base HEAD",
}

GOOD = """\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
expect: {params: 7850}
"""
BROKEN = """\
nnlint: 1
input: [784]
layers:
  - {type: Linear, in_features: 100, out_features: 10}
"""
WARNED = """\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
budget: {params: 8k}
"""
UNMARKED = "services:\n  web: {image: nginx}\n"


class Hook(NamedTuple):
    """nnlint as a hook repository, with its environment installed."""

    repository: Path
    revision: str
    env: dict[str, str]

    def project(
        self,
        folder: Path,
        files: Mapping[str, str | bytes | None],
        args: str = "",
        name: str = "nnlint",
    ) -> Path:
        """A user's repository with these files staged, and a hook in its configuration."""
        return self.configured(
            folder, files, f"{{id: {name}{f', args: {args}' if args else ''}}}"
        )

    def configured(
        self, folder: Path, files: Mapping[str, str | bytes | None], *hooks: str
    ) -> Path:
        """The same with several hooks."""
        git(folder, self.env, "init", "-q", "-b", "main")
        config = f"repos:\n  - repo: {self.repository}\n    rev: {self.revision}\n"
        config += f"    hooks: [{', '.join(hooks)}]\n"
        repositories.write(folder, {".pre-commit-config.yaml": config, **files})
        git(folder, self.env, "add", "--all")
        return folder

    def run(self, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
        """Run pre-commit there."""
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", *words],
            cwd=folder,
            env=self.env,
            check=False,
            capture_output=True,
            text=True,
        )


@pytest.fixture(scope="module")
def hook(tmp_path_factory: pytest.TempPathFactory) -> Hook:
    """Commit the working tree to a repository of its own, and install the hooks once."""
    env = {
        **repositories.isolated(),
        "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit-home")),
        "PRE_COMMIT_COLOR": "never",
        "PIP_NO_COMPILE": "0",  # so pip spells --no-compile; it saves two seconds
    }
    repository = tmp_path_factory.mktemp("nnlint-repository")
    repositories.copy_working_tree(repository, env)
    git(repository, env, "init", "-q")
    made = Hook(repository, repositories.commit(repository, env, {}), env)
    user = made.project(tmp_path_factory.mktemp("first-user"), {})
    installed = made.run(user, "install-hooks")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return made


def hooks() -> dict[str, dict[str, Any]]:
    """The hooks of the file by their ids."""
    return {one["id"]: one for one in yaml.safe_load(HOOKS.read_text("utf-8"))}


# -- what is written


@pytest.mark.parametrize("name", hooks())
def test_hooks_file_says_what_the_contract_says(name: str) -> None:
    entry = hooks()[name]
    assert entry["entry"] == ENTRIES[name]
    assert entry["files"] == r"\.ya?ml$"
    assert entry["require_serial"] is True
    assert entry["language"] == "python"
    assert entry["name"]
    assert entry["description"]
    assert "args" not in entry, "users replace args: nothing that matters may stand there"
    assert not {"types", "types_or", "exclude"} & set(entry), (
        "only the file name and the marker decide what is checked"
    )
    assert entry.get("pass_filenames", True) is (name != "nnlint-budget"), (
        "a change is the whole repository's: a spec that goes has no name to pass"
    )


def test_hooks_are_all_that_there_are() -> None:
    assert set(hooks()) == set(ENTRIES)


@pytest.mark.parametrize(
    ("name", "taken"),
    [("a.yaml", True), ("deep/a.yml", True), ("a.yaml.jinja", False), ("yaml", False),
     ("ayaml", False), ("a.json", False)],
)  # fmt: skip
def test_hooks_take_yaml_files_by_name(name: str, taken: bool) -> None:
    assert {bool(re.search(one["files"], name)) for one in hooks().values()} == {taken}


# -- nnlint


def test_good_spec_passes_without_a_table(hook: Hook, tmp_path: Path) -> None:
    done = hook.run(hook.project(tmp_path, {"good.yaml": GOOD}), "run", "--verbose")
    assert done.returncode == 0, done.stdout
    assert "Passed" in done.stdout
    assert "1 file checked" in done.stdout
    assert "7,840" not in done.stdout


def test_broken_spec_fails_with_its_place_and_code(hook: Hook, tmp_path: Path) -> None:
    files = {"good.yaml": GOOD, "broken.yml": BROKEN}
    done = hook.run(hook.project(tmp_path, files), "run")
    assert done.returncode == 1, done.stdout
    assert "exit code: 1" in done.stdout
    assert re.search(r"(?m)^broken\.yml:4:\d+: error\[NN201\]", done.stdout), done.stdout
    assert "good.yaml:" not in done.stdout


def test_yaml_without_marker_is_skipped_and_counted(hook: Hook, tmp_path: Path) -> None:
    files = {"compose.yaml": UNMARKED, "ci.yml": UNMARKED}
    done = hook.run(hook.project(tmp_path, files), "run", "--verbose", "--all-files")
    assert done.returncode == 0, done.stdout
    # pre-commit's own configuration is YAML too, and no spec
    assert "3 files skipped" in done.stdout


def test_arguments_of_the_user_do_not_lose_skip_unmarked(hook: Hook, tmp_path: Path) -> None:
    files = {"compose.yaml": UNMARKED, "near.yaml": WARNED}
    project = hook.project(tmp_path, files, args="[--fail-on, warning]")
    done = hook.run(project, "run", "--all-files")
    assert re.search(r"(?m)^near\.yaml:5:\d+: warning\[NN902\]", done.stdout), done.stdout
    assert "exit code: 3" in done.stdout
    assert "2 files skipped" in done.stdout
    assert "not a spec" not in done.stdout


def test_warning_alone_passes_where_the_user_asks_for_no_more(
    hook: Hook, tmp_path: Path
) -> None:
    done = hook.run(hook.project(tmp_path, {"near.yaml": WARNED}), "run", "--verbose")
    assert done.returncode == 0, done.stdout
    assert "warning[NN902]" in done.stdout


# -- a repository with YAML of other kinds

OTHERS: dict[str, str | bytes | None] = {
    "k8s.yaml": "apiVersion: v1\nkind: Service\n---\napiVersion: v1\nkind: Pod\n",
    ".github/workflows/ci.yml": "on: push\njobs: {a: {runs-on: x, steps: [{run: nnlint .}]}}\n",
    "chart/templates/pod.yaml": "{{- if .Values.on }}\nargs: {{ toYaml . }}",
    "docker-compose.yml": UNMARKED,
    "latin.yaml": "name: größe\n".encode("latin-1"),
    "empty.yaml": "",
}
NAMES = ("two words.yaml", "größe.yaml", "a'\"$(touch pwned).yaml", "#1 [x]{y}.yaml")
FIXABLE = """\
nnlint: 1
input: [784]
layers:
  - {type: Dense, units: "10"}  # Keras' words
"""
MENDED = """\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}  # Keras' words
"""


@pytest.mark.parametrize("name", hooks())
def test_yaml_of_other_kinds_is_left_alone(hook: Hook, tmp_path: Path, name: str) -> None:
    done = hook.run(hook.project(tmp_path, OTHERS, name=name), "run", "--all-files")
    assert done.returncode == 0, done.stdout
    repositories.write(tmp_path, {"broken.yaml": BROKEN})
    git(tmp_path, hook.env, "add", "--all")
    done = hook.run(tmp_path, "run", "--all-files")
    assert done.returncode == 1, done.stdout
    found = re.findall(r"(?m)^(\S+?):\d+:\d+: error\[NN201\]", done.stdout)
    assert found == ["broken.yaml"], done.stdout


@pytest.mark.parametrize("name", hooks())
def test_odd_names_and_windows_line_ends(hook: Hook, tmp_path: Path, name: str) -> None:
    windows = BROKEN.replace("\n", "\r\n").encode()
    project = hook.project(tmp_path, dict.fromkeys(NAMES, windows), name=name)
    done = hook.run(project, "run")
    assert done.returncode == 1, done.stdout
    assert done.stdout.count("error[NN201]") == len(NAMES), done.stdout
    assert not (tmp_path / "pwned").exists()
    assert {(tmp_path / one).read_bytes() for one in NAMES} == {windows}


@pytest.mark.parametrize("name", hooks())
def test_a_name_like_an_option_is_never_green(hook: Hook, tmp_path: Path, name: str) -> None:
    """pre-commit hands over names as they are; what can't be told apart is refused."""
    done = hook.run(hook.project(tmp_path, {"-x.yaml": BROKEN}, name=name), "run")
    assert done.returncode == 1, done.stdout
    assert "-x.yaml" in done.stdout


@pytest.mark.parametrize("name", hooks())
def test_a_file_that_is_gone_is_no_news(hook: Hook, tmp_path: Path, name: str) -> None:
    files = {"good.yaml": GOOD, "broken.yaml": BROKEN}
    project = hook.project(tmp_path, files, name=name)
    repositories.commit(project, hook.env, {})
    git(project, hook.env, "rm", "-q", "broken.yaml")
    done = hook.run(project, "run")
    assert done.returncode == 0, done.stdout


# -- nnlint-fix


def test_a_fix_stops_the_commit_and_the_second_try_passes(hook: Hook, tmp_path: Path) -> None:
    project = hook.project(tmp_path, {"net.yaml": FIXABLE, **OTHERS}, name="nnlint-fix")
    first = hook.run(project, "run")
    assert first.returncode == 1, first.stdout
    assert "files were modified by this hook" in first.stdout
    assert "net.yaml" in first.stdout
    assert (project / "net.yaml").read_text() == MENDED
    for name, content in OTHERS.items():
        written = content.encode() if isinstance(content, str) else content
        assert (project / name).read_bytes() == written
    git(project, hook.env, "add", "--all")
    second = hook.run(project, "run")
    assert second.returncode == 0, second.stdout


def test_windows_line_ends_stay(hook: Hook, tmp_path: Path) -> None:
    files = {"net.yaml": FIXABLE.replace("\n", "\r\n").encode()}
    project = hook.project(tmp_path, {**files}, name="nnlint-fix")
    assert hook.run(project, "run").returncode == 1
    assert (project / "net.yaml").read_bytes() == MENDED.replace("\n", "\r\n").encode()


def test_what_no_fix_mends_fails_although_nothing_changes(hook: Hook, tmp_path: Path) -> None:
    done = hook.run(hook.project(tmp_path, {"net.yaml": BROKEN}, name="nnlint-fix"), "run")
    assert done.returncode == 1, done.stdout
    assert "exit code: 1" in done.stdout
    assert "files were modified" not in done.stdout
    assert (tmp_path / "net.yaml").read_text() == BROKEN


# -- nnlint-budget


def linear(width: int) -> str:
    """A network of 784·width + width parameters, which may grow by 1,000."""
    return (
        "nnlint: 1\ninput: [784]\nlayers:\n"
        f"  - {{type: Linear, out_features: {width}}}\n"
        "budget: {params: {max_increase: 1000}}\n"
    )


def test_a_change_that_grows_too_much_is_stopped(hook: Hook, tmp_path: Path) -> None:
    project = hook.project(tmp_path, {"net.yaml": linear(10)}, name="nnlint-budget")
    assert hook.run(project, "run").returncode == 0, "in the first commit all is new"
    repositories.commit(project, hook.env, {})
    assert hook.run(project, "run", "--all-files").returncode == 0, "nothing changed"
    repositories.write(project, {"net.yaml": linear(11)})
    git(project, hook.env, "add", "--all")
    assert hook.run(project, "run").returncode == 0, "785 more fit"
    repositories.write(project, {"net.yaml": linear(12)})
    git(project, hook.env, "add", "--all")
    done = hook.run(project, "run")
    assert done.returncode == 1, done.stdout
    assert "error[NN904]" in done.stdout
    assert "exit code: 3" in done.stdout


def test_a_renamed_spec_is_held_against_its_old_self(hook: Hook, tmp_path: Path) -> None:
    project = hook.project(tmp_path, {"net.yaml": linear(10)}, name="nnlint-budget")
    repositories.commit(project, hook.env, {})
    repositories.write(project, {"net.yaml": None, "new name.yaml": linear(12)})
    git(project, hook.env, "add", "--all")
    done = hook.run(project, "run")
    assert done.returncode == 1, done.stdout
    assert "new name.yaml:5:" in done.stdout
    assert "error[NN904]" in done.stdout


def test_a_draft_that_git_does_not_know_stops_no_commit(hook: Hook, tmp_path: Path) -> None:
    project = hook.project(tmp_path, {"net.yaml": linear(10)}, name="nnlint-budget")
    repositories.commit(project, hook.env, {})
    repositories.write(project, {"net.yaml": linear(11)})
    git(project, hook.env, "add", "--all")
    repositories.write(project, {"draft.yaml": BROKEN})
    done = hook.run(project, "run")
    assert done.returncode == 0, done.stdout
    assert "draft.yaml" not in done.stdout


@pytest.mark.parametrize(
    ("args", "passes"), [("", True), ("[--base, main]", False), ("[--base, main...]", False)]
)
def test_in_ci_the_base_is_a_branch(
    hook: Hook, tmp_path: Path, args: str, passes: bool
) -> None:
    """The working tree is the last commit there, which differs from nothing by default."""
    project = hook.project(tmp_path, {"net.yaml": linear(10)}, args, name="nnlint-budget")
    repositories.commit(project, hook.env, {})
    git(project, hook.env, "checkout", "-q", "-b", "change")
    repositories.commit(project, hook.env, {"net.yaml": linear(12)})
    for words in (("--all-files",), ("--from-ref", "main", "--to-ref", "HEAD")):
        done = hook.run(project, "run", *words)
        assert done.returncode == (0 if passes else 1), done.stdout


def test_a_base_that_is_nowhere_is_not_green(hook: Hook, tmp_path: Path) -> None:
    files = {"net.yaml": linear(10)}
    project = hook.project(tmp_path, {**files}, "[--base, origin/main]", name="nnlint-budget")
    done = hook.run(project, "run")
    assert done.returncode == 1, done.stdout
    assert "exit code: 2" in done.stdout
    assert "origin/main" in done.stdout


def test_the_user_leaves_files_out(hook: Hook, tmp_path: Path) -> None:
    one = "{id: nnlint-budget, exclude: ^papers/}"
    project = hook.configured(tmp_path, {"papers/net.yaml": linear(10)}, one)
    repositories.commit(project, hook.env, {})
    repositories.write(project, {"papers/net.yaml": linear(12)})
    git(project, hook.env, "add", "--all")
    assert hook.run(project, "run").returncode == 0


# -- the README


def readme_configurations() -> list[str]:
    """The blocks of the README that go into .pre-commit-config.yaml."""
    readme = (ROOT / "README.md").read_text("utf-8")
    return re.findall(r"```yaml\n(repos:\n.*?)```", readme, re.DOTALL)


def pasted(hook: Hook, folder: Path, block: str) -> Path:
    """A repository with that configuration; `repo` and `rev` are this working tree's."""
    config = yaml.safe_load(block)
    (source,) = config["repos"]
    assert (source["repo"], source["rev"]) == (nnlint.HOME, f"v{nnlint.__version__}")
    source["repo"], source["rev"] = str(hook.repository), hook.revision
    git(folder, hook.env, "init", "-q", "-b", "main")
    written = {".pre-commit-config.yaml": yaml.safe_dump(config), "net.yaml": linear(10)}
    repositories.commit(folder, hook.env, {**written})
    git(folder, hook.env, "remote", "add", "origin", str(folder))
    git(folder, hook.env, "fetch", "-q", "origin")
    git(folder, hook.env, "checkout", "-q", "-b", "change")
    return folder


def test_the_readme_s_first_configuration(hook: Hook, tmp_path: Path) -> None:
    project = pasted(hook, tmp_path, readme_configurations()[0])
    assert hook.run(project, "run", "--all-files").returncode == 0
    repositories.commit(project, hook.env, {"near.yaml": WARNED})
    done = hook.run(project, "run", "--all-files")
    assert done.returncode == 1, done.stdout
    assert "warning[NN902]" in done.stdout


def test_the_readme_s_second_configuration(hook: Hook, tmp_path: Path) -> None:
    project = pasted(hook, tmp_path, readme_configurations()[1])
    assert hook.run(project, "run", "--all-files").returncode == 0
    repositories.commit(project, hook.env, {"net.yaml": linear(12), "keras.yaml": FIXABLE})
    done = hook.run(project, "run", "--all-files")
    assert done.returncode == 1, done.stdout
    assert "error[NN904]" in done.stdout
    assert (project / "keras.yaml").read_text() == MENDED


def test_the_readme_names_every_hook() -> None:
    section = (ROOT / "README.md").read_text("utf-8").partition("## In CI")[2]
    assert all(f"id: {name}\n" in section for name in hooks())

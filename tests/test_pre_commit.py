"""The hook, run by the real pre-commit from a repository that holds this working tree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

ROOT = Path(__file__).parent.parent
HOOKS = ROOT / ".pre-commit-hooks.yaml"

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


def isolated(home: Path) -> dict[str, str]:
    """An environment without the user's git configuration, and with an author."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    someone = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", "Ann"), ("EMAIL", "ann@example.org"))
    }
    return {
        **kept,
        **someone,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "PRE_COMMIT_HOME": str(home),
        "PRE_COMMIT_COLOR": "never",
        "PIP_NO_COMPILE": "0",  # so pip spells --no-compile; it saves two seconds
    }


def git(folder: Path, env: dict[str, str], *words: str) -> str:
    """Run git there; what it says."""
    done = subprocess.run(
        ["git", *words], cwd=folder, env=env, check=True, capture_output=True, text=True
    )
    return done.stdout


def copy_working_tree(to: Path, env: dict[str, str]) -> None:
    """Every file that is tracked, or new and not ignored, as it is now."""
    listed = git(ROOT, env, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, to / name)


class Hook(NamedTuple):
    """nnlint as a hook repository, with its environment installed."""

    repository: Path
    revision: str
    env: dict[str, str]

    def project(self, folder: Path, files: dict[str, str], args: str = "") -> Path:
        """A user's repository with these files staged, and the hook in its configuration."""
        git(folder, self.env, "init", "-q")
        hook = f"{{id: nnlint{f', args: {args}' if args else ''}}}"
        (folder / ".pre-commit-config.yaml").write_text(
            f"repos:\n  - repo: {self.repository}\n    rev: {self.revision}\n"
            f"    hooks: [{hook}]\n"
        )
        for name, text in files.items():
            (folder / name).write_text(text)
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
    """Commit the working tree to a repository of its own, and install the hook once."""
    env = isolated(tmp_path_factory.mktemp("pre-commit-home"))
    repository = tmp_path_factory.mktemp("nnlint-repository")
    copy_working_tree(repository, env)
    git(repository, env, "init", "-q")
    git(repository, env, "add", "--all")
    git(repository, env, "commit", "-q", "-m", "The working tree")
    made = Hook(repository, git(repository, env, "rev-parse", "HEAD").strip(), env)
    user = made.project(tmp_path_factory.mktemp("first-user"), {})
    installed = made.run(user, "install-hooks")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return made


def test_hooks_file_says_what_the_contract_says() -> None:
    (entry,) = yaml.safe_load(HOOKS.read_text())
    assert entry["id"] == "nnlint"
    assert entry["entry"] == "nnlint --skip-unmarked --no-table"
    assert entry["files"] == r"\.ya?ml$"
    assert entry["require_serial"] is True
    assert entry["language"] == "python"
    assert entry["name"]
    assert entry["description"]
    assert "args" not in entry, "users replace args: nothing that matters may stand there"
    assert not {"types", "types_or", "exclude", "pass_filenames"} & set(entry), (
        "only the file name and the marker decide what is checked"
    )


@pytest.mark.parametrize(
    ("name", "taken"),
    [("a.yaml", True), ("deep/a.yml", True), ("a.yaml.jinja", False), ("yaml", False),
     ("ayaml", False), ("a.json", False)],
)  # fmt: skip
def test_hook_takes_yaml_files_by_name(name: str, taken: bool) -> None:
    (entry,) = yaml.safe_load(HOOKS.read_text())
    assert bool(re.search(entry["files"], name)) is taken


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

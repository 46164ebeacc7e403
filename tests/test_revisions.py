"""`nnlint diff --base`: read out of git, and out of nothing else."""

from __future__ import annotations

import os
import re
import subprocess
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from nnlint.cli import main
from tests.histories import HEAD, Repository, diff, environment, spec

if TYPE_CHECKING:
    from pathlib import Path

THREE, FIVE = spec(3), spec(5)
GREW = "parameters 15 → 25, +10 (+66.7 %)"
"""4·3 + 3 and 4·5 + 5."""
NOT_UTF8 = THREE.encode() + b"# \xe9\n"


@pytest.fixture(autouse=True)
def _only_this_git(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in [key for key in os.environ if key.startswith("GIT_")]:
        monkeypatch.delenv(key)
    for key, value in environment().items():
        monkeypatch.setenv(key, value)


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = Repository.new(tmp_path / "repo")
    monkeypatch.chdir(made.folder)
    return made


def told(*argv: str) -> list[str]:
    """What is said of each spec, where nothing is wrong."""
    run = diff(*argv)
    assert (run.code, run.err) == (0, "")
    return run.lines


# --- which revision -------------------------------------------------------------------------


@pytest.fixture
def history(repo: Repository) -> Repository:
    """Widths 1, 2, 4 on main with a tag at 2; 3 on a branch that left at 2; 9 in the tree."""
    repo.commit(a=spec(1))
    repo.commit(a=spec(2))
    repo.git("tag", "--annotate", "--message=.", "v1")
    repo.git("switch", "--quiet", "--create", "feature/x")
    repo.commit(a=spec(3))
    repo.git("switch", "--quiet", "main")
    repo.commit(a=spec(4))
    repo.git("update-ref", "refs/remotes/origin/feature/x", "feature/x")
    repo.write("a.yaml", spec(9))
    return repo


@pytest.mark.parametrize(
    ("base", "width"),
    [("HEAD", 4), ("main", 4), ("@", 4), ("HEAD~2", 1), ("HEAD^", 2), ("v1", 2),
     ("refs/tags/v1", 2), ("feature/x", 3), ("origin/feature/x", 3), ("v1~1", 1),
     ("feature/x...", 2), ("feature/x...HEAD", 2), ("feature/x...main", 2), ("v1...", 2)],
)  # fmt: skip
def test_every_way_to_name_a_revision(history: Repository, base: str, width: int) -> None:
    (line,) = told("--base", base)
    assert f"parameters {5 * width} → 45, " in line


def test_a_commit_by_its_name(history: Repository) -> None:
    whole = history.git("rev-parse", "v1^{commit}")
    for name in (whole, whole[:9]):
        (line,) = told("--base", name)
        assert "parameters 10 → 45, " in line


@pytest.mark.parametrize("base", ["", "...", "...main"])
def test_no_name_is_no_revision(history: Repository, base: str) -> None:
    """`--base "$BASE"` with a variable that is not set would compare nothing, and be green."""
    run = diff("--base", base)
    assert (run.code, run.out) == (2, "")
    assert "names no revision" in run.err
    assert len(run.err.splitlines()) == 1


@pytest.mark.parametrize("base", ["HEAD:a.yaml", "--all", "-x", "main..v1", "a b", "x\ny"])
def test_what_is_no_revision(history: Repository, base: str) -> None:
    run = diff(f"--base={base}")
    assert (run.code, run.out) == (2, "")
    assert len(run.err.splitlines()) == 1


# --- no base, and what to do ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "words"),
    [("mian", "did you mean 'main'?"), ("qqqqqq", "name another --base"),
     ("HEAD~7", "it has fewer commits"), ("main^2", "it has fewer commits")],
)  # fmt: skip
def test_a_repository_of_its_own_has_nowhere_to_fetch_from(
    repo: Repository, base: str, words: str
) -> None:
    repo.commit(a=THREE)
    run = diff("--base", base)
    assert run.code == 2
    assert words in run.err
    assert "git fetch" not in run.err


def test_a_branch_that_only_the_remote_has(history: Repository) -> None:
    history.git("remote", "add", "origin", "/does/not/exist")
    history.git("branch", "--quiet", "--delete", "--force", "feature/x")
    run = diff("--base", "feature/x")
    assert run.code == 2
    assert "did you mean 'origin/feature/x'?" in run.err


@pytest.mark.parametrize(
    ("base", "width"),
    [("feature/x", 3), ("origin/feature/x", 3), ("v1", 2), ("HEAD~2", 1), ("HEAD~2...", 1),
     ("feature/x...", 2), ("origin/feature/x...HEAD", 2), ("main...feature/x", 2)],
)  # fmt: skip
def test_in_a_shallow_clone_the_remedy_works(
    history: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: str, width: int
) -> None:
    """The message names the commands, and they are run as they stand there."""
    monkeypatch.chdir(_shallow(history, tmp_path))
    run = diff("--base", base)
    assert (run.code, run.out) == (2, "")
    again = _follow(run.err, base)
    (tmp_path / "shallow/a.yaml").write_text(spec(9))
    (line,) = told("--base", again)
    assert f"parameters {5 * width} → 45, " in line


def test_a_whole_commit_name_is_fetched_by_it(
    history: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    oid = history.git("rev-parse", "HEAD~1")
    monkeypatch.chdir(_shallow(history, tmp_path))
    short = diff("--base", oid[:9])
    assert short.code == 2
    assert "write the commit's name whole" in short.err
    again = _follow(diff("--base", oid).err, oid)
    (tmp_path / "shallow/a.yaml").write_text(spec(9))
    (line,) = told("--base", again)
    assert "parameters 10 → 45, " in line


def _shallow(history: Repository, tmp_path: Path) -> Path:
    """A clone of the last commit of one branch, as CI makes it."""
    url = history.folder.as_uri()
    words = ("clone", "--quiet", "--depth=1", "--branch=main", url, str(tmp_path / "shallow"))
    history.git("config", "uploadpack.allowAnySHA1InWant", "true")
    history.git(*words)
    return tmp_path / "shallow"


def _follow(message: str, base: str) -> str:
    """Run the command that a message names; the base that it says to take then."""
    command = re.search(r"get it with (git fetch [^,()]+?)(?:,| \(|\n)", message)
    assert command, message
    subprocess.run(command[1].split(), check=True, capture_output=True)
    named = re.search(r"compare with --base (\S+)", message)
    return named[1] if named else base


def test_branches_without_a_common_commit(history: Repository) -> None:
    history.git("switch", "--quiet", "--force", "--orphan", "other")
    history.commit(a=THREE)
    run = diff("--base", "main...")
    assert run.code == 2
    assert "no commit in common" in run.err
    assert "compare with --base main" in run.err
    history.write("a.yaml", FIVE)
    assert told("--base", "main") == [  # 5·4 and 5·5
        (
            "a.yaml: parameters 20 → 25, +5 (+25.0 %); MACs 16 → 20, +4 (+25.0 %); "
            "size 80 → 100 B, +20 (+25.0 %); output: [4] → [5]"
        )
    ]


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    run = diff("--base", "HEAD")
    assert (run.code, run.out) == (2, "")
    assert "not a git repository" in run.err
    assert "nnlint diff OLD NEW" in run.err


def test_no_git(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit(a=THREE)
    monkeypatch.setenv("PATH", "")
    run = diff("--base", "HEAD")
    assert (run.code, run.out) == (2, "")
    assert "needs git, which is not installed" in run.err


def test_a_repository_without_a_commit_has_new_specs(repo: Repository) -> None:
    repo.write("a.yaml", THREE)
    repo.git("add", "--all")
    (line,) = told("--base", "HEAD")
    assert line.startswith("a.yaml: added; parameters 15;")
    assert diff("--base", "main").code == 2


def test_a_branch_without_a_commit_beside_others(history: Repository) -> None:
    """Not all is new there: somebody meant another base."""
    history.git("switch", "--quiet", "--force", "--orphan", "other")
    history.write("a.yaml", THREE)
    assert diff("--base", "HEAD").code == 2


def test_an_empty_repository(repo: Repository) -> None:
    run = diff("--base", "HEAD")
    assert run.code == 2
    assert "no .yaml or .yml file in this folder" in run.err


# --- where it runs --------------------------------------------------------------------------


@pytest.fixture
def changed(repo: Repository) -> Repository:
    """Two specs that grew from 3 to 5, one at the top and one in a folder."""
    repo.commit(**{"a": THREE, "sub/b": THREE})
    repo.write("a.yaml", FIVE)
    repo.write("sub/b.yaml", FIVE)
    return repo


def names(lines: list[str]) -> list[str]:
    assert all(GREW in line for line in lines)
    return [line.partition(":")[0] for line in lines]


def test_from_a_folder_below(changed: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(changed.folder / "sub")
    assert names(told("--base", "HEAD")) == ["b.yaml"]
    assert names(told("--base", "HEAD", "..")) == ["../a.yaml", "../sub/b.yaml"]
    assert names(told("--base", "HEAD", "../a.yaml")) == ["../a.yaml"]


@pytest.mark.parametrize(
    ("folder", "git_dir", "work_tree"),
    [
        (".", ".git", None),
        ("sub", "../.git", ".."),
        (".", ".git", "."),
        ("sub", "{}/.git", "{}"),
    ],
)
def test_with_the_variables_that_git_gives_its_hooks(
    changed: Repository,
    monkeypatch: pytest.MonkeyPatch,
    folder: str,
    git_dir: str,
    work_tree: str | None,
) -> None:
    monkeypatch.chdir(changed.folder / folder)
    monkeypatch.setenv("GIT_DIR", git_dir.format(changed.folder))
    if work_tree:
        monkeypatch.setenv("GIT_WORK_TREE", work_tree.format(changed.folder))
    expected = ["a.yaml", "sub/b.yaml"] if folder == "." else ["b.yaml"]
    assert names(told("--base", "HEAD")) == expected


def test_in_a_work_tree_beside(
    changed: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed.git("worktree", "add", "--quiet", "-b", "other", str(tmp_path / "beside"))
    monkeypatch.chdir(tmp_path / "beside")
    assert told("--base", "main") == []
    (tmp_path / "beside/a.yaml").write_text(FIVE)
    assert names(told("--base", "main")) == ["a.yaml"]


def test_what_lies_outside_is_of_no_revision(changed: Repository, tmp_path: Path) -> None:
    """Not renamed either, however much it is like something that is gone here."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other/a.yaml").write_text(THREE)
    (changed.folder / "sub/b.yaml").unlink()
    (line,) = told("--base", "HEAD", "../other")
    assert line.startswith("../other/a.yaml: added;")


# --- names ----------------------------------------------------------------------------------

ODD = ["a b.yaml", "new\nline.yaml", "ümläut.yaml", "-dash.yaml", "quo'\"te.yaml", "tab\t.yml",
       "st[a]r.yaml", "what?.yaml", "back\\slash.yaml", "d e/x.yaml", "$(touch x).yaml",
       "\x1b[31m.yaml", ":(top)a.yaml", "\udcff.yaml"]  # fmt: skip


def test_odd_names(repo: Repository) -> None:
    for name in ODD:
        repo.write(name, THREE)
    repo.commit()
    assert told("--base", "HEAD") == []
    for name in ODD:
        repo.write(name, FIVE)
    lines = told("--base", "HEAD")
    assert len(lines) == len(ODD)
    assert all(GREW in line for line in lines)
    assert not any(byte in "\n".join(lines) for byte in "\x1b\t\r")


@pytest.mark.parametrize("name", ODD)
def test_an_odd_name_is_asked_for_and_may_be_gone(repo: Repository, name: str) -> None:
    repo.write(name, THREE)
    repo.commit(other=THREE)
    (repo.folder / name).unlink()
    (line,) = told("--base", "HEAD", f"./{name}")
    assert "removed; parameters 15 gone" in line


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["*.yaml"], {"a.yaml": "grew", "b.yaml": "gone"}),
        (["sub"], {"sub/c.yaml": "grew", "sub/d.yaml": "gone"}),
        (["sub/"], {"sub/c.yaml": "grew", "sub/d.yaml": "gone"}),
        (["**/*.yaml"], {"a.yaml": "grew", "b.yaml": "gone", "sub/c.yaml": "grew",
                         "sub/d.yaml": "gone", "lost/e.yaml": "gone"}),
        (["lost"], {"lost/e.yaml": "gone"}),
        (["lost/*.yaml", "a.yaml"], {"lost/e.yaml": "gone", "a.yaml": "grew"}),
        (["b.yaml"], {"b.yaml": "gone"}),
        (["./b.yaml", "sub/../a.yaml"], {"b.yaml": "gone", "sub/../a.yaml": "grew"}),
        (["a.yaml", "./a.yaml", "."], {"a.yaml": "grew", "b.yaml": "gone", "sub/c.yaml": "grew",
                                       "sub/d.yaml": "gone", "lost/e.yaml": "gone"}),
    ],
)  # fmt: skip
def test_what_is_asked_for_of_both_sides(
    repo: Repository, paths: list[str], expected: dict[str, str]
) -> None:
    other = f"{HEAD}  - {{type: Linear, out_features: 99}}\n  - ReLU\n  - Flatten\n# x\n# y\n"
    repo.commit(**{"a": THREE, "b": other, "sub/c": THREE, "sub/d": other, "lost/e": other})
    repo.write("a.yaml", FIVE)
    repo.write("sub/c.yaml", FIVE)
    for name in ("b", "sub/d", "lost/e"):
        (repo.folder / f"{name}.yaml").unlink()
    (repo.folder / "lost").rmdir()
    lines = told("--base", "HEAD", *paths)
    found = {line.partition(":")[0]: "gone" if "removed" in line else "grew" for line in lines}
    assert found == expected


def test_the_last_spec_of_a_folder_may_go(repo: Repository) -> None:
    repo.commit(**{"sub/a": THREE})
    repo.write("sub/notes.txt", "none left")
    (repo.folder / "sub/a.yaml").unlink()
    for asked in ("sub", "."):
        (line,) = told("--base", "HEAD", asked)
        assert line.startswith("sub/a.yaml: removed;")


@pytest.mark.parametrize("asked", ["missing.yaml", "missing", "*.yml", "", "-", "nul\0"])
def test_what_is_on_neither_side(repo: Repository, asked: str) -> None:
    repo.commit(a=THREE)
    run = diff("--base", "HEAD", asked)
    assert (run.code, run.out) == (2, "")
    assert len(run.err.splitlines()) == 1
    assert "internal error" not in run.err


def test_excluded_on_both_sides(changed: Repository) -> None:
    (changed.folder / "a.yaml").unlink()
    assert names(told("--base", "HEAD", "--exclude", "a.yaml")) == ["sub/b.yaml"]


# --- what became of files -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_bytes"),
    [lambda text: text.replace("\n", "\r\n").encode(),
     lambda text: b"\xef\xbb\xbf" + text.encode(),
     lambda text: text.encode() + b"# \xe9\n", lambda text: f"{text}# ümläut ☃\n".encode()],
    ids=["crlf", "bom", "latin-1", "utf-8"],
)  # fmt: skip
def test_a_spec_that_is_as_it_was_gates_nothing(repo: Repository, as_bytes) -> None:  # type: ignore[no-untyped-def]
    """However its bytes are, and though it breaks its budget."""
    repo.write("a.yaml", as_bytes(spec(3, "budget: {params: 1}")))
    repo.commit()
    assert told("--base", "HEAD") == []


def test_line_ends_alone_are_no_change(repo: Repository) -> None:
    repo.commit(a=THREE)
    repo.write("a.yaml", THREE.replace("\n", "\r\n"))
    assert told("--base", "HEAD") == []


def test_renamed(repo: Repository) -> None:
    repo.commit(a=THREE)
    (repo.folder / "a.yaml").rename(repo.folder / "b.yaml")
    repo.git("add", "--all")
    assert told("--base", "HEAD") == ["b.yaml: renamed from a.yaml; costs as much as it did"]
    repo.write("b.yaml", FIVE)
    (line,) = told("--base", "HEAD")
    assert line.startswith(f"b.yaml: renamed from a.yaml; {GREW}")


def test_renamed_out_of_what_is_asked_for(repo: Repository) -> None:
    repo.commit(**{"old/a": THREE, "new/x": spec(99, "# of its own", "loss: MSELoss")})
    (repo.folder / "old/a.yaml").rename(repo.folder / "new/a.yaml")
    repo.git("add", "--all")
    (line,) = told("--base", "HEAD", "new")
    assert line == "new/a.yaml: renamed from old/a.yaml; costs as much as it did"


def test_what_is_too_unlike_is_no_renaming(repo: Repository) -> None:
    repo.commit(a=THREE)
    (repo.folder / "a.yaml").unlink()
    repo.write("b.yaml", "# one\n# two\nnnlint: 1\ninput: [9]\nlayers: [ReLU, ReLU]\n")
    repo.git("add", "--all")
    kinds = [line.split()[1] for line in told("--base", "HEAD")]
    assert kinds == ["removed;", "added;"]


def test_the_likest_is_the_renamed_one(repo: Repository) -> None:
    """Two that go and two that come: each finds its own."""
    repo.commit(a=spec(3, "name: one", "loss: MSELoss"), b=spec(7, "name: two"))
    (repo.folder / "a.yaml").rename(repo.folder / "c.yaml")
    (repo.folder / "b.yaml").rename(repo.folder / "d.yaml")
    repo.git("add", "--all")
    assert told("--base", "HEAD") == [
        "c.yaml: renamed from a.yaml; costs as much as it did",
        "d.yaml: renamed from b.yaml; costs as much as it did",
    ]


def test_swapped_names_are_two_changes(repo: Repository) -> None:
    repo.commit(a=THREE, b=FIVE)
    repo.write("a.yaml", FIVE)
    repo.write("b.yaml", THREE)
    one, other = told("--base", "HEAD")
    assert "a.yaml: parameters 15 → 25, +10" in one
    assert "b.yaml: parameters 25 → 15, −10" in other


def test_a_file_may_become_a_spec_and_cease_to_be_one(repo: Repository) -> None:
    plain = "services: {web: 1}\n"
    repo.commit(a=THREE, b=plain, c=plain)
    repo.write("a.yaml", plain)
    repo.write("b.yaml", THREE)
    run = diff("--base", "HEAD")
    assert run.code == 2, "what was checked must not slip out of it"
    assert "a.yaml: it was a spec in the base, and no line begins with `nnlint:` now" in run.err
    assert run.out.startswith("b.yaml: added; parameters 15;")


def test_what_git_does_not_know_is_left_out_unless_it_is_named(repo: Repository) -> None:
    """As `git diff` has it; how many there are is said, so that nobody waits for them."""
    repo.commit(a=THREE)
    repo.write("b.yaml", spec(99, "loss: MSELoss"))
    run = diff("--base", "HEAD")
    assert (run.code, run.out) == (0, "")
    assert "1 file that git does not know left out" in run.err
    (line,) = told("--base", "HEAD", "b.yaml")
    assert line.startswith(f"b.yaml: added; parameters {5 * 99};")
    repo.git("add", "b.yaml")
    assert told("--base", "HEAD") == [line]


def test_a_link_is_what_it_leads_to(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit(**{"real/a": THREE, "gone": THREE})
    (repo.folder / "linked").mkdir()
    (repo.folder / "linked/a.yaml").symlink_to("../real/a.yaml")
    (repo.folder / "folder").symlink_to("real")
    repo.commit()
    (repo.folder / "gone.yaml").unlink()
    assert told("--base", "HEAD", "linked/a.yaml") == []
    repo.write("real/a.yaml", FIVE)
    assert names(told("--base", "HEAD", "linked")) == ["linked/a.yaml"]
    assert names(told("--base", "HEAD", "folder")) == ["folder/a.yaml"]


def test_a_submodule_is_no_file(repo: Repository, tmp_path: Path) -> None:
    inner = Repository.new(tmp_path / "inner")
    inner.commit(b=THREE)
    repo.git(
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        str(inner.folder),
        "sub.yaml",
    )
    repo.commit(a=THREE)
    repo.write("a.yaml", FIVE)
    lines = told("--base", "HEAD", "a.yaml")
    assert names(lines) == ["a.yaml"]


@pytest.mark.parametrize("base", ["nnlint: 1\nlayers: [\n", f"{HEAD}  - Foo\n", NOT_UTF8])
def test_a_base_that_cannot_be_read_is_no_obstacle(repo: Repository, base: str | bytes) -> None:
    """What was wrong with it is fixed; an increase from nobody knows what is a warning."""
    repo.write("a.yaml", base)
    repo.commit()
    repo.write("a.yaml", spec(5, "budget: {params: {max_increase: 1}}"))
    run = diff("--base", "HEAD")
    assert run.code == 0
    assert "warning[NN903] params: that no more than +1 is added cannot be proven" in run.out
    assert "1 finding fixed" in run.out
    assert diff("--base", "HEAD", "--fail-on", "warning").code == 3


def test_a_spec_that_breaks_is_not_gone(repo: Repository) -> None:
    repo.commit(a=spec(3, "budget: {params: 1}"))
    repo.write("a.yaml", "nnlint: 1\nlayers: [\n")
    run = diff("--base", "HEAD")
    assert run.code == 1
    assert (
        run.lines[-1] == "a.yaml: parameters 15 → unknown; MACs 12 → unknown; size 60 → unknown"
    )
    assert "fixed" not in run.out


def test_a_spec_that_is_too_large(repo: Repository) -> None:
    """It is read as far as shows that, on either side."""
    large = THREE + "#" * (8 * 2**20)
    repo.commit(a=large, b=THREE)
    repo.write("a.yaml", THREE)
    repo.write("b.yaml", large)
    run = diff("--base", "HEAD", "b.yaml")
    assert run.code == 1
    assert "error[NN014]" in run.out
    assert diff("--base", "HEAD", "a.yaml").code == 0


# --- nothing is touched, nothing is run -----------------------------------------------------


def state(repo: Repository) -> tuple[object, ...]:
    """Every file of the repository and of its work tree, with its time."""
    return tuple(
        (str(path), path.lstat().st_mtime_ns, path.lstat().st_size)
        for path in sorted(repo.folder.rglob("*"))
    )


def test_nothing_is_touched(history: Repository) -> None:
    history.git("remote", "add", "origin", "/does/not/exist")
    history.write("new.yaml", THREE)
    before, objects = state(history), history.git("count-objects", "--verbose")
    for base in ("HEAD", "HEAD~2", "feature/x...", "missing"):
        diff("--base", base, form="full")
    assert state(history) == before
    assert history.git("count-objects", "--verbose") == objects


SETTINGS = {
    "core.fsmonitor": "{trap}", "core.pager": "{trap}", "core.editor": "{trap}",
    "core.sshCommand": "{trap}", "core.gitProxy": "{trap}", "core.askPass": "{trap}",
    "core.hooksPath": "{hooks}", "diff.external": "{trap}", "diff.evil.textconv": "{trap}",
    "diff.evil.command": "{trap}",
    "filter.evil.smudge": "{trap}", "filter.evil.clean": "{trap}",
    "filter.evil.process": "{trap}", "filter.evil.required": "true",
    "alias.ls-tree": "!{trap}", "alias.cat-file": "!{trap}", "alias.rev-parse": "!{trap}",
    "credential.helper": "!{trap}", "gpg.program": "{trap}", "log.showSignature": "true",
    "protocol.allow": "always", "protocol.ext.allow": "always", "protocol.file.allow": "always",
    "remote.origin.url": "ext::{trap}", "remote.origin.promisor": "true",
    "remote.origin.uploadpack": "{trap}", "core.repositoryFormatVersion": "1",
    "extensions.partialClone": "origin",
}  # fmt: skip
"""Ways to have git run a program, of which a repository can bring its own."""


@pytest.fixture
def hostile(history: Repository, tmp_path: Path) -> tuple[Repository, Path]:
    """A repository that wants to run a program, and the mark that this leaves."""
    mark, trap = tmp_path / "mark", tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\necho ran >> '{mark}'\n")
    trap.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "post-index-change", "reference-transaction", "fsmonitor"):
        (hooks / name).symlink_to(trap)
    history.write(".gitattributes", "*.yaml diff=evil filter=evil\n")
    for key, value in SETTINGS.items():
        history.git("config", key, value.format(trap=trap, hooks=hooks))
    return history, mark


def let_git(words: str, repo: Repository) -> None:
    """Run git as anybody would, with all that the repository sets."""
    subprocess.run(
        ["git", *words.split()], cwd=repo.folder, env=environment(), capture_output=True,
        stdin=subprocess.DEVNULL, timeout=20, check=False,
    )  # fmt: skip


def test_the_trap_works(hostile: tuple[Repository, Path]) -> None:
    repo, mark = hostile
    let_git("diff", repo)
    assert mark.exists()


def test_nothing_of_the_repository_is_run(hostile: tuple[Repository, Path]) -> None:
    _, mark = hostile
    for base in ("HEAD", "v1", "feature/x...", "0" * 40, "missing"):
        diff("--base", base)
    assert not mark.exists()


@pytest.mark.parametrize("missing", ["HEAD:a.yaml", "HEAD^{tree}", "HEAD"])
def test_nothing_is_run_for_what_a_partial_clone_lacks(
    hostile: tuple[Repository, Path], missing: str
) -> None:
    """`protocol.ext.allow` of the repository beats the `protocol.allow` of who calls git."""
    repo, mark = hostile
    oid = repo.git("rev-parse", missing)
    (repo.folder / ".git/objects" / oid[:2] / oid[2:]).unlink()
    run = diff("--base", "HEAD")
    assert (run.code, run.out) == (2, "")
    assert len(run.err.splitlines()) == 1
    assert "internal error" not in run.err
    assert not mark.exists()
    # that this clone would have run it, had git been let
    let_git(f"cat-file -p {oid}", repo)
    assert mark.exists()


def test_what_a_partial_clone_lacks_is_got_by_the_remedy(
    history: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = history.folder.as_uri()
    history.git("config", "uploadpack.allowFilter", "true")
    history.git("clone", "--quiet", "--filter=blob:none", url, str(tmp_path / "partial"))
    monkeypatch.chdir(tmp_path / "partial")
    run = diff("--base", "HEAD~2")
    assert (run.code, run.out) == (2, "")
    assert "get it with " in run.err, run.err
    remedy = run.err.strip().rpartition("get it with ")[2]
    subprocess.run(remedy.split(), check=True, capture_output=True)
    (line,) = told("--base", "HEAD~2")
    assert "parameters 5 → 20, " in line


# --- what a change says of itself -------------------------------------------------------------

LIMITED = "[tool.nnlint.budget]\nparams = {max = 16, max_increase = 2}\n"


def test_a_limit_that_the_same_change_loosens_still_binds(repo: Repository) -> None:
    """The repository's and the spec's: raised in a change of its own, or not at all."""
    repo.write("pyproject.toml", LIMITED)
    repo.commit(a=THREE)
    repo.write("pyproject.toml", "[tool.nnlint.budget]\nparams = '1M'\n")
    run = diff("--base", "HEAD")
    assert run.code == 0
    assert "the limit was 16, and is 1,000,000 now (pyproject.toml)" in run.out
    assert "params.max_increase: the limit was 2, and there is none now" in run.out
    repo.write("a.yaml", FIVE)
    run = diff("--base", "HEAD")
    assert run.code == 3
    assert "in pyproject.toml of the base lets a change add no more than +2" in run.out


def test_what_else_the_configuration_says_is_told(repo: Repository) -> None:
    repo.write("pyproject.toml", LIMITED)
    repo.commit(a=THREE)
    repo.write("pyproject.toml", LIMITED + '[tool.nnlint]\nignore = ["NN3"]\n')
    assert "pyproject.toml is not as it was" in diff("--base", "HEAD").err
    repo.commit()
    assert "pyproject.toml" not in diff("--base", "HEAD").err


def test_a_comment_that_silences_is_counted(repo: Repository) -> None:
    repo.commit(a=spec(3, "budget: {params: 16}"))
    silent = "budget: {params: 16}  # nnlint: ignore[NN901] mine"
    repo.write("a.yaml", spec(5, silent))
    assert "1 more finding silenced by comments" in diff("--base", "HEAD").out


def test_a_layer_of_the_repository_s_budget_does_not_slip_away(repo: Repository) -> None:
    repo.write("pyproject.toml", "[tool.nnlint.budget.layers]\nhead = {params = 20}\n")
    named = HEAD + "  - {type: Linear, out_features: %d, name: %s}\n"
    repo.commit(a=named % (3, "head"))
    repo.write("a.yaml", named % (99, "tail"))
    run = diff("--base", "HEAD")
    assert run.code == 3
    assert "limits 'head', which named 'head' in the base, and names no layer now" in run.out


def test_variants_that_nothing_covers_are_compared(repo: Repository) -> None:
    text = (
        "nnlint: 1\ninput: [4]\nvars: {w: 3}\nvariants: {big: {w: %d}}\n"
        "layers: [{type: Linear, out_features: $w}]\n"
    )
    repo.commit(a=text % 6)
    repo.write("a.yaml", text % 7)
    (line,) = told("--base", "HEAD")
    assert "big: parameters 30 → 35, +5" in line  # 5·6 and 5·7


def test_what_is_broken_before_and_after_is_no_way_round(repo: Repository) -> None:
    """An error that is no news may hide what a change adds: then nothing can be proven."""
    broken = HEAD + "  - {type: Linear, out_features: %d, zork: 1}\nbudget: {params: 99}\n"
    repo.commit(a=broken % 3)
    repo.write("a.yaml", broken % 900)
    run = diff("--base", "HEAD")
    assert run.code == 3
    assert "error[NN903]" in run.out


def test_of_equal_files_each_keeps_its_name(repo: Repository) -> None:
    repo.commit(c1=THREE, c2=THREE)
    (repo.folder / "d").mkdir()
    for name in ("c1.yaml", "c2.yaml"):
        (repo.folder / name).rename(repo.folder / "d" / name)
    repo.git("add", "--all")
    assert told("--base", "HEAD") == [
        f"d/{name}.yaml: renamed from {name}.yaml; costs as much as it did"
        for name in ("c1", "c2")
    ]


def test_a_comment_about_changes_is_needed_where_there_is_none(repo: Repository) -> None:
    """A plain run has no base, and can't tell that it is not needed."""
    commented = "budget: {params: {max_increase: 1}}  # nnlint: ignore[NN904] agreed"
    repo.write("a.yaml", spec(3, commented))
    out = StringIO()
    assert main(("--format", "concise", "a.yaml"), out, StringIO()) == 0
    assert out.getvalue() == ""


def test_no_comment_of_the_change_silences_a_limit_that_the_base_has(repo: Repository) -> None:
    limit = "budget: {params: {max: 16, max_increase: 2}}"
    repo.commit(a=spec(3, limit))
    repo.write("a.yaml", spec(5, f"{limit}  # nnlint: ignore[NN901,NN904] mine"))
    run = diff("--base", "HEAD")
    assert run.code == 3
    assert "error[NN904]" in run.out
    assert "fixed" not in run.out, "what is near there, and over and silenced here"

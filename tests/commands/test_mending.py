"""`--fix` and its kin on real files: what is written, what is shown, what is left alone."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nnlint import mending
from nnlint.cli import main
from nnlint.exits import Exit

WRONG = "nnlint: 1  # ü\nname: on\ninput: [4]\nlayers: [ReLU]\n"
RIGHT = WRONG.replace("on\n", '"on"\n')
BIASED = (
    "nnlint: 1\ninput: [4]\nlayers:\n  - {type: Linear, out_features: 3}\n  - BatchNorm1d\n"
)
UNBIASED = BIASED.replace("3}", "3, bias: false}")


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def put(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def run(*argv: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main([*argv, "--color", "never"], out, err)
    return code, out.getvalue(), err.getvalue()


def test_a_file_is_mended_and_what_was_done_is_told() -> None:
    path = put("a.yaml", WRONG)
    code, out, err = run("--fix", "--no-table", "a.yaml")
    assert path.read_text("utf-8") == RIGHT
    assert (code, out) == (Exit.OK, "ok: 1 file checked, no findings\n")
    assert err.startswith("nnlint: a.yaml:2:7: fixed NN012: 'on' is text here")


def test_what_is_left_decides_the_exit_code() -> None:
    path = put("a.yaml", BIASED + "name: on\n")
    code, out, _ = run("--fix", "--no-table", "--fail-on", "warning", "a.yaml")
    assert path.read_text("utf-8") == BIASED + 'name: "on"\n'
    assert code == Exit.FINDINGS
    assert "NN301" in out
    assert "1 can be mended with --unsafe-fixes" in out


def test_unsafe_fixes_are_made_when_asked_for() -> None:
    path = put("a.yaml", BIASED)
    assert run("--fix", "a.yaml")[0] == Exit.OK
    assert path.read_text("utf-8") == BIASED
    run("--unsafe-fixes", "a.yaml")
    assert path.read_text("utf-8") == UNBIASED


def test_expectations_are_written_by_their_own_flag_alone() -> None:
    text = "name: on\n" + BIASED + "expect: {params: 1}\n"
    path = put("a.yaml", text)
    run("--fix", "--unsafe-fixes", "a.yaml")
    assert "expect: {params: 1}" in path.read_text("utf-8")
    put("a.yaml", text)
    assert run("--update-expect", "a.yaml")[0] == Exit.OK
    # 4·3 weights, 3 biases, and 2·3 of the norm
    assert path.read_text("utf-8") == text.replace("params: 1}", "params: 21}")


def test_a_change_of_counts_shows_in_the_expectation_and_does_not_rewrite_it() -> None:
    path = put("a.yaml", BIASED + "expect: {params: 21}\n")
    code, out, _ = run("--unsafe-fixes", "--no-table", "a.yaml")
    assert path.read_text("utf-8") == UNBIASED + "expect: {params: 21}\n"
    assert code == Exit.BUDGET
    assert "NN911" in out


def test_a_clean_file_is_not_touched() -> None:
    path = put("a.yaml", RIGHT)
    os.utime(path, (1, 1))
    run("--fix", "a.yaml")
    assert path.stat().st_mtime == 1


# --- --diff -----------------------------------------------------------------------------------


def test_a_difference_is_shown_and_nothing_written() -> None:
    path = put("a.yaml", WRONG)
    code, out, err = run("--diff", "a.yaml")
    assert path.read_text("utf-8") == WRONG
    assert code == Exit.FINDINGS
    assert out == (
        "--- a/a.yaml\n+++ b/a.yaml\n@@ -1,4 +1,4 @@\n nnlint: 1  # ü\n-name: on\n"
        '+name: "on"\n input: [4]\n layers: [ReLU]\n'
    )
    assert "a.yaml:2:7: would fix NN012" in err
    assert err.endswith("nnlint: 1 finding would be fixed in 1 file; nothing is written\n")


def test_of_many_fixes_the_first_are_told_and_all_are_counted() -> None:
    put("a.yaml", "nnlint: 1\ninput: [4]\nlayers:\n" + "  - relu\n" * 60)
    lines = run("--fix", "a.yaml")[2].splitlines()
    assert lines[-2:] == ["nnlint: and 10 more", "nnlint: 60 findings fixed in 1 file"]
    assert len(lines) == mending.MOST_TOLD + 2


def test_without_a_difference_nothing_is_shown() -> None:
    put("a.yaml", RIGHT)
    assert run("--diff", "a.yaml") == (Exit.OK, "", "")


@pytest.mark.skipif(not shutil.which("git"), reason="git is not there")
@pytest.mark.parametrize(
    "text", [WRONG, WRONG.rstrip("\n"), WRONG.replace("\n", "\r\n"), "\ufeff" + WRONG]
)
def test_git_applies_the_difference(text: str) -> None:
    path = put("specs/a b.yaml", text)
    patch = run("--diff", "specs")[1]
    run("--fix", "specs")
    mended = path.read_bytes()
    path.write_bytes(text.encode())
    git = ["git", "apply", "--whitespace=nowarn", "-"]
    subprocess.run(git, input=patch.encode(), check=True)
    assert path.read_bytes() == mended != text.encode()


# --- what must not be lost --------------------------------------------------------------------


def test_marks_and_line_ends_stay() -> None:
    text = "\ufeff" + WRONG.replace("\n", "\r\n")
    path = put("a.yaml", text)
    run("--fix", "a.yaml")
    assert path.read_bytes().decode() == text.replace("on\r", '"on"\r')


def test_permissions_and_links_stay() -> None:
    path = put("real/a.yaml", WRONG)
    path.chmod(0o640)
    Path("link.yaml").symlink_to(path)
    run("--fix", "link.yaml")
    assert Path("link.yaml").is_symlink()
    assert path.read_text("utf-8") == RIGHT
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in Path("real").iterdir()] == ["a.yaml"]


def test_a_file_that_changes_meanwhile_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    path = put("a.yaml", WRONG)
    real = mending.write

    def late(mended: mending.Mended) -> mending.Mended:
        path.write_text("someone else's")
        return real(mended)

    monkeypatch.setattr(mending, "write", late)
    code, _, err = run("--fix", "a.yaml")
    assert path.read_text() == "someone else's"
    assert code == Exit.COULD_NOT_CHECK
    assert "a.yaml: is not written: it has changed meanwhile" in err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_takes_no_file_is_told() -> None:
    path = put("locked/a.yaml", WRONG)
    path.parent.chmod(0o555)
    try:
        code, _, err = run("--fix", "locked/a.yaml")
    finally:
        path.parent.chmod(0o755)
    assert code == Exit.COULD_NOT_CHECK
    assert "can't be written: permission denied" in err


def test_a_full_disk_leaves_the_file_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    path, other = put("a.yaml", WRONG), put("b.yaml", WRONG)

    real, errors = os.fsync, [OSError(28, "No space left on device")]

    def full_at_first(descriptor: int) -> None:
        if errors:
            raise errors.pop()
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full_at_first)
    code, _, err = run("--fix", "a.yaml", "b.yaml")
    assert code == Exit.COULD_NOT_CHECK
    assert "can't be written: no space left on device" in err
    assert path.read_text("utf-8") == WRONG
    assert other.read_text("utf-8") == RIGHT
    assert sorted(one.name for one in Path().iterdir()) == ["a.yaml", "b.yaml"]


def test_a_broken_file_does_not_keep_the_others_from_being_mended() -> None:
    broken, path = put("a.yaml", "nnlint: 1\nlayers: [\n"), put("b.yaml", WRONG)
    assert run("--fix", "a.yaml", "b.yaml", "missing.yaml")[0] == Exit.COULD_NOT_CHECK
    assert broken.read_text() == "nnlint: 1\nlayers: [\n"
    assert path.read_text("utf-8") == RIGHT


def test_standard_input_goes_on_mended() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nnlint", "--fix", "--no-table", "-"],
        input=WRONG.encode(),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout.decode()) == (Exit.OK, RIGHT)
    assert b"fixed NN012" in done.stderr


def test_standard_input_without_a_mistake_goes_on_as_it_is() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nnlint", "--fix", "-"],
        input=RIGHT.encode(), capture_output=True, check=False,
    )  # fmt: skip
    assert done.stdout.decode() == RIGHT

"""`nnlint diff`: exit codes, formats, and what a reviewer reads."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.histories import HEAD, Repository, diff, environment, spec

if TYPE_CHECKING:
    from pathlib import Path

FORMS = ["full", "concise", "json"]
ESCAPE, BIDI = "\x1b", "\u202e"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for key in [key for key in os.environ if key.startswith("GIT_")]:
        monkeypatch.delenv(key)
    for key, value in environment().items():
        monkeypatch.setenv(key, value)


def pair(folder: Path, old: str | None, new: str | None) -> tuple[str, str]:
    """Two files; None: there is none."""
    for name, text in (("old.yaml", old), ("new.yaml", new)):
        if text is not None:
            (folder / name).write_text(text)
    return "old.yaml", "new.yaml"


OVER = spec(3, "budget: {params: 10}")
OVER_MORE = spec(5, "budget: {params: 10}")
GROWS = spec(5, "budget: {params: {max_increase: 9}}")
BROKEN = f"{HEAD}  - {{type: Linear, out_feature: 3}}\n"
WARNED = f"{HEAD}  - {{type: Linear, out_features: 3}}\n  - {{type: Linear, out_features: 3}}\n"

EXITS = [
    (spec(3), spec(3), 0),
    (spec(3), spec(5), 0),
    (spec(3), OVER, 3),
    (OVER, OVER_MORE, 3),  # it stays broken
    (OVER, spec(1, "budget: {params: 10}"), 0),
    (spec(3), GROWS, 3),
    (spec(4), GROWS, 0),  # by 5
    (spec(3), BROKEN, 1),
    (BROKEN, spec(3), 0),
    (BROKEN, BROKEN.replace("3}", "4}"), 0),  # it was there before
    (spec(3), WARNED, 0),
    (spec(3), BROKEN + "budget: {params: 1}\n", 1),
    (None, spec(3), 2),
    (spec(3), None, 2),
    ("a: 1\n", spec(3), 2),
    (spec(3), "a: 1\n", 2),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("old", "new", "code"), EXITS)
def test_the_exit_code_of_two_files(
    tmp_path: Path, form: str, old: str | None, new: str | None, code: int
) -> None:
    run = diff(*pair(tmp_path, old, new), form=form)
    assert run.code == code
    assert "internal error" not in run.out + run.err
    assert bool(run.err) == (code == 2)
    if form == "json":
        json.loads(run.out)


@pytest.mark.parametrize("form", FORMS)
def test_fail_on(tmp_path: Path, form: str) -> None:
    paths = pair(tmp_path, spec(3), WARNED)
    assert diff(*paths, "--fail-on", "warning", form=form).code == 1
    assert diff(*pair(tmp_path, spec(3), OVER), "--fail-on", "never", form=form).code == 0


@pytest.mark.parametrize(
    "argv", [[], ["a.yaml"], ["a.yaml", "b.yaml", "c.yaml"], [".", "."], ["--base"]], ids=str
)
def test_what_is_no_request(argv: list[str]) -> None:
    run = diff(*argv)
    assert (run.code, run.out) == (2, "")


def test_the_null_device_is_no_file(tmp_path: Path) -> None:
    _, new = pair(tmp_path, None, spec(3))
    added = diff(os.devnull, new)
    assert (added.code, added.out) == (
        0, "new.yaml: added; parameters 15; MACs 12; size 60 B\n"  # 4·3 + 3 of 4 bytes each
    )  # fmt: skip
    gone = diff(new, os.devnull)
    assert (gone.code, gone.lines) == (
        0, ["new.yaml: removed; parameters 15 gone; MACs 12 gone; size 60 B gone"]
    )  # fmt: skip


def test_a_file_that_cannot_be_read_costs_no_zero(tmp_path: Path) -> None:
    run = diff(*pair(tmp_path, spec(3), None), form="full")
    assert "not read" in run.out
    assert "ok" not in run.out
    assert "0" not in run.out
    (entry,) = json.loads(diff("old.yaml", "new.yaml", form="json").out)["specs"]
    assert entry["kind"] == "unreadable"
    assert entry["reason"] == "no such file or directory"
    assert entry["networks"][0]["params"] == {"base": 15, "now": None, "change": None}


def test_an_unknown_number_is_no_zero(tmp_path: Path) -> None:
    paths = pair(
        tmp_path, spec(3), f"{HEAD}  - {{type: Linear, out_features: 3}}\n  - Custom\n"
    )
    run = diff(*paths)
    assert run.lines[-1] == "new.yaml: parameters 15 → ≥ 15; MACs 12 → ≥ 12; size 60 → ≥ 60 B"
    (network,) = json.loads(diff(*paths, form="json").out)["specs"][0]["networks"]
    assert network["params"] == {"base": 15, "now": None, "change": None}


# --- what stands in it ----------------------------------------------------------------------

LONG = "a_layer_with_a_name_that_is_longer_than_any_column_of_a_table_would_like_it_to_be"


def layers(width: int, *more: str) -> str:
    """784·width + width, then 10·width + 10 parameters."""
    lines = [
        f"  - {{type: Linear, out_features: {width}, name: {LONG}}}", "  - ReLU", *more,
        "  - {type: Linear, out_features: 10, name: logits}",
    ]  # fmt: skip
    return "nnlint: 1\nname: mnist\ninput: [784]\nlayers:\n" + "".join(
        f"{one}\n" for one in lines
    )


@pytest.mark.parametrize("width", [50, 80, 200])
def test_nothing_that_matters_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """Every number and every name, whatever the width; the table folds."""
    monkeypatch.setenv("COLUMNS", str(width))
    old, new = layers(16), layers(24, "  - {type: Dropout, p: 0.25, name: drop}")
    run = diff(*pair(tmp_path, old, new), form="full")
    was, now = 785 * 16 + 17 * 10, 785 * 24 + 25 * 10
    for number in (was, now, now - was, 785 * 8):
        assert f"{number:,}" in run.out
    assert "16 → 24" in run.out
    assert "drop" in run.out
    assert LONG[:30] in run.out
    assert LONG[-6:] in run.out.replace("\n", "")  # what is folded goes on in the next line
    assert "Dropout" in run.out
    assert "…" not in run.out
    assert all(len(line) <= max(width, 60) for line in run.lines)


def test_the_sums_of_the_json_are_those_of_its_layers(tmp_path: Path) -> None:
    old, new = layers(16), layers(24, "  - {type: Linear, out_features: 24, name: more}")
    (entry,) = json.loads(diff(*pair(tmp_path, old, new), form="json").out)["specs"]
    (network,) = entry["networks"]
    for metric in ("params", "macs", "size"):
        assert network[metric]["change"] == sum(
            one[metric]["change"] for one in network["layers"]
        )
    kinds = {one["layer"]: one["kind"] for one in network["layers"]}
    assert kinds == {LONG: "changed", "more": "added", "logits": "changed"}


def test_the_summary_of_the_json(tmp_path: Path) -> None:
    document = json.loads(diff(*pair(tmp_path, OVER, OVER_MORE), form="json").out)
    kinds = ("added", "removed", "renamed", "same", "unreadable", "new", "fixed")
    assert document["summary"] == {**dict.fromkeys(kinds, 0), "changed": 1, "standing": 1}
    assert document["base"] == "old.yaml"


HOSTILE = f"x {ESCAPE}[31m {BIDI} [bold] ::error::y \\n::error::z"


@pytest.mark.parametrize("form", FORMS)
def test_hostile_words_are_escaped(tmp_path: Path, form: str) -> None:
    """Of a network, a path, a message, a base."""
    name = f"a{ESCAPE}[1m{BIDI}\n::error::b.yaml"
    budget = {"params": {"max": 1, "message": HOSTILE.encode().decode("unicode_escape")}}
    text = spec(5, f"name: {json.dumps(HOSTILE)}", f"budget: {json.dumps(budget)}")
    (tmp_path / "old.yaml").write_text(spec(3, f"name: {json.dumps(HOSTILE)}"))
    (tmp_path / name).write_text(text)
    run = diff("old.yaml", f"./{name}", form=form)
    assert run.code == 3
    for sign in (ESCAPE, BIDI, "\n::error"):
        assert sign not in run.out + run.err
    if form == "json":
        json.loads(run.out)


# --- budgets on change, from the repository -------------------------------------------------


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = Repository.new(tmp_path / "repo")
    monkeypatch.chdir(made.folder)
    made.commit(a=spec(10))
    return made


def config(repo: Repository, budget: str) -> None:
    repo.write("pyproject.toml", f"[tool.nnlint.budget]\n{budget}\n")


@pytest.mark.parametrize(
    ("budget", "width", "code"),
    [("params.max_increase = 5", 11, 0), ("params.max_increase = 4", 11, 3),
     ("params.max_increase_pct = '10%'", 11, 0), ("params.max_increase_pct = '9.9%'", 11, 3),
     ("params = {max_increase = 0, level = 'warning'}", 11, 0), ("params.max = 55", 11, 0),
     ("params.max = 54", 11, 3), ("layers.Linear.macs.max_increase = 3", 11, 3),
     ("layers.Linear.macs.max_increase = 4", 11, 0), ("params.max_increase = 0", 9, 0)],
)  # fmt: skip
def test_the_repositorys_limits_of_an_increase(
    repo: Repository, budget: str, width: int, code: int
) -> None:
    """50 parameters and 40 MACs, of which a unit more has 5 and 4."""
    config(repo, budget)
    repo.write("a.yaml", spec(width))
    for form in FORMS:
        assert diff("--base", "HEAD", form=form).code == code


@pytest.mark.parametrize(
    "ways",
    [spec(11, "budget: {params: {max_increase: 100}}"),
     spec(11) + "# nnlint: ignore-file[NN904] not here\n",
     "# nnlint: ignore-file[NN9]\n" + spec(11)],
)  # fmt: skip
def test_a_spec_does_not_weaken_them(repo: Repository, ways: str) -> None:
    config(repo, "params.max_increase = 4")
    repo.write("a.yaml", ways)
    run = diff("--base", "HEAD", "--ignore", "NN904")
    assert run.code in (1, 3)
    assert "error[NN904] params: from 50 to 55 (+5), but the budget in" in run.out


def test_a_renaming_does_not_either(repo: Repository) -> None:
    config(repo, "params.max_increase = 4")
    (repo.folder / "a.yaml").unlink()
    repo.write("b.yaml", spec(11))
    repo.git("add", "--all")
    assert diff("--base", "HEAD").code == 3


def test_the_flag_limits_a_change(repo: Repository) -> None:
    repo.write("a.yaml", spec(11))
    assert diff("--base", "HEAD", "--budget", "params.max_increase=5").code == 0
    run = diff("--base", "HEAD", "--budget", "params.max_increase=4")
    assert run.code == 3
    assert "the budget given by --budget lets a change add no more than +4" in run.out


def test_a_change_that_only_loosens_is_shown(repo: Repository) -> None:
    repo.commit(a=spec(10, "budget: {params: 60}"))
    repo.write("a.yaml", spec(10, "budget: {params: 70}"))
    run = diff("--base", "HEAD")
    assert run.code == 0
    assert run.lines == [
        "a.yaml: costs as much as it did; params: the limit was 60, and is 70 now"
    ]
    assert "the limit was 60, and is 70 now" in diff("--base", "HEAD", form="full").out
    entry: dict[str, Any] = json.loads(diff("--base", "HEAD", form="json").out)["specs"][0]
    (loosened,) = entry["loosened"]
    assert (loosened["was"]["limit"], loosened["now"]["limit"]) == (60, 70)


def test_what_the_last_line_says(repo: Repository) -> None:
    repo.commit(gone=spec(3, "# a", "# b"), same=spec(4))
    repo.write("a.yaml", OVER)
    repo.write("new.yaml", "nnlint: 1\ninput: [1]\nlayers: [Tanh]\nname: x\n")
    (repo.folder / "gone.yaml").unlink()
    repo.git("add", "--all")
    last = diff("--base", "HEAD", form="full").lines[-1]
    assert last == "1 changed, 1 new, 1 gone, 1 as before; 1 new finding, against HEAD"


def test_without_tables_a_spec_is_a_line(repo: Repository) -> None:
    repo.write("a.yaml", spec(11))
    run = diff("--base", "HEAD", "--no-table", form="full")
    assert run.lines[0].startswith("a.yaml: parameters 50 → 55, +5")  # 5·10 and 5·11
    assert not any("Layer" in line for line in run.lines)


@pytest.mark.parametrize("now", ["nnlint: 1\ninput: [4\n", "nnlint: 1\ninput: [5, 6\n"])
def test_what_nobody_can_compare_is_not_called_the_same(tmp_path: Path, now: str) -> None:
    run = diff(*pair(tmp_path, "nnlint: 1\ninput: [4\n", now), form="full")
    assert run.code == 0  # the errors are no news
    assert run.out == "1 with its old errors, which hide the network, against old.yaml\n"

"""The baseline: what it leaves out, what moves it, what it never holds, how it is kept."""

from __future__ import annotations

import io
import json
import os
import re
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlint import document, engine
from nnlint.baseline_file import HEADER, Entry, never_held, parsed, rendered
from nnlint.cli import main
from nnlint.exits import Exit
from nnlint.policy import Invalid

FILE = "nnlint-baseline.jsonl"
USE = ("--baseline", FILE)
WRITE = ("--write-baseline", *USE)
PRUNE = ("--prune-baseline", *USE)

SPEC = """\
nnlint: 1
input: [4]
layers:
  - {type: Linear, out_features: 3}
  - BatchNorm1d
  - {type: Linear, out_features: 3}
  - {type: Linear, out_features: 2}
"""
"""The first Linear has a bias that the norm takes away; the second and the third each follow
another with nothing non-linear between."""
KNOWN = [
    ["a.yaml", "NN301", "layers.Linear.1"],
    ["a.yaml", "NN401", "layers.Linear.2"],
    ["a.yaml", "NN401", "layers.Linear.3"],
]


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    for key in ("BASELINE", "CONFIG", "SELECT", "IGNORE", "FAIL_ON", "EXCLUDE", "SHOW_INFO"):
        monkeypatch.delenv(f"NNLINT_{key}", raising=False)


def put(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")


def run(*argv: str) -> tuple[int, str, str]:
    """A run in which warnings fail, and a line is a finding."""
    out, err = io.StringIO(), io.StringIO()
    code = main(["--format", "concise", "--fail-on", "warning", *argv], out, err)
    return code, out.getvalue(), err.getvalue()


def found(*argv: str) -> list[str]:
    """The codes of what remains; nothing is said of the baseline."""
    _, out, err = run(*argv)
    assert err == ""
    return re.findall(r"\[(NN\d{3})\]", out)


def entries() -> list[Any]:
    """What the baseline holds, read as JSON and nothing else."""
    header, *lines = Path(FILE).read_text("ascii").splitlines()
    assert header == HEADER
    return [json.loads(line) for line in lines]


def put_entries(*lines: object) -> None:
    put(FILE, "".join(f"{json.dumps(line)}\n" for line in ({"nnlint-baseline": 1}, *lines)))


def adopt(text: str = SPEC, path: str = "a.yaml") -> None:
    put(path, text)
    run(*WRITE, ".")


# --- what is written, and left out ------------------------------------------------------------


def test_what_is_written_is_left_out() -> None:
    put("a.yaml", SPEC)
    assert run("a.yaml")[0] == Exit.FINDINGS
    code, out, err = run("--write-baseline", "a.yaml")
    assert (code, out) == (Exit.OK, "")
    assert f"{FILE} holds 3 findings: 3 new" in err
    assert f'baseline = "{FILE}"' in err  # nothing names it yet
    assert entries() == KNOWN
    assert run(*USE, "a.yaml") == (Exit.OK, "", "")
    assert found("a.yaml") == ["NN301", "NN401", "NN401"]


def test_two_runs_write_the_same_bytes_and_the_second_writes_nothing() -> None:
    adopt()
    before = (Path(FILE).read_bytes(), Path(FILE).stat().st_ino)
    assert "as before" in run(*WRITE, ".")[2]
    assert (Path(FILE).read_bytes(), Path(FILE).stat().st_ino) == before
    Path(FILE).unlink()
    run(*WRITE, "a.yaml")
    assert Path(FILE).read_bytes() == before[0]


def test_nothing_found_is_a_baseline_too() -> None:
    put("a.yaml", "nnlint: 1\ninput: [4]\nlayers: [ReLU]\n")
    run(*WRITE, ".")
    assert entries() == []
    assert found(*USE, ".") == []


MOVED = {
    "lines before": lambda text: "# a\n\n\n" + text.replace("layers:", "\n# b\nlayers:"),
    "a layer of another type": lambda text: text.replace(
        "layers:\n", "layers:\n  - Identity\n"
    ),
    "block style": lambda text: text.replace(
        "{type: Linear, out_features: 2}", "type: Linear\n    out_features: 2"
    ),
    "line ends of Windows": lambda text: text.replace("\n", "\r\n"),
    "another size": lambda text: text.replace("out_features: 2", "out_features: 1"),
}


@pytest.mark.parametrize("how", MOVED)
def test_what_moves_stays_known(how: str) -> None:
    adopt()
    moved = MOVED[how](SPEC)
    assert moved != SPEC
    Path("a.yaml").write_bytes(moved.encode())
    assert found(*USE, "a.yaml") == []


def test_what_is_new_is_found_beside_what_is_known() -> None:
    adopt()
    put("a.yaml", SPEC + "  - {type: Linear, out_features: 1}\n")
    assert re.findall(r":(\d+):\d+: \w+\[(\w+)\]", run(*USE, "a.yaml")[1]) == [("8", "NN401")]


def test_a_renamed_layer_is_another_place() -> None:
    """What is known of a layer is known by its name, where it has one."""
    adopt(SPEC.replace("3}\n  - B", "3, name: stem}\n  - B"))
    assert ["a.yaml", "NN301", "layers.stem"] in entries()
    put("a.yaml", Path("a.yaml").read_text("utf-8").replace("stem", "first"))
    code, out, err = run(*USE, "a.yaml")
    assert code == Exit.FINDINGS
    assert re.findall(r"\[(NN\d{3})\]", out) == ["NN301"]
    assert "NN301 at layers.stem is no longer found" in err


BLOCK = """\
nnlint: 1
input: [4]
blocks:
  stage:
    layers:
      - {type: Linear, out_features: 4}
      - BatchNorm1d
      - ReLU
layers:
  - {block: stage, repeat: 3}
  - {block: stage}
"""


def test_the_body_of_a_block_is_one_place() -> None:
    adopt(BLOCK)
    assert entries() == [["a.yaml", "NN301", "blocks.stage.layers.Linear.1"]]
    put("a.yaml", BLOCK.replace("layers:\n  - {b", "layers:\n  - ReLU\n  - {b"))
    assert found(*USE, "a.yaml") == []


def test_of_several_findings_at_one_place_each_rule_is_known_alone() -> None:
    adopt()
    put_entries(*KNOWN[1:])
    assert found(*USE, "a.yaml") == ["NN301"]


@pytest.mark.parametrize(
    "name", ["a b.yaml", "a\nb.yaml", "ä[red]\x1b[31m.yaml", "::error::.yaml"]
)
def test_odd_names_of_files(name: str) -> None:
    adopt(path=f"specs/{name}")
    assert {entry[0] for entry in entries()} == {f"specs/{name}"}
    assert found(*USE, ".") == []
    put(f"specs/{name}", SPEC.replace("BatchNorm1d", "ReLU"))
    for line in run(*USE, ".")[2].splitlines():
        assert line.startswith("nnlint: ")
        assert line.isprintable()


def test_a_name_that_is_no_utf_8(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff.yaml")
    try:
        put(name, SPEC)
    except OSError:
        pytest.skip("this file system takes no such name")
    run(*WRITE, ".")
    assert found(*USE, ".") == []


# --- where the paths lead ---------------------------------------------------------------------


def test_paths_are_relative_to_the_baseline() -> None:
    put("pyproject.toml", f'[tool.nnlint]\nbaseline = "ci/{FILE}"\n')
    put("specs/a.yaml", SPEC)
    put("ci/keep", "")
    run("--write-baseline", "specs")
    lines = Path("ci", FILE).read_text("utf-8").splitlines()[1:]
    assert {json.loads(line)[0] for line in lines} == {"../specs/a.yaml"}
    assert found(".") == []
    assert found(str(Path("specs/a.yaml").absolute())) == []
    with chdir("specs"):
        assert found("a.yaml") == []
        assert found("../specs/a.yaml") == []


def test_a_repository_may_move() -> None:
    put("one/pyproject.toml", f'[tool.nnlint]\nbaseline = "{FILE}"\n')
    put("one/specs/a.yaml", SPEC)
    with chdir("one"):
        run("--write-baseline", "specs")
    Path("one").rename("two")
    with chdir("two/specs"):
        assert found(".") == []


def test_a_folder_reached_by_a_link() -> None:
    adopt(path="specs/a.yaml")
    Path("link").symlink_to("specs")
    assert found(*USE, "link/a.yaml") == []
    Path("here").symlink_to(".")
    assert found("--baseline", f"here/{FILE}", "specs/a.yaml") == []


def test_a_file_reached_by_a_link_is_that_file() -> None:
    adopt()
    Path("z.yaml").symlink_to("a.yaml")
    assert found(*USE, "z.yaml") == []
    Path(FILE).unlink()
    run(*WRITE, "z.yaml")
    assert entries() == KNOWN
    assert found(*USE, ".") == []


def test_a_link_that_leads_away_goes_by_its_own_name() -> None:
    put("cache/0001", SPEC)
    put("repo/keep", "")
    Path("repo/a.yaml").symlink_to("../cache/0001")
    with chdir("repo"):
        run(*WRITE, "a.yaml")
        assert entries() == KNOWN
        assert found(*USE, "a.yaml") == []


def test_standard_input_is_never_known(monkeypatch: pytest.MonkeyPatch) -> None:
    adopt(path="-")
    put_entries(*(["-", *rest] for _, *rest in KNOWN))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(SPEC.encode())))
    assert found(*USE, "-") == ["NN301", "NN401", "NN401"]


# --- who names the baseline -------------------------------------------------------------------


def test_who_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    adopt()
    Path(FILE).rename("known.jsonl")
    put("empty.jsonl", HEADER + "\n")
    put("pyproject.toml", '[tool.nnlint]\nbaseline = "known.jsonl"\n')
    assert found("a.yaml") == []
    assert len(found("--no-baseline", "a.yaml")) == 3
    assert len(found("--isolated", "a.yaml")) == 3
    monkeypatch.setenv("NNLINT_BASELINE", "empty.jsonl")
    assert len(found("a.yaml")) == 3
    assert found("--baseline", "known.jsonl", "a.yaml") == []
    assert 'known.jsonl"' in run("--show-config", "--baseline", "known.jsonl")[1]
    assert "baseline" not in run("--show-config", "--no-baseline")[1].partition("\n")[2]


def test_an_unnamed_one_is_written_beside_the_configuration() -> None:
    put("pyproject.toml", "[tool.nnlint]\n")
    put("specs/a.yaml", SPEC)
    with chdir("specs"):
        run("--write-baseline", ".")
    assert [entry[0] for entry in entries()] == ["specs/a.yaml"] * 3


def test_no_flag_eats_a_path() -> None:
    put("a.yaml", SPEC)
    assert run("--write-baseline", "a.yaml")[0] == Exit.OK
    assert run("--baseline", "a.yaml")[0] == Exit.COULD_NOT_CHECK


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (USE, "there is no such baseline: --write-baseline writes it"),
        (("--prune-baseline",), "knows no baseline: name it with --baseline FILE"),
        (PRUNE, "there is no such baseline"),
        (("--write-baseline", "--no-baseline"), "leave out --no-baseline"),
        (("--write-baseline", "--diff"), "--diff writes nothing"),
        (("--write-baseline", "--variant", "v"), "leave out --variant"),
        (("--write-baseline", "--prune-baseline"), "not allowed with"),
        (("--baseline", ".git"), "the baseline can't be read"),
        (("--write-baseline", "--baseline", "no/such/folder"), "can't be written"),
        (("--baseline", ""), "expected a text"),
    ],
    ids=str,
)
def test_what_can_not_be(argv: tuple[str, ...], words: str) -> None:
    put("a.yaml", SPEC)
    code, out, err = run(*argv, "a.yaml")
    assert (code, out) == (Exit.COULD_NOT_CHECK, "")
    assert words in err
    assert not Path(FILE).exists()


def test_nothing_is_mended_where_the_baseline_can_not_be_read() -> None:
    text = "nnlint: 1\ninput: [010]\nlayers: [ReLU]\n"
    put("a.yaml", text)
    assert run(*USE, "--fix", "a.yaml")[0] == Exit.COULD_NOT_CHECK
    assert Path("a.yaml").read_text("utf-8") == text


# --- the text ---------------------------------------------------------------------------------


BAD = {
    "nothing": ("", "x: this is no baseline: it has no line"),
    "no header": ('["a", "NN301", "b"]', "it has no line"),
    "not UTF-8": (b"\xff", "x: this is no baseline: it is not UTF-8"),
    "no JSON": (
        f"{HEADER}\n\nspecs/a.yaml",
        "x:3: this is not JSON, but an entry was expected",
    ),
    "deep JSON": (f"{HEADER}\n" + "[" * 100_000, "x:2: this is not JSON"),
    "a long number": (f'{HEADER}\n["a", "NN901", "b", {"9" * 5000}]', "x:2: this is not JSON"),
    "another version": (
        '{"nnlint-baseline": 2}',
        "x:1: the version is 2, but this nnlint reads",
    ),
    "no version": ('{"nnlint-baseline": true}', "x:1: the version is true"),
    "another map": (f'{HEADER}\n{{"a": 1}}', "x:2: is a map"),
    "two texts": (f'{HEADER}\n["a", "NN301"]', "x:2: an entry is path, code and place"),
    "a number": (f'{HEADER}\n["a", 301, "b"]', "x:2: an entry is path, code and place"),
    "a text": (f'{HEADER}\n"abc"', "x:2: an entry is path, code and place"),
    "a code": (f'{HEADER}\n["a", "E501", "b"]', "x:2: the code is 'E501'"),
    "an amount": (f'{HEADER}\n["a", "NN901", "b", 1.5]', "x:2: what is allowed is the decimal"),
    "less than none": (f'{HEADER}\n["a", "NN901", "b", -1]', "x:2: what is allowed"),
    "by zero": (f'{HEADER}\n["a", "NN901", "b", "1/0"]', "x:2: what is allowed"),
    "true": (f'{HEADER}\n["a", "NN901", "b", true]', "x:2: what is allowed is true"),
    "an expectation": (f'{HEADER}\n["a", "NN911", "b"]', "x:2: no baseline leaves out NN911"),
    "a syntax error": (f'{HEADER}\n["a", "NN002", "b"]', "x:2: no baseline leaves out NN002"),
    "a conflict": (
        f'{HEADER}\n<<<<<<< HEAD\n["a", "NN301", "b"]',
        "x:2: a merge is not resolved",
    ),
    "its middle": (f"{HEADER}\n=======\n", "x:2: a merge is not resolved"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_text_that_is_no_baseline(what: str) -> None:
    text, words = BAD[what]
    with pytest.raises(Invalid) as refusal:
        parsed(text if isinstance(text, bytes) else text.encode(), "x")
    assert words in str(refusal.value)


@pytest.mark.parametrize("flags", [USE, WRITE, PRUNE])
def test_a_broken_baseline_stops_the_run_and_stays(flags: tuple[str, ...]) -> None:
    adopt()
    broken = Path(FILE).read_text("utf-8") + "<<<<<<< HEAD\n"
    put(FILE, broken)
    code, out, err = run(*flags, "a.yaml")
    assert (code, out) == (Exit.COULD_NOT_CHECK, "")
    assert err.startswith(f"nnlint: {FILE}:5: a merge is not resolved here")
    assert Path(FILE).read_text("utf-8") == broken


def test_two_baselines_in_any_order_are_one() -> None:
    adopt()
    lines = Path(FILE).read_text("utf-8").splitlines()
    put(FILE, "\r\n".join(["\ufeff" + lines[2], "", *lines[::-1], *lines]))
    assert found(*USE, "a.yaml") == []
    run(*WRITE, "a.yaml")
    assert entries() == KNOWN


def test_of_two_numbers_the_lower_holds() -> None:
    text = f'{HEADER}\n["a", "NN901", "b", 7]\n["a", "NN901", "b", 5]\n["a", "NN901", "b", 6]'
    assert parsed(text.encode(), "x") == {Entry("a", "NN901", "b"): 5}


AMOUNTS = st.none() | st.integers(0, 10**30) | st.fractions(0, 1)
ENTRIES = st.dictionaries(
    st.builds(Entry, st.text(), st.sampled_from(["NN301", "NN901"]), st.text()), AMOUNTS
)


@given(ENTRIES)
def test_what_is_rendered_is_read_back(known: dict[Entry, Any]) -> None:
    assert parsed(rendered(known), "x") == known


@given(ENTRIES)
def test_it_is_one_entry_a_line_whatever_the_names(known: dict[Entry, Any]) -> None:
    lines = rendered(known).decode("ascii").split("\n")
    assert len(lines) == 1 + len(known) + 1
    assert all(line.isprintable() for line in lines)


# --- what is never held -----------------------------------------------------------------------


def test_expectations_are_true_or_found() -> None:
    """4·3 + 3 = 15."""
    text = "nnlint: 1\ninput: [4]\nlayers: [{type: Linear, out_features: 3}]\n"
    put("a.yaml", text + "expect: {params: 14}\n")
    code, out, err = run(*WRITE, "a.yaml")
    assert (code, out.count("NN911"), entries()) == (Exit.BUDGET, 1, [])
    assert "1 finding left, which no baseline holds" in err


def test_a_file_that_can_not_be_read_is_found() -> None:
    put("a.yaml", "nnlint: 1\nlayers: [")
    code, out, err = run(*WRITE, "a.yaml")
    assert (code, out.count("NN002"), entries()) == (Exit.FINDINGS, 1, [])
    assert "what can't be read" in err


# --- budgets fall and never rise --------------------------------------------------------------


def wide(features: int, budget: str = "{params: 10}") -> str:
    """A network of 4·features + features parameters."""
    layers = f"layers: [{{type: Linear, out_features: {features}}}]"
    return f"nnlint: 1\ninput: [4]\n{layers}\nbudget: {budget}\n"


def over(amount: object, metric: str = "params", code: str = "NN901") -> list[object]:
    return ["a.yaml", code, f"budget.{metric}", amount]


def test_a_budget_is_known_with_what_is_used() -> None:
    adopt(wide(3))
    assert entries() == [over(15)]
    assert found(*USE, "a.yaml") == []


def test_more_than_known_is_found_with_what_is_allowed() -> None:
    adopt(wide(3))
    put("a.yaml", wide(4))
    code, out, _ = run(*USE, "a.yaml")
    assert code == Exit.BUDGET
    assert "20 used" in out
    assert "(the baseline allows 15)" in out


def test_less_than_known_is_fine_and_lowers_the_number() -> None:
    adopt(wide(4))
    put("a.yaml", wide(3))
    assert found(*USE, "a.yaml") == []
    assert entries() == [over(20)]  # a plain run writes nothing
    assert "1 with a lower number" in run(*PRUNE, "a.yaml")[2]
    assert entries() == [over(15)]
    put("a.yaml", wide(4))
    assert found(*USE, "a.yaml") == ["NN901"]


@pytest.mark.parametrize("flags", [WRITE, PRUNE])
def test_no_run_raises_a_number(flags: tuple[str, ...]) -> None:
    adopt(wide(3))
    put("a.yaml", wide(4) + "name: 010\n")
    code, out, err = run(*flags, "a.yaml")
    assert code == (Exit.BUDGET if flags is WRITE else Exit.FINDINGS)  # NN012 is not written
    assert out.count("NN901") == 1
    assert over(15) in entries()
    assert ("edit it in" in err) == (flags is WRITE)


def test_a_number_that_is_edited_holds() -> None:
    adopt(wide(4))
    put_entries(over(20))
    assert found(*USE, "a.yaml") == []


def test_an_entry_without_its_number_allows_nothing_until_it_is_written() -> None:
    adopt(wide(4))
    put_entries(over(20)[:3])
    assert "(the baseline names no number for it)" in run(*USE, "a.yaml")[1]
    assert run(*WRITE, "a.yaml")[0] == Exit.OK
    assert entries() == [over(20)]


def test_what_was_over_and_is_near_is_no_news() -> None:
    """10 of 11 is more than 90 %; 15 of 11 is over."""
    adopt(wide(3, "{params: 11}"))
    put("a.yaml", wide(2, "{params: 11}"))
    assert "NN902" in run("a.yaml")[1]
    assert found(*USE, "a.yaml") == []
    run(*PRUNE, "a.yaml")
    assert entries() == [over(10)]
    put("a.yaml", wide(3, "{params: 11}"))
    assert found(*USE, "a.yaml") == ["NN901"]


def test_what_was_near_is_known_with_its_number_too() -> None:
    """10 of 11 is near; 10 of 9 is over and no more than it was; 15 is more."""
    adopt(wide(2, "{params: 11}"))
    assert entries() == [over(10, code="NN902")]
    put("a.yaml", wide(2, "{params: 9}"))
    assert found(*USE, "a.yaml") == []
    put("a.yaml", wide(3, "{params: 11}"))
    assert found(*USE, "a.yaml") == ["NN901"]
    assert run(*WRITE, "a.yaml")[0] == Exit.BUDGET
    assert entries() == [over(10, code="NN902")]


def test_a_budget_that_can_not_be_proven_is_no_budget_that_is_over() -> None:
    """Less may be known to be used only because less is known."""
    adopt(wide(3))
    put("a.yaml", wide(1).replace("layers: [", "layers: [{type: Custom}, "))
    code, out, _ = run(*USE, "--ignore", "NN214", "a.yaml")
    assert (code, re.findall(r"\[(NN\d{3})\]", out)) == (Exit.BUDGET, ["NN903"])


def test_shares_are_exact() -> None:
    """15 and 3·3 + 3 = 12 of 27: 15/27 = 5/9."""
    text = (
        "nnlint: 1\ninput: [4]\nlayers: [{type: Linear, out_features: 3}, ReLU, "
        "{type: Linear, out_features: 3}]\nbudget: {layer_share: 40%}\n"
    )
    adopt(text)
    assert entries() == [over("5/9", "layer_share")]
    assert found(*USE, "a.yaml") == []
    put_entries(over("1/2", "layer_share"))
    assert "(the baseline allows 50.0 %)" in run(*USE, "a.yaml")[1]


def test_of_several_variants_the_largest_is_allowed() -> None:
    """5 times the width: 15 in the base, 25 in the variant, and then 30."""
    text = wide(3).replace("out_features: 3", "out_features: $w")
    put("a.yaml", text + "vars: {w: 3}\nvariants: {big: {w: 5}}\n")
    run(*WRITE, "a.yaml")
    assert entries() == [over(25)]
    put("a.yaml", text + "vars: {w: 3}\nvariants: {big: {w: 6}}\n")
    assert found(*USE, "a.yaml") == ["NN901"]


def test_what_the_repository_allows_is_known_too() -> None:
    put("pyproject.toml", f'[tool.nnlint]\nbaseline = "{FILE}"\nbudget = {{params = 10}}\n')
    adopt(wide(3, "{params: 100}"))
    assert entries() == [["a.yaml", "NN901", "nnlint.params", 15]]
    assert found("a.yaml") == []


def test_a_folder_of_its_own_does_not_raise_what_is_set_further_up() -> None:
    put("pyproject.toml", "[tool.nnlint]\nbudget = {params = 10}\n")
    put("sub/pyproject.toml", f'[tool.nnlint]\nbaseline = "{FILE}"\n')
    put("sub/a.yaml", wide(3, "{params: 12}"))
    with chdir("sub"):
        code, _, err = run("--write-baseline", "a.yaml")
        assert (code, entries()) == (Exit.BUDGET, [])
        assert "set further up" in err
        put_entries(["a.yaml", "NN901", "nnlint.params", 15])
        assert "NN901" in run("a.yaml")[1]


# --- stale entries ----------------------------------------------------------------------------

MENDED = SPEC.replace("out_features: 3}\n  - B", "out_features: 3, bias: false}\n  - B")
"""The bias is gone."""


def test_what_is_gone_is_told_and_pruned() -> None:
    adopt()
    put("a.yaml", MENDED)
    code, out, err = run(*USE, "a.yaml")
    assert (code, out) == (Exit.OK, "")
    assert "a.yaml: NN301 at layers.Linear.1 is no longer found" in err
    assert "1 line of" in err
    assert entries() == KNOWN
    assert "1 gone" in run(*PRUNE, "a.yaml")[2]
    assert entries() == KNOWN[1:]
    assert found(*USE, "a.yaml") == []


def test_pruning_adds_nothing() -> None:
    put("a.yaml", SPEC)
    put_entries(KNOWN[0])
    assert run(*PRUNE, "a.yaml")[0] == Exit.FINDINGS
    assert entries() == [KNOWN[0]]


def test_many_are_told_up_to_a_cap() -> None:
    put("a.yaml", SPEC)
    put_entries(*(["a.yaml", "NN301", f"layers.l{n}"] for n in range(25)))
    lines = run(*USE, "a.yaml")[2].splitlines()
    assert sum("no longer found" in line for line in lines) == 10
    assert lines[-2:] == [
        "nnlint: and 15 more",
        f"nnlint: 25 lines of {FILE} can go: --prune-baseline removes such",
    ]


HIDING = SPEC.replace("- BatchNorm1d", "- BatchNorm3d")
"""Where one layer does not fit, what follows is not looked at."""


@pytest.mark.parametrize(
    ("text", "argv"),
    [
        (SPEC, ("b.yaml",)),  # another file
        (MENDED, ("--select", "NN4", "a.yaml")),  # other rules
        (MENDED, ("--ignore", "NN301", "a.yaml")),
        (MENDED + "vars: {w: 3}\nvariants: {v: {w: 4}}\n", ("--variant", "v", "a.yaml")),
        (HIDING, ("a.yaml",)),
        ("nnlint: 1\nlayers: [", ("a.yaml",)),
        ("no: spec\n", ("--skip-unmarked", "a.yaml")),
    ],
    ids=str,
)
def test_what_was_not_looked_at_is_not_stale(text: str, argv: tuple[str, ...]) -> None:
    put("b.yaml", "nnlint: 1\ninput: [4]\nlayers: [ReLU]\n")
    adopt()
    put("a.yaml", text)
    assert "no longer found" not in run(*USE, *argv)[2]
    if "--variant" not in argv:
        run(*PRUNE, *argv)
        assert [entry for entry in entries() if entry in KNOWN] == KNOWN


def test_advice_that_is_not_asked_for_is_not_stale() -> None:
    put("a.yaml", SPEC.replace("BatchNorm1d", "{type: Dropout, p: 0.7}"))
    run("--show-info", *WRITE, "a.yaml")
    assert "NN809" in {entry[1] for entry in entries()}
    assert found(*USE, "a.yaml") == []
    assert found(*USE, "--show-info", "a.yaml") == []


def test_a_file_that_is_gone_is_stale_in_any_run() -> None:
    adopt()
    put("b.yaml", "nnlint: 1\ninput: [4]\nlayers: [ReLU]\n")
    Path("a.yaml").unlink()
    assert run(*USE, "b.yaml")[2].count("no longer found") == 3
    run(*PRUNE, "b.yaml")
    assert entries() == []


def test_writing_keeps_what_was_not_looked_at() -> None:
    adopt()
    put("b.yaml", SPEC)
    run(*WRITE, "--select", "NN3", "b.yaml")
    assert entries() == [*KNOWN, ["b.yaml", "NN301", "layers.Linear.1"]]


def test_a_finding_that_a_comment_silences_needs_no_entry() -> None:
    adopt()
    put("a.yaml", SPEC.replace("3}\n  - B", "3}  # nnlint: ignore[NN301] meant\n  - B"))
    assert "NN301 at layers.Linear.1 is no longer found" in run(*USE, "a.yaml")[2]


# --- fixes, formats ---------------------------------------------------------------------------


def test_fixes_mend_what_is_known_and_the_baseline_leaves_out_the_rest() -> None:
    adopt()
    code, out, err = run(*USE, "--unsafe-fixes", "a.yaml")
    assert (code, out) == (Exit.OK, "")
    assert "fixed NN301" in err
    assert "NN301 at layers.Linear.1 is no longer found" in err
    assert "bias: false" in Path("a.yaml").read_text("utf-8")


def test_what_is_left_after_fixes_is_written() -> None:
    put("a.yaml", SPEC)
    run(*WRITE, "--unsafe-fixes", "a.yaml")
    assert entries() == KNOWN[1:]


def test_the_last_line_and_json_count_what_is_known() -> None:
    adopt()
    put_entries(*KNOWN[:2])
    full = run(*USE, "--format", "full", "--no-table", "a.yaml")[1]
    assert full.splitlines()[-1].startswith("1 warning in 1 file; 2 findings in the baseline")
    told = json.loads(run(*USE, "--format", "json", "a.yaml")[1])
    assert told["summary"]["known"] == 2
    assert [one["code"] for one in told["files"][0]["findings"]] == ["NN401"]


# --- the README -------------------------------------------------------------------------------


def test_the_baseline_of_the_readme_is_one() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    (sample,) = re.findall(r"```json\n(.*?)```", readme, re.DOTALL)
    assert rendered(parsed(sample.encode(), "README.md")) == sample.encode()


# --- any spec ---------------------------------------------------------------------------------

LOUD = [
    path
    for path in sorted((Path(__file__).parent / "data" / "loud").glob("*.yaml"))
    if document.read(path.read_text("utf-8")).root
]
PARTS = ("layers", "body", "expert", "shared_expert", "shortcut")
"""Keys whose values are layers in a row."""


def layer_lines(read: document.Document) -> dict[int, int]:
    """Lines on which an item of a list of layers begins, with the column of its dash."""
    assert read.root
    found: dict[int, int] = {}
    waiting: list[tuple[str | int, document.Node]] = [("", read.root)]
    while waiting:
        key, node = waiting.pop()
        waiting += node.children.items()
        for child in node.children.values() if key in PARTS else ():
            line, column = read.lines.place(child.start)
            if read.line(line)[: column - 1].strip() == "-":
                found[line] = read.line(line).index("-")
    return found


def with_more(text: str, drawn: st.DataObject) -> str:
    """The text with a line more: a comment, nothing, or a layer that does nothing."""
    read, lines = document.read(text), text.splitlines(keepends=True)
    dashes = layer_lines(read)
    what = drawn.draw(st.sampled_from(["# a comment\n", "\n", "- Identity\n"]))
    places = dashes if what.startswith("-") else range(1, len(lines) + 1)
    # an ignore alone on its line speaks of the next one: nothing may come between
    free = [n for n in places if n == 1 or "nnlint: ignore" not in lines[n - 2]]
    if not free:
        return text
    number = drawn.draw(st.sampled_from(free))
    more = " " * dashes.get(number, 0) + what
    return "".join([*lines[: number - 1], more, *lines[number - 1 :]])


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(LOUD), st.data())
def test_whatever_moves_what_was_written_stays_known(path: Path, drawn: st.DataObject) -> None:
    text = path.read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        put("a.yaml", text)
        run("--isolated", "--show-info", *WRITE, "a.yaml")
        for _ in range(drawn.draw(st.integers(0, 4))):
            text = with_more(text, drawn)
        put("a.yaml", text)
        run("--isolated", *PRUNE, "a.yaml")
        known = {(code, place) for _, code, place, *_ in entries()}
    left = [
        one for one in engine.lint_text(text).findings
        if (one.rule.code, one.place) not in known and not never_held(one.rule.code)
    ]  # fmt: skip
    assert [one for one in left if ".Identity." not in f"{one.place}."] == []


@pytest.mark.parametrize("path", LOUD, ids=lambda path: path.stem)
def test_what_a_loud_spec_draws_is_written_and_left_out(path: Path) -> None:
    put(path.name, path.read_text("utf-8"))
    expected = {
        code.upper() for code in path.stem.partition("-")[0].split("+")
        if never_held(code.upper())
    }  # fmt: skip
    assert set(re.findall(r"\[(NN\d{3})\]", run("--show-info", *WRITE, ".")[1])) == expected
    assert set(found("--show-info", *USE, ".")) == expected

"""`[tool.nnlint]`, the environment and the flags: what is read, what wins, what is refused."""

from __future__ import annotations

import io
import re
import tomllib
from pathlib import Path

import pytest

from nnlint.cli import main
from nnlint.exits import Exit

SPEC = """\
nnlint: 1
input: [4]
layers:
  - {type: Linear, out_features: 3}
  - BatchNorm1d
  - {type: Dropout, p: 0.7}
  - {type: Linear, out_features: 3}
"""
"""Draws two warnings and an advice; 4·3 + 3 + 2·3 + 3·3 + 3 = 33 parameters."""
NORMAL = {"NN301", "NN401"}


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    for key in ("CONFIG", "SELECT", "IGNORE", "FAIL_ON", "EXCLUDE", "SHOW_INFO"):
        monkeypatch.delenv(f"NNLINT_{key}", raising=False)
    Path("a.yaml").write_text(SPEC)


def configure(text: str, folder: str = ".", name: str = "pyproject.toml") -> None:
    Path(folder).mkdir(exist_ok=True, parents=True)
    Path(folder, name).write_text(text)


def run(*argv: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main([*argv, "--color", "never"], out, err)
    return code, out.getvalue(), err.getvalue()


def codes(*argv: str) -> set[str]:
    """The codes that a run shows."""
    _, out, err = run("--format", "concise", *(argv or ("a.yaml",)))
    assert err == ""
    return {line.partition("[")[2][:5] for line in out.splitlines()}


def refused(*argv: str) -> str:
    """What standard error says of a run that could not begin."""
    code, out, err = run(*(argv or ("a.yaml",)))
    assert (code, out) == (Exit.COULD_NOT_CHECK, "")
    return err


# --- what each key does -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "shown"),
    [
        ("", NORMAL),
        ('ignore = ["NN301"]', {"NN401"}),
        ('ignore = ["NN"]', set()),
        ('select = ["NN3"]', {"NN301"}),
        ('select = ["NN3"]\nignore = ["NN301"]', set()),
        ('select = ["NN301"]\nignore = ["NN3"]', {"NN301"}),
        ('select = ["NN5"]\nextend-select = ["NN4"]', {"NN401"}),
        ('extend-select = ["NN8"]', {*NORMAL, "NN809"}),
        ("show-info = true", {*NORMAL, "NN809"}),
        ('[tool.nnlint.severity]\nNN301 = "info"', {"NN401"}),
        ('[tool.nnlint.severity]\nNN809 = "warning"', {*NORMAL, "NN809"}),
        ('[tool.nnlint.per-file-ignores]\n"*.yaml" = ["NN3"]', {"NN401"}),
        ('[tool.nnlint.per-file-ignores]\n"b.yaml" = ["NN3"]', NORMAL),
    ],
)
def test_which_rules_are_on(table: str, shown: set[str]) -> None:
    configure(f"[tool.nnlint]\n{table}\n")
    assert codes() == shown


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("", Exit.OK),
        ('fail-on = "warning"', Exit.FINDINGS),
        ('fail-on = "never"\nseverity = {NN301 = "error"}', Exit.OK),
        ('severity = {NN301 = "error"}', Exit.FINDINGS),
        ("budget = {params = 32}", Exit.BUDGET),
        ("budget = {params = 33}", Exit.OK),
        ('per-file-budgets = {"a*" = {params = 32}}', Exit.BUDGET),
        ('per-file-budgets = {"b*" = {params = 32}}', Exit.OK),
        ('exclude = ["a.yaml"]', Exit.COULD_NOT_CHECK),
    ],
)
def test_how_a_run_ends(table: str, code: int) -> None:
    configure(f"[tool.nnlint]\n{table}\n")
    assert run("a.yaml")[0] == code


def test_a_glob_is_relative_to_the_file_that_it_stands_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure('[tool.nnlint]\nper-file-ignores = {"specs/**/*.yaml" = ["NN301"]}\n')
    for name in ("specs/x.yaml", "specs/deep/er/x.yaml", "other/specs.yaml"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(SPEC)
    monkeypatch.chdir("specs")
    assert codes("x.yaml") == codes("deep/er/x.yaml") == {"NN401"}
    assert codes("../other/specs.yaml") == NORMAL


# --- where it is found ------------------------------------------------------------------------


def test_the_nearest_file_with_the_table_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    configure('[tool.nnlint]\nignore = ["NN301"]\n')
    configure("[tool.ruff]\n", "sub")
    configure("[project]\nname = 'x'\n", "sub/sub")
    monkeypatch.chdir("sub/sub")
    assert codes("../../a.yaml") == {"NN401"}
    configure('[tool.nnlint]\nignore = ["NN401"]\n')
    assert codes("../../a.yaml") == {"NN301"}


def test_nothing_is_sought_above_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure('[tool.nnlint]\nignore = ["NN301"]\n')
    (tmp_path / "inner" / ".git").mkdir(parents=True)
    monkeypatch.chdir("inner")
    assert codes("../a.yaml") == NORMAL


def test_one_file_configures_a_run(tmp_path: Path) -> None:
    configure('[tool.nnlint]\nignore = ["NN301"]\n', "sub")
    (tmp_path / "sub" / "a.yaml").write_text(SPEC)
    assert codes("sub/a.yaml") == NORMAL


def test_another_file_can_be_named_or_none() -> None:
    configure('[tool.nnlint]\nignore = ["NN301"]\n')
    configure('[tool.nnlint]\nignore = ["NN401"]\n', name="strict.toml")
    assert codes("--config", "strict.toml", "a.yaml") == {"NN301"}
    assert codes("--isolated", "a.yaml") == NORMAL


# --- precedence -------------------------------------------------------------------------------


def test_flags_win_over_the_environment_and_that_over_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure('[tool.nnlint]\nignore = ["NN301"]\nfail-on = "never"\n')
    assert codes("--select", "NN301", "a.yaml") == {"NN301"}
    monkeypatch.setenv("NNLINT_SELECT", "NN301, NN401")
    monkeypatch.setenv("NNLINT_FAIL_ON", "warning")
    assert codes() == NORMAL
    assert run("a.yaml")[0] == Exit.FINDINGS
    assert codes("--ignore", "NN4", "a.yaml") == {"NN301"}
    assert run("--fail-on", "never", "a.yaml")[0] == Exit.OK
    assert codes("--isolated", "a.yaml") == NORMAL


def test_a_file_wins_over_what_it_extends() -> None:
    configure('[tool.nnlint]\nextend = "base/nn.toml"\nextend-select = ["NN301"]\n')
    configure('[tool.nnlint]\nignore = ["NN"]\nfail-on = "warning"\n', "base", "nn.toml")
    assert codes() == {"NN301"}
    assert run("a.yaml")[0] == Exit.FINDINGS


# --- budgets ----------------------------------------------------------------------------------

CEILING = "[tool.nnlint]\nbudget = {params = 32}\n"


@pytest.mark.parametrize(
    "more",
    [
        "budget: {params: 1M}\n",
        "# nnlint: ignore-file[NN901] mine\n",
        "budget: {params: 2}  # nnlint: ignore[NN901] mine\n",
    ],
)
def test_no_spec_raises_what_the_repository_allows(more: str) -> None:
    configure(CEILING)
    Path("a.yaml").write_text(SPEC + more)
    code, out, _ = run("--format", "concise", "a.yaml")
    assert code == Exit.BUDGET
    assert (
        "a.yaml:1:9: error[NN901] params: 33 used, but the budget in pyproject.toml is 32"
        in out
    )


@pytest.mark.parametrize("flag", ["--ignore", "--select"])
def test_no_flag_silences_what_the_repository_allows(flag: str) -> None:
    configure(CEILING)
    assert run(flag, "NN901" if flag == "--ignore" else "NN301", "a.yaml")[0] == Exit.BUDGET


def test_a_spec_may_lower_it() -> None:
    configure("[tool.nnlint]\nbudget = {params = 100}\n")
    Path("a.yaml").write_text(SPEC + "budget: {params: 10}\n")
    assert (
        "a.yaml:8:18: error[NN901] params: 33 used, but the budget is 10"
        in run("--format", "concise", "a.yaml")[1]
    )


@pytest.mark.parametrize(
    "nested",
    [
        "budget = {params = 1000}",
        "budget = {macs = 1000}",
        'ignore = ["NN9"]',
        'select = ["NN3"]',
        'severity = {NN901 = "info"}',
        'per-file-ignores = {"*" = ["NN901"]}',
    ],
)
def test_no_nested_file_raises_or_silences_it(
    nested: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(CEILING)
    configure(f"[tool.nnlint]\n{nested}\n", "sub")
    monkeypatch.chdir("sub")
    assert "NN901" in codes("../a.yaml")
    assert run("../a.yaml")[0] in (Exit.BUDGET, Exit.FINDINGS)


def test_the_file_that_sets_it_may_silence_it() -> None:
    configure(CEILING + 'ignore = ["NN901"]\n')
    assert "NN901" not in codes()
    configure(CEILING + 'select = ["NN3"]\n')
    assert codes() == {"NN301", "NN901"}


def test_a_link_is_held_to_what_binds_any_of_its_names() -> None:
    configure('[tool.nnlint]\nper-file-budgets = {"edge/**" = {params = 20}}\n')
    Path("edge").mkdir()
    Path("edge", "b.yaml").symlink_to(Path("a.yaml").resolve())
    assert run(".")[0] == run("edge")[0] == Exit.BUDGET
    Path("out").symlink_to("edge")
    Path("edge", "c.yaml").write_text(SPEC)
    assert run("out/c.yaml")[0] == Exit.BUDGET
    assert run("a.yaml")[0] == Exit.OK


def test_what_is_unknown_behind_an_ignored_error_is_no_way_around_it() -> None:
    configure("[tool.nnlint]\nbudget = {params = 1000}\n")
    Path("a.yaml").write_text(
        "nnlint: 1\ninput: [1, 2, 2]\nlayers:\n"
        "  - {type: Conv2d, out_channels: 4, kernel_size: 9}  # nnlint: ignore[NN211] no\n"
        "  - Flatten\n  - {type: Linear, out_features: 3}\n"
    )
    code, out, _ = run("--format", "concise", "a.yaml")
    assert code == Exit.BUDGET
    assert "NN903" in out


def test_every_variant_is_held_to_it() -> None:
    configure("[tool.nnlint]\nbudget = {params = 32}\n")
    Path("a.yaml").write_text(
        "nnlint: 1\ninput: [4]\nvars: {n: 2}\nvariants: {big: {n: 9}}\n"
        "layers: [{type: Linear, out_features: $n}]\n"
    )
    assert "(variant big)" in run("--format", "concise", "a.yaml")[1]


# --- mistakes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('slect = ["NN3"]', "[tool.nnlint] takes no key 'slect': did you mean 'select'?"),
        ("fail_on = 1", "[tool.nnlint] takes no key 'fail_on': did you mean 'fail-on'?"),
        ('select = ["NN999"]', "select names 'NN999', but there is no rule or family"),
        ('ignore = ["nn301"]', ("ignore names 'nn301', but codes are in "
         "capitals: write 'NN301'")),
        ('ignore = ["redundant-bias"]', "rules go by their codes: write 'NN301'"),
        ('ignore = "NN301"', ("ignore is the text 'NN301', but expected a list of texts: write "
         "['NN301']")),
        ("ignore = [301]", "ignore is a list of 1, but expected a list of texts"),
        ('fail-on = "eror"', ("fail-on is the text 'eror', but expected error, warning, info "
         "or never: did you mean 'error'?")),
        ("show-info = 1", "show-info is the number 1, but expected true or false"),
        ('severity = {NN301 = "off"}', "severity.NN301 is the text 'off'"),
        ('severity = {NN3 = "error"}', "a severity is set rule by rule: write the whole code"),
        ('severity = {NN002 = "info"}', "that a file can't be read is always an error"),
        ('per-file-ignores = {"a" = ["NN9x"]}', "per-file-ignores.'a' names 'NN9x'"),
        ("budget = {param = 1}", "did you mean 'params'?"),
        ('budget = {params = "10 kk"}', "params is the text '10 kk', but expected a count"),
        ("budget = {params = -1}", "params is -1"),
        ('budget = {params = "1.0005k"}', "which is no whole number"),
        ('per-file-budgets = {"a" = 3}', "per-file-budgets.'a': budget is the number 3"),
        ("exclude = [1]", "exclude is a list of 1, but expected a list of texts"),
        ("extend = 3", "extend is the number 3, but expected a text"),
        ('extend = "none.toml"', "none.toml: no such file or directory"),
        ('extend = "pyproject.toml"', "extend leads back to pyproject.toml"),
        ("x = ", "this is not TOML"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_and_nothing_is_checked(table: str, words: str) -> None:
    configure(f"[tool.nnlint]\n{table}\n")
    err = refused()
    assert err.startswith("nnlint: ")
    assert words in err


def test_every_mistake_is_told_at_once() -> None:
    configure('[tool.nnlint]\nslect = []\nignore = ["NN999"]\nfail-on = "x"\n')
    assert len(refused().splitlines()) == 3


def test_a_table_by_another_name_is_told() -> None:
    configure("[nnlint]\nignore = []\n")
    assert "[nnlint] is not read: its name is [tool.nnlint]" in refused()


@pytest.mark.parametrize("text", ["tool = 3\n", "[tool]\nnnlint = 3\n", "[[tool.nnlint]]\n"])
def test_a_table_that_is_none_is_no_traceback(text: str) -> None:
    configure(text)
    code, _, err = run("a.yaml")
    assert "internal" not in err
    assert code in (Exit.OK, Exit.COULD_NOT_CHECK)


def test_a_named_file_must_be_there_and_have_the_table() -> None:
    assert "no.toml: no such file or directory" in refused("--config", "no.toml", "a.yaml")
    configure("[tool.ruff]\n", name="other.toml")
    assert "there is no table [tool.nnlint] in it" in refused(
        "--config", "other.toml", "a.yaml"
    )


@pytest.mark.parametrize("empty", ["", " ", ","])
def test_an_empty_selection_is_no_way_to_switch_every_rule_off(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "is empty: is a variable not set?"
    assert f"--select {words}" in refused("--select", empty, "a.yaml")
    assert codes("--select", "NN301", "--select", empty, "a.yaml") == {"NN301"}
    assert codes("--ignore", empty, "a.yaml") == NORMAL
    monkeypatch.setenv("NNLINT_SELECT", empty)
    if empty:
        assert f"NNLINT_SELECT {words}" in refused()
    else:  # as a variable that is not set
        assert codes() == NORMAL


def test_flags_and_variables_are_called_by_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--select names 'NN7'" in refused("--select", "NN7", "a.yaml")
    monkeypatch.setenv("NNLINT_IGNORE", "NN7")
    assert "NNLINT_IGNORE names 'NN7'" in refused()
    monkeypatch.setenv("NNLINT_IGNORE", "")
    assert codes() == NORMAL


def test_that_a_file_cannot_be_read_is_never_hidden() -> None:
    configure('[tool.nnlint]\nignore = ["NN0"]\n')
    Path("a.yaml").write_text("nnlint: 1\nlayers: [\n")
    assert codes() == {"NN002"}


# --- ignores ----------------------------------------------------------------------------------


def test_an_ignore_of_a_rule_that_is_off_is_not_judged() -> None:
    Path("a.yaml").write_text(SPEC.replace("0.7}", "0.7}  # nnlint: ignore[NN402] x"))
    assert "NN951" in codes()
    configure('[tool.nnlint]\nignore = ["NN402"]\n')
    assert "NN951" not in codes()


# --- --show-config ----------------------------------------------------------------------------


def test_the_settings_are_shown_as_toml_that_sets_them() -> None:
    configure(
        '[tool.nnlint]\nselect = ["NN3", "NN4"]\nignore = ["NN401"]\nfail-on = "warning"\n'
        'severity = {NN301 = "error"}\nbudget = {params = "15k", layer_share = 0.5}\n'
        '[tool.nnlint.per-file-ignores]\n"sub \\"x\\"/*" = ["NN4"]\n'
    )
    code, out, err = run("--show-config", "--ignore", "NN402")
    table = tomllib.loads(out)["tool"]["nnlint"]
    assert (code, err) == (Exit.OK, "")
    assert table["fail-on"] == "warning"
    assert table["severity"] == {"NN301": "error"}
    assert table["per-file-ignores"] == {'sub "x"/*': ["NN4"]}
    assert table["per-file-budgets"] == {
        "*": {"params": 15000, "layer_share": "50%"}  # near begins at 90% anyway
    }
    assert "from: pyproject.toml, the command line" in out
    Path("shown.toml").write_text(out)
    assert codes("--config", "shown.toml", "a.yaml") == codes("--ignore", "NN402", "a.yaml")


def test_what_holds_for_a_path_is_shown() -> None:
    configure('[tool.nnlint]\nexclude = ["a.*"]\nper-file-ignores = {"*.yaml" = ["NN3"]}\n')
    out = run("--show-config", "a.yaml")[1]
    assert "# a.yaml\n#   rules that are off: NN3\n#   excluded: it is not checked" in out


@pytest.mark.parametrize(
    ("ignored", "shown"),
    [(["NN301"], ["NN301"]), (["NN3"], ["NN3"]), (["NN4", "NN301"], ["NN301", "NN4"]),
     (["NN40"], ["NN40"]), (["NN9", "NN901"], ["NN9"])],
)  # fmt: skip
def test_rules_are_shown_in_the_words_that_were_written(
    ignored: list[str], shown: list[str]
) -> None:
    configure(f"[tool.nnlint]\nignore = {ignored}\n")
    out = run("--show-config", "a.yaml")[1]
    assert tomllib.loads(out)["tool"]["nnlint"]["ignore"] == shown
    assert f"rules that are off: {', '.join(shown)}\n" in out


def test_a_file_that_is_extended_goes_by_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure("[tool.nnlint]\nbudget = {params = 5}\n", name="base.toml")
    configure('[tool.nnlint]\nextend = "../base.toml"\n', "sub")
    monkeypatch.chdir("sub")
    out = run("--show-config")[1]
    assert f"# from: {tmp_path.resolve() / 'base.toml'}, pyproject.toml\n" in out
    assert ".." not in out


# --- the README -------------------------------------------------------------------------------


def test_the_configuration_of_the_readme_is_one() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    (table,) = re.findall(r"```toml\n(.*?)```", readme, re.DOTALL)
    configure(table)
    assert run("a.yaml")[0] == Exit.FINDINGS
    assert codes() == NORMAL

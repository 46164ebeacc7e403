"""The command line: exit codes, inputs, streams, colours, widths, hostile names."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from nnlint import __version__, formats
from nnlint.cli import main

FORMATS = formats.names()
TELLING = [name for name in FORMATS if formats.shows_findings(name)]
MODULE = [sys.executable, "-m", "nnlint"]
HEAD = "nnlint: 1\ninput: [784]\n"

CLEAN = f"{HEAD}layers:\n  - {{type: Linear, out_features: 10}}\n"  # 784×10 + 10 = 7,850
BROKEN = f"{HEAD}layers:\n  - {{type: Linear, in_features: 3, out_features: 10}}\n"
AMBIGUOUS = f"{CLEAN}  - {{type: LeakyReLU, negative_slope: 1e-3}}\n"
OVER = f"{CLEAN}budget: {{params: 7k}}\n"
NEAR = f"{CLEAN}budget: {{params: 8k}}\n"
DIFFERS = f"{CLEAN}expect: {{params: 7840}}\n"
SYNTAX = f"{HEAD}layers: [\n"
UNMARKED = "services: {web: {image: nginx}}\n"

ESCAPE = "\x1b"
BIDI = "\u202e"


class Run(NamedTuple):
    """What one run gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output as the one JSON document that it must be."""
        document: dict[str, Any] = json.loads(self.out)
        return document


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test works in an empty folder, with an environment that says nothing."""
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TERM", "PYTHONPATH"):
        monkeypatch.delenv(name, raising=False)


def lint(*argv: str) -> Run:
    """Run in this process."""
    out, err = StringIO(), StringIO()
    return Run(main(argv, out, err), out.getvalue(), err.getvalue())


def shell(*argv: str, stdin: bytes = b"", **environ: str) -> Run:
    """Run `python -m nnlint` in a process of its own."""
    done = subprocess.run(
        [*MODULE, *argv], input=stdin, capture_output=True, check=False,
        env={**os.environ, **environ}, timeout=20,
    )  # fmt: skip
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


def redirected(command: str) -> Run:
    """Run a line of bash, in which `nnlint` is this one; the code is that of nnlint."""
    line = f'nnlint() {{ "{sys.executable}" -m nnlint "$@"; }}; {command}'
    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, check=False, text=True, timeout=20
    )
    return Run(done.returncode, done.stdout, done.stderr)


def write(name: str, text: str | bytes) -> str:
    """Write a file; its name."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return name


def assert_quiet_about_itself(run: Run) -> None:
    """No word of Python's reaches the user."""
    for word in ("Traceback", "Exception ignored", "internal error", "Errno"):
        assert word not in run.out + run.err


# Exit codes

NEVER, ERROR, WARNING = "never", "error", "warning"
EXITS = [
    ({"clean": CLEAN}, {NEVER: 0, ERROR: 0, WARNING: 0}),
    ({"broken": BROKEN}, {NEVER: 0, ERROR: 1, WARNING: 1}),
    ({"syntax": SYNTAX}, {NEVER: 0, ERROR: 1, WARNING: 1}),
    ({"latin": CLEAN.encode() + b"# \xe9\n"}, {NEVER: 0, ERROR: 1, WARNING: 1}),
    ({"ambiguous": AMBIGUOUS}, {NEVER: 0, ERROR: 0, WARNING: 1}),
    ({"over": OVER}, {NEVER: 0, ERROR: 3, WARNING: 3}),
    ({"near": NEAR}, {NEVER: 0, ERROR: 0, WARNING: 3}),
    ({"differs": DIFFERS}, {NEVER: 0, ERROR: 3, WARNING: 3}),
    ({"over": OVER, "differs": DIFFERS, "clean": CLEAN}, {NEVER: 0, ERROR: 3, WARNING: 3}),
    ({"over": OVER, "ambiguous": AMBIGUOUS}, {NEVER: 0, ERROR: 3, WARNING: 1}),
    ({"broken": BROKEN, "near": NEAR}, {NEVER: 0, ERROR: 1, WARNING: 1}),
    ({"unmarked": UNMARKED}, {NEVER: 2, ERROR: 2, WARNING: 2}),
    ({"broken": BROKEN, "unmarked": UNMARKED}, {NEVER: 2, ERROR: 2, WARNING: 2}),
    ({"over": OVER, "missing": None}, {NEVER: 2, ERROR: 2, WARNING: 2}),
]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("files", "codes"), EXITS, ids="+".join)
def test_exit_code_is_the_contract_s_in_every_format(
    files: dict[str, str | bytes | None], codes: dict[str, int], form: str
) -> None:
    for name, text in files.items():
        if text is not None:
            write(name, text)
    got = {level: lint("--format", form, "--fail-on", level, *files).code for level in codes}
    assert got == codes


def test_error_is_what_fails_by_default() -> None:
    assert lint(write("a.yaml", AMBIGUOUS)).code == 0
    assert lint(write("a.yaml", BROKEN)).code == 1


@pytest.mark.parametrize("form", TELLING)
@pytest.mark.parametrize("level", ["never", "error"])
def test_fail_on_filters_nothing_from_the_output(form: str, level: str) -> None:
    write("a.yaml", AMBIGUOUS)
    shown = lint("--format", form, "--fail-on", level, "a.yaml").out
    assert "NN012" in shown
    assert shown == lint("--format", form, "--fail-on", "warning", "a.yaml").out


USAGE = [
    [],
    ["--format", "nonesuch", "a.yaml"],
    ["--fail-on", "nonesuch", "a.yaml"],
    ["--nonesuch", "a.yaml"],
    ["--table", "--no-table", "a.yaml"],
    ["--color", "nonesuch", "a.yaml"],
]


@pytest.mark.parametrize("argv", USAGE, ids=" ".join)
def test_usage_error_is_2_and_says_how_to_get_help(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.yaml", CLEAN)
    run = lint(*argv)
    assert run.code == 2
    assert not run.out
    assert "--help" in run.err + capsys.readouterr().err


@pytest.mark.parametrize(("argv", "words"), [
    (["--version"], f"nnlint {__version__}\n"),
    (["--help"], "exit codes"),
    (["schema"], '"$schema"'),
    (["--version", "--color", "never"], f"nnlint {__version__}\n"),
])  # fmt: skip
def test_main_writes_to_the_streams_that_it_is_given(
    argv: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run = lint(*argv)
    assert run.code == 0
    assert words in run.out
    assert capsys.readouterr() == ("", "")


def test_main_writes_usage_errors_to_the_stream_that_it_is_given(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "--nonesuch" in lint("--nonesuch").err
    assert capsys.readouterr() == ("", "")


# Inputs: none is lost, and none stops the others


@pytest.mark.parametrize("form", TELLING)
def test_broken_and_missing_files_stop_no_other(form: str) -> None:
    names = [write("a.yaml", BROKEN), write("b.yaml", SYNTAX), "gone.yaml", "gone/z.yaml",
             write("d.yaml", DIFFERS)]  # fmt: skip
    run = lint("--format", form, *names)
    assert run.code == 2
    assert all(code in run.out for code in ("NN201", "NN002", "NN911"))
    assert "gone.yaml" in run.err
    assert "gone/z.yaml" in run.err


def test_format_without_findings_tells_that_there_are_some() -> None:
    run = lint("--format", "csv", write("a.yaml", BROKEN))
    assert (run.code, run.err) == (
        1, "nnlint: 1 finding not shown: --format concise shows findings\n",
    )  # fmt: skip
    assert lint("--format", "csv", write("b.yaml", CLEAN)).err == ""


def test_concise_names_place_severity_and_code() -> None:
    run = lint("--format", "concise", write("a.yaml", BROKEN), write("b.yaml", AMBIGUOUS))
    first, second = run.out.splitlines()
    assert re.match(r"a\.yaml:4:\d+: error\[NN201\] \S", first)
    assert re.match(r"b\.yaml:5:39: warning\[NN012\] \S", second)


def test_full_begins_with_the_line_of_concise() -> None:
    write("a.yaml", BROKEN)
    concise = lint("--format", "concise", "a.yaml").out
    assert lint("a.yaml").out.startswith(concise)


def test_json_is_pure_even_where_a_file_is_missing() -> None:
    run = lint("--format", "json", "gone.yaml", write("a.yaml", CLEAN))
    gone, fine = run.json["files"]
    assert (gone["path"], gone["status"], gone["findings"]) == ("gone.yaml", "unreadable", [])
    assert gone["reason"]
    assert (fine["path"], fine["status"]) == ("a.yaml", "linted")
    assert fine["network"]["totals"]["params"] == 7850
    assert "gone.yaml" in run.err


def test_json_carries_a_version_number() -> None:
    assert isinstance(lint("--format", "json", write("a.yaml", CLEAN)).json["version"], int)


def test_folder_counts_the_unmarked_and_lints_the_rest() -> None:
    write("specs/a.yaml", CLEAN)
    write("specs/deep/b.yml", BROKEN)
    write("specs/ci.yml", UNMARKED)
    write("specs/compose.yaml", UNMARKED)
    write("specs/notes.txt", CLEAN)
    run = lint("specs")
    assert run.code == 1
    assert "2 files skipped" in run.out
    assert "in 2 files" in run.out
    assert lint("--format", "json", "specs").json["summary"]["skipped"] == 2


@pytest.mark.parametrize("form", FORMATS)
def test_folder_of_unmarked_files_is_0_and_says_so(form: str) -> None:
    write("specs/ci.yml", UNMARKED)
    run = lint("--format", form, "specs")
    assert run.code == 0
    assert "1 file skipped" in run.out + run.err


@pytest.mark.parametrize("form", FORMATS)
def test_named_unmarked_file_is_2_and_says_so(form: str) -> None:
    run = lint("--format", form, write("ci.yml", UNMARKED))
    assert run.code == 2
    assert re.search(r"ci\.yml.*nnlint:", run.err)


@pytest.mark.parametrize("form", FORMATS)
def test_all_skipped_is_0_with_a_line_that_says_so(form: str) -> None:
    names = [write("ci.yml", UNMARKED), write("compose.yaml", UNMARKED)]
    run = lint("--format", form, "--skip-unmarked", *names)
    assert run.code == 0
    assert "2 files skipped" in run.out + run.err


@pytest.mark.parametrize("line", ["# nnlint: 1", " nnlint: 1", "x: 'nnlint: 1'", "nnlint : 1"])
def test_marker_stands_at_the_beginning_of_a_line(line: str) -> None:
    run = lint("--skip-unmarked", write("a.yaml", f"{line}\n"))
    assert run.code == 0
    assert "1 file skipped" in run.out + run.err


@pytest.mark.parametrize("text", [SYNTAX, f"- [\n{CLEAN}", f"\ufeff{SYNTAX}", f"\r\n{SYNTAX}"])
def test_broken_spec_is_never_skipped(text: str) -> None:
    assert lint("--skip-unmarked", write("a.yaml", text)).code == 1


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_spec_that_is_not_utf_8_is_an_error_at_a_place(codec: str) -> None:
    write("specs/a.yaml", CLEAN.encode(codec))
    run = lint("--format", "concise", "specs")
    assert run.code == 1
    assert re.match(r"specs/a\.yaml:\d+:\d+: error\[NN0\d\d\]", run.out)


def test_empty_folder_is_2_and_says_so() -> None:
    Path("empty").mkdir()
    run = lint("empty")
    assert run.code == 2
    assert "empty" in run.err


def test_glob_that_matches_nothing_is_2_and_says_so() -> None:
    write("a.yaml", CLEAN)
    run = lint("a.yaml", "none/*.yaml")
    assert run.code == 2
    assert "none/*.yaml" in run.err
    assert "1 file checked" in run.out


def test_glob_takes_what_matches() -> None:
    write("a/1.yaml", CLEAN)
    write("a/b/2.yaml", CLEAN)
    run = lint("--format", "json", "a/**/*.yaml")
    assert run.code == 0
    assert [one["path"] for one in run.json["files"]] == ["a/1.yaml", "a/b/2.yaml"]


def test_file_whose_name_looks_like_a_glob_is_that_file() -> None:
    assert lint(write("a[1].yaml", CLEAN)).code == 0


def test_input_named_twice_is_linted_once() -> None:
    write("a/1.yaml", BROKEN)
    run = lint("--format", "json", "a/1.yaml", "a", "./a/1.yaml")
    assert [one["path"] for one in run.json["files"]] == ["a/1.yaml"]


def test_named_file_must_be_a_spec_although_its_folder_is_searched_too() -> None:
    write("a/ci.yml", UNMARKED)
    assert lint("a/ci.yml", "a").code == 2
    assert lint("a", "a/ci.yml").code == 2


@pytest.mark.parametrize(
    "pattern", ["a", "a/", "./a", "a/bad.yaml", "bad.yaml", "bad*", "*/bad.yaml", "a/*"]
)
def test_exclude_leaves_out_paths_folders_and_names(pattern: str) -> None:
    write("a/bad.yaml", BROKEN)
    write("good.yaml", CLEAN)
    run = lint("--exclude", pattern, "--format", "json", ".")
    assert run.code == 0
    assert [one["path"] for one in run.json["files"]] == ["good.yaml"]


def test_exclude_of_everything_is_2_and_says_so() -> None:
    run = lint("--exclude", "*.yaml", write("a.yaml", CLEAN))
    assert run.code == 2
    assert "exclude" in run.err


def test_standard_input_is_an_input_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(BROKEN.encode())))
    run = lint("--format", "concise", "-", write("a.yaml", AMBIGUOUS))
    assert run.code == 1
    first, second = run.out.splitlines()
    assert re.match(r"-:4:\d+: error\[NN201\]", first)
    assert second.startswith("a.yaml:5:")


def test_file_named_dash_is_not_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(CLEAN.encode())))
    write("./-", BROKEN)
    run = lint("--format", "json", "-", "./-")
    assert len(run.json["files"]) == 2
    assert run.code == 1


def test_fifo_and_folder_are_no_regular_files() -> None:
    os.mkfifo("pipe.yaml")
    run = lint("pipe.yaml", write("a.yaml", CLEAN))
    assert run.code == 2
    assert "pipe.yaml" in run.err
    assert "1 file checked" in run.out


def test_first_argument_is_a_command_only_by_its_bare_name() -> None:
    write("schema", BROKEN)
    assert json.loads(lint("schema").out)["$schema"]
    assert "NN201" in lint("./schema").out
    assert "NN201" in lint(write("a.yaml", CLEAN), "schema").out


# Colours and widths


class Tty(StringIO):
    """A terminal that has no descriptor."""

    def isatty(self) -> bool:
        return True


COLORS = [
    # --color, FORCE_COLOR, NO_COLOR, terminal -> coloured
    (None, None, None, False, False),
    (None, None, None, True, True),
    (None, None, "1", True, False),
    (None, None, "", True, True),
    (None, "1", None, False, True),
    (None, "1", "1", False, True),
    (None, "1", "1", True, True),
    (None, "", "1", True, False),
    ("never", "1", None, True, False),
    ("always", None, "1", False, True),
    ("auto", None, None, True, True),
    ("auto", None, "1", True, False),
]


@pytest.mark.parametrize("text", [BROKEN, CLEAN], ids=["frames", "table"])
@pytest.mark.parametrize(("option", "force", "no", "tty", "coloured"), COLORS)
def test_colour_is_asked_forced_refused_or_the_terminal_s(
    option: str | None, force: str | None, no: str | None, tty: bool, coloured: bool,
    text: str, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name, value in (("FORCE_COLOR", force), ("NO_COLOR", no)):
        if value is not None:
            monkeypatch.setenv(name, value)
    out = Tty() if tty else StringIO()
    main([*([f"--color={option}"] if option else []), write("a.yaml", text)], out, StringIO())
    assert (ESCAPE in out.getvalue()) is coloured


def test_json_has_no_colours_whatever_is_asked() -> None:
    assert ESCAPE not in lint("--color=always", "--format=json", write("a.yaml", BROKEN)).out


def test_colours_change_nothing_else() -> None:
    write("a.yaml", NEAR)
    plain, coloured = lint("a.yaml").out, lint("--color=always", "a.yaml").out
    bare = re.sub(r"\x1b\[[\d;]*m", "", coloured)
    assert [line.rstrip() for line in bare.splitlines()] == plain.splitlines()
    assert plain != coloured


WIDTHS = ["40", "60", "80", "100", "200"]
WIDE = """\
nnlint: 1
name: widths
input: [784]
layers:
  - {type: Linear, out_features: 16}
  - ReLU
  - {type: Linear, out_features: 24}
  - ReLU
  - {type: Linear, out_features: 10, name: logits}
budget: {params: 20k, size: 64 KiB}
expect: {params: 13218, output: [10]}
"""
COPIES = 10**18
GIANT = f"""\
nnlint: 1
name: giant
input: [784]
layers:
  - {{type: Sequential, repeat: {COPIES}, layers: [{{type: Linear, out_features: 784}}, ReLU]}}
  - {{type: Linear, out_features: 10}}
"""
NUMBERS = {
    WIDE: [
        (784 * 16, 16, 784 * 16 + 16),
        (16 * 24, 24, 16 * 24 + 24),
        (24 * 10, 10, 24 * 10 + 10),
        (784 * 16 + 16 * 24 + 24 * 10, 16 + 24 + 10, 13218),
    ],
    GIANT: [
        (784 * 784 * COPIES, 784 * COPIES, (784 * 784 + 784) * COPIES),
        (784 * 10, 10, 784 * 10 + 10),
        (784 * 784 * COPIES + 7840, 784 * COPIES + 10, (784 * 784 + 784) * COPIES + 7850),
    ],
}
NETWORKS = pytest.mark.parametrize("text", NUMBERS, ids=["small", "giant"])


def at_width(width: str, monkeypatch: pytest.MonkeyPatch, *argv: str) -> str:
    """What is printed at that width."""
    monkeypatch.setenv("COLUMNS", width)
    run = lint(*argv)
    assert run.code == 0, run.out + run.err
    return run.out


@NETWORKS
@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_terminal(
    width: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = at_width(width, monkeypatch, write("a.yaml", text))
    assert [line for line in shown.splitlines() if len(line) > int(width)] == []


@NETWORKS
@pytest.mark.parametrize("width", WIDTHS)
def test_weights_biases_and_parameters_are_whole_at_every_width(
    width: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = " ".join(at_width(width, monkeypatch, write("a.yaml", text)).split())
    for three in NUMBERS[text]:
        inner = r"[^\d,]+".join(f"{number:,}" for number in three)
        assert re.search(rf"(?<![\d,]){inner}(?![\d,])", shown), f"{three} in {shown}"


@pytest.mark.parametrize("width", WIDTHS)
def test_table_of_several_files_fits_and_keeps_its_numbers(
    width: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [write("small.yaml", WIDE), write("giant.yaml", GIANT)]
    shown = at_width(width, monkeypatch, *names)
    assert [line for line in shown.splitlines() if len(line) > int(width)] == []
    totals = [NUMBERS[WIDE][-1], NUMBERS[GIANT][-1]]
    whole = set(re.findall(r"[\d,]*\d", shown))
    for number in (*totals[0], *totals[1], totals[0][2] + totals[1][2]):
        assert f"{number:,}" in whole


def test_columns_go_in_the_order_of_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.yaml", WIDE)
    kept = []
    for width in ("160", *map(str, range(99, 59, -3))):
        head = at_width(width, monkeypatch, "a.yaml").partition("Weights")
        titles = head[0].splitlines()[-1] + head[2].splitlines()[0]
        kept.append([name for name in ("Derivation", "Share", "Output") if name in titles])
    order = [["Derivation", "Share", "Output"], ["Share", "Output"], ["Output"], []]
    assert kept[0] == order[0]
    assert kept == sorted(kept, key=order.index)
    assert kept[-1] != order[0], "this table is wider than 60 columns"


@pytest.mark.parametrize("width", ["59", "40"])
def test_rows_are_stacked_below_60_columns(width: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = at_width(width, monkeypatch, write("a.yaml", WIDE))
    assert "Weights" not in shown
    assert "logits" in shown


@pytest.mark.parametrize("width", ["0", "-5", "wide", "", "1e3", "²", "9" * 5000])
def test_nonsense_in_columns_is_no_width(width: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.yaml", WIDE)
    assert "Derivation" in at_width(width, monkeypatch, "a.yaml")


def test_pipe_is_160_columns_wide() -> None:
    wide = f"  - {{type: Linear, in_features: 3, out_features: 4}} # {'x' * 300}\n"
    lines = lint(write("a.yaml", CLEAN + wide)).out.splitlines()
    widest = max(len(line) for line in lines if line.lstrip()[:1].isdigit())
    assert 150 <= widest <= 160


TABLES = [
    ([], 1, True),
    ([], 2, False),
    (["--table"], 2, True),
    (["--no-table"], 1, False),
    (["--no-table"], 2, False),
    (["--format=concise", "--table"], 1, False),
]


@pytest.mark.parametrize(("options", "count", "drawn"), TABLES)
def test_table_is_for_one_file_unless_it_is_asked_for(
    options: list[str], count: int, drawn: bool
) -> None:
    names = [write(f"{number}.yaml", WIDE) for number in range(count)]
    assert ("12,544" in lint(*options, *names).out) is drawn


def test_several_files_have_a_row_each_and_a_total() -> None:
    shown = lint(write("one.yaml", WIDE), write("two.yaml", CLEAN)).out
    rows = {line.split()[0]: line for line in shown.splitlines() if line.split()}
    assert "13,218" in rows["one.yaml"]
    assert "7,850" in rows["two.yaml"]
    assert f"{13218 + 7850:,}" in rows["Total"]


# Hostile names

NASTY = {
    "markup": "[bold red]x[/bold red]",
    "closing": "[/]",
    "ansi": r"\e[31mred\e]0;title\a",
    "newline": r"x\n::error file=a,line=1::forged",
    "return": r"x\r::error::forged",
    "separator": r"x\L::error::forged\P::error::forged\N::error::forged",
    "bidi": r"x\u202e\u2066evil\u200f",
    "surrogate": r"x\ud800y",
    "in the line": r"x##[error]forged ##vso[task.complete result=Failed]##[[error]]",
}
PLACES = {
    "network": 'nnlint: 1\nname: "{0}"\ninput: [4]\nlayers: [ReLU]\n',
    "layer": HEAD + 'layers:\n  - {{type: Linear, out_features: 3, name: "{0}"}}\n',
    "type": HEAD + 'layers:\n  - {{type: "{0}"}}\n',
    "bare": HEAD + 'layers:\n  - "{0}"\n',
    "key": HEAD + '"{0}": 3\nlayers: [ReLU]\n',
    "inner key": HEAD + 'layers:\n  - {{type: Linear, out_features: 3, "{0}": 1}}\n',
    "twice": HEAD + 'layers: [ReLU]\n"{0}": 1\n"{0}": 2\n',
    "source": HEAD + 'layers:\n  - {{type: ReLU, from: "{0}"}}\n',
    "value": HEAD + 'layers:\n  - {{type: Linear, out_features: "{0}"}}\n',
    "loss": HEAD + 'layers: [ReLU]\nloss: "{0}"\n',
    "dtype": HEAD + 'layers: [ReLU]\ndtype: "{0}"\n',
    "budget": HEAD + 'layers: [ReLU]\nbudget: {{params: "{0}"}}\n',
    "input": 'nnlint: 1\ninputs: {{"{0}": [4]}}\nlayers: [ReLU]\n',
    "tag": HEAD + "layers: [ReLU]\nname: !<{0}> x\n",
    "ignore": HEAD + "layers: [ReLU]  # nnlint: ignore[{0}] {0}\n",
}
FORGED = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)
OWN = re.compile(
    r"^::(error|warning|notice) (file=[^:,\n]+,)?"
    r"(line=\d+,(col=\d+,)?endLine=\d+,(endColumn=\d+,)?)?"
    r"title=(NN\d{3} [a-z0-9-]+|not checked)::",
    re.MULTILINE,
)
"""The head of the commands that the format `github` is made of."""
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def assert_harmless(run: Run, form: str = "") -> None:
    """Nothing in either stream acts on a terminal or a CI server, but what the format is."""
    out = run.out.replace("\r\n", "\n") if form == "csv" else run.out
    for text in (OWN.sub("", out) if form == "github" else out, run.err):
        assert not ACTING.search(text)
        assert not FORGED.search(text)
    assert_quiet_about_itself(run)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("place", PLACES)
def test_no_name_in_a_spec_acts_on_a_terminal_or_forges_a_line(place: str, form: str) -> None:
    for words in NASTY.values():
        write("a.yaml", PLACES[place].format(words))
        run = lint("--format", form, "--table" if form == "full" else "--no-table", "a.yaml")
        assert_harmless(run, form)
        assert run.code in (0, 1)


@pytest.mark.parametrize("char", [ESCAPE, BIDI, "\u2028", "\x85", "\x00", "\x9b", "\u200f"])
@pytest.mark.parametrize("form", FORMATS)
def test_no_raw_character_of_a_file_acts_on_a_terminal(char: str, form: str) -> None:
    line = f"name: a{char}::error::b # {char}::error::c\n"
    write("a.yaml", f"{HEAD}layers: [Linaer]\n{line}nonesuch: {char}x\n")
    run = lint("--format", form, "a.yaml")
    assert_harmless(run, form)
    assert run.code == 1


def test_markup_in_a_name_is_text() -> None:
    shown = lint(write("a.yaml", PLACES["network"].format("[bold red]x[/bold red]"))).out
    assert "[bold red]x[/bold red]" in shown


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("text", [CLEAN, BROKEN, UNMARKED, None])
def test_no_path_acts_on_a_terminal_or_forges_a_line(form: str, text: str | None) -> None:
    name = f"[bold]a\n::error::forged{ESCAPE}[31m{BIDI}.yaml"
    if text:
        write(name, text)
    for argv in ([name], [name, write("b.yaml", CLEAN)]):
        assert_harmless(lint("--format", form, *argv), form)


def test_path_that_is_not_utf_8_is_an_input_like_any_other() -> None:
    name = os.fsdecode(b"caf\xe9.yaml")
    write(name, BROKEN)
    for form in TELLING:
        run = lint("--format", form, name)
        assert run.code == 1
        assert b"NN201" in run.out.encode()


def test_argument_forges_no_line() -> None:
    assert_harmless(shell("--x\n::error::forged\x1b[31m"))
    assert_harmless(shell("--format", "x\n::error::forged\x1b[31m", "a.yaml"))


# Streams


def test_module_is_the_command() -> None:
    run = shell(write("a.yaml", CLEAN))
    assert (run.code, run.err) == (0, "")
    assert "7,850" in run.out


def test_process_ends_with_the_code() -> None:
    assert shell(write("a.yaml", OVER)).code == 3
    assert shell("-", stdin=BROKEN.encode()).code == 1
    assert shell("-", stdin=b"").code == 2


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_narrow_encoding_crashes_nothing(encoding: str) -> None:
    write("a.yaml", f"{WIDE}# schön\nnamé: 漢字\n")
    run = shell("a.yaml", PYTHONIOENCODING=encoding) if encoding == "ascii" else None
    buffer = BytesIO()
    out = TextIOWrapper(buffer, encoding=encoding)
    assert main(["a.yaml"], out, StringIO()) == 1
    out.flush()
    for text in filter(None, [run and run.out, buffer.getvalue().decode(encoding)]):
        assert "12,544" in text
        assert "NN103" in text


def test_reader_who_leaves_early_gets_no_traceback() -> None:
    wrong = "  - {type: Linear, in_features: 3, out_features: 4}\n"
    write("a.yaml", f"{HEAD}layers:\n" + wrong * 600)  # more than a pipe holds
    run = redirected("nnlint a.yaml | head -1; exit ${PIPESTATUS[0]}")
    assert len(run.out.splitlines()) == 1
    assert run.err == ""
    assert run.code == 1


CLOSED = [
    ("nnlint a.yaml >&-", 2),
    ("nnlint a.yaml >/dev/full", 2),
    ("nnlint a.yaml >&- 2>&-", 2),
    ("nnlint a.yaml 2>&-", 0),
    ("nnlint gone.yaml 2>&-", 2),
    ("nnlint gone.yaml 2>/dev/full", 2),
    ("nnlint schema >/dev/full", 2),
    ("nnlint --version >/dev/full", 2),
    ("nnlint --help >/dev/full", 2),
    ("nnlint a.yaml <&-", 0),
]


@pytest.mark.parametrize(("command", "code"), CLOSED, ids=[command for command, _ in CLOSED])
def test_lost_output_is_2_and_never_a_traceback(command: str, code: int) -> None:
    write("a.yaml", CLEAN)
    run = redirected(command)
    assert run.code == code
    assert_quiet_about_itself(run)


def test_closed_standard_input_is_an_unreadable_input() -> None:
    write("a.yaml", CLEAN)
    run = redirected("nnlint --format concise - a.yaml gone.yaml <&-")
    assert run.code == 2
    assert "gone.yaml" in run.err, "the other inputs are still read"
    assert_quiet_about_itself(run)


def test_ctrl_c_ends_with_130_and_no_traceback() -> None:
    with subprocess.Popen(
        [*MODULE, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        process.stdin.write(b"nnlint: 1\n" * 20_000)  # more than a pipe holds: it is being read
        process.stdin.flush()
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=10)
        assert process.stdout
        assert process.stderr
        run = Run(code, process.stdout.read().decode(), process.stderr.read().decode())
    assert run.code == 130
    assert run.out == ""
    assert_quiet_about_itself(run)


# Variants and depth

VARIANTS = f"""{HEAD}vars: {{d: 10}}
variants: {{wide: {{d: 20}}}}
blocks:
  b: {{layers: [{{type: Linear, out_features: $d}}, ReLU]}}
layers:
  - {{block: b, repeat: 3}}
expect: {{params: 8070, variants: {{wide: 16540}}}}
"""  # 784×10 + 10 + 2·(10×10 + 10); 784×20 + 20 + 2·(20×20 + 20)


def test_a_plain_run_checks_the_variants_that_are_expected() -> None:
    Path("a.yaml").write_text(VARIANTS)
    run = lint("a.yaml")
    assert (run.code, "wide 16,540 parameters ✓" in run.out) == (0, True)
    Path("a.yaml").write_text(VARIANTS.replace("16540", "16541"))
    run = lint("--format", "concise", "a.yaml")
    assert run.code == 3
    assert "expect.variants.wide is 16,541, but the network has 16,540: 1 fewer" in run.out


def test_a_variant_is_checked_alone() -> None:
    Path("a.yaml").write_text(VARIANTS.replace("8070", "1"))
    run = lint("--variant", "wide", "--format", "json", "a.yaml")
    (file,) = run.json["files"]
    assert (run.code, file["network"]["totals"]["params"]) == (0, 16540)
    assert file["network"]["variant"] == "wide"


def test_a_variant_that_is_not_there_is_no_green() -> None:
    Path("a.yaml").write_text(VARIANTS)
    Path("b.yaml").write_text(CLEAN)
    run = lint("--variant", "wdie", "a.yaml", "b.yaml")
    assert run.code == 2
    assert "a.yaml: there is no variant 'wdie' in it: did you mean 'wide'?" in run.err
    assert "b.yaml: there is no variant 'wdie' in it: it has none" in run.err


def test_depth_sums_up_the_parts() -> None:
    Path("a.yaml").write_text(VARIANTS)
    (row,) = [line for line in lint("--depth", "1", "a.yaml").out.splitlines() if " b " in line]
    assert "b ×3" in row
    assert "8,070" in row


@pytest.mark.parametrize("depth", ["0", "-1", "x", "1.5", "9" * 20])
def test_a_depth_is_a_whole_number_from_one(depth: str) -> None:
    Path("a.yaml").write_text(VARIANTS)
    run = lint(f"--depth={depth}", "a.yaml")
    assert (run.code, "is no whole number from 1 up" in run.err) == (2, True)


def test_a_limit_by_flag_that_names_no_layer_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one of many specs the layer is enough; in none, the limit binds nothing."""
    monkeypatch.chdir(tmp_path)
    for name, layer in (("a", "head"), ("b", "tail")):
        write(f"{name}.yaml", "nnlint: 1\ninput: [4]\nlayers:\n"
              f"  - {{type: Linear, out_features: 3, name: {layer}}}\n")  # fmt: skip
    assert lint("a.yaml", "b.yaml", "--budget", "head:params=99").code == 0
    assert lint("a.yaml", "b.yaml", "--budget", "head:params=9").code == 3
    run = lint("a.yaml", "b.yaml", "--budget", "haed:params=99")
    assert run.code == 2
    assert "--budget limits 'haed', but no layer of any spec is called that" in run.err


def test_a_file_that_is_called_like_an_option_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hooks hand over the names of a repository's files as they are."""
    monkeypatch.chdir(tmp_path)
    names = ("--exclude=*.yaml", "--output=json=forged.yaml", "--fix.yaml", "-x.yml")
    for name in names:
        (tmp_path / name).write_text(CLEAN)
    write("broken.yaml", BROKEN)
    run = lint("broken.yaml", *names)
    assert run.code == 1
    assert "broken.yaml:" in run.out
    assert not (tmp_path / "forged.yaml").exists()
    assert lint(*names).code == 0

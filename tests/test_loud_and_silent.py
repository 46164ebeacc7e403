"""Two folders of specs: one mistake each that must be found, and near misses that must pass.

The name of a loud file says which codes it draws, one for each finding; it was written from
the rule's page before the linter ran. The name of a silent file says which rule it tempts;
its parameters are summed by hand in its comments. Beside each spec lies the whole output:
`--write-golden` writes it, and whoever did reads it.
"""

from __future__ import annotations

import io
import re
from math import prod
from pathlib import Path

import pytest

from nnlint import cli, document, engine, rules
from nnlint.rules import Rule

DATA = Path(__file__).parent / "data"
LOUD = sorted((DATA / "loud").glob("*.yaml"))
SILENT = sorted((DATA / "silent").glob("*.yaml"))
TEMPTED = ("NN3", "NN4", "NN5", "NN8", "NN95")
"""The families whose rules judge what runs: what looks like their fault must pass, too."""
OFTEN_MEANT = ("NN301", "NN401", "NN402", "NN403", "NN405")
"""What they look for is right in many known networks: more than one near miss each."""


def name_of(path: Path) -> str:
    return path.stem


def named_codes(path: Path) -> list[str]:
    """`nn301+nn951-ignore-on-the-wrong-line` names NN301 and NN951."""
    return sorted(code.upper() for code in path.stem.partition("-")[0].split("+"))


def found_codes(path: Path) -> list[str]:
    """The code of every finding, advice included."""
    report = engine.lint_bytes(path.read_bytes(), path.name)
    return sorted(finding.rule.code for finding in report.findings)


def printed(path: Path, table: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a run in the file's folder prints."""
    monkeypatch.chdir(path.parent)
    monkeypatch.setenv("COLUMNS", "100")
    out = io.StringIO()
    flags = ("--isolated", "--show-info", table, "--color", "never")
    cli.main([*flags, path.name], out, io.StringIO())
    return out.getvalue()


def assert_golden(path: Path, output: str, request: pytest.FixtureRequest) -> None:
    golden = path.with_suffix(".txt")
    if request.config.getoption("--write-golden"):
        golden.write_text(output, "utf-8")
    assert output == golden.read_text("utf-8")


@pytest.mark.parametrize("path", LOUD, ids=name_of)
def test_a_loud_spec_draws_the_codes_of_its_name_and_no_other(path: Path) -> None:
    assert found_codes(path) == named_codes(path)


@pytest.mark.parametrize("path", SILENT, ids=name_of)
def test_a_silent_spec_draws_nothing(path: Path) -> None:
    assert found_codes(path) == []


@pytest.mark.parametrize("path", LOUD, ids=name_of)
def test_what_a_loud_spec_prints(
    path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_golden(path, printed(path, "--no-table", monkeypatch), request)


@pytest.mark.parametrize("path", SILENT, ids=name_of)
def test_what_a_silent_spec_prints(
    path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_golden(path, printed(path, "--table", monkeypatch), request)


def summed_by_hand(text: str) -> dict[str, int]:
    """The sums of products in the comments, by variant; the base's name is empty."""
    sums: dict[str, int] = {}
    for variant, terms in re.findall(r"^# by hand(?:, (\w+))?: (.+)$", text, re.MULTILINE):
        total = sum(prod(map(int, term.split("·"))) for term in terms.split("+"))
        sums[variant] = sums.get(variant, 0) + total
    return sums


@pytest.mark.parametrize("path", SILENT, ids=name_of)
def test_a_silent_spec_expects_what_was_summed_by_hand(path: Path) -> None:
    """That the network has as many is what its silence says: a difference is NN911."""
    text = path.read_text("utf-8")
    expected = document.read(text).data["expect"]
    assert summed_by_hand(text) == {"": expected["params"], **expected.get("variants", {})}


def is_text(code: str) -> bool:
    """Whether the rule's bad example can be written down, and stands on its own."""
    rule = rules.find(code)
    assert isinstance(rule, Rule)
    return isinstance(rule.bad, str) and not rule.before


def times_named(paths: list[Path], code: str) -> int:
    return sum(code in named_codes(path) for path in paths)


@pytest.mark.parametrize("code", [code for code in rules.codes() if is_text(code)])
def test_every_rule_is_loud_somewhere(code: str) -> None:
    assert times_named(LOUD, code) >= 1


@pytest.mark.parametrize("code", [code for code in rules.codes() if code.startswith(TEMPTED)])
def test_every_rule_that_judges_is_tempted(code: str) -> None:
    assert times_named(SILENT, code) >= (2 if code in OFTEN_MEANT else 1)


@pytest.mark.parametrize("folder", ["loud", "silent"])
def test_a_spec_has_its_output_and_an_output_its_spec(folder: str) -> None:
    stems = {
        end: {path.stem for path in (DATA / folder).glob(f"*.{end}")} for end in ("yaml", "txt")
    }
    assert stems["yaml"] == stems["txt"]
    assert {path.suffix for path in (DATA / folder).iterdir()} == {".yaml", ".txt"}

"""The Python API: `nnlint.lint`, what it gives, what it refuses, and what it costs."""

from __future__ import annotations

import doctest
import json
import re
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

import nnlint
from nnlint import api

ROOT = Path(__file__).parent.parent
MNIST = ROOT / "specs/mnist.yaml"
TEXT = "nnlint: 1\ninput: [4]\nlayers:\n  - {type: Linear, out_features: 3}\n"
"""4·3 + 3 parameters, 4·3 MACs."""
UNKNOWN = f"{TEXT}  - Custom\n"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)


class OsPath:
    """What os.fspath takes, and no Path is."""

    def __fspath__(self) -> str:
        return "a.yaml"


def test_a_path_in_every_form_and_a_text() -> None:
    Path("a.yaml").write_text(TEXT)
    for given in (
        "a.yaml",
        Path("a.yaml"),
        OsPath(),
        "./a.yaml",
        str(Path("a.yaml").resolve()),
        TEXT,
    ):
        report = nnlint.lint(given)
        assert (report.ok, report.params, report.macs) == (True, 15, 12)


@pytest.mark.parametrize(
    "text",
    [TEXT, TEXT.strip(), TEXT.replace("\n", "\r\n"), f"\n{TEXT}", f"# first\n{TEXT}",
     f"\ufeff{TEXT}", "nnlint: 1", json.dumps({"nnlint": 1}) + "\n"],
)  # fmt: skip
def test_what_is_text_is_no_path(text: str) -> None:
    report = nnlint.lint(text)
    assert report.path == "<text>"
    assert report.status.value != "unreadable" or text.startswith("{")


def test_a_file_that_cannot_be_had_is_a_report() -> None:
    for missing in ("missing.yaml", ".", "nul\0", ""):
        report = nnlint.lint(missing)
        assert not report.ok
        assert report.reason
        with pytest.raises(ValueError, match=r".+"):
            _ = report.params


def test_text_without_the_marker_is_no_spec() -> None:
    report = nnlint.lint("a: 1\nb: 2\n")
    assert not report.ok
    assert "not a spec" in str(report)


def test_a_folder_is_no_spec() -> None:
    Path("specs").mkdir()
    report = nnlint.lint("specs")
    assert not report.ok
    assert "directory" in str(report)


def test_findings_and_errors() -> None:
    report = nnlint.lint(TEXT.replace("out_features", "out_feature"))
    assert not report.ok
    (finding,) = report.errors
    assert (finding.rule.code, finding.rule.severity) == ("NN103", nnlint.Severity.ERROR)
    assert isinstance(finding, nnlint.Finding)
    assert (finding.span.line, finding.span.column) == (4, 20)
    assert str(report) == finding.line("<text>")


def test_a_warning_is_fine_and_is_told() -> None:
    report = nnlint.lint(f"{TEXT}budget: {{params: 16}}\n")
    assert (report.ok, report.errors, len(report.findings)) == (True, (), 1)
    assert "warning[NN902]" in str(report)


def test_the_text_of_a_clean_report() -> None:
    assert str(nnlint.lint(TEXT)) == "<text>: ok"


def test_an_unknown_total_is_no_number() -> None:
    report = nnlint.lint(UNKNOWN)
    assert report.totals.params == 15
    assert not report.totals.complete
    for name in ("params", "macs"):
        with pytest.raises(ValueError, match=r"at least 1[25]"):
            getattr(report, name)


def test_no_network_has_no_totals() -> None:
    report = nnlint.lint("nnlint: 1\nlayers: [\n")
    for name in ("totals", "params", "macs"):
        with pytest.raises(ValueError, match="NN002"):
            getattr(report, name)


VARIANTS = """\
nnlint: 1
input: [4]
vars: {d: 3}
variants: {large: {d: 5}}
layers:
  - {type: Linear, out_features: $d}
"""


def test_a_variant() -> None:
    assert nnlint.lint(VARIANTS).params == 15
    assert nnlint.lint(VARIANTS, variant="large").params == 4 * 5 + 5
    report = nnlint.lint(VARIANTS, variant="lrage")
    assert not report.ok
    assert "did you mean 'large'?" in str(report)


@pytest.mark.parametrize(
    ("budget", "ok"),
    [({"params": 15}, True), ({"params": 14}, False), ({"params": "1k"}, True),
     ({"size": "60 B"}, True), ({"size": {"max": 15, "dtype": "int8"}}, True),
     ({"layers": {"Linear": {"params": 14}}}, False),
     ({"params": {"max": 14, "level": "warning"}}, True), ({}, True)],
)  # fmt: skip
def test_a_budget(budget: dict[str, Any], ok: bool) -> None:
    assert nnlint.lint(TEXT, budget=budget).ok is ok


def test_a_budget_is_not_loosened_by_the_spec() -> None:
    report = nnlint.lint(
        f"{TEXT}budget: {{params: 1k}}\n# nnlint: ignore-file[NN901]\n", budget={"params": 14}
    )
    assert [one.rule.code for one in report.errors] == ["NN901"]
    assert "the budget given by budget= is 14: 1 too much" in str(report)


@pytest.mark.parametrize(
    ("budget", "words"),
    [({"parms": 5}, "did you mean 'params'"), ({"params": "15 k"}, "write 15k"),
     ({"params": -1}, "expected a count"), ({"params": {}}, "an empty map"),
     ({"params": {"level": "error"}}, "sets no limit"), ({"params": 1.5}, "expected a count"),
     ({1: 2}, "has the number 1 as a key"), ({"layers": {None: {}}}, r"has empty \(null\) as"),
     ({"params": {3: "x"}}, "has the number 3 as a key"),
     ("params=3", "is the text 'params=3', but expected a map"), ([1], "is a list of 1"),
     (5, "is the number 5")],
)  # fmt: skip
def test_a_budget_that_cannot_be_used(budget: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words) as raised:
        nnlint.lint(TEXT, budget=budget)
    assert "budget=" in str(raised.value)


def test_a_budget_may_be_any_mapping() -> None:
    limits = MappingProxyType({"params": MappingProxyType({"max": 14})})
    assert not nnlint.lint(TEXT, budget=limits).ok


def test_no_file_is_read_and_named_at_once() -> None:
    Path("other.toml").write_text("[tool.nnlint]\n")
    with pytest.raises(ValueError, match="config= names a file, and isolated=True reads none"):
        nnlint.lint(TEXT, config="other.toml", isolated=True)


def test_a_finding_says_what_its_rule_is() -> None:
    report = nnlint.lint(TEXT, budget={"params": 14})
    (finding,) = report.findings
    assert (finding.code, finding.severity) == ("NN901", nnlint.Severity.ERROR)
    assert ": error[NN901] params" in str(report)


@pytest.mark.parametrize("where", ["README.md", "nnlint/__init__.py"])
def test_what_the_words_promise_is_there(where: str) -> None:
    words = (ROOT / where).read_text()
    words = words[words.index("`ok`, `errors`") :].split("\n\n")[0].split('"""')[0]
    named = set(re.findall(r"`([a-z]+)`", words)) - {"lint"}
    report = nnlint.lint(TEXT, budget={"params": 14})
    has = {*dir(report), *dir(report.findings[0])}
    assert {"params", "limits", "code", "severity", "span"} <= named <= has


def test_the_configuration_holds_unless_isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("pyproject.toml").write_text("[tool.nnlint.budget]\nparams = 14\n")
    Path("other.toml").write_text("[tool.nnlint.budget]\nparams = 13\n")
    assert not nnlint.lint(TEXT).ok
    assert nnlint.lint(TEXT, isolated=True).ok
    assert "is 13: 2 too much" in str(nnlint.lint(TEXT, config="other.toml"))
    assert not nnlint.lint(TEXT, config=Path("other.toml")).ok
    with pytest.raises(ValueError, match="missing"):
        nnlint.lint(TEXT, config="missing.toml")
    Path("pyproject.toml").write_text("[tool.nnlint]\nfial-on = 'error'\n")
    with pytest.raises(ValueError, match="did you mean 'fail-on'"):
        nnlint.lint(TEXT)


def test_the_command_and_the_call_agree() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nnlint", "--isolated", "--format", "concise", "a.yaml"],
        cwd=_written(TEXT.replace("out_features", "out_feature")), capture_output=True,
        text=True, check=False, env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )  # fmt: skip
    assert done.stdout == f"{nnlint.lint('a.yaml', isolated=True)}\n"


def _written(text: str) -> Path:
    Path("a.yaml").write_text(text)
    return Path.cwd()


# --- public, typed, documented, cheap -------------------------------------------------------


def test_what_is_public() -> None:
    assert set(nnlint.__all__) == {"Finding", "Report", "Severity", "__version__", "lint"}
    assert all(getattr(nnlint, name) for name in nnlint.__all__)
    assert set(nnlint.__all__) <= set(dir(nnlint))
    with pytest.raises(AttributeError, match="no attribute 'lnit'"):
        _ = nnlint.lnit


def test_the_documented_examples_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for module in (nnlint, api):
        done = doctest.testmod(module)
        assert done.attempted > 0
        assert done.failed == 0


HEAVY = ("yaml", "jsonschema", "rich", "tomllib", "argparse", "subprocess")
IMPORT = f"""
import sys, nnlint
nnlint.__version__
print(*(name for name in {HEAVY} if name in sys.modules))
nnlint.lint({TEXT!r}, isolated=True)
print(*(name for name in {HEAVY} if name in sys.modules))
"""


def test_importing_costs_nothing_yet() -> None:
    """Neither the libraries before the first call, nor the screen's or git's ever."""
    done = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True,
                          check=True, cwd=ROOT)  # fmt: skip
    before, after = done.stdout.splitlines()
    assert before == ""
    assert "yaml" in after.split()
    assert not {"jsonschema", "rich"} & set(after.split())


USER = """\
from pathlib import Path

import nnlint

report: nnlint.Report = nnlint.lint(Path("a.yaml"), variant="large", budget={"params": "15k"})
ok: bool = report.ok
params: int = report.params
macs: int = report.macs
path: str = report.path
errors: tuple[nnlint.Finding, ...] = report.errors
severity: nnlint.Severity = report.findings[0].rule.severity
code: str = report.findings[0].rule.code
line: int = report.findings[0].span.line
trainable: int = report.totals.trainable
shares: list[str] = [limit.state for limit in report.limits]
version: str = nnlint.__version__
"""
WRONG = """\
import nnlint

number: str = nnlint.lint("a.yaml").params
nnlint.lint(5)
nnlint.lint("a.yaml", budgte={})
nnlint.lint("a.yaml").parms
"""


def test_a_users_program_is_checked_by_its_types() -> None:
    """With mypy --strict: what is right passes, and each mistake is seen."""
    mypy = pytest.importorskip("mypy.api")
    for name, text in (("user.py", USER), ("wrong.py", WRONG)):
        Path(name).write_text(text)
    out, err, code = _checked(mypy, "user.py")
    assert code == 0, out + err
    out, _, _ = _checked(mypy, "wrong.py")
    assert [line.split(":")[1] for line in out.splitlines() if ": error:" in line] == list(
        "3456"
    )


def _checked(mypy: Any, name: str) -> tuple[str, str, int]:
    words = ["--strict", "--no-incremental", "--follow-imports=silent", name]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *words], capture_output=True, text=True, check=False,
        env={"MYPYPATH": str(ROOT), "PATH": ""},
    )  # fmt: skip
    return done.stdout, done.stderr, done.returncode

"""Annotations, read back as the runner reads them."""

from __future__ import annotations

import pytest

from nnlint import engine
from nnlint.finding import Finding, RuleInfo, Severity, Span
from nnlint.formats import render
from nnlint.report import Report, Status
from nnlint.terminal import Style
from tests.workflow_commands import commands

BROKEN = """\
nnlint: 1
input: [784]
layers:
  - {type: Linear, in_features: 3, out_features: 10}
"""


PLACE = Span(1, 2, 1, 4)


def found(severity: Severity, message: str = "m", span: Span = PLACE) -> Finding:
    return Finding(RuleInfo("NN201", "size-mismatch", severity), message, None, (), span)


def test_annotation_stands_at_its_place() -> None:
    (one,) = commands(render("github", [engine.lint_text(BROKEN, "a.yaml")], Style()))
    line = BROKEN.splitlines()[3]
    assert one.name == "error"
    assert one.properties == {
        "file": "a.yaml",
        "line": "4",
        "col": str(line.index("3") + 1),
        "endLine": "4",
        "endColumn": str(line.index("3") + 2),
        "title": "NN201 size-mismatch",
    }
    message, note, remedy = one.data.split("\n")
    assert message == "Linear: in_features is 3, but 784 arrive"
    assert note.startswith("note: ")
    assert remedy.startswith("help: write in_features: 784")


def test_levels_and_their_order() -> None:
    report = Report("a.yaml", findings=tuple(map(found, reversed(Severity))))
    gone = Report("b.yaml", Status.UNREADABLE, "no such file")
    read = commands(render("github", [report, gone], Style()))
    assert [one.name for one in read] == ["error", "error", "warning", "notice"]
    assert read[0].properties == {"file": "b.yaml", "title": "not checked"}
    assert read[0].data == "b.yaml: no such file"


def test_several_lines_have_no_columns() -> None:
    """The runner drops columns of such places, and says so in its debug log."""
    report = Report("a.yaml", findings=(found(Severity.ERROR, span=Span(1, 2, 3, 4)),))
    (one,) = commands(render("github", [report], Style()))
    assert {"line": "1", "endLine": "3"}.items() <= one.properties.items()
    assert not {"col", "endColumn"} & set(one.properties)


def test_standard_input_is_no_file() -> None:
    (one,) = commands(render("github", [engine.lint_text(BROKEN, "-")], Style()))
    assert "file" not in one.properties


@pytest.mark.parametrize(
    ("number", "more"), [(10, None), (11, "1 more error "), (1234, "1,224 ")]
)
def test_more_than_github_shows_are_counted(number: int, more: str | None) -> None:
    findings = (found(Severity.ERROR, str(n)) for n in range(number))
    report = Report("a.yaml", findings=(*findings, found(Severity.WARNING)))
    text = render("github", [report], Style())
    read = commands(text)
    assert [one.data for one in read if one.name == "error"] == list(map(str, range(10)))
    assert [one.name for one in read].count("warning") == 1
    plain = [line for line in text.splitlines() if not line.startswith("::")]
    assert len(plain) == bool(more)
    assert not more or more in plain[0]


def test_every_sign_of_a_property_comes_back() -> None:
    name = "a%0A:,::=b%25.yaml"
    report = Report(name, findings=(found(Severity.ERROR, "100% of 5:3, %0A"),))
    (one,) = commands(render("github", [report], Style()))
    assert one.properties["file"] == name
    assert one.data == "100% of 5:3, %0A"

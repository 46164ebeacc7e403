"""JUnit's XML, read by the parser of the standard library."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from nnlint.finding import Finding, RuleInfo, Severity, Span
from nnlint.formats import render
from nnlint.report import Report, Status
from nnlint.terminal import Style


def suite(*reports: Report) -> ET.Element:
    root = ET.fromstring(render("junit", reports, Style()))
    assert root.tag == "testsuites"
    (only,) = root
    assert {**root.attrib} == {**only.attrib}
    return only


def found(severity: Severity, message: str) -> Finding:
    rule = RuleInfo("NN201", "size-mismatch", severity)
    return Finding(rule, message, None, (), Span(7, 1, 7, 2))


MIXED = Report(
    "a.yaml",
    findings=(found(Severity.ERROR, "<&\"'>]]>"), found(Severity.WARNING, "w"),
              found(Severity.INFO, "i"), found(Severity.ERROR, "e")),
)  # fmt: skip


def test_a_case_is_a_file() -> None:
    read = suite(
        MIXED,
        Report("b.yaml"),
        Report("c.yaml", Status.SKIPPED, "no marker"),
        Report("d.yaml", Status.UNREADABLE, "no such file"),
    )
    counts = {"tests": "4", "failures": "1", "errors": "1", "skipped": "1"}
    assert read.attrib == {"name": "nnlint", **counts}
    assert [case.get("name") for case in read] == ["a.yaml", "b.yaml", "c.yaml", "d.yaml"]
    tags = [[part.tag for part in case] for case in read]
    assert tags == [["failure", "system-out"], [], ["skipped"], ["error"]]
    assert read[3][0].get("message") == "no such file"


def test_errors_fail_and_the_rest_is_output() -> None:
    failure, output = suite(MIXED)[0]
    assert failure.get("message") == "2 errors"
    assert failure.text == (
        "a.yaml:7:1: error[NN201] <&\"'>]]>\na.yaml:7:1: error[NN201] e"
    )  # fmt: skip
    assert output.text == "a.yaml:7:1: warning[NN201] w\na.yaml:7:1: info[NN201] i"


def test_warnings_alone_pass() -> None:
    read = suite(Report("a.yaml", findings=(found(Severity.WARNING, "w"),)))
    assert read.get("failures") == "0"
    assert [part.tag for part in read[0]] == ["system-out"]


def test_no_input_is_an_empty_suite() -> None:
    assert suite().get("tests") == "0"

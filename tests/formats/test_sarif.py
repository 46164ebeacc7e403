"""SARIF against its official schema, its fixes against the files that they mend."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from nnlint import engine, fixing, rules
from nnlint.finding import Applies, Finding, RuleInfo, Severity, Span
from nnlint.formats import render
from nnlint.policy import EVERY_RULE
from nnlint.report import Report, Status
from nnlint.terminal import Style

DATA = Path(__file__).parent.parent / "data"
SPECS = sorted(
    path for name in ("golden", "broken", "loud") for path in DATA.glob(f"{name}/*.yaml")
)


@cache
def validator() -> jsonschema.Draft4Validator:
    """The official schema; see ORIGIN.txt beside it."""
    schema = json.loads((DATA / "sarif" / "sarif-schema-2.1.0.json").read_text("utf-8"))
    return jsonschema.Draft4Validator(schema)


def run(*reports: Report) -> dict[str, Any]:
    log = json.loads(render("sarif", reports, Style()))
    validator().validate(log)
    (only,) = log["runs"]
    assert isinstance(only, dict)
    return only


@cache
def linted(spec: Path) -> Report:
    return engine.lint_bytes(spec.read_bytes(), spec.name)


def at(text: str, region: dict[str, int]) -> tuple[int, int]:
    """The offsets of a region, by the words of the standard: columns are code points."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    begin = starts[region["startLine"] - 1] + region["startColumn"] - 1
    return begin, starts[region["endLine"] - 1] + region["endColumn"] - 1


def test_every_finding_of_all_our_specs_is_valid() -> None:
    reports = [linted(spec) for spec in SPECS]
    read = run(*reports)
    assert len(read["results"]) == sum(len(report.findings) for report in reports)
    listed = read["tool"]["driver"]["rules"]
    for one in read["results"]:
        assert listed[one["ruleIndex"]]["id"] == one["ruleId"]
    prints = [json.dumps(one["partialFingerprints"]) for one in read["results"]]
    assert len(set(prints)) == len(prints)


def test_the_schema_would_refuse_what_is_wrong() -> None:
    log = json.loads(render("sarif", [linted(SPECS[0])], Style()))
    log["runs"][0]["columnKind"] = "bytes"
    assert not validator().is_valid(log)


def test_rules_carry_their_pages() -> None:
    listed = run()["tool"]["driver"]["rules"]
    assert [one["id"] for one in listed] == rules.codes()
    for one in listed:
        rule = rules.find(one["id"])
        assert rule
        assert one["helpUri"] == rule.url
        assert one["shortDescription"]["text"] == rule.summary
        assert one["help"]["markdown"].startswith(f"# {rule.title}")
    levels = {one["id"]: one["defaultConfiguration"]["level"] for one in listed}
    assert (levels["NN201"], levels["NN301"], levels["NN801"]) == ("error", "warning", "note")


def test_region_is_the_place_in_the_text() -> None:
    text = "nnlint: 1\nname: '😀é'\ninput: [784]\nlayers: [Linaer] # 😀\n"
    (one,) = run(engine.lint_text(text, "a.yaml"))["results"]
    begin, end = at(text, one["locations"][0]["physicalLocation"]["region"])
    assert text[begin:end] == "Linaer"


def is_mended(spec: Path) -> bool:
    """Whether `nnlint --fix` and its kin, which prove what they do, change the file."""
    report = linted(spec)
    if not any(one.repair for one in report.findings):
        return False
    fixed = fixing.fix(report.text, set(Applies), spec.name, None, EVERY_RULE)
    return fixed.text != report.text


def test_each_fix_takes_its_finding_away() -> None:
    """Each alone: the replacements put into the text, and the rule is found once less."""
    specs = [spec for spec in SPECS if is_mended(spec)]
    results = [(linted(spec), one) for spec in specs for one in run(linted(spec))["results"]]
    fixes = [(report, one, fix) for report, one in results for fix in one.get("fixes", ())]
    assert len(fixes) >= len(specs) > 10
    for report, one, fix in fixes:
        before = Counter(finding.rule.code for finding in report.findings)
        after = engine.lint_text(mended(report.text, fix), report.path).findings
        left = Counter(finding.rule.code for finding in after)
        assert left[one["ruleId"]] < before[one["ruleId"]], (report.path, one["ruleId"])
        assert fix["description"]["text"].startswith("nnlint --")


def mended(text: str, fix: dict[str, Any]) -> str:
    (change,) = fix["artifactChanges"]
    places = [(*at(text, one["deletedRegion"]), one) for one in change["replacements"]]
    for begin, end, one in sorted(places, key=lambda place: -place[0]):
        text = text[:begin] + one["insertedContent"]["text"] + text[end:]
    return text


BLOCKS = """\
nnlint: 1
input: [8]
blocks:
  inner:
    layers:
      - {type: Linear, in_features: 3, out_features: 8}
  outer:
    layers:
      - {block: inner}
layers:
  - Identity
  - {block: outer, repeat: 2}
"""


def test_uses_of_the_block_are_related_locations() -> None:
    results = run(engine.lint_text(BLOCKS, "a.yaml"))["results"]
    (one,) = (one for one in results if one["ruleId"] == "NN201")
    shown = []
    for place in one["relatedLocations"]:
        begin, end = at(BLOCKS, place["physicalLocation"]["region"])
        shown.append((place["id"], BLOCKS[begin:end], place["message"]["text"]))
    assert shown == [
        (0, "{block: inner}", "the block is used here"),
        (1, "{block: outer, repeat: 2}", "the block is used here: copy 1"),
    ]


def test_what_could_not_be_checked_is_a_notification() -> None:
    (invocation,) = run(Report("gone.yaml", Status.UNREADABLE, "no such file"))["invocations"]
    assert invocation["executionSuccessful"] is False
    (one,) = invocation["toolExecutionNotifications"]
    assert one["message"]["text"] == "gone.yaml: no such file"
    (fine,) = run(Report("a.yaml"))["invocations"]
    assert fine == {"executionSuccessful": True, "toolExecutionNotifications": []}


def found(message: str) -> Finding:
    rule = RuleInfo("NN201", "size-mismatch", Severity.ERROR)
    return Finding(rule, message, None, (), Span(1, 1, 1, 1))


@pytest.mark.parametrize(
    ("path", "uri", "base"),
    [
        ("specs/a.yaml", "specs/a.yaml", "%SRCROOT%"),
        ("./a b.yaml", "a%20b.yaml", "%SRCROOT%"),
        ("c:a%?#.yaml", "c%3Aa%25%3F%23.yaml", "%SRCROOT%"),
        ("é.yaml", "%C3%A9.yaml", "%SRCROOT%"),
        ("\udce9.yaml", "%E9.yaml", "%SRCROOT%"),
        ("/tmp/a.yaml", "file:///tmp/a.yaml", None),
    ],
)
def test_paths_are_uris(path: str, uri: str, base: str | None) -> None:
    (one,) = run(Report(path, findings=(found("m"),)))["results"]
    location = one["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": uri, **({"uriBaseId": base} if base else {})}


def test_words_of_the_user_are_no_link() -> None:
    (one,) = run(Report("a.yaml", findings=(found("[here](https://a.example) [784] (x)"),)))[
        "results"
    ]
    assert one["message"]["text"] == "[here]\\(https://a.example) [784] (x)"

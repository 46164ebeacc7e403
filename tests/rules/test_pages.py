"""Every rule's page: its examples do what they say, and nothing is left blank."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nnlint import comparison, engine, rules, wiring
from nnlint.policy import EVERY_RULE
from nnlint.rules import FAMILIES, Made, Rule
from nnlint.sources import Source

if TYPE_CHECKING:
    from nnlint.report import Report

FILES = sorted(path.stem for path in Path(rules.__file__).parent.glob("nn*_*.py"))
CODES = rules.codes()
BAD_ELSEWHERE = ("NN014", "NN209")
"""Too slow, or not a matter of text: each has a test of its own below."""


def page(code: str) -> Rule:
    rule = rules.find(code)
    assert rule is not None
    return rule


def lint(example: str | Made, before: str = "") -> Report:
    data = example.make() if isinstance(example, Made) else example.encode()
    base = comparison.graphs(lint(before)) if before else None
    return engine.lint_bytes(data, "spec.yaml", policy=EVERY_RULE._replace(base=base))


def codes(report: Report) -> list[str]:
    """Every finding's code, information included."""
    return [finding.rule.code for finding in report.findings]


def test_the_folder_is_the_list() -> None:
    assert len(CODES) == len(FILES) > 40
    assert sorted(CODES) == CODES


def test_a_file_has_the_code_and_the_name_of_its_rule() -> None:
    named = [f"{code.lower()}_{page(code).name.replace('-', '_')}" for code in CODES]
    assert named == FILES


def test_no_name_stands_twice() -> None:
    assert len({page(code).name for code in CODES}) == len(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_page_has_no_blanks(code: str) -> None:
    rule = page(code)
    assert rule.code == code
    assert rule.summary.strip().endswith(".")
    assert len(rule.rationale.split()) >= 5
    assert rule.reference.startswith("https://")
    assert code.startswith(tuple(FAMILIES))


@pytest.mark.parametrize("code", CODES)
def test_rules_of_the_graph_have_a_check_and_stages_have_none(code: str) -> None:
    of_a_stage = code.startswith(("NN0", "NN1", "NN2", "NN9"))
    assert (page(code).check is None) == of_a_stage


@pytest.mark.parametrize("code", [code for code in CODES if code not in BAD_ELSEWHERE])
def test_the_bad_example_fires_this_code_alone(code: str) -> None:
    report = lint(page(code).bad, page(code).before)
    assert set(codes(report)) == {code}
    assert {finding.rule.name for finding in report.findings} == {page(code).name}


@pytest.mark.parametrize("code", CODES)
def test_the_good_example_fires_nothing(code: str) -> None:
    report = lint(page(code).good, page(code).before)
    assert codes(report) == []
    assert report.graph is not None
    assert report.graph.totals.complete


@pytest.mark.parametrize("code", [code for code in CODES if code not in BAD_ELSEWHERE])
def test_a_finding_has_a_place_and_words(code: str) -> None:
    for finding in lint(page(code).bad, page(code).before).findings:
        assert finding.span.line >= 1
        assert finding.span.column >= 1
        assert len(finding.message.split()) >= 3


def made(code: str) -> Made:
    bad = page(code).bad
    assert isinstance(bad, Made)
    assert bad.words
    return bad


def test_nn014_is_found_before_the_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_bytes(made("NN014").make())
    report = engine.lint_source(Source(str(file), named=True), skip_unmarked=False)
    assert codes(report) == ["NN014"]
    assert "9,437,194 bytes" in report.findings[0].message  # 9 MiB and `nnlint: 1\n`
    assert report.graph is None


def test_nn209_fires_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    text = made("NN209").make()
    assert text.count(b"- ReLU") == wiring.MAX_ROWS + 1 == 200_001
    head, _, _ = text.partition(b"  - ReLU")
    monkeypatch.setattr(wiring, "MAX_ROWS", 500)
    fine, bad = (head + b"  - ReLU\n" * rows for rows in (500, 501))
    assert codes(engine.lint_bytes(fine, "spec.yaml")) == []
    assert codes(engine.lint_bytes(bad, "spec.yaml")) == ["NN209"]


def test_every_rule_that_looks_at_a_graph_has_tests_of_its_own() -> None:
    folder = Path(__file__).parent
    wanted = {f"test_{rule.code.lower()}.py" for rule in rules.checks()}
    assert wanted - {path.name for path in folder.glob("test_nn*.py")} == set()

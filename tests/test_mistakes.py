"""More mistakes than anybody reads: the first are told, and that there are more."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

import pytest

from nnlint import fixing, formats
from nnlint.cli import main
from nnlint.engine import lint_text
from nnlint.finding import Applies, Severity
from nnlint.mistakes import MOST_MISTAKES
from tests.hostile.case import MARK, ROW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from nnlint.finding import Finding
    from nnlint.report import Report

    Written = Callable[[int], str]

GOOD = f"{MARK}layers: [{ROW}]\n"


def lines(head: str, line: str) -> Written:
    """A file with so many mistaken lines; `N` is the number of the line."""
    return lambda count: head + "".join(line.replace("N", str(n)) for n in range(count))


STOPPED = {
    "NN008": lines(GOOD, "input: [N]\n"),
    "NN010": lines(f"{GOOD}name:\n", "  N: a\n"),
    "NN011": lines(f"{GOOD}name:\n", "  kN: !own a\n"),
    "NN013": lines(f"{GOOD}name:\n", "  - {<<: 1}\n"),
    "NN016": lines(f"{MARK}name: &a x\nlayers:\n", "  - &a ReLU\n"),
    "NN101": lines(f"{MARK}layers:\n", "  - N\n"),
    "NN103": lines(GOOD, "keyN: 1\n"),
    "NN106": lines(f"{MARK}layers:\n", "  - {type: Linear, out_features: -N1}\n"),
    "NN108": lines(f"{GOOD}vars:\n", "  N b: 1\n"),
    "NN114": lines(f"{GOOD}vars:\n", "  kN: $\n"),
    "NN115": lines(f"{GOOD}vars:\n", "  kN: $z\n"),
    "NN120": lines(f"{MARK}layers:\n", "  - Linaer\n"),
    "NN121": lines(f"{MARK}layers:\n", "  - {type: InputLayer, n: N}\n"),
    "NN122": lines(f"{MARK}layers:\n", "  - {block: none}\n"),
    "NN201": lines(f"{MARK}layers:\n", "  - {type: Linear, in_features: 3, out_features: 4}\n"),
}
"""A mistake to a line, behind what stands before the first."""


def of(report: Report, code: str) -> list[Finding]:
    return [one for one in report.findings if one.code == code]


@pytest.mark.parametrize("code", STOPPED)
def test_one_more_is_not_told(code: str) -> None:
    text = STOPPED[code](MOST_MISTAKES + 1)
    report = lint_text(text)
    assert len(of(report, code)) == MOST_MISTAKES
    (stop,) = of(report, "NN015")
    assert stop.severity is Severity.ERROR
    assert stop.span.line == text.count("\n")  # the last line's
    assert "1,000" in stop.message
    assert report.graph is None


@pytest.mark.parametrize("code", STOPPED)
def test_the_most_are_all_told(code: str) -> None:
    report = lint_text(STOPPED[code](MOST_MISTAKES))
    assert len(of(report, code)) == MOST_MISTAKES
    assert of(report, "NN015") == []


@pytest.mark.parametrize("code", STOPPED)
def test_what_is_told_does_not_depend_on_what_is_not(code: str) -> None:
    few, many = (lint_text(STOPPED[code](n)) for n in (MOST_MISTAKES + 1, 3 * MOST_MISTAKES))
    assert few.findings == many.findings


def test_mistakes_of_several_layers_count_together() -> None:
    two = "  - {type: Linear, out_features: 4, a1: 1, a2: 2}\n"
    report = lint_text(f"{MARK}layers:\n{two * (MOST_MISTAKES // 2)}  - Linaer\n")
    assert len(of(report, "NN103")) == MOST_MISTAKES
    (stop,) = of(report, "NN015")
    assert (stop.span.line, stop.span.column) == (4 + MOST_MISTAKES // 2, 5)


def test_too_many_mistakes_of_a_variant_stop_there() -> None:
    """What the base has is told too, once; the network is not shown."""
    rows = "  - {type: Linear, in_features: $d, out_features: 4}\n" * (MOST_MISTAKES + 1)
    report = lint_text(
        "nnlint: 1\ninput: [4]\nvars: {d: 4}\nvariants: {bad: {d: 3}, worse: {d: 2}}\n"
        "expect: {variants: {bad: 7, worse: 8}}\nlayers:\n"
        "  - {type: Linear, in_features: 5, out_features: 4}\n" + rows
    )
    assert len(of(report, "NN201")) == MOST_MISTAKES
    marks = [one.message.endswith("(variant bad)") for one in of(report, "NN201")]
    assert marks == [False] + [True] * (MOST_MISTAKES - 1)
    (stop,) = of(report, "NN015")
    assert (stop.severity, stop.span.line) == (Severity.ERROR, 1007)
    assert stop.message.endswith("(variant bad)")
    assert report.graph is None
    assert {one.code for one in report.findings} == {"NN015", "NN201"}


def test_expressions_that_come_later_are_no_mistakes() -> None:
    """They are looked at one by one, and the mistake behind them is found."""
    inputs = "".join(f"  i{n}: [$d, $d]\n" for n in range(MOST_MISTAKES))
    head = "nnlint: 1\nvars: {d: 1}\nlayers: [{type: ReLU, from: i0}]\ninputs:\n"
    report = lint_text(f"{head}{inputs}  last: [x]\n")
    assert [one.code for one in report.findings if one.severity is Severity.ERROR] == ["NN101"]


MISSPELT = STOPPED["NN120"](MOST_MISTAKES + 1)


@pytest.mark.parametrize("codes", ["NN015", "NN120,NN015", "NN015] # nnlint: ignore[NN120"])
@pytest.mark.parametrize("kind", ["ignore-file", "ignore"])
def test_no_comment_hides_that_the_rest_was_not_looked_at(codes: str, kind: str) -> None:
    report = lint_text(f"# nnlint: {kind}[{codes}]\n" + MISSPELT.replace("\n", " #\n"))
    assert len(of(report, "NN015")) == 1
    ending = lint_text(f"{MISSPELT.rstrip()} # nnlint: {kind}[{codes}]\n")
    assert len(of(ending, "NN015")) == 1


def test_an_ignore_behind_the_stop_may_be_needed() -> None:
    report = lint_text(f"{MISSPELT}  - Linaer # nnlint: ignore[NN120] known\n")
    assert of(report, "NN951") == []


def run(folder: Path, *argv: str, **texts: str) -> tuple[int, str]:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    out = io.StringIO()
    files = (".yaml", ".jsonl")
    words = [str(folder / one) if one.endswith(files) else one for one in argv]
    code = main(words, out, io.StringIO())
    return code, out.getvalue()


@pytest.mark.parametrize("flag", ["--ignore=NN0,NN1", "--select=NN3"])
def test_no_flag_hides_it(tmp_path: Path, flag: str) -> None:
    code, out = run(tmp_path, "--format=concise", flag, "a.yaml", a=MISSPELT)
    assert code == 1
    assert re.findall(r"\[(NN\d+)\]", out) == ["NN015"]


SHORT = {"csv", "github", "markdown"}
"""csv has numbers alone; a page and its annotations say how many findings they leave out."""


def test_no_baseline_holds_it(tmp_path: Path) -> None:
    known = ("--baseline", "known.jsonl")
    run(tmp_path, "--write-baseline", *known, "a.yaml", a=MISSPELT)
    code, out = run(tmp_path, "--format=concise", *known, "a.yaml")
    assert code == 1
    assert re.findall(r"\[(NN\d+)\]", out) == ["NN015"]
    mended = GOOD.replace("\n", " # mended\n")
    assert run(tmp_path, "--format=concise", *known, "a.yaml", a=mended)[0] == 0


@pytest.mark.parametrize("form", sorted({*formats.names()} - SHORT))
def test_every_format_says_it(tmp_path: Path, form: str) -> None:
    code, out = run(tmp_path, f"--format={form}", "a.yaml", a=MISSPELT)
    assert code == 1
    assert "NN015" in out or "more than 1,000 mistakes" in out


def test_a_change_that_brings_it_is_told(tmp_path: Path) -> None:
    code, out = run(tmp_path, "diff", "--format=json", "a.yaml", "b.yaml", a=GOOD, b=MISSPELT)
    assert code == 1
    assert "NN015" in json.dumps(json.loads(out))


def test_fixes_go_on_round_by_round() -> None:
    """Keras' name, which has one answer: the first thousand are mended, then the others."""
    text = STOPPED["NN120"](2 * MOST_MISTAKES + 1).replace("Linaer", "LeakyRELU")
    fixed = fixing.fix(text, [Applies.SAFE])
    assert fixed.text == text.replace("LeakyRELU", "LeakyReLU")
    assert of(fixed.report, "NN120") == of(fixed.report, "NN015") == []


# --- scalars that PyYAML takes otherwise are warnings: nothing stops ---

EPS = "  - {type: LayerNorm, eps: 1e-5}\n"


def norms(count: int) -> str:
    return f"{MARK}layers:\n  - {ROW}\n{EPS * count}"


def test_warnings_do_not_keep_the_network_from_being_looked_at() -> None:
    report = lint_text(norms(2 * MOST_MISTAKES))
    assert len(of(report, "NN012")) == MOST_MISTAKES
    (stop,) = of(report, "NN015")
    assert stop.severity is Severity.WARNING
    assert stop.span.line == 4 + MOST_MISTAKES + 1
    assert report.graph
    assert report.graph.totals.params == (4 * 4 + 4) + 2 * MOST_MISTAKES * (4 + 4)


def test_as_many_warnings_as_are_told_are_no_more() -> None:
    report = lint_text(norms(MOST_MISTAKES))
    assert len(of(report, "NN012")) == MOST_MISTAKES
    assert of(report, "NN015") == []


def test_an_ignore_of_a_warning_that_is_not_told_may_be_needed() -> None:
    last = EPS.replace("\n", " # nnlint: ignore[NN012] known\n")
    assert of(lint_text(norms(MOST_MISTAKES + 1) + last), "NN951") == []


def test_all_warnings_are_mended() -> None:
    text = norms(2 * MOST_MISTAKES + 1)
    fixed = fixing.fix(text, [Applies.SAFE])
    assert fixed.text == text.replace("1e-5", "1.0e-5")
    assert of(fixed.report, "NN012") == of(fixed.report, "NN015") == []


def test_more_ignores_than_anybody_needs_are_told_of_like_mistakes() -> None:
    idle = "# nnlint: ignore[NN301, NN401]\n"
    report = lint_text(GOOD + idle * (MOST_MISTAKES // 2 + 1))
    codes = [one.rule.code for one in report.findings]
    assert codes == ["NN951"] * MOST_MISTAKES + ["NN015"]
    assert report.ok  # only what is told of is cut
    assert report.findings[-1].severity is Severity.WARNING
    assert report.findings[-1].span.line == 4 + MOST_MISTAKES // 2
    assert report.params == lint_text(GOOD).params

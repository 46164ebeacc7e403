"""What is unknown makes totals lower bounds, visibly; what an error caused is silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nnlint.engine import lint_text

if TYPE_CHECKING:
    from nnlint.graph import Totals
    from nnlint.report import Report

HEAD = "nnlint: 1\ninput: [8]\n"
KNOWN = "  - {type: Linear, out_features: 3}\n"
CUSTOM = "  - {type: Custom}\n"
BROKEN = "  - {type: Linear}\n"


def lint(layers: str, after: str = "", before: str = "") -> Report:
    return lint_text(f"{HEAD}{before}layers:\n{layers}{after}")


def codes(report: Report) -> list[str]:
    """The findings; what nothing asks for (NN95x) is another's business."""
    found = (finding.rule.code for finding in report.findings)
    return [code for code in found if not code.startswith("NN95")]


def totals(layers: str, before: str = "") -> Totals:
    graph = lint(layers, before=before).graph
    assert graph is not None
    return graph.totals


def test_a_custom_layer_that_says_nothing_is_a_warning_at_its_place() -> None:
    (finding,) = lint(KNOWN + CUSTOM).findings
    assert (finding.rule.code, finding.span.line, finding.span.column) == ("NN214", 5, 5)
    assert finding.rule.severity.rank == 2
    assert "the parameters of Custom are unknown" in finding.message
    assert "{} for none" in (finding.help or "")


@pytest.mark.parametrize(
    ("custom", "params", "complete"),
    [("{type: Custom}", 0, False), ("{type: Custom, parameters: null}", 0, False),
     ("{type: Custom, parameters: {}}", 0, True),
     ("{type: Custom, parameters: {weight: [2, 3], bias: [2]}}", 8, True),
     ("{type: Custom, parameters: {weight: [$d, 2*$in]}}", 3 * 6, True)],
)  # fmt: skip
def test_unknown_is_told_from_none(custom: str, params: int, complete: bool) -> None:
    found = totals(f"{KNOWN}  - {custom}\n", "vars: {d: 3}\n")
    assert (found.params, found.complete, found.excused) == (27 + params, complete, False)


def test_what_is_stated_is_split_by_name() -> None:
    tensors = "{weight: [2, 3], bias: [2], head.bias: [7], scale: []}"
    found = totals(f"  - {{type: Custom, parameters: {tensors}, macs: 3}}\n")
    assert (found.weights, found.biases, found.macs) == (7, 9, 3)


@pytest.mark.parametrize("custom", ["{type: Custom}", "{type: Custom, macs: 0, output: [3]}"])
def test_the_shape_goes_on_behind_it(custom: str) -> None:
    report = lint(f"{KNOWN}  - {custom}\n  - {{type: Linear, out_features: 2}}\n")
    assert report.graph is not None
    assert report.graph.totals.params == 27 + 8


def test_unknown_macs_are_apart_from_unknown_parameters() -> None:
    custom = "  - {type: Custom, parameters: {}}\n"
    report = lint(custom, "expect: {params: 0, macs: 0}\nbudget: {params: 9, macs: 9}\n")
    assert [(f.rule.code, f.path) for f in report.findings] == [
        ("NN912", ("expect", "macs")), ("NN903", ("budget", "macs")),
    ]  # fmt: skip


def test_several_copies_and_uses_are_one_finding() -> None:
    block = "blocks: {b: {layers: [{type: Custom}]}}\n"
    uses = "  - {block: b, repeat: 9}\n  - {block: b}\n"
    (finding,) = lint(uses, before=block).findings
    assert finding.rule.code == "NN214"
    assert finding.message.endswith("(block used at line 5, copy 1)")


# Budgets and expectations


@pytest.mark.parametrize(
    ("budget", "code"),
    [("params: 26", "NN901"), ("params: 27", "NN903"), ("params: 1k", "NN903"),
     ("macs: 23", "NN901"), ("macs: 24", "NN903"), ("size: 107", "NN901"),
     ("size: 108", "NN903")],
)  # fmt: skip
def test_a_budget_is_broken_or_not_proven(budget: str, code: str) -> None:
    report = lint(KNOWN + CUSTOM, f"budget: {{{budget}}}\n")
    assert codes(report) == ["NN214", code]
    assert "at least" in report.findings[-1].message
    assert report.findings[-1].rule.severity.rank == 3


def test_a_budget_over_a_lower_bound_says_so() -> None:
    report = lint(KNOWN + CUSTOM, "budget: {params: 20}\n")
    assert report.findings[-1].message == (
        "params: at least 27 used, but the budget is 20: at least 7 too much"
    )


def test_a_budget_that_can_t_be_proven_says_what_is_known() -> None:
    report = lint(KNOWN + CUSTOM, "budget: {params: 1k}\n")
    finding = report.findings[-1]
    assert finding.message.startswith(
        "params: the budget of 1,000 cannot be proven: at least 27 used"
    )
    assert (finding.span.line, finding.span.column) == (6, 18)


def test_a_budget_that_nobody_can_prove_is_not_near() -> None:
    assert "NN902" not in codes(lint(KNOWN + CUSTOM, "budget: {params: 28}\n"))


@pytest.mark.parametrize("key", ["params", "trainable", "active"])
def test_an_expectation_of_an_unknown_total_can_t_be_proven(key: str) -> None:
    report = lint(KNOWN + CUSTOM, f"expect: {{{key}: 27}}\n")
    assert codes(report) == ["NN214", "NN912"]
    assert report.findings[-1].message.startswith(f"expect.{key} cannot be proven")


@pytest.mark.parametrize("key", ["params", "trainable", "active"])
def test_an_expectation_below_the_lower_bound_is_wrong_for_certain(key: str) -> None:
    report = lint(KNOWN + CUSTOM, f"expect: {{{key}: 26}}\n")
    assert codes(report)[1] in ("NN911", "NN912")


def test_a_shape_that_is_known_is_proven() -> None:
    report = lint(KNOWN + CUSTOM, "expect: {output: [3]}\n")
    assert codes(report) == ["NN214"]


def test_a_variant_s_expectation_can_t_be_proven_either() -> None:
    variants = "vars: {d: 3}\nvariants: {v: {d: 4}}\n"
    layers = "  - {type: Linear, out_features: $d}\n" + CUSTOM
    report = lint(layers, "expect: {variants: {v: 36}}\n", variants)
    assert codes(report) == ["NN214", "NN912"]
    assert report.findings[-1].message.endswith("(variant v)")


# Silent where an error is reported already

ENDS = [
    "", "budget: {params: 1k}\n", "budget: {macs: 1k, size: 1 kB, layer_share: 40%}\n",
    "expect: {params: 27, macs: 24, output: [3], trainable: 27, active: 27}\n",
]  # fmt: skip


@pytest.mark.parametrize("after", ENDS)
@pytest.mark.parametrize(
    ("layers", "code"),
    [(BROKEN, "NN102"), ("  - {type: Linear, out_features: 0*$d}\n", "NN106"),
     ("  - {type: Linear, out_features: $x}\n", "NN115"),
     ("  - {type: Linear, out_features: 7/$d}\n", "NN114"),
     ("  - {block: c}\n", "NN122"), ("  - {block: b}\n", "NN102"),
     ("  - {type: Linear, out_features: 3, from: x}\n", "NN207"),
     ("  - {type: Linear, out_features: 3, in_features: 5}\n", "NN201"),
     ("  - {type: MoE, num_experts: 2, top_k: 3, expert: []}\n", "NN205"),
     ("  - {type: Linear, out_features: 3, repeat: $d - 2}\n", "NN106"),
     ("  - {type: Linear, out_features: 3, bias: $d}\n", "NN101"),
     ("  - {type: Linear, out_features: 3, trainable: $d}\n", "NN101"),
     ("  - {type: Linear, out_features: 3, act: Reluu}\n", "NN120")],
)  # fmt: skip
def test_one_mistake_is_one_finding(layers: str, code: str, after: str) -> None:
    before = "vars: {d: 2}\nblocks: {b: {args: {w: required}, layers: [ReLU]}}\n"
    assert codes(lint(layers, after, before)) == [code]


def test_what_is_known_can_still_break_a_budget() -> None:
    report = lint(KNOWN + BROKEN, "budget: {params: 26}\n")
    assert codes(report) == ["NN102", "NN901"]


def test_a_custom_layer_beside_an_error_is_still_told() -> None:
    assert codes(lint(CUSTOM + BROKEN, "expect: {params: 0}\n")) == ["NN214", "NN102"]


def test_a_custom_layer_behind_an_error_is_unknown_by_itself() -> None:
    assert codes(lint(BROKEN + CUSTOM)) == ["NN102", "NN214"]

"""Expressions: their values against Python's own arithmetic, their faults, their guards."""

from __future__ import annotations

import operator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nnlint.engine import lint_text
from nnlint.expression import (
    LARGEST,
    Faulty,
    evaluate,
    evaluated,
    holds_expression,
    is_expression,
    names,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Callable

VALUES: dict[str, Any] = {
    "a": 7, "big": LARGEST, "m": LARGEST,
    "zero": 0, "minus": -3, "p": 0.5, "flag": True, "none": None,
    "act": "ReLU", "a_1": 11, "_b": 2,
}  # fmt: skip


def value(text: str) -> Any:
    return evaluate(text, within(VALUES))


def fault(text: str) -> Faulty:
    with pytest.raises(Faulty) as caught:
        value(text)
    return caught.value


# Values, against a tree that Python computes


class Tree(NamedTuple):
    """An expression as a tree; its text is written from it, never read back."""

    text: str
    strength: int
    """1 a sum, 2 a product, 3 a signed operand, 4 a number, a name or a bracket."""
    value: int | None
    """None: it divides by 0, or `/` leaves a remainder."""


def exact(left: int, right: int) -> int | None:
    return left // right if right and left % right == 0 else None


def floored(left: int, right: int) -> int | None:
    return left // right if right else None


SIGNS: dict[str, tuple[int, Callable[[int, int], int | None]]] = {
    "+": (1, operator.add), "-": (1, operator.sub), "*": (2, operator.mul),
    "/": (2, exact), "//": (2, floored),
}  # fmt: skip


def bracketed(tree: Tree, least: int) -> str:
    return tree.text if tree.strength >= least else f"({tree.text})"


def joined(left: Tree, sign: str, right: Tree, gap: str) -> Tree:
    strength, compute = SIGNS[sign]
    words = (bracketed(left, strength), sign, bracketed(right, strength + 1))
    both = None
    if left.value is not None and right.value is not None:
        both = compute(left.value, right.value)
    return Tree(gap.join(words), strength, both)


def negated(tree: Tree) -> Tree:
    result = None if tree.value is None else -tree.value
    return Tree(f"-{bracketed(tree, 3)}", 3, result)


LEAVES = st.one_of(
    st.integers(0, 99).map(lambda n: Tree(str(n), 4, n)),
    st.sampled_from(["a", "zero", "minus", "a_1", "_b"]).map(
        lambda name: Tree(f"${name}", 4, VALUES[name])
    ),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            joined, inner, st.sampled_from(list(SIGNS)), inner, st.sampled_from(["", " "])
        ),
        inner.map(negated),
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(TREES)
@example(Tree("-7//2", 2, -4))
@example(Tree("7//-2", 2, -4))
@example(Tree("8 - 3 - 2", 1, 3))
@example(Tree("100//10//5", 2, 2))
@example(Tree("100/10*5", 2, 50))
@example(Tree("2*$a + 1", 1, 15))
@example(Tree("- -$a", 3, 7))
def test_a_value_is_what_python_makes_of_the_tree(tree: Tree) -> None:
    if tree.value is None or abs(tree.value) > LARGEST:
        fault(tree.text)
    else:
        found = value(tree.text)
        assert (found, type(found)) == (tree.value, int)


@settings(max_examples=100, deadline=None)
@given(TREES)
def test_a_linted_size_is_the_value_or_a_finding(tree: Tree) -> None:
    text = "nnlint: 1\ninput: [1]\nvars: {a: 7, zero: 0, minus: -3, a_1: 11, _b: 2}\n"
    text += f"layers:\n  - {{type: Linear, out_features: '0*$a + {bracketed(tree, 2)}'}}\n"
    report = lint_text(text)
    assert report.graph is not None
    if tree.value is not None and 1 <= tree.value <= LARGEST:
        assert report.graph.totals.biases == tree.value
    else:
        codes = {f.rule.code for f in report.findings} - {"NN953"}
        assert codes <= {"NN106", "NN107", "NN114"}
        assert report.findings


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="$a1b_ +-*/()\t\n.,%{}é٣", max_size=30))
def test_any_text_has_a_value_or_a_fault(text: str) -> None:
    with suppress(Faulty):
        assert value(text) is None or isinstance(value(text), int | float | str)


# What a name hands on


@pytest.mark.parametrize("name", VALUES)
def test_a_bare_name_hands_on_any_scalar(name: str) -> None:
    for text in (f"${name}", f"  ${name} "):
        assert value(text) is VALUES[name]


@pytest.mark.parametrize(
    ("text", "words"),
    [("2*$act", "$act is the text 'ReLU'"), ("1 - $p", "$p is the decimal number 0.5"),
     ("$flag + 1", "$flag is true"), ("-$none", "$none is empty (null)"),
     ("($act)", "$act is the text 'ReLU'")],
)  # fmt: skip
def test_arithmetic_takes_whole_numbers(text: str, words: str) -> None:
    assert fault(text).message == f"{words}, and arithmetic takes whole numbers"


def test_lists_and_maps_are_computed_inside() -> None:
    written = {"k": ["$a", 3, {"p": "$p"}], "s": "plain", "n": None}
    assert evaluated(written, within(VALUES)) == {
        "k": [7, 3, {"p": 0.5}],
        "s": "plain",
        "n": None,
    }
    assert holds_expression(written)
    assert not holds_expression({"k": ["a", 3, None]})


@pytest.mark.parametrize("plain", ["16", "2*3", "a", "", 5, None, True, 1.5])
def test_without_a_dollar_it_is_no_expression(plain: object) -> None:
    assert not is_expression(plain)
    assert evaluated(plain, within(VALUES)) is plain


@pytest.mark.parametrize(
    ("text", "found"),
    [("$a", ["a"]), (" $a ", ["a"]), ("2*$a//$b + $a", ["a", "b", "a"]), ("1/0*$a", ["a"])],
)
def test_the_names_that_it_asks_for(text: str, found: list[str]) -> None:
    assert names(text) == found


# Faults


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("$a / 2", "7 / 2 leaves a remainder"), ("$a // 0", "it divides 7 by 0"),
        ("$a / $zero", "it divides 7 by 0"), ("($a", "a closing bracket is missing"),
        ("$a)", "')' stands where + - * / // belongs"),
        ("$a $a", "'$a' stands where + - * / // belongs"),
        ("$a +", "a number or a $name is missing at the end"),
        ("* $a", "a number or a $name is missing before '*'"),
        ("$a % 2", "'% 2' is no part of an expression"),
        ("$a.real", "'.real' is no part of an expression"),
        ("$a or 1", "'or 1' is no part of an expression"),
        ("__import__('os') + $a", "'__import__('os') + $a' is no part of an expression"),
        ("()$a", "a number or a $name is missing before ')'"), ("", "missing at the end"),
    ],
)  # fmt: skip
def test_a_fault_says_what_is_wrong(text: str, words: str) -> None:
    assert words in fault(text).message


@pytest.mark.parametrize(
    ("text", "help"),
    [("$a / 2", "write // to round down, if that is meant"), ("$aa + 1", "did you mean 'a'?"),
     ("$act_ + 1", "did you mean 'act'?")],
)  # fmt: skip
def test_a_fault_says_how_to_mend_it(text: str, help: str) -> None:  # noqa: A002
    assert fault(text).help == help


@pytest.mark.parametrize(
    ("text", "remedy"),
    [("2$a", "2*$a"), ("${a}", "$a"), ("$a ** 2", "$a*$a"), ("2 $a", "2*$a")],
)
def test_what_other_languages_write_is_answered(text: str, remedy: str) -> None:
    assert remedy in (fault(text).help or "")


def test_an_unknown_name_lists_what_is_known() -> None:
    with pytest.raises(Faulty) as caught:
        evaluate("$zzz", within({"d": 1, "heads": 2}))
    assert caught.value.message == "there is no '$zzz' here"
    assert caught.value.help == "known here: $d and $heads"


# Guards


@pytest.mark.parametrize("text", ["$big", "-$big", "$big - 1", "$big * 2 // 2", str(LARGEST)])
def test_a_value_goes_up_to_2_to_the_63(text: str) -> None:
    assert abs(value(text)) <= LARGEST


@pytest.mark.parametrize("text", ["$big + 1", "-$big - 1", "$big * $big", "2 * $big - $zero"])
def test_what_overflows_is_a_fault(text: str) -> None:
    assert f"the most is {LARGEST:,}" in fault(text).message


@pytest.mark.parametrize("end", ["", " / 2", " // $zero", " / $zero", " * $zero"])
def test_factors_that_grow_without_end_are_a_fault_or_a_value(end: str) -> None:
    text = "*".join(["$m"] * 300) + end  # 5,690 digits: more than str() of Python takes
    if end == " * $zero":
        assert value(text) == 0
    else:
        assert len(fault(text).message) < 200


@pytest.mark.parametrize("depth", [51, 400, 10_000])
def test_brackets_without_end_are_a_fault(depth: int) -> None:
    assert "more than" in fault("(" * depth + "$a" + ")" * depth).message
    assert value("(" * 50 + "$a" + ")" * 50) == 7


@pytest.mark.parametrize("digits", [20, 900, 5000])
def test_a_number_without_end_is_a_fault(digits: int) -> None:
    assert (
        "more than" in (message := fault("$a + " + "9" * digits).message) or "most" in message
    )


def test_signs_without_end_are_read() -> None:
    assert value("-" * 900 + "$a") == 7
    assert "more than" in fault("-" * 10_000 + "$a").message

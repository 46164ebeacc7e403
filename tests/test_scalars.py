"""Plain scalars: the core schema of YAML 1.2, and how they are written for every reader."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nnlint.scalars import LONGEST_INTEGER, TooLong, is_unambiguous, resolve, spelling

# YAML 1.2.2, section 10.3.2, the table of tag resolution, in its order.
SPECIFIED = (
    (r"null | Null | NULL | ~ | ", lambda text: None),
    (r"true | True | TRUE", lambda text: True),
    (r"false | False | FALSE", lambda text: False),
    (r"[-+]? [0-9]+", lambda text: int(text, 10)),
    (r"0o [0-7]+", lambda text: int(text, 0)),
    (r"0x [0-9a-fA-F]+", lambda text: int(text, 0)),
    (r"[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?", float),
    (r"[-+]? ( \.inf | \.Inf | \.INF )", lambda text: float(text.replace(".", ""))),
    (r"\.nan | \.NaN | \.NAN", lambda text: float("nan")),
)
LAW = settings(max_examples=200, deadline=None, derandomize=True)
TRICKY = st.text("0123456789+-.eExXoObB_:~afFiInNtTrRuUlLsSyY", max_size=9)


def specified(text: str) -> Any:
    for pattern, make in SPECIFIED:
        if re.fullmatch(pattern.replace(" ", ""), text):
            return make(text)
    return text


def pyyaml(text: str) -> Any:
    """What PyYAML's safe loader makes of a plain scalar; a failure is like no other value."""
    try:
        (node,) = yaml.compose(f"- {text}").value
        assume(isinstance(node, yaml.ScalarNode) and node.value == text and node.style is None)
    except yaml.YAMLError:
        assume(False)
    try:
        return yaml.safe_load(f"- {text}")[0]
    except (ValueError, yaml.YAMLError):
        return object()


def same(one: Any, two: Any) -> bool:
    return type(one) is type(two) and (one == two or (one != one and two != two))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("~", None), ("null", None), ("Null", None), ("NULL", None),
        ("nULL", "nULL"), ("none", "none"),
        ("true", True), ("True", True), ("TRUE", True), ("tRUE", "tRUE"),
        ("false", False), ("False", False), ("FALSE", False),
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("Off", "Off"), ("y", "y"), ("n", "n"),
        ("0", 0), ("-0", 0), ("+12", 12), ("-19", -19), ("010", 10), ("0o17", 15),
        ("0o18", "0o18"), ("0O17", "0O17"), ("-0o7", "-0o7"), ("0x1F", 31), ("0xG", "0xG"),
        ("0b11", "0b11"), ("50_257", "50_257"), ("1:30", "1:30"), ("2024-01-01", "2024-01-01"),
        ("1e-3", 0.001), ("1e3", 1000.0), ("1E+3", 1000.0), ("0.", 0.0), (".5", 0.5),
        ("-.5", -0.5), ("+12e03", 12000.0), ("1.5.2", "1.5.2"), ("1e", "1e"), (".", "."),
        ("-", "-"), ("+", "+"), ("1.e", "1.e"), (".e3", ".e3"),
        (".inf", float("inf")), ("-.INF", float("-inf")), ("+.Inf", float("inf")),
        ("inf", "inf"), ("nan", "nan"), ("-.nan", "-.nan"), ("٣", "٣"), ("²", "²"), ("é", "é"),
        (" 1", " 1"), ("1 ", "1 "), ("1\n", "1\n"),
    ],
)  # fmt: skip
def test_a_plain_scalar_is_read_as_the_core_schema_says(text: str, value: object) -> None:
    assert same(resolve(text), value)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number_is_unlike_itself(text: str) -> None:
    value = resolve(text)
    assert isinstance(value, float)
    assert value != value


@LAW
@given(TRICKY)
def test_every_scalar_agrees_with_the_table_of_the_specification(text: str) -> None:
    assert same(resolve(text), specified(text))


def test_an_integer_may_have_as_many_digits_as_the_limit() -> None:
    assert resolve("7" * LONGEST_INTEGER) == (10**LONGEST_INTEGER - 1) // 9 * 7


@pytest.mark.parametrize("text", ["1" * 4001, "1" * 5000, "-" + "1" * 5000, "0x" + "f" * 5000])
def test_a_longer_integer_is_refused(text: str) -> None:
    with pytest.raises(TooLong):
        resolve(text)


@pytest.mark.parametrize("prefix", ["", "-", "+", "0o", "0x"])
def test_every_integer_that_is_read_can_be_printed(prefix: str) -> None:
    digit = "9" if prefix in ("", "-", "+") else {"0o": "7", "0x": "f"}[prefix]
    for length in (3500, 3700, LONGEST_INTEGER - 2):
        try:
            value = resolve(prefix + digit * length)
        except TooLong:
            continue
        assert str(value)


@LAW
@given(TRICKY | st.text("abcdefnosyYNOtrue123", max_size=6))
def test_what_is_unambiguous_is_read_alike_by_pyyaml(text: str) -> None:
    assume(is_unambiguous(text))
    assert same(pyyaml(text), resolve(text))


@pytest.mark.parametrize(
    "text", ["Linear", "relu", "mnist-mlp", "0", "16", "13002", "null", "true"]
)
def test_ordinary_words_and_numbers_are_unambiguous(text: str) -> None:
    assert is_unambiguous(text)


@pytest.mark.parametrize(
    "text", ["no", "On", "YES", "off", "010", "00", "1e3", "1:30", "1_0", "٣"]
)
def test_what_old_readers_take_otherwise_is_looked_at_twice(text: str) -> None:
    assert not is_unambiguous(text)


def assert_remedy_says_the_same_to_both(text: str) -> None:
    value = resolve(text)
    first, _, other = spelling(value, text).removeprefix("write ").partition(", or ")
    if other:
        assert other == f'"{text}" for text'
        assert isinstance(yaml.safe_load(first), bool)
        assert yaml.safe_load(first) is yaml.safe_load(text)
    elif isinstance(value, str):
        assert yaml.safe_load(first) == text
    else:
        assert same(resolve(first), value)
        assert same(yaml.safe_load(first), value)


@pytest.mark.parametrize(
    "text",
    ["no", "On", "OFF", "yes", "010", "-010", "0o17", "1e-3", "1E5", "1e3", "-.5", "+.5e3",
     "1:30", "50_257", "2024-01-01", "2001-13-45", "0b101", "=", "1e22", "12e-30", "1e400",
     "-1e400"],
)  # fmt: skip
def test_the_remedy_means_the_same_to_every_reader(text: str) -> None:
    assert_remedy_says_the_same_to_both(text)


@LAW
@given(
    st.from_regex(r"[-+]?0[0-9]{1,3}", fullmatch=True)
    | st.from_regex(r"0o[0-7]{1,4}", fullmatch=True)
    | st.from_regex(r"[-+]?[0-9]{0,3}\.?[0-9]{1,3}[eE][-+]?[0-9]{1,2}", fullmatch=True)
    | st.from_regex(r"[-+]?[0-9]{1,3}[_:][0-9]{1,3}", fullmatch=True)
    | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True)
)
def test_the_remedy_of_any_number_means_the_same_to_every_reader(text: str) -> None:
    value = resolve(text)
    assume(not same(pyyaml(text), value))
    assert_remedy_says_the_same_to_both(text)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("no", 'write false, or "no" for text'),
        ("On", 'write true, or "On" for text'),
        ("010", "write 10"),
        ("0o17", "write 15"),
        ("1e-3", "write 0.001"),
        ("1e22", "write 1.0e+22"),
        ("1:30", 'write "1:30"'),
    ],
)
def test_the_remedy_is_written_out(text: str, remedy: str) -> None:
    assert spelling(resolve(text), text) == remedy

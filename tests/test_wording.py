"""Words for messages."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlint.wording import (
    LONGEST_QUOTE,
    described,
    did_you_mean,
    grouped,
    listed,
    nearest,
    plural,
    quoted,
    shape_text,
)

LAW = settings(max_examples=100, deadline=None, derandomize=True)
LAYERS = ("Linear", "Bilinear", "ReLU", "ReLU6", "SiLU", "BatchNorm2d", "Flatten")


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999, "999"), (1000, "1,000"), (13002, "13,002"), (10**12, "1,000,000,000,000")],
)
def test_digits_stand_in_threes(number: int, text: str) -> None:
    assert grouped(number) == text


@LAW
@given(st.integers(0, 10**40))
def test_the_separators_change_no_digit(number: int) -> None:
    head, *rest = grouped(number).split(",")
    assert int(head + "".join(rest)) == number
    assert 1 <= len(head) <= 3
    assert {len(part) for part in rest} <= {3}


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (1000, "1,000 files")]
)
def test_only_one_is_singular(number: int, text: str) -> None:
    assert plural(number, "file") == text


@pytest.mark.parametrize(
    ("words", "last", "text"),
    [([], "or", ""), (["a"], "or", "a"), (["a", "b"], "or", "a or b"),
     (["a", "b", "c"], "or", "a, b or c"), (["a", "b", "c"], "and", "a, b and c")],
)  # fmt: skip
def test_lists_are_read_aloud(words: list[str], last: str, text: str) -> None:
    assert listed(words, last) == text
    assert listed(iter(words), last) == text


def test_the_last_word_of_a_list_is_or_by_default() -> None:
    assert listed(["a", "b"]) == "a or b"


@LAW
@given(st.text(max_size=200))
def test_a_quote_is_the_word_or_its_beginning(text: str) -> None:
    inside = quoted(text)[1:-1]
    assert quoted(text) == f"'{inside}'"
    assert len(inside) <= LONGEST_QUOTE
    assert inside == text or (inside[-1] == "…" and text.startswith(inside[:-1]))


@pytest.mark.parametrize(("length", "cut"), [(LONGEST_QUOTE, False), (LONGEST_QUOTE + 1, True)])
def test_a_quote_is_cut_at_the_limit_only(length: int, cut: bool) -> None:
    assert ("…" in quoted("x" * length)) is cut


@LAW
@given(st.lists(st.integers(-(10**20), 10**20), max_size=5))
def test_a_shape_is_written_as_yaml(dims: list[int]) -> None:
    assert yaml.safe_load(shape_text(dims)) == dims


def test_an_open_shape_says_so() -> None:
    assert shape_text((3, 4), unknown_before=True) == "[…, 3, 4]"
    assert shape_text((), unknown_before=True) == "[…]"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "empty (null)"),
        (True, "true"),
        (False, "false"),
        (1, "the number 1"),
        (-5, "the number -5"),
        (16.0, "the decimal number 16.0"),
        (float("inf"), "the decimal number inf"),
        ("16", "the text '16'"),
        ("", "the text ''"),
        ([], "an empty list"),
        ([1, 2], "a list of 2"),
        ({}, "an empty map"),
        ({"a": 1}, "a map"),
    ],
)
def test_a_value_is_described_in_plain_words(value: object, text: str) -> None:
    assert described(value) == text


@pytest.mark.parametrize(
    ("name", "meant"),
    [("relu", "ReLU"), ("RELU6", "ReLU6"), ("Linaer", "Linear"), ("linear", "Linear"),
     ("Batchnorm2D", "BatchNorm2d"), ("Flaten", "Flatten"), ("silu", "SiLU"),
     ("Quux", None), ("", None)],
)  # fmt: skip
def test_the_nearest_name_is_found_case_forgiven(name: str, meant: str | None) -> None:
    assert nearest(name, LAYERS) == meant


@pytest.mark.parametrize("name", LAYERS)
def test_every_name_is_nearest_to_itself(name: str) -> None:
    assert nearest(name, LAYERS) == name
    assert nearest(name.swapcase(), LAYERS) == name


def test_a_guess_is_a_question() -> None:
    assert did_you_mean("Linaer", LAYERS) == "did you mean 'Linear'?"
    assert did_you_mean("Quux", LAYERS) is None
    assert did_you_mean("Quux", []) is None


def test_an_enormous_name_is_no_work() -> None:
    assert nearest("x" * 10**6, LAYERS) is None

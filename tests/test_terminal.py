"""Text for a terminal: nothing in it acts, everything in it can be written."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from nnlint.finding import Severity
from nnlint.terminal import PIPE_WIDTH, SEVERITY_STYLES, Style, cells, encodable, visible

LAW = settings(max_examples=100, deadline=None, derandomize=True)
ANSI = re.compile(r"\x1b\[[0-9;]*m")
WORDS = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x7E)
    | st.characters(min_codepoint=0xC0, max_codepoint=0x17F)
    | st.characters(min_codepoint=0x300, max_codepoint=0x36F)
    | st.characters(min_codepoint=0x3041, max_codepoint=0x3096)
    | st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
    | st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)
    | st.characters(min_codepoint=0xFF01, max_codepoint=0xFF5E)
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Linear", "Linear"),
        ("a b\\n", "a b\\n"),
        ("größe 日本 😀", "größe 日本 😀"),
        ("a\nb", "a\\nb"),
        ("a\r\tb", "a\\r\\tb"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x07\x00\x7f", "\\x07\\x00\\x7f"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202edlrow", "\\u202edlrow"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("\u2028\u2029\x85", "\\u2028\\u2029\\x85"),
        ("\u200b\ufeff", "\\u200b\\ufeff"),
        ("\ue000\ud800", "\\ue000\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("::error file=x::forged", ":\\x3aerror file=x:\\x3aforged"),
        (":::error::x", "::\\x3aerror:\\x3ax"),
        ("a ##[error]b", "a #\\x23[error]b"),
        ("##vso[task.complete]", "#\\x23vso[task.complete]"),
        ("b##", "b#\\x23"),  # what is cut off behind it may be [error]
        ("#[error]", "\\x23[error]"),
        ("a: b # c ## d", "a: b # c ## d"),
        (":: a", ":: a"),
        ("", ""),
    ],
)
def test_what_could_act_on_a_terminal_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@LAW
@given(st.text(st.characters()))
def test_nothing_visible_acts(text: str) -> None:
    kinds = {unicodedata.category(char) for char in visible(text)}
    assert not kinds & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert len(visible(text).splitlines()) <= 1


@LAW
@given(st.text(st.characters(blacklist_characters="\\")))
def test_the_escapes_lose_nothing(text: str) -> None:
    escaped = visible(text).encode("ascii", "backslashreplace")
    assert escaped.decode("unicode_escape") == text


@LAW
@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_printable_ascii_stays_but_for_commands(text: str) -> None:
    apart = re.sub("::|#", "", text)
    assert visible(apart) == apart


@LAW
@given(
    st.lists(st.sampled_from(["::", ":", "##", "#", "[", "]", "error", "vso", " ", "-", "1"]))
)
def test_no_text_is_a_command_of_a_log(parts: list[str]) -> None:
    """Wherever it is cut: the pieces together are none either, as a frame shows them."""
    for at in range(len(parts) + 1):
        pieces = "".join(parts[:at]), "".join(parts[at:])
        shown = "".join(map(visible, pieces))
        assert not re.search(r"##\w*\[", shown)
    assert not re.search(r"::[\w-]", visible("".join(parts)))


@LAW
@given(st.text())
def test_what_is_visible_stays_visible(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@LAW
@given(WORDS)
def test_cells_are_those_that_rich_counts(text: str) -> None:
    assert cells(text) == cell_len(text)


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("ab", 2), ("é", 1), ("e\u0301", 1), ("日本", 4), ("한", 2), ("ﾊ", 1), ("😀", 2)],
)
def test_a_wide_character_takes_two_columns(text: str, width: int) -> None:
    assert cells(text) == width


@pytest.mark.parametrize(
    ("styles", "painted"),
    [
        (("red",), "\x1b[31mx\x1b[0m"),
        (("bold", "red"), "\x1b[1;31mx\x1b[0m"),
        (("dim",), "\x1b[2mx\x1b[0m"),
        (("green",), "\x1b[32mx\x1b[0m"),
        (("bold", "yellow"), "\x1b[1;33mx\x1b[0m"),
        (("cyan",), "\x1b[36mx\x1b[0m"),
    ],
)
def test_paint_is_ansi(styles: tuple[str, ...], painted: str) -> None:
    assert Style(color=True).paint("x", *styles) == painted


@LAW
@given(st.text(st.characters(min_codepoint=0x20)))
def test_paint_adds_nothing_but_colour(text: str) -> None:
    assert ANSI.sub("", Style(color=True).paint(text, "bold", "red")) == text
    assert Style(color=False).paint(text, "bold", "red") == text


def test_nothing_is_painted_for_no_text() -> None:
    assert Style(color=True).paint("", "red") == ""


def test_a_pipe_is_wide_and_plain() -> None:
    assert Style() == Style(color=False, width=160, table=None)
    assert PIPE_WIDTH == 160


@pytest.mark.parametrize("severity", Severity)
def test_every_severity_has_a_style_that_can_be_painted(severity: Severity) -> None:
    painted = Style(color=True).paint("x", *SEVERITY_STYLES[severity.value])
    assert ANSI.sub("", painted) == "x" != painted


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("784×16 ≥ N", "utf-8", "784×16 ≥ N"),
        ("784×16 ≥ N", "ascii", "784x16 >= N"),
        ("784×16", "latin-1", "784×16"),
        ("784×16 ≥ N", "cp1252", "784x16 >= N"),
        ("█─…", "ascii", "#-..."),
        ("7 → 9, ±0, Δ params ≤ 3", "ascii", "7 -> 9, +/-0, d params <= 3"),
        ("❌ ⚠️ ✅ ❓ ℹ️", "cp1252", "x ! ok ? i"),
        ("日", "ascii", "\\u65e5"),
        ("é", "ascii", "\\xe9"),
        ("plain", "no-such-encoding", "plain"),
        ("×", "no-such-encoding", "x"),
        ("a\ud800", "utf-8", "a\\ud800"),
    ],
)
def test_a_stream_gets_what_it_can_take(text: str, encoding: str, shown: str) -> None:
    assert encodable(text, encoding) == shown


@LAW
@given(st.text(st.characters()), st.sampled_from(["ascii", "cp1252", "cp437", "utf-8"]))
def test_the_answer_can_always_be_written(text: str, encoding: str) -> None:
    encodable(text, encoding).encode(encoding)


@LAW
@given(st.text())
def test_unicode_streams_get_the_text_itself(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return
    assert encodable(text, "utf-8") == text

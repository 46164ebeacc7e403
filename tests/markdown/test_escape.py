"""A spec's words in Markdown: what a parser that is not ours makes of them."""

from __future__ import annotations

import random

import pytest

from nnlint.markdown import escape
from nnlint.terminal import visible
from tests.markdown import reading

HOSTILE = [
    "[a](https://evil.example)", "![x](https://evil.example/p.png)", "<img src=x onerror=y>",
    "<!-- nnlint -->", "@octocat", "mail a@b.example", "see #12", "owner/repo#12", "GH-12",
    "https://evil.example", "HTTPS://EVIL.example", "www.evil.example", "a|b", "a\\|b", "`a`",
    "``` x", "a`b``c", "`", "\\", "\\`", "|", "||", "`|`", "# title", "## t", "- item",
    "1. item", "2) item", "> quote", "===", "---", "+ x", "*bold*", "**bold**", "_i_", "~~s~~",
    "&amp;", "&#64;octocat", "&lt;b&gt;", "a\nb", "a\r\n\r\n# b", "\tx", "\u202eevil",
    "\x1b[31m", "\u200bx", "\u2028x", ":tada:", "$x$", "$width", "deadbeef1",
    "0123456789abcdef",
    "[ref]: x",
    "[a](/b)",
    "[a](b) c",
    "![a](b)",
    "[^1]", "</summary></details>", "<https://evil.example>", "'@octocat'", "(@a),", "x@y:z",
    "(https://evil.example)", "it's", "[1, 28, 28]", "784×16 + 16", "a b", "hidden_layer",
    '"><script>', "mailto:a@b.example", "#3", "Linear #3", "\u0000", "@", "a@", "://",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("written", [escape.code, escape.prose])
def test_reads_as_it_is_and_does_nothing(text: str, written: object) -> None:
    assert callable(written)
    shown = written(text)
    assert reading.words(f"x {shown} y") == f"x {visible(text)} y"
    assert reading.kinds(f"x {shown} y") <= {
        "paragraph_open", "paragraph_close", "inline", "text", "text_special", "code_inline",
    }  # fmt: skip
    assert reading.acting(f"x {shown} y") == []


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("written", [escape.code, escape.prose])
def test_is_one_cell_of_a_table(text: str, written: object) -> None:
    assert callable(written)
    read = reading.tables(f"| a | b |\n| :-- | :-- |\n| {written(text)} | {written(text)} |\n")
    assert read == [[["a", "b"], [visible(text)] * 2]]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_sentence_begins_no_block(text: str) -> None:
    """It may stand at the beginning of a line, in an entry of a list."""
    kinds = reading.kinds(f"- x\\\n  {escape.prose(text)}")
    assert kinds.isdisjoint({"heading_open", "blockquote_open", "hr", "fence", "code_block"})
    assert reading.PARSER.render(f"- x\\\n  {escape.prose(text)}").count("<li>") == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_a_tag_holds_no_tag(text: str) -> None:
    inner = escape.tag(text).removeprefix("<code>").removesuffix("</code>")
    assert not set(inner) & set('<>"|\n')


def test_any_text_reads_as_it_is() -> None:
    """What no one thought of: random strings of the characters that act."""
    chance = random.Random(20)
    for _ in range(3_000):
        text = "".join(
            chance.choices("`|\\@#[]()<>!*_~&$:;. -=+1a/é\n'\"", k=chance.randint(1, 14))
        )
        for written in (escape.code, escape.prose):
            page = f"x {written(text)} y"
            assert reading.acting(page) == [], (text, page)
            assert (
                "".join(reading.words(page).split()) == f"x{''.join(visible(text).split())}y"
            ), page
            assert len(reading.tables(f"| a |\n| - |\n| {page} |\n")[0][1]) == 1, (text, page)


def test_what_is_very_long_is_cut_and_says_so() -> None:
    assert reading.words(escape.code("n" * 5_000)) == "n" * (escape.LONGEST - 1) + "…"
    assert len(escape.prose("word " * 5_000)) == escape.LONGEST_PROSE

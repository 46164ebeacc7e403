"""Markdown, read by a parser that is not ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ACTS = re.compile(r"@\w|#\d|://|www\.|\$\S|:\w+:|\b[0-9a-f]{7,40}\b|GH-\d", re.IGNORECASE)
"""What GitHub links, pings or replaces in the text of a finished page, but never in code."""


def tokens(text: str) -> Iterator[Token]:
    """Every token, those within lines too."""
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def words(text: str) -> str:
    """What a person reads, without the tags."""
    read = (one for one in tokens(text) if one.type in ("text", "code_inline", "text_special"))
    return "".join(one.content for one in read)


def acting(text: str) -> list[str]:
    """Text outside of code that GitHub would make something of."""
    plain = ("text", "text_special", "softbreak")
    lines = ("".join(c.content if c.type in plain else "\0" for c in one.children or ())
             for one in PARSER.parse(text) if one.type == "inline")  # fmt: skip
    return [found[0] for line in lines for found in ACTS.finditer(line)]


def kinds(text: str) -> set[str]:
    """Which tokens there are."""
    return {token.type for token in tokens(text)}


def html(text: str) -> list[str]:
    """Tags and comments that reach the page as such."""
    return [one.content for one in tokens(text) if one.type in ("html_inline", "html_block")]


def tables(text: str) -> list[list[list[str]]]:
    """Every table, row by row, its cells as they read."""
    found: list[list[list[str]]] = []
    for token, inner in zip(*_ahead(text), strict=False):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type in ("td_open", "th_open"):
            children = inner.children or []
            cell = "".join(one.content for one in children)
            found[-1][-1].append(cell.replace("\N{NO-BREAK SPACE}", " "))
    return found


def _ahead(text: str) -> tuple[list[Token], list[Token]]:
    every = PARSER.parse(text)
    return every, every[1:]

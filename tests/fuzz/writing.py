"""Data as one of the many texts that mean it: styles, comments, line ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnlint import scalars

if TYPE_CHECKING:
    from random import Random

COMMENTS = (
    "# a comment", "# ü 日本 🎉", "# nnlint: nothing", "#", "# {[: not: a, map",
    "# nnlint: ignore[NN402] why", "# nnlint: ignore-file[NN808] why",
)  # fmt: skip
ENDINGS = ("\n", "\n", "\r\n", "\r")


def written(data: Any, style: Random) -> str:
    """One text of the data; the style says which."""
    lines = [*_noise(style, ""), *_lines(data, "", style), *_noise(style, "")]
    return style.choice(ENDINGS).join([*lines, ""])


def _lines(data: Any, indent: str, style: Random) -> list[str]:
    """A map or a list, an entry a line or more."""
    if isinstance(data, dict):
        entries = [(f"{scalars.written(key)}:", value) for key, value in data.items()]
    else:
        entries = [("-", value) for value in data]
    found: list[str] = []
    for head, value in entries:
        found += [*_noise(style, indent), *_entry(f"{indent}{head}", value, indent, style)]
    return found


def _entry(head: str, value: Any, indent: str, style: Random) -> list[str]:
    deep = isinstance(value, dict | list) and value and style.random() < 0.6
    if deep:
        inner = _lines(value, indent + " " * style.choice((2, 2, 4)), style)
        return [f"{head}{_comment(style)}", *inner]
    return [f"{head} {_flow(value, style)}{_comment(style)}"]


def _flow(value: Any, style: Random) -> str:
    """On one line; a word in quotes now and then."""
    text = scalars.written(value)
    quoted = isinstance(value, str) and text == value and style.random() < 0.1
    return f"'{text}'" if quoted else text


def _comment(style: Random) -> str:
    return f"  {style.choice(COMMENTS)}" if style.random() < 0.1 else ""


def _noise(style: Random, indent: str) -> list[str]:
    """A line that says nothing, now and then."""
    if style.random() > 0.1:
        return []
    return [style.choice(["", f"{indent}{style.choice(COMMENTS)}"])]

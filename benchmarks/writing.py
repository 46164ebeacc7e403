"""Data to YAML text, in the hands that people write: wide or narrow, flow or block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from random import Random

SECTIONS = ("vars", "variants", "defaults", "blocks", "layers")
"""Keys of a spec that get a line of their own, and a blank line before it from some."""


class Style(NamedTuple):
    """How somebody writes YAML.

    Attributes:
        width: what fits into so many columns stands in braces; 0: nothing does.
        deep: lists are indented below their key.
        quoted: text is put in double quotes.
        airy: a blank line stands before each section.
        started: the document begins with `---`.
        comments: what is said before the spec, and behind its input.
    """

    width: int
    deep: bool
    quoted: bool
    airy: bool
    started: bool
    comments: tuple[str, ...]


def style(rng: Random, words: tuple[str, ...]) -> Style:
    """Somebody's hand; most write layers in braces, few quote words."""
    return Style(
        width=rng.choice((0, 0, 60, 76, 76, 100)),
        deep=rng.random() < 0.7,
        quoted=rng.random() < 0.1,
        airy=rng.random() < 0.4,
        started=rng.random() < 0.2,
        comments=tuple(rng.sample(words, rng.randrange(3))),
    )


def written(spec: Mapping[str, Any], style: Style) -> str:
    """The text of a spec."""
    lines = [f"# {comment}" for comment in style.comments[:1]]
    lines += ["---"] * style.started
    for key, value in spec.items():
        if style.airy and key in SECTIONS:
            lines.append("")
        part = list(_entry(key, value, style, is_open=key in ("blocks", "layers")))
        if key == "input" and style.comments[1:]:
            part[0] += f"  # {style.comments[1]}"
        lines += part
    return "\n".join(lines) + "\n"


def _entry(key: str, value: Any, style: Style, *, is_open: bool = False) -> Iterable[str]:
    if _fits(value, style) and not is_open:
        return [f"{key}: {flow(value, style)}"]
    inner = _block(value, style)
    lead = "" if isinstance(value, list) and not style.deep else "  "
    return [f"{key}:", *(lead + line for line in inner)]


def _block(value: Any, style: Style) -> Iterable[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _entry(key, one, style)
        return
    for one in value:
        first, *rest = [flow(one, style)] if _fits(one, style) else _block(one, style)
        yield f"- {first}"
        yield from ("  " + line for line in rest)


def _fits(value: Any, style: Style) -> bool:
    """Whether it stands on the line of its key; lists of numbers always do."""
    if isinstance(value, list) and all(isinstance(one, int) for one in value):
        return True
    return not isinstance(value, dict | list) or len(flow(value, style)) <= style.width


def flow(value: Any, style: Style) -> str:
    """The value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(one, style)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(one, style) for one in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) and style.quoted else str(value)

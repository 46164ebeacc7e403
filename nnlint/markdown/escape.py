"""Words of a spec in GitHub's Markdown, so that they can't act: no link, no mention, no tag.

GitHub looks for `@name`, `#12`, `:tada:` and commits in the finished page, where an entity
is no protection any more; but it never looks inside code. So what could be one of them
stands in a code span. `|` and `<` are never written as they are, not even there: whatever
splits tables, or looks for a tag or for the marker in the text, finds none of the spec's.
"""

from __future__ import annotations

import re

from nnlint.terminal import visible

LONGEST = 120
"""Characters of a name or a value that are shown."""
LONGEST_PROSE = 600
"""Characters of a message that are shown."""
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
_ESCAPES = str.maketrans({**_ENTITIES, **{char: f"\\{char}" for char in "*_[]~^!"}})
_HTML = str.maketrans({**_ENTITIES, '"': "&quot;"})
_LINKED = re.compile(
    r"[@`\\$]|#[0-9]|://|(?i:www\.|\bgh-[0-9]|\b[0-9a-f]{7,64}\b|mailto:|xmpp:)|:[\w+-]+:"
)
"""What GitHub makes a link, a mention, an emoji or a formula of; and what ends a code span."""
_BLOCK = re.compile(r"^([0-9]*)([-+=#.)])")
"""How a line begins that is a heading, a list or a rule."""
_FLANKS = re.compile(r"""(['"(]*)(.*?)(['"),.;:!?]*)""", re.DOTALL)


def code(text: str) -> str:
    """A name, a place or a value as a code span, cut where it is very long."""
    return _spans(_cut(visible(text), LONGEST))


def prose(text: str) -> str:
    """A sentence that holds words of the user's: as it reads, and nothing else."""
    words = _cut(visible(text), LONGEST_PROSE).strip(" ").split(" ")
    return _BLOCK.sub(r"\1\\\2", " ".join(map(_word, words)))


def tag(text: str) -> str:
    """A name inside of HTML, where Markdown does not reach."""
    return f"<code>{_cut(visible(text), LONGEST).translate(_HTML)}</code>"


def _word(word: str) -> str:
    if not _LINKED.search(word):
        return word.translate(_ESCAPES)
    found = _FLANKS.fullmatch(word)
    before, inner, after = found.groups() if found and found[2] else ("", word, "")
    if _LINKED.search(before + after):
        before, inner, after = "", word, ""
    return before + _spans(inner) + after


def _spans(text: str) -> str:
    """Code spans, and between them what may stand in none."""
    pieces = re.split(r"([|<])", text)
    return "".join(_ENTITIES.get(piece) or _span(piece) for piece in pieces)


def _span(text: str) -> str:
    """A code span, fenced by more backticks than follow each other in it."""
    if not text:
        return ""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    room = " " if text[0] in "` " or text[-1] in "` " else ""
    if not text.strip(" "):
        room = ""  # blanks alone are kept as they are
    return f"{fence}{room}{text}{room}{fence}"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"

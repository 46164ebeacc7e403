"""Words of a spec in GitHub's Markdown, so that they can't act: no link, no mention, no tag.

GitHub looks for `@name`, `#12`, `:tada:` and commits in the finished page, where an entity
is no protection any more; but it never looks inside code. So what could be one of them
stands in a code span. A `|` is never written as it is: whatever splits tables finds none.
"""

from __future__ import annotations

import re

from nnlint.terminal import visible

LONGEST = 120
"""Characters of a name or a value that are shown."""
LONGEST_PROSE = 600
"""Characters of a message that are shown."""
PIPE = "&#124;"
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": PIPE}
_ESCAPES = str.maketrans({**_ENTITIES, **{char: f"\\{char}" for char in "*_[]~^!"}})
_HTML = str.maketrans({**_ENTITIES, '"': "&quot;"})
_LINKED = re.compile(
    r"[@`\\$]|#[0-9]|://|(?i:www\.|\bgh-[0-9]|\b[0-9a-f]{7,64}\b|mailto:|xmpp:)|:[\w+-]+:"
)
"""What GitHub makes a link, a mention, an emoji or a formula of; and what ends a code span."""
_FLANKS = re.compile(r"""(['"(]*)(.*?)(['"),.;:!?]*)""", re.DOTALL)


def code(text: str) -> str:
    """A name, a place or a value as a code span, cut where it is very long."""
    return PIPE.join(_span(piece) for piece in _cut(visible(text), LONGEST).split("|"))


def prose(text: str) -> str:
    """A sentence that holds words of the user's: as it reads, and nothing else."""
    words = _cut(visible(text), LONGEST_PROSE).split(" ")
    return " ".join(_word(word) for word in words)


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
    return before + PIPE.join(map(_span, inner.split("|"))) + after


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

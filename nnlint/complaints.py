"""What the YAML parsers complain of, in words for people.

Both of PyYAML's parsers, the C one and the Python one, have phrases of their own; each is
known here by a pattern, and answered with what is, and how to mend it.
"""

from __future__ import annotations

import re

from nnlint.record import Record


class Complaint(Record):
    """A phrase of either parser, and what it means to a person."""

    pattern: str
    message: str
    help: str
    at_opening: bool = False


TAB = Complaint("", "a tab, and YAML indents with spaces", "put spaces in its place")
TRAILING = Complaint(
    "", "this stands behind a value that is already complete", "put the whole value in quotes"
)
MISALIGNED = Complaint(
    "<block end>|expected key|expected '-'",
    "this does not line up with what stands above it",
    "keys of one map, and items of one list, begin in the same column",
)
SECOND_COLON = Complaint(
    "mapping values are not allowed",
    "a second ': ' on this line, where no key can stand",
    "put the value in quotes, or begin a new line",
)
NO_SPACE = Complaint(
    "", "the key in the line above has no space after its ':'", "write `key: value` there"
)
TOO_DEEP = Complaint(
    "", "this is indented deeper than the key above it, which has its value already",
    "keys of one map begin in the same column",
)  # fmt: skip
KEY_WITHOUT_SPACE = r"\s*(- )?[A-Za-z_][\w-]*:[^\s:]"
NO_KEY = Complaint(
    "", "there is no key before this ':'", "write `key: value`, or '': for a key without text"
)
HALF_PAIR = Complaint(
    "",
    "this escape is half of a surrogate pair, and no character",
    r"write the character itself, or \U and its eight digits",
)
HALVES = re.compile(r"\\(?:u|U0000)[dD][89a-fA-F][0-9a-fA-F]{2}")
UNKNOWN_ESCAPE = Complaint(
    "escape|hexa?decimal number",
    "an unknown escape in a double-quoted text",
    "use single quotes, or double the \\",
)
NO_VALUE = Complaint(
    "node content", "a value was expected here", "write one, or put it in quotes"
)
UNCLOSED = {
    "[": Complaint(
        "expected ',' or ']'",
        "a list that was opened with [ is not closed",
        "close it with ], or put a comma before the next item",
        at_opening=True,
    ),
    "{": Complaint(
        "expected ',' or '}'",
        "a map that was opened with { is not closed",
        "close it with }, or put a comma before the next key",
        at_opening=True,
    ),
}
COMPLAINTS = (
    SECOND_COLON,
    *UNCLOSED.values(),
    Complaint(
        "expected ':'",
        "a key without its ':'",
        "write `key: value`, with a space after the colon",
        at_opening=True,
    ),
    MISALIGNED,
    UNKNOWN_ESCAPE,
    Complaint(
        "quoted scalar|end of stream",
        "a quoted text is not closed",
        "end it with the quote that it begins with",
        at_opening=True,
    ),
    Complaint(
        "cannot start any token",
        "a value can't begin with this character",
        "put the value in quotes",
    ),
    NO_VALUE,
    Complaint(
        "directive|incompatible YAML|document start",
        "text where the document should begin",
        "a line with % is a directive of YAML's, and a spec needs none",
    ),
    Complaint("tag", "a tag that is not declared", "leave the tag out"),
    Complaint(
        "anchor|alias", "an anchor or alias without a proper name", "write &name and *name"
    ),
    Complaint(
        "block scalar|indentation", "a block of text (| or >) that does not begin properly",
        "write | or >, and the text on the next lines, indented",
    ),
)  # fmt: skip


def find(said: str, text: str, offset: int) -> Complaint:
    """The answer to what a parser said at that offset of the text."""
    if text[offset : offset + 1] == "\t":
        return TAB
    found = next((known for known in COMPLAINTS if re.search(known.pattern, said)), None)
    if found is None:
        return Complaint("", f"this is not YAML: {said.strip()}", "check this line")
    *above, before = text[:offset].split("\n")[-2:]
    if text[offset : offset + 1] == ":" and _lacks_a_key(found, before):
        return NO_KEY
    if found is SECOND_COLON and above and re.match(KEY_WITHOUT_SPACE, above[0]):
        return NO_SPACE
    if found is SECOND_COLON and ":" not in before:
        return TOO_DEEP
    return TRAILING if found is MISALIGNED and before.strip() else found


def _lacks_a_key(found: Complaint, before: str) -> bool:
    return found is NO_VALUE or (found is MISALIGNED and not before.strip(" -"))


def half_pair(text: str, offset: int) -> int | None:
    """Where the escape begins that a parser refused there, if it is half of a pair."""
    start = text.rfind("\\", 0, offset + 1)
    return start if start >= 0 and HALVES.match(text, start) else None

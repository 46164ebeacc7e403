"""The text of a baseline: a header, then a finding a line, which git merges by itself.

`["specs/a.yaml", "NN301", "layers.logits.bias"]`, and for a budget the number that is allowed:
`["specs/a.yaml", "NN901", "budget.params", 15200]`. The order of the lines is no matter, nor
is a line that stands twice: of two numbers the lower one holds.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from nnlint import rules
from nnlint.policy import Invalid
from nnlint.report import EXPECTATION
from nnlint.wording import described, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERSION = 1
KEY = "nnlint-baseline"
HEADER = json.dumps({KEY: VERSION})
EXAMPLE = '["specs/a.yaml", "NN301", "layers.logits"]'
CONFLICT = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
"""How the marks begin that git leaves where it can't merge."""

Amount: TypeAlias = int | Fraction | None
"""What a budget allows; None where a finding is about no number."""


class Entry(NamedTuple):
    """A finding that is known: the file, relative to the baseline's folder, rule and place."""

    path: str
    code: str
    place: str


def never_held(code: str) -> bool:
    """Whether a baseline leaves out no finding of that rule.

    A file that can't be read is never fine. What a spec declares of itself is true or is to be
    mended (`--update-expect`): an entry would let it differ by any number from then on.
    """
    return code.startswith(EXPECTATION) or rules.ends_reading(code)


def parsed(data: bytes, name: str) -> dict[Entry, Amount]:
    """The entries of a baseline.

    Raises:
        Invalid: it is none, or one of its lines is wrong; `name` is what the file is called.
    """
    entries: dict[Entry, Amount] = {}
    headed = False
    for number, line in _lines(data, name):
        try:
            value = _value(line)
            if isinstance(value, dict):
                headed = _is_header(value)
            else:
                entry, amount = _entry(value), _amount(value)
                entries[entry] = _lower(entries.get(entry), amount)
        except _Wrong as wrong:
            raise Invalid(f"{name}:{number}: {wrong}") from None
    if not headed:
        raise Invalid(f"{name}: this is no baseline: it has no line {HEADER}")
    return entries


def rendered(entries: Mapping[Entry, Amount]) -> bytes:
    """The text that holds these entries, always in the same order."""
    lines = (json.dumps([*entry, *_numbers(entries[entry])]) for entry in sorted(entries))
    return "".join(f"{line}\n" for line in (HEADER, *lines)).encode()


def _numbers(amount: Amount) -> list[int | str]:
    if amount is None:
        return []
    return [int(amount) if amount.denominator == 1 else str(amount)]


class _Wrong(Exception):  # noqa: N818 - said of a line
    """The line can't be used; the argument says why."""


def _lines(data: bytes, name: str) -> Iterator[tuple[int, str]]:
    """The lines that hold anything, with their numbers."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(f"{name}: this is no baseline: it is not UTF-8") from None
    return ((n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip())


def _value(line: str) -> Any:
    if line.startswith(CONFLICT):
        raise _Wrong(
            "a merge is not resolved here: keep the entries of both sides, and delete the "
            "lines that begin with <<<<<<<, ======= and >>>>>>>"
        )
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise _Wrong(f"this is not JSON, but an entry was expected: {EXAMPLE}") from None


def _is_header(value: dict[str, Any]) -> bool:
    version = value.get(KEY)
    if KEY not in value:
        raise _Wrong(f"is {described(value)}, but an entry was expected: {EXAMPLE}")
    if type(version) is not int or version != VERSION:
        found = version if type(version) is int else described(version)
        raise _Wrong(f"the version is {found}, but this nnlint reads version {VERSION}")
    return True


def _entry(value: Any) -> Entry:
    texts = value[:3] if isinstance(value, list) and len(value) in (3, 4) else ()
    if len(texts) != 3 or not all(isinstance(text, str) for text in texts):
        raise _Wrong(f"an entry is path, code and place, as {EXAMPLE}")
    entry = Entry(*texts)
    if not re.fullmatch(r"NN[0-9]{3}", entry.code):
        raise _Wrong(f"the code is {quoted(entry.code)}, but one such as NN301 was expected")
    if never_held(entry.code):
        raise _Wrong(f"no baseline leaves out {entry.code}: delete this line")
    return entry


def _amount(value: list[Any]) -> Amount:
    """The number of a budget's entry: whole, or a share as `2/5`."""
    if len(value) == 3:
        return None
    number = value[3]
    if type(number) is int and number >= 0:
        return number
    if isinstance(number, str) and re.fullmatch(r"[0-9]{1,999}/[1-9][0-9]{0,998}", number):
        return Fraction(number)
    raise _Wrong(
        f"what is allowed is {described(number)}, but expected a whole number, or a share "
        'as "2/5"'
    )


def _lower(one: Amount, other: Amount) -> Amount:
    return other if one is None else one if other is None else min(one, other)

"""Whole-number arithmetic over named values: `4*$d`, `($in + 7) // 8`. Never Python's eval.

`+ - * / // ( )` with Python's precedence. `//` floors, `/` must divide, nothing is ever
rounded. A bare `$name` hands its value on, whatever it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nnlint.finding import Problem
from nnlint.wording import described, did_you_mean, grouped, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from nnlint.finding import Path

    Lookup = Callable[[str], Any]

LARGEST = 2**63 - 1
LONGEST = 1_000
"""Characters of one expression."""
DEEPEST = 50
"""Brackets within brackets."""

ARRIVING = "in"
"""`$in`: the channels or features that reach the layer."""

# plain texts: compiling them costs a millisecond, and most specs hold no expression
_PIECE = r"\s*(?:(?P<number>[0-9]+)|\$(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>//|[-+*/()]))"
_BARE = r"\s*\$([A-Za-z_][A-Za-z0-9_]*)\s*\Z"
_END = ("", "")


class Faulty(Exception):  # noqa: N818 - read as a sentence: the expression is faulty
    """It can't be computed; `message` says why, `help` how to mend it, or None."""

    def __init__(self, message: str, help: str | None = None) -> None:  # noqa: A002
        super().__init__(message)
        self.message, self.help = message, help
        self.text = ""
        self.path: Path = ()


class NoSuchName(Faulty):
    """It asks for a value that nobody has defined."""


def is_expression(value: object) -> bool:
    """Whether a value of a document is an expression: a text with a `$`."""
    return isinstance(value, str) and "$" in value


def holds_expression(value: object) -> bool:
    """Whether it is one, or a list or map with one in it."""
    if isinstance(value, dict):
        return any(map(holds_expression, value.values()))
    if isinstance(value, list | tuple):
        return any(map(holds_expression, value))
    return isinstance(value, str) and "$" in value


def names(text: str) -> list[str]:
    """The names that an expression asks for, in their order.

    Raises:
        Faulty: it is no expression.
    """
    found: list[str] = []

    def note(name: str) -> int:
        found.append(name)
        return 1

    if bare := _bare(text):
        return [bare]
    _read(text, note, compute=False)
    return found


def _read(text: str, lookup: Lookup, *, compute: bool = True) -> int:
    """The value; a fault in the spelling says what other languages' spelling is here."""
    try:
        return _Reader(text, lookup, compute=compute).whole()
    except NoSuchName:
        raise
    except Faulty as fault:
        short = text[:LONGEST]  # the search may take time that grows with the square
        raise Faulty(fault.message, _respelt(short) or fault.help) from None


def _respelt(text: str) -> str | None:
    """How `${d}`, `2$d` and `$d ** 2` are written here."""
    if match := re.search(r"\$\{(\w+)\}", text):
        return f"write ${match[1]}"
    if match := re.search(r"(\$?\w+)\s*\*\*\s*2\b", text):
        return f"write {match[1]}*{match[1]}"
    if match := re.search(r"(?<![\w$])([0-9]+)\s*(\$\w+)", text):
        return f"write {match[1]}*{match[2]}"
    return None


def evaluate(text: str, lookup: Lookup) -> Any:
    """The value of an expression.

    Args:
        text: the expression.
        lookup: gives the value of a name; it may raise what it likes.

    Raises:
        Faulty: it can't be computed.
    """
    if bare := _bare(text):
        return lookup(bare)
    value = _read(text, lookup)
    if abs(value) > LARGEST:
        raise Faulty(f"it comes to {_shown(value)}, and the most is {grouped(LARGEST)}")
    return value


def evaluated(value: Any, lookup: Lookup) -> Any:
    """The same value with every expression in it computed.

    Raises:
        Faulty: one can't be; it knows its text and its place in the value.
    """
    if isinstance(value, dict):
        return {key: _inside(key, item, lookup) for key, item in value.items()}
    if isinstance(value, list):
        return [_inside(index, item, lookup) for index, item in enumerate(value)]
    if not is_expression(value):
        return value
    try:
        return evaluate(value, lookup)
    except Faulty as fault:
        fault.text = value
        raise


def _inside(step: str | int, value: Any, lookup: Lookup) -> Any:
    try:
        return evaluated(value, lookup)
    except Faulty as fault:
        fault.path = (step, *fault.path)
        raise


def within(values: Mapping[str, Any]) -> Lookup:
    """A lookup in a table of values, which says what is near where there is none."""

    def lookup(name: str) -> Any:
        if name not in values:
            raise unknown(name, values)
        return values[name]

    return lookup


def unknown(name: str, known: Collection[str]) -> NoSuchName:
    """Nobody has defined that name."""
    if name == ARRIVING:
        return NoSuchName("$in has no value here: it is what reaches a layer")
    all_known = f"known here: {listed([f'${word}' for word in known][:8], 'and')}"
    hint = did_you_mean(name, known) or (all_known if known else f"write vars: {{{name}: …}}")
    return NoSuchName(f"there is no {quoted('$' + name)} here", hint)


def faulty(fault: Faulty, path: Path) -> Problem:
    """The problem of an expression that can't be computed, in the value at `path`."""
    code = "NN115" if isinstance(fault, NoSuchName) else "NN114"
    message = fault.message if _bare(fault.text) else f"{quoted(fault.text)}: {fault.message}"
    return Problem(code, (*path, *fault.path), message, fault.help)


def _bare(text: str) -> str | None:
    match = re.match(_BARE, text) if len(text) <= LONGEST else None
    return match[1] if match else None


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position, token = 0, re.compile(_PIECE)
    while text[position:].strip():
        match = token.match(text, position)
        if match is None:
            rest = text[position:].strip()
            raise Faulty(
                f"{quoted(rest)} is no part of an expression",
                "whole numbers, $names and + - * / // ( ) make one",
            )
        position = match.end()
        yield match.lastgroup or "", match[match.lastgroup or 0]
    yield _END


class _Reader:
    """Reads an expression from left to right, and computes it on the way."""

    def __init__(self, text: str, lookup: Lookup, *, compute: bool = True) -> None:
        if len(text) > LONGEST:
            raise Faulty(f"the expression has more than {grouped(LONGEST)} characters")
        self.tokens = _tokens(text)
        self.lookup, self.compute = lookup, compute
        self.depth = 0
        self.kind, self.token = next(self.tokens, _END)

    def _next(self) -> str:
        token = self.token
        self.kind, self.token = next(self.tokens, _END)
        return token

    def whole(self) -> int:
        """All of it."""
        value = self._sum()
        if (self.kind, self.token) != _END:
            token = f"${self.token}" if self.kind == "name" else self.token
            raise Faulty(f"{quoted(token)} stands where + - * / // belongs")
        return value

    def _sum(self) -> int:
        value = self._product()
        while self.token in ("+", "-"):
            sign = self._next()
            other = self._product()
            value = value + other if sign == "+" else value - other
        return value

    def _product(self) -> int:
        value = self._signed()
        while self.token in ("*", "/", "//"):
            sign = self._next()
            other = self._signed()
            value = self._combined(value, sign, other)
        return value

    def _combined(self, value: int, sign: str, other: int) -> int:
        if sign == "*":
            return value * other
        if not self.compute:
            return 1
        if other == 0:
            raise Faulty(f"it divides {_shown(value)} by 0")
        if sign == "/" and value % other:
            raise Faulty(
                f"{_shown(value)} / {_shown(other)} leaves a remainder",
                "write // to round down, if that is meant",
            )
        return value // other

    def _signed(self) -> int:
        negative = False
        while self.token in ("-", "+"):
            negative ^= self._next() == "-"
        value = self._operand()
        return -value if negative else value

    def _operand(self) -> int:
        kind, token = self.kind, self._next()
        if kind == "number":
            return _number(token)
        if kind == "name":
            return self._named(token)
        if token.startswith("("):
            return self._bracket()
        where = f"before {quoted(token)}" if token else "at the end"
        raise Faulty(f"a number or a $name is missing {where}")

    def _bracket(self) -> int:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Faulty(f"there are more than {DEEPEST} brackets within brackets")
        value = self._sum()
        if self._next() != ")":
            raise Faulty("a closing bracket is missing")
        self.depth -= 1
        return value

    def _named(self, name: str) -> int:
        value = self.lookup(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Faulty(f"${name} is {described(value)}, and arithmetic takes whole numbers")
        return value


def _shown(value: int) -> str:
    """A value in a message; Python refuses to write very long ones."""
    digits = value.bit_length() * 3 // 10
    return grouped(value) if digits < 30 else f"a number of about {digits} digits"


def _number(digits: str) -> int:
    if len(digits) > len(str(LARGEST)):
        raise Faulty(
            f"it holds a number of {len(digits)} digits, and the most is {len(str(LARGEST))}"
        )
    return int(digits)

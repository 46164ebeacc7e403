"""The second reading of an expression: Python's own grammar, and exact fractions."""

from __future__ import annotations

import ast
import operator
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from nnlint.expression import DEEPEST, LARGEST, LONGEST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NAME = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
LEADING_ZEROS = re.compile(r"(?<![A-Za-z0-9_$])0+(?=[0-9])")
STRANGE = re.compile(r"[^0-9+\-*/()\s]")
DIGITS = len(str(LARGEST))
MARK = "v_"


class Refused(Exception):  # noqa: N818 - read as a sentence
    """It is no expression, or has no whole value."""


class NoVerdict(Exception):  # noqa: N818 - as above
    """Python itself can't read it: it is nested too deep."""


def value(text: str, names: Mapping[str, Any]) -> Any:
    """What the expression comes to; every step of it must be a whole number."""
    if bare := NAME.fullmatch(text.strip()):
        return _known(bare[1], names)
    _refuse_what_python_takes(text)
    result = _computed(_tree(text), names)
    if abs(result) > LARGEST:
        raise Refused("too large")
    return int(result)


def _known(name: str, names: Mapping[str, Any]) -> Any:
    if name not in names:
        raise Refused(f"no {name}")
    return names[name]


def _refuse_what_python_takes(text: str) -> None:
    """Python's other literals, words and calls; and what is over a limit."""
    if STRANGE.search(NAME.sub(" ", text)):
        raise Refused("another sign")
    if len(text) > LONGEST or _depth(text) > DEEPEST:
        raise Refused("a limit")
    if any(len(digits) > DIGITS for digits in re.findall("[0-9]+", NAME.sub(" ", text))):
        raise Refused("a long number")


def _depth(text: str) -> int:
    depths = [text[:end].count("(") - text[:end].count(")") for end in range(len(text) + 1)]
    return max(depths)


def _tree(text: str) -> ast.expr:
    in_python = NAME.sub(rf" {MARK}\1 ", LEADING_ZEROS.sub("", text))
    try:
        return ast.parse(" ".join(in_python.split()), mode="eval").body
    except (RecursionError, MemoryError):
        raise NoVerdict from None
    except (SyntaxError, ValueError):
        raise Refused("no syntax") from None


def _exact(left: Fraction, right: Fraction) -> Fraction:
    result = left / right
    if result.denominator != 1:
        raise Refused("a remainder")
    return result


BINARY: dict[type[ast.AST], Callable[[Fraction, Fraction], Fraction | int]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: _exact, ast.FloorDiv: operator.floordiv,
}  # fmt: skip
UNARY: dict[type[ast.AST], Callable[[Fraction], Fraction]] = {
    ast.UAdd: operator.pos, ast.USub: operator.neg,
}  # fmt: skip


def _computed(tree: ast.expr, names: Mapping[str, Any]) -> Fraction:
    """Nothing but these five nodes is computed."""
    match tree:
        case ast.Constant(value=int(number)):
            return Fraction(number)
        case ast.Name(id=name):
            return _number(_known(name.removeprefix(MARK), names))
        case ast.UnaryOp(op=op, operand=operand) if type(op) in UNARY:
            return UNARY[type(op)](_computed(operand, names))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
            return _combined(op, _computed(left, names), _computed(right, names))
    raise Refused(type(tree).__name__)


def _combined(op: ast.operator, left: Fraction, right: Fraction) -> Fraction:
    try:
        return Fraction(BINARY[type(op)](left, right))
    except ZeroDivisionError:
        raise Refused("divides by zero") from None


def _number(value: Any) -> Fraction:
    if type(value) is not int:
        raise Refused("no whole number")
    return Fraction(value)

"""What may go wrong in a line of Python: the small changes that make a mutant.

Words are left alone: strings, what stands in an f-string, annotations and decorators.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

OPERATORS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.And: (ast.Or,), ast.Or: (ast.And,),
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.FloorDiv, ast.Add),
    ast.FloorDiv: (ast.Mult, ast.Mod), ast.Mod: (ast.FloorDiv,), ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
}  # fmt: skip
"""Operator -> what may stand in its place."""

CALLS = {"max": "min", "min": "max", "any": "all", "all": "any"}
"""Function -> its opposite."""

DROPPED = (ast.Raise, ast.AugAssign, ast.Continue, ast.Break)
"""Statements without which the function still runs; of expressions, calls and yields."""

WORDS = {"annotation", "returns", "decorator_list", "defaults", "kw_defaults", "type_params"}
"""Fields that say how, not what; a function's defaults are computed only once."""


class Change(NamedTuple):
    """A node put in the place of another.

    Attributes:
        owner: the node in which it is put.
        field: the field of that node.
        index: the place in the field, where that is a list.
        old: what stood there.
        new: what stands there now.
        lines: the lines of which a test must run one to notice.
    """

    owner: ast.AST
    field: str
    index: int | None
    old: Any
    new: Any
    lines: range

    def make(self) -> None:
        """Put it into the tree, for good."""
        if self.index is None:
            setattr(self.owner, self.field, self.new)
        else:
            getattr(self.owner, self.field)[self.index] = self.new

    @property
    def words(self) -> str:
        """What became of what."""
        return f"{_text(self.old)} -> {_text(self.new)}"


def _text(node: Any) -> str:
    if isinstance(node, ast.operator | ast.cmpop | ast.boolop):
        return type(node).__name__
    text = " ".join(ast.unparse(node).split()) if node else "(nothing)"
    return text if len(text) <= 90 else f"{text[:87]}..."


def changes(node: ast.AST, lines: range = range(0)) -> Iterator[Change]:
    """Every change in a node and in what it is made of."""
    lines = _lines(node) or lines
    for field, index, child in _children(node):
        for new in _instead(node, field, child):
            yield Change(node, field, index, child, new, _lines(child) or lines)
        yield from changes(child, lines)


def _lines(node: ast.AST) -> range | None:
    """The lines of a statement; of one that holds others, those of its head."""
    if not isinstance(node, ast.stmt | ast.match_case):
        return None
    first = getattr(node, "lineno", None) or node.pattern.lineno  # type: ignore[union-attr]
    body = getattr(node, "body", None)
    last = body[0].lineno - 1 if body else node.end_lineno  # type: ignore[union-attr]
    return range(first, max(last, first) + 1)


def _children(node: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    if isinstance(node, ast.JoinedStr | ast.Assert):
        return
    if isinstance(node, ast.keyword) and node.arg == "strict":
        return
    for field, value in ast.iter_fields(node):
        if field in WORDS:
            continue
        if isinstance(value, ast.AST):
            yield field, None, value
        elif isinstance(value, list):
            yield from ((field, at, one) for at, one in enumerate(value)
                        if isinstance(one, ast.AST))  # fmt: skip


def _instead(owner: ast.AST, field: str, child: ast.AST) -> Iterator[ast.AST | None]:
    """What may stand in the place of a child."""
    if isinstance(owner, ast.BinOp | ast.AugAssign) and _joins_text(owner):
        return
    for operator in OPERATORS.get(type(child), ()):
        yield operator()
    yield from _other_value(child)
    yield from _other_place(owner, field, child)


def _joins_text(node: ast.BinOp | ast.AugAssign) -> bool:
    sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
    return any(
        isinstance(side, ast.JoinedStr)
        or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in sides
    )


def _other_value(node: ast.AST) -> Iterator[ast.AST]:
    """What a value may be taken for."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield from (ast.Constant(node.value + 1), ast.Constant(node.value - 1))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    elif isinstance(node, ast.Name) and node.id in CALLS:
        yield ast.Name(CALLS[node.id], ast.Load())


def _other_place(owner: ast.AST, field: str, child: ast.AST) -> Iterator[ast.AST | None]:
    """What may be left out of the owner."""
    if isinstance(owner, ast.Slice):
        yield None
    elif isinstance(owner, ast.BoolOp) and field == "values":
        yield from _neutral(owner.op, child)
    elif isinstance(owner, ast.comprehension) and field == "ifs":
        yield ast.Constant(value=True)
    elif isinstance(owner, ast.If | ast.IfExp) and field == "test":
        yield from (ast.Constant(value=True), ast.Constant(value=False))
    elif isinstance(owner, ast.While) and field == "test":
        yield ast.Constant(value=False)
    elif isinstance(owner, ast.Return) and _says_something(child):
        yield ast.Constant(None)
    elif isinstance(child, ast.stmt):
        yield from _without(child)


def _neutral(operator: ast.boolop, child: ast.AST) -> Iterator[ast.AST]:
    """What says no more than the other side; `or 0` did not either."""
    neutral = isinstance(operator, ast.And)
    if not (isinstance(child, ast.Constant) and bool(child.value) is neutral):
        yield ast.Constant(neutral)


def _says_something(node: ast.AST) -> bool:
    """Whether it is more than None, and more than what counts as no, as None does."""
    if isinstance(node, ast.Constant):
        return bool(node.value)
    return not (isinstance(node, ast.Tuple) and not node.elts)


def _without(node: ast.stmt) -> Iterator[ast.AST]:
    """The statement left out."""
    value = getattr(node, "value", None)
    if isinstance(node, ast.Raise) and "NotImplemented" in ast.dump(node):
        return
    if isinstance(node, ast.Expr) and isinstance(value, ast.Yield | ast.YieldFrom):
        if isinstance(value, ast.YieldFrom) and not _says_something(value.value):
            return
        yield ast.Expr(ast.YieldFrom(ast.Tuple([], ast.Load())))
    elif isinstance(node, DROPPED) or (isinstance(value, ast.Call) and _is_bare(node)):
        yield ast.Pass()


def _is_bare(node: ast.stmt) -> bool:
    """Whether nothing reads a new name: a call by itself, or a value put into an object."""
    if isinstance(node, ast.Expr):
        return True
    return isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name)

"""The mutants of a module, and how one is put into the running program."""

from __future__ import annotations

import ast
import gc
import sys
from collections import defaultdict
from functools import _lru_cache_wrapper, cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple

from nnlint.layers.base import Layer
from nnlint.record import Record
from tests.mutants.changes import Change, changes

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]

INHERITED = "inherited"
"""What stands for the value that a name has in the class's base."""
WORDS = {"formula", "keras", "macs_formula", "reference", "unlike_keras", "wants"}
"""What a layer says of itself in words."""


class Mutant(NamedTuple):
    """One change in one function, class or table of a module.

    Attributes:
        file: the module's file, seen from the root.
        tree: the module.
        part: the statement of the module or class in which the change is.
        owner: the names of the classes around it.
        change: the change.
    """

    file: str
    tree: ast.Module
    part: ast.stmt
    owner: tuple[str, ...]
    change: Change

    @property
    def is_in_function(self) -> bool:
        """Whether it changes what a function does; False: what a name stands for."""
        return isinstance(self.part, ast.FunctionDef)

    @property
    def name(self) -> str:
        """The function, or the name, that it changes."""
        own = self.part.name if isinstance(self.part, ast.FunctionDef) else _target(self.part)
        return ".".join([*self.owner, own])

    @property
    def words(self) -> str:
        """What it is, in a line."""
        return f"{self.file}:{self.change.lines.start} {self.name}: {self.change.words}"


def mutants(file: str) -> Iterator[Mutant]:
    """All mutants of a module."""
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    for owner, part in _parts(tree):
        for change in (*changes(part), *_not_its_own(part, owner)):
            yield Mutant(file, tree, part, owner, change)


def _parts(
    body: ast.Module | ast.ClassDef, owner: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], ast.stmt]]:
    for part in body.body:
        if isinstance(part, ast.ClassDef):
            yield from _parts(part, (*owner, part.name))
        elif isinstance(part, ast.FunctionDef) or _is_table(part):
            yield owner, part


def _not_its_own(part: ast.stmt, owner: tuple[str, ...]) -> Iterator[Change]:
    """A fact of a layer left out, so that it has what its base has."""
    if not owner or not isinstance(part, ast.Assign) or _target(part) in WORDS:
        return
    if not isinstance(getattr(part.value, "value", None), bool):  # its opposite is the base's
        lines = range(part.lineno, (part.end_lineno or part.lineno) + 1)
        yield Change(part, "value", None, part.value, ast.Name(INHERITED, ast.Load()), lines)


def _is_table(part: ast.stmt) -> bool:
    """Whether it gives a name a plain value: no page of a rule, no attribute of a layer."""
    if not isinstance(part, ast.Assign | ast.AnnAssign):
        return False
    if _target(part) in {"", "example", "example_inputs"}:
        return False
    return not any(_is_made(node) for node in ast.walk(part))


def _is_made(node: ast.AST) -> bool:
    """Whether it is more than a plain value: text put together, or what a function gives."""
    called = getattr(node, "func", None)
    is_range = isinstance(called, ast.Name) and called.id == "range"
    return isinstance(node, ast.Call | ast.JoinedStr) and not is_range


def _target(part: ast.stmt) -> str:
    target = part.targets[0] if isinstance(part, ast.Assign) else getattr(part, "target", None)
    return target.id if isinstance(target, ast.Name) else ""


def put(mutant: Mutant) -> bool:
    """Put it into this program, for good; False: it can't be put there."""
    mutant.change.make()
    module = sys.modules[module_of(mutant.file)]
    try:
        done = _put_function(mutant) if mutant.is_in_function else _put_value(mutant, module)
    except (ValueError, SyntaxError, AttributeError):
        return False  # a function that no longer closes over what it did
    _forget()
    return done


def module_of(file: str) -> str:
    """The name of the module that a file holds."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _put_function(mutant: Mutant) -> bool:
    filename = str(ROOT / mutant.file)
    code = compile(ast.fix_missing_locations(mutant.tree), filename, "exec")
    for one in _codes(code):
        if one.co_qualname == mutant.name and one.co_firstlineno == _first_line(mutant.part):
            found = functions()[filename, one.co_qualname, one.co_firstlineno]
            for function in found:
                # a change may do without the class that `super` asked for
                free = function.__code__.co_freevars
                function.__code__ = one.replace(co_freevars=free)
            return bool(found)
    return False


def _first_line(part: ast.stmt) -> int:
    decorators = getattr(part, "decorator_list", [])
    return min(one.lineno for one in (*decorators, part))


def _codes(code: CodeType) -> Iterator[CodeType]:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield const
            yield from _codes(const)


@cache
def functions() -> dict[tuple[str, str, int], list[FunctionType]]:
    """File, name and line -> the functions that were made there."""
    found = defaultdict(list)
    for one in gc.get_objects():
        if isinstance(one, FunctionType):
            code = one.__code__
            found[code.co_filename, code.co_qualname, code.co_firstlineno].append(one)
    return found


def _put_value(mutant: Mutant, module: Any) -> bool:
    """Give the name its new value, in the class or wherever the module's was imported."""
    owner = module
    for name in mutant.owner:
        owner = getattr(owner, name)
    new = _value(mutant, {**vars(module), **vars(owner), **_inherited(mutant, owner)})
    if mutant.owner:
        if issubclass(owner, Layer | Record):
            setattr(owner, mutant.name.rpartition(".")[2], new)
            return True
        return False
    _replace_everywhere(mutant.name, getattr(module, mutant.name), new)
    return True


def _inherited(mutant: Mutant, owner: Any) -> dict[str, Any]:
    """What the class would have if it did not say it itself."""
    name = mutant.name.rpartition(".")[2]
    of_base = isinstance(owner, type) and getattr(super(owner, owner), name, None)
    return {INHERITED: of_base}


def _value(mutant: Mutant, scope: dict[str, Any]) -> Any:
    tree = ast.fix_missing_locations(ast.Module([mutant.part], []))
    exec(compile(tree, mutant.file, "exec"), scope)
    return scope[_target(mutant.part)]


def _replace_everywhere(name: str, old: Any, new: Any) -> None:
    for module in list(sys.modules.values()):
        is_ours = getattr(module, "__name__", "").startswith("nnlint")
        if is_ours and vars(module).get(name) is old:
            setattr(module, name, new)


@cache
def caches() -> list[Any]:
    """Everything that remembers what nnlint's or a test's function said."""
    return [
        one for one in gc.get_objects()
        if isinstance(one, _lru_cache_wrapper)
        and str(getattr(one, "__module__", "")).startswith(("nnlint", "tests."))
        and "mutants" not in one.__module__
    ]  # fmt: skip


def _forget() -> None:
    for one in caches():
        one.cache_clear()

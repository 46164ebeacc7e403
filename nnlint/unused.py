"""What is defined and never asked for: blocks, their arguments, variables, idle variants.

It reads the document as it is written. What an error elsewhere stands for counts as asked
for: a misspelt name as the nearest one, `4*d` as `4*$d`, a block written as a type.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nnlint.expression import ARRIVING, Faulty, evaluated, is_expression, names, within
from nnlint.finding import Problem
from nnlint.wording import listed, nearest, quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

NAMES_OF_LAYERS = ("from", "like", "name", "tie", "with")
NAMING = ("block", "loss", "type", *NAMES_OF_LAYERS)
"""Keys whose texts are names; no expression was meant by them."""


def check(data: Any) -> Iterator[Problem]:
    """What nothing in a document's data asks for; silent where it has no layers to ask."""
    if not isinstance(data, dict) or not isinstance(data.get("layers"), list):
        return
    if any(key in data for key in ("blocks", "vars", "variants")):
        blocks = _parts(data, "blocks")
        used = _used([data["layers"], *blocks.values()], blocks)
        yield from _blocks(blocks, used)
        yield from _variables(data, blocks, used)
        yield from _variants(_map(data, "vars"), _parts(data, "variants"))


def _map(data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    entries = value if isinstance(value, dict) else {}
    return {name: entry for name, entry in entries.items() if isinstance(name, str)}


def _parts(data: dict[str, Any], key: str) -> dict[str, dict[str, Any]]:
    """The entries of a map of maps; what is wrong there is reported already."""
    return {name: one for name, one in _map(data, key).items() if isinstance(one, dict)}


def _texts(value: Any, key: Any = None) -> Iterator[tuple[Any, str]]:
    """Every text in a value, each with the key that it stands under."""
    if isinstance(value, dict):
        for own, item in value.items():
            yield from _texts(item, own)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, key)
    elif isinstance(value, str):
        yield key, value


# Blocks


def _blocks(blocks: Collection[str], used: set[str]) -> Iterator[Problem]:
    """Blocks that nothing uses; what such a block uses goes with it, and is no finding yet."""
    for name in blocks:
        if name not in used:
            yield Problem(
                "NN952",
                ("blocks", name),
                f"nothing uses the block {quoted(name)}",
                f"write {{block: {name}}} where it belongs, or remove it",
                on_key=True,
            )


def _used(value: Any, blocks: Collection[str]) -> set[str]:
    """The blocks that a part uses, or was meant to use."""
    found: set[str] = set()
    for key, text in _texts(value):
        if text in blocks and key not in NAMES_OF_LAYERS:
            found.add(text)
        elif key == "block" and (meant := nearest(text, blocks)):
            found.add(meant)
    return found


# Variables and arguments


def _variables(
    data: dict[str, Any], blocks: dict[str, dict[str, Any]], used: set[str]
) -> Iterator[Problem]:
    """Arguments that nothing in their block asks for, then variables that nothing does."""
    written = _map(data, "vars")
    asked = _asked({**data, "blocks": None}, written)
    for name, block in blocks.items():
        args = _map(block, "args")
        inside = _asked({**block, "args": None}, {*written, *args})
        asked |= inside - args.keys()
        asked |= _asked(args, {*written, *args})
        if name in used and isinstance(block.get("layers"), list):
            yield from _arguments(name, args, inside)
    for name in written:
        if name not in asked:
            yield Problem(
                "NN953",
                ("vars", name),
                f"nothing asks for the variable {quoted(name)}",
                f"write ${name} where its value belongs, or remove it",
                on_key=True,
            )


def _arguments(block: str, args: dict[str, Any], inside: set[str]) -> Iterator[Problem]:
    """Arguments that neither the block's layers nor the defaults of others ask for."""
    asked = inside.union(*(_asked(default, args) - {arg} for arg, default in args.items()))
    for arg in args:
        if arg not in asked:
            yield Problem(
                "NN955",
                ("blocks", block, "args", arg),
                f"nothing in the block {quoted(block)} asks for its argument {quoted(arg)}",
                f"write ${arg} where its value belongs, or remove it here and where the block "
                "is used",
                on_key=True,
            )


def _asked(value: Any, known: Collection[str]) -> set[str]:
    """The names that the expressions in a value ask for, or were meant to."""
    found: set[str] = set()
    for key, text in _texts(value):
        if not is_expression(text):
            found.update(_words(text) if key not in NAMING else ())
            continue
        try:
            exact = names(text)
        except Faulty:
            exact = _words(text)
        found.update(name if name in known else _meant(name, known) for name in exact)
    return found


def _meant(name: str, known: Collection[str]) -> str:
    return name if name == ARRIVING else nearest(name, known) or name


def _words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z_]\w*", text)


# Variants


def _variants(written: dict[str, Any], variants: dict[str, Any]) -> Iterator[Problem]:
    """Variants whose every value is the base's."""
    base: dict[str, Any] = {}
    for name, value in written.items():
        base[name] = _computed(value, base)
    for name, values in variants.items():
        if all(key in base and _equal(value, base, key) for key, value in values.items()):
            yield Problem(
                "NN954",
                ("variants", name),
                f"the variant {quoted(name)} changes nothing: {_same(values)}",
                "give it a value of its own, or remove it: a plain run is the base",
                on_key=True,
            )


def _equal(value: Any, base: Mapping[str, Any], key: str) -> bool:
    """Whether a variable has a value, and this is it; true is not 1."""
    own = _computed(value, base)
    return own is not None and repr(own) == repr(base[key])


def _computed(value: Any, above: Mapping[str, Any]) -> Any:
    """A variable's value; None where it can't be computed."""
    try:
        return evaluated(value, within(above))
    except Faulty:
        return None


def _same(values: Mapping[str, Any]) -> str:
    if not values:
        return "it is empty"
    verb = "is" if len(values) == 1 else "are"
    return f"{listed(values, 'and')} {verb} the same in vars"

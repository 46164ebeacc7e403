"""One layer, as a map or a bare name: its type, and what is wrong with its own keys."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from nnlint.expression import is_expression
from nnlint.layers import find
from nnlint.mistakes import told
from nnlint.published import FIXED
from nnlint.schema import validation
from nnlint.schema.expressions import expression_problems, with_signs
from nnlint.schema.remedy import Remedy, problem, write
from nnlint.schema.translation import translated
from nnlint.schema.unknown_layers import unknown_layer
from nnlint.wording import described, flow, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from nnlint.finding import Path, Problem
    from nnlint.layers.base import Layer
    from nnlint.schema.blocks import Blocks
    from nnlint.schema.expressions import Names

    Found = tuple[type[Layer] | None, list[Problem]]

EXAMPLE = "write {type: Linear, out_features: 16}"


class LayerCheck:
    """Checks layers one by one, with what the spec's defaults add to them."""

    def __init__(self, defaults: dict[str, Any], blocks: Blocks) -> None:
        self._defaults, self._blocks = defaults, blocks

    def check(self, item: Any, path: Path, known: Names) -> Found:
        """The layer's type, if it has one, and what is wrong with it."""
        if isinstance(item, str):
            return self._bare_name(item, path)
        if not isinstance(item, dict):
            return None, [_no_layer(item, path)]
        if "block" in item:
            return None, told(self._blocks.use_problems(item, path, known))
        layer, problems = self._map(item, path)
        problems = told(chain(problems, _expression_problems(item, path, layer, known)))
        return layer, [_with_remedy(one, item, path, known) for one in problems]

    def _bare_name(self, name: str, path: Path) -> Found:
        layer = find(name)
        if layer is None:
            return None, [self._unknown(name, path)]
        return layer, list(_missing_keys(layer, path, self._added(name)))

    def _map(self, item: dict[str, Any], path: Path) -> Found:
        """A layer's type and problems; what the defaults add is checked where it stands."""
        if "type" not in item:
            return None, [_missing_type(item, path)]
        name, place = item["type"], (*path, "type")
        if not isinstance(name, str):
            message = f"type is {described(name)}, but expected the name of a layer"
            return None, [problem("NN101", place, message)]
        layer = find(name)
        if layer is None:
            return None, [self._unknown(name, place)]
        inherited = {key: value for key, value in self._added(name).items() if key not in item}
        found = translated(validation.of_layer(layer, {**inherited, **item}), path, layer)
        step = len(path)
        return layer, [one for one in found if not inherited.keys() & {*one.path[step:][:1]}]

    def _unknown(self, name: str, path: Path) -> Problem:
        """A type that is none; a block's name, where it is one."""
        if is_expression(name):
            message = f"a type is written out, and {quoted(name)} is an expression"
            remedy = Remedy("write the layers in two blocks, or variants of their arguments")
            return problem("NN120", path, message, remedy)
        if name in self._blocks:
            message = f"{quoted(name)} is a block, not a layer type"
            return problem("NN120", path, message, self._blocks.as_use(name))
        return unknown_layer(name, path)

    def _added(self, name: str) -> dict[str, Any]:
        """What the spec's defaults add to layers of that type."""
        values = self._defaults.get(name)
        return values if isinstance(values, dict) else {}


def _no_layer(item: Any, path: Path) -> Problem:
    message = f"a layer is a map with type, or a bare name, but this is {described(item)}"
    return problem("NN101", path, message, Remedy(EXAMPLE))


def _missing_type(item: dict[str, Any], path: Path) -> Problem:
    capital = next((key for key in item if key.lower() == "type"), None)
    if capital:
        remedy = Remedy(f"write type in lower case: type: {flow(item[capital])}")
        return problem("NN102", path, f"this layer has no type, but {quoted(capital)}", remedy)
    name = type_as_key(item)
    remedy = Remedy(f"write {{type: {name}, …}}" if name else EXAMPLE)
    return problem("NN102", path, "this layer has no type", remedy)


def type_as_key(item: dict[str, Any]) -> str | None:
    """The type that was written as the key: `Linear` in `{Linear: 4}`."""
    first = next(iter(item), None)
    return first if first and find(first) else None


def _missing_keys(layer: type[Layer], path: Path, added: Collection[str]) -> Iterator[Problem]:
    """What a bare name leaves open, and no default gives."""
    missing = [key for key in layer.required() if key not in added]
    if missing:
        whole = {"type": layer.__name__, **dict.fromkeys(missing, "…")}
        message = f"{layer.__name__} needs {listed(missing, 'and')}"
        yield problem("NN102", path, message, Remedy(f"write {flow(whole)}"))


def _expression_problems(
    item: dict[str, Any], path: Path, layer: type[Layer] | None, known: Names
) -> Iterator[Problem]:
    """What is wrong with expressions in the layer's own values, not in the layers inside it."""
    keys = layer.keys() if layer else {}
    for key, value in item.items():
        holds_layers = key in keys and keys[key].holds_layers and not is_expression(value)
        if key not in FIXED and not holds_layers:
            yield from expression_problems(value, (*path, key), known)


def _with_remedy(one: Problem, item: dict[str, Any], path: Path, known: Names) -> Problem:
    """The problem of a text that is an expression but for the `$` before its names."""
    if one.code != "NN101" or one.help:
        return one
    text = _at(item, one.path[len(path) :])
    signed = with_signs(text, known) if isinstance(text, str) else None
    return problem(one.code, one.path, one.message, write(signed)) if signed else one


def _at(value: Any, path: Path) -> Any:
    """What stands at a path; None where a default is meant, which does not stand there."""
    for step in path:
        value = value[step] if isinstance(step, int) or step in value else None
    return value

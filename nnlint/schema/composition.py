"""The walk over what layers are made of and over the layers, down into those inside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnlint.expression import is_expression
from nnlint.layers import find
from nnlint.layers.attribute import inner_layers
from nnlint.schema.blocks import Blocks
from nnlint.schema.expressions import HERE, expression_problems
from nnlint.schema.layer import LayerCheck
from nnlint.schema.overrides import following, override_problems
from nnlint.schema.roles import no_block, role_problems
from nnlint.schema.unknown_layers import unknown_layer
from nnlint.schema.variables import variable_problems, variant_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path, Problem
    from nnlint.layers.attribute import Attribute
    from nnlint.layers.base import Layer
    from nnlint.schema.expressions import Names

    Refusals = Iterator[tuple[Path, Problem]]
    """Problems, each with the path of the part that can't be used because of it."""

_PARTS = [(key,) for key in ("expect", "budget", "inputs", "vars", "variants", "blocks",
                             "defaults", "outputs")]  # fmt: skip


def refused_part(path: Path) -> Path:
    """The top-level key; of those that are maps of parts only the part that is wrong."""
    return path[:2] if path[:1] in _PARTS else path[:1]


class Composition:
    """The layers of a document, with the values and blocks that they may ask for."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data
        self._vars, self._blocks = self._map("vars"), Blocks(self._map("blocks"))
        self._layer = LayerCheck(self._map("defaults"), self._blocks)

    def _map(self, key: str) -> dict[str, Any]:
        value = self._data.get(key)
        return value if isinstance(value, dict) else {}

    def problems(self) -> Refusals:
        """Everything that is wrong with the layers and what they are made of."""
        known = dict.fromkeys(self._vars)
        for one in variable_problems(self._vars):
            yield refused_part(one.path), one
        yield from variant_problems(self._map("variants"), self._vars)
        for key in ("input", "inputs"):
            for one in expression_problems(self._data.get(key), (key,), known):
                yield refused_part(one.path), one
        yield from self._of_defaults(known | HERE)
        for name, block in self._map("blocks").items():
            if isinstance(block, dict):
                yield from self._of_block(name, block, known)
        yield from self._of_layers(self._data.get("layers"), ("layers",), known | HERE)
        yield from ((one.path[:-1], one) for one in self._blocks.circles())

    def _of_defaults(self, known: Names) -> Refusals:
        for name, values in self._map("defaults").items():
            path = ("defaults", name)
            layer = find(name)
            if layer is None:
                yield path, unknown_layer(name, path, on_key=True)
            elif isinstance(values, dict):
                yield from self._of_overrides(values, path, layer, known)

    def _of_overrides(
        self, values: dict[str, Any], path: Path, layer: type[Layer], known: Names
    ) -> Refusals:
        """Problems of values apart from their layer, then of the layers that they name.

        A value of `defaults` that is wrong takes none of the others with it.
        """
        own = len(path) + (path[0] == "defaults")
        for one in override_problems(values, path, layer, known):
            yield one.path[:own], one
        for key, value, attribute in following(values, layer):
            yield from self._of_inner(value, (*path, key), attribute, known)

    def _of_block(self, name: str, block: dict[str, Any], known: Names) -> Refusals:
        path, args = ("blocks", name), self._blocks.args(name)
        inside = known | dict.fromkeys(args) | HERE
        wrong = expression_problems(args, (*path, "args"), inside)
        yield from ((path, one) for one in wrong)
        yield from self._of_layers(block.get("layers"), (*path, "layers"), inside)

    def _of_layers(self, items: Any, path: Path, known: Names) -> Refusals:
        for index, item in enumerate(items if isinstance(items, list) else ()):
            yield from self._of_layer(item, (*path, index), known)

    def _of_layer(self, item: Any, path: Path, known: Names) -> Refusals:
        """A layer's problems, then those of the layers inside it."""
        layer, problems = self._layer.check(item, path, known)
        yield from ((path, one) for one in problems)
        if layer is None or not isinstance(item, dict):
            return
        for key, value in layer.keys().items():
            if key in item and value.holds_layers:
                yield from self._of_inner(item[key], (*path, key), value, known)
        first = item.get("first")
        if isinstance(first, dict):
            place = (*path, "first")
            for part, one in self._of_overrides(first, place, layer, known):
                yield (path if part == place else part), one

    def _of_inner(self, value: Any, path: Path, attribute: Attribute, known: Names) -> Refusals:
        """Problems of the layers in a value, which may have to be of one role."""
        role, key = attribute.kind.get("role"), str(path[-1])
        for place, item in inner_layers(attribute.kind, value):
            here = (*path, *place)
            if not role:
                yield from self._of_layer(item, here, known)
            elif not is_expression(item):
                yield from self._in_role(item, here, role, key, known)

    def _in_role(self, item: Any, path: Path, role: str, key: str, known: Names) -> Refusals:
        """Problems of a layer that has to be of a role."""
        if isinstance(item, dict) and "block" in item:
            yield path, no_block(role, path, key)
            return
        name = item.get("type") if isinstance(item, dict) else item
        layer = find(name) if isinstance(name, str) else None
        wrong = list(role_problems(layer, role, path, key))
        yield from ((path, one) for one in wrong)
        if not wrong:
            yield from self._of_layer(item, path, known)

"""The values of layers: expressions computed, the first copy's own, a block's arguments."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from nnlint.expression import ARRIVING, Faulty, evaluated, faulty, holds_expression
from nnlint.layers.attribute import NONE
from nnlint.layers.base import COMMON
from nnlint.layers.shape import Layout, Unknown
from nnlint.schema import check_layer, check_value
from nnlint.spec import MISSING, OUTER, lookup_in, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from nnlint.finding import Path, Problem
    from nnlint.graph import Edge
    from nnlint.layers.base import Block, Layer, LayerSpec
    from nnlint.spec import Reader
    from nnlint.wiring.problems import Problems

    Lookup = Callable[[str], Any]


class Values:
    """What `$name` stands for where a layer is laid, and the layers that it makes concrete.

    Args:
        reader: makes the layers.
        variables: the variables of the network.
        problems: where it is told what can't be computed.
    """

    def __init__(
        self, reader: Reader, variables: Mapping[str, Any], problems: Problems
    ) -> None:
        self.reader, self.variables, self.problems = reader, variables, problems
        self._known = variables

    @contextmanager
    def within(self, args: Mapping[str, Any]) -> Iterator[None]:
        """Inside a block its arguments hold, in front of the network's variables."""
        outer, self._known = self._known, {**self.variables, **args}
        yield
        self._known = outer

    def outer(self, spec: LayerSpec, edge: Edge | None) -> LayerSpec:
        """The layer with what holds for all its copies."""
        values = {
            key: self._value(spec, key, value, edge)
            for key, value in spec.written.items()
            if key in OUTER and key != "first"
        }
        known = {key: value for key, value in values.items() if value is not MISSING}
        if len(known) < len(values):
            self.problems.lose()
        return self.reader.outer(spec, {**spec.written, **known})

    def concrete(self, spec: LayerSpec, edge: Edge, laid: int) -> LayerSpec:
        """The layer with every value computed; without a `layer` where one can't be."""
        first = _first(spec, laid)
        if first:
            places = {key: (*spec.path, "first", key) for key in first}
            spec = spec._replace(
                written={**spec.written, **first}, elsewhere={**spec.elsewhere, **places}
            )
        values = {
            key: self._value(spec, key, value, edge)
            for key, value in spec.written.items()
            if key not in OUTER
        }
        if any(value is MISSING for value in values.values()):
            return spec._replace(layer=None, block=None)
        return self.reader.finished(spec, values)

    def arguments(self, spec: LayerSpec, block: Block, edge: Edge, laid: int) -> dict[str, Any]:
        """The arguments of one copy of a block: evaluated outside, defaults inside."""
        first = _first(spec, laid)
        given = {**spec.written, **first}
        args: dict[str, Any] = {}
        for key in block.args:
            if key in given:
                place = (*spec.path, *(("first",) if key in first else ()), key)
                args[key] = self._computed(given[key], _lookup(self._known, edge), place)
        for key, default in block.args.items():
            if key not in args:
                place = ("blocks", block.name, "args", key)
                inside = {**self.variables, **args}
                args[key] = self._computed(default, _lookup(inside, edge), place)
        return args

    def trains(self, spec: LayerSpec, edge: Edge) -> bool:
        """Whether the use of a block leaves its parameters to be learned."""
        return self._value(spec, "trainable", spec.trainable, edge) is not False

    def _value(self, spec: LayerSpec, key: str, value: Any, edge: Edge | None) -> Any:
        """The value of a layer's key, computed and checked; `MISSING` where it is wrong."""
        if not _is_plain(value) or not holds_expression(value):
            return value
        lookup = _lookup(self._known, edge, spec.kind)
        computed = self._computed(value, lookup, spec.place(key))
        if computed is MISSING:
            return MISSING
        problems = list(_checked(spec, key, computed))
        for problem in problems:
            place = (*spec.place(key), *problem.path[1:])
            said = named(problem, {key: value}, {key: computed})
            self.problems.add(said._replace(path=place))
        return MISSING if problems else computed

    def _computed(self, value: Any, lookup: Lookup, place: Path) -> Any:
        """The value; `MISSING` where it can't be computed."""
        if not holds_expression(value):
            return value
        try:
            return evaluated(value, lookup)
        except Unknown:
            return MISSING
        except Faulty as fault:
            self.problems.add(faulty(fault, place))
            return MISSING


def _first(spec: LayerSpec, laid: int) -> dict[str, Any]:
    """What the first copy has of its own; nothing for the others."""
    first = spec.written.get("first") if laid == 0 else None
    return first if isinstance(first, dict) else {}


def _is_plain(value: Any) -> bool:
    """Whether it is a value, and not layers that were read already."""
    return not (isinstance(value, tuple) and value and not isinstance(value[0], int | str))


def _lookup(
    known: Mapping[str, Any], edge: Edge | None, kind: type[Layer] | None = None
) -> Lookup:
    """What a `$name` is, where that edge reaches a layer of that kind."""
    written = lookup_in(known)

    def lookup(name: str) -> Any:
        return _arriving(edge, kind) if name == ARRIVING else written(name)

    return lookup


def _arriving(edge: Edge | None, kind: type[Layer] | None) -> int:
    """`$in`: the channels or features that reach a layer.

    A layer that works along one axis takes them there; else the layout says where they are.
    """
    if edge is None:
        raise Unknown
    shape = edge.shape
    if shape.layout is Layout.TOKENS:
        raise Faulty("token indices arrive, and they have no features")
    axis = kind.feature_axis if kind else None
    if axis is None and kind and kind.prefers is Layout.MAP:
        axis = 0 if shape.layout is Layout.UNDECIDED else None
    if axis is None:
        axis = 0 if shape.layout is Layout.MAP else -1
    if not shape.open and not shape.dims:
        raise Faulty("a single number arrives, and it has no features")
    return shape.last if axis == -1 else shape.known[axis]


def _checked(spec: LayerSpec, key: str, value: Any) -> Iterator[Problem]:
    """What is wrong with a computed value."""
    kind = (spec.kind.keys() if spec.kind else COMMON)[key].kind
    role = kind.get("role")
    if role is None:
        yield from check_value(key, kind, value)
    elif value not in (None, NONE):
        yield from check_layer(value, (key,), role, key)

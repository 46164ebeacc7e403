"""Document -> `ModelSpec`: the layers as objects, defaults filled in, a bias flag each.

A layer whose values are expressions stays a template until it is known what reaches it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nnlint.expression import (
    Faulty,
    evaluated,
    faulty,
    holds_expression,
    is_expression,
    within,
)
from nnlint.layers import find
from nnlint.layers.attribute import BRANCHES, LAYERS, NONE, SOURCE_PATTERN
from nnlint.layers.base import COMMON, FOLLOW, Block, LayerSpec
from nnlint.layers.shape import UNKNOWN, Layout, Shape, Unknown, layout_of_rank
from nnlint.published import TOP_LEVEL
from nnlint.record import Record
from nnlint.schema import check_value
from nnlint.wording import flow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from nnlint.finding import Path, Problem
    from nnlint.layers.attribute import Attribute, JsonSchema
    from nnlint.layers.base import Layer

    Lookup = Callable[[str], Any]
    Refused = frozenset[Path]

OUTER = ("from", "with", "like", "repeat", "shared", "first")
"""Keys that are evaluated once for all copies."""
LONGEST_SHOWN = 1_000
"""Characters of what the schema refused: a text may be as long as the file."""
SAID_OUTSIDE = (*OUTER, "trainable")
ONLY_PREVIOUS: tuple[str, ...] = (COMMON["from"].default,)


class ModelSpec(Record):
    """A network as its author wrote it.

    Attributes:
        name: the network's name, or None.
        inputs: name -> shape; a single `input:` has the name `input`.
        layers: the layers in their order.
        outputs: name of an output -> the layer that it is, its loss or None, and its place.
        loss: the loss that it is trained with, or None.
        dtype: what sizes in bytes are computed with.
        expect: the exact values that it must have.
        budget: the limits that it must keep.
        vars: the values that `$name` asks for.
        declared: the variants as they are written, by name.
        spoilt: values that hold for many layers were refused.
        reader: makes layers of what is written, by the spec's defaults and convention.
        problems: what is wrong with values that had to be computed.
    """

    name: str | None
    inputs: dict[str, Shape]
    layers: tuple[LayerSpec, ...]
    outputs: dict[str, tuple[str, str | None, Path]]
    loss: str | None
    dtype: str
    expect: dict[str, Any]
    budget: dict[str, Any]
    vars: dict[str, Any]
    declared: dict[str, Any]
    spoilt: bool
    reader: Reader
    problems: tuple[Problem, ...] = ()

    @property
    def variants(self) -> tuple[str, ...]:
        """The names of the variants that can be used; few ask, and there may be many."""
        refused = self.reader.refused
        usable = {} if ("variants",) in refused else self.declared
        return tuple(_without(usable, refused, ("variants",)))


def parse(
    data: Any, refused: Refused, variant: str | None = None, reader: Reader | None = None
) -> ModelSpec | None:
    """The spec of a checked document; None where it has no list of layers.

    Args:
        data: the document's data.
        refused: the paths of what the schema refused.
        variant: the variant whose values hold; None: the base.
        reader: what has read the same data already, for another variant of it.

    What the schema refused is left out: a layer comes without its `layer`, an
    input is unknown. Both are silent from here on, for they are reported already.
    """
    if not isinstance(data, dict) or not isinstance(data.get("layers"), list):
        return None
    usable = {key: value for key, value in data.items() if (key,) not in refused}
    problems: list[Problem] = []
    values = _variables(usable, refused, variant, problems)
    reader = reader or Reader(usable, refused)
    return ModelSpec(
        name=usable.get("name"),
        inputs=_inputs(usable, refused, values, problems),
        layers=reader.whole(data["layers"]),
        outputs=_outputs(usable.get("outputs", {}), refused),
        loss=usable.get("loss"),
        dtype=usable.get("dtype", "float32"),
        expect=_part(usable, "expect", refused),
        budget=_whole(_part(usable, "budget", refused), refused, "budget"),
        vars=values,
        declared=_written_map(data, "variants"),
        spoilt=any(path[:1] == ("defaults",) for path in refused),
        reader=reader,
        problems=tuple(problems),
    )


def _part(usable: dict[str, Any], key: str, refused: Refused) -> dict[str, Any]:
    entries = usable.get(key, {})
    return _without(entries, refused, (key,)) if isinstance(entries, dict) else {}


def _without(entries: dict[str, Any], refused: Refused, path: Path) -> dict[str, Any]:
    """The entries of the map at that path that can be used."""
    return {name: value for name, value in entries.items() if (*path, name) not in refused}


def _whole(entries: dict[str, Any], refused: Refused, key: str) -> dict[str, Any]:
    """The entries of which nothing inside was refused either."""
    wrong = {path[1] for path in refused if path[:1] == (key,) and len(path) > 1}
    return {name: value for name, value in entries.items() if name not in wrong}


def _written_map(data: dict[str, Any], key: str) -> dict[str, Any]:
    written = data.get(key)
    return written if isinstance(written, dict) else {}


def _variables(
    usable: dict[str, Any], refused: Refused, variant: str | None, problems: list[Problem]
) -> dict[str, Any]:
    """The variables' values; each may ask for those above it."""
    written = _written_map(usable, "vars")
    chosen = _chosen(usable, refused, variant)
    values: dict[str, Any] = {}
    for name, value in {**written, **chosen}.items():
        path = ("variants", str(variant), name) if name in chosen else ("vars", name)
        values[name] = MISSING
        if path in refused:
            continue
        try:
            values[name] = evaluated(value, lookup_in(values))
        except Unknown:
            continue
        except Faulty as fault:
            problems.append(faulty(fault, path))
    return values


def _chosen(usable: dict[str, Any], refused: Refused, variant: str | None) -> dict[str, Any]:
    """The values that the variant has of its own."""
    if not variant or ("variants", variant) in refused:
        return {}
    return _written_map(_written_map(usable, "variants"), variant)


class Missing:
    """The value of what was refused: whoever asks for it stays silent."""


MISSING = Missing()


def lookup_in(values: Mapping[str, Any]) -> Lookup:
    """A lookup in the variables, to which what was refused is unknown."""
    written = within(values)

    def lookup(name: str) -> Any:
        value = written(name)
        if value is MISSING:
            raise Unknown
        return value

    return lookup


def _outputs(written: Any, refused: Refused) -> dict[str, tuple[str, str | None, Path]]:
    """The outputs by name; those of a list are called as their layers."""
    listed = isinstance(written, list)
    entries: dict[Any, Any] = dict(enumerate(written)) if listed else dict(written)
    found: dict[str, tuple[str, str | None, Path]] = {}
    for key, value in entries.items():
        path: Path = ("outputs", key)
        if path in refused:
            continue
        if isinstance(value, str):
            found[value if listed else key] = (value, None, path)
        else:
            found[key] = (value["from"], value.get("loss"), (*path, "from"))
    return found


def _inputs(
    usable: dict[str, Any],
    refused: Refused,
    values: Mapping[str, Any],
    problems: list[Problem],
) -> dict[str, Shape]:
    """The inputs by name; a single one has the name `input`."""
    several = usable.get("inputs")
    if not isinstance(several, dict) or not several:
        return {"input": _computed(usable.get("input"), ("input",), values, problems)}
    return {
        name: UNKNOWN
        if ("inputs", name) in refused
        else _computed(value, ("inputs", name), values, problems)
        for name, value in several.items()
    }


def _computed(
    written: Any, path: Path, values: Mapping[str, Any], problems: list[Problem]
) -> Shape:
    """An input's shape, its expressions evaluated and checked."""
    try:
        value = evaluated(written, lookup_in(values))
    except Unknown:
        return UNKNOWN
    except Faulty as fault:
        problems.append(faulty(fault, path))
        return UNKNOWN
    if value != written:
        wrong = check_value(str(path[0]), _input_kind(path), value)
        texts, values_of = {path[0]: written}, {path[0]: value}
        problems += [
            named(one, texts, values_of)._replace(path=(*path, *one.path[1:])) for one in wrong
        ]
        if wrong:
            return UNKNOWN
    return _input(value)


def _input_kind(path: Path) -> JsonSchema:
    kind = TOP_LEVEL[str(path[0])]
    inputs: JsonSchema = kind["additionalProperties"] if path[0] == "inputs" else kind
    return inputs


def named(problem: Problem, written: Any, value: Any) -> Problem:
    """The problem of a computed value, which says of what it was computed.

    Args:
        problem: what is wrong with the value; its path ends in the value.
        written: the value as written, at the first key of the path.
        value: what it came to.
    """
    for step in problem.path:
        inside = isinstance(written, dict) and step in written
        if inside or isinstance(written, list):
            written, value = written[step], value[step]
    if not is_expression(written):
        return problem
    return problem._replace(message=f"{problem.message} ({written} is {flow(value)})")


def _input(value: Any) -> Shape:
    """A written input: `[784]`, `[3, 224, 224]`, `{tokens: 128}`, `{sequence: [128, 64]}`."""
    match value:
        case list(dims):
            return Shape(tuple(dims), layout_of_rank(len(dims)))
        case {"tokens": length}:
            return Shape((length,), Layout.TOKENS)
        case {"sequence": dims}:
            return Shape(tuple(dims), Layout.SEQUENCE)
        case {"map": dims}:
            return Shape(tuple(dims), Layout.MAP)
        case _:
            return UNKNOWN


class Reader:
    """Makes layers of what is written, by the spec's defaults, blocks and convention.

    Variables have no part in it: one reader serves all variants. Layers whose attributes
    are equal are one layer.

    Attributes:
        outcomes: what layers were found to make of what arrives, for whoever asks again.
    """

    def __init__(self, usable: dict[str, Any], refused: Refused) -> None:
        self.refused = refused
        self.convention: str = usable.get("convention", "torch")
        self.defaults = {
            name: _without(values, refused, ("defaults", name))
            for name, values in _part(usable, "defaults", refused).items()
            if isinstance(values, dict)
        }
        self.written_blocks = _part(usable, "blocks", refused)
        self.blocks: dict[str, tuple[LayerSpec, ...]] = {}
        self.outcomes: dict[Any, Any] = {}
        self._whole: tuple[LayerSpec, ...] | None = None
        self._made: dict[tuple[type[Layer], str], Layer] = {}
        self._following: dict[tuple[Path, str], LayerSpec] = {}

    def whole(self, items: list[Any]) -> tuple[LayerSpec, ...]:
        """The layers of the network."""
        if self._whole is None:
            self._whole = self.layers(items, ("layers",))
        return self._whole

    def layers(self, items: list[Any], path: Path) -> tuple[LayerSpec, ...]:
        """A list of layers."""
        return tuple(self.layer(item, (*path, i)) for i, item in enumerate(items))

    def layer(self, item: Any, path: Path) -> LayerSpec:
        """A layer as it is written, at its place."""
        written = {"type": item} if isinstance(item, str) else item
        if path in self.refused or not isinstance(written, dict):
            return _left_over(written, path)
        if "block" in written:
            return self._use(written, path)
        kind = find(written["type"])
        return _left_over(written, path) if kind is None else self._typed(written, path, kind)

    def _typed(self, written: dict[str, Any], path: Path, kind: type[Layer]) -> LayerSpec:
        added = self._defaults(written, kind)
        places = {key: ("defaults", kind.__name__, key) for key in added}
        values = {**added, **written}
        spec = LayerSpec(
            path=path,
            type=written["type"],
            layer=None,
            name=written.get("name"),
            given=tuple(written),
            kind=kind,
            written=values,
            elsewhere=places,
            sources=ONLY_PREVIOUS,
        )
        if not all(key in values for key in kind.required()):
            return _left_over(written, path)  # the defaults that hold it were refused
        for key in kind.holding_layers() & values.keys():
            if not is_expression(values[key]):
                values[key] = self._inner(values[key], spec.place(key), kind.attributes[key])
        if written.get("first") or holds_expression(values):
            return self.outer(spec._replace(dynamic=True), values)
        return self.finished(self.outer(spec, values), values)

    def _defaults(self, written: dict[str, Any], kind: type[Layer]) -> dict[str, Any]:
        """What the spec's defaults add to a layer."""
        values = self.defaults.get(kind.__name__, {})
        return {key: value for key, value in values.items() if key not in written}

    def _inner(self, value: Any, path: Path, attribute: Attribute) -> Any:
        """The layers that a value holds."""
        if attribute.kind is LAYERS:
            return self.layers(value, path)
        if attribute.kind is BRANCHES:
            return tuple(self.layers(each, (*path, i)) for i, each in enumerate(value))
        return None if value in (None, NONE) else value

    def _use(self, written: dict[str, Any], path: Path) -> LayerSpec:
        """A use of a block."""
        block = self._block(written["block"])
        if block is None:
            return _left_over(written, path)
        spec = LayerSpec(
            path=path,
            type=written["block"],
            layer=None,
            name=written.get("name"),
            given=tuple(written),
            written=written,
            dynamic=True,
            block=block,
            sources=ONLY_PREVIOUS,
        )
        return self.outer(spec, written)

    def _block(self, name: str) -> Block | None:
        """The block of that name."""
        written = self.written_blocks.get(name)
        return Block(name, written.get("args", {})) if isinstance(written, dict) else None

    def inside(self, block: Block) -> tuple[LayerSpec, ...]:
        """The layers of a block, read when it is first laid: a ring of blocks has no end."""
        if block.name not in self.blocks:
            items = self.written_blocks[block.name]["layers"]
            self.blocks[block.name] = self.layers(items, ("blocks", block.name, "layers"))
        return self.blocks[block.name]

    def outer(self, spec: LayerSpec, values: Mapping[str, Any]) -> LayerSpec:
        """The layer with what holds for all its copies, as far as it is no expression."""
        if values.keys().isdisjoint(SAID_OUTSIDE):
            return spec
        known = {key: values[key] for key in OUTER if key in values}
        known = {key: value for key, value in known.items() if not holds_expression(value)}
        return spec._replace(
            sources=_names(known.get("from", COMMON["from"].default)),
            others=_names(known.get("with") or known.get("like") or ()),
            repeat=known.get("repeat", 1),
            shared=known.get("shared", False),
            trainable=values.get("trainable", True),
        )

    def finished(self, spec: LayerSpec, values: Mapping[str, Any]) -> LayerSpec:
        """The layer itself, of values that are no expressions."""
        kind = spec.kind
        if kind is None:
            return spec
        layer = self._kind_of(kind, values)
        return spec._replace(
            layer=layer,
            trainable=values.get("trainable", True),
            bias=layer.bias_flag,
            tie=values.get("tie"),
            follow=tuple(self._follow(spec, values)),
        )

    def _kind_of(self, kind: type[Layer], values: Mapping[str, Any]) -> Layer:
        """The layer with those of the values that are its attributes."""
        own = {key: _frozen(value) for key, value in values.items() if key in kind.attributes}
        if kind.holding_layers():
            return kind(**own, convention=self.convention)
        likeness = (kind, repr(own))
        if likeness not in self._made:
            self._made[likeness] = kind(**own, convention=self.convention)
        return self._made[likeness]

    def _follow(self, spec: LayerSpec, values: Mapping[str, Any]) -> Iterator[LayerSpec]:
        """The norm and the activation that are written on a layer."""
        for key in FOLLOW if spec.kind and spec.kind.takes_follow else ():
            value = values.get(key)
            if value not in (None, NONE):
                follower = self._follower(value, spec.place(key))
                yield follower._replace(trainable=values.get("trainable", True))

    def _follower(self, value: Any, place: Path) -> LayerSpec:
        """What follows; the spec's defaults have the same for many layers."""
        likeness = (place, repr(value))
        if likeness not in self._following:
            self._following[likeness] = self.layer(value, place)
        return self._following[likeness]


def _left_over(written: Any, path: Path) -> LayerSpec:
    """What is left of a layer that the schema refused: its type and name, for the table."""
    keys = written if isinstance(written, dict) else {"type": written}
    kind, name = keys.get("type", keys.get("block")), keys.get("name")
    return LayerSpec(
        path=path,
        type=kind[:LONGEST_SHOWN] if isinstance(kind, str) else "?",
        layer=None,
        name=name[:LONGEST_SHOWN] if isinstance(name, str) else None,
        sources=_readable(keys.get("from", ())),
        written={"from": keys["from"]} if "from" in keys else {},
    )


def _readable(written: Any) -> tuple[str, ...]:
    """The names in a `from` that may itself be what was refused."""
    names = [written] if isinstance(written, str) else written
    texts = names if isinstance(names, list | tuple) else ()
    right = all(isinstance(one, str) and re.match(SOURCE_PATTERN, one) for one in texts)
    return tuple(texts) if right else ()


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _names(written: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (written,) if isinstance(written, str) else tuple(written)

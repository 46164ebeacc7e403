"""Document -> `ModelSpec`: the layers as objects, defaults filled in, a bias flag each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnlint.layers import find
from nnlint.layers.base import COMMON, LayerSpec
from nnlint.layers.shape import UNKNOWN, Layout, Shape
from nnlint.record import Record

if TYPE_CHECKING:
    from nnlint.finding import Path

    Refused = frozenset[Path]


class ModelSpec(Record):
    """A network as its author wrote it.

    Attributes:
        name: the network's name, or None.
        inputs: name -> shape; a single `input:` has the name `input`.
        layers: the layers in their order.
        loss: the loss that it is trained with, or None.
        dtype: what sizes in bytes are computed with.
        expect: the exact values that it must have.
        budget: the limits that it must keep.
    """

    name: str | None
    inputs: dict[str, Shape]
    layers: tuple[LayerSpec, ...]
    loss: str | None
    dtype: str
    expect: dict[str, Any]
    budget: dict[str, Any]


def parse(data: Any, refused: Refused) -> ModelSpec | None:
    """The spec of a checked document; None where it has no list of layers.

    Args:
        data: the document's data.
        refused: the paths of what the schema refused.

    What the schema refused is left out: a layer comes without its `layer`, an
    input is unknown. Both are silent from here on, for they are reported already.
    """
    if not isinstance(data, dict) or not isinstance(data.get("layers"), list):
        return None
    usable = {key: value for key, value in data.items() if (key,) not in refused}
    return ModelSpec(
        name=usable.get("name"),
        inputs=_inputs(usable, refused),
        layers=_layers(data["layers"], ("layers",), refused),
        loss=usable.get("loss"),
        dtype=usable.get("dtype", "float32"),
        expect=_part(usable, "expect", refused),
        budget=_part(usable, "budget", refused),
    )


def _part(usable: dict[str, Any], key: str, refused: Refused) -> dict[str, Any]:
    entries = usable.get(key, {})
    if not isinstance(entries, dict):
        return {}
    return {name: value for name, value in entries.items() if (key, name) not in refused}


def _inputs(usable: dict[str, Any], refused: Refused) -> dict[str, Shape]:
    """The inputs by name; a single one has the name `input`."""
    several = usable.get("inputs")
    if not isinstance(several, dict) or not several:
        return {"input": _input(usable.get("input"))}
    return {
        name: UNKNOWN if ("inputs", name) in refused else _input(value)
        for name, value in several.items()
    }


_LAYOUT_OF_RANK = {1: Layout.FEATURES, 2: Layout.UNDECIDED, 3: Layout.MAP, 4: Layout.MAP}


def _input(value: Any) -> Shape:
    """A written input: `[784]`, `[3, 224, 224]`, `{tokens: 128}`, `{sequence: [128, 64]}`."""
    match value:
        case list(dims):
            return Shape(tuple(dims), _LAYOUT_OF_RANK[len(dims)])
        case {"tokens": length}:
            return Shape((length,), Layout.TOKENS)
        case {"sequence": dims}:
            return Shape(tuple(dims), Layout.SEQUENCE)
        case {"map": dims}:
            return Shape(tuple(dims), Layout.MAP)
        case _:
            return UNKNOWN


def _layers(items: list[Any], path: Path, refused: Refused) -> tuple[LayerSpec, ...]:
    return tuple(_layer(item, (*path, i), refused) for i, item in enumerate(items))


def _layer(item: Any, path: Path, refused: Refused) -> LayerSpec:
    written = {"type": item} if isinstance(item, str) else item
    if path in refused:
        return _left_over(written, path)
    kind = find(written["type"])
    if kind is None:
        return _left_over(written, path)
    values = {
        key: _value(
            value, (*path, key), refused, holds_layers=kind.attributes[key].holds_layers
        )
        for key, value in written.items()
        if key in kind.attributes
    }
    layer = kind(**values)
    common = {key: written.get(key, value.default) for key, value in COMMON.items()}
    return LayerSpec(
        path=path,
        type=written["type"],
        layer=layer,
        name=common["name"],
        sources=_sources(common["from"]),
        repeat=common["repeat"],
        trainable=common["trainable"],
        bias=layer.bias_flag,
        given=tuple(written),
    )


def _left_over(written: Any, path: Path) -> LayerSpec:
    """What is left of a layer that the schema refused: its type and name, for the table."""
    keys = written if isinstance(written, dict) else {}
    kind, name = keys.get("type"), keys.get("name")
    return LayerSpec(
        path=path,
        type=kind if isinstance(kind, str) else "?",
        layer=None,
        name=name if isinstance(name, str) else None,
    )


def _value(value: Any, path: Path, refused: Refused, *, holds_layers: bool) -> Any:
    if holds_layers:
        return _layers(value, path, refused)
    return tuple(value) if isinstance(value, list) else value


def _sources(written: str | list[str]) -> tuple[str, ...]:
    return (written,) if isinstance(written, str) else tuple(written)

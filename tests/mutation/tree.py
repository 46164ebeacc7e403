"""A spec as plain data, and the layers in it as places that can be changed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path as File
from typing import Any, NamedTuple

import yaml

from nnlint.engine import lint_text
from nnlint.finding import Path, spell

SPECS = File(__file__).resolve().parents[2] / "specs"
PARTS = ("layers", "body", "shortcut", "expert", "shared_expert")
"""The keys of a layer under which a list of layers stands."""

DECLARED = ("expect", "budget")
"""The keys under which a spec declares what it is, which would catch nearly everything."""

Change = Callable[[Any], None]


class Mutation(NamedTuple):
    """One mistake: where, in words, and how it is made in a copy of the data."""

    path: Path
    what: str
    change: Change


def at(data: Any, path: Path) -> Any:
    """What stands at the path."""
    for step in path:
        data = data[step]
    return data


def put(path: Path, value: Any, what: str = "") -> Mutation:
    """A value written at a path, where another stood or none."""

    def change(data: Any) -> None:
        at(data, path[:-1])[path[-1]] = copy.deepcopy(value)

    return Mutation(path, what or f"{path[-1]}: {flow(value)}", change)


def drop(path: Path, what: str = "") -> Mutation:
    """A key or an item removed."""

    def change(data: Any) -> None:
        del at(data, path[:-1])[path[-1]]

    return Mutation(path, what or f"without {path[-1]}", change)


def splice(path: Path, count: int, new: list[Any], what: str) -> Mutation:
    """From the list item at the path on, so many items replaced by others."""
    start = path[-1]
    assert isinstance(start, int)

    def change(data: Any) -> None:
        at(data, path[:-1])[start : start + count] = copy.deepcopy(new)

    return Mutation(path, what, change)


def both(first: Mutation, *rest: Mutation) -> Mutation:
    """Several changes that are one mistake; the first says where and what."""

    def change(data: Any) -> None:
        for one in (first, *rest):
            one.change(data)

    return Mutation(first.path, first.what, change)


def flow(value: Any) -> str:
    """A value on one line, as YAML."""
    return yaml.safe_dump(value, default_flow_style=True, width=10**6).removesuffix(
        "...\n"
    ).strip()  # fmt: skip


class Site(NamedTuple):
    """A layer where it stands."""

    spec: Spec
    path: Path

    @property
    def written(self) -> Any:
        """The layer as its author wrote it: a name or a map."""
        return at(self.spec.data, self.path)

    @property
    def layer(self) -> dict[str, Any]:
        """The layer as a map."""
        return {"type": self.written} if isinstance(self.written, str) else self.written

    @property
    def type(self) -> str:
        """Its type; nothing for the use of a block."""
        return str(self.layer.get("type", ""))

    def get(self, key: str, default: Any = None) -> Any:
        """An attribute, its default of the spec included."""
        defaults = self.spec.data.get("defaults", {}).get(self.type, {})
        return self.layer.get(key, defaults.get(key, default))

    @property
    def label(self) -> str:
        """What it is, in a word."""
        return self.type or f"block {self.layer['block']}"

    def sibling(self, step: int) -> Site | None:
        """The layer so many places behind it in its list."""
        index = self.path[-1]
        assert isinstance(index, int)
        there = index + step
        siblings = at(self.spec.data, self.path[:-1])
        inside = 0 <= there < len(siblings)
        return Site(self.spec, (*self.path[:-1], there)) if inside else None

    @property
    def around(self) -> Iterator[Site]:
        """The parts that it stands in, the innermost first, up to its block."""
        path = self.path
        while len(path) > 2:
            path = path[:-1]
            value = at(self.spec.data, path)
            if isinstance(value, dict) and "type" in value:
                yield Site(self.spec, path)

    def with_key(self, key: str, value: Any) -> Mutation:
        """A key written into it."""
        new = {**self.layer, key: value}
        return splice(self.path, 1, [new], f"{self.label}: {key}: {flow(value)}")

    def without(self, key: str) -> Mutation:
        """A key taken out of it."""
        return drop((*self.path, key), f"{self.label} without {key}")

    def removed(self) -> Mutation:
        """It is gone."""
        return splice(self.path, 1, [], f"without {self.label}")

    def replaced(self, *layers: Any) -> Mutation:
        """Others in its place."""
        names = ", ".join(_name(one) for one in layers)
        return splice(self.path, 1, list(layers), f"{names} in place of {self.label}")

    def followed_by(self, layer: Any) -> Mutation:
        """Another behind it."""
        index = self.path[-1]
        assert isinstance(index, int)
        place = (*self.path[:-1], index + 1)
        return splice(place, 0, [layer], f"{_name(layer)} behind {self.label}")

    def preceded_by(self, layer: Any) -> Mutation:
        """Another before it."""
        return splice(self.path, 0, [layer], f"{_name(layer)} before {self.label}")

    def swapped(self) -> Mutation:
        """It and the next one the other way round."""
        after = self.sibling(1)
        assert after
        words = f"{after.label} before {self.label}, swapped"
        return splice(self.path, 2, [after.written, self.written], words)

    @property
    def arriving(self) -> list[tuple[int, ...]]:
        """The shapes that reach it in the unbroken network, one for each row."""
        return [
            node.inputs[0].dims
            for node in self.spec.graph.nodes
            if node.path == self.path and node.inputs
        ]


def _name(layer: Any) -> str:
    return layer if isinstance(layer, str) else flow(layer)


class Spec:
    """A spec of the zoo."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.source = (SPECS / f"{name}.yaml").read_text("utf-8")
        self.data: dict[str, Any] = yaml.safe_load(self.source)

    def text(self, data: Any) -> str:
        """Data as the text of a spec, under the ignore comments of this one."""
        ignores = [line for line in self.source.split("\n") if "nnlint: ignore-file" in line]
        dumped: str = yaml.safe_dump(
            data, sort_keys=False, default_flow_style=None, width=10**6, allow_unicode=True
        )
        return "\n".join([*ignores, dumped])

    @property
    def undeclared(self) -> dict[str, Any]:
        """Its data without what it declares of itself."""
        return {key: value for key, value in self.data.items() if key not in DECLARED}

    @cached_property
    def graph(self) -> Any:
        """The unbroken network."""
        return lint_text(self.source).graph

    def layers(self, *types: str) -> list[Site]:
        """Its layers, those of blocks and parts included; all, or those of such types."""
        found = [*self._within(("layers",))]
        for name in self.data.get("blocks", {}):
            found += self._within(("blocks", name, "layers"))
        return [site for site in found if not types or site.type in types]

    def _within(self, path: Path) -> Iterator[Site]:
        for index, value in enumerate(at(self.data, path)):
            yield Site(self, (*path, index))
            if isinstance(value, dict):
                for part in self._parts(value):
                    yield from self._within((*path, index, *part))

    def _parts(self, layer: dict[str, Any]) -> Iterator[Path]:
        yield from ((key,) for key in PARTS if isinstance(layer.get(key), list))
        yield from (("branches", index) for index, _ in enumerate(layer.get("branches", [])))

    @property
    def last(self) -> Site:
        """Its last layer, in the block or the Sequential that it ends with."""
        path: Path = ("layers", len(self.data["layers"]) - 1)
        while True:
            layer = Site(self, path).layer
            if "block" in layer:
                path = ("blocks", layer["block"], "layers")
            elif layer["type"] == "Sequential":
                path = (*path, "layers")
            else:
                return Site(self, path)
            path = (*path, len(at(self.data, path)) - 1)

    @property
    def is_classifier(self) -> bool:
        """Whether its last layer gives scores: for a loss, or for the Softmax behind it."""
        ready = self.data.get("loss") in ("CrossEntropyLoss", "BCEWithLogitsLoss")
        return ready or self.last.type == "Softmax"


def names() -> list[str]:
    """The specs of the zoo."""
    return sorted(file.stem for file in SPECS.glob("*.yaml"))


def place(path: Path) -> str:
    """A path in words; the top of the file has none."""
    return spell(path) or "the file"

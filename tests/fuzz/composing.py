"""Parts made of layers: sequences, residuals, branches, experts, blocks, and names."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from nnlint.layers import layer_types
from nnlint.layers.shape import Layout, Shape
from tests.fuzz.fitting import Fitted, layers
from tests.fuzz.places import numbers, put

DEEPEST = 2
IDENTITY = "Identity"


def as_map(written: Any) -> dict[str, Any]:
    """A layer as a map, even where its bare name says all."""
    return {"type": written} if isinstance(written, str) else dict(written)


def can_be_tied(written: Any) -> bool:
    """Whether it is one layer with a weight of its own."""
    layer = as_map(written)
    kind = layer_types().get(layer.get("type", ""))
    alone = not {"repeat", "from", "tie", "trainable"} & layer.keys()
    return kind is not None and "tie" in kind.keys() and alone  # noqa: SIM118 - a method of it


class Maker:
    """Draws the layers of one spec.

    Attributes:
        draw: hypothesis' own.
        blocks: name -> the block, as data.
        uses: name -> its use, what it takes and what leaves it.
        named: name -> what was named at the top, and what reached it.
    """

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.blocks: dict[str, Any] = {}
        self.uses: dict[str, tuple[dict[str, Any], Shape, Shape]] = {}
        self.named: dict[str, tuple[Fitted, Shape]] = {}

    def chance(self, one_in: int) -> bool:
        """True once in so many times."""
        return self.draw(st.integers(1, one_in)) == one_in

    def stack(self, x: Shape, depth: int, most: int = 3) -> tuple[list[Any], Shape]:
        """Several parts behind one another."""
        written = []
        for _ in range(self.draw(st.integers(1, most))):
            part, x = self.part(x, depth)
            written.append(part)
        return written, x

    def part(self, x: Shape, depth: int) -> Fitted:
        """A layer, or one that is made of layers."""
        if depth >= DEEPEST or not self.chance(3):
            return self.several(x, self.draw(layers(x)) or Fitted(IDENTITY, x))
        makers = (self.sequential, self.residual, self.parallel, self.experts, self.block)
        made: Fitted = self.draw(st.sampled_from(makers))(x, depth + 1)
        return made

    # parts

    def sequential(self, x: Shape, depth: int) -> Fitted:
        """Layers in a row, repeated where what leaves is what arrived."""
        inner, y = self.stack(x, depth)
        return Fitted({"type": "Sequential", "layers": inner, **self.repeated(x, y)}, y)

    def several(self, x: Shape, one: Fitted) -> Fitted:
        """The layer, or now and then copies of it behind one another."""
        more = self.repeated(x, one.shape) if self.chance(6) else {}
        return one._replace(written={**as_map(one.written), **more}) if more else one

    def repeated(self, x: Shape, y: Shape) -> dict[str, Any]:
        """So many copies, that may share their parameters."""
        if x != y or self.chance(2):
            return {}
        shared = {"shared": True} if self.chance(4) else {}
        return {"repeat": self.draw(st.integers(2, 4)), **shared}

    def residual(self, x: Shape, depth: int) -> Fitted:
        """A body beside its shortcut, whatever their shapes."""
        body, y = self.stack(x, depth)
        fits = {} if x == y else {"on_mismatch": "skip"}
        if x != y and self.projects(x, y) and self.chance(2):
            fits = {"on_mismatch": "project"}
        act = {"act": "ReLU"} if self.chance(3) else {}
        return Fitted({"type": "Residual", "body": body, **fits, **act}, y)

    @staticmethod
    def projects(x: Shape, y: Shape) -> bool:
        """Whether a convolution of kernel 1 can make the one from the other."""
        if x.layout is not y.layout or x.layout not in (Layout.MAP, Layout.FEATURES):
            return False
        pairs = list(zip(x.dims[1:], y.dims[1:], strict=False))
        return x.rank == y.rank and all(before % after == 0 for before, after in pairs)

    def parallel(self, x: Shape, depth: int) -> Fitted:
        """Two branches that are merged."""
        left, y = self.stack(x, depth)
        right, z = self.stack(x, depth) if self.chance(2) else ([], x)
        if y.dims != z.dims or y.layout is not z.layout:
            right = deepcopy(left)
        merge = self.merge(y)
        part = {"type": "Parallel", "branches": [left, right], "merge": merge}
        return Fitted(part, self.concatenated(y) if merge == "Concat" else y)

    def merge(self, x: Shape) -> str:
        """What may merge two such shapes; one without axes has none to grow."""
        kinds = ["Add", "Multiply", *(["Concat"] if x.dims else [])]
        return self.draw(st.sampled_from(kinds))

    @staticmethod
    def concatenated(x: Shape) -> Shape:
        """Twice the channels of a map, twice the last axis of what else there is."""
        axis = 0 if x.layout is Layout.MAP else -1
        return x.replaced(axis, 2 * x.dims[axis])

    def experts(self, x: Shape, depth: int) -> Fitted:
        """Experts that each keep the features, where there are some."""
        if x.layout is not Layout.SEQUENCE:
            return self.sequential(x, depth)
        wide, count = self.draw(st.integers(1, 9)), self.draw(st.integers(2, 5))
        layers_of = [
            {"type": "Linear", "out_features": wide}, "GELU",
            {"type": "Linear", "out_features": x.last},
        ]  # fmt: skip
        router = {"router_bias": True} if self.chance(3) else {}
        shared = {"shared_expert": layers_of} if self.chance(3) else {}
        part = {"type": "MoE", "num_experts": count, "top_k": 1, "expert": layers_of}
        return Fitted({**part, **deepcopy(shared), **router}, x)

    # blocks

    def block(self, x: Shape, depth: int) -> Fitted:
        """A use of a block: of one that takes what arrives, or of a new one."""
        known = [use for use, taken, _ in self.uses.values() if taken == x]
        if known and self.chance(2):
            use = self.draw(st.sampled_from(known))
        else:
            use = self.new_block(x, depth)
        y = self.uses[use["block"]][2]
        first = {"first": {key: use[key] for key in use if key != "block"}}
        more = self.repeated(x, y)
        return Fitted({**use, **more, **(first if more and len(use) > 1 else {})}, y)

    def new_block(self, x: Shape, depth: int) -> dict[str, Any]:
        """A block, with an argument where a number stands in it."""
        body, y = self.stack(x, depth)
        name = f"b{len(self.blocks)}"
        block: dict[str, Any] = {"layers": body}
        use: dict[str, Any] = {"block": name}
        places = list(numbers(body))
        if places and self.chance(2):
            place, value = self.draw(st.sampled_from(places))
            put(body, place, "$w")
            block["args"] = {"w": "required"} if self.chance(2) else {"w": value}
            use["w"] = value
        self.blocks[name], self.uses[name] = block, (use, x, y)
        return use

    # what names its sources

    def top(self, x: Shape, most: int) -> list[Any]:
        """The layers of the spec, some of them named, and taken up again."""
        written: list[Any] = []
        for _ in range(self.draw(st.integers(1, most))):
            found = self.tying(x) or self.taking_up(x) or self.part(x, 0)
            written.append(self.with_name(found, x))
            x = found.shape
        return written

    def with_name(self, part: Fitted, x: Shape) -> Any:
        """The part under a name, now and then."""
        if not self.chance(3):
            return part.written
        name = f"n{len(self.named)}"
        self.named[name] = (part, x)
        return {**as_map(part.written), "name": name}

    def tying(self, x: Shape) -> Fitted | None:
        """A layer like an earlier one that took the same, with its weight."""
        known = [
            (name, part)
            for name, (part, taken) in self.named.items()
            if taken == x and can_be_tied(part.written)
        ]
        if not known:
            return None
        name, part = self.draw(st.sampled_from(known))
        written = {**deepcopy(as_map(part.written)), "tie": name}
        return Fitted(written, part.shape)

    def taking_up(self, x: Shape) -> Fitted | None:
        """A layer that takes an earlier one beside what came before."""
        if not self.named or not self.chance(3):
            return None
        name = self.draw(st.sampled_from(sorted(self.named)))
        other = self.named[name][0].shape
        if other == x:
            kind = self.merge(x)
            y = self.concatenated(x) if kind == "Concat" else x
            return Fitted({"type": kind, "with": [name]}, y)
        found: Fitted | None = self.draw(layers(x, other))
        if found is None:
            return None
        return found._replace(written={**as_map(found.written), "from": ["previous", name]})

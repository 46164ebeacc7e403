"""What became of one layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnlint.quantity import size_in_bytes
from nnlint.record import Record
from nnlint.wording import flow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nnlint.graph import Graph, Node


class Difference(Record):
    """One thing about a layer that is not as it was.

    Attributes:
        key: an attribute's name, or `type`, `name`, `bias`, `copies`, `input`.
        before: what it was, as YAML on one line; None: there was none.
        after: what it is.
    """

    key: str
    before: str | None
    after: str | None


METRICS = ("params", "macs", "size")
"""What is compared of layers and networks."""


class Cost(Record):
    """What a layer, a part or a network costs.

    Attributes:
        params: parameters.
        macs: multiply-accumulates for one sample.
        size: bytes of the parameters at the network's dtype.
        complete: False: the parameters and bytes are at least these.
        macs_complete: the same for the MACs.
    """

    params: int = 0
    macs: int = 0
    size: int = 0
    complete: bool = True
    macs_complete: bool = True

    def exact(self, metric: str) -> int | None:
        """The number, where all of it is known; a lower bound is none."""
        value: int = getattr(self, metric)
        return value if self.knows(metric) else None

    def knows(self, metric: str) -> bool:
        """Whether all of it is known."""
        return self.macs_complete if metric == "macs" else self.complete


NOTHING = Cost()
COPIES = "copies"
UNKNOWN = Cost(complete=False, macs_complete=False)
"""What a network costs that nobody can lay out."""
USUAL_SOURCE = ("previous",)
OWN = ("type", "name", "trainable", "from", "with")
"""Keys of which there is a fact anyway."""
FOLLOWS = "input"
"""What about a layer changes without anybody having touched it."""


def cost(node: Node | None, dtype: str) -> Cost:
    """What a layer costs with all its copies; one that is not there costs nothing."""
    if node is None:
        return NOTHING
    size = size_in_bytes(node.params, dtype)
    return Cost(node.params, node.all_macs, size, node.complete, node.macs is not None)


def total_cost(graph: Graph | None, *, is_there: bool) -> Cost:
    """What a network costs, which is nothing only where there is none."""
    if graph is None:
        return UNKNOWN if is_there else NOTHING
    total = graph.totals
    size = size_in_bytes(total.params, graph.dtype)
    return Cost(total.params, total.macs, size, total.complete, total.macs_complete)


class LayerChange(Record):
    """A layer as it was and as it is.

    Attributes:
        before: the layer in the base; None: it is new.
        after: the layer now; None: it is gone.
        numbers: the numbers of both in their tables, None where it is not.
        differences: what is not as it was.
        was: what it cost.
        costs: what it costs.
    """

    before: Node | None
    after: Node | None
    numbers: tuple[int | None, int | None]
    differences: tuple[Difference, ...]
    was: Cost
    costs: Cost

    @property
    def kind(self) -> str:
        """`added`, `removed`, `changed`; or `same`."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "changed" if self.differences or self.was != self.costs else "same"

    @property
    def follows(self) -> bool:
        """Whether nobody changed it: only what reaches it is not as it was."""
        return self.kind == "changed" and all(one.key == FOLLOWS for one in self.differences)

    @property
    def is_news(self) -> bool:
        """Whether it is worth a row: what only follows, and costs the same, is not."""
        return self.kind != "same" and not (self.follows and self.was == self.costs)

    @property
    def goes_along(self) -> bool:
        """Whether all that changed is how often the part around it stands, at no cost."""
        keys = {one.key for one in self.differences}
        return self.kind == "changed" and self.was == self.costs and keys <= {COPIES, FOLLOWS}

    @property
    def node(self) -> Node:
        """The layer as it is, or as it was."""
        node = self.after or self.before
        assert node is not None  # noqa: S101 - one of the two is there
        return node

    @property
    def called(self) -> str:
        """Its address, with its number in the table where nobody named it."""
        number = self.numbers[1] if self.after else self.numbers[0]
        return self.node.address + ("" if self.node.spec.name else f" #{number}")


def differences(before: Node, after: Node) -> tuple[Difference, ...]:
    """What is not as it was, from attribute to attribute."""
    return differences_between(facts(before), facts(after))


def differences_between(
    before: Iterable[tuple[str, str]], after: Iterable[tuple[str, str]]
) -> tuple[Difference, ...]:
    """What is not said alike of both."""
    old, new = dict(before), dict(after)
    return tuple(
        Difference(key, old.get(key), new.get(key))
        for key in dict.fromkeys((*old, *new))
        if old.get(key) != new.get(key)
    )


def network_facts(graph: Graph | None) -> Iterator[tuple[str, str]]:
    """What there is to say of a whole network, as YAML on one line each."""
    if graph is None:
        return
    for name, shape in graph.inputs.items():
        yield ("input" if name == "input" else f"input {name}"), str(shape)
    for name, output in graph.outputs.items():
        called = "" if name == "output" else f" {name}"
        yield f"output{called}", str(output.edge.shape)
        yield f"loss{called}", output.loss or "none"
    yield "dtype", graph.dtype
    conventions = {node.layer.convention for node in graph.nodes if node.layer}
    yield "convention", ", ".join(sorted(conventions)) or "torch"


def facts(node: Node) -> Iterator[tuple[str, str]]:
    """What there is to say of a layer, as YAML on one line each."""
    spec, layer = node.spec, node.layer
    yield "type", spec.type
    if spec.name:
        yield "name", spec.name
    if layer is None:  # refused: it is what is written
        yield from ((key, flow(value)) for key, value in spec.written.items() if key not in OWN)
    for key, attribute in layer.attributes.items() if layer else ():
        value = layer.held(key) if layer else None
        if value is not None and not attribute.holds_layers:
            yield key, _shown(value)
    if spec.bias is not None:
        yield "bias", flow(spec.bias)
    if node.tied:
        yield "tie", node.tied[1].address
    yield from _wiring(node)
    yield "trainable", flow(node.trainable)
    yield COPIES, str(node.count)
    yield FOLLOWS, ", ".join(map(str, node.inputs))


def _wiring(node: Node) -> Iterator[tuple[str, str]]:
    """Where it stands, and what the author says that it takes."""
    if node.parts:
        yield "inside", " ".join(group.spec.type for group in node.parts)
    for key, names in (("from", node.spec.sources), ("with", node.spec.others)):
        if names not in ((), USUAL_SOURCE):
            yield key, ", ".join(names)


def _shown(value: Any) -> str:
    return flow(list(value) if isinstance(value, tuple) else value)

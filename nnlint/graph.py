"""The network as a graph: layers with their shapes, tensors, MACs and connections.

A copy that sees what the copy before it saw is the same node, times n: `count`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers.shape import UNKNOWN, Shape
from nnlint.record import Record
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nnlint.finding import Path, Problem
    from nnlint.layers.base import Layer, LayerSpec, ParamTensor


class Group:
    """A container as it stands in the table: a heading over the rows of its layers."""

    def __init__(self, spec: LayerSpec, parent: Group | None) -> None:
        self.spec, self.parent = spec, parent
        self.times = Times()

    @property
    def count(self) -> int:
        """How many equal copies of it follow each other."""
        return self.times.copies

    @property
    def repeats(self) -> int:
        """How many copies of it follow each other within what stands around it, less one."""
        return self.count // (self.parent.count if self.parent else 1) - 1

    @property
    def depth(self) -> int:
        """How many groups stand around it."""
        return 1 + self.parent.depth if self.parent else 0

    @property
    def trainable(self) -> bool:
        """Whether neither it nor a group around it is frozen."""
        return self.spec.trainable and (self.parent is None or self.parent.trainable)


class Times(Record):
    """How often a layer counts.

    Attributes:
        copies: its equal copies.
        owned: those of them that own their parameters; the others share them.
        runs: those that compute for one sample.
        active: those whose parameters one token uses.
    """

    copies: int = 1
    owned: int = 1
    runs: int = 1
    active: int = 1

    def times(self, other: Times) -> Times:
        """So often within so often."""
        return Times(
            self.copies * other.copies,
            self.owned * other.owned,
            self.runs * other.runs,
            self.active * other.active,
        )


ONCE = Times()


class Node:
    """One layer of the network, with all its equal copies.

    Attributes:
        spec: what the author wrote.
        layer: the layer itself; None where the schema refused it.
        path: where it stands in the document.
        group: the container that it stands in.
        inputs: the shapes that reach it.
        sources: the nodes that they come from; None is an input of the network.
        entries: the names of those inputs.
        output: the shape that leaves it.
        tensors: the learned tensors of one copy, as far as they are known.
        buffers: the stored tensors of one copy.
        tied: the tensor that it shares, and the node that owns it; else None.
        macs: multiply-accumulates of one copy for one sample; None: not known.
        complete: whether all its tensors are known.
        excused: what is unknown follows from an error that is reported.
        times: how often it counts.
        consumers: the nodes that take its output.
        loops: for the last layer of a repeated part, the layers of the next copy that
            take its output.
    """

    output = UNKNOWN
    tensors: tuple[ParamTensor, ...] = ()
    buffers: tuple[ParamTensor, ...] = ()
    tied: tuple[ParamTensor, Node] | None = None
    macs: int | None = None
    complete = False
    excused = False
    times = ONCE

    def __init__(self, spec: LayerSpec, group: Group | None, inputs: tuple[Edge, ...]) -> None:
        self.spec, self.group = spec, group
        self.layer: Layer | None = spec.layer
        self.path: Path = spec.path
        self.inputs = tuple([edge.shape for edge in inputs])
        self.sources = tuple([edge.node for edge in inputs])
        self.entries = tuple([edge.entry for edge in inputs])
        self.consumers: list[Node] = []
        self.loops: list[tuple[Node, ...]] = []

    @property
    def count(self) -> int:
        """How many equal copies it stands for."""
        return self.times.copies

    @property
    def trainable(self) -> bool:
        """Whether its parameters are learned."""
        return self.spec.trainable and (self.group is None or self.group.trainable)

    @property
    def written_on(self) -> Node:
        """The layer to which the spec's defaults add it; itself where they don't."""
        node = self
        while node.path[0] == "defaults" and node.sources and node.sources[0]:
            node = node.sources[0]
        return node

    @property
    def parts(self) -> list[Group]:
        """The parts around it, the outermost first."""
        around: list[Group] = []
        group = self.group
        while group:
            around.insert(0, group)
            group = group.parent
        return around

    @property
    def weight(self) -> ParamTensor | None:
        """Its own tensor `weight`; None where it shares another's, or has none."""
        return next((one for one in self.tensors if one.name == "weight"), None)

    @property
    def is_shared(self) -> bool:
        """Whether several of its copies share their parameters."""
        return self.count > self.times.owned and bool(self.tensors)

    @property
    def address(self) -> str:
        """How a person finds it: its name, after the names of the parts around it."""
        around = [group.spec.name for group in self.parts if group.spec.name]
        return "/".join([*around, self.spec.name or self.spec.type])

    @property
    def own(self) -> int:
        """Learned numbers of one copy."""
        return sum(self._split)

    @property
    def _split(self) -> tuple[int, int]:
        """Weights and biases of one copy."""
        weights = biases = 0
        for tensor in self.tensors:
            if tensor.is_bias:
                biases += tensor.count
            else:
                weights += tensor.count
        return weights, biases

    @property
    def weights(self) -> int:
        """Weights of all its copies, each that is shared once."""
        return self.times.owned * self._split[0]

    @property
    def biases(self) -> int:
        """Biases of all its copies."""
        return self.times.owned * self._split[1]

    @property
    def stored(self) -> int:
        """Elements of the buffers of all its copies."""
        return self.times.owned * sum([tensor.count for tensor in self.buffers])

    @property
    def moving(self) -> int:
        """Those buffers that its convention counts as parameters: Keras' moving statistics."""
        return self.stored if self.layer and self.layer.convention == "keras" else 0

    @property
    def params(self) -> int:
        """Weights and biases of all its copies, and what its convention adds."""
        return self.times.owned * self.own + self.moving

    @property
    def active(self) -> int:
        """Parameters of the copies that one token uses."""
        return self.params // max(self.times.owned, 1) * self.times.active

    @property
    def all_macs(self) -> int:
        """MACs of all its copies that run, as far as they are known."""
        return self.times.runs * (self.macs or 0)

    @property
    def derivation(self) -> str:
        """How its parameters come about: `784×16 + 16`, `3 × (16×16 + 16)`."""
        tensors = sorted(self.tensors, key=lambda tensor: tensor.is_bias)
        if self.moving:
            tensors += self.buffers
        total = " + ".join(tensor.derivation for tensor in tensors)
        if self.times.owned == 1 or not total:
            return total
        return f"{grouped(self.times.owned)} × ({total})"

    def followers(self) -> Iterator[tuple[Node, ...]]:
        """What takes the output, for each kind of copy: the inner ones feed the next copy.

        Empty for the copy whose output leaves the network.
        """
        yield from self.loops
        yield tuple(self.consumers)


class Edge(Record):
    """What flows from a node (None: an input of the network, `entry`) to the next."""

    shape: Shape
    node: Node | None
    entry: str | None = None

    @property
    def shape_alone(self) -> Edge:
        """What flows there, without where it comes from."""
        return Edge(self.shape, None)


class Totals(Record):
    """The sums over a network.

    Attributes:
        weights: learned numbers that are not named bias.
        biases: learned numbers that are.
        moving: stored numbers that the convention counts as parameters.
        frozen: those of all three that are not trained.
        active: those that one token uses: all but the routed experts not chosen.
        embedding: those in tables of vectors that are looked up.
        tied: numbers that a layer shares with another; counted once, at their owner.
        buffers: stored numbers; no part of the parameters.
        macs: multiply-accumulates for one sample.
        complete: False: some tensor is unknown, so the sums are at least these.
        macs_complete: the same for the MACs.
        excused: what is unknown follows from errors that are reported.
    """

    weights: int
    biases: int
    moving: int
    frozen: int
    active: int
    embedding: int
    tied: int
    buffers: int
    macs: int
    complete: bool
    macs_complete: bool
    excused: bool

    @property
    def params(self) -> int:
        """Weights and biases, and what the convention adds."""
        return self.weights + self.biases + self.moving

    @property
    def trainable(self) -> int:
        """Parameters that are learned."""
        return self.params - self.frozen


def by_definition(nodes: Iterable[Node]) -> tuple[list[Node], ...]:
    """The nodes that each place of the spec became: several, where copies differ.

    A norm or activation that the spec's defaults add stands there once for each layer.
    """
    found: dict[tuple[Path, Path], list[Node]] = {}
    for node in nodes:
        found.setdefault((node.path, node.written_on.path), []).append(node)
    return tuple(found.values())


def totals(nodes: Iterable[Node]) -> Totals:
    """The sums over these nodes."""
    rows = list(nodes)
    return Totals(
        weights=sum(node.weights for node in rows),
        biases=sum(node.biases for node in rows),
        moving=sum(node.moving for node in rows),
        frozen=sum(_frozen(node) for node in rows),
        active=sum(node.active for node in rows),
        embedding=sum(node.params for node in rows if node.layer and node.layer.is_embedding),
        tied=sum(node.count * node.tied[0].count for node in rows if node.tied),
        buffers=sum(node.stored for node in rows),
        macs=sum(node.all_macs for node in rows),
        complete=all(node.complete for node in rows),
        macs_complete=all(node.macs is not None for node in rows),
        excused=any(node.excused for node in rows),
    )


def _frozen(node: Node) -> int:
    """What is not trained: frozen layers, and statistics, which no gradient reaches."""
    return node.moving if node.trainable else node.params


class Output(Record):
    """One output of a network, and the loss that it is trained with, or None."""

    edge: Edge
    loss: str | None


class Graph(Record):
    """A network, laid out.

    Attributes:
        name: its name, or None.
        inputs: name -> shape.
        nodes: its layers in their order.
        output: what leaves the last one.
        outputs: name -> output; without `outputs:` the last layer, under the name `output`.
        dtype: what sizes in bytes are computed with.
        totals: the sums over its layers.
        problems: what laying it out found.
        variant: the variant whose values it holds; None: the base.
        definitions: its layers again, those of one place in the spec together.
    """

    name: str | None
    inputs: dict[str, Shape]
    nodes: tuple[Node, ...]
    output: Edge
    outputs: dict[str, Output]
    dtype: str
    totals: Totals
    problems: list[Problem]
    variant: str | None = None
    definitions: tuple[list[Node], ...] = ()

    def without_layers(self) -> Graph:
        """Its name, its shapes and its totals: what is left of it in a list of networks."""
        outputs = {
            name: one._replace(edge=one.edge.shape_alone) for name, one in self.outputs.items()
        }
        return self._replace(
            nodes=(),
            definitions=(),
            output=self.output.shape_alone,
            outputs=outputs,
            problems=[],
        )

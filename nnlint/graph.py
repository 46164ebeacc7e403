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
        self.count = 1

    @property
    def depth(self) -> int:
        """How many groups stand around it."""
        return 1 + self.parent.depth if self.parent else 0

    @property
    def trainable(self) -> bool:
        """Whether neither it nor a group around it is frozen."""
        return self.spec.trainable and (self.parent is None or self.parent.trainable)


class Node:
    """One layer of the network, with all its equal copies.

    Attributes:
        spec: what the author wrote.
        group: the container that it stands in.
        inputs: the shapes that reach it.
        sources: the nodes that they come from; None is an input of the network.
        output: the shape that leaves it.
        tensors: the learned tensors of one copy, as far as they are known.
        buffers: the stored tensors of one copy.
        macs: multiply-accumulates of one copy for one sample; None: not known.
        complete: whether all its tensors are known.
        count: how many equal copies it stands for.
        consumers: the nodes that take its output.
        loops: for the last layer of a repeated part, the layers of the next copy that
            take its output.
    """

    def __init__(self, spec: LayerSpec, group: Group | None, inputs: tuple[Edge, ...]) -> None:
        self.spec, self.group = spec, group
        self.inputs = tuple(edge.shape for edge in inputs)
        self.sources = tuple(edge.node for edge in inputs)
        self.output = UNKNOWN
        self.tensors: tuple[ParamTensor, ...] = ()
        self.buffers: tuple[ParamTensor, ...] = ()
        self.macs: int | None = None
        self.complete = False
        self.count = 1
        self.consumers: list[Node] = []
        self.loops: list[tuple[Node, ...]] = []

    @property
    def layer(self) -> Layer | None:
        """The layer itself; None where the schema refused it."""
        return self.spec.layer

    @property
    def path(self) -> Path:
        """Where it stands in the document."""
        return self.spec.path

    @property
    def trainable(self) -> bool:
        """Whether its parameters are learned."""
        return self.spec.trainable and (self.group is None or self.group.trainable)

    @property
    def weights(self) -> int:
        """Weights of all its copies."""
        return self.count * sum(tensor.count for tensor in self.tensors if not tensor.is_bias)

    @property
    def biases(self) -> int:
        """Biases of all its copies."""
        return self.count * sum(tensor.count for tensor in self.tensors if tensor.is_bias)

    @property
    def params(self) -> int:
        """Weights and biases of all its copies."""
        return self.weights + self.biases

    @property
    def stored(self) -> int:
        """Elements of the buffers of all its copies."""
        return self.count * sum(tensor.count for tensor in self.buffers)

    @property
    def all_macs(self) -> int:
        """MACs of all its copies, as far as they are known."""
        return self.count * (self.macs or 0)

    @property
    def derivation(self) -> str:
        """How its parameters come about: `784×16 + 16`, `3 × (16×16 + 16)`."""
        tensors = sorted(self.tensors, key=lambda tensor: tensor.is_bias)
        total = " + ".join(tensor.derivation for tensor in tensors)
        if self.count == 1 or not total:
            return total
        return f"{grouped(self.count)} × ({total})"

    def followers(self) -> Iterator[tuple[Node, ...]]:
        """What takes the output, for each kind of copy: the inner ones feed the next copy.

        Empty for the copy whose output leaves the network.
        """
        yield from self.loops
        yield tuple(self.consumers)


class Edge(Record):
    """What flows from a node (None: an input of the network) to the next."""

    shape: Shape
    node: Node | None


class Totals(Record):
    """The sums over a network.

    Attributes:
        weights: learned numbers that are not named bias.
        biases: learned numbers that are.
        frozen: those of both that are not trained.
        buffers: stored numbers; no part of the parameters.
        macs: multiply-accumulates for one sample.
        complete: False: some tensor is unknown, so the sums are at least these.
        macs_complete: the same for the MACs.
    """

    weights: int
    biases: int
    frozen: int
    buffers: int
    macs: int
    complete: bool
    macs_complete: bool

    @property
    def params(self) -> int:
        """Weights and biases."""
        return self.weights + self.biases

    @property
    def trainable(self) -> int:
        """Parameters that are learned."""
        return self.params - self.frozen

    @property
    def active(self) -> int:
        """Parameters that one sample uses; all, without routed experts."""
        return self.params


def totals(nodes: Iterable[Node]) -> Totals:
    """The sums over these nodes."""
    rows = list(nodes)
    return Totals(
        weights=sum(node.weights for node in rows),
        biases=sum(node.biases for node in rows),
        frozen=sum(node.params for node in rows if not node.trainable),
        buffers=sum(node.stored for node in rows),
        macs=sum(node.all_macs for node in rows),
        complete=all(node.complete for node in rows),
        macs_complete=all(node.macs is not None for node in rows),
    )


class Graph(Record):
    """A network, laid out.

    Attributes:
        name: its name, or None.
        inputs: name -> shape.
        nodes: its layers in their order.
        output: what leaves the last one.
        loss: the loss that it is trained with, or None.
        dtype: what sizes in bytes are computed with.
        totals: the sums over its layers.
        problems: what laying it out found.
    """

    name: str | None
    inputs: dict[str, Shape]
    nodes: tuple[Node, ...]
    output: Edge
    loss: str | None
    dtype: str
    totals: Totals
    problems: list[Problem]

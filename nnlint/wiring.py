"""`ModelSpec` -> `Graph`: connects the layers, infers shapes, collects tensors."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from nnlint.finding import Problem
from nnlint.graph import Edge, Graph, Group, Node, totals
from nnlint.layers.base import Container, LayerSpec, ParamTensor, Wiring
from nnlint.layers.shape import UNKNOWN, Layout, Misfit, Shape, Unknown
from nnlint.wording import did_you_mean, grouped, listed, plural, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nnlint.finding import Path
    from nnlint.layers.base import Layer
    from nnlint.spec import ModelSpec

MAX_ROWS = 200_000
NAMES_NEAR = 100
"""Names before a layer that a misspelt one is compared with."""
MAX_RANK = 64
"""torch refuses to compute with more axes."""

PREVIOUS = "previous"


class _TooManyRows(Exception):  # noqa: N818
    """The network has more distinct rows than anyone can read."""


def connect(spec: ModelSpec) -> Graph:
    """Lay a network out; whatever does not fit comes back as problems."""
    network = _Network(spec)
    try:
        output = network.chain(spec.layers, network.entry)
    except _TooManyRows:
        output = Edge(UNKNOWN, None)
    return Graph(
        spec.name,
        spec.inputs,
        tuple(network.nodes),
        output,
        spec.loss,
        spec.dtype,
        totals(network.nodes)._replace(**network.cut_short),
        list(network.problems.values()),
    )


class _Network(Wiring):
    """The network while it is laid out."""

    def __init__(self, spec: ModelSpec) -> None:
        self.nodes: list[Node] = []
        self.groups: list[Group] = []
        self.problems: dict[tuple[str, Path], Problem] = {}
        self.group: Group | None = None
        self.scopes = [{name: Edge(shape, None) for name, shape in spec.inputs.items()}]
        self.later_copy = False
        self.cut_short: dict[str, bool] = {}
        self.blind = all(shape.open for shape in spec.inputs.values())
        single = len(spec.inputs) == 1
        self.entry: Edge | None = next(iter(self.scopes[0].values())) if single else None

    def chain(self, layers: Sequence[LayerSpec], edge: Edge | None) -> Edge:
        """Lay the layers one after the other; the first takes `edge`."""
        for spec in layers:
            edge = self._copies(spec, self._sources(spec, edge))
            self._name(spec, edge)
        return edge or Edge(UNKNOWN, None)

    def _copies(self, spec: LayerSpec, edges: tuple[Edge, ...]) -> Edge:
        """Lay out all copies of a layer; those that see the same input are one node."""
        outer = self.later_copy
        for laid in range(spec.repeat):
            self.later_copy = outer or laid > 0
            nodes, groups = len(self.nodes), len(self.groups)
            takers = _takers(edges)
            arrived, edges = edges, (self._once(spec, edges),)
            if [edge.shape for edge in arrived] == [edges[0].shape]:
                left, last = spec.repeat - laid, edges[0].node
                self._fold(left, self.nodes[nodes:], self.groups[groups:])
                if left > 1 and last and last is not arrived[0].node:
                    last.loops.append(_entered(arrived, takers, self.nodes[nodes:]))
                break
        self.later_copy = outer
        return edges[0]

    def _fold(self, times: int, nodes: list[Node], groups: list[Group]) -> None:
        for node in nodes:
            node.count *= times
        for group in groups:
            group.count *= times

    def _once(self, spec: LayerSpec, edges: tuple[Edge, ...]) -> Edge:
        """Lay out one copy of a layer."""
        if not isinstance(spec.layer, Container):
            return self._leaf(spec, edges)
        self._check_inputs(spec, spec.layer, edges)
        self.group = Group(spec, self.group)
        self.groups.append(self.group)
        self.scopes.append({})
        output: Edge = spec.layer.wire(self, *edges[:1])
        self.scopes.pop()
        self.group = self.group.parent
        return output

    def _leaf(self, spec: LayerSpec, edges: tuple[Edge, ...]) -> Edge:
        if len(self.nodes) >= MAX_ROWS:
            self._stop(spec)
        node = Node(spec, self.group, edges)
        self.nodes.append(node)
        for source in {id(edge.node): edge.node for edge in edges}.values():
            if source:
                source.consumers.append(node)
        if spec.layer and self._check_inputs(spec, spec.layer, edges):
            self._fill(node, spec.layer)
        return Edge(node.output, node)

    def _fill(self, node: Node, layer: Layer) -> None:
        """Shapes, tensors and MACs of a node, as far as they can be known."""
        shapes = node.inputs = tuple(_decided(shape, layer) for shape in node.inputs)
        try:
            node.output = _within_rank(layer.infer(*shapes))
        except Misfit as misfit:
            self._report(node.spec, misfit)
            node.output = misfit.output or UNKNOWN
            return
        except Unknown:
            pass
        node.tensors, node.complete = _collected(layer.parameters(*shapes))
        node.buffers, stored = _collected(layer.buffers(*shapes))
        node.complete = node.complete and stored
        node.macs = _macs(layer, shapes, node.output)

    def _report(self, spec: LayerSpec, misfit: Misfit) -> None:
        key = misfit.key if misfit.key in spec.given else None
        message, remedy = f"{spec.label}: {misfit.message}", misfit.help
        if self.later_copy and misfit.code == "NN201":
            message = f"{message} in a later copy"
            remedy = f"each copy takes what the one before gives: leave {misfit.key} out"
        self._problem(misfit.code, (*spec.path, key) if key else spec.path, message, remedy)

    def _problem(self, code: str, path: Path, message: str, remedy: str | None = None) -> None:
        """Note a problem; what several copies of a part have in common is one."""
        self.problems.setdefault((code, path), Problem(code, path, message, remedy))

    def _stop(self, spec: LayerSpec) -> None:
        self._problem(
            "NN209",
            spec.path,
            f"the network has more than {grouped(MAX_ROWS)} different rows",
            "a repeated part that gives what it takes is one row, however often it stands",
        )
        self.cut_short = {"complete": False, "macs_complete": False}
        raise _TooManyRows

    def _check_inputs(self, spec: LayerSpec, layer: Layer, edges: tuple[Edge, ...]) -> bool:
        if len(edges) in layer.inputs:
            return True
        if edges:
            least, most = layer.inputs[0], layer.inputs[-1]
            needed = plural(least, "input") if least == most else f"{least} or more inputs"
            names = ", ".join(f"name{n + 1}" for n in range(least))
            remedy = f"name them: from: [{names}]" if least > 1 else "name one of them"
            if self.later_copy and len(spec.sources) in layer.inputs:
                remedy = "repeat hands on one output: write the copies out"
            self._problem(
                "NN206",
                spec.path,
                f"{spec.label} takes {needed}, but gets {len(edges)}",
                remedy,
            )
        return False

    def _sources(self, spec: LayerSpec, previous: Edge | None) -> tuple[Edge, ...]:
        """The edges that a layer names in `from`, or what came before."""
        edges = []
        for position, name in enumerate(spec.sources or (PREVIOUS,)):
            edge = previous if name == PREVIOUS else self._find(name)
            if edge is None:
                self._no_source(spec, name, position)
                edge = Edge(UNKNOWN, None)
            edges.append(edge)
        return tuple(edges)

    def _find(self, name: str) -> Edge | None:
        """The nearest thing of that name, from the inside out."""
        return next((scope[name] for scope in reversed(self.scopes) if name in scope), None)

    def _no_source(self, spec: LayerSpec, name: str, position: int) -> None:
        if self.blind:
            return  # the inputs were refused, and with them the names that this may mean
        scoped = (islice(reversed(scope), NAMES_NEAR) for scope in reversed(self.scopes))
        known = list(chain.from_iterable(scoped))[:NAMES_NEAR]
        if name == PREVIOUS:
            entries = list(self.scopes[0])
            inputs = plural(len(entries), "input")
            self._problem(
                "NN206",
                spec.path,
                f"{spec.label} comes first, and the network has {inputs}",
                f"say which it takes, with from: {listed(entries[:8])}",
            )
            return
        listing = len(spec.sources) > 1
        self._problem(
            "NN207",
            (*spec.path, "from", *([position] if listing else [])),
            f"{spec.label} takes {quoted(name)}, but nothing before it has that name",
            did_you_mean(name, known) or f"known here: {listed([PREVIOUS, *known[:8]], 'and')}",
        )

    def _name(self, spec: LayerSpec, edge: Edge) -> None:
        if spec.name is None:
            return
        scope = self.scopes[-1]
        if spec.name in scope or spec.name == PREVIOUS:
            self._problem(
                "NN208",
                (*spec.path, "name"),
                f"the name {quoted(spec.name)} is taken already",
                "every name stands once; choose another",
            )
        else:
            scope[spec.name] = edge


def _takers(edges: tuple[Edge, ...]) -> int:
    return len(edges[0].node.consumers) if edges[0].node else 0


def _entered(edges: tuple[Edge, ...], before: int, new: list[Node]) -> tuple[Node, ...]:
    """The nodes of a copy that take what comes in from outside."""
    if edges[0].node:
        return tuple(edges[0].node.consumers[before:])
    return tuple(node for node in new if None in node.sources)


def _decided(shape: Shape, layer: Layer) -> Shape:
    """An undecided `[a, b]` is what the first layer that cares takes it for."""
    layout = layer.reads_as()
    if shape.layout is Layout.UNDECIDED and layout and not shape.open:
        return shape._replace(layout=layout)
    return shape


def _within_rank(shape: Shape) -> Shape:
    if len(shape.dims) > MAX_RANK:
        raise Misfit(
            "NN202", f"its output would have {len(shape.dims)} axes, and torch takes {MAX_RANK}"
        )
    return shape


def _collected(tensors: Iterator[ParamTensor]) -> tuple[tuple[ParamTensor, ...], bool]:
    """The tensors as far as they are known, and whether these are all."""
    known: list[ParamTensor] = []
    try:
        known.extend(tensors)
    except (Unknown, Misfit):
        return tuple(known), False
    return tuple(known), True


def _macs(layer: Layer, shapes: tuple[Shape, ...], output: Shape) -> int | None:
    try:
        return layer.macs(shapes, output)
    except (Unknown, Misfit):
        return None

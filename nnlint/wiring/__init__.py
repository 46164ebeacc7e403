"""`ModelSpec` -> `Graph`: connects the layers, infers shapes, collects tensors.

The walk is here, from the first layer to the last. Each layer goes one way:

    values    what holds for all its copies is computed
    names     what it takes
    copies    how many there are, and which are one row; each copy goes on:
    values        its own values are computed
    rows          its row is added, under its headings
    leaf          its shape, its tensors and its MACs are filled in

What does not fit goes to `problems`. None of them knows the walk; only a part made of
layers, with its own layers in hand, comes back to it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from nnlint.finding import Use
from nnlint.graph import Edge, Graph, Output, Times, by_definition, totals
from nnlint.layers.base import Container, Wiring
from nnlint.layers.shape import UNKNOWN, Misfit, Unknown
from nnlint.scopes import Copy, Entry
from nnlint.wiring.copies import Copies, check_shared, single
from nnlint.wiring.leaf import Leaves
from nnlint.wiring.names import Names, check_block_input, takes
from nnlint.wiring.problems import NotLaidError, Problems
from nnlint.wiring.rows import Rows, stop_if_endless
from nnlint.wiring.values import Values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nnlint.finding import Path
    from nnlint.graph import Node
    from nnlint.layers.base import Block, LayerSpec
    from nnlint.spec import ModelSpec

MAX_ROWS = 200_000
MOST_DIFFERENT = 1_000
"""Copies in a row that each see something else; of a part with more copies than there may be
rows, so many tell that it never comes to rest."""


def connect(spec: ModelSpec, variant: str | None = None) -> Graph:
    """Lay a network out; whatever does not fit comes back as problems."""
    problems = Problems()
    if spec.spoilt:
        problems.lose()
    rows = Rows(MAX_ROWS, problems)
    try:
        stop_if_endless(spec.layers, spec.reader, rows)
        last, outputs = _laid(spec, rows, problems)
    except NotLaidError:
        last = Edge(UNKNOWN, None)
        outputs = {"output": Output(last, spec.loss)}
    only = next(iter(outputs.values())).edge if len(outputs) == 1 else last
    return Graph(
        spec.name,
        spec.inputs,
        tuple(rows.nodes),
        only,
        outputs,
        spec.dtype,
        totals(rows.nodes)._replace(**problems.cut_short),
        list(problems.found.values()),
        variant,
        by_definition(rows.nodes),
    )


def _laid(spec: ModelSpec, rows: Rows, problems: Problems) -> tuple[Edge, dict[str, Output]]:
    """What leaves the last layer, and what leaves the network."""
    names = Names(spec.inputs, problems)
    last = _Walk(spec, names, rows, problems).chain(spec.layers, names.entry)
    outputs = names.outputs(spec, last)
    names.tell_unused(rows.nodes)
    return last, outputs


class _Walk(Wiring):
    """The walk through a network, layer by layer and part by part."""

    def __init__(self, spec: ModelSpec, names: Names, rows: Rows, problems: Problems) -> None:
        self.reader = spec.reader
        self.names, self.rows, self.problems = names, rows, problems
        self.values = Values(spec.reader, spec.vars, problems)
        self.leaves = Leaves(names, problems, spec.reader.outcomes)
        self.container: LayerSpec | None = None
        self._of_containers: dict[tuple[Path, str | None, str], LayerSpec] = {}

    # -- layers one after the other, and copies of them

    def chain(self, layers: Sequence[LayerSpec], edge: Edge | None) -> Edge:
        """Lay the layers one after the other; the first takes `edge`."""
        for spec in layers:
            edge = self._layer(spec, edge)
        return edge or Edge(UNKNOWN, None)

    def _layer(self, spec: LayerSpec, edge: Edge | None) -> Edge:
        """Lay one layer with all its copies, and give it its name."""
        if spec.dynamic:
            spec = self.values.outer(spec, edge)
        check_shared(spec, self.problems)
        before = self.names.count()
        sources, others = self.names.sources(spec, edge), self.names.others(spec)
        entry = self._copies(spec, sources, others)
        self.names.give(spec, entry, before)
        return entry.edge

    def _copies(
        self, spec: LayerSpec, edges: tuple[Edge, ...], others: tuple[Edge, ...]
    ) -> Entry:
        """Lay out all copies of a layer; those that see the same input are one node."""
        if spec.repeat == 1:
            return single(spec, self._once(spec, (*edges, *others), 0))
        outer = self.problems.later_copy
        copies = Copies(spec, edges, self.problems)
        for laid in range(spec.repeat):
            self.problems.later_copy = outer or laid > 0
            mark = self.rows.mark()
            entry = self._once(spec, (*copies.edges, *others), laid)
            if copies.add(entry, self.rows.since(mark)):
                break
            if laid > MOST_DIFFERENT and spec.repeat > MAX_ROWS:
                self.rows.stop(spec)
        self.problems.later_copy = outer
        return copies.entry

    def _once(self, spec: LayerSpec, edges: tuple[Edge, ...], laid: int) -> Entry:
        """Lay out one copy of a layer, with the norm and the activation written on it."""
        self.rows.step(spec)
        if spec.block:
            return self._use(spec, spec.block, edges, laid)
        if spec.dynamic:
            spec = self.values.concrete(spec, edges[0], laid)
        if isinstance(spec.layer, Container):
            entry = self._contained(spec, spec.layer, edges)
        else:
            node = self._leaf(spec, edges)
            entry = Entry(edge=Edge(shape=node.output, node=node), node=node)
        if not spec.follow:
            return entry
        return entry._replace(edge=self.chain(spec.follow, entry.edge))

    def _leaf(self, spec: LayerSpec, edges: tuple[Edge, ...]) -> Node:
        """Lay out one layer."""
        node = self.rows.add(spec, edges)
        if spec.layer and takes(spec, spec.layer, len(edges), self.problems):
            self.leaves.fill(node, spec.layer, edges)
        else:
            node.excused = True
        return node

    # -- parts made of layers

    def _use(self, spec: LayerSpec, block: Block, edges: tuple[Edge, ...], laid: int) -> Entry:
        """Lay out one copy of a block."""
        check_block_input(spec, len(edges), self.problems)
        args = self.values.arguments(spec, block, edges[0], laid)
        use = Use(spec.path, laid + 1 if spec.repeat > 1 else None)
        part = spec._replace(trainable=self.values.trains(spec, edges[0]))
        with self.values.within(args), self.problems.inside(use):
            layers = self.reader.inside(block)
            return self._within(part, partial(self.chain, layers, edges[0]), scoped=True)

    def _contained(self, spec: LayerSpec, layer: Container, edges: tuple[Edge, ...]) -> Entry:
        """Lay out a layer that is made of layers."""
        if not takes(spec, layer, len(edges), self.problems):
            self.problems.lose()
            return Entry(Edge(UNKNOWN, None))
        outer, self.container = self.container, spec
        wired = partial(self._wired, spec, layer, edges)
        entry = self._within(spec, wired, scoped=spec.repeat > 1)
        self.container = outer
        return entry

    def _wired(self, spec: LayerSpec, layer: Container, edges: tuple[Edge, ...]) -> Edge:
        """What leaves a layer that is made of layers."""
        try:
            edge: Edge = layer.wire(self, *edges)
        except Misfit as misfit:
            self.problems.misfit(spec, misfit, edges)
            self.problems.lose()
            edge = Edge(misfit.output or UNKNOWN, None)
        except Unknown:
            self.problems.lose()
            edge = Edge(UNKNOWN, None)
        return edge

    def _within(self, spec: LayerSpec, lay: Callable[[], Edge], *, scoped: bool) -> Entry:
        """Lay a part under a heading of its own, and with names of its own if `scoped`."""
        if self.rows.are_too_deep(spec):
            return Entry(Edge(UNKNOWN, None))
        with self.rows.under(spec), self.names.scope(own=scoped) as names:
            edge = lay()
        return Entry(edge, None, (Copy(0, names, edge),))

    # -- what a container asks for

    def lay(self, item: Any, *edges: Any, role: str | None = None, key: str = "") -> Edge:
        """Lay a layer that the container itself brings."""
        assert self.container  # noqa: S101 - only containers ask
        return self._once(self._brought(item, self.container.place(key), role), edges, 0).edge

    def _brought(self, item: Any, place: Path, role: str | None) -> LayerSpec:
        """Such a layer; each copy of the container brings the same."""
        made = (place, role, repr(item))
        if made not in self._of_containers:
            self._of_containers[made] = self.reader.layer(item, place)._replace(role=role)
        return self._of_containers[made]

    def part(
        self,
        title: str,
        layers: Sequence[LayerSpec],
        edge: Edge,
        copies: int = 1,
        runs: int = 1,
    ) -> Edge:
        """Lay equal copies side by side under a title; so many run for one sample."""
        assert self.container  # noqa: S101 - only containers ask
        mark = self.rows.mark()
        heading = self.container._replace(type=title, name=None, role=None)
        entry = self._within(heading, partial(self.chain, layers, edge), scoped=True)
        self.rows.since(mark).multiply(Times(copies, copies, runs, runs))
        return entry.edge

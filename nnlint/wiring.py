"""`ModelSpec` -> `Graph`: connects the layers, infers shapes, collects tensors."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from nnlint.expression import (
    Faulty,
    evaluated,
    faulty,
    holds_expression,
    unknown,
)
from nnlint.finding import Problem, Use
from nnlint.graph import Edge, Graph, Group, Node, Output, Times, totals
from nnlint.layers.attribute import NONE
from nnlint.layers.base import COMMON, SEVERAL, Container, LayerSpec, ParamTensor, Wiring
from nnlint.layers.shape import UNKNOWN, Layout, Misfit, Shape, Unknown
from nnlint.scopes import PREVIOUS, Copy, Entry, Nowhere, Scopes
from nnlint.spec import MISSING, OUTER, named
from nnlint.teaching import fitting_input, way
from nnlint.wording import grouped, listed, plural, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from nnlint.finding import Path
    from nnlint.layers.base import Layer
    from nnlint.spec import ModelSpec

MAX_ROWS = 200_000
MAX_NESTING = 60
"""Parts within parts, through blocks; Python's own stack is not endless."""
ABOUT_SHAPES = ("NN201", "NN202", "NN203", "NN204", "NN211", "NN212")
"""Findings that the way of the shape explains."""
TIE_HELP = "give the layer that owns the weight a name: name: table"
MOST_ADVICE = 5
MAX_RANK = 64
"""torch refuses to compute with more axes."""


class _TooManyRows(Exception):  # noqa: N818
    """The network has more distinct rows than anyone can read."""


def connect(spec: ModelSpec, variant: str | None = None) -> Graph:
    """Lay a network out; whatever does not fit comes back as problems."""
    network = _Network(spec)
    try:
        network.stop_if_endless(spec.layers)
        last = network.chain(spec.layers, network.entry)
        outputs = network.outputs(spec, last)
        network.say_what_is_unused()
    except _TooManyRows:
        last = Edge(UNKNOWN, None)
        outputs = {"output": Output(last, spec.loss)}
    only = next(iter(outputs.values())).edge if len(outputs) == 1 else last
    return Graph(
        spec.name,
        spec.inputs,
        tuple(network.nodes),
        only,
        outputs,
        spec.dtype,
        totals(network.nodes)._replace(**network.cut_short),
        list(network.problems.values()),
        variant,
    )


class _Network(Wiring):
    """The network while it is laid out."""

    def __init__(self, spec: ModelSpec) -> None:
        self.reader = spec.reader
        self.nodes: list[Node] = []
        self.groups: list[Group] = []
        self.problems: dict[tuple[str, Path], Problem] = {}
        self.group: Group | None = None
        inputs = {name: Edge(shape, None, name) for name, shape in spec.inputs.items()}
        self.scopes = Scopes(inputs)
        self.values: list[Mapping[str, Any]] = [spec.vars]
        self.uses: list[Use] = []
        self.made: dict[Any, LayerSpec] = {}
        self.steps = 0
        self.advised = 0
        self.depth = 0
        self.container: LayerSpec | None = None
        self.later_copy = False
        self.cut_short: dict[str, bool] = {}
        if spec.spoilt:
            self._lose()
        self.sizes: dict[str, int] = {}
        self.blind = all(shape.open for shape in spec.inputs.values())
        self.entry: Edge | None = next(iter(inputs.values())) if len(inputs) == 1 else None
        self.inputs = list(inputs)

    def stop_if_endless(self, layers: Sequence[LayerSpec]) -> int:
        """How many rows and parts these layers are at least; each is laid once or more.

        Blocks that use each other twice double with each step, and nobody waits for 2^40.
        """
        size = 0
        for spec in layers:
            size += 1 + self._least(spec)
            if size > MAX_ROWS:
                self._stop(spec)
        return size

    def _least(self, spec: LayerSpec) -> int:
        if spec.block is None:
            inner = (value for value in spec.written.values() if isinstance(value, tuple))
            return sum(self._least_inside(value) for value in inner)
        if spec.block.name not in self.sizes:
            self.sizes[spec.block.name] = 0  # a ring of them is refused, and laid no further
            self.depth += 1
            inside = self.reader.inside(spec.block) if self.depth < MAX_NESTING else ()
            self.sizes[spec.block.name] = self.stop_if_endless(inside)
            self.depth -= 1
        return self.sizes[spec.block.name]

    def _least_inside(self, value: tuple[Any, ...]) -> int:
        """The same for what a key holds: layers, lists of layers, or a plain list."""
        layers = [one for one in value if isinstance(one, LayerSpec)]
        branches = [one for one in value if isinstance(one, tuple)]
        return self.stop_if_endless(layers) + sum(map(self.stop_if_endless, branches))

    # -- layers one after the other, and copies of them

    def chain(self, layers: Sequence[LayerSpec], edge: Edge | None) -> Edge:
        """Lay the layers one after the other; the first takes `edge`."""
        for spec in layers:
            edge = self._layer(spec, edge)
        return edge or Edge(UNKNOWN, None)

    def _layer(self, spec: LayerSpec, edge: Edge | None) -> Edge:
        """Lay one layer with all its copies, and give it its name."""
        if spec.dynamic:
            spec = self._outer(spec, edge)
        if spec.shared and "repeat" not in spec.written:
            self._problem(
                "NN205",
                spec.place("shared"),
                f"{spec.label}: shared: true lets the copies of repeat share their parameters, "
                "and it stands once",
                "write repeat: n beside it; two layers share a weight with tie: name",
            )
        before = len(self.scopes.stack[-1])
        sources = spec.sources or (PREVIOUS,)
        edges = tuple(self._source(spec, name, n, edge) for n, name in enumerate(sources))
        others = tuple(self._other(spec, name, n) for n, name in enumerate(spec.others))
        entry = self._copies(spec, edges, others)
        self._name(spec, entry, before)
        return entry.edge

    def _copies(
        self, spec: LayerSpec, edges: tuple[Edge, ...], others: tuple[Edge, ...]
    ) -> Entry:
        """Lay out all copies of a layer; those that see the same input are one node."""
        outer, copies, begin = self.later_copy, [], len(self.nodes)
        entry = Entry(Edge(UNKNOWN, None))
        for laid in range(spec.repeat):
            self.later_copy = outer or laid > 0
            nodes, groups = len(self.nodes), len(self.groups)
            chained = _chained(spec, edges)
            takers = _takers(edges[chained[0]])
            entry = self._once(spec, (*edges, *others), laid)
            copies.append(Copy(laid, entry.copies[0].names if entry.copies else {}, entry.edge))
            if spec.shared and laid:
                self._share(spec, self.nodes[begin:nodes], self.nodes[nodes:])
            differs = laid == 0 and spec.repeat > 1 and bool(spec.written.get("first"))
            arrived, out = edges, entry.edge
            edges = tuple(out if n in chained else edge for n, edge in enumerate(edges))
            if not differs and all(arrived[n].shape == out.shape for n in chained):
                left = spec.repeat - laid
                self._fold(spec, left, laid, self.nodes[nodes:], self.groups[groups:])
                before = arrived[chained[0]]
                if left > 1 and out.node and out.node is not before.node:
                    out.node.loops.append(_entered(before, takers, self.nodes[nodes:]))
                break
        self.later_copy = outer
        inside = tuple(copies) if entry.copies or spec.repeat > 1 else ()
        refused = spec.kind is None and spec.block is None
        return Entry(entry.edge, entry.node, inside, spec.repeat, refused)

    def _fold(
        self, spec: LayerSpec, left: int, laid: int, nodes: list[Node], groups: list[Group]
    ) -> None:
        """Let these nodes stand for all copies that are left."""
        times = Times(left, left, left, left)
        if spec.shared:
            own = 0 if laid else 1
            times = Times(left, own, left, own)
        _multiply(nodes, groups, times)

    def _share(self, spec: LayerSpec, first: list[Node], later: list[Node]) -> None:
        """Let the nodes of a later copy share the parameters of the first one's."""
        owners = first[: len(later)]
        for owner, node in zip(owners, later, strict=False):
            same = [one.shape for one in owner.tensors] == [one.shape for one in node.tensors]
            if owner.complete and node.complete and not same:
                self._problem(
                    "NN213",
                    spec.place("shared"),
                    f"the copies of {spec.label} share their parameters, but {node.spec.label} "
                    f"holds {_tensors(owner)} in the first and {_tensors(node)} in another",
                    "copies can share what has the same shape in all of them",
                )
            node.times = node.times.times(Times(owned=0, active=0))

    def _once(self, spec: LayerSpec, edges: tuple[Edge, ...], laid: int) -> Entry:
        """Lay out one copy of a layer, with the norm and the activation written on it."""
        self.steps += 1
        if self.steps > MAX_ROWS:
            self._stop(spec)
        if spec.block:
            return self._use(spec, edges, laid)
        if spec.dynamic:
            spec = self._concrete(spec, edges, laid)
        if isinstance(spec.layer, Container):
            entry = self._contained(spec, spec.layer, edges)
        else:
            node = self._leaf(spec, edges)
            entry = Entry(Edge(node.output, node), node)
        return (
            entry._replace(edge=self.chain(spec.follow, entry.edge)) if spec.follow else entry
        )

    # -- parts made of layers

    def _use(self, spec: LayerSpec, edges: tuple[Edge, ...], laid: int) -> Entry:
        """Lay out one copy of a block."""
        assert spec.block  # noqa: S101 - asked by the caller
        if len(edges) != 1:
            message = f"{spec.label} takes 1 input, but gets {len(edges)}"
            hint = "inside it, a layer takes others by their names"
            self._problem("NN206", spec.path, message, hint)
            self._lose()
        args = self._arguments(spec, edges, laid)
        self.values.append({**self.values[0], **args})
        self.uses.append(Use(spec.path, laid + 1 if spec.repeat > 1 else None))
        frozen = self._value(spec, "trainable", spec.trainable, edges)
        inside = spec._replace(trainable=frozen is not False)
        layers = self.reader.inside(spec.block)
        entry = self._within(inside, lambda: self.chain(layers, edges[0]), scoped=True)
        self.uses.pop()
        self.values.pop()
        return entry

    def _contained(self, spec: LayerSpec, layer: Container, edges: tuple[Edge, ...]) -> Entry:
        """Lay out a layer that is made of layers."""
        if not self._check_inputs(spec, layer, edges):
            self._lose()
            return Entry(Edge(UNKNOWN, None))
        outer, self.container = self.container, spec

        def inside() -> Edge:
            try:
                edge: Edge = layer.wire(self, *edges)
            except Misfit as misfit:
                self._report(spec, misfit, edges)
                self._lose()
                edge = Edge(misfit.output or UNKNOWN, None)
            except Unknown:
                self._lose()
                edge = Edge(UNKNOWN, None)
            return edge

        entry = self._within(spec, inside, scoped=spec.repeat > 1)
        self.container = outer
        return entry

    def _within(self, spec: LayerSpec, lay: Callable[[], Edge], *, scoped: bool) -> Entry:
        """Lay a part under a heading of its own, and with names of its own if `scoped`."""
        if self.depth >= MAX_NESTING:
            self._too_deep(spec)
            self._lose()
            return Entry(Edge(UNKNOWN, None))
        self.group = Group(spec, self.group)
        self.groups.append(self.group)
        self.depth += 1
        if scoped:
            self.scopes.stack.append({})
        edge = lay()
        names = self.scopes.stack.pop() if scoped else {}
        self.depth -= 1
        self.group = self.group.parent
        return Entry(edge, None, (Copy(0, names, edge),))

    def lay(self, item: Any, *edges: Any, role: str | None = None, key: str = "") -> Edge:
        """Lay a layer that the container itself brings."""
        assert self.container  # noqa: S101 - only containers ask
        spec = self.reader.layer(item, self.container.place(key))._replace(role=role)
        return self._once(spec, edges, 0).edge

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
        nodes, groups = len(self.nodes), len(self.groups)
        part = self.container._replace(type=title, name=None, role=None)
        entry = self._within(part, lambda: self.chain(layers, edge), scoped=True)
        times = Times(copies, copies, runs, runs)
        _multiply(self.nodes[nodes:], self.groups[groups:], times)
        return entry.edge

    # -- values that are computed

    def _lookup(
        self, edge: Edge | None, kind: type[Layer] | None = None
    ) -> Callable[[str], Any]:
        """What a `$name` is, where that edge reaches a layer of that kind."""

        def lookup(name: str) -> Any:
            values = self.values[-1]
            if name == "in":
                return _arriving(edge, kind)
            if name not in values:
                raise unknown(name, values)
            if values[name] is MISSING:
                raise Unknown
            return values[name]

        return lookup

    def _outer(self, spec: LayerSpec, edge: Edge | None) -> LayerSpec:
        """The layer with what holds for all its copies."""
        values = {
            key: self._value(spec, key, value, (edge,))
            for key, value in spec.written.items()
            if key in OUTER and key != "first"
        }
        known = {key: value for key, value in values.items() if value is not MISSING}
        if len(known) < len(values):
            self._lose()
        return self.reader.outer(spec, {**spec.written, **known})

    def _concrete(self, spec: LayerSpec, edges: tuple[Edge, ...], laid: int) -> LayerSpec:
        """The layer with every value computed; without a `layer` where one can't be."""
        first = spec.written.get("first") if laid == 0 else None
        if isinstance(first, dict) and first:
            places = {key: (*spec.path, "first", key) for key in first}
            spec = spec._replace(
                written={**spec.written, **first}, elsewhere={**spec.elsewhere, **places}
            )
        values = {
            key: self._value(spec, key, value, edges)
            for key, value in spec.written.items()
            if key not in OUTER
        }
        if any(value is MISSING for value in values.values()):
            return spec._replace(layer=None, block=None)
        key = (spec.path, bool(first), repr([v for v in values.values() if _is_plain(v)]))
        if key not in self.made:
            self.made[key] = self.reader.finished(spec, values)
        return self.made[key]

    def _arguments(self, spec: LayerSpec, edges: tuple[Edge, ...], laid: int) -> dict[str, Any]:
        """The arguments of one copy of a block: evaluated outside, defaults inside."""
        assert spec.block  # noqa: S101 - asked by the caller
        first = spec.written.get("first") if laid == 0 else None
        given = {**spec.written, **(first if isinstance(first, dict) else {})}
        args: dict[str, Any] = {}
        for key in spec.block.args:
            if key in given:
                in_first = isinstance(first, dict) and key in first
                place = (*spec.path, *(("first",) if in_first else ()), key)
                args[key] = self._computed(given[key], self._lookup(edges[0]), place)
        for key, default in spec.block.args.items():
            if key not in args:
                self.values.append({**self.values[0], **args})
                place = ("blocks", spec.block.name, "args", key)
                args[key] = self._computed(default, self._lookup(edges[0]), place)
                self.values.pop()
        return args

    def _computed(self, value: Any, lookup: Callable[[str], Any], place: Path) -> Any:
        """The value; `MISSING` where it can't be computed."""
        if not holds_expression(value):
            return value
        try:
            return evaluated(value, lookup)
        except Unknown:
            return MISSING
        except Faulty as fault:
            self._add(faulty(fault, place))
            return MISSING

    def _value(
        self, spec: LayerSpec, key: str, value: Any, edges: Sequence[Edge | None]
    ) -> Any:
        """The value of a layer's key, computed and checked; `MISSING` where it is wrong."""
        if not _is_plain(value) or not holds_expression(value):
            return value
        computed = self._computed(value, self._lookup(edges[0], spec.kind), spec.place(key))
        if computed is MISSING:
            return MISSING
        problems = list(self._checked(spec, key, computed))
        for problem in problems:
            place = (*spec.place(key), *problem.path[1:])
            self._add(named(problem, {key: value}, {key: computed})._replace(path=place))
        return MISSING if problems else computed

    def _checked(self, spec: LayerSpec, key: str, value: Any) -> Iterator[Problem]:
        """What is wrong with a computed value."""
        from nnlint.schema import check_layer, check_value  # noqa: PLC0415 - owns jsonschema

        kind = (spec.kind.keys() if spec.kind else COMMON)[key].kind
        role = kind.get("role")
        if role is None:
            yield from check_value(key, kind, value, ())
        elif value not in (None, NONE):
            yield from check_layer(value, (key,), role, key)

    # -- single layers

    def _leaf(self, spec: LayerSpec, edges: tuple[Edge, ...]) -> Node:
        """Lay out one layer."""
        node = Node(spec, self.group, edges)
        self.nodes.append(node)
        for source in {id(edge.node): edge.node for edge in edges}.values():
            if source:
                source.consumers.append(node)
        if spec.layer and self._check_inputs(spec, spec.layer, edges):
            self._fill(node, spec.layer, edges)
        else:
            node.excused = True
        return node

    def _fill(self, node: Node, layer: Layer, arrived: tuple[Edge, ...]) -> None:
        """Shapes, tensors and MACs of a node, as far as they can be known."""
        shapes = node.inputs = tuple(_decided(shape, layer) for shape in node.inputs)
        try:
            node.output = _within_rank(layer.infer(*shapes))
            if layer.looks_up:
                _need_indices(node.sources[0], node.output)
        except Misfit as misfit:
            if misfit.code == "NN212":
                misfit.help = self._fitting_input(arrived, layer) or misfit.help
            self._report(node.spec, misfit, arrived)
            node.output, node.excused = misfit.output or UNKNOWN, True
            return
        except Unknown:
            pass
        node.tensors, node.complete = _collected(layer.parameters(*shapes))
        node.buffers, stored = _collected(layer.buffers(*shapes))
        node.complete = node.complete and stored
        node.macs = _macs(layer, shapes, node.output)
        node.excused = any(shape.open for shape in shapes) and not layer.is_unstated
        if not (node.complete or node.excused):
            self._problem(
                "NN214",
                node.path,
                f"the parameters of {node.spec.label} are unknown: the totals are at least "
                "what is known",
                "state them: parameters: {weight: [64, 3, 3, 3]}, or {} for none",
            )
        if node.spec.tie:
            self._tie(node, node.spec.tie)

    def _tie(self, node: Node, name: str) -> None:
        """Let a layer share the weight of another."""
        place = node.spec.place("tie")
        try:
            owner = self.scopes.find(name).node
        except Nowhere as nowhere:
            message = nowhere.message.replace("takes", "is tied to", 1)
            remedy = nowhere.remedy() if nowhere.hint or nowhere.known else TIE_HELP
            self._problem("NN207", place, f"{node.spec.label} {message}", remedy)
            node.complete, node.excused = False, True
            return
        weight = _weight(node)
        shared = _weight(owner) if owner else None
        if owner is None or (owner.complete and shared is None):
            self._problem(
                "NN213",
                place,
                f"{node.spec.label} is tied to {quoted(name)}, which has no weight",
                "tie a layer to one layer that has a weight",
            )
        elif weight and shared and weight.shape != shared.shape:
            self._problem(
                "NN213",
                place,
                f"{node.spec.label} has a weight {list(weight.shape)}, but the weight of "
                f"{quoted(name)} is {list(shared.shape)}",
                "tied weights have the same shape",
            )
        elif weight:
            node.tensors = tuple(one for one in node.tensors if one is not weight)
            node.tied = (weight, owner.tied[1] if owner.tied else owner)

    def _check_inputs(self, spec: LayerSpec, layer: Layer, edges: tuple[Edge, ...]) -> bool:
        if len(edges) in layer.inputs:
            return True
        least, most = layer.inputs[0], layer.inputs[-1]
        needed = plural(least, "input") if least == most else f"{least} to {most} inputs"
        if most >= SEVERAL[-1]:
            needed = f"{least} or more inputs"
        names = ", ".join(f"name{n + 1}" for n in range(least))
        remedy = f"name them: from: [{names}]" if least > 1 else "name one of them"
        if layer.merges:
            remedy = "name what it joins with what came before, with: name"
        message = f"{spec.label} takes {needed}, but gets {len(edges)}"
        self._problem("NN206", spec.path, message, remedy)
        return False

    # -- names

    def _source(self, spec: LayerSpec, name: str, position: int, previous: Edge | None) -> Edge:
        """An edge that a layer names in `from`, or what came before."""
        if name != PREVIOUS:
            several = isinstance(spec.written.get("from"), list)
            return self._named(spec, name, "from", position if several else None)
        if previous is None and not self.blind:
            inputs = plural(len(self.inputs), "input")
            self._problem(
                "NN206",
                spec.path,
                f"{spec.label} comes first, and the network has {inputs}",
                f"say which it takes, with from: {listed(self.inputs[:8])}",
            )
        return previous or Edge(UNKNOWN, None)

    def _other(self, spec: LayerSpec, name: str, position: int) -> Edge:
        """An edge that a layer names in `with` or `like`."""
        key = "like" if "like" in spec.written else "with"
        several = isinstance(spec.written.get(key), list)
        return self._named(spec, name, key, position if several else None)

    def _named(self, spec: LayerSpec, name: str, key: str, position: int | None) -> Edge:
        try:
            return self.scopes.find(name).edge
        except Nowhere as nowhere:
            if not self.blind:  # else the inputs were refused, and it may mean one of them
                path = spec.place(key) if position is None else (*spec.place(key), position)
                message = f"{spec.label} {nowhere.message}"
                self._problem("NN207", path, message, nowhere.remedy(PREVIOUS))
            return Edge(UNKNOWN, None)

    def _name(self, spec: LayerSpec, entry: Entry, before: int) -> None:
        """Give a layer its name, and with it the names that came to stand inside it."""
        if spec.name is None:
            return
        scope = self.scopes.stack[-1]
        if spec.name in scope or spec.name == PREVIOUS:
            self._problem(
                "NN208",
                (*spec.path, "name"),
                f"the name {quoted(spec.name)} is taken already",
                "every name stands once; choose another",
            )
            return
        if entry.copies and spec.block is None and spec.repeat == 1:
            inner = dict(islice(scope.items(), before, None))
            entry = entry._replace(copies=(entry.copies[0]._replace(names=inner),))
        scope[spec.name] = entry

    def outputs(self, spec: ModelSpec, last: Edge) -> dict[str, Output]:
        """What leaves the network: what `outputs` names, else the last layer."""
        found = {}
        for name, (source, loss, path) in spec.outputs.items():
            try:
                found[name] = Output(self.scopes.find(source).edge, loss or spec.loss)
            except Nowhere as nowhere:
                message = nowhere.message.replace("nothing before it", "nothing", 1)
                self._problem("NN207", path, f"an output {message}", nowhere.remedy())
                found[name] = Output(Edge(UNKNOWN, None), None)
                self.cut_short["excused"] = True
        return found or {"output": Output(last, spec.loss)}

    def say_what_is_unused(self) -> None:
        """Inputs that no layer takes."""
        taken = {entry for node in self.nodes for entry in node.entries}
        if any(code in ("NN206", "NN207") for code, _ in self.problems):
            return  # whoever does not find its input may have meant this one
        for name in self.inputs if len(self.inputs) > 1 else ():
            known = not self.scopes.stack[0][name].edge.shape.open
            if name not in taken and known and not self.cut_short:
                words = f"no layer takes the input {quoted(name)}"
                self._problem(
                    "NN956", ("inputs", name), words, f"take it with from: {name}, or remove it"
                )

    # -- problems

    def _fitting_input(self, edges: tuple[Edge, ...], merge: Layer) -> str | None:
        """Which input would fit; looked for a few times, for it takes its time."""
        self.advised += 1
        return fitting_input(edges, merge) if self.advised <= MOST_ADVICE else None

    def _lose(self) -> None:
        """A part is missing for a reason that is reported: the sums are lower bounds."""
        self.cut_short = {"complete": False, "macs_complete": False, "excused": True}

    def _report(self, spec: LayerSpec, misfit: Misfit, edges: tuple[Edge, ...]) -> None:
        written = misfit.key and (misfit.key in spec.given or misfit.key in spec.elsewhere)
        path = spec.place(misfit.key) if misfit.key and written else spec.path
        message, remedy = f"{spec.label}: {misfit.message}", misfit.help
        if self.later_copy and misfit.code == "NN201":
            message = f"{message} in a later copy"
            remedy = f"each copy takes what the one before gives: leave {misfit.key} out"
        note = way(edges) if misfit.code in ABOUT_SHAPES else None
        self._add(Problem(misfit.code, path, message, remedy, note=note))

    def _problem(self, code: str, path: Path, message: str, remedy: str | None = None) -> None:
        self._add(Problem(code, path, message, remedy))

    def _add(self, problem: Problem) -> None:
        """Note a problem; what several copies of a part have in common is one."""
        inside = problem.path[:1] == ("blocks",)
        uses = tuple(self.uses) if inside else ()
        self.problems.setdefault((problem.code, problem.path), problem._replace(uses=uses))

    def _too_deep(self, spec: LayerSpec) -> None:
        self._problem(
            "NN210",
            spec.path,
            f"{spec.label} lies more than {MAX_NESTING} parts deep",
            "write fewer parts within parts",
        )

    def _stop(self, spec: LayerSpec) -> None:
        self._problem(
            "NN209",
            spec.path,
            f"the network has more than {grouped(MAX_ROWS)} different rows and parts",
            "a repeated part that gives what it takes is one row, however often it stands",
        )
        self._lose()
        raise _TooManyRows


def _multiply(nodes: list[Node], groups: list[Group], times: Times) -> None:
    """Let these parts stand for so many copies of themselves."""
    if times.copies == times.owned == times.runs == times.active == 1:
        return
    for node in nodes:
        node.times = node.times.times(times)
    for group in groups:
        group.times = group.times.times(times)


def _is_plain(value: Any) -> bool:
    """Whether it is a value, and not layers that were read already."""
    return not (isinstance(value, tuple) and value and not isinstance(value[0], int | str))


def _chained(spec: LayerSpec, edges: tuple[Edge, ...]) -> list[int]:
    """Which of its inputs a later copy takes from the copy before it."""
    sources = spec.sources or (PREVIOUS,)
    return [n for n in range(len(edges)) if sources[n] == PREVIOUS] or [0]


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


def _weight(node: Node) -> ParamTensor | None:
    """Its tensor `weight`, its own or one that it shares."""
    return node.tied[0] if node.tied else node.weight


def _tensors(node: Node) -> str:
    return listed((f"{one.name} {list(one.shape)}" for one in node.tensors), "and") or "nothing"


def _takers(edge: Edge) -> int:
    return len(edge.node.consumers) if edge.node else 0


def _entered(edge: Edge, before: int, new: list[Node]) -> tuple[Node, ...]:
    """The nodes of a copy that take what comes in from outside."""
    if edge.node:
        return tuple(edge.node.consumers[before:])
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


def _need_indices(source: Node | None, output: Shape) -> None:
    """Refuse numbers that a layer computed, where indices are looked up.

    Raises:
        Misfit: such a layer stands on the way.
    """
    node = source
    while node and node.layer and node.output.layout is not Layout.TOKENS:
        if node.layer.is_linear_map or node.layer.is_embedding:
            raise Misfit(
                "NN202",
                f"it looks up indices, but {node.output} numbers arrive that "
                f"{node.spec.label} computed",
                "take the indices themselves, with from: and the name of an input",
                output=output,
            )
        node = node.sources[0] if node.sources else None


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

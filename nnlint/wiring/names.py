"""The names of a network while it is laid out: who takes what from whom, and what leaves it."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from nnlint.graph import Edge, Output
from nnlint.layers.base import SEVERAL
from nnlint.layers.shape import UNKNOWN
from nnlint.scopes import PREVIOUS, Nowhere, Scopes
from nnlint.spec import ONLY_PREVIOUS
from nnlint.wording import listed, plural, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from nnlint.graph import Node
    from nnlint.layers.base import Layer, LayerSpec
    from nnlint.layers.shape import Shape
    from nnlint.scopes import Entry
    from nnlint.spec import ModelSpec
    from nnlint.wiring.problems import Problems


class Names:
    """What the names stand for where a layer is laid, beginning with the network's inputs.

    Attributes:
        entry: what the first layer takes; None where there are several inputs.
    """

    def __init__(self, inputs: Mapping[str, Shape], problems: Problems) -> None:
        edges = {name: Edge(shape, None, name) for name, shape in inputs.items()}
        self.problems = problems
        self.entry: Edge | None = next(iter(edges.values())) if len(edges) == 1 else None
        self._inputs = edges
        self._blind = all(shape.open for shape in inputs.values())
        self._scopes = Scopes(edges)

    def find(self, name: str) -> Entry:
        """What a name stands for.

        Raises:
            Nowhere: nothing has that name.
        """
        return self._scopes.find(name)

    @contextmanager
    def scope(self, *, own: bool) -> Iterator[Mapping[str, Entry]]:
        """The names that are given meanwhile, if the part has names of its `own`."""
        names: dict[str, Entry] = {}
        if own:
            self._scopes.stack.append(names)
        yield names
        if own:
            self._scopes.stack.pop()

    def count(self) -> int:
        """How many names this part of the network has so far."""
        return len(self._scopes.stack[-1])

    def give(self, spec: LayerSpec, entry: Entry, before: int) -> None:
        """Give a layer its name, and with it the names that came to stand inside it.

        Args:
            spec: the layer.
            entry: what its name stands for.
            before: the names that there were before it was laid.
        """
        if spec.name is None:
            return
        scope = self._scopes.stack[-1]
        if spec.name in scope or spec.name == PREVIOUS:
            self.problems.tell(
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

    def sources(self, spec: LayerSpec, previous: Edge | None) -> tuple[Edge, ...]:
        """The edges that a layer names in `from`, or what came before."""
        names = spec.sources or ONLY_PREVIOUS
        if previous and names == ONLY_PREVIOUS:
            return (previous,)
        return tuple(self._source(spec, name, n, previous) for n, name in enumerate(names))

    def others(self, spec: LayerSpec) -> tuple[Edge, ...]:
        """The edges that a layer names in `with` or `like`."""
        if not spec.others:
            return ()
        key = "like" if "like" in spec.written else "with"
        return tuple(self._named(spec, name, key, n) for n, name in enumerate(spec.others))

    def _source(self, spec: LayerSpec, name: str, position: int, previous: Edge | None) -> Edge:
        if name != PREVIOUS:
            return self._named(spec, name, "from", position)
        if previous is None and not self._blind:
            inputs = list(self._inputs)
            self.problems.tell(
                "NN206",
                spec.path,
                f"{spec.label} comes first, and the network has {plural(len(inputs), 'input')}",
                f"say which it takes, with from: {listed(inputs[:8])}",
            )
        return previous or Edge(UNKNOWN, None)

    def _named(self, spec: LayerSpec, name: str, key: str, position: int) -> Edge:
        try:
            return self.find(name).edge
        except Nowhere as nowhere:
            if not self._blind:  # else the inputs were refused, and it may mean one of them
                several = isinstance(spec.written.get(key), list)
                path = (*spec.place(key), position) if several else spec.place(key)
                message = f"{spec.label} {nowhere.message}"
                self.problems.tell("NN207", path, message, nowhere.remedy(PREVIOUS))
            return Edge(UNKNOWN, None)

    def outputs(self, spec: ModelSpec, last: Edge) -> dict[str, Output]:
        """What leaves the network: what `outputs` names, else the last layer."""
        found = {}
        for name, (source, loss, path) in spec.outputs.items():
            try:
                found[name] = Output(self.find(source).edge, loss or spec.loss)
            except Nowhere as nowhere:
                message = nowhere.message.replace("nothing before it", "nothing", 1)
                self.problems.tell("NN207", path, f"an output {message}", nowhere.remedy())
                found[name] = Output(Edge(UNKNOWN, None), None)
                self.problems.excuse()
        return found or {"output": Output(last, spec.loss)}

    def tell_unused(self, nodes: Iterable[Node]) -> None:
        """Tell which inputs no layer takes."""
        taken = {entry for node in nodes for entry in node.entries}
        if any(code in ("NN206", "NN207") for code, _ in self.problems.found):
            return  # whoever does not find its input may have meant this one
        for name in self._inputs if len(self._inputs) > 1 else ():
            known = not self._scopes.stack[0][name].edge.shape.open
            if name not in taken and known and not self.problems.cut_short:
                words = f"no layer takes the input {quoted(name)}"
                remedy = f"take it with from: {name}, or remove it"
                self.problems.tell("NN956", ("inputs", name), words, remedy)


def takes(spec: LayerSpec, layer: Layer, arriving: int, problems: Problems) -> bool:
    """Whether a layer takes so many inputs; if not, it is told."""
    if arriving in layer.inputs:
        return True
    least, most = layer.inputs[0], layer.inputs[-1]
    needed = plural(least, "input") if least == most else f"{least} to {most} inputs"
    if most >= SEVERAL[-1]:
        needed = f"{least} or more inputs"
    names = ", ".join(f"name{n + 1}" for n in range(least))
    remedy = f"name them: from: [{names}]" if least > 1 else "name one of them"
    if layer.merges:
        remedy = "name what it joins with what came before, with: name"
    message = f"{spec.label} takes {needed}, but gets {arriving}"
    problems.tell("NN206", spec.path, message, remedy)
    return False


def check_block_input(spec: LayerSpec, arriving: int, problems: Problems) -> None:
    """Tell where not one input reaches a block; what it makes of several is not known."""
    if arriving != 1:
        message = f"{spec.label} takes 1 input, but gets {arriving}"
        hint = "inside it, a layer takes others by their names"
        problems.tell("NN206", spec.path, message, hint)
        problems.lose()

"""What to do about a broken budget: who weighs most, and the one number that would fit."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING

from nnlint.budget.limit import measured, with_unit
from nnlint.expression import is_expression
from nnlint.quantity import DTYPE_BITS, percent, size_in_bytes
from nnlint.record import Record
from nnlint.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from nnlint.budget.limit import Limit
    from nnlint.budget.metrics import Used
    from nnlint.budget.trials import Trials
    from nnlint.finding import Path
    from nnlint.graph import Graph, Node

HEAVIEST = 3
"""Layers that are named."""
MOST_LAYERS = 1_000
"""Networks of more rows are not laid out again and again."""
NEAREST = 10
"""Steps back from a heavy layer to one whose width makes it so."""
MOST_STEPS, LARGEST_STEP = 8, 1024
"""So many of the values that divide a width are tried, up to so many heads or groups."""
MOST_STEPS_DOWN = 16
"""Widths that are tried below the largest one that would fit, for one that heads divide."""
SMALLER = ("float16", "int8", "int4")
"""Dtypes that are spoken of where a size does not fit."""


def over(limit: Limit, graph: Graph, trials: Trials | None) -> str | None:
    """The layers that weigh most, and what would fit."""
    heavy = _heaviest(limit, graph)
    if not heavy:
        return None
    # of a single layer nobody needs to be told that it is the heaviest
    alone = limit.what.part is not None and len(heavy) == 1
    weights = ", ".join(_weight(one, limit, graph) for one in heavy)
    said = [] if alone else [f"heaviest: {weights}"]
    if trials and len(graph.nodes) <= MOST_LAYERS:
        said += _fitting(limit, graph, [one.node for one in heavy if one.node], trials)
    said += [f"dtype: {dtype} fits" for dtype in _dtypes(limit, graph)][:1]
    return "; ".join(said) or None


class Heavy(Record):
    """A layer, with all that is written at its place; or an input, which has none."""

    called: str
    weight: int
    node: Node | None = None


def _heaviest(limit: Limit, graph: Graph) -> list[Heavy]:
    at_peak = limit.ceiling.kind.at_peak and limit.what.nodes is None
    every = _held(graph) if at_peak else _weighed(limit, graph)
    return sorted((one for one in every if one.weight), key=lambda one: -one.weight)[:HEAVIEST]


def _weighed(limit: Limit, graph: Graph) -> Iterable[Heavy]:
    """The layers, each with all that is written at its place, or with its heaviest copy."""
    kind, found = limit.ceiling.kind, _Together(graph)
    for node in graph.nodes if limit.what.nodes is None else limit.what.nodes:
        found.add(node, kind.weigh(node), sum if kind.adds_up else max)
    return found.layers.values()


def _held(graph: Graph) -> Iterator[Heavy]:
    """What is in memory at the peak: layers' outputs, and what the network is given."""
    from nnlint.activations import held_at_peak  # noqa: PLC0415 - few budgets ask for it

    found = _Together(graph)
    for holder, elements in held_at_peak(graph):
        if isinstance(holder, str):
            called = f"input {quoted(holder)}" if len(graph.inputs) > 1 else "the input"
            yield Heavy(called, elements)
        else:
            found.add(holder, elements, sum)
    yield from found.layers.values()


class _Together:
    """Layers by the place at which they are written."""

    def __init__(self, graph: Graph) -> None:
        self.numbers = {id(node): number for number, node in enumerate(graph.nodes, 1)}
        self.layers: dict[object, Heavy] = {}

    def add(self, node: Node, weight: int, joined: Callable[[list[int]], int]) -> None:
        """Count a layer in."""
        place = (node.address, node.path)
        named = node.address + ("" if node.spec.name else f" #{self.numbers[id(node)]}")
        known = self.layers.setdefault(place, Heavy(named, 0, node))
        self.layers[place] = known._replace(weight=joined([known.weight, weight]))


def _weight(one: Heavy, limit: Limit, graph: Graph) -> str:
    """`logits 170 (1.3 %)`: its weight in the metric's unit, and its share of the whole."""
    weight, metric = one.weight, limit.ceiling.kind
    if metric.unit == "bytes":
        weight = size_in_bytes(weight, limit.ceiling.dtype or graph.dtype)
    unit = "count" if metric.unit == "share" else metric.unit
    whole = graph.totals.params if metric.unit == "share" else limit.used
    share = f" ({percent(Fraction(weight) / whole)})" if whole and weight <= whole else ""
    return f"{one.called} {with_unit(weight, unit)}{share}"


def _fitting(
    limit: Limit, graph: Graph, heavy: Sequence[Node], trials: Trials
) -> Iterator[str]:
    """The number that alone makes it fit, nearest to what is written, if there is one."""
    trial = _Trial(limit, graph, trials)
    numbers = _numbers(graph, heavy, trials)
    tried = [(one, trial.largest(one)) for one in numbers if not trials.is_over]
    fitting = [(one, value) for one, value in tried if value]
    if fitting:
        number, value = max(fitting, key=lambda pair: Fraction(pair[1], pair[0].value))
        yield f"{number.path[-1]}: {value} fits ({number.where})"


class Number(Record):
    """A whole number of the spec that decides how wide something is.

    Attributes:
        path: where it is written.
        value: what is written.
        where: who has it, for people.
    """

    path: Path
    value: int
    where: str


def _numbers(graph: Graph, heavy: Sequence[Node], trials: Trials) -> list[Number]:
    """The widths of the heavy layers and of those that feed them, each once."""
    found: dict[Path, Number] = {}
    for node in (*heavy, *(near for one in heavy for near in _feeders(one))):
        for path, where in _places(graph, node, trials):
            value = trials.value(path)
            if isinstance(value, int) and not isinstance(value, bool):
                found.setdefault(path, Number(path, value, where))
    return list(found.values())


def _feeders(node: Node) -> Iterator[Node]:
    """The nearest layer before it whose width somebody chose."""
    before = node.sources[0] if node.sources else None
    for _ in range(NEAREST):
        if before is None:
            return
        if before.layer and before.layer.width_keys:
            yield before
            return
        before = before.sources[0] if before.sources else None


def _places(graph: Graph, node: Node, trials: Trials) -> Iterator[tuple[Path, str]]:
    """Where its widths are written, and what people call that."""
    spec = node.spec
    number = "" if spec.name else f" #{graph.nodes.index(node) + 1}"
    for key in (*(node.layer.width_keys if node.layer else ()), "embedding_dim"):
        written = spec.written.get(key)
        if is_expression(written):
            yield from _variables(str(written), trials)
        elif key in spec.written:
            yield spec.place(key), f"{node.address}{number}"


def _variables(expression: str, trials: Trials) -> Iterator[tuple[Path, str]]:
    """The places of the variables that an expression asks for."""
    for name in re.findall(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)", expression):
        own: Path = ("variants", str(trials.variant), name)
        if trials.variant and trials.value(own) is not None:
            yield own, f"variants: {trials.variant}"
        else:
            yield ("vars", name), "vars"


class _Trial:
    """The network with other numbers in it."""

    def __init__(self, limit: Limit, graph: Graph, trials: Trials) -> None:
        self.limit, self.before = limit, graph
        self.graph = trials.graph

    def largest(self, number: Number) -> int | None:
        """The largest value below the written one that fits; None: none but 1 does."""
        step = self._step(number)
        if step is None:
            return None
        fits, breaks = 1, number.value // step
        while breaks - fits > 1:
            middle = (fits + breaks) // 2
            if self._fits(number.path, middle * step):
                fits = middle
            else:
                breaks = middle
        least = max(1, (fits - MOST_STEPS_DOWN) * step)
        below = range(fits * step, least, -step)
        return next((value for value in below if self._works(number.path, value)), None)

    def _step(self, number: Number) -> int | None:
        """The smallest value that fits and divides the written one; None: none of a few does.

        Heads and groups must divide a width: of 64 with 4 heads only 4, 8, 12 … can be known.
        """
        smaller = range(1, min(number.value // 2, LARGEST_STEP) + 1) if number.value > 2 else ()
        for step in islice((one for one in smaller if number.value % one == 0), MOST_STEPS):
            used = self._used(number.path, step)
            if any(one.exact for one in used):
                return step if self._is_within(used) else None
        return None

    def _fits(self, path: Path, value: int) -> bool:
        return self._is_within(self._used(path, value))

    def _is_within(self, used: Iterable[Used]) -> bool:
        return any(one.exact and one.amount <= self.limit.limit for one in used)

    def _used(self, path: Path, value: int) -> list[Used]:
        """What the limit would count; exact, if the network can be laid out so."""
        graph = self.graph(path, value)
        found = list(measured(self.limit.ceiling, graph)) if graph else []
        return [one.used for one in found if one.part == self.limit.what.part]

    def _works(self, path: Path, value: int) -> bool:
        """Whether it fits, the network stays whole, and gives what it gave."""
        graph = self.graph(path, value)
        return (
            graph is not None
            and self._fits(path, value)
            and len(graph.problems) <= len(self.before.problems)
            and _outputs(graph) == _outputs(self.before)
        )


def _outputs(graph: Graph) -> dict[str, object]:
    return {name: output.edge.shape for name, output in graph.outputs.items()}


def _dtypes(limit: Limit, graph: Graph) -> Iterator[str]:
    """Smaller dtypes in which the same numbers fit."""
    if limit.unit != "bytes" or limit.ceiling.dtype:
        return
    now = DTYPE_BITS[graph.dtype]
    for dtype in SMALLER:
        bits = DTYPE_BITS[dtype]
        if bits < now and Fraction(limit.used) * bits / now <= limit.limit:
            yield dtype

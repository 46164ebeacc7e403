"""Ways through a graph that several rules take."""

from __future__ import annotations

from fractions import Fraction
from math import inf, prod
from typing import TYPE_CHECKING

from nnlint.finding import spell
from nnlint.layers.shape import Layout, Misfit, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from nnlint.finding import Path
    from nnlint.graph import Graph, Node, Output
    from nnlint.layers.base import Layer, Slide

    Way = tuple[Node | None, ...]
    """What takes an output in one kind of copy; None: the network's output, or nobody."""


PICTURE_CHANNELS = (1, 3, 4)
"""Grey, RGB, RGB with transparency."""
COMPARING = ("CrossEntropyLoss", "MultiLabelMarginLoss", "MultiMarginLoss", "NLLLoss")
"""The losses that hold the scores of several classes against each other."""


def ends(graph: Graph) -> Iterator[tuple[Node, Layer, Output]]:
    """The layers whose values leave the network, each with the output that they reach.

    Seen through Flatten, Dropout, Identity, and pooling to a single place.
    """
    for output in graph.outputs.values():
        node = output.edge.node
        while node and node.layer and node.sources and _passes_last(node, node.layer):
            node = node.sources[0]
        if node and node.layer:
            yield node, node.layer, output


def heads(graph: Graph, loss: str) -> Iterator[tuple[Node, Layer]]:
    """The last layers that are trained with this loss.

    None where one compares a single score with itself: that is NN503's to say. None where
    the loss would have to: that is NN510's.
    """
    for node, layer, output in ends(graph):
        if is_head(node, output, loss):
            yield node, layer


def is_head(node: Node, output: Output, loss: str) -> bool:
    """Whether this end is trained with the loss, and to be judged by it."""
    return output.loss == loss and competing(node) != 1 and not is_lone_score(output)


def is_lone_score(output: Output) -> bool:
    """Whether its loss compares the scores of several classes, and it has a single one.

    Not on a sequence [T, 1]: there the places may be what competes.
    """
    sequence = output.edge.shape.layout is Layout.SEQUENCE
    return output.loss in COMPARING and not sequence and classes(output) == 1


def classes(output: Output) -> int | None:
    """How many scores it gives for one answer; None: nobody knows."""
    shape = output.edge.shape
    if shape.open or not shape.dims:
        return None
    if shape.layout is Layout.SEQUENCE:
        return shape.last
    return shape.dims[0] if shape.layout in (Layout.FEATURES, Layout.MAP) else None


def completes_loss(layer: Layer, loss: str | None) -> bool:
    """Whether it is the half of a loss that others have inside: Sigmoid with BCELoss."""
    log, probability = layer.gives_log_probabilities, layer.gives_probabilities
    return (loss == "NLLLoss" and log) or (loss == "BCELoss" and probability)


def beneath(node: Node) -> Layer | None:
    """What is last but for a layer that another rule wants gone.

    Such are an activation directly behind an activation (NN403), and a batch norm (NN408).
    """
    source = next(iter(node.sources), None)
    before, layer = source.layer if source else None, node.layer
    if before is None or layer is None or before.role != "activation":
        return None
    return before if layer.role == "activation" or layer.uses_batch else None


def _passes_last(node: Node, layer: Layer) -> bool:
    """Whether what is said of a network's last layer holds through it."""
    summed_up = layer.passes_shift and not node.output.open
    return layer.passes_last or (summed_up and prod(node.output.dims[1:]) == 1)


def by_definition(graph: Graph) -> Iterator[tuple[Path, list[Node]]]:
    """The nodes that one place of the spec became: several, where copies differ.

    A norm or activation that the spec's defaults add stands there once for each layer.
    """
    found: dict[tuple[Path, Path], list[Node]] = {}
    for node in graph.nodes:
        found.setdefault((node.path, written_on(node).path), []).append(node)
    yield from ((nodes[0].path, nodes) for nodes in found.values())


def written_on(node: Node) -> Node:
    """The layer to which the spec's defaults add it; itself where they don't."""
    while node.path[0] == "defaults" and node.sources and node.sources[0]:
        node = node.sources[0]
    return node


def numbers_within(bounds: tuple[float, float]) -> str:
    """What a layer gives, in words."""
    match bounds:
        case (least, most) if least == -inf and most == inf:
            return "any number"
        case (least, most) if most == inf:
            return f"numbers from {least:g} up"
        case (least, most) if least == -inf:
            return f"numbers of at most {most:g}"
        case (least, most):
            return f"numbers from {least:g} to {most:g}"


def competing(node: Node) -> int | None:
    """How many scores share one sum in this layer; None: it compares none, or nobody knows."""
    try:
        return node.layer.competing(node.inputs[0]) if node.layer and node.inputs else None
    except (Unknown, Misfit):
        return None


def multiplies(node: Node) -> bool:
    """Whether it is known to multiply by learned matrices, or by what arrives."""
    return bool(node.macs)


def multiplying_layers(graph: Graph) -> int:
    """How many layers multiply, each copy counted."""
    return sum(node.times.runs for node in graph.nodes if multiplies(node))


def last_stretch(graph: Graph) -> set[int]:
    """The nodes (by id) whose output leaves the network with nothing multiplied after them."""
    return unmultiplied_before(graph, (output.edge.node for output in graph.outputs.values()))


def unmultiplied_before(graph: Graph, ends: Iterable[Node | None]) -> set[int]:
    """These nodes (by id), and those that reach one of them with nothing multiplied after."""
    feeders: dict[int, list[Node]] = {}
    for node in graph.nodes:
        for consumer in (one for consumers in node.followers() for one in consumers):
            feeders.setdefault(id(consumer), []).append(node)
    waiting, found = [node for node in ends if node], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) not in found:
            found.add(id(node))
            waiting += [] if multiplies(node) else feeders.get(id(node), [])
    return found


def dropped_share(node: Node) -> Fraction:
    """Which share of what passes it drops while training."""
    key = node.layer.dropout_key if node.layer else None
    return Fraction(str(getattr(node.layer, key))) if key else Fraction(0)


def merges_alike(node: Node) -> bool:
    """Whether it joins its inputs element by element: a sum, or a product that gates."""
    return bool(node.layer and node.layer.merges and node.output in node.inputs)


def leaving(graph: Graph) -> set[int]:
    """The ids of the layers whose output is an output of the network."""
    return {id(output.edge.node) for output in graph.outputs.values()}


def origin(node: Node | None, through: Callable[[Node], bool]) -> Node | None:
    """Where its numbers come from, seen through such layers; None: an input of the network."""
    while node and node.sources and through(node):
        node = node.sources[0]
    return node


def keeps_elements(node: Node) -> bool:
    """Whether it moves numbers at most: Identity, Flatten, Permute."""
    return bool(node.layer and node.layer.keeps_elements)


def does_nothing(node: Node) -> bool:
    """Whether what leaves it is what arrives: Identity, a Flatten of features."""
    if not (node.layer and keeps_elements(node)) or node.layer.arranges_axes:
        return False
    return node.output.layout is node.inputs[0].layout and node.output == node.inputs[0]


def follows(first: Node, second: Node, *, of_the_copy_before: bool = False) -> str:
    """The two in words: `ReLU follows ReLU (layers[1])`."""
    if first.path == second.path:
        return f"each copy of {second.spec.label} follows the one before"
    where = (
        f"{spell(first.path)} of the copy before" if of_the_copy_before else spell(first.path)
    )
    return f"{second.spec.label} follows {first.spec.label} ({where})"


def is_dense(node: Node) -> bool:
    """Whether it multiplies the last axis by a learned matrix."""
    return bool(node.layer and node.layer.is_linear_map and node.layer.feature_axis == -1)


def unflattened(graph: Graph) -> Iterator[tuple[Node, bool]]:
    """What takes a map for rows of numbers by mistake, and whether a convolution made it."""
    convolved = _reached(graph, _is_convolution, lambda _: False)
    meant = _reached(graph, lambda node: _is_by_rows(node) or _is_arranged(node), _has_places)
    for node in graph.nodes:
        if _is_by_rows(node) and not any(id(source) in meant for source in node.sources):
            yield node, any(id(source) in convolved for source in node.sources)


def _reached(
    graph: Graph, begins: Callable[[Node], bool], stops: Callable[[Node], bool]
) -> set[int]:
    """The nodes that give a map which began at such a node."""
    found: set[int] = set()
    for node in graph.nodes:
        goes_on = any(id(source) in found for source in node.sources) and not stops(node)
        if (goes_on or begins(node)) and node.output.layout is Layout.MAP:
            found.add(id(node))
    return found


def _is_by_rows(node: Node) -> bool:
    x = node.inputs[0] if node.inputs else None
    by_rows = node.layer and node.layer.multiplies_last and node.complete
    return bool(by_rows and x and x.layout is Layout.MAP and not x.open)


def _is_arranged(node: Node) -> bool:
    return bool(node.layer and node.layer.arranges_axes)


def _is_convolution(node: Node) -> bool:
    return bool(node.layer and node.layer.is_linear_map and node.layer.feature_axis == 0)


def _has_places(node: Node) -> bool:
    """Whether it takes the axes behind the channels for places: convolution, pooling."""
    layer = node.layer
    return bool(layer and layer.prefers is Layout.MAP and layer.role != "norm")


def before(
    ends: Iterable[Node | None], beyond: Container[int] = frozenset()
) -> dict[int, Node]:
    """These layers and all from which they take, by their ids; up to those `beyond`."""
    waiting = list(ends)
    seen: dict[int, Node] = {}
    while waiting:
        node = waiting.pop()
        if node and id(node) not in seen and id(node) not in beyond:
            seen[id(node)] = node
            waiting += node.sources
    return seen


def slides(node: Node) -> tuple[Slide, ...]:
    """Its window on each axis; none where it has none, or nobody knows what arrives."""
    try:
        return node.layer.slides(node.inputs[0]) if node.layer and node.inputs else ()
    except (Unknown, Misfit):
        return ()


class Neighbours:
    """The layers before and behind a layer, in each of its copies.

    Args:
        graph: the network.
        through: whether a layer is looked through.
        fits: whether a layer and the next make a pair that is looked for.
    """

    def __init__(
        self,
        graph: Graph,
        through: Callable[[Node], bool],
        fits: Callable[[Node, Node], bool] = lambda *_: True,
    ) -> None:
        self._through, self._fits, self._leaving = through, fits, leaving(graph)
        self._fitting: dict[int, dict[int, bool]] = {}
        self._order: dict[Path, int] = {}
        self._loops: dict[int, list[Node]] = {}
        for place, node in enumerate(graph.nodes):
            self._order.setdefault(node.path, place)
            for taker in (taker for way in node.loops for taker in way):
                self._loops.setdefault(id(taker), []).append(node)

    def again(self, nodes: Sequence[Node]) -> list[tuple[Node, Node]]:
        """Its copies with what takes them, if all of that fits; or all in the next copy."""
        for pairs in (self.takers(nodes), self.next_copies(nodes)):
            if pairs and all(self._fits(*pair) for pair in pairs):
                return pairs
        return []

    def givers(self, nodes: Sequence[Node]) -> list[tuple[Node, Node]]:
        """What its copies take, with them: if all of it fits, and only such take it there."""
        pairs = [(first, node) for node in nodes for first in self.arriving([node])]
        known = [(first, node) for first, node in pairs if first]
        fitting = (self._beside(first).get(id(node), False) for first, node in known)
        return known if len(known) == len(pairs) and all(fitting) else []

    def _beside(self, first: Node) -> dict[int, bool]:
        """What takes it (by id), and whether that and all that takes it beside that fits."""
        if id(first) not in self._fitting:
            found: dict[int, bool] = {}
            for way in self._ways(first):
                fits = all(one and self._fits(first, one) for one in way)
                found |= {id(one): found.get(id(one), True) and fits for one in way}
            self._fitting[id(first)] = found
        return self._fitting[id(first)]

    def takers(self, nodes: Iterable[Node]) -> list[tuple[Node, Node]]:
        """Each copy of a definition with each layer that takes it; none where one leaves."""
        pairs = [(node, taker) for node in nodes for way in self._ways(node) for taker in way]
        known = [(node, taker) for node, taker in pairs if taker]
        return known if len(known) == len(pairs) else []

    def next_copies(self, nodes: Iterable[Node]) -> list[tuple[Node, Node]]:
        """Its copies with what takes them in a later copy of the part that they stand in."""
        ways = [(node, way) for node in nodes for way in self._ways(node)]
        return [
            (node, taker)
            for node, way in ways
            if all(taker and self.is_of_next_copy(node, taker) for taker in way)
            for taker in way
            if taker
        ]

    def is_of_next_copy(self, first: Node, second: Node) -> bool:
        """Whether the second, which takes the first, stands before it in the spec."""
        return self._order[second.path] <= self._order[first.path]

    def is_repeated(self, first: Node, second: Node) -> bool:
        """Whether they are the end and the start of a part of several copies."""
        return first.path != second.path and self.is_of_next_copy(first, second)

    def arriving(self, nodes: Iterable[Node]) -> list[Node | None]:
        """What the copies of a definition take; None is an input of the network."""
        waiting, seen = list(nodes), set[int]()
        found: list[Node | None] = []
        while waiting:
            node = waiting.pop(0)
            for source in (*node.sources, *self._loops.get(id(node), ())):
                if source is None or not self._through(source):
                    found.append(source)
                elif id(source) not in seen:
                    seen.add(id(source))
                    waiting.append(source)
        return found

    def follows(self, first: Node, second: Node) -> str:
        """The two in words: `ReLU follows ReLU (layers[1])`."""
        return follows(first, second, of_the_copy_before=self.is_of_next_copy(first, second))

    def _ways(self, node: Node) -> list[Way]:
        """What takes its output, for each kind of copy."""
        waiting, seen = self._own_ways(node), {id(node)}
        found: list[Way] = []
        while waiting:
            way = waiting.pop(0)
            alone = way[0] if len(way) == 1 else None
            if alone is None or not self._through(alone):
                found.append(self._ends(way))
            elif id(alone) not in seen:
                seen.add(id(alone))
                waiting += self._own_ways(alone)
        return found

    def _own_ways(self, node: Node) -> list[Way]:
        leaves = id(node) in self._leaving or not node.consumers
        return [*node.loops, (*node.consumers, *([None] if leaves else []))]

    def _ends(self, way: Way) -> Way:
        """What lies behind those in it that are looked through."""
        waiting, seen = list(way), set[int]()
        found: list[Node | None] = []
        while waiting:
            taker = waiting.pop(0)
            if taker is None or not self._through(taker):
                found.append(taker)
            elif id(taker) not in seen:
                seen.add(id(taker))
                waiting += [one for own in self._own_ways(taker) for one in own]
        return tuple(found)

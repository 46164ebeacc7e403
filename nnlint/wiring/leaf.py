"""What a single layer makes of its input: its shape, its tensors or another's, its MACs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers.shape import UNKNOWN, Layout, Misfit, Shape, Unknown
from nnlint.record import Record
from nnlint.scopes import Nowhere
from nnlint.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Edge, Node
    from nnlint.layers.base import Layer, ParamTensor
    from nnlint.wiring.names import Names
    from nnlint.wiring.problems import Problems

TIE_HELP = "give the layer that owns the weight a name: name: table"
MAX_RANK = 64
"""torch refuses to compute with more axes."""


class Outcome(Record):
    """What a layer makes of the shapes that reach it, in one copy."""

    output: Shape
    tensors: tuple[ParamTensor, ...]
    buffers: tuple[ParamTensor, ...]
    macs: int | None
    complete: bool
    excused: bool


class Leaves:
    """Fills in what single layers make of their inputs.

    Args:
        names: who may be tied to whom.
        problems: where it is told what does not fit.
        outcomes: what is known of layers and shapes already; gets what is found.
    """

    def __init__(
        self,
        names: Names,
        problems: Problems,
        outcomes: dict[tuple[Layer, tuple[Shape, ...]], Outcome],
    ) -> None:
        self.names, self.problems, self._outcomes = names, problems, outcomes

    def fill(self, node: Node, layer: Layer, arrived: tuple[Edge, ...]) -> None:
        """Shapes, tensors and MACs of a node, as far as they can be known."""
        node.inputs = tuple([_decided(shape, layer) for shape in node.inputs])
        try:
            made = self._outcome(layer, node.inputs)
            if layer.looks_up and made.output is not UNKNOWN:
                _need_indices(node.sources[0], made.output)
        except Misfit as misfit:
            self.problems.misfit(node.spec, misfit, arrived, layer)
            node.output, node.excused = misfit.output or UNKNOWN, True
            return
        node.output, node.macs = made.output, made.macs
        node.tensors, node.buffers = made.tensors, made.buffers
        node.complete, node.excused = made.complete, made.excused
        _tell_unknown(node, self.problems)
        if node.spec.tie:
            _tie(node, node.spec.tie, self.names, self.problems)

    def _outcome(self, layer: Layer, shapes: tuple[Shape, ...]) -> Outcome:
        """What the layer makes of them; equal layers that get the same make the same."""
        known = (layer, shapes)
        if known not in self._outcomes:
            self._outcomes[known] = _outcome(layer, shapes)
        return self._outcomes[known]


def _outcome(layer: Layer, shapes: tuple[Shape, ...]) -> Outcome:
    """Its output, its tensors and MACs, and whether these are all.

    Raises:
        Misfit: it can't take what arrives.
    """
    try:
        output = _within_rank(layer.infer(*shapes))
    except Unknown:
        output = UNKNOWN
    tensors, learned = _collected(layer.parameters(*shapes))
    buffers, stored = _collected(layer.buffers(*shapes))
    macs = _macs(layer, shapes, output)
    excused = any(shape.open for shape in shapes) and not layer.is_unstated
    return Outcome(output, tensors, buffers, macs, learned and stored, excused)


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


def _tell_unknown(node: Node, problems: Problems) -> None:
    if not (node.complete or node.excused):
        problems.tell(
            "NN214",
            node.path,
            f"the parameters of {node.spec.label} are unknown: the totals are at least "
            "what is known",
            "state them: parameters: {weight: [64, 3, 3, 3]}, or {} for none",
        )


def _tie(node: Node, name: str, names: Names, problems: Problems) -> None:
    """Let a layer share the weight of another."""
    try:
        owner = names.find(name).node
    except Nowhere as nowhere:
        message = nowhere.message.replace("takes", "is tied to", 1)
        remedy = nowhere.remedy() if nowhere.hint or nowhere.known else TIE_HELP
        place = node.spec.place("tie")
        problems.tell("NN207", place, f"{node.spec.label} {message}", remedy)
        node.complete, node.excused = False, True
        return
    weight, shared = _weight(node), _weight(owner) if owner else None
    if owner is None or (owner.complete and shared is None):
        _tell_without_weight(node, name, problems)
    elif weight and shared and weight.shape != shared.shape:
        _tell_other_shape(node, name, weight, shared, problems)
    elif weight:
        node.tensors = tuple(one for one in node.tensors if one is not weight)
        node.tied = (weight, owner.tied[1] if owner.tied else owner)


def _weight(node: Node) -> ParamTensor | None:
    """Its tensor `weight`, its own or one that it shares."""
    return node.tied[0] if node.tied else node.weight


def _tell_without_weight(node: Node, name: str, problems: Problems) -> None:
    problems.tell(
        "NN213",
        node.spec.place("tie"),
        f"{node.spec.label} is tied to {quoted(name)}, which has no weight",
        "tie a layer to one layer that has a weight",
    )


def _tell_other_shape(
    node: Node, name: str, own: ParamTensor, shared: ParamTensor, problems: Problems
) -> None:
    problems.tell(
        "NN213",
        node.spec.place("tie"),
        f"{node.spec.label} has a weight {list(own.shape)}, but the weight of "
        f"{quoted(name)} is {list(shared.shape)}",
        "tied weights have the same shape",
    )

"""NN413: a stride that drops the border on one of two ways that are joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity, spell
from nnlint.layers.shape import Layout
from nnlint.rules import Rule
from nnlint.rules.properties import slides
from nnlint.rules.walking import before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """The first window that leaves out what another way keeps, up to where the two meet."""
    if not any(_enlarges(node) for node in graph.nodes):
        return  # none is joined with a larger one
    lossy = {id(node): gone for node in graph.nodes if (gone := _left_out(node))}
    for node in graph.nodes:
        for axis, lost in lossy.get(id(node), {}).items():
            merge = _joined(node, axis, lossy)
            if merge:
                yield _problem(node, merge, axis, lost)
                return


def _enlarges(node: Node) -> bool:
    """Whether a map leaves it that is larger on some axis than one that arrives."""
    out = node.output
    if out.open or out.layout is not Layout.MAP:
        return False
    others = (x for x in node.inputs if x is not out and not x.open)  # most pass theirs on
    maps = [x.dims[1:] for x in others if x.rank == out.rank]
    sizes = out.dims[1:]
    return any(new > old for dims in maps for new, old in zip(sizes, dims, strict=True))


def _left_out(node: Node) -> dict[int, int]:
    """Axis (of the shape) -> elements at its end that the window never sees."""
    windows = () if node.output.open else slides(node)
    return {axis: one.left_out for axis, one in enumerate(windows, 1) if one.left_out}


def _joined(node: Node, axis: int, lossy: dict[int, dict[int, int]]) -> Node | None:
    """Where its map, enlarged again, meets one that never lost the border."""
    through = _through(node, axis)
    for merge in through.values():
        mine = [source for source in merge.sources if source and id(source) in through]
        rest = [source for source in merge.sources if not source or id(source) not in through]
        if mine and rest and _is_larger(merge, node, axis) and _kept(rest, node, lossy):
            return merge
    return None


def _through(node: Node, axis: int) -> dict[int, Node]:
    """The layers behind it whose maps still have its positions on that axis."""
    waiting, seen = [node], {id(node): node}
    while waiting:
        for taker in waiting.pop().consumers:
            if id(taker) not in seen and _has_positions(taker, node, axis):
                seen[id(taker)] = taker
                waiting.append(taker)
    return seen


def _has_positions(taker: Node, node: Node, axis: int) -> bool:
    shape = taker.output
    if shape.open or shape.layout is not Layout.MAP or shape.rank != node.output.rank:
        return False
    return shape.dims[axis] > 1


def _is_larger(merge: Node, node: Node, axis: int) -> bool:
    """Whether it sums up or lines up maps larger than the one that lost its border."""
    joins = merge.layer and merge.layer.merges and not merge.layer.is_product
    known = not any(shape.open or shape.rank <= axis for shape in merge.inputs)
    if not (joins and known):
        return False
    sizes = {shape.dims[axis] for shape in merge.inputs}
    return len(sizes) == 1 and sizes.pop() > node.output.dims[axis]


def _kept(sources: list[Node | None], node: Node, lossy: dict[int, dict[int, int]]) -> bool:
    """Whether the other ways lost nothing, apart from what both lost before they parted."""
    shared = before(node.sources)
    beside = before(sources).keys() - shared.keys()
    return not any(key in lossy for key in beside)


def _problem(node: Node, merge: Node, axis: int, lost: int) -> Problem:
    size, out = node.inputs[0].dims[axis], merge.output.dims[axis]
    return Problem(
        "NN413",
        node.path,
        f"{node.spec.label} never sees the last {lost} of the {size} on axis {axis + 1} of "
        f"{node.inputs[0]}, and {merge.spec.label} ({spell(merge.path)}) joins its map, "
        f"enlarged to {out}, with one that kept them: the two do not lie on each other",
        "an input whose sides are multiples of the product of all strides loses nothing",
    )


RULE = Rule(
    code="NN413",
    name="dropped-border",
    severity=Severity.WARNING,
    summary="A stride drops the border of a map that is later joined with an uncut one.",
    rationale=(
        "A window of 2 with stride 2 sees 142 of 143 columns. If that map is enlarged again "
        "and added to, or lined up with, one that kept all 143, as in a U-Net, it has been "
        "padded or stretched to fit, and its pixels lie up to that much beside those they "
        "belong to. The rule asks for all of this: real elements (no padding) are left out, "
        "the map comes to a sum or a concatenation larger than it left the window, and the "
        "other way lost nothing. So it is silent on convolutions whose padding takes up the "
        "rest (ResNet's), on branches that shrink alike, on ceil_mode and padding: same, on "
        "strides larger than the window, which sample on purpose, on global context (a "
        "product, a map of 1×1, a Flatten), and on unknown shapes. Only the first such layer "
        "is reported: one input size mends them all."
    ),
    reference="https://arxiv.org/abs/1505.04597",
    bad="""\
nnlint: 1
input: [3, 143, 143]
layers:
  - {type: Conv2d, out_channels: 16, kernel_size: 3, padding: 1, act: ReLU, name: fine}
  - {type: MaxPool2d, kernel_size: 2}
  - {type: Conv2d, out_channels: 16, kernel_size: 3, padding: 1, act: ReLU}
  - {type: Upsample, like: fine}
  - {type: Concat, with: fine}
  - {type: Conv2d, out_channels: 1, kernel_size: 1}
""",
    good="""\
nnlint: 1
input: [3, 144, 144]
layers:
  - {type: Conv2d, out_channels: 16, kernel_size: 3, padding: 1, act: ReLU, name: fine}
  - {type: MaxPool2d, kernel_size: 2}
  - {type: Conv2d, out_channels: 16, kernel_size: 3, padding: 1, act: ReLU}
  - {type: Upsample, like: fine}
  - {type: Concat, with: fine}
  - {type: Conv2d, out_channels: 1, kernel_size: 1}
""",
    check=check,
)

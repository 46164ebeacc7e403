"""NN412: an image with its channels last before a convolution that takes them first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.layers.shape import Layout
from nnlint.layers.windows import with_channels_first
from nnlint.rules import Rule
from nnlint.rules.properties import slides
from nnlint.rules.reported import Reported
from nnlint.wording import plural, shape_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node
    from nnlint.layers.base import Slide
    from nnlint.layers.shape import Shape


def check(graph: Graph) -> Iterator[Problem]:
    """The inputs of the network that a convolution takes first.

    Where its window finds no room, that is told already (NN211), with the channels first.
    """
    reported = Reported(graph, "NN211")
    entered: dict[str | None, list[Node]] = {}
    for node in graph.nodes:
        for name in node.entries:
            entered.setdefault(name, []).append(node)
    for name, shape in graph.inputs.items():
        for node in _first_convolutions(entered.get(name, [])):
            windows = slides(node)
            found = _channels_last(name, shape, windows) or _flat(node, windows)
            if found and not reported.is_at(node):
                yield found
                break


def _first_convolutions(waiting: list[Node]) -> Iterator[Node]:
    """The convolutions that an input reaches which enters there, as it is or padded."""
    seen = {id(node) for node in waiting}
    for node in waiting:
        if node.layer and node.layer.is_linear_map and node.inputs[0].layout is Layout.MAP:
            yield node
        elif node.layer and _keeps_axes(node):
            waiting += [taker for taker in node.consumers if id(taker) not in seen]
            seen |= {id(taker) for taker in node.consumers}


def _keeps_axes(node: Node) -> bool:
    """Whether its axes mean what they meant before: a norm, padding, dropout."""
    x, y = node.inputs[0], node.output
    known = not (x.open or y.open)
    passes = node.layer and node.layer.passes_linearity and not node.layer.arranges_axes
    return bool(passes and known and x.dims[:1] == y.dims[:1] and x.rank == y.rank > 2)


def _channels_last(name: str, shape: Shape, windows: tuple[Slide, ...]) -> Problem | None:
    """The input has few entries last and many before, and the window spans several there."""
    fitting = with_channels_first(shape)
    if fitting is None or len(windows) < 2 or windows[-1].span == 1:
        return None
    return Problem(
        "NN412",
        ("input",) if name == "input" else ("inputs", name),
        f"the input {shape} looks like an image with its {plural(shape.last, 'channel')} last, "
        f"but a map has its channels first: {shape.dims[0]} channels of "
        f"{shape_text(shape.dims[1:])} are read",
        f"write {shape_text(fitting)}",
    )


def _flat(node: Node, windows: tuple[Slide, ...]) -> Problem | None:
    """A square window on a map of height 1 sees padding alone above and below."""
    if len(windows) != 2 or windows[0].size > 1 or windows[1].size == 1:
        return None
    if windows[0].span == 1 or windows[0].span != windows[1].span:
        return None
    span, x = windows[0].span, node.inputs[0]
    return Problem(
        "NN412",
        node.path,
        f"{node.spec.label} slides a window of {span}×{span} over a map {x} of height 1: all "
        "rows of the window but one see padding alone",
        f"if it is a sequence, write it as {shape_text((x.dims[0], x.last))} and take the "
        f"layer for one axis, or kernel_size: [1, {span}]; if 1 is the channel, write it first",
    )


RULE = Rule(
    code="NN412",
    name="channels-last-input",
    severity=Severity.WARNING,
    summary="An input with its channels last before a convolution.",
    rationale=(
        "PyTorch's convolutions take [C, H, W]; images from files, NumPy and Keras are "
        "[H, W, C]. Read the wrong way round, a picture of 224×224 has 224 channels, the "
        "network trains, and the parameter count is wrong. The rule fires if a convolution "
        "comes first (norms, padding, dropout may stand before it), the last axis has 1, 3 or "
        "4 entries and all others more; also if the first convolution's square window slides "
        "over a map of height 1. It is silent behind a Permute, on sequences [L, d], on deep "
        "maps [2048, 8, 4] (one side more than 16 times the other), and where the window spans "
        "1 on that axis: then its author knows the axis. Where the first window finds no "
        "room, that is NN211, which names the channels too."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html",
    bad="""\
nnlint: 1
input: [224, 224, 3]
layers:
  - {type: Conv2d, out_channels: 16, kernel_size: 3, padding: 1}
  - ReLU
  - {type: AdaptiveAvgPool2d, output_size: 1}
  - Flatten
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [3, 224, 224]
layers:
  - {type: Conv2d, out_channels: 16, kernel_size: 3, padding: 1}
  - ReLU
  - {type: AdaptiveAvgPool2d, output_size: 1}
  - Flatten
  - {type: Linear, out_features: 10}
""",
    check=check,
)

"""NN414: a transposed convolution whose windows overlap unevenly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """Transposed convolutions with a kernel that the stride does not divide."""
    for nodes in graph.definitions:
        found = [_uneven(node) for node in nodes]
        first = found[0]
        if first and all(found):
            yield _problem(nodes[0], *first)


def _uneven(node: Node) -> tuple[int, int] | None:
    """The kernel and the stride of the first axis on which several windows overlap unevenly."""
    if not (node.layer and node.inputs) or node.inputs[0].open:
        return None
    axes = zip(node.inputs[0].dims[1:], node.layer.painted, strict=False)
    pairs = (pair for size, pair in axes if size > 1 and pair[0] % pair[1])
    return next(pairs, None)


def _problem(node: Node, kernel: int, stride: int) -> Problem:
    few = kernel // stride
    times = f"{few} or {few + 1}" if few else "none or 1"
    fitting = [str(size) for size in (few * stride, (few + 1) * stride) if size]
    return Problem(
        "NN414",
        node.spec.place("kernel_size"),
        f"{node.spec.label} paints windows of {kernel} every {stride} elements: each place of "
        f"the output gets {times} of them on an axis, which shows as a checkerboard",
        f"write kernel_size: {' or '.join(fitting)}, which {stride} divides, with a padding "
        "that keeps the size; or an Upsample, then a convolution",
    )


RULE = Rule(
    code="NN414",
    name="checkerboard",
    severity=Severity.WARNING,
    summary="A transposed convolution with a kernel that is no multiple of its stride.",
    rationale=(
        "Every input element paints a window into the output. If the stride divides the "
        "kernel, each place is painted equally often; else some get more than their "
        "neighbours, in a regular pattern that the weights must learn to undo and that shows "
        "in images as a checkerboard. The rule is silent with stride 1, on an axis with a "
        "single element (one window overlaps nothing), with dilation, and where the shape is "
        "unknown. Some well-known networks (CycleGAN: kernel 3, stride 2) live with it."
    ),
    reference="https://distill.pub/2016/deconv-checkerboard/",
    bad="""\
nnlint: 1
input: [64, 8, 8]
layers:
  - {type: ConvTranspose2d, out_channels: 3, kernel_size: 3, stride: 2}
""",
    good="""\
nnlint: 1
input: [64, 8, 8]
layers:
  - {type: ConvTranspose2d, out_channels: 3, kernel_size: 4, stride: 2, padding: 1}
""",
    check=check,
)

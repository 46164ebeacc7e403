"""How the sizes that leave a layer come about: `floor((28 + 2·2 − 1·(5 − 1) − 1)/1) + 1 = 28`.

As in `formula`, the size is the layer's own, and a way to it is told only where it leads there.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from nnlint.derivation.formula import Step, product
from nnlint.layers.windows import for_each_axis, same_places, span_of, steps
from nnlint.record import Record
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nnlint.graph import Node
    from nnlint.layers.base import Layer
    from nnlint.layers.shape import Shape

AXES = {1: "L", 2: "HW", 3: "DHW"}
"""The spatial axes of a map, as its shape is written."""
LETTERS = (
    "H: the size that arrives, on an axis; k: kernel_size, s: stride, p: padding, d: dilation"
)
"""What the letters of the window formulas mean."""


class Window(Record):
    """A window on one axis."""

    size: int
    k: int
    s: int
    p: int
    d: int
    more: int

    @property
    def is_point(self) -> bool:
        """Whether it leaves every size as it is, without a calculation."""
        return (self.k, self.s, self.p, self.more) == (1, 1, 0, 0)

    def put_in(self, text: str) -> str:
        """The formula with this window's numbers."""
        numbers = {"H": self.size, "k": self.k, "s": self.s, "p": self.p, "d": self.d}
        letters = {**numbers, "o": self.more}
        return text.format(**{letter: grouped(number) for letter, number in letters.items()})


class Way(Record):
    """A formula of a size: in words, as a text with places for numbers, and computed."""

    words: str
    text: str
    size: Callable[[Window], int]


def _room(window: Window) -> int:
    return window.size + 2 * window.p - span_of(window.k, window.d)


FLOOR = Way(
    "floor((H + 2p − d(k − 1) − 1)/s) + 1",
    "floor(({H} + 2·{p} − {d}·({k} − 1) − 1)/{s}) + 1",
    lambda window: steps(_room(window), window.s),
)
CEIL = Way(
    "ceil((H + 2p − d(k − 1) − 1)/s) + 1",
    "ceil(({H} + 2·{p} − {d}·({k} − 1) − 1)/{s}) + 1",
    lambda window: steps(_room(window), window.s, ceil=True),
)
SAME = Way("ceil(H/s)", "ceil({H}/{s})", lambda window: same_places(window.size, window.s))
PAINTED = Way(
    "(H − 1)s − 2p + d(k − 1) + output_padding + 1",
    "({H} − 1)·{s} − 2·{p} + {d}·({k} − 1) + {o} + 1",
    lambda window: (
        (window.size - 1) * window.s - 2 * window.p + span_of(window.k, window.d) + window.more
    ),
)
PUT_BACK = Way(
    "(H − 1)s − 2p + k",
    "({H} − 1)·{s} − 2·{p} + {k}",
    lambda window: (window.size - 1) * window.s - 2 * window.p + window.k,
)


def size_steps(node: Node) -> Iterator[Step]:
    """How each size that leaves comes about, as far as there is a simple way to tell."""
    layer, shapes = node.layer, node.inputs
    if layer is None or node.output.open or any(x.open for x in shapes) or not shapes:
        return
    if node.output.dims == shapes[0].dims and not _windows(layer, shapes[0]):
        return
    yield from _window_steps(layer, shapes[0], node.output) or _other_steps(layer, node)


def _window_steps(layer: Layer, x: Shape, output: Shape) -> list[Step]:
    """The first formula that makes the sizes of all axes; equal axes are told once."""
    windows, sizes = _windows(layer, x), output.dims[1:]
    if all(window.is_point for window in windows):
        return []
    for way in _ways(layer) if windows and len(sizes) == len(windows) else ():
        if [way.size(window) for window in windows] == list(sizes):
            return list(_told(way, windows, sizes))
    return []


def _told(way: Way, windows: list[Window], sizes: tuple[int, ...]) -> Iterator[Step]:
    if len(set(windows)) == 1:
        title = "size" if len(windows) == 1 else "each size"
        yield Step(title, sizes[0], windows[0].put_in(way.text), way.words)
        return
    for axis, window, size in zip(AXES[len(windows)], windows, sizes, strict=True):
        yield Step(f"size {axis}", size, window.put_in(way.text), way.words)


def _windows(layer: Layer, x: Shape) -> list[Window]:
    """Its window on each spatial axis; none where it has no window."""
    axes, kernel = getattr(layer, "axes", 0), getattr(layer, "kernel_size", None)
    if not axes or kernel is None or x.rank != axes + 1:
        return []
    padding, stride = getattr(layer, "padding", 0), getattr(layer, "stride", 1)
    settings = (
        kernel,
        kernel if stride is None else stride,
        0 if isinstance(padding, str) else padding,
        getattr(layer, "dilation", 1),
        getattr(layer, "output_padding", 0),
    )
    each = zip(x.dims[1:], *(for_each_axis(one, axes) for one in settings), strict=True)
    return [Window(*one) for one in each]


def _ways(layer: Layer) -> tuple[Way, ...]:
    """The formulas that may be meant, by the attributes that decide it."""
    if "output_padding" in layer.attributes:
        return (PAINTED,)
    if getattr(layer, "padding", 0) == "same":
        return (SAME,)
    return (CEIL,) if getattr(layer, "ceil_mode", False) else (FLOOR, PUT_BACK)


def _other_steps(layer: Layer, node: Node) -> Iterator[Step]:
    """Axes that are lined up, or made one."""
    x, dims = node.inputs[0].dims, node.output.dims
    if layer.merges:
        columns = zip(*(shape.dims for shape in node.inputs), strict=False)
        for size, column in zip(dims, columns, strict=False):
            if size == sum(column) and len(column) > 1:
                yield Step("size", size, " + ".join(map(grouped, column)))
    elif len(x) > 1 and dims == (prod(x),):
        yield Step("size", dims[0], product(x))
    elif len(x) > 2 and dims == (prod(x[1:]), x[0]):
        yield Step("tokens", dims[0], product(x[1:]))

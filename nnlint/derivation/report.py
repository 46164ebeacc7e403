"""A report -> the derivation of its network's numbers, or of some of its layers'."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nnlint import addresses
from nnlint.derivation import layer as layer_text
from nnlint.derivation import network
from nnlint.derivation.sums import excerpt
from nnlint.report import count
from nnlint.terminal import visible
from nnlint.wording import plural

if TYPE_CHECKING:
    from collections.abc import Callable

    from nnlint.finding import Path, Span
    from nnlint.graph import Graph
    from nnlint.report import Report
    from nnlint.terminal import Style


def text(report: Report, layer: str | None, style: Style) -> str:
    """The derivation of a network, of some of its layers, or of one.

    Args:
        report: of the spec.
        layer: which layer, in one of `addresses.FORMS`; None: all.
        style: how it is drawn.

    Raises:
        NoSuchLayer: the network has no such layer.
    """
    graph = report.graph
    if graph is None:
        return f"there is no network in {visible(report.path)} to explain\n"
    from nnlint import document  # noqa: PLC0415 - yaml loads with the first file

    locate = document.read(report.text).locate

    def line_of(path: Path) -> int:
        return locate(path).line

    chosen = None if layer is None else _numbers(graph, layer, locate)
    if chosen and len(chosen) == 1:
        return layer_text.text(graph, chosen[0], report.path, line_of, style)
    return network.text(excerpt(graph, chosen), report.path, line_of, style)


def _numbers(graph: Graph, layer: str, locate: Callable[[Path], Span]) -> list[int]:
    """The layers that are asked for, as the table numbers them."""
    place = re.fullmatch(r"([0-9]{1,9}):([0-9]{1,9})", layer)
    if place:
        return addresses.at(graph, int(place[1]), int(place[2]), locate)
    return addresses.numbers(graph, layer)


def errors_words(report: Report, variant: str | None, style: Style) -> str:
    """That the spec has errors, so that its numbers may not be what is meant."""
    errors = count([report]).errors
    if not errors:
        return ""
    chosen = f" --variant {visible(variant)}" if variant else ""
    found = style.paint(plural(errors, "error"), "bold", "red")
    return f"`nnlint {visible(report.path)}{chosen}` finds {found}\n"

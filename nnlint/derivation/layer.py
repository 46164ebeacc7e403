"""The derivation of a single layer, written out with all that is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.derivation import headings, steps
from nnlint.derivation.formula import arriving, meanings, null_words
from nnlint.derivation.network import MACS
from nnlint.derivation.sheet import Sheet
from nnlint.derivation.sizes import LETTERS
from nnlint.terminal import visible
from nnlint.wording import flow, grouped, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.derivation.network import LineOf
    from nnlint.derivation.steps import Derived
    from nnlint.graph import Graph, Node
    from nnlint.layers.attribute import Attribute
    from nnlint.terminal import Style


def text(graph: Graph, number: int, path: str, line_of: LineOf, style: Style) -> str:
    """The derivation of the layer of that number.

    Args:
        graph: the network.
        number: the layer's, as in the table.
        path: the file, as it is shown.
        line_of: gives the line of a place in it.
        style: how to draw.
    """
    node = graph.nodes[number - 1]
    one, sheet = steps.derived(number, node), Sheet(style)
    sheet.lines.append(headings.question(graph, path, style))
    sheet.paragraph(f"{_place(one)} (line {line_of(node.path)})", 2)
    sheet.words((node.layer.__doc__ or "").partition("\n")[0] if node.layer else "", 2)
    sheet.heading("Input and output")
    _ways(sheet, graph, one)
    sheet.heading("Attributes")
    for words in _attributes(node):
        sheet.words(words, 2, 4)
    _numbers(sheet, one)
    if node.layer:
        sheet.heading("Reference")
        sheet.words(node.layer.reference, 2)
    return sheet.text


def _place(one: Derived) -> str:
    """`4  decoder h ×12 / Residual / MultiheadAttention`."""
    around = map(headings.part, one.node.parts)
    return f"{one.number}  {' / '.join([*around, headings.layer(one.node)])}"


def _ways(sheet: Sheet, graph: Graph, one: Derived) -> None:
    """Where its input comes from, who takes its output, and how the sizes come about."""
    for words in [*_sources(graph, one.node), _takers(graph, one.node)]:
        sheet.words(words, 2, 4)
    sheet.steps(one.sizes, 2)
    if one.has_letters:
        sheet.words(f"({LETTERS})", 2, 1, "dim")


def _called(graph: Graph, node: Node) -> str:
    """`4 h/MultiheadAttention`."""
    return f"{graph.nodes.index(node) + 1} {visible(node.address)}"


def _sources(graph: Graph, node: Node) -> Iterator[str]:
    for shape, source, entry in zip(node.inputs, node.sources, node.entries, strict=True):
        named = "" if entry in (None, "input") else f" {visible(entry or '')}"
        origin = _called(graph, source) if source else f"the network's input{named}"
        yield f"takes {headings.shape_words(shape)} from {origin}"


def _takers(graph: Graph, node: Node) -> str:
    takers = [_called(graph, taker) for taker in node.consumers]
    takers += [f"{_called(graph, n)} of the next copy" for group in node.loops for n in group]
    for name, output in graph.outputs.items():
        if output.edge.node is node:
            named = "" if name == "output" else f" {visible(name)}"
            takers.append(f"the network's output{named}")
    return f"gives {headings.shape_words(node.output)} to {listed(takers, 'and') or 'nobody'}"


def _attributes(node: Node) -> Iterator[str]:
    """Each attribute with its value, and who decided it."""
    layer = node.layer
    if layer is None:
        yield "unknown: the layer was refused"
        return
    given = {key: one for key, one in layer.keys().items() if key in node.spec.written}
    shown = {**layer.attributes, **given}
    known = {**arriving(layer, node.inputs), **_stood_for(node)}
    width = max(map(len, shown), default=0)
    for key, attribute in shown.items():
        value, why = _decided(node, key, attribute, known)
        yield f"{key:<{width}}  {visible(flow(value))} ({why})"
    if not shown:
        yield "none"


def _decided(
    node: Node, key: str, attribute: Attribute, known: dict[str, object]
) -> tuple[object, str]:
    """An attribute's value, and where it comes from."""
    spec = node.spec
    value = vars(node.layer).get(key, spec.written.get(key, attribute.default))
    if attribute.holds_layers:
        value = "with rows of their own" if value else value
    if key in spec.elsewhere:
        return value, "written for the first copy" if "first" in spec.elsewhere[key] else (
            "from the spec's defaults"
        )
    if key in spec.written:
        written = visible(flow(spec.written[key]))
        return value, f"written as {written}" if "$" in written else "written"
    if value is None and key in known:
        return known[key], "inferred" if attribute.stated else f"null: {null_words(attribute)}"
    return value, "default"


def _stood_for(node: Node) -> dict[str, object]:
    """What its attributes stand for where they are whole numbers."""
    return {key: factors[0] for key, factors in meanings(node).items() if len(factors) == 1}


def _numbers(sheet: Sheet, one: Derived) -> None:
    """Its tensors, sums and MACs, of all copies."""
    sheet.heading("Parameters")
    if one.node.count > 1:
        sheet.words(f"it stands for {grouped(one.node.count)} equal copies", 2)
    sheet.steps((*one.tensors, *one.sums), 2)
    for note in one.notes:
        sheet.words(visible(note), 2, 2)
    if not (one.tensors or one.sums or one.notes):
        sheet.words("none", 2)
    sheet.heading(MACS)
    if one.macs:
        sheet.step(one.macs, 2)
    else:
        sheet.words("none" if one.node.macs is not None else "unknown", 2)

"""What stands over a derivation: the network, its parts, a layer and what flows through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers.shape import Layout
from nnlint.terminal import visible
from nnlint.wording import grouped, listed, plural

if TYPE_CHECKING:
    from nnlint.graph import Graph, Group, Node
    from nnlint.layers.shape import Shape
    from nnlint.terminal import Style


def question(graph: Graph, path: str, style: Style) -> str:
    """`mnist-mlp  specs/mnist.yaml  input [784]`."""
    name = f"{style.paint(visible(graph.name), 'bold')}  " if graph.name else ""
    variant = f"({visible(graph.variant)})  " if graph.variant else ""
    inputs = [
        shape_words(shape) if entry == "input" else f"{visible(entry)} {shape_words(shape)}"
        for entry, shape in graph.inputs.items()
    ]
    return f"{name}{variant}{visible(path)}  input {', '.join(inputs)}"


def shape_words(shape: Shape) -> str:
    """`[784]`, `[1024] tokens`."""
    return f"{shape} tokens" if shape.layout is Layout.TOKENS else str(shape)


def part(group: Group) -> str:
    """`decoder h ×12`, `expert ×8 (2 run)`."""
    outer = group.parent.times.runs if group.parent else 1
    copies = _copies(group.repeats + 1, group.times.runs // max(outer, 1))
    name = visible(group.spec.name or "")
    return " ".join(filter(None, [visible(group.spec.type), name, copies]))


def layer(node: Node) -> str:
    """`Linear logits`, `Conv2d (shortcut)`, `Linear ×3`."""
    own = node.count // (node.group.count if node.group else 1)
    role = f"({node.spec.role})" if node.spec.role else ""
    name = visible(node.spec.name or "")
    return " ".join(filter(None, [visible(node.spec.type), role, name, _copies(own, own)]))


def _copies(times: int, runs: int) -> str:
    if times == 1:
        return ""
    return f"×{grouped(times)}" + (f" ({grouped(runs)} run)" if runs < times else "")


def flow(node: Node) -> str:
    """`[784] becomes [16]`."""
    shapes = dict.fromkeys(map(shape_words, node.inputs))
    arriving = listed(shapes, "and")
    if len(shapes) < len(node.inputs):
        arriving = f"{plural(len(node.inputs), 'input')} {arriving}"
    verb = "become" if len(node.inputs) > 1 else "becomes"
    return f"{arriving} {verb} {shape_words(node.output)}"

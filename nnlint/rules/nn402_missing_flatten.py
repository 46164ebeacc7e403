"""NN402: a map that reaches a dense layer without having been flattened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.layers.shape import Layout
from nnlint.rules import Rule
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """Linear maps of the last axis that get a map [C, L] or [C, H, W]."""
    told: set[int] = set()  # the same map goes on through what follows: once is enough
    for node in graph.nodes:
        known = any(id(source) in told for source in node.sources)
        unflattened = _takes_last_axis(node) and _is_map(node) and node.complete
        if _is_map(node) and (known or unflattened):
            told.add(id(node))
        if unflattened and not known:
            shape, rows = node.inputs[0], "×".join(map(str, node.inputs[0].dims[:-1]))
            yield Problem(
                "NN402",
                node.path,
                f"{node.spec.label} gets the map {shape} and works on its last axis alone: "
                f"{rows} rows of {shape.last}, each by itself",
                f"a Flatten before it makes one axis of {grouped(shape.size)}",
            )


def _takes_last_axis(node: Node) -> bool:
    return bool(node.layer and node.layer.is_linear_map and node.layer.feature_axis == -1)


def _is_map(node: Node) -> bool:
    return bool(node.inputs) and node.inputs[0].layout is Layout.MAP and not node.inputs[0].open


RULE = Rule(
    code="NN402",
    name="missing-flatten",
    severity=Severity.WARNING,
    summary="A map reaches a Linear without a Flatten.",
    rationale=(
        "Linear works on the last axis. On an image [1, 28, 28] it treats each of the 28 rows "
        "alone, with 28 inputs instead of 784. PyTorch runs that without a word, and the "
        "network learns badly. A sequence [T, d] is meant to be taken so, and is silent: "
        "write the input as {sequence: [T, d]}."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html",
    bad="""\
nnlint: 1
input: [1, 28, 28]
layers:
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [1, 28, 28]
layers:
  - Flatten
  - {type: Linear, out_features: 10}
""",
    check=check,
)

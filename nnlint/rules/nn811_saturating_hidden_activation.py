"""NN811: Sigmoid or Tanh between the layers of a deep network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.walking import (
    by_definition,
    last_stretch,
    merges_alike,
    multiplying_layers,
    unmultiplied_before,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node

DEEP = 3


def check(graph: Graph) -> Iterator[Problem]:
    """Saturating activations that a learned layer follows."""
    depth = multiplying_layers(graph)
    if depth < DEEP or _sees_other_steps(graph):
        return
    merges = (node for node in graph.nodes if merges_alike(node))
    meant = last_stretch(graph) | unmultiplied_before(graph, merges)
    for path, nodes in by_definition(graph):
        if all(_saturates(node) and id(node) not in meant for node in nodes):
            yield Problem(
                "NN811",
                path,
                f"{nodes[0].spec.label} is flat where its input is far from 0, and hardly any "
                f"gradient passes there: a risk with {depth} learned layers",
                "use ReLU, GELU or SiLU in hidden layers, or a norm before it",
            )


def _sees_other_steps(graph: Graph) -> bool:
    return any(node.layer and node.layer.sees_other_steps for node in graph.nodes)


def _saturates(node: Node) -> bool:
    """Unless a norm before it keeps the scores near 0, where it is steep."""
    after_norm = any(one and one.layer and one.layer.role == "norm" for one in node.sources)
    return bool(node.layer and node.layer.saturates) and not after_norm


RULE = Rule(
    code="NN811",
    name="saturating-hidden-activation",
    severity=Severity.INFO,
    summary="Sigmoid or Tanh in the hidden layers of a deep network.",
    rationale=(
        "Sigmoid and Tanh are flat away from 0: their slope is at most 1/4 and 1, and nearly 0 "
        "once a unit is saturated. In a row of layers the slopes are multiplied, and the "
        "first layers hardly learn. The rule speaks from three learned layers on. It is silent "
        "on the last activation, where the output is multiplied or added to another (a gate, a "
        "residual), after a normalisation, which keeps the scores where the slope is steep, "
        "and in networks with recurrence or attention, whose gates and poolers mean it. Some "
        "networks want a smooth and bounded function (physics-informed ones, policies): hence "
        "advice, shown with --show-info."
    ),
    reference="https://proceedings.mlr.press/v9/glorot10a.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64}
  - Sigmoid
  - {type: Linear, out_features: 64}
  - Sigmoid
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64}
  - ReLU
  - {type: Linear, out_features: 64}
  - ReLU
  - {type: Linear, out_features: 10}
""",
    check=check,
)

"""NN811: Sigmoid, Tanh or Softmax between the layers of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.neighbours import Neighbours
from nnlint.rules.properties import competing, does_nothing, is_dense, merges_alike
from nnlint.rules.walking import (
    last_stretch,
    multiplying_layers,
    unmultiplied_before,
)
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path
    from nnlint.graph import Graph, Node

DEEP = 3


def check(graph: Graph) -> Iterator[Problem]:
    """Activations that a learned layer follows, and that hardly let a gradient pass."""
    yield from _saturating(graph)
    near = Neighbours(graph, _passes_on)
    for nodes in graph.definitions:
        path = nodes[0].path
        if all(_shares_out(node, near) for node in nodes):
            yield _of_one_sum(path, nodes[0])


def _saturating(graph: Graph) -> Iterator[Problem]:
    depth = multiplying_layers(graph)
    if depth < DEEP or _sees_other_steps(graph):
        return
    merges = (node for node in graph.nodes if merges_alike(node))
    meant = last_stretch(graph) | unmultiplied_before(graph, merges)
    for nodes in graph.definitions:
        path = nodes[0].path
        if all(_saturates(node) and id(node) not in meant for node in nodes):
            yield Problem(
                "NN811",
                path,
                f"{nodes[0].spec.label} is flat where its input is far from 0, and hardly any "
                f"gradient passes there: a risk with {depth} learned layers",
                "use ReLU, GELU or SiLU in hidden layers, or a norm before it",
            )


def _passes_on(node: Node) -> bool:
    """Whether what stands behind it may as well stand before it: dropout, Identity."""
    return does_nothing(node) or bool(node.layer and node.layer.dropped)


def _shares_out(node: Node, near: Neighbours) -> bool:
    """Whether dense layers alone give it features, and take those that share one sum.

    Without a bias they may read from a memory, each entry weighed by its probability.
    """
    if not (node.layer and node.layer.gives_probabilities and node.layer.compares_scores):
        return False
    arriving, takers = near.arriving([node]), [taker for _, taker in near.takers([node])]
    given = all(one and is_dense(one) for one in arriving)
    taken = takers and all(is_dense(one) and one.spec.bias for one in takers)
    return bool(given and taken and competing(node) == node.output.dims[-1] > 1)


def _of_one_sum(path: Path, node: Node) -> Problem:
    size = node.output.dims[-1]
    return Problem(
        "NN811",
        path,
        f"{node.spec.label} lets the {grouped(size)} features of a hidden layer share one sum "
        f"of 1: each is {1 / size:.2g} on average, and hardly any gradient passes",
        "use ReLU, GELU or SiLU in hidden layers; Softmax turns the last scores into "
        "probabilities",
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
    summary="Sigmoid, Tanh or Softmax in the hidden layers of a network.",
    rationale=(
        "Sigmoid and Tanh are flat away from 0: their slope is at most 1/4 and 1, and nearly 0 "
        "once a unit is saturated. In a row of layers the slopes are multiplied, and the "
        "first layers hardly learn. The rule speaks from three learned layers on. It is silent "
        "on the last activation, where the output is multiplied or added to another (a gate, a "
        "residual), after a normalisation, which keeps the scores where the slope is steep, "
        "and in networks with recurrence or attention, whose gates and poolers mean it. Some "
        "networks want a smooth and bounded function (physics-informed ones, policies): hence "
        "advice, shown with --show-info. A Softmax between two dense layers makes all features "
        "small together: with it in place of ReLU in 784-128-10 the gradient of the first "
        "layer is 78 times smaller (measured). The rule is silent where anything but a dense "
        "layer stands beside it (an attention by hand multiplies), where the next layer has no "
        "bias (it may read from a memory), and on a softmax over another axis."
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

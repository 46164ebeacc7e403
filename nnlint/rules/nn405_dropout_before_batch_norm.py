"""NN405: dropout before a batch norm, whose stored deviation then is another."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity, spell
from nnlint.rules import Rule
from nnlint.rules.neighbours import Neighbours
from nnlint.rules.properties import keeps_elements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """Dropouts that reach nothing but batch norms, at most one activation between."""
    near = Neighbours(graph, keeps_elements)
    for nodes in graph.definitions:
        if all(_shifts(node) for node in nodes):
            for pairs in (near.takers(nodes), near.next_copies(nodes)):
                norms = [one for _, taker in pairs for one in _norms(taker, near)]
                if norms and None not in norms:
                    yield _problem(nodes[0], *next(one for one in norms if one))
                    break


def _shifts(node: Node) -> bool:
    return bool(node.layer and node.layer.dropped and not node.layer.keeps_deviation)


def _norms(taker: Node, near: Neighbours) -> list[tuple[Node, bool] | None]:
    """The batch norms that a taker is or leads to, and whether it is one; None: elsewhere."""
    if _stores_batches(taker):
        return [(taker, True)]
    if not (taker.layer and taker.layer.is_elementwise):
        return [None]
    behind = [one for _, one in near.takers([taker])]
    return [(one, False) if _stores_batches(one) else None for one in behind] or [None]


def _stores_batches(node: Node) -> bool:
    """Whether its deviation in evaluation is the one of the batches it was trained with."""
    learns = node.layer and node.layer.uses_batch and node.trainable
    return bool(learns and node.buffers)


def _problem(dropout: Node, norm: Node, adjacent: bool) -> Problem:
    share = dropout.layer.dropped if dropout.layer else 0
    end = f"at most {sqrt(1 - share):.2f} instead of 1" if adjacent else "less than 1"
    return Problem(
        "NN405",
        dropout.path,
        f"{dropout.spec.label} with p {share:g} stands before {norm.spec.label} "
        f"({spell(norm.path)}), which stores the deviation that dropout raises: in evaluation "
        f"the normalised deviation is {end}",
        f"move {dropout.spec.label} behind {norm.spec.label} and its activation",
    )


RULE = Rule(
    code="NN405",
    name="dropout-before-batch-norm",
    severity=Severity.WARNING,
    summary="Dropout before a batch normalisation.",
    rationale=(
        "While training, dropout zeroes some values and scales the others up, which raises "
        "their variance; batch norm stores that variance and divides by it in evaluation, when "
        "nothing is dropped any more (after p = 0.5 the normalised deviation is 0.64 when "
        "measured). The rule looks through one element-wise activation, Identity and Flatten, "
        "and from the end of a block to the start of its next copy. It is silent where a "
        "learning layer, pooling or a merge lies between, if anything but batch norms takes "
        "the output, on other norms (LayerNorm stores nothing), on batch norms that are frozen "
        "or store no statistics, on AlphaDropout, which keeps the deviation, and if p is 0."
    ),
    reference="https://arxiv.org/abs/1801.05134",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64, bias: false}
  - {type: Dropout, p: 0.5}
  - BatchNorm1d
  - ReLU
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64, bias: false}
  - BatchNorm1d
  - ReLU
  - {type: Dropout, p: 0.5}
  - {type: Linear, out_features: 10}
""",
    check=check,
)

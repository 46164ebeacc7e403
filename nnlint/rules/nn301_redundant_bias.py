"""NN301: a bias that the normalisation behind it takes away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Applies, Edit, Fix, Problem, Severity
from nnlint.layers.shape import Misfit, Unknown
from nnlint.rules import Rule
from nnlint.rules.heads import last_batch_norms
from nnlint.rules.walking import leaving
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """Biases whose every copy feeds a norm that centres the same axis."""
    outputs = leaving(graph)
    going = {id(norm) for norm, _, output in last_batch_norms(graph) if output.loss}
    for nodes in graph.definitions:
        path = nodes[0].path
        if all(_has_learned_bias(node) and _is_centred(node, outputs, going) for node in nodes):
            node = nodes[0]
            yield Problem(
                "NN301",
                (*path, "bias") if "bias" in node.spec.given else path,
                f"{node.spec.label} has a bias, but the normalisation after it subtracts the "
                f"mean, and the bias with it",
                _price(nodes),
                fix=Fix(Applies.UNSAFE, (Edit((*path, "bias"), False),)),
            )


def _price(nodes: list[Node]) -> str:
    if not all(node.complete for node in nodes):
        return "write bias: false"
    biases, params = sum(node.biases for node in nodes), sum(node.params for node in nodes)
    return f"bias: false drops {grouped(biases)} of its {grouped(params)} parameters"


def _has_learned_bias(node: Node) -> bool:
    layer = node.layer
    return bool(layer and layer.bias_flag and layer.feature_axis is not None and node.trainable)


def _is_centred(origin: Node, outputs: set[int], going: set[int]) -> bool:
    """Whether all that it reaches is norms that take its bias away, and stay, and no output."""
    waiting, seen = [origin], {id(origin)}
    while waiting:
        taken = waiting.pop()
        for consumers in taken.followers():
            if len(consumers) != 1 or id(taken) in outputs:
                return False
            node = consumers[0]
            if node.layer and node.layer.passes_shift:
                waiting += [] if id(node) in seen else [node]
                seen.add(id(node))
            elif id(node) in going or not _takes_away(origin, node):
                return False
    return True


def _takes_away(origin: Node, norm: Node) -> bool:
    axis = origin.layer.feature_axis if origin.layer else None
    if axis is None or not norm.trainable or origin.output.open or norm.output.open:
        return False
    return axis % origin.output.rank == _centred_axis(norm)


def _centred_axis(norm: Node) -> int | None:
    try:
        return norm.layer.centred_axis(norm.inputs[0]) if norm.layer else None
    except (Unknown, Misfit):
        return None


RULE = Rule(
    code="NN301",
    name="redundant-bias",
    severity=Severity.WARNING,
    summary="A bias before a normalisation that subtracts the mean.",
    rationale=(
        "Batch normalisation subtracts each channel's mean. A bias adds one constant to a "
        "channel, so it raises the mean by just that constant and is gone; its gradient is "
        "zero (1e-8 when measured), and the norm has a learned shift of its own. The same is "
        "true of InstanceNorm and of a GroupNorm with a group for each channel, and through "
        "Identity, max pooling and average pooling that averages no padding. The rule is "
        "silent if anything else takes the layer's output, or it leaves the network; if an "
        "activation, dropout or padding lies between; if the norm averages over other axes "
        "(LayerNorm, RMSNorm, other GroupNorms, a Linear on [C, L]); if the norm comes last "
        "and is to be removed itself (NN408); and if the layer or the norm is frozen: a "
        "frozen norm subtracts a stored mean and leaves the bias its effect."
    ),
    reference="https://arxiv.org/abs/1502.03167",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64}
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
  - {type: Linear, out_features: 10}
""",
    check=check,
    fix=Applies.UNSAFE,
)

"""NN807: one layer that computes more than all others."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.quantity import percent
from nnlint.rules import Rule
from nnlint.rules.walking import multiplying_layers
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph

MOST = Fraction(1, 2)
FEW = 5


def check(graph: Graph) -> Iterator[Problem]:
    """Layers of which a single copy has more than `MOST` of all multiply-adds."""
    total, layers = graph.totals.macs, multiplying_layers(graph)
    if layers <= FEW or not graph.totals.macs_complete:
        return
    for node in graph.nodes:
        macs = node.macs or 0
        if macs > MOST * total:
            yield Problem(
                "NN807",
                node.path,
                f"{node.spec.label} alone computes {grouped(macs)} of the {grouped(total)} "
                f"multiply-adds of {layers} layers ({percent(Fraction(macs, total))})",
                "to make the network faster, begin here: fewer outputs or channels, or fewer "
                "positions that reach it",
            )


RULE = Rule(
    code="NN807",
    name="most-macs-in-one-layer",
    severity=Severity.INFO,
    summary="More than half of the multiply-adds in one layer.",
    rationale=(
        "What does not touch the part that takes most of the time can't save much: if one "
        "layer computes 80 %, all the others together are worth a quarter more speed at best "
        "(Amdahl's law). Often a stage works on a map that is larger than it need be, or a "
        "head on a vocabulary that is large for so small a network, and nobody has looked. "
        "Multiply-adds are not time, but they are what can be counted. The rule is silent "
        "where five layers or fewer multiply, for then one of them is easily the largest, and "
        "where the multiply-adds of some layer are unknown. Each copy of a repeated layer is "
        "a layer of its own."
    ),
    reference="https://doi.org/10.1145/1465482.1465560",
    bad="""\
nnlint: 1
input: [3, 32, 32]
layers:
  - {type: Conv2d, out_channels: 64, kernel_size: 3, padding: 1, act: ReLU}
  - {type: Conv2d, out_channels: 256, kernel_size: 7, padding: 3, act: ReLU}
  - {type: Conv2d, out_channels: 16, kernel_size: 1, act: ReLU}
  - {type: AdaptiveAvgPool2d, output_size: 1}
  - Flatten
  - {type: Linear, out_features: 64, act: ReLU, repeat: 2}
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [3, 32, 32]
layers:
  - {type: Conv2d, out_channels: 64, kernel_size: 3, padding: 1, act: ReLU, repeat: 3}
  - {type: AdaptiveAvgPool2d, output_size: 1}
  - Flatten
  - {type: Linear, out_features: 64, act: ReLU, repeat: 2}
  - {type: Linear, out_features: 10}
""",
    check=check,
)

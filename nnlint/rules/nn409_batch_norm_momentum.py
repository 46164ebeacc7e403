"""NN409: Keras' momentum on a batch norm of PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node

USUAL = 0.1


def check(graph: Graph) -> Iterator[Problem]:
    """Norms whose stored statistics are mostly those of the newest batch."""
    for nodes in graph.definitions:
        shares = [_share(node) for node in nodes]
        share = shares[0]
        if share is not None and all(one is not None and one > 0.5 for one in shares):
            yield Problem(
                "NN409",
                nodes[0].spec.place("momentum"),
                f"{nodes[0].spec.label} has momentum {share:g}: in PyTorch that is the weight "
                f"of the newest batch, so the stored statistics keep {_rest(share)} of all "
                "before it",
                f"write momentum: {_meant(share)}, or convention: keras at the top of the spec",
            )


def _share(node: Node) -> float | None:
    in_torch = node.layer and node.layer.convention == "torch"
    return node.layer.newest_share if node.layer and in_torch else None


def _rest(share: float) -> str:
    rest = f"{100 * (1 - share):.4g} %"
    return rest if share < 1 else "nothing"


def _meant(share: float) -> str:
    """What Keras' value is in PyTorch."""
    if share >= 1:
        return f"{USUAL:g}"
    return f"{1 - share:.4g} (1 − {share:g})"


RULE = Rule(
    code="NN409",
    name="batch-norm-momentum",
    severity=Severity.WARNING,
    summary="A batch norm with Keras' momentum under PyTorch's convention.",
    rationale=(
        "The two frameworks mean the opposite: in PyTorch momentum is the weight of the newest "
        "batch (default 0.1), in Keras that of all before it (default 0.99). A value above 0.5 "
        "was mostly copied from the other: the stored mean and variance then are those of the "
        "last batch or two, and evaluation is a lottery. The rule is silent under convention: "
        "keras, with momentum: null (the mean of all batches), and on norms that store no "
        "statistics."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html",
    bad="""\
nnlint: 1
input: [3, 32, 32]
layers:
  - {type: Conv2d, out_channels: 16, kernel_size: 3, bias: false}
  - {type: BatchNorm2d, momentum: 0.99}
  - ReLU
  - {type: AdaptiveAvgPool2d, output_size: 1}
  - Flatten
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
input: [3, 32, 32]
layers:
  - {type: Conv2d, out_channels: 16, kernel_size: 3, bias: false}
  - {type: BatchNorm2d, momentum: 0.01}
  - ReLU
  - {type: AdaptiveAvgPool2d, output_size: 1}
  - Flatten
  - {type: Linear, out_features: 10}
""",
    check=check,
)

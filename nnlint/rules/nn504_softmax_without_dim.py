"""NN504: a softmax whose axis torch would guess, and guess wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph


def check(graph: Graph) -> Iterator[Problem]:
    """Layers without dim where torch takes the batch."""
    for node in graph.nodes:
        if node.layer and node.inputs and node.layer.guesses_axis(node.inputs[0]):
            yield Problem(
                "NN504",
                node.path,
                f"{node.spec.label} has no dim, and on {node.inputs[0]} with a batch before it "
                "torch would take the batch axis",
                "write dim: -1 for the last axis, or dim: 1 for channels",
            )


RULE = Rule(
    code="NN504",
    name="softmax-without-dim",
    severity=Severity.WARNING,
    summary="Softmax without dim on two axes.",
    rationale=(
        "Left without dim, torch takes axis 0 of a tensor with three axes. With the batch in "
        "front, [batch, T, d], that is the batch: the samples of a batch compete with each "
        "other. nnlint takes the last axis of a sequence and the channels of a map."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html",
    bad="""\
nnlint: 1
input: {sequence: [16, 32]}
layers:
  - Softmax
""",
    good="""\
nnlint: 1
input: {sequence: [16, 32]}
layers:
  - {type: Softmax, dim: -1}
""",
    check=check,
)

"""NN504: a softmax whose axis torch would guess, and guess wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.heads import needless
from nnlint.rules.properties import competing, guesses_axis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph


def check(graph: Graph) -> Iterator[Problem]:
    """Layers without dim where torch takes the batch; silent on what has to go anyway."""
    going = needless(graph)
    for node in graph.nodes:
        if guesses_axis(node) and id(node) not in going and competing(node) != 1:
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
        "other. nnlint takes the last axis of a sequence and the channels of a map. The rule "
        "is silent where the softmax has to go anyway: before a loss that computes it itself "
        "(NN501, NN502) or judges each score alone (NN509), and over a single score (NN503)."
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

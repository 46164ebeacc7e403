"""NN410: dropout between the layers of a recurrent network that has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """Recurrent layers that are told to drop between layers, and have one."""
    for nodes in graph.definitions:
        shares = [_dropped_nowhere(node) for node in nodes]
        if all(shares):
            spec = nodes[0].spec
            yield Problem(
                "NN410",
                spec.place("dropout"),
                f"{spec.label} has dropout {shares[0]:g}, which acts between "
                "its layers, but num_layers is 1: nothing is dropped",
                "write num_layers: 2, or a Dropout layer behind it",
            )


def _dropped_nowhere(node: Node) -> float:
    """The share; 0 where the number of layers is computed: a variant may have more."""
    computed = isinstance(node.spec.written.get("num_layers"), str)
    return node.layer.dropped_nowhere if node.layer and not computed else 0


RULE = Rule(
    code="NN410",
    name="recurrent-dropout-of-one-layer",
    severity=Severity.WARNING,
    summary="A recurrent layer with dropout and num_layers: 1.",
    rationale=(
        "The dropout of PyTorch's RNN, LSTM and GRU acts on the outputs of each layer but the "
        "last. With one layer there is none to act on: PyTorch warns and drops nothing. The "
        "rule is silent under convention: keras, whose dropout acts on what arrives, and "
        "where num_layers is an expression, which may be more in a variant."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html",
    bad="""\
nnlint: 1
input: {sequence: [100, 64]}
layers:
  - {type: LSTM, hidden_size: 128, bias: false, dropout: 0.5, output: last}
  - {type: Linear, out_features: 2}
""",
    good="""\
nnlint: 1
input: {sequence: [100, 64]}
layers:
  - {type: LSTM, hidden_size: 128, num_layers: 2, bias: false, dropout: 0.5, output: last}
  - {type: Linear, out_features: 2}
""",
    check=check,
)

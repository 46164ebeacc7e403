"""NN410: dropout between the layers of a recurrent network that has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.walking import by_definition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node


def check(graph: Graph) -> Iterator[Problem]:
    """Recurrent layers that are told to drop between layers, and have one."""
    for _, nodes in by_definition(graph):
        if all(_drops_between_none(node) for node in nodes):
            spec = nodes[0].spec
            yield Problem(
                "NN410",
                spec.place("dropout"),
                f"{spec.label} has dropout {spec.written.get('dropout')}, which acts between "
                "its layers, but num_layers is 1: nothing is dropped",
                "write num_layers: 2, or a Dropout layer behind it",
            )


def _drops_between_none(node: Node) -> bool:
    """Whether it does; a number of layers that is computed may be another in a variant."""
    computed = isinstance(node.spec.written.get("num_layers"), str)
    return bool(node.layer and node.layer.drops_between_none and not computed)


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

"""NN805: the second bias vector of PyTorch's recurrent layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph


def check(graph: Graph) -> Iterator[Problem]:
    """Recurrent layers with biases that are only added to other biases."""
    for nodes in graph.definitions:
        path = nodes[0].path
        layers = [(node.times.owned, node.layer) for node in nodes]
        idle = sum(owned * layer.idle_biases for owned, layer in layers if layer)
        if idle and all(node.complete for node in nodes):
            params = sum(node.params for node in nodes)
            yield Problem(
                "NN805",
                path,
                f"{nodes[0].spec.label} adds two biases, bias_ih and bias_hh, where one is "
                f"enough: {grouped(idle)} of its {grouped(params)} parameters are idle",
                "PyTorch has no flag for it, and bias: false drops both; remember it where you "
                "compare counts: Keras has one (convention: keras)",
            )


RULE = Rule(
    code="NN805",
    name="second-rnn-bias",
    severity=Severity.INFO,
    summary="Two bias vectors in a recurrent layer, where one would do.",
    rationale=(
        "PyTorch's LSTM and RNN compute W·x + bias_ih + U·h + bias_hh, because cuDNN wants two "
        "vectors; only their sum matters, and the definition has one. In a GRU the reset gate "
        "scales the new gate's U·h + bias_hh before it is added, so that third of bias_hh "
        "counts, and two thirds do not. Nothing can be done about it in PyTorch, but it "
        "explains why counts of the same network differ between frameworks: hence advice, "
        "shown with --show-info. The rule is silent with bias: false and under Keras' "
        "convention."
    ),
    reference="https://github.com/pytorch/pytorch/blob/main/torch/nn/modules/rnn.py",
    bad="""\
nnlint: 1
input: {sequence: [100, 64]}
layers:
  - {type: LSTM, hidden_size: 128, output: last}
  - {type: Linear, out_features: 10}
""",
    good="""\
nnlint: 1
convention: keras
input: {sequence: [100, 64]}
layers:
  - {type: LSTM, hidden_size: 128, output: last}
  - {type: Linear, out_features: 10}
""",
    check=check,
)

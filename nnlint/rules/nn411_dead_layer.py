"""NN411: a layer whose output nobody takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Problem, Severity
from nnlint.rules import Rule
from nnlint.rules.walking import before, by_definition
from nnlint.wording import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Graph, Node

OF_ONE_LAYER = ("NN201", "NN202", "NN203", "NN204", "NN211", "NN213", "NN214")
"""Problems that leave the wiring as it is meant."""


def check(graph: Graph) -> Iterator[Problem]:
    """Ends of ways that reach no output."""
    if not _is_wired(graph):
        return
    seen = before(output.edge.node for output in graph.outputs.values())
    owners = {id(node.tied[1]) for node in graph.nodes if node.tied}
    for _, nodes in by_definition(graph):
        ends = [node for node in nodes if not node.consumers]
        kept = any(id(node) in owners or node.spec.role for node in nodes)
        if ends and not kept and not any(id(node) in seen for node in nodes):
            dead = before(ends, seen)
            yield _problem(ends[0], list(dead.values()))
            seen.update(dead)


def _is_wired(graph: Graph) -> bool:
    """Whether all connections are what the author meant, as far as anybody can tell."""
    known = all(problem.code in OF_ONE_LAYER for problem in graph.problems)
    return known and all(node.layer for node in graph.nodes)


def _problem(end: Node, dead: list[Node]) -> Problem:
    more = len({node.path for node in dead}) - 1
    params = sum(node.params for node in dead)
    what = f"it and {plural(more, 'layer')} before it do nothing" if more else "it does nothing"
    price = f", and {plural(params, 'parameter')} learn nothing" if params else ""
    return Problem(
        "NN411",
        end.path,
        f"nobody takes the output of {end.spec.label}, and it is no output of the network: "
        f"{what}{price}",
        "take it by its name (from, with), name it in outputs, or remove it",
    )


RULE = Rule(
    code="NN411",
    name="dead-layer",
    severity=Severity.WARNING,
    summary="A layer that reaches no output.",
    rationale=(
        "What nobody takes is computed for nothing, and its parameters get no gradient, but "
        "they count. Mostly the layer behind it has a from that leads past it, or a head is "
        "missing in outputs. The finding stands at the end of the dead way. The rule is "
        "silent on the router of a MoE, which chooses the experts, on a layer whose weight "
        "another is tied to, on a layer of a block that some use of the block takes, and "
        "while a name or a form is wrong, since then nobody knows what is meant."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.parallel.DistributedDataParallel.html",
    bad="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64, act: ReLU, name: trunk}
  - {type: Linear, out_features: 10, name: digit}
  - {type: Linear, out_features: 2, name: parity, from: trunk}
""",
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 64, act: ReLU, name: trunk}
  - {type: Linear, out_features: 10, name: digit}
  - {type: Linear, out_features: 2, name: parity, from: trunk}
outputs: [digit, parity]
""",
    check=check,
)

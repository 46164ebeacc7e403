"""Sequential."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text

if TYPE_CHECKING:
    from nnlint.graph import Graph
    from nnlint.report import Report


def lint(*layers: object, x: object = (8,)) -> Report:
    return lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers}))


def graph_of(*layers: object, x: object = (8,)) -> Graph:
    graph = lint(*layers, x=x).graph
    assert graph is not None
    return graph


def linear(out_features: int, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


def sequential(*layers: object, **more: object) -> dict[str, Any]:
    return {"type": "Sequential", "layers": list(layers), **more}


def test_its_layers_follow_each_other() -> None:
    graph = graph_of(sequential(linear(5), "ReLU", linear(3)))
    assert graph.output.shape.known == (3,)
    assert graph.totals.params == (8 * 5 + 5) + (5 * 3 + 3)
    assert graph.totals.macs == 8 * 5 + 5 * 3


def test_it_has_no_tensors_and_no_bias_of_its_own() -> None:
    graph = graph_of(sequential("ReLU"))
    assert [node.spec.type for node in graph.nodes] == ["ReLU"]
    (group,) = {node.group for node in graph.nodes}
    assert group is not None
    assert (group.spec.type, group.spec.bias, group.depth) == ("Sequential", None, 0)


def test_groups_know_how_many_stand_around_them() -> None:
    (node,) = graph_of(sequential(sequential(sequential("ReLU")))).nodes
    assert node.group is not None
    assert node.group.depth == 2


def test_an_empty_one_is_the_identity() -> None:
    graph = graph_of(sequential(), linear(3))
    assert graph.totals.params == 8 * 3 + 3
    assert graph.totals.complete


@pytest.mark.parametrize(
    ("layer", "code"),
    [({"type": "Sequential"}, "NN102"), (sequential("Relu"), "NN120"),
     (sequential({"type": "Dense", "out_features": 3}), "NN121"), (sequential(3), "NN101"),
     ({"type": "Sequential", "layers": "ReLU"}, "NN101")],
)  # fmt: skip
def test_what_it_holds_is_checked(layer: dict[str, Any], code: str) -> None:
    (finding,) = lint(layer).findings
    assert finding.rule.code == code


def test_a_layer_that_is_refused_inside_leaves_the_others_alone() -> None:
    after = linear(3, in_features=4)
    graph = graph_of(sequential(linear(5), {"type": "Linear"}, "ReLU", after))
    assert [node.params for node in graph.nodes] == [45, 0, 0, 15]
    assert not graph.totals.complete


def test_frozen_is_all_that_it_holds() -> None:
    graph = graph_of(linear(8), sequential("ReLU", sequential(linear(5)), trainable=False))
    assert graph.totals.frozen == 8 * 5 + 5
    assert graph.totals.trainable == 8 * 8 + 8


@pytest.mark.parametrize("repeat", [1, 2, 7])
def test_repeat_makes_so_many_copies(repeat: int) -> None:
    totals = graph_of(sequential(linear(8), "ReLU", repeat=repeat)).totals
    assert totals.params == repeat * (8 * 8 + 8)
    assert totals.macs == repeat * 64


def test_repeat_is_at_least_one() -> None:
    (finding,) = lint(sequential("ReLU", repeat=0)).findings
    assert finding.rule.code == "NN106"
    assert "repeat is 0" in finding.message

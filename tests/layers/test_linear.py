"""Linear, Bilinear and Identity."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text

if TYPE_CHECKING:
    from nnlint.graph import Node
    from nnlint.report import Report

BROKEN = {"type": "Linear"}
"""The schema refuses it (out_features is missing), so its output is unknown."""


def lint(*layers: object, **inputs: object) -> Report:
    return lint_text(json.dumps({"nnlint": 1, **inputs, "layers": layers}))


def last(*layers: object, **inputs: object) -> Node:
    graph = lint(*layers, **inputs).graph
    assert graph is not None
    return graph.nodes[-1]


def messages(report: Report, code: str) -> list[str]:
    return [finding.message for finding in report.findings if finding.rule.code == code]


def linear(out_features: int, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


def tensors(node: Node) -> dict[str, tuple[int, ...]]:
    return {tensor.name: tensor.shape for tensor in node.tensors}


@pytest.mark.parametrize(
    ("written", "output", "positions"),
    [([7], (3,), 1), ([5, 7], (5, 3), 5), ([2, 5, 7], (2, 5, 3), 10),
     ([2, 4, 5, 7], (2, 4, 5, 3), 40), ({"sequence": [5, 7]}, (5, 3), 5)],
)  # fmt: skip
def test_linear_works_on_the_last_axis(
    written: object, output: tuple[int, ...], positions: int
) -> None:
    node = last(linear(3), input=written)
    assert node.output.dims == output
    assert tensors(node) == {"weight": (3, 7), "bias": (3,)}
    assert (node.weights, node.biases) == (21, 3)
    assert node.macs == positions * 7 * 3


@pytest.mark.parametrize("flag", [True, False])
def test_the_bias_flag_says_whether_there_is_one(*, flag: bool) -> None:
    node = last(linear(3, bias=flag), input=[7])
    assert node.spec.bias is flag
    assert ("bias" in tensors(node)) is flag
    assert node.params == 21 + 3 * flag


def test_bias_is_on_by_default_and_a_written_one_is_told_apart() -> None:
    bare, written = last(linear(3), input=[7]), last(linear(3, bias=True), input=[7])
    assert bare.spec.bias is written.spec.bias is True
    assert "bias" not in bare.spec.given
    assert "bias" in written.spec.given


def test_a_stated_size_is_checked_and_the_next_layer_still_has_its_input() -> None:
    report = lint(linear(3, in_features=9), "ReLU", linear(2), input=[7])
    (finding,) = report.findings
    assert finding.rule.code == "NN201"
    assert finding.message == "Linear: in_features is 9, but 7 arrive"
    assert finding.help == "write in_features: 7, or leave it out: it is inferred"
    assert report.graph is not None
    assert report.graph.output.shape.dims == (2,)
    assert tensors(report.graph.nodes[2]) == {"weight": (2, 3), "bias": (2,)}


def test_linear_on_indices_is_refused() -> None:
    (message,) = messages(lint(linear(3), input={"tokens": 12}), "NN202")
    assert "[12] token indices arrive" in message


def test_linear_after_an_unknown_layer_knows_its_bias_and_its_last_axis() -> None:
    node = last(BROKEN, linear(3), input=[7])
    assert str(node.output) == "[…, 3]"
    assert tensors(node) == {"bias": (3,)}
    assert not node.complete
    assert node.macs is None


def test_a_stated_size_completes_a_linear_after_an_unknown_layer() -> None:
    node = last(BROKEN, linear(3, in_features=7), input=[7])
    assert tensors(node) == {"weight": (3, 7), "bias": (3,)}
    assert node.complete


def test_two_linears_in_the_unknown_still_fit_each_other() -> None:
    report = lint(BROKEN, linear(3), "ReLU", linear(2, in_features=4), input=[7])
    assert messages(report, "NN201") == ["Linear: in_features is 4, but 3 arrive"]


def test_linear_on_a_single_number_is_refused() -> None:
    """[batch] into torch's Linear(1, 3): mat1 and mat2 shapes cannot be multiplied."""
    scalar = {"type": "AdaptiveLogSoftmaxWithLoss", "n_classes": 9, "cutoffs": [4]}
    assert messages(lint(scalar, linear(3), input=[7]), "NN202")


def bilinear(**more: object) -> dict[str, Any]:
    return {"type": "Bilinear", "out_features": 3, "from": ["a", "b"], **more}


@pytest.mark.parametrize(
    ("one", "two", "output", "positions"),
    [([5], [7], (3,), 1), ([4, 5], [4, 7], (4, 3), 4), ([2, 4, 5], [2, 4, 7], (2, 4, 3), 8)],
)
def test_bilinear_weighs_every_product(
    one: list[int], two: list[int], output: tuple[int, ...], positions: int
) -> None:
    node = last(bilinear(), inputs={"a": one, "b": two})
    assert node.output.dims == output
    assert tensors(node) == {"weight": (3, 5, 7), "bias": (3,)}
    assert (node.weights, node.biases) == (105, 3)
    assert node.macs == positions * 5 * 7 * 3


def test_bilinear_without_bias() -> None:
    node = last(bilinear(bias=False), inputs={"a": [5], "b": [7]})
    assert tensors(node) == {"weight": (3, 5, 7)}
    assert node.spec.bias is False


@pytest.mark.parametrize(("key", "arrives"), [("in1_features", 5), ("in2_features", 7)])
def test_bilinear_checks_both_sizes(key: str, arrives: int) -> None:
    report = lint(bilinear(**{key: 9}), inputs={"a": [5], "b": [7]})
    assert messages(report, "NN201") == [f"Bilinear: {key} is 9, but {arrives} arrive"]


def test_bilinear_wants_the_same_positions() -> None:
    report = lint(bilinear(), inputs={"a": [4, 5], "b": [6, 7]})
    (message,) = messages(report, "NN202")
    assert "[4, 5] and [6, 7] arrive" in message


def test_bilinear_takes_two_inputs() -> None:
    (message,) = messages(lint({"type": "Bilinear", "out_features": 3}, input=[7]), "NN206")
    assert message.startswith("Bilinear takes 2 inputs, but ")
    assert "1" in message


def test_bilinear_beside_an_unknown_input() -> None:
    node = last(linear(5, name="a"), {**BROKEN, "name": "b"}, bilinear(), input=[7])
    assert tensors(node) == {"bias": (3,)}
    assert node.output.dims == (3,)
    assert not node.complete


@pytest.mark.parametrize("written", [[7], [5, 7], [3, 5, 7], {"tokens": 7}])
def test_identity_is_the_identity(written: object) -> None:
    node = last("Identity", input=written)
    assert node.output == node.inputs[0]
    assert (node.params, node.macs, node.spec.bias) == (0, 0, None)
    assert node.complete


def test_identity_takes_no_arguments() -> None:
    (message,) = messages(lint({"type": "Identity", "out_features": 3}, input=[7]), "NN103")
    assert "Identity takes no key 'out_features'" in message


def test_sizes_are_whole_and_positive() -> None:
    report = lint(linear(0), linear(2**63), {"type": "Linear", "out_features": "16"}, input=[7])
    assert [finding.rule.code for finding in report.findings] == ["NN106", "NN107", "NN101"]
    assert report.findings[0].message.startswith("out_features is 0")
    assert report.findings[2].help == "remove the quotes: 16"


@pytest.mark.parametrize("x", [[1, 28, 28], [28, 28], {"map": [28, 28]}])
def test_a_forgotten_flatten_is_one_finding_that_names_it(x: object) -> None:
    report = lint(
        {"type": "Linear", "in_features": 784, "out_features": 128}, "ReLU",
        {"type": "Linear", "in_features": 128, "out_features": 10}, input=x,
    )  # fmt: skip
    (finding,) = report.findings
    assert finding.rule.code == "NN201"
    assert finding.help == "a Flatten before it makes one axis of 784"
    assert report.graph
    assert report.graph.output.shape.dims == (10,)


def test_bilinear_in_the_unknown_counts_what_is_stated_and_checks_what_arrives() -> None:
    known = {"type": "Linear", "out_features": 6, "name": "six"}
    sizes = {"in1_features": 6, "in2_features": 5, "out_features": 3}
    layer = {"type": "Bilinear", **sizes, "from": ["six", "lost"]}
    layers = [{"type": "Linear", "name": "lost"}, known, layer]
    spec = {"nnlint": 1, "input": [4], "layers": layers}
    graph = lint_text(json.dumps(spec)).graph
    assert graph is not None
    assert {one.name: one.shape for one in graph.nodes[-1].tensors} == {
        "weight": (3, 6, 5), "bias": (3,),
    }  # fmt: skip
    layer["in1_features"] = 7
    codes = [finding.rule.code for finding in lint_text(json.dumps(spec)).findings]
    assert "NN201" in codes


MEAN = {"type": "Mean", "dim": 1}
"""Makes a single number of features."""


@pytest.mark.parametrize("stated", [{}, {"in_features": 1}])
def test_a_single_number_has_no_last_axis(stated: dict[str, int]) -> None:
    """torch: both arguments to linear need to be at least 1D, the batch not counted."""
    (finding,) = lint(MEAN, linear(3, **stated), input=[8]).findings
    assert (finding.rule.code, finding.path) == ("NN202", ("layers", 1))


def test_a_single_number_is_no_input_of_a_bilinear() -> None:
    layers = ({**MEAN, "from": "a"}, bilinear(**{"from": ["previous", "b"]}))
    (finding,) = lint(*layers, inputs={"a": [8], "b": [8]}).findings
    assert (finding.rule.code, finding.path) == ("NN202", ("layers", 1))


@pytest.mark.parametrize("order", [["known", "lost"], ["lost", "known"]])
def test_a_bilinear_fits_what_nobody_knows(order: list[str]) -> None:
    """What stands before the six features of the one is unknown: it may be five tokens."""
    broken = {**BROKEN, "from": "a"}
    layers = (broken, linear(6, name="lost"), bilinear(**{"from": order}))
    report = lint(*layers, inputs={"a": [8], "known": {"sequence": [5, 7]}})
    assert [finding.rule.code for finding in report.findings] == ["NN102"]


def test_a_bilinear_that_states_its_sizes_is_counted_whatever_arrives() -> None:
    layer = bilinear(in1_features=3, in2_features=4, **{"from": ["previous", "previous"]})
    node = last(BROKEN, layer, input=[8])
    assert tensors(node) == {"weight": (3, 3, 4), "bias": (3,)}


def test_in_of_a_bilinear_is_the_last_axis() -> None:
    layer = {"type": "Bilinear", "out_features": "$in", "from": ["a", "b"]}
    node = last(layer, inputs={"a": {"sequence": [5, 3]}, "b": {"sequence": [5, 4]}})
    assert tensors(node)["weight"] == (3, 3, 4)

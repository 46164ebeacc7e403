"""Every activation of torch.nn, held against torch's documented signatures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.layers import families, layer_types
from nnlint.layers.attribute import REQUIRED
from nnlint.layers.shape import Layout, Shape

if TYPE_CHECKING:
    from nnlint.graph import Node
    from nnlint.report import Report

INPLACE = {"inplace": False}

SIGNATURES: dict[str, dict[str, Any]] = {
    "CELU": {"alpha": 1.0, **INPLACE},
    "ELU": {"alpha": 1.0, **INPLACE},
    "GELU": {"approximate": "none"},
    "GLU": {"dim": -1},
    "Hardshrink": {"lambd": 0.5},
    "Hardsigmoid": INPLACE,
    "Hardswish": INPLACE,
    "Hardtanh": {"min_val": -1.0, "max_val": 1.0, **INPLACE},
    "LeakyReLU": {"negative_slope": 0.01, **INPLACE},
    "LogSigmoid": {},
    "LogSoftmax": {"dim": None},
    "Mish": INPLACE,
    "PReLU": {"num_parameters": 1, "init": 0.25},
    "RReLU": {"lower": 0.125, "upper": 0.3333333333333333, **INPLACE},
    "ReLU": INPLACE,
    "ReLU6": INPLACE,
    "SELU": INPLACE,
    "SiLU": INPLACE,
    "Sigmoid": {},
    "Softmax": {"dim": None},
    "Softmax2d": {},
    "Softmin": {"dim": None},
    "Softplus": {"beta": 1.0, "threshold": 20.0},
    "Softshrink": {"lambd": 0.5},
    "Softsign": {},
    "Tanh": {},
    "Tanhshrink": {},
    "Threshold": {"threshold": REQUIRED, "value": REQUIRED, **INPLACE},
}
"""https://docs.pytorch.org/docs/stable/nn.html, both lists of non-linear activations.

Without device and dtype (of the program), Hardtanh's deprecated min_value and max_value,
MultiheadAttention (no function of its own) and AdaptiveLogSoftmaxWithLoss (test_adaptive).
"""

ELEMENTWISE = sorted(set(SIGNATURES) - {"GLU", "Softmax2d"})
BROKEN = {"type": "Linear"}
OPEN_6 = (BROKEN, {"type": "Linear", "out_features": 6})
"""Two layers after which only the last axis, 6, is known."""


def lint(*layers: object, x: object = (4, 6)) -> Report:
    return lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers}))


def last(*layers: object, x: object = (4, 6)) -> Node:
    graph = lint(*layers, x=x).graph
    assert graph is not None
    return graph.nodes[-1]


def written(name: str, **more: object) -> dict[str, Any]:
    needed = {"threshold": 0.1, "value": 0} if name == "Threshold" else {}
    return {"type": name, **needed, **more}


def codes(report: Report) -> list[str]:
    return [finding.rule.code for finding in report.findings]


def test_all_are_there_and_no_others() -> None:
    own = dict(families())["activation"]
    assert sorted(layer.__name__ for layer in own) == sorted(SIGNATURES)


@pytest.mark.parametrize("name", SIGNATURES)
def test_keywords_and_defaults_are_torchs(name: str) -> None:
    attributes = layer_types()[name].attributes
    assert {key: one.default for key, one in attributes.items()} == SIGNATURES[name]


@pytest.mark.parametrize("name", SIGNATURES)
def test_every_activation_keeps_linear_maps_apart(name: str) -> None:
    layer = layer_types()[name]
    assert (layer.is_linear_map, layer.passes_linearity) == (False, False)


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("x", [[8], [4, 6], [3, 4, 6], [2, 3, 4, 6]])
def test_the_shape_stays(name: str, x: list[int]) -> None:
    node = last(written(name), x=x)
    assert list(node.output.known) == x
    assert node.macs == 0
    assert node.spec.bias is None


@pytest.mark.parametrize("name", sorted(set(SIGNATURES) - {"PReLU"}))
def test_only_prelu_learns(name: str) -> None:
    node = last(written(name), x=[4, 6, 6])
    assert (node.params, node.stored, node.complete) == (0, 0, True)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_an_unknown_shape_passes(name: str) -> None:
    node = last(*OPEN_6, written(name))
    assert str(node.output) == "[…, 6]"
    assert node.complete


@pytest.mark.parametrize("name", ["Softmax", "LogSoftmax", "Softmin"])
@pytest.mark.parametrize("dim", [1, 2, 5])
def test_an_axis_of_an_unknown_shape_may_exist(name: str, dim: int) -> None:
    assert str(last(*OPEN_6, {"type": name, "dim": dim}).output) == "[…, 6]"


def test_threshold_needs_both_numbers() -> None:
    (finding,) = lint("Threshold").findings
    assert finding.rule.code == "NN102"
    assert finding.message == "Threshold needs threshold and value"


def test_gelu_is_exact_or_tanh() -> None:
    assert codes(lint({"type": "GELU", "approximate": "tanh"})) == []
    (finding,) = lint({"type": "GELU", "approximate": "tanhh"}).findings
    assert (finding.rule.code, finding.help) == ("NN104", "did you mean 'tanh'?")


# PReLU


@pytest.mark.parametrize("x", [[8], [8, 5], [8, 7, 7], {"sequence": [8, 5]}])
@pytest.mark.parametrize("count", [1, 8])
def test_prelu_learns_one_slope_or_one_a_channel(x: object, count: int) -> None:
    node = last({"type": "PReLU", "num_parameters": count}, x=x)
    assert [(tensor.name, tensor.shape) for tensor in node.tensors] == [("weight", (count,))]
    assert (node.weights, node.biases) == (count, 0)


def test_prelu_checks_its_channels() -> None:
    (finding,) = lint({"type": "PReLU", "num_parameters": 3}, x=[8, 7, 7]).findings
    assert finding.rule.code == "NN201"
    assert "num_parameters is 3, but 8 channels arrive in [8, 7, 7]" in finding.message
    assert finding.help == "write 1 or 8"


def test_prelu_knows_its_slopes_in_the_unknown() -> None:
    node = last(BROKEN, {"type": "PReLU", "num_parameters": 3})
    assert (node.params, node.complete) == (3, True)


# GLU


@pytest.mark.parametrize(
    ("x", "dim", "output"),
    [([8], -1, (4,)), ([8], 1, (4,)), ([4, 6], -1, (4, 3)), ([4, 6], 1, (2, 6)),
     ([4, 6], -2, (2, 6)), ([8, 7, 7], 1, (4, 7, 7)), ([3, 4, 8], 3, (3, 4, 4))],
)  # fmt: skip
def test_glu_halves_an_axis(x: list[int], dim: int, output: tuple[int, ...]) -> None:
    node = last({"type": "GLU", "dim": dim}, x=x)
    assert node.output.known == output
    assert node.macs == 0


@pytest.mark.parametrize(("x", "dim", "size"), [([7], -1, 7), ([4, 5], 2, 5), ([1, 6], 1, 1)])
def test_glu_wants_an_even_axis(x: list[int], dim: int, size: int) -> None:
    (finding,) = lint({"type": "GLU", "dim": dim}, x=x).findings
    assert finding.rule.code == "NN204"
    assert f"halves axis {dim} of {x}, but {size} is odd" in finding.message


@pytest.mark.parametrize(
    ("dim", "words"),
    [(0, "is the batch axis"), (-3, "is the batch axis"), (3, "is no axis of [4, 6]"),
     (-4, "is no axis of [4, 6]")],
)  # fmt: skip
@pytest.mark.parametrize("name", ["GLU", "Softmax", "LogSoftmax", "Softmin"])
def test_an_axis_must_exist(name: str, dim: int, words: str) -> None:
    (finding,) = lint({"type": name, "dim": dim}).findings
    assert finding.rule.code == "NN203"
    assert f"dim: {dim} {words}" in finding.message


def test_glu_halves_and_checks_a_last_axis_that_is_known() -> None:
    assert str(last(*OPEN_6, "GLU").output) == "[…, 3]"
    odd = {"type": "Linear", "out_features": 5}
    assert "NN204" in codes(lint(BROKEN, odd, "GLU"))
    assert last(BROKEN, "GLU").output.open


# Softmax and its kin


@pytest.mark.parametrize(
    ("x", "dim", "scores"),
    [([8], None, 8), ([8], 1, 8), ([8], -1, 8), ({"sequence": [4, 6]}, None, 6),
     ({"map": [4, 6]}, None, 4), ([4, 6], None, 6), ([3, 5, 7], None, 3), ([3, 5, 7], 2, 5),
     ([3, 5, 7], -1, 7), ([3, 5, 7], -3, 3)],
)  # fmt: skip
@pytest.mark.parametrize("name", ["Softmax", "LogSoftmax", "Softmin"])
def test_scores_compete_along_an_axis(
    name: str, x: object, dim: int | None, scores: int
) -> None:
    """Without dim: 1 for features and maps, -1 for sequences (DESIGN.md 2.2)."""
    node = last({"type": name, "dim": dim}, x=x)
    assert node.layer is not None
    assert node.layer.competing(node.inputs[0]) == scores


def test_softmax2d_takes_a_map() -> None:
    assert last("Softmax2d", x=[4, 3, 3]).output.known == (4, 3, 3)
    for x in ([8], [4, 6], [4, 2, 3, 3]):
        (finding,) = lint("Softmax2d", x=x).findings
        assert finding.rule.code == "NN202"
        assert f"[C, H, W], but {x} arrives" in finding.message


@pytest.mark.parametrize(
    ("what", "names"),
    [("gives_probabilities", {"Sigmoid", "Softmax", "Softmax2d", "Softmin"}),
     ("gives_log_probabilities", {"LogSoftmax"})],
)  # fmt: skip
def test_what_gives_probabilities(what: str, names: set[str]) -> None:
    assert {name for name in SIGNATURES if getattr(layer_types()[name], what)} == names


# settings


@pytest.mark.parametrize(
    ("layer", "words", "remedy"),
    [({"type": "Hardtanh", "min_val": 2.0},
      "min_val is 2.0, but max_val is 1.0: the least output must be below the largest",
      "write min_val below 1.0, or max_val above 2.0"),
     ({"type": "Hardtanh", "min_val": 1, "max_val": 1},
      "min_val is 1, but max_val is 1: the least output must be below the largest",
      "write min_val below 1, or max_val above 1"),
     ({"type": "RReLU", "lower": 0.5, "upper": 0.25},
      "lower is 0.5, but upper is 0.25: no slope lies between them",
      "write lower: 0.25 or less, or upper: 0.5 or more"),
     ({"type": "CELU", "alpha": 0}, "alpha is 0, and it divides what is below 0 by alpha",
      "write another alpha, or use ReLU, which is 0 there")],
)  # fmt: skip
def test_limits_that_leave_nothing_are_refused(
    layer: dict[str, Any], words: str, remedy: str
) -> None:
    report = lint(layer, {"type": "Linear", "out_features": 2})
    (finding,) = report.findings
    assert finding.rule.code == "NN205"
    assert finding.message == f"{layer['type']}: {words}"
    assert finding.help == remedy
    assert report.graph is not None
    assert report.graph.output.shape.known == (4, 2)


def test_nothing_moves_away_from_0() -> None:
    """torch: lambda must be in range [0, 3.40282e+38]."""
    (finding,) = lint({"type": "Softshrink", "lambd": -0.5}).findings
    assert finding.rule.code == "NN106"
    assert finding.message == "lambd is -0.5, but expected a number, 0 or more"
    assert codes(lint({"type": "Softshrink", "lambd": 0})) == []


def test_equal_slopes_are_one() -> None:
    assert codes(lint({"type": "RReLU", "lower": 0.25, "upper": 0.25})) == []


# token indices

KEEP = {"Hardtanh", "ReLU", "ReLU6", "Threshold"}
"""Of whole numbers torch makes whole numbers with these."""
TAKE = {"Sigmoid", "Softsign", "Tanh", "Tanhshrink"}
"""Of whole numbers torch makes fractions with these."""
TOKENS = {"tokens": 12}
TABLE = {"type": "Embedding", "num_embeddings": 5, "embedding_dim": 2}
LINEAR = {"type": "Linear", "out_features": 2}


@pytest.mark.parametrize("name", sorted(set(SIGNATURES) - KEEP - TAKE))
def test_indices_are_not_computed_with(name: str) -> None:
    """torch: "elu_cpu" not implemented for 'Long', and the like."""
    (finding,) = lint(written(name), x=TOKENS).findings
    assert finding.rule.code == "NN202"
    words = "it computes with numbers, but [12] token indices arrive"
    assert finding.message == f"{name}: {words}"
    assert finding.help == "an Embedding first turns indices into vectors"


@pytest.mark.parametrize("name", sorted(KEEP))
def test_whole_numbers_stay_indices(name: str) -> None:
    assert codes(lint(written(name), TABLE, x=TOKENS)) == []
    assert codes(lint(written(name), LINEAR, x=TOKENS)) == ["NN202"]


@pytest.mark.parametrize("name", sorted(TAKE))
def test_fractions_are_features(name: str) -> None:
    """torch runs the Linear: Tanh and its kin make floats of indices."""
    assert last(written(name), LINEAR, x=TOKENS).output.known == (2,)


@pytest.mark.parametrize("num_parameters", [1, 2])
def test_a_single_number_has_one_channel(num_parameters: int) -> None:
    """torch: parameter numbers = 2 and channel size = 1; a batch of numbers has one axis."""
    layer = {"type": "PReLU", "num_parameters": num_parameters}
    report = lint({"type": "Mean", "dim": 1}, layer, x=[6])
    said = ["PReLU: num_parameters is 2, but 1 channels arrive in []"]
    assert [one.message for one in report.findings] == (said if num_parameters == 2 else [])


def test_what_nobody_knows_may_be_a_map() -> None:
    nobody_knows = Shape((5, 6), Layout.UNDECIDED, open=True)
    assert layer_types()["Softmax2d"]().infer(nobody_knows) == nobody_knows

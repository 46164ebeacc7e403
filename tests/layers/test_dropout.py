"""Every dropout of torch.nn."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.layers import families, layer_types
from nnlint.policy import Policy

if TYPE_CHECKING:
    from nnlint.report import Report

NAMES = (
    "AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout",
)  # fmt: skip
"""https://docs.pytorch.org/docs/stable/nn.html#dropout-layers"""

SIGNATURE = {"p": 0.5, "inplace": False}
"""All of them: (p: float = 0.5, inplace: bool = False)."""

BROKEN = {"type": "Linear"}


def lint(*layers: object, x: object = (4, 6)) -> Report:
    return lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers}), policy=Policy())


def test_all_are_there_and_no_others() -> None:
    own = dict(families())["dropout"]
    assert sorted(layer.__name__ for layer in own) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_keywords_and_defaults_are_torchs(name: str) -> None:
    attributes = layer_types()[name].attributes
    assert {key: one.default for key, one in attributes.items()} == SIGNATURE


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("x", [[8], [4, 6]])
def test_the_shape_stays_and_nothing_is_learned(name: str, x: Any) -> None:
    graph = lint(name, x=x).graph
    assert graph is not None
    (node,) = graph.nodes
    assert node.output.dims == tuple(x)
    assert (node.params, node.stored, node.macs, node.spec.bias) == (0, 0, 0, None)
    assert node.complete


@pytest.mark.parametrize("name", ["Dropout2d", "Dropout3d", "Dropout", "AlphaDropout"])
def test_maps_of_every_rank_pass(name: str) -> None:
    for x in ([4, 6, 6], [4, 3, 6, 6]):
        assert not lint(name, x=x).findings


@pytest.mark.parametrize("x", [[4, 6, 6], [4, 3, 6, 6]])
def test_dropout1d_takes_no_image(x: list[int]) -> None:
    """torch: dropout1d: Expected 2D or 3D input, but received a 4D input."""
    (finding,) = lint("Dropout1d", x=x).findings
    assert finding.rule.code == "NN202"
    assert f"[C] or [C, L], but {x} arrives" in finding.message


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("p", "code"), [(0, None), (0.25, None), (1, None), (1.5, "NN107"), (-0.1, "NN106")]
)
def test_p_is_a_probability(name: str, p: float, code: str | None) -> None:
    findings = lint({"type": name, "p": p}).findings
    assert [finding.rule.code for finding in findings] == ([code] if code else [])
    for finding in findings:
        assert f"p is {p}, but expected a number from 0 to 1" in finding.message


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_shape_passes(name: str) -> None:
    graph = lint(BROKEN, {"type": "Linear", "out_features": 3}, name).graph
    assert graph is not None
    assert str(graph.output.shape) == "[…, 3]"
    assert graph.nodes[-1].complete


@pytest.mark.parametrize("name", NAMES)
def test_indices_are_not_scaled(name: str) -> None:
    """torch: result type Float can't be cast to the desired output type Long."""
    (finding,) = lint(name, x={"tokens": 12}).findings
    assert finding.rule.code == "NN202"
    words = "it computes with numbers, but [12] token indices arrive"
    assert finding.message == f"{name}: {words}"
    assert finding.help == "an Embedding first turns indices into vectors"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("p", [0, 1.0])
def test_all_indices_or_none_may_pass(name: str, p: float) -> None:
    table = {"type": "Embedding", "num_embeddings": 5, "embedding_dim": 2}
    findings = lint({"type": name, "p": p}, table, x={"tokens": 12}).findings
    assert "NN202" not in {finding.rule.code for finding in findings}


def test_keras_word_is_answered() -> None:
    (finding,) = lint({"type": "Dropout", "rate": 0.5}).findings
    assert (finding.rule.code, finding.help) == ("NN103", "write p")


def test_a_single_number_may_be_dropped() -> None:
    """torch's Dropout takes any shape, and Dropout1d a map with or without a batch."""
    mean = {"type": "Mean", "dim": 1}
    assert "NN202" not in [one.rule.code for one in lint(mean, "Dropout", x=[6]).findings]
    assert "NN202" in [one.rule.code for one in lint(mean, "Dropout1d", x=[6]).findings]

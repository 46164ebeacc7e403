"""NN811: Sigmoid or Tanh between the layers of a deep network."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def found(*layers: object, x: object = (16,), **more: object) -> list[Finding]:
    spec: dict[str, Any] = {"nnlint": 1, "input": x, "layers": layers, **more}
    report = lint_text(json.dumps(spec))
    return [finding for finding in report.findings if finding.rule.code == "NN811"]


def dense(act: str | None = None, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": 16, "act": act, **more}


def test_the_message_says_how_deep() -> None:
    (finding,) = found(dense(), {"type": "Sigmoid", "name": "squash"}, dense("ReLU"), dense())
    assert finding.rule.severity is Severity.INFO
    assert finding.path == ("layers", 1)
    assert finding.message == (
        "Sigmoid 'squash' is flat where its input is far from 0, and hardly any gradient "
        "passes there: a risk with 3 learned layers"
    )
    assert finding.help == "use ReLU, GELU or SiLU in hidden layers, or a norm before it"


@pytest.mark.parametrize("act", ["Sigmoid", "Tanh"])
def test_each_place_is_a_finding_and_the_last_is_none(act: str) -> None:
    paths = [one.path[:2] for one in found(dense(act), dense(act), dense(act))]
    assert paths == [("layers", 0), ("layers", 1)]


@pytest.mark.parametrize(
    "layers",
    [
        (dense("Tanh"), dense()),  # two layers
        ("LayerNorm", dense("Tanh"), "LayerNorm", dense()),  # norms learn, and multiply nothing
        (dense("ReLU"), dense("GELU"), dense("SiLU"), dense()),
        (dense("ReLU"), dense("ReLU"), dense("Tanh")),
        (dense("ReLU"), dense("ReLU"), dense("Tanh"), "Dropout", "Identity"),
        (
            dense(norm="BatchNorm1d", act="Sigmoid"),
            dense(norm="LayerNorm", act="Tanh"),
            dense(),
        ),
        ("Tanh", "Tanh", "Tanh", dense()),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers) == []


def test_a_gate_is_meant() -> None:
    gate = {"type": "Parallel", "merge": "Multiply", "branches": [[], [dense("Sigmoid")]]}
    ways = [[dense("Tanh")], [dense("Sigmoid")]]
    wavenet = {"type": "Parallel", "merge": "Multiply", "branches": ways}
    assert found(gate, gate, gate, dense()) == []
    assert found(wavenet, wavenet, dense()) == []


def test_what_passes_by_keeps_the_gradient() -> None:
    residual = {"type": "Residual", "body": [dense("Tanh")], "repeat": 4}
    assert found(residual, dense()) == []


def test_a_concatenation_is_no_gate() -> None:
    wide = {"type": "Parallel", "branches": [[dense("Tanh")], [dense("ReLU")]]}
    assert len(found(wide, dense())) == 1


@pytest.mark.parametrize(
    "other",
    [{"type": "GRU", "hidden_size": 16, "output": "last"}, {"type": "RNN", "hidden_size": 16}],
)
def test_recurrence_is_another_matter(other: dict[str, Any]) -> None:
    layers = (other, dense("Tanh"), dense("Tanh"), dense())
    assert found(*layers, x={"sequence": [4, 16]}) == []


def test_the_pooler_of_a_transformer_is_meant() -> None:
    attention = {"type": "MultiheadAttention", "num_heads": 2}
    layers = (attention, {"type": "Select", "index": 0}, dense("Tanh"), dense("Tanh"), dense())
    assert found(*layers, x={"sequence": [4, 16]}) == []


def test_copies_are_one_finding() -> None:
    body = {"type": "Sequential", "repeat": 4, "layers": [dense(), "Tanh"]}
    (finding,) = found(body, dense())
    assert "a risk with 5 learned layers" in finding.message


def test_the_last_copy_may_come_last() -> None:
    """One place, and its last copy is the output: the place is not judged."""
    assert found({"type": "Sequential", "repeat": 4, "layers": [dense(), "Tanh"]}) == []


def test_unknown_shapes_are_silent() -> None:
    assert found({"type": "Linear"}, dense("Tanh"), dense("Tanh"), dense()) == []


def test_each_layer_has_its_own_activation_of_the_defaults() -> None:
    """The last layer's, which is meant, does not excuse the hidden ones."""
    layers = [{"type": "Linear", "out_features": 16}] * 4
    assert len(found(*layers, defaults={"Linear": {"act": "Tanh"}})) == 1


# A softmax, which makes all features small


def softmax(dim: int | None = -1) -> dict[str, Any]:
    return {"type": "Softmax", "dim": dim}


def test_a_hidden_softmax_shares_out_one() -> None:
    (finding,) = found(dense(), {**softmax(), "name": "hidden"}, dense())
    assert finding.rule.severity is Severity.INFO
    assert finding.path == ("layers", 1)
    assert finding.message == (
        "Softmax 'hidden' lets the 16 features of a hidden layer share one sum of 1: each is "
        f"{1 / 16:.2g} on average, and hardly any gradient passes"
    )
    assert "ReLU, GELU or SiLU" in (finding.help or "")


SEQUENCE = {"sequence": [5, 16]}


@pytest.mark.parametrize(
    ("layers", "x"),
    [
        ((dense("Softmax"), dense()), [16]),
        ((dense("Softmin"), dense()), [16]),
        (({"type": "Linear", "out_features": 2}, softmax(), dense()), [16]),
        ((dense(), "Identity", softmax(), "Identity", dense()), [16]),
        ((dense("Softmax"), "Dropout", dense()), [16]),
        ((dense(), "Dropout", softmax(), dense()), [16]),
        (({"type": "Residual", "body": [dense(), softmax(), dense()]},), SEQUENCE),
        (({"type": "Residual", "body": [dense(), softmax(), dense()]},
          {"type": "MultiheadAttention", "num_heads": 2}), SEQUENCE),
    ],
)  # fmt: skip
def test_a_softmax_between_dense_layers(layers: tuple[object, ...], x: object) -> None:
    assert len(found(*layers, x=x)) == 1


@pytest.mark.parametrize(
    ("layers", "x"),
    [
        ((dense(), softmax()), [16]),
        ((dense(), softmax(), dense(bias=False)), [16]),
        ((dense(), "LogSoftmax", dense()), [16]),
        ((softmax(), dense()), [16]),
        ((dense(), "LayerNorm", softmax(), dense()), [16]),
        ((dense(), "LayerNorm", "Dropout", "Identity", softmax(), dense()), [16]),
        (("Dropout", softmax(), dense()), [16]),
        ((dense(), softmax(), "LayerNorm", dense()), [16]),
        ((dense(), softmax(1), dense()), SEQUENCE),
        ((dense(), softmax(), "Dropout"), [16]),
        ((dense(), {"type": "Conv2d", "out_channels": 4, "kernel_size": 1}), [16]),
        (({"type": "Linear", "out_features": 1}, softmax(), dense()), [16]),
        (({"type": "Linear"}, softmax(), dense()), [16]),
    ],
)
def test_a_softmax_elsewhere_is_silent(layers: tuple[object, ...], x: object) -> None:
    assert found(*layers, x=x) == []


def test_an_attention_by_hand_multiplies() -> None:
    values = {"type": "Linear", "out_features": 16, "from": "input", "name": "values"}
    weigh = {"type": "Multiply", "from": ["weights", "values"]}
    layers = [dense(), {**softmax(), "name": "weights"}, values, weigh, dense()]
    assert found(*layers) == []


def test_probabilities_that_leave_the_network_are_an_answer() -> None:
    layers = [dense(), {**softmax(), "name": "policy"}, {**dense(), "name": "value"}]
    assert found(*layers, outputs=["policy", "value"]) == []
    assert len(found(*layers)) == 1


def repeated(*layers: object, repeat: int = 2) -> dict[str, Any]:
    return {"type": "Sequential", "layers": layers, "repeat": repeat}


NARROW = {"type": "Linear", "out_features": 12}


@pytest.mark.parametrize(
    ("layers", "fires"),
    [
        # 16 to 12, then 12 to 12: of the two places only the first is followed by a layer
        ((repeated(NARROW, softmax()),), False),
        ((repeated(NARROW, softmax()), dense()), True),
        # a norm gives to the first copy, dense layers to the others
        (("LayerNorm", repeated(softmax(), dense(), repeat=3), "LayerNorm"), False),
        ((dense(), repeated(softmax(), dense(), repeat=3), "LayerNorm"), True),
        # 16 to 12, then 12 to 12: the last Tanh is the output
        ((repeated(NARROW, "Tanh", repeat=4),), False),
        ((repeated(NARROW, "Tanh", repeat=4), dense()), True),
    ],
)
def test_every_copy_of_a_place_is_asked(layers: tuple[object, ...], *, fires: bool) -> None:
    assert bool(found(*layers)) is fires


@pytest.mark.parametrize("bias", [True, False])
def test_all_that_take_it_are_asked(*, bias: bool) -> None:
    """One of two may read from a memory, each entry weighed by its probability."""
    memory = {**dense(bias=bias), "from": "weights"}
    layers = [dense(), {**softmax(), "name": "weights"}, dense(name="a"), memory,
              {"type": "Add", "with": "a"}]  # fmt: skip
    assert len(found(*layers)) == bias

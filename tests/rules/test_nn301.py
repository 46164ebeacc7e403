"""NN301: a bias that the normalisation behind it takes away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding

NORM = "BatchNorm1d"
FROZEN_NORM = {"type": NORM, "trainable": False}


def linear(out_features: int = 8, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


def sequential(*layers: object, **more: object) -> dict[str, Any]:
    return {"type": "Sequential", "layers": list(layers), **more}


def found(*layers: object, x: object = (4,)) -> list[Finding]:
    report = lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers}))
    return [finding for finding in report.findings if finding.rule.code == "NN301"]


def test_the_message_says_why_and_what_it_costs() -> None:
    (finding,) = found(linear(8, name="fc"), NORM, "ReLU")
    assert finding.rule.severity is Severity.WARNING
    assert finding.message.startswith("Linear 'fc' has a bias, but the normalisation after it")
    assert finding.help == "bias: false drops 8 of its 40 parameters"  # 4·8 + 8


@pytest.mark.parametrize(
    ("more", "path"), [({}, ("layers", 0)), ({"bias": True}, ("layers", 0, "bias"))]
)
def test_a_written_bias_is_pointed_at(more: dict[str, bool], path: tuple[object, ...]) -> None:
    (finding,) = found(linear(8, **more), NORM)
    assert finding.path == path


@pytest.mark.parametrize(
    "layers",
    [
        (linear(), NORM),
        (linear(), "Identity", NORM),
        (linear(), "Identity", "Identity", NORM),
        (linear(), {"type": "Identity", "repeat": 5}, NORM),
        (linear(), {"type": "Sequential", "layers": [], "repeat": 3}, NORM),
        (linear(), {"type": NORM, "affine": False}),
        (linear(), {"type": NORM, "track_running_stats": False}),
        (linear(), sequential(NORM, "ReLU")),
        (sequential(linear()), NORM),
        (linear(name="a"), {"type": NORM, "from": "a"}),
    ],
)
def test_it_fires_before_a_batch_norm(layers: tuple[object, ...]) -> None:
    assert len(found(*layers)) == 1


@pytest.mark.parametrize(
    "layers",
    [
        (linear(bias=False), NORM),
        (linear(), "ReLU", NORM),
        (linear(), "PReLU", NORM),
        (linear(), "Dropout", NORM),
        (linear(), "LayerNorm", NORM),
        (linear(), "RMSNorm", NORM),
        (linear(), "LayerNorm"),
        (linear(), "RMSNorm"),
        (linear(), FROZEN_NORM),
        (linear(trainable=False), NORM),
        (linear(), sequential(NORM, trainable=False)),
        (sequential(linear(), trainable=False), NORM),
        (sequential(sequential(linear()), trainable=False), NORM),
        (NORM, linear()),
        (linear(),),
        (linear(), "Identity"),
        (linear(name="a"), NORM, linear(name="b", **{"from": "a"})),
        (linear(name="a"), NORM, {"type": NORM, "from": "a"}),
        (linear(name="a"), "Identity", {"type": NORM, "from": "a"}),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers) == []


def test_a_linear_on_a_map_adds_along_another_axis_than_the_norm_centres() -> None:
    assert found(linear(), NORM, x={"map": [6, 4]}) == []


def test_unknown_shapes_are_silent() -> None:
    assert found({"type": "Linear"}, linear(), NORM) == []


def test_another_layer_that_has_a_bias_and_a_channel_axis() -> None:
    layer = {"type": "Bilinear", "out_features": 8, "from": ["input", "input"]}
    assert len(found(layer, NORM)) == 1


# Repeats


def test_one_definition_is_one_finding_with_all_its_biases() -> None:
    (finding,) = found(sequential(linear(8), NORM, "ReLU", repeat=16), x=[8])
    assert finding.help == "bias: false drops 128 of its 1,152 parameters"  # 16·(64 + 8)


def test_a_first_copy_of_another_width_is_the_same_definition() -> None:
    (finding,) = found(sequential(linear(8), NORM, "ReLU", repeat=3), x=[4])
    assert finding.help == "bias: false drops 24 of its 184 parameters"  # 32 + 2·64 + 3·8


def test_the_last_copys_bias_reaches_no_norm() -> None:
    body = sequential(NORM, linear(8), repeat=3)
    assert found(body, x=[8]) == []
    assert found(body, "ReLU", x=[8]) == []
    assert found(body, FROZEN_NORM, x=[8]) == []


def test_the_last_copys_bias_reaches_a_norm_too() -> None:
    assert len(found(sequential(NORM, linear(8), repeat=3), NORM, x=[8])) == 1


def test_a_repeated_layer_feeds_itself_first() -> None:
    assert found(linear(8, repeat=3), NORM, x=[8]) == []
    assert found(linear(8, repeat=3), NORM, x=[4]) == []


def test_a_norm_that_all_copies_share_one_place_with() -> None:
    inner = sequential(NORM, "ReLU", sequential(linear(8), repeat=1), repeat=4)
    assert found(inner, x=[8]) == []
    assert len(found(inner, NORM, x=[8])) == 1


def test_a_loop_of_identities_ends() -> None:
    loop = sequential("Identity", "Identity", repeat=9)
    assert len(found(linear(8), loop, NORM)) == 1
    assert found(linear(8), loop) == []


def pool(name: str, **more: object) -> dict[str, Any]:
    return {"type": name, "kernel_size": 2, **more}


@pytest.mark.parametrize(
    ("between", "fires"),
    [
        ([], True),
        ([pool("MaxPool2d")], True),
        ([pool("AvgPool2d")], True),
        ([pool("AvgPool2d", padding=1, count_include_pad=False)], True),
        ([pool("AvgPool2d", padding=1)], False),
        (["ReLU"], False),
        (["Dropout2d"], False),
        ([{"type": "ZeroPad2d", "padding": 1}], False),
    ],
)
@pytest.mark.parametrize("norm", ["BatchNorm2d", "InstanceNorm2d"])
def test_a_convolution_s_bias_before_a_norm(
    between: list[object], norm: str, *, fires: bool
) -> None:
    """RULES.md: directly, or through MaxPool or unpadded AvgPool; never through padding."""
    conv = {"type": "Conv2d", "out_channels": 8, "kernel_size": 3}
    assert bool(found(conv, *between, norm, "ReLU", x=(3, 32, 32))) == fires


@pytest.mark.parametrize(("groups", "fires"), [(8, True), (4, False), (1, False)])
def test_a_group_norm_takes_the_bias_with_one_channel_a_group(
    groups: int, *, fires: bool
) -> None:
    conv = {"type": "Conv2d", "out_channels": 8, "kernel_size": 3}
    norm = {"type": "GroupNorm", "num_groups": groups, "num_channels": 8}
    assert bool(found(conv, norm, "ReLU", x=(3, 32, 32))) == fires


def test_a_group_norm_may_leave_its_channels_to_be_inferred() -> None:
    conv = {"type": "Conv2d", "out_channels": 8, "kernel_size": 3}
    own, pairs = ({"type": "GroupNorm", "num_groups": groups} for groups in (8, 4))
    assert len(found(conv, own, "ReLU", x=[3, 9, 9])) == 1
    assert len(found({**conv, "norm": own}, "ReLU", x=[3, 9, 9])) == 1
    assert found(conv, pairs, "ReLU", x=[3, 9, 9]) == []
    assert found({**conv, "out_channels": "$oops"}, own, x=[3, 9, 9]) == []


@pytest.mark.parametrize("outputs", [["scores", "normed"], ["normed", "scores"]])
def test_a_bias_that_leaves_the_network_counts(outputs: list[str]) -> None:
    layers = [linear(name="scores"), {"type": NORM, "name": "normed"}]
    spec = {"nnlint": 1, "input": [4], "layers": layers, "outputs": outputs}
    codes = [finding.rule.code for finding in lint_text(json.dumps(spec)).findings]
    assert "NN301" not in codes
    alone = lint_text(json.dumps({**spec, "outputs": ["normed"]})).findings
    assert "NN301" in [finding.rule.code for finding in alone]


@pytest.mark.parametrize(
    ("loss", "expected"),
    [("CrossEntropyLoss", ["NN408"]), (None, ["NN301", "NN408"]),
     ("TripletMarginLoss", ["NN301"])],
)  # fmt: skip
def test_before_a_norm_that_has_to_go_the_bias_stays(
    loss: str | None, expected: list[str]
) -> None:
    """Without a loss NN408 is advice: whoever does not ask for it still hears of the bias."""
    spec = {
        "nnlint": 1,
        "input": [4],
        "layers": [linear(), NORM],
        **({"loss": loss} if loss else {}),
    }
    codes = [finding.rule.code for finding in lint_text(json.dumps(spec)).findings]
    assert codes == expected


def test_an_inner_norm_is_another_matter() -> None:
    layers = [linear(), NORM, "ReLU", linear(), NORM]
    spec = {"nnlint": 1, "input": [4], "layers": layers, "loss": "CrossEntropyLoss"}
    paths = [
        (finding.rule.code, finding.path) for finding in lint_text(json.dumps(spec)).findings
    ]
    assert paths == [("NN301", ("layers", 0)), ("NN408", ("layers", 4))]

"""NN401: two linear layers with nothing non-linear between them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def linear(out_features: int, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


def sequential(*layers: object, **more: object) -> dict[str, Any]:
    return {"type": "Sequential", "layers": list(layers), **more}


def found(*layers: object, x: object = (8,)) -> list[Finding]:
    report = lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers}))
    return [finding for finding in report.findings if finding.rule.code == "NN401"]


def test_the_message_names_both() -> None:
    (finding,) = found(linear(16, name="one"), linear(4, name="two"))
    assert finding.rule.severity is Severity.WARNING
    assert finding.message.startswith(
        "Linear 'two' follows Linear 'one' (layers[0]) with nothing non-linear between"
    )
    assert "ReLU" in (finding.help or "")
    assert finding.path == ("layers", 1)


@pytest.mark.parametrize(
    "between",
    [(), ("Identity",), ("Dropout",), ("BatchNorm1d",), ("LayerNorm",), ("RMSNorm",),
     ("Flatten",), ("BatchNorm1d", "Dropout"), ({"type": "Identity", "repeat": 3},),
     (sequential("Dropout", "Identity"),), ("Dropout1d", "AlphaDropout")],
)  # fmt: skip
def test_norms_dropout_and_reshaping_keep_it_linear(between: tuple[object, ...]) -> None:
    assert len(found(linear(16), *between, linear(4))) == 1


@pytest.mark.parametrize(
    "between",
    [{"type": "Slice", "dim": 1, "end": 3}, {"type": "Select", "index": 0},
     {"type": "Mean", "dim": 1}, "LayerScale", {"type": "Parameter", "shape": [3]},
     {"type": "Reshape", "shape": [3, 32]},
     {"type": "Unflatten", "dim": 1, "unflattened_size": [2, 3]}],
)  # fmt: skip
def test_what_takes_parts_of_a_sequence_or_moves_them_keeps_it_linear(between: object) -> None:
    assert len(found(linear(16), between, linear(4), x={"sequence": [6, 8]})) == 1


@pytest.mark.parametrize(
    "between",
    [{"type": "AvgPool2d", "kernel_size": 2}, {"type": "MaxPool2d", "kernel_size": 2},
     {"type": "AdaptiveAvgPool2d", "output_size": 4}, {"type": "ZeroPad2d", "padding": 1},
     {"type": "Permute", "dims": [1, 3, 2]}, "InstanceNorm2d"],
)  # fmt: skip
def test_pooling_and_padding_keep_two_convolutions_together(between: object) -> None:
    convs = [{"type": "Conv2d", "out_channels": n, "kernel_size": 3} for n in (16, 4)]
    assert len(found(convs[0], between, convs[1], x=[3, 12, 12])) == 1


TWICE = {"kernel_size": 2, "stride": 1}


@pytest.mark.parametrize(
    ("between", "is_linear"),
    [
        ([{"type": "AvgPool2d", **TWICE}], True),
        ([{"type": "AdaptiveAvgPool2d", "output_size": 4}], True),
        ([{"type": "LPPool2d", "norm_type": 1, **TWICE}], True),
        ([{"type": "LPPool2d", "norm_type": 2, **TWICE}], False),
        ([{"type": "MaxPool2d", **TWICE}], False),
        ([{"type": "AdaptiveMaxPool2d", "output_size": 4}], False),
        ([{"type": "FractionalMaxPool2d", "kernel_size": 2, "output_size": 4}], False),
        (["BatchNorm2d", {"type": "MaxPool2d", **TWICE}, "Dropout2d"], False),
        ([{"type": "AvgPool2d", **TWICE}, {"type": "MaxPool2d", **TWICE}], False),
        (["InstanceNorm2d", {"type": "MaxPool2d", **TWICE}], False),
    ],
)  # fmt: skip
def test_the_words_are_true_of_the_pooling_between(
    between: list[object], *, is_linear: bool
) -> None:
    """A mean and a sum are linear: f(x + y) = f(x) + f(y). A maximum and a norm are not."""
    (finding,) = found(conv(16), *between, conv(4), x=(3, 12, 12))
    assert ("pooling: without" not in finding.message) is is_linear
    assert ("but" not in finding.message) is is_linear
    assert ("make them one layer" in (finding.help or "")) is is_linear
    assert "put an activation between them (ReLU, GELU)" in (finding.help or "")


@pytest.mark.parametrize(
    ("norm", "x"),
    [
        ("BatchNorm2d", (3, 12, 12)), ("InstanceNorm2d", (3, 12, 12)),
        ({"type": "LocalResponseNorm", "size": 2}, (3, 12, 12)),
        ({"type": "GroupNorm", "num_groups": 4}, (3, 12, 12)),
        ("LayerNorm", (8, 12)), ("RMSNorm", (8, 12)),
    ],
)  # fmt: skip
def test_the_words_are_true_of_the_norm_between(norm: object, x: tuple[int, ...]) -> None:
    """Once trained, a BatchNorm has the same numbers for each sample, and is linear.

    The others divide by the sample's own size: LayerNorm(2·x) = LayerNorm(x), not twice it.
    """
    layer = conv if len(x) == 3 else linear
    (finding,) = found(layer(16), norm, layer(4), x=x)
    assert ("but normalisation: without it" in finding.message) is (norm != "BatchNorm2d")
    assert ("make them one layer" in (finding.help or "")) is (norm == "BatchNorm2d")


def test_both_are_named() -> None:
    between = ["InstanceNorm2d", {"type": "MaxPool2d", **TWICE}]
    (finding,) = found(conv(16), *between, conv(4), x=(3, 12, 12))
    assert "but normalisation and pooling: without them two" in finding.message


def test_a_pooling_that_lies_elsewhere_changes_no_words() -> None:
    pool = {"type": "MaxPool2d", "kernel_size": 2}
    finding, pooled = found(conv(16), conv(8), pool, conv(4), pool, "ReLU", x=(3, 16, 16))
    assert finding.message.endswith("between: two linear maps in a row are one")
    assert pooled.message == (
        "Conv2d follows Conv2d (layers[1]) with nothing non-linear between but pooling: "
        "without it two linear maps in a row are one"
    )


@pytest.mark.parametrize(
    "activation",
    ["ReLU", "GELU", "PReLU", "Sigmoid", "Softmax", "LogSoftmax", "Softmin", "GLU", "Hardtanh",
     {"type": "Threshold", "threshold": 0, "value": 0}],
)  # fmt: skip
def test_any_activation_is_enough(activation: object) -> None:
    assert found(linear(16), activation, linear(4)) == []
    assert found(linear(16), "Dropout", activation, "BatchNorm1d", linear(4)) == []


@pytest.mark.parametrize(
    ("arriving", "narrow", "wide", "fires"),
    [(8, 4, 16, False), (8, 8, 16, False), (8, 4, 5, False), (8, 9, 16, True), (8, 4, 4, True),
     (8, 4, 3, True), (8, 16, 32, True)],
)  # fmt: skip
def test_a_bottleneck_is_meant(arriving: int, narrow: int, wide: int, *, fires: bool) -> None:
    """Silent where out(A) ≤ in(A) and out(A) < out(B)."""
    assert bool(found(linear(narrow), linear(wide), x=[arriving])) is fires


def test_a_bottleneck_of_sequences_is_meant() -> None:
    x = {"sequence": [32, 8]}
    assert found(linear(4), linear(16), x=x) == []
    assert len(found(linear(16), linear(4), x=x)) == 1


@pytest.mark.parametrize(
    "layers",
    [
        (linear(16, name="a"), linear(4), {"type": "ReLU", "from": "a"}),
        (linear(16, name="a"), linear(4), linear(4, **{"from": "a"})),
        (linear(16, name="a"), "Identity", linear(4), {"type": "ReLU", "from": "a"}),
        (linear(16), {"type": "Dropout", "name": "d"}, linear(4), {"type": "ELU", "from": "d"}),
    ],
)
def test_an_output_that_is_taken_twice_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers) == []


def test_unknown_sizes_are_silent() -> None:
    assert found({"type": "Linear"}, linear(4), linear(2)) == []
    assert found(linear(4), {"type": "Linear"}, linear(2)) == []


def test_three_in_a_row_are_two_pairs() -> None:
    paths = [finding.path for finding in found(linear(16), linear(12), linear(4))]
    assert paths == [("layers", 1), ("layers", 2)]


def test_bilinear_is_no_linear_map() -> None:
    layer = {"type": "Bilinear", "out_features": 4, "from": ["previous", "input"]}
    assert found(linear(16), layer) == []


# Repeats


def test_copies_that_follow_each_other_are_one_finding() -> None:
    for width in (8, 4):
        (finding,) = found(linear(width, repeat=10**6))
        assert finding.message.startswith("each copy of Linear follows the one before")


def test_a_body_whose_copies_meet_without_activation() -> None:
    body = sequential(linear(16), "ReLU", linear(8), "LayerNorm", repeat=3)
    assert found(body, x=[8]) == []  # 8 of 16, then 16: a bottleneck
    wide = sequential(linear(8), "ReLU", linear(16), repeat=3)
    (finding,) = found(wide, x=[16])
    assert finding.path == ("layers", 0, "layers", 0)


def test_an_activation_at_the_end_of_the_body_is_enough() -> None:
    assert found(sequential(linear(8), "ReLU", repeat=9), linear(4)) == []
    assert found(sequential("ReLU", linear(8), repeat=9)) == []


def test_the_last_copy_meets_what_follows() -> None:
    (finding,) = found(sequential("ReLU", linear(8), repeat=9), linear(4))
    assert finding.path == ("layers", 1)


def test_a_loop_of_identities_ends() -> None:
    assert found(linear(8), sequential("Identity", repeat=9)) == []
    assert len(found(linear(8), sequential("Identity", "Identity", repeat=9), linear(4))) == 1


def conv(out_channels: int, **more: object) -> dict[str, Any]:
    return {"type": "Conv2d", "out_channels": out_channels, "kernel_size": 3, **more}


def test_two_convolutions_without_activation_are_one() -> None:
    assert len(found(conv(16), "BatchNorm2d", conv(8), x=(3, 32, 32))) == 1
    assert found(conv(16), "BatchNorm2d", "ReLU", conv(8), x=(3, 32, 32)) == []


@pytest.mark.parametrize("pair", [(16, 16, 8, 1), (16, 1, 16, 16)])
def test_half_of_a_separable_convolution_is_meant(pair: tuple[int, int, int, int]) -> None:
    """RULES.md: silent if A or B is depthwise (groups = in channels > 1)."""
    first, first_groups, second, second_groups = pair
    layers = (conv(first, groups=first_groups), conv(second, groups=second_groups))
    assert found(*layers, x=(16, 32, 32)) == []


def test_one_dense_layer_in_place_of_two_is_priced() -> None:
    (finding,) = found(linear(16), "Dropout", linear(4))
    alone, both = 8 * 4 + 4, (8 * 16 + 16) + (16 * 4 + 4)
    price = f"from 8 to 4 it has {alone} parameters, and they have {both}"
    assert (finding.help or "").endswith(f"make them one layer: {price}")
    (finding,) = found(linear(16, bias=False), linear(4, bias=False))
    price = f"from 8 to 4 it has {8 * 4} parameters, and they have {8 * 16 + 16 * 4}"
    assert (finding.help or "").endswith(price)


def test_what_has_no_such_price() -> None:
    conv = {"type": "Conv2d", "out_channels": 4, "kernel_size": 3}
    (finding,) = found(conv, "Flatten", linear(4), x=[3, 8, 8])
    assert (finding.help or "").endswith("or make them one layer")
    (finding,) = found(linear(16), "Flatten", linear(4), x={"sequence": [6, 8]})
    assert (finding.help or "").endswith("or make them one layer")


# What an error that is reported hides


def spec_codes(layers: list[object], **top: object) -> set[str]:
    spec = {"nnlint": 1, "input": [8, 16, 16], "layers": layers, **top}
    return {finding.rule.code for finding in lint_text(json.dumps(spec)).findings}


@pytest.mark.parametrize(
    ("broken", "code"),
    [({"groups": 8, "in_channels": 16}, "NN201"), ({"groups": 3}, "NN204"),
     ({"groups": 8, "kernel_size": 17}, "NN211")],
)  # fmt: skip
def test_a_convolution_that_may_have_been_depthwise(broken: dict[str, int], code: str) -> None:
    assert spec_codes([conv(8, **broken), conv(4)]) == {code}
    assert "NN401" not in spec_codes([conv(8), conv(4, **broken)])
    assert "NN401" in spec_codes([conv(8), conv(4)])


def test_a_dense_layer_with_a_wrong_size_is_a_linear_map_all_the_same() -> None:
    layers: list[object] = [linear(16), linear(4, in_features=17)]
    assert spec_codes(layers, input=[8]) == {"NN201", "NN401"}


def test_a_residual_that_can_not_add_takes_what_it_should_have_added() -> None:
    residual = {"type": "Residual", "body": ["LayerNorm", linear(4)]}
    layers: list[object] = [linear(16), residual]
    assert spec_codes(layers, input={"sequence": [6, 8]}) == {"NN212"}
    assert spec_codes([*layers, linear(2)], input={"sequence": [6, 8]}) == {"NN212"}


@pytest.mark.parametrize("act", ["Foo", {"type": "LeakyReLU", "slope": 0.1}, 5])
def test_defaults_that_were_refused(act: object) -> None:
    codes = spec_codes([conv(8), conv(8)], defaults={"Conv2d": {"act": act}})
    assert len(codes) == 1
    assert codes.isdisjoint({"NN401"})
    assert spec_codes([conv(8), conv(8)], defaults={"Conv2d": {"bias": False}}) == {"NN401"}


def test_an_expert_is_chosen_and_so_no_linear_map_of_what_arrives() -> None:
    expert = [linear(16), linear(8)]
    moe = {"type": "MoE", "num_experts": 2, "top_k": 1, "expert": expert}
    assert found(moe, x={"sequence": [6, 8]}) == []
    assert len(found(*expert, x={"sequence": [6, 8]})) == 1

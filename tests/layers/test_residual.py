"""Residual: the sum, the projection beside it, and shapes that can't be added."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlint.engine import lint_text

if TYPE_CHECKING:
    from nnlint.finding import Finding
    from nnlint.graph import Graph
    from nnlint.report import Report

MAP = [16, 8, 8]


def lint(*layers: object, x: object = None, **more: object) -> Report:
    whole = {"nnlint": 1, "input": x or MAP, "layers": layers, **more}
    return lint_text(json.dumps(whole))


def graph_of(*layers: object, x: object = None, **more: object) -> Graph:
    report = lint(*layers, x=x, **more)
    assert [f.message for f in report.findings if f.rule.severity.rank == 3] == []
    assert report.graph is not None
    return report.graph


def only(*layers: object, x: object = None, **more: object) -> Finding:
    (finding,) = lint(*layers, x=x, **more).findings
    return finding


def residual(*body: object, **more: object) -> dict[str, Any]:
    return {"type": "Residual", "body": list(body), **more}


def conv(out_channels: int, kernel_size: int = 3, **more: object) -> dict[str, Any]:
    padding = {"padding": kernel_size // 2}
    return {"type": "Conv2d", "out_channels": out_channels, "kernel_size": kernel_size,
            **padding, **more}  # fmt: skip


def linear(out_features: int, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


def test_equal_shapes_are_added_without_a_parameter() -> None:
    graph = graph_of(residual(conv(16)))
    assert graph.totals.params == 16 * 16 * 9 + 16
    assert graph.output.shape.known == (16, 8, 8)


def test_an_empty_body_doubles_what_arrives() -> None:
    graph = graph_of(residual())
    assert (graph.totals.params, graph.output.shape.known) == (0, (16, 8, 8))


def test_it_equals_an_addition_written_by_hand() -> None:
    short = graph_of(residual(conv(16), "ReLU", conv(16)))
    start, add = {"type": "Identity", "name": "x"}, {"type": "Add", "with": "x"}
    long = graph_of(start, conv(16), "ReLU", conv(16), add)
    assert short.totals == long.totals


def test_a_shortcut_of_its_own_is_laid_beside_the_body() -> None:
    totals = graph_of(residual(conv(32), shortcut=[conv(32, 1)])).totals
    assert totals.params == (16 * 32 * 9 + 32) + (16 * 32 + 32)


@pytest.mark.parametrize("follow", [{}, {"norm": "BatchNorm2d"}, {"act": "PReLU"},
                                    {"norm": "BatchNorm2d", "act": "PReLU"}])  # fmt: skip
def test_norm_and_act_come_after_the_addition(follow: dict[str, str]) -> None:
    short = graph_of(residual(conv(16), **follow))
    long = graph_of(residual(conv(16)), *follow.values())
    assert short.totals == long.totals
    assert [n.spec.type for n in short.nodes] == [n.spec.type for n in long.nodes]


@settings(max_examples=60, deadline=None)
@given(out=st.integers(1, 40), stride=st.sampled_from([1, 2, 4, 8]), norm=st.booleans(),
       bias=st.booleans())  # fmt: skip
def test_a_projection_equals_the_convolution_written_by_hand(
    out: int, stride: int, norm: bool, bias: bool
) -> None:
    norms = {"norm": "BatchNorm2d"} if norm else {}
    defaults = {"Conv2d": {**norms, "bias": bias, "act": "ReLU"}}
    body = conv(out, stride=stride)
    short = graph_of(residual(body, on_mismatch="project"), defaults=defaults)
    changes = (out, stride) != (16, 1)
    by_hand = [conv(out, 1, stride=stride, bias=False, act="none")] if changes else []
    long = graph_of(residual(body, shortcut=by_hand), defaults=defaults)
    assert short.totals == long.totals
    assert short.output.shape == long.output.shape


@pytest.mark.parametrize("size", [7, 8, 9, 15, 224])
def test_a_projection_fits_a_size_that_was_rounded(size: int) -> None:
    body = conv(32, stride=2)
    graph = graph_of(residual(body, on_mismatch="project"), x=[16, size, size])
    half = (size + 1) // 2
    assert graph.output.shape.known == (32, half, half)
    assert graph.totals.params == (16 * 32 * 9 + 32) + 16 * 32
    assert graph.totals.macs == (16 * 32 * 9 + 16 * 32) * half**2


def test_a_projection_of_features_is_a_linear_without_a_bias() -> None:
    totals = graph_of(residual(linear(32), on_mismatch="project"), x=[8]).totals
    assert (totals.weights, totals.biases) == (8 * 32 + 8 * 32, 32)


@pytest.mark.parametrize("x", [{"sequence": [5, 8]}, [5, 8]])
def test_a_projection_of_a_sequence_works_on_its_features(x: object) -> None:
    graph = graph_of(residual(linear(32), on_mismatch="project"), x=x)
    assert graph.totals.weights == 8 * 32 + 8 * 32
    assert graph.output.shape.known == (5, 32)


def test_tokens_of_a_sequence_are_no_channels_to_project() -> None:
    half = {"type": "Slice", "dim": 1, "start": 0, "end": 3}
    report = lint(residual(half, on_mismatch="project"), x={"sequence": [6, 8]})
    assert [f.rule.code for f in report.findings] == ["NN212"]


def test_a_projection_of_a_one_dimensional_map_is_a_conv1d() -> None:
    body = {"type": "Conv1d", "out_channels": 10, "kernel_size": 3, "padding": 1}
    graph = graph_of(residual(body, on_mismatch="project"), x={"map": [5, 8]})
    assert graph.totals.weights == 5 * 10 * 3 + 5 * 10


def test_a_projection_is_frozen_with_its_residual() -> None:
    layer = residual(conv(32), on_mismatch="project", trainable=False)
    assert graph_of(layer).totals.trainable == 0


def test_skip_leaves_the_shortcut_out_where_shapes_differ() -> None:
    totals = graph_of(residual(conv(32), on_mismatch="skip")).totals
    assert totals.params == 16 * 32 * 9 + 32


def test_the_way_may_be_computed_and_given_by_defaults() -> None:
    for more in ({"vars": {"m": "project"}}, {}):
        way = {"on_mismatch": "$m"} if more else {}
        defaults = {} if more else {"defaults": {"Residual": {"on_mismatch": "project"}}}
        totals = graph_of(residual(conv(32, 1), **way), **more, **defaults).totals
        assert totals.params == (16 * 32 + 32) + 16 * 32


# What is refused


def test_unequal_shapes_are_an_error() -> None:
    finding = only(residual(conv(32)))
    assert finding.rule.code == "NN212"
    assert finding.message == (
        "Residual: its body turns [16, 8, 8] into [32, 8, 8], and unequal shapes can't be added"
    )
    assert "on_mismatch: project" in (finding.help or "")


def test_nothing_is_broadcast() -> None:
    pool = {"type": "AdaptiveAvgPool2d", "output_size": 1}
    assert only(residual(pool)).rule.code == "NN212"


def test_behind_it_the_shape_is_the_body_s() -> None:
    after = {"type": "Conv2d", "out_channels": 3, "kernel_size": 1, "in_channels": 32}
    assert len(lint(residual(conv(32)), after).findings) == 1


@pytest.mark.parametrize(
    "body", ["Flatten", {"type": "Upsample", "scale_factor": 2}, conv(32, 1, padding=1),
             {"type": "Conv2d", "out_channels": 32, "kernel_size": 3}],
)  # fmt: skip
def test_what_can_t_be_projected_is_not_told_to_project(body: object) -> None:
    finding = only(residual(body, on_mismatch="project"))
    assert finding.rule.code == "NN212"
    assert "write on_mismatch: project" not in (finding.help or "")  # it is written


def test_a_wrong_shortcut_is_not_blamed_on_the_body() -> None:
    finding = only(residual(conv(32), shortcut=[conv(31, 1)]))
    assert "body turns [31, 8, 8]" not in finding.message
    assert "[31, 8, 8]" in finding.message


@pytest.mark.parametrize(
    ("layer", "code"),
    [({"type": "Residual"}, "NN102"), ("Residual", "NN102"),
     (residual(on_mismatch="projct"), "NN104"), ({"type": "Residual", "body": "ReLU"}, "NN101"),
     (residual("Relu"), "NN120"), (residual(conv(16), {"type": "Conv2d"}), "NN102")],
)  # fmt: skip
def test_what_it_holds_is_checked(layer: Any, code: str) -> None:
    assert only(layer).rule.code == code


def test_it_takes_one_input() -> None:
    first = {"type": "Identity", "name": "a"}
    report = lint(first, residual(conv(16), **{"from": ["a", "previous"]}),
                  expect={"params": 2320})  # fmt: skip
    assert [f.rule.code for f in report.findings] == ["NN206"]
    assert report.graph is not None
    assert not report.graph.totals.complete  # never a silent 0


def test_behind_a_mismatch_the_shape_is_the_body_s() -> None:
    body = residual({"type": "Linear", "out_features": 6})
    report = lint(body, {"type": "Linear", "out_features": 3}, x=[4])
    assert [f.rule.code for f in report.findings] == ["NN212"]
    assert report.graph is not None
    assert report.graph.nodes[-1].params == 6 * 3 + 3


def test_a_map_is_projected_by_a_convolution_though_its_channels_stay() -> None:
    # [6, 8] to [6, 4]: Conv1d(6, 6, 1, stride=2, bias=False), 6·6; a Linear(8, 4) would be 32
    body = residual({"type": "MaxPool1d", "kernel_size": 2}, on_mismatch="project")
    graph = graph_of(body, x={"map": [6, 8]})
    assert (graph.totals.params, graph.output.shape.known) == (36, (6, 4))


def test_a_film_is_projected_by_a_convolution_of_its_rank() -> None:
    wide = {"type": "Conv3d", "out_channels": 3, "kernel_size": 1}
    graph = graph_of(residual(wide, on_mismatch="project"), x=[2, 4, 5, 6])
    assert graph.totals.params == (2 * 3 + 3) + 2 * 3  # the body, and Conv3d(2, 3, 1) beside it


@pytest.mark.parametrize(
    ("x", "body"),
    [([2, 5, 5], {"type": "Conv2d", "out_channels": 2, "kernel_size": 2}),  # 5 to 4: no stride
     ({"sequence": [6, 8]}, {"type": "Slice", "dim": 1, "end": 4}),
     ([6], {"type": "Reshape", "shape": [2, 3]})],
)  # fmt: skip
def test_what_no_single_layer_makes_is_not_projected(x: Any, body: dict[str, Any]) -> None:
    finding = only(residual(body, on_mismatch="project"), x=x)
    assert (finding.rule.code, finding.path) == ("NN212", ("layers", 0))
    assert "no projection does" in (finding.help or "")


@pytest.mark.parametrize(
    "layer", [residual({"type": "Conv2d"}), residual(conv(16), shortcut=[{"type": "Conv2d"}])]
)
def test_what_nobody_knows_may_be_added(layer: dict[str, Any]) -> None:
    assert only(layer).rule.code == "NN102"


@pytest.mark.parametrize(
    ("shape", "body"),
    [(MAP, {"type": "Flatten", "start_dim": 2}), ([4, 4, 2, 4, 8], {"type": "GLU", "dim": 1})],
)
def test_other_numbers_of_axes_have_no_projection(shape: Any, body: dict[str, Any]) -> None:
    """No convolution takes four spatial axes, and none changes how many there are."""
    reshape = {"type": "Reshape", "shape": shape}
    finding = only(reshape, residual(body, on_mismatch="project"))
    assert finding.rule.code == "NN212"
    assert "no projection does" in (finding.help or "")


@pytest.mark.parametrize(
    ("x", "body", "smaller"),
    [(MAP, {"type": "Conv2d", "out_channels": 16, "kernel_size": 3}, True),
     (MAP, conv(16, 1, padding=1), False), (MAP, "Flatten", False),
     (MAP, {"type": "Conv2d", "out_channels": 16, "kernel_size": [1, 3]}, True),
     ({"sequence": [6, 8]}, {"type": "Slice", "dim": 1, "end": 4}, False)],
)  # fmt: skip
@pytest.mark.parametrize("way", ["error", "project"])
def test_padding_is_advised_where_windows_made_a_map_smaller(
    x: Any, body: Any, *, smaller: bool, way: str
) -> None:
    """8 to 6 in both or one of the axes; a stride of 2 would give 4."""
    finding = only(residual(body, on_mismatch=way), x=x)
    assert finding.rule.code == "NN212"
    assert ("padding in the body keeps the sizes" in (finding.help or "")) is smaller


@pytest.mark.parametrize(
    "ways", [{"body": [{"type": "Linear"}, linear(8)]},
             {"body": [linear(8)], "shortcut": [{"type": "Linear"}, linear(8)]}],
)  # fmt: skip
def test_a_sum_with_what_nobody_knows_is_as_large_as_the_other(ways: dict[str, Any]) -> None:
    """The 8 features of the one are known, and what is added to it has all its axes."""
    graph = lint({"type": "Residual", **ways}, x={"sequence": [5, 8]}).graph
    assert graph is not None
    assert graph.output.shape.known == (5, 8)

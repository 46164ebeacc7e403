"""Select, Slice and Mean: torch.select, Python's slices, torch.mean."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.layers.choosing import Mean, Select, Slice
from nnlint.layers.shape import UNKNOWN, Layout, Misfit, Shape, Unknown

if TYPE_CHECKING:
    from nnlint.finding import Finding
    from nnlint.graph import Node
    from nnlint.layers.base import Layer
    from nnlint.report import Report

OPEN = Shape((5, 6), Layout.UNDECIDED, open=True)


def lint(layer: object, x: object) -> Report:
    return lint_text(json.dumps({"nnlint": 1, "input": x, "layers": [layer]}))


def only(layer: object, x: object) -> Node:
    report = lint(layer, x)
    assert report.findings == ()
    assert report.graph is not None
    (node,) = report.graph.nodes
    assert (node.params, node.macs, node.complete, node.spec.bias) == (0, 0, True, None)
    return node


def refused(layer: object, x: object) -> Finding:
    (finding,) = lint(layer, x).findings
    return finding


# --- Select ---------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [0, 1, 196, -1, -197])
@pytest.mark.parametrize("x", [[197, 768], {"sequence": [197, 768]}])
def test_select_takes_one_token(index: int, x: object) -> None:
    node = only({"type": "Select", "index": index}, x)
    assert (node.output.known, node.output.layout) == ((768,), Layout.FEATURES)


@pytest.mark.parametrize("index", [197, -198, 5000])
def test_select_takes_a_token_that_is_there(index: int) -> None:
    """torch: Dimension out of range / index out of range for a dimension of size 197."""
    finding = refused({"type": "Select", "index": index}, [197, 768])
    assert finding.rule.code == "NN205"
    assert finding.message == f"Select: index is {index}, but [197, 768] has 197 tokens"
    assert finding.help == "write a number from 0 to 196, or from -197 to -1"


@pytest.mark.parametrize(
    ("x", "words"),
    [({"map": [64, 100]}, "a map [64, 100] arrives"), ([64, 8, 8], "a map [64, 8, 8] arrives"),
     ([64], "[64] arrives"), ({"tokens": 12}, "[12] token indices arrive")],
)  # fmt: skip
def test_select_takes_a_sequence(x: object, words: str) -> None:
    finding = refused({"type": "Select", "index": 0}, x)
    assert (finding.rule.code, words in finding.message) == ("NN202", True)


def test_select_knows_the_features_of_an_open_shape() -> None:
    assert Select(index=9).infer(OPEN._replace(dims=(6,))) == Shape((6,), Layout.FEATURES)
    with pytest.raises(Unknown):
        Select(index=9).infer(UNKNOWN)


def test_select_takes_no_more_axes() -> None:
    """torch.select(x, 1, 0) of [batch, 4, 5, 6] is [batch, 5, 6], and no features [6]."""
    with pytest.raises(Misfit):
        Select(index=0).infer(Shape((4, 5, 6), Layout.SEQUENCE))


@pytest.mark.parametrize("index", range(-5, 5))
def test_which_token_is_selected(index: int) -> None:
    tokens = list(range(5))
    kept = Select(index=index).kept_tokens(Shape((5, 6), Layout.SEQUENCE))
    assert [*kept] == [tokens[index]]


# --- Slice ----------------------------------------------------------------------------------

ENDS = [None, -9, -7, -1, 0, 1, 3, 7, 9]


@pytest.mark.parametrize("start", [-9, -7, -2, 0, 1, 6, 7])
@pytest.mark.parametrize("end", ENDS)
def test_slice_keeps_what_python_keeps(start: int, end: int | None) -> None:
    """x[:, start:end] of a tensor [batch, 7, 4] is Python's own on a list of 7."""
    layer = {"type": "Slice", "dim": 1, "start": start, "end": end}
    kept = len(list(range(7))[start:end])
    if kept:
        assert only(layer, [7, 4]).output.known == (kept, 4)
        return
    finding = refused(layer, [7, 4])
    assert finding.rule.code == "NN205"
    assert f"nothing is left of axis 1 of [7, 4], which has 7, from {start} to" in (
        finding.message
    )
    assert finding.path == ("layers", 0, "start" if end is None else "end")


@pytest.mark.parametrize(
    ("dim", "output"),
    [(1, (2, 8, 9)), (2, (6, 2, 9)), (3, (6, 8, 2)), (-1, (6, 8, 2)), (-3, (2, 8, 9))],
)
def test_slice_works_on_any_axis_and_keeps_the_layout(
    dim: int, output: tuple[int, ...]
) -> None:
    node = only({"type": "Slice", "dim": dim, "start": 1, "end": 3}, [6, 8, 9])
    assert (node.output.known, node.output.layout) == (output, Layout.MAP)


def test_slice_keeps_all_by_default() -> None:
    assert only({"type": "Slice", "dim": 1}, {"tokens": 12}).output.known == (12,)


@pytest.mark.parametrize("kind", ["Slice", "Mean"])
@pytest.mark.parametrize(("dim", "words"), [(0, "batch axis"), (-3, "batch"), (3, "no axis")])
def test_the_batch_is_left_alone(kind: str, dim: int, words: str) -> None:
    finding = refused({"type": kind, "dim": dim}, [7, 4])
    assert (finding.rule.code, words in finding.message) == ("NN203", True)


@pytest.mark.parametrize("start", [0, 1, -2])
@pytest.mark.parametrize("end", [None, 3, -1])
@pytest.mark.parametrize("dim", [1, -2])
def test_which_tokens_a_slice_keeps(start: int, end: int | None, dim: int) -> None:
    kept = Slice(dim=dim, start=start, end=end).kept_tokens(Shape((5, 6), Layout.SEQUENCE))
    assert kept is not None
    assert [*kept] == [*range(5)][start:end]


@pytest.mark.parametrize(
    ("dim", "layout"), [(2, Layout.SEQUENCE), (-1, Layout.SEQUENCE), (1, Layout.MAP)]
)
def test_a_slice_of_features_or_channels_chooses_no_token(dim: int, layout: Layout) -> None:
    assert Slice(dim=dim, end=1).kept_tokens(Shape((5, 6), layout)) is None


def test_slice_of_open_shapes() -> None:
    assert Slice(dim=-1, end=2).infer(OPEN).dims == (5, 2)
    assert Slice(dim=-3, end=2).infer(OPEN) == OPEN
    with pytest.raises(Unknown):
        Slice(dim=2).infer(OPEN)


# --- Mean -----------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [[6], [5, 6], [4, 5, 6], [3, 4, 5, 6]])
@pytest.mark.parametrize("dims", [[1], [-1], [2], [2, 3], [3, 2], [2, -1], [-1, -2], [2, 3, 4]])
def test_mean_removes_axes_as_torch_does(x: list[int], dims: list[int]) -> None:
    """torch.mean: input.dim() - len(dim) axes are left."""
    tensor = [0, *x]
    if any(not -len(x) <= dim <= len(x) for dim in dims):
        assert refused({"type": "Mean", "dim": dims}, x).rule.code == "NN203"
        return
    gone = [range(len(tensor))[dim] for dim in dims]
    if len(set(gone)) < len(gone):
        assert "twice" in refused({"type": "Mean", "dim": dims}, x).message
        return
    expected = [size for axis, size in enumerate(tensor) if axis not in gone][1:]
    assert list(only({"type": "Mean", "dim": dims}, x).output.known) == expected


@pytest.mark.parametrize(
    ("x", "dim", "output", "layout"),
    [({"sequence": [5, 6]}, 1, (6,), Layout.FEATURES),
     ([4, 5, 6], [2, 3], (4,), Layout.FEATURES),
     ([4, 5, 6], 3, (4, 5), Layout.MAP), ([4, 5, 6], 1, (5, 6), Layout.UNDECIDED),
     ([3, 4, 5, 6], [-1, -2], (3, 4), Layout.MAP), ([6], 1, (), Layout.FEATURES)],
)  # fmt: skip
def test_mean_keeps_channels_first_and_features_last(
    x: object, dim: Any, output: tuple[int, ...], layout: Layout
) -> None:
    node = only({"type": "Mean", "dim": dim}, x)
    assert (node.output.known, node.output.layout) == (output, layout)


@pytest.mark.parametrize(
    ("layout", "dim", "left"),
    [(Layout.SEQUENCE, 1, Layout.SEQUENCE), (Layout.SEQUENCE, 2, Layout.SEQUENCE),
     (Layout.SEQUENCE, 3, Layout.UNDECIDED), (Layout.MAP, 1, Layout.UNDECIDED),
     (Layout.MAP, 2, Layout.MAP), (Layout.MAP, -1, Layout.MAP)],
)  # fmt: skip
def test_what_is_left_is_what_its_telling_axis_says(
    layout: Layout, dim: int, left: Layout
) -> None:
    assert Mean(dim=dim).infer(Shape((4, 5, 6), layout)).layout is left


def test_of_an_open_shape_no_axis_tells() -> None:
    assert Mean(dim=-1).infer(OPEN).layout is Layout.UNDECIDED


def test_mean_is_keras_global_average_pooling() -> None:
    """The oracle's keras-0533: GlobalAveragePooling1D, [7, 3] -> [3]."""
    assert only({"type": "Mean", "dim": 1}, {"sequence": [7, 3]}).output.known == (3,)


def test_indices_have_no_mean() -> None:
    finding = refused({"type": "Mean", "dim": 1}, {"tokens": 12})
    assert (finding.rule.code, "token indices" in finding.message) == ("NN202", True)


def test_mean_of_open_shapes() -> None:
    assert Mean(dim=-2).infer(OPEN).dims == (6,)
    assert Mean(dim=(-3, -1)).infer(OPEN).dims == (5,)
    with pytest.raises(Unknown):
        Mean(dim=1).infer(OPEN)


# --- facts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", [Select(index=0), Slice(dim=1), Mean(dim=1)])
def test_they_are_linear(layer: Layer) -> None:
    assert layer.passes_linearity


@pytest.mark.parametrize(
    ("dim", "passes"),
    [(1, False), (-1, False), (2, True), ((2, 3), True), ((1, 2), False), ((3, 1), False)],
)
def test_a_mean_over_positions_keeps_a_shift_of_channels(dim: Any, *, passes: bool) -> None:
    assert Mean(dim=dim).passes_shift is passes


def test_a_bias_that_a_norm_behind_the_mean_takes_away_is_found() -> None:
    layers = [{"type": "Conv2d", "out_channels": 8, "kernel_size": 3}, {"type": "Mean",
              "dim": [2, 3]}, "BatchNorm1d"]  # fmt: skip
    text = json.dumps({"nnlint": 1, "input": [3, 8, 8], "layers": layers})
    assert "NN301" in [finding.rule.code for finding in lint_text(text).findings]

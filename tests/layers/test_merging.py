"""Add, Multiply and Concat: torch.add and torch.mul on equal axes, and torch.cat."""

from __future__ import annotations

import json
from math import prod
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.layers import find, keras_names
from nnlint.layers.merging import BY_ROUNDING, Add, Concat, Multiply, differ_by_rounding
from nnlint.layers.shape import UNKNOWN, Layout, Misfit, Shape, Unknown

if TYPE_CHECKING:
    from nnlint.graph import Node
    from nnlint.layers.base import Layer
    from nnlint.report import Report

KINDS: list[type[Layer]] = [Add, Multiply, Concat]
LAYOUTS = {1: Layout.FEATURES, 2: Layout.SEQUENCE}


def closed(*dims: int) -> Shape:
    """Features, a sequence or a map, by the number of axes."""
    return Shape(dims, LAYOUTS.get(len(dims), Layout.MAP))


def ending(*dims: int, layout: Layout = Layout.UNDECIDED) -> Shape:
    return Shape(dims, layout, open=True)


def lint(kind: str, *written: object, **more: object) -> Report:
    inputs = {f"i{n}": shape for n, shape in enumerate(written)}
    layer = {"type": kind, "from": list(inputs), **more}
    return lint_text(json.dumps({"nnlint": 1, "inputs": inputs, "layers": [layer]}))


def only(kind: str, *written: object, **more: object) -> Node:
    report = lint(kind, *written, **more)
    assert report.findings == ()
    assert report.graph is not None
    (node,) = report.graph.nodes
    return node


def refused(kind: str, *written: object, **more: object) -> tuple[str, str]:
    (finding,) = lint(kind, *written, **more).findings
    assert finding.rule.code == "NN212"
    return finding.message, finding.help or ""


def torch_cat(shapes: list[list[int]], dim: int) -> list[int]:
    """torch.cat of [batch, *dims], from its documentation; the batch dropped again."""
    whole = [[0, *dims] for dims in shapes]
    axis = range(len(whole[0]))[dim]
    total = sum(dims[axis] for dims in whole)
    return [*whole[0][:axis], total, *whole[0][axis + 1 :]][1:]


# --- what fits ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["Add", "Multiply"])
@pytest.mark.parametrize("shape", [[6], {"sequence": [5, 6]}, {"map": [5, 6]}, [4, 5, 6]])
@pytest.mark.parametrize("times", [2, 3, 7])
def test_equal_shapes_stay(kind: str, shape: Any, times: int) -> None:
    node = only(kind, *[shape] * times)
    dims = shape if isinstance(shape, list) else next(iter(shape.values()))
    assert (list(node.output.known), node.output.layout) == (dims, node.inputs[0].layout)
    assert (node.params, node.macs, node.complete, node.spec.bias) == (0, 0, True, None)


@pytest.mark.parametrize(
    ("kind", "args", "output"),
    [("Add", {}, (4, 4)), ("Multiply", {}, (4, 4)), ("Concat", {"dim": 1}, (8, 4))],
)
def test_shapes_are_those_of_keras(
    kind: str, args: dict[str, int], output: tuple[int, ...]
) -> None:
    """The oracle's keras-0634, keras-0636 and keras-0632 (Concatenate), on [4, 4] twice."""
    assert only(kind, [4, 4], [4, 4], **args).output.dims == output


@pytest.mark.parametrize(
    ("shapes", "output"),
    [(([64, 1, 1], [64, 28, 28]), (64, 28, 28)), (([64, 28, 28], [64, 1, 1]), (64, 28, 28)),
     (([1, 28, 28], [64, 28, 28]), (64, 28, 28)), (([64, 1, 28], [64, 28, 1]), (64, 28, 28)),
     (([1, 1, 1], [1, 1, 1]), (1, 1, 1)), (([5], [1], [5]), (5,))],
)  # fmt: skip
def test_a_product_repeats_axes_of_one(
    shapes: tuple[list[int], ...], output: tuple[int, ...]
) -> None:
    """PyTorch's broadcasting semantics, for tensors with as many axes."""
    assert only("Multiply", *shapes).output.dims == output


@pytest.mark.parametrize("dim", [1, 2, 3, -1, -2, -3])
@pytest.mark.parametrize("sizes", [(3, 5), (1, 1, 7), (2, 2, 2, 2)])
def test_concat_joins_as_torch_does(dim: int, sizes: tuple[int, ...]) -> None:
    axis = dim - 1 if dim > 0 else dim
    shapes = [[4, 5, 6] for _ in sizes]
    for dims, size in zip(shapes, sizes, strict=True):
        dims[axis] = size
    node = only("Concat", *shapes, dim=dim)
    assert list(node.output.known) == torch_cat(shapes, dim)
    assert sum(prod(dims) for dims in shapes) == node.output.size


@pytest.mark.parametrize(
    ("one", "two", "output", "layout"),
    [([3, 8, 9], [5, 8, 9], (8, 8, 9), Layout.MAP),
     ([3, 2, 8, 9], [5, 2, 8, 9], (8, 2, 8, 9), Layout.MAP),
     ({"map": [3, 9]}, {"map": [5, 9]}, (8, 9), Layout.MAP),
     ({"sequence": [9, 3]}, {"sequence": [9, 5]}, (9, 8), Layout.SEQUENCE),
     ([9, 3], [9, 5], (9, 8), Layout.UNDECIDED), ([9, 3], {"map": [5, 3]}, (14, 3), Layout.MAP),
     ([3], [5], (8,), Layout.FEATURES), ({"tokens": 3}, {"tokens": 5}, (8,), Layout.TOKENS)],
)  # fmt: skip
def test_concat_joins_channels_or_features_by_default(
    one: object, two: object, output: tuple[int, ...], layout: Layout
) -> None:
    node = only("Concat", one, two)
    assert (node.output.dims, node.output.layout) == (output, layout)


def test_squeeze_and_excitation() -> None:
    """Hu et al. 2018, figure 2, with r = 16: two layers of C·C/r, and their biases."""
    report = lint_text(
        "nnlint: 1\ninput: [64, 28, 28]\nlayers:\n"
        "  - {type: Identity, name: x}\n"
        "  - {type: AdaptiveAvgPool2d, output_size: 1}\n"
        "  - {type: Conv2d, out_channels: 4, kernel_size: 1}\n  - ReLU\n"
        "  - {type: Conv2d, out_channels: 64, kernel_size: 1}\n  - Sigmoid\n"
        "  - {type: Multiply, from: [previous, x]}\n"
    )
    assert report.graph is not None
    assert [f.rule.code for f in report.findings] == []
    assert report.graph.output.shape.known == (64, 28, 28)
    assert report.graph.totals.params == 64 * 4 + 4 + 4 * 64 + 64


# --- what does not --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["Add", "Concat"])
@pytest.mark.parametrize(
    ("one", "two", "where"),
    [([64, 28, 28], [64, 27, 27], "axis 2 and axis 3"), ([64, 14, 14], [64, 13, 14], "axis 2"),
     ([64, 14, 14], [64, 14, 15], "axis 3")],
)  # fmt: skip
def test_a_rounded_size_is_named(kind: str, one: list[int], two: list[int], where: str) -> None:
    message, remedy = refused(kind, one, two)
    assert message.endswith(f"but {one} and {two} arrive, which differ on {where}")
    assert remedy == BY_ROUNDING
    assert differ_by_rounding(closed(*one), closed(*two))


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [(closed(8, 28, 28), closed(16, 27, 27), True),
     (closed(8, 28, 28), closed(8, 28, 28), False),
     (closed(8, 28, 28), closed(8, 26, 26), False), (closed(28, 8), closed(27, 8), False),
     (closed(8, 28, 28), closed(8, 27), False), (closed(8), closed(7), False),
     (closed(8, 28, 28), ending(27, 27), False)],
)  # fmt: skip
def test_only_maps_differ_by_rounding(one: Shape, two: Shape, *, expected: bool) -> None:
    assert differ_by_rounding(one, two) is expected


@pytest.mark.parametrize(
    ("one", "two", "words"),
    [([64, 28, 28], [128, 28, 28], "out_channels: 128 and kernel_size: 1 makes 128 channels"),
     ([64, 28, 28], [64, 14, 14], "has strides of 2 in all"),
     ([64, 28, 28], [64, 26, 26], "1 more padding on each side"),
     ([64, 64, 64], [64, 56, 56], "4 more padding on each side"),
     ([8, 48, 48], [8, 50, 50], "if strides rounded it, an input size divisible by their"),
     ([12], [13], "a Linear with out_features: 13 makes 13 features of 12"),
     ({"sequence": [9, 12]}, {"sequence": [9, 13]}, "out_features: 13")],
)  # fmt: skip
def test_a_sum_says_how_its_inputs_become_equal(one: object, two: object, words: str) -> None:
    message, remedy = refused("Add", one, two)
    assert message.startswith("Add: it adds inputs of equal shapes, but [")
    assert words in remedy


@pytest.mark.parametrize("others", [([64, 28, 28], [64, 1, 1]), ([64, 1, 28],), ([1, 28, 28],)])
def test_a_sum_repeats_nothing(others: tuple[list[int], ...]) -> None:
    message, _ = refused("Add", [64, 28, 28], *others)
    assert f"[64, 28, 28] and {others[-1]} arrive" in message


def test_a_product_takes_equal_sizes_or_one() -> None:
    message, _ = refused("Multiply", [64, 1, 1], [32, 28, 28])
    assert "sizes, or size 1, but [64, 1, 1] and [32, 28, 28] arrive" in message
    assert message.endswith("which differ on axis 1")


def test_features_times_a_map_are_told_how() -> None:
    message, remedy = refused("Multiply", [64], [64, 28, 28])
    assert "[64] and [64, 28, 28] arrive, which have different numbers of axes" in message
    assert "{type: Unflatten, dim: 1, unflattened_size: [64, 1, 1]}" in remedy
    split = {"type": "Unflatten", "dim": 1, "unflattened_size": [64, 1, 1], "from": "a"}
    layers = [split, {"type": "Multiply", "from": ["previous", "b"]}]
    inputs = {"a": [64], "b": [64, 28, 28]}
    mended = lint_text(json.dumps({"nnlint": 1, "inputs": inputs, "layers": layers}))
    assert mended.findings == ()


@pytest.mark.parametrize("kind", ["Add", "Multiply", "Concat"])
def test_other_numbers_of_axes_are_refused(kind: str) -> None:
    message, remedy = refused(kind, [8, 8], [4, 8, 8])
    assert "[8, 8] and [4, 8, 8] arrive, which have different numbers of axes" in message
    assert "Flatten, Unflatten or Reshape" in remedy


@pytest.mark.parametrize(
    ("one", "two", "given", "meant"),
    [({"sequence": [9, 4]}, {"sequence": [7, 4]}, {}, 1), ([3, 8, 8], [5, 8, 8], {"dim": 2}, 1),
     ([3, 8, 8], [3, 8, 5], {"dim": -2}, 3)],
)  # fmt: skip
def test_concat_along_another_axis_is_told_which(
    one: object, two: object, given: dict[str, int], meant: int
) -> None:
    message, remedy = refused("Concat", one, two, **given)
    assert message.endswith(f"which differ on axis {meant}")
    assert remedy == f"to join them along that axis, write dim: {meant}"
    assert lint("Concat", one, two, dim=meant).findings == ()


def test_the_one_of_many_that_differs_is_named() -> None:
    message, _ = refused("Add", [8], [8], [8], [9], [8])
    assert "[8] and [9] arrive" in message


@pytest.mark.parametrize(("dim", "words"), [(0, "batch axis"), (-4, "batch"), (4, "no axis")])
def test_concat_wants_an_axis(dim: int, words: str) -> None:
    (finding,) = lint("Concat", [3, 8, 8], [3, 8, 8], dim=dim).findings
    assert finding.rule.code == "NN203"
    assert words in finding.message


def test_one_input_is_nothing_to_merge() -> None:
    (finding,) = lint_text('{"nnlint": 1, "input": [4], "layers": ["Add"]}').findings
    assert finding.rule.code == "NN206"


# --- what is unknown ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "shapes", "output"),
    [(Add, (UNKNOWN, closed(4, 5, 6)), closed(4, 5, 6)),
     (Add, (ending(6), ending(5, 6)), ending(5, 6)), (Add, (UNKNOWN, UNKNOWN), UNKNOWN),
     (Multiply, (UNKNOWN, closed(4, 5, 6)), closed(4, 5, 6)),
     (Multiply, (UNKNOWN, closed(4, 1, 6)), ending(6, layout=Layout.MAP)),
     (Multiply, (ending(1), ending(6)), ending(6)),
     (Multiply, (UNKNOWN, closed(4, 1, 1)), ending(layout=Layout.MAP)),
     (Concat, (ending(5, layout=Layout.SEQUENCE), ending(6)),
      ending(11, layout=Layout.SEQUENCE)),
     (Concat, (UNKNOWN, closed(4, 5)), ending(layout=Layout.SEQUENCE)),
     (Concat, (ending(9), closed(4, 5)), closed(4, 14)),
     (Concat, (UNKNOWN, closed(4, 5, 6)), ending(5, 6, layout=Layout.MAP))],
)  # fmt: skip
def test_what_is_known_stays_known(
    kind: type[Layer], shapes: tuple[Shape, ...], output: Shape
) -> None:
    assert kind().infer(*shapes) == output
    assert kind().infer(*reversed(shapes)).dims == output.dims


def test_open_shapes_are_joined_along_a_last_axis_that_is_written() -> None:
    assert Concat(dim=-1).infer(ending(5), ending(6)) == ending(11)
    assert Concat(dim=-2).infer(ending(5, 6), ending(6)) == ending(6)


@pytest.mark.parametrize("layer", [Concat(), Concat(dim=1), Concat(dim=-2)])
def test_a_map_may_hide_behind_an_open_shape(layer: Layer) -> None:
    with pytest.raises(Unknown):
        layer.infer(ending(5), ending(5))


@pytest.mark.parametrize(
    ("kind", "shapes", "words"),
    [(Add, (ending(5), closed(4, 6)), r"\[…, 5\] and \[4, 6\] arrive, which differ on axis 2"),
     (Add, (ending(5), ending(6)), "differ on axis -1"),
     (Multiply, (ending(5), ending(1, 6)), "differ on axis -1"),
     (Concat, (ending(5, 5), closed(3, 4, 5)), "differ on axis 2"),
     (Add, (ending(3, 4, 5), closed(4, 5)), "different numbers of axes")],
)  # fmt: skip
def test_what_is_known_and_differs_is_refused(
    kind: type[Layer], shapes: tuple[Shape, ...], words: str
) -> None:
    with pytest.raises(Misfit, match=words) as misfit:
        kind().infer(*shapes)
    assert misfit.value.code == "NN212"


def test_after_a_mistake_it_is_silent() -> None:
    report = lint_text(
        '{"nnlint": 1, "input": [4], "layers": [{"type": "Linear", "name": "a"}, '
        '{"type": "Linear", "out_features": 3}, {"type": "Add", "from": ["a", "previous"]}]}'
    )
    assert [finding.rule.code for finding in report.findings] == ["NN102"]
    assert report.graph is not None
    assert str(report.graph.output.shape) == "[…, 3]"


# --- facts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_rules_do_not_look_through_a_merge(kind: type[Layer]) -> None:
    layer = kind()
    assert kind.merges
    assert set(kind.keys()) > {"with", "from"}
    assert (layer.passes_linearity, layer.passes_last, layer.passes_shift) == (False,) * 3
    assert find(kind.__name__) is kind


def test_keras_calls_it_concatenate() -> None:
    assert keras_names()["Concatenate"] == "Concat"


# --- what nobody knows ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Add, Multiply, Concat])
def test_as_many_axes_as_are_known_may_be_all(kind: type[Layer]) -> None:
    for pair in ((closed(4, 5, 6), ending(4, 5, 6)), (ending(4, 5, 6), closed(4, 5, 6))):
        assert kind().infer(*pair).dims[1:] == (5, 6)


def test_a_map_may_hide_behind_one_of_two() -> None:
    """Where [9, 3] is a map its channels are joined, where it is a sequence its features."""
    with pytest.raises(Unknown):
        Concat().infer(Shape((9, 3), Layout.UNDECIDED), ending(9, 3))


@pytest.mark.parametrize("kind", ["Add", "Multiply", "Concat"])
def test_fewer_axes_are_refused_in_either_order(kind: str) -> None:
    for shapes in (([4, 5, 6], [6]), ([6], [4, 5, 6])):
        message, _ = refused(kind, *shapes)
        assert "which have different numbers of axes" in message


def test_the_axis_that_is_joined_is_none_that_differs() -> None:
    message, _ = refused("Concat", [3, 8, 8], [5, 8, 9])
    assert message.endswith("which differ on axis 3")


@pytest.mark.parametrize(
    ("one", "two", "remedy"),
    [([4, 8, 8], [4, 4, 4], "strides of 2"), ([4, 4, 4], [4, 2, 2], "strides of 2"),
     ([4, 12, 9], [4, 4, 3], "strides of 3"), ([4, 8, 6], [4, 4, 6], "strides of 2"),
     ([4, 8, 8], [4, 4, 2], ""),  # twice on one axis, four times on the other
     ([4, 8, 8], [4, 1, 1], ""),  # what is pooled to one place has lost no border
     ([4, 7, 8], [4, 3, 4], "2 more padding on each side"),  # 4 less, but 7 is no multiple of 3
     ([4, 9, 9], [4, 7, 7], "1 more padding on each side"),
     ([4, 9, 9], [4, 5, 7], ""),  # 4 less and 2 less: windows of two kinds
     ([4, 9, 9], [4, 6, 6], ""), ([4, 8, 8], [5, 4, 4], ""),
     ([4, 8, 8], [4, 8, 7], BY_ROUNDING)],
)  # fmt: skip
def test_why_two_maps_may_differ_in_size(one: Any, two: Any, remedy: str) -> None:
    """What one way may have done that the other has not, where all axes agree on it."""
    for shapes in ((one, two), (two, one)):
        _, words = refused("Add", *shapes)
        assert remedy in words
        assert bool(remedy) is bool(words)


def test_one_axis_may_be_meant_to_be_joined() -> None:
    """Where only one other axis differs, and by no stride or border."""
    _, words = refused("Concat", {"sequence": [5, 6]}, {"sequence": [7, 6]})
    assert words == "to join them along that axis, write dim: 1"
    _, words = refused("Concat", [3, 8, 8], [3, 1, 1])
    assert words == ""

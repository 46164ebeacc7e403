"""Flatten and Unflatten."""

from __future__ import annotations

import json
from math import prod
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.layers.reshaping import Flatten, Permute
from nnlint.layers.shape import Layout, Shape

if TYPE_CHECKING:
    from nnlint.graph import Node
    from nnlint.report import Report

BROKEN = {"type": "Linear"}


def lint(*layers: object, x: object) -> Report:
    return lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers}))


def last(*layers: object, x: object) -> Node:
    graph = lint(*layers, x=x).graph
    assert graph is not None
    return graph.nodes[-1]


def flatten(**more: object) -> dict[str, Any]:
    return {"type": "Flatten", **more}


def unflatten(dim: int, *sizes: int) -> dict[str, Any]:
    return {"type": "Unflatten", "dim": dim, "unflattened_size": list(sizes)}


def torch_flatten(dims: list[int], start: int, end: int) -> list[int]:
    """torch.flatten on [batch, *dims], from its documentation; the batch dropped again."""
    tensor = [0, *dims]
    first, final = range(len(tensor))[start], range(len(tensor))[end]
    return [*tensor[:first], prod(tensor[first : final + 1]), *tensor[final + 1 :]][1:]


@pytest.mark.parametrize("dims", [[6], [4, 6], [3, 4, 6], [2, 3, 4, 6]])
@pytest.mark.parametrize("start", [1, 2, 3, 4, -1, -2])
@pytest.mark.parametrize("end", [1, 2, 3, 4, -1, -2])
def test_flatten_joins_as_torch_does(dims: list[int], start: int, end: int) -> None:
    axes = range(1, len(dims) + 1)
    real = [n % (len(dims) + 1) if abs(n) <= len(dims) else -1 for n in (start, end)]
    node = last(flatten(start_dim=start, end_dim=end), x=dims)
    if real[0] in axes and real[1] in axes and real[0] <= real[1]:
        assert list(node.output.known) == torch_flatten(dims, start, end)
        assert (node.params, node.macs) == (0, 0)
    else:
        assert node.output.open


@pytest.mark.parametrize("dims", [[6], [4, 6], [1, 28, 28], [2, 3, 4, 6]])
def test_flatten_makes_one_axis_by_default(dims: list[int]) -> None:
    node = last("Flatten", x=dims)
    assert node.output.known == (prod(dims),)
    assert node.output.layout is Layout.FEATURES
    assert node.spec.bias is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [({"start_dim": 0}, "start_dim: 0 is the batch axis"),
     ({"start_dim": -4}, "start_dim: -4 is the batch axis"),
     ({"end_dim": 0}, "end_dim: 0 is the batch axis"),
     ({"start_dim": 4}, "start_dim: 4 is no axis of [1, 28, 28], which has axis 1 to 3"),
     ({"end_dim": -5}, "end_dim: -5 is no axis of [1, 28, 28]"),
     ({"start_dim": 3, "end_dim": 2}, "start_dim 3 comes after end_dim 2 in [1, 28, 28]")],
)  # fmt: skip
def test_flatten_refuses_what_is_no_axis(arguments: dict[str, int], words: str) -> None:
    (finding,) = lint(flatten(**arguments), x=[1, 28, 28]).findings
    assert finding.rule.code == "NN203"
    assert words in finding.message


@pytest.mark.parametrize(
    ("dims", "layer", "output"),
    [([784], unflatten(1, 1, 28, 28), (1, 28, 28)), ([784], unflatten(-1, 16, 49), (16, 49)),
     ([784], unflatten(1, 16, -1), (16, 49)), ([6, 5], unflatten(1, 2, 3), (2, 3, 5)),
     ([6, 4], unflatten(2, 2, 2), (6, 2, 2)), ([6], unflatten(1, 6), (6,)),
     ([6], unflatten(1, 1, 1, 6), (1, 1, 6))],
)  # fmt: skip
def test_unflatten_splits_one_axis(
    dims: list[int], layer: dict[str, Any], output: tuple[int, ...]
) -> None:
    node = last(layer, x=dims)
    assert node.output.known == output
    assert (node.params, node.macs, node.complete) == (0, 0, True)


@pytest.mark.parametrize("sizes", [(2, 3), (0, 7), (2, -1), (-1, 0), (8,), (1, 1)])
def test_unflatten_wants_sizes_that_multiply_up(sizes: tuple[int, ...]) -> None:
    (finding,) = lint(unflatten(1, *sizes), x=[7]).findings
    assert finding.rule.code == "NN204"
    assert "must multiply up to the 7 of axis 1" in finding.message
    assert f"[{', '.join(map(str, sizes))}]" in finding.message


@pytest.mark.parametrize("sizes", [(-1, -1), (-1, -1, 7)])
def test_unflatten_leaves_one_size_open_at_most(sizes: tuple[int, ...]) -> None:
    """torch: only one dimension can be inferred."""
    (finding,) = lint(unflatten(1, *sizes), x=[7]).findings
    assert finding.rule.code == "NN204"
    assert "leaves more than one size open" in finding.message


def test_unflatten_refuses_the_batch() -> None:
    (finding,) = lint(unflatten(0, 2, 3), x=[6]).findings
    assert (finding.rule.code, "batch axis" in finding.message) == ("NN203", True)


def test_what_unflatten_splits_flatten_joins_again() -> None:
    assert last(unflatten(1, 1, 28, 28), "Flatten", x=[784]).output.known == (784,)


def test_unflatten_of_features_makes_a_map() -> None:
    assert last(unflatten(1, 1, 28, 28), x=[784]).output.layout is Layout.MAP


def test_flatten_of_positions_keeps_a_map_a_map() -> None:
    node = last(flatten(start_dim=2), x=[16, 7, 7])
    assert node.output.known == (16, 49)
    assert node.output.layout is Layout.MAP


@pytest.mark.parametrize("layer", ["Flatten", unflatten(1, 2, 3)])
def test_an_unknown_shape_stays_unknown_and_silent(layer: object) -> None:
    report = lint(BROKEN, layer, x=[6])
    assert [finding.rule.code for finding in report.findings] == ["NN102"]
    assert report.graph is not None
    assert report.graph.output.shape.open


def test_unflatten_checks_a_last_axis_that_is_known() -> None:
    report = lint(BROKEN, {"type": "Linear", "out_features": 6}, unflatten(-1, 2, 4), x=[6])
    (message,) = [f.message for f in report.findings if f.rule.code == "NN204"]
    assert "must multiply up to the 6 of axis -1, but 2×4 = 8" in message


def test_torch_takes_at_most_64_axes() -> None:
    (finding,) = lint(unflatten(1, *[1] * 65), x=[1]).findings
    assert finding.rule.code == "NN202"
    assert "65 axes" in finding.message


@pytest.mark.parametrize(
    ("x", "dims", "output"),
    [({"map": [64, 100]}, [2, 1], (100, 64)), ([3, 8, 9], [2, 3, 1], (8, 9, 3)),
     ([3, 8, 9], [1, 2, 3], (3, 8, 9)), ([5], [1], (5,))],
)  # fmt: skip
def test_permute_reorders_axes_numbered_as_in_torch(
    x: object, dims: list[int], output: tuple[int, ...]
) -> None:
    """torch.permute(x, (0, *dims)) with the batch left where it is."""
    assert last({"type": "Permute", "dims": dims}, x=x).output.known == output


@pytest.mark.parametrize("dims", [[1], [1, 1], [2, 3], [1, 2, 3]])
def test_permute_names_every_axis_once(dims: list[int]) -> None:
    (finding,) = lint({"type": "Permute", "dims": dims}, x={"map": [6, 7]}).findings
    assert finding.rule.code == "NN203"
    assert finding.help == "reorder [1, 2]"


def test_permute_makes_a_map_a_sequence_and_back() -> None:
    turned = {"type": "Permute", "dims": [2, 1]}
    norm = {"type": "BatchNorm1d"}
    assert lint(turned, norm, x={"sequence": [16, 8]}).findings == ()
    refused = lint(turned, turned, norm, x={"sequence": [16, 8]}).findings
    assert [finding.rule.code for finding in refused] == ["NN202"]


def reshape(*shape: int) -> dict[str, Any]:
    return {"type": "Reshape", "shape": list(shape)}


@pytest.mark.parametrize(
    ("x", "shape", "output"),
    [([12], (3, 4), (3, 4)), ([2, 6], (-1, 3), (4, 3)),  # the oracle's keras-0625, keras-0627
     ([784], (1, 28, 28), (1, 28, 28)), ([784], (16, -1), (16, 49)), ([3, 4, 6], (72,), (72,)),
     ([3, 4, 6], (-1,), (72,)), ([6], (1, 1, -1, 1), (1, 1, 6, 1)), ([1], (-1,), (1,))],
)  # fmt: skip
def test_reshape_keeps_the_elements(
    x: list[int], shape: tuple[int, ...], output: tuple[int, ...]
) -> None:
    """torch.reshape(x, (batch, *shape))."""
    node = last(reshape(*shape), x=x)
    assert node.output.known == output
    assert prod(x) == node.output.size
    assert (node.params, node.macs, node.complete, node.spec.bias) == (0, 0, True, None)


@pytest.mark.parametrize(
    ("shape", "layout"),
    [((24,), Layout.FEATURES), ((4, 6), Layout.UNDECIDED), ((2, 3, 4), Layout.MAP),
     ((2, 3, 2, 2), Layout.MAP), ((-1, 6), Layout.UNDECIDED)],
)  # fmt: skip
@pytest.mark.parametrize("x", [{"sequence": [4, 6]}, {"map": [4, 6]}, [24], [2, 3, 4]])
def test_the_number_of_axes_is_the_layout(
    x: object, shape: tuple[int, ...], layout: Layout
) -> None:
    assert last(reshape(*shape), x=x).output.layout is layout


@pytest.mark.parametrize(
    ("shape", "words"),
    [((5, 5), "the 24 elements of [2, 3, 4] (2×3×4), but 5×5 = 25"), ((23,), "but 23 = 23"),
     ((5, -1), "but 24 is no multiple of 5"), ((0, 24), "but 0×24 = 0"),
     ((0, -1), "but 24 is no multiple of 0"), ((-1, -1), "leaves more than one size open")],
)  # fmt: skip
def test_reshape_wants_as_many_elements(shape: tuple[int, ...], words: str) -> None:
    (finding,) = lint(reshape(*shape), x=[2, 3, 4]).findings
    assert finding.rule.code == "NN204"
    assert f"Reshape: shape [{', '.join(map(str, shape))}]" in finding.message
    assert words in finding.message


@pytest.mark.parametrize(
    ("shape", "output"),
    [((3, 4), "[3, 4]"), ((-1, 4), "[…, 4]"), ((3, -1), "[…]"), ((0, 4), "[…]")],
)
def test_reshape_knows_what_is_written(shape: tuple[int, ...], output: str) -> None:
    report = lint(BROKEN, reshape(*shape), x=[6])
    assert [finding.rule.code for finding in report.findings] == ["NN102"]
    assert report.graph is not None
    assert str(report.graph.output.shape) == output


def test_two_gaps_are_refused_whatever_arrives() -> None:
    codes = [f.rule.code for f in lint(BROKEN, reshape(-1, -1), x=[6]).findings]
    assert sorted(codes) == ["NN102", "NN204"]


def test_a_gap_that_does_not_divide_is_said_in_its_numbers() -> None:
    (finding,) = lint(unflatten(1, 2, -1), x=[7]).findings
    assert finding.message.endswith("to the 7 of axis 1, but 7 is no multiple of 2")


@pytest.mark.parametrize(
    ("x", "arguments", "layout"),
    [(Shape((3, 4, 5), Layout.MAP), {"start_dim": 2}, Layout.MAP),
     # channels joined with rows are no channels
     (Shape((3, 4, 5), Layout.MAP), {"end_dim": 2}, Layout.UNDECIDED),
     (Shape((3, 4, 5), Layout.SEQUENCE), {"start_dim": 2}, Layout.UNDECIDED),
     (Shape((5, 6), Layout.SEQUENCE), {"start_dim": 2}, Layout.SEQUENCE),
     (Shape((5, 6), Layout.MAP), {"start_dim": 1, "end_dim": 1}, Layout.MAP)],
)  # fmt: skip
def test_what_the_axes_mean_after_a_flatten(
    x: Shape, arguments: dict[str, int], layout: Layout
) -> None:
    assert Flatten(**arguments).infer(x).layout is layout


@pytest.mark.parametrize(
    ("x", "dims", "layout"),
    [(Shape((3, 8, 9), Layout.MAP), (2, 3, 1), Layout.SEQUENCE),
     (Shape((3, 8, 9), Layout.MAP), (1, 3, 2), Layout.MAP),
     (Shape((3, 8, 9), Layout.MAP), (2, 1, 3), Layout.UNDECIDED),
     (Shape((3, 8, 9), Layout.SEQUENCE), (3, 1, 2), Layout.MAP),
     (Shape((3, 8), Layout.UNDECIDED), (2, 1), Layout.UNDECIDED),
     (Shape((8,), Layout.FEATURES), (1,), Layout.FEATURES),
     (Shape((8,), Layout.TOKENS), (1,), Layout.TOKENS)],
)  # fmt: skip
def test_what_the_axes_mean_in_another_order(
    x: Shape, dims: tuple[int, ...], layout: Layout
) -> None:
    """Channels stand first in a map, features last in a sequence."""
    assert Permute(dims=dims).infer(x).layout is layout

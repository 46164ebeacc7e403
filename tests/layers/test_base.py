"""Shapes, axes and tensors; and the formulas that the catalogue prints."""

from __future__ import annotations

import ast
import json
import operator
import re
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.layers import find, layer_types
from nnlint.layers.base import ParamTensor, Slide, features_last, need_rank
from nnlint.layers.shape import UNKNOWN, Layout, Misfit, Shape, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nnlint.graph import Node

SIZES = (4, 5, 6, 7)
OPEN = Shape((5, 6), Layout.UNDECIDED, open=True)


def shape_of_rank(rank: int) -> Shape:
    return Shape(SIZES[:rank], Layout.MAP)


def torch_size(shape: Shape, dim: int) -> int | str:
    """The size of axis `dim` of the tensor that torch sees: [batch, *dims]."""
    tensor = ["batch", *shape.dims]
    try:
        return tensor[dim]
    except IndexError:
        return "none"


@pytest.mark.parametrize("rank", [1, 2, 3, 4])
@pytest.mark.parametrize("dim", range(-7, 8))
def test_axes_are_numbered_as_in_torch(rank: int, dim: int) -> None:
    shape = shape_of_rank(rank)
    expected = torch_size(shape, dim)
    if isinstance(expected, int):
        assert shape.dims[shape.index(dim)] == expected
        return
    words = "the batch axis" if expected == "batch" else "no axis of"
    with pytest.raises(Misfit) as misfit:
        shape.index(dim, "axis")
    assert f"axis: {dim} is {words}" in misfit.value.message
    assert misfit.value.code == "NN203"
    assert misfit.value.key == "axis"


@pytest.mark.parametrize(("dim", "size"), [(-1, 6), (-2, 5)])
def test_an_open_shape_knows_its_last_axes(dim: int, size: int) -> None:
    assert OPEN.dims[OPEN.index(dim)] == size


@pytest.mark.parametrize("dim", [1, 2, -3, -4])
def test_an_open_shape_does_not_know_the_others(dim: int) -> None:
    with pytest.raises(Unknown):
        OPEN.index(dim)


ASKED: list[Callable[[Shape], object]] = [
    lambda x: x.rank, lambda x: x.known, lambda x: x.size, lambda x: x.known[0],
]  # fmt: skip


@pytest.mark.parametrize("ask", ASKED)
def test_what_depends_on_unknown_axes_is_unknown(ask: Callable[[Shape], object]) -> None:
    with pytest.raises(Unknown):
        ask(OPEN)


def test_the_last_axis_of_nothing_known_is_unknown() -> None:
    assert OPEN.last == 6
    with pytest.raises(Unknown):
        _ = UNKNOWN.last


@pytest.mark.parametrize(
    ("shape", "text"),
    [(OPEN, "[…, 5, 6]"), (UNKNOWN, "[…]"), (shape_of_rank(3), "[4, 5, 6]"),
     (Shape((), Layout.FEATURES), "[]")],
)  # fmt: skip
def test_a_shape_is_written_as_in_a_spec(shape: Shape, text: str) -> None:
    assert str(shape) == text


@pytest.mark.parametrize(
    ("index", "sizes", "dims"),
    [(0, (9,), (9, 5, 6)), (-1, (9,), (4, 5, 9)), (-3, (2, 2), (2, 2, 5, 6)),
     (1, (), (4, 6))],
)  # fmt: skip
def test_an_axis_is_replaced(index: int, sizes: tuple[int, ...], dims: tuple[int, ...]) -> None:
    assert shape_of_rank(3).replaced(index, *sizes).dims == dims


def test_another_last_axis_keeps_what_is_unknown() -> None:
    assert shape_of_rank(3).with_last(2).dims == (4, 5, 2)
    assert OPEN.with_last(2) == Shape((5, 2), Layout.UNDECIDED, open=True)


def test_the_size_is_the_product_of_the_axes() -> None:
    assert shape_of_rank(4).size == 4 * 5 * 6 * 7
    assert Shape((), Layout.FEATURES).size == 1


def test_a_rank_outside_is_refused_in_words() -> None:
    need_rank(shape_of_rank(2), range(1, 3), "[C] or [C, L]")
    with pytest.raises(Misfit, match=r"it takes \[C\] or \[C, L\], but \[4, 5, 6\] arrives"):
        need_rank(shape_of_rank(3), range(1, 3), "[C] or [C, L]")


@pytest.mark.parametrize(
    ("shape", "words"),
    [(Shape((8,), Layout.TOKENS), "token indices"),
     (Shape((), Layout.FEATURES), "single number")],
)  # fmt: skip
def test_only_features_are_features(shape: Shape, words: str) -> None:
    with pytest.raises(Misfit, match=words):
        features_last(shape)


@pytest.mark.parametrize(
    ("name", "is_bias"),
    [("bias", True), ("bias_ih_l0", True), ("head.bias", True), ("weight", False),
     ("tail.0.0.weight", False), ("bias.weight", False), ("in_proj_bias", True)],
)  # fmt: skip
def test_what_is_named_bias_is_one(name: str, *, is_bias: bool) -> None:
    assert ParamTensor(name, (2,)).is_bias is is_bias


@pytest.mark.parametrize(
    ("shape", "count", "derivation"),
    [((16, 784), 12_544, "784×16"), ((10,), 10, "10"), ((), 1, "1"),
     ((3, 4, 5), 60, "4×5×3")],
)  # fmt: skip
def test_a_tensor_counts_its_elements(
    shape: tuple[int, ...], count: int, derivation: str
) -> None:
    tensor = ParamTensor("weight", shape)
    assert (tensor.count, tensor.derivation) == (count, derivation)


def test_what_nobody_knows_is_no_single_number() -> None:
    with pytest.raises(Unknown):
        features_last(UNKNOWN)


# --- what two axes are taken for ----------------------------------------------------------

CHANNELS_FIRST = (
    "Adaptive.*Pool", "AvgPool", "BatchNorm", "ChannelShuffle", "CircularPad", "ConstantPad",
    "Conv", "Fold", "FractionalMaxPool", "GroupNorm", "InstanceNorm", "LPPool",
    "LocalResponseNorm", "MaxPool", "MaxUnpool", "PixelShuffle", "PixelUnshuffle",
    "ReflectionPad", "ReplicationPad", "ToTokens", "Unfold", "Upsampl", "ZeroPad",
)  # fmt: skip
"""Their pages in torch's documentation write (C, L), (C, H, W) or (C, *); ToTokens is ours."""

FEATURES_LAST = (
    "AddEmbedding", "Bilinear", "ClassToken", "GLU", "GRU$", "GatedMLP", "LSTM$", "LayerNorm",
    "LayerScale", "Linear", "LogSoftmax", "Multihead", "PositionEmbedding", "RMSNorm", "RNN$",
    "Select", "Softmax$", "Softmin", "Transformer",
)  # fmt: skip
"""Those write (*, H), (L, H) or (L, E); ours work on [T, d]."""


def taken_for(name: str) -> Layout | None:
    if any(re.match(pattern, name) for pattern in CHANNELS_FIRST):
        return Layout.MAP
    is_last = any(re.match(pattern, name) for pattern in FEATURES_LAST)
    return Layout.SEQUENCE if is_last else None


@pytest.mark.parametrize("name", layer_types())
def test_two_axes_are_what_the_layer_s_page_takes_them_for(name: str) -> None:
    assert layer_types()[name]().reads_as() is taken_for(name)


@pytest.mark.parametrize(
    ("name", "attributes"), [("Linear", {"out_features": 3}), ("GroupNorm", {"num_groups": 1}),
                             ("ReLU", {}), ("GLU", {}), ("ToTokens", {})],
)  # fmt: skip
def test_an_undecided_input_is_decided_by_its_layer(
    name: str, attributes: dict[str, Any]
) -> None:
    node = only_node(name, attributes, {"input": [4, 6]})
    assert node.inputs[0].layout is (taken_for(name) or Layout.UNDECIDED)


# The formulas of the catalogue, evaluated.

OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}  # fmt: skip


class NotArithmetic(Exception):  # noqa: N818
    """The formula needs words or signs beyond + - × // and names."""


def evaluated(formula: str, names: Mapping[str, Any]) -> int:
    try:
        return value(ast.parse(formula.replace("×", "*"), mode="eval").body, names)
    except SyntaxError:
        raise NotArithmetic(formula) from None


def value(node: ast.expr, names: Mapping[str, Any]) -> int:
    match node:
        case ast.Constant(value=int(number)):
            return number
        case ast.Name(id=name) if isinstance(names.get(name), int):
            return int(names[name])
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return OPERATORS[type(op)](value(left, names), value(right, names))
    raise NotArithmetic(ast.unparse(node))


def is_plain(formula: str, names: Mapping[str, Any]) -> bool:
    try:
        evaluated(formula, names)
    except NotArithmetic:
        return False
    return True


def only_node(name: str, attributes: dict[str, Any], inputs: dict[str, Any]) -> Node:
    layer = {"type": name, **attributes}
    if "inputs" in inputs:
        layer["from"] = list(inputs["inputs"])
    graph = lint_text(json.dumps({"nnlint": 1, **inputs, "layers": [layer]})).graph
    assert graph is not None
    (node,) = graph.nodes
    return node


def oracle() -> list[dict[str, Any]]:
    data = Path(__file__).parent.parent / "data"
    files = [data / "units.json", *(data / "oracle").glob("*.json")]
    records = [record for file in files for record in json.loads(file.read_text("utf-8"))]
    return [record for record in records if "param_shapes" in record]


def test_the_formulas_agree_with_the_framework_s_tensors() -> None:
    """Each plain formula, on every record of its layer, against the framework's own shape."""
    agreed: set[str] = set()
    for record in oracle():
        layer = layer_types()[record["layer"]]
        defaults = {key: value.default for key, value in layer.attributes.items()}
        names = {**defaults, **record["args"]}
        for tensor, shape in record["param_shapes"].items():
            formula = layer.formula.get(tensor, "?")
            if is_plain(formula, names):
                assert evaluated(formula, names) == prod(shape), (record["id"], tensor)
                agreed.add(layer.__name__)
    assert {"Linear", "Bilinear", "BatchNorm1d", "PReLU"} <= agreed


def test_every_tensor_of_a_framework_has_its_formula() -> None:
    for record in oracle():
        formula = layer_types()[record["layer"]].formula
        if record["param_shapes"]:
            assert formula, record["layer"]


def test_every_layer_with_tensors_has_a_reference() -> None:
    for name, layer in layer_types().items():
        assert layer.reference.startswith("https://"), name
        assert (layer.__doc__ or "").strip(), name


def test_the_evaluator_can_fail() -> None:
    assert evaluated("a × b + 2", {"a": 3, "b": 4}) == 14
    for text in ("Π shape", "cutoffs[0] + n", "__import__('os')", "missing", "2.5 × a"):
        assert not is_plain(text, {"a": 3, "n": 1, "shape": (2,), "cutoffs": (1,)})


# --- which names are layers ---------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["Layer", "Container", "_Activation", "_Attending", "ParamTensor", "AxesAttribute",
             "Shape", "Any"],
)  # fmt: skip
def test_a_class_that_helps_layers_is_none(name: str) -> None:
    (finding,) = lint_text(f"nnlint: 1\ninput: [4]\nlayers: [{name}]\n").findings
    assert finding.rule.code == "NN120"  # unknown-type
    assert find(name) is None


# --- what a window leaves out -------------------------------------------------------------


def never_seen(size: int, span: int, stride: int, padding: int) -> int:
    """The elements behind the last place that the window takes, place by place."""
    axis = [None] * padding + list(range(size)) + [None] * padding
    last = range(0, len(axis) - span + 1, stride)[-1]
    return sum(one is not None for one in axis[last + span :])


@pytest.mark.parametrize("size", [5, 6, 7, 8])
@pytest.mark.parametrize("span", [1, 2, 3, 4])
@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("padding", [0, 1, 2, 3])
def test_the_end_that_no_window_sees(size: int, span: int, stride: int, padding: int) -> None:
    leaps = stride > span  # then it leaves out elements between its places, and that is meant
    expected = 0 if leaps else never_seen(size, span, stride, padding)
    assert Slide(size, span, stride, padding).left_out == expected
    assert Slide(size, span, stride, padding, reaches_over=True).left_out == 0

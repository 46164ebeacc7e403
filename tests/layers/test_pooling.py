"""Pooling, padding and resampling, against torch's own records and its documentation."""

from __future__ import annotations

import json
from collections import Counter
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.layers import layer_types
from nnlint.layers.attribute import REQUIRED
from nnlint.layers.base import Slide
from nnlint.layers.shape import Layout, Shape
from nnlint.layers.windows import same_padding, with_channels_first

if TYPE_CHECKING:
    from nnlint.graph import Node
    from nnlint.report import Report

RECORDS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "oracle" / "pooling.json").read_text("utf-8")
)
BUILT = [record for record in RECORDS if "error" not in record]
REFUSED = [record for record in RECORDS if "error" in record]

REASONS = {
    "torch-err-0030": ("NN205", "padding is 2", "3 allows 1"),
    "torch-err-0032": ("NN106", "stride is 0", "1 or more"),
    "torch-err-0050": ("NN204", "3 in [3, 4, 4]", "divide by 4"),
    "torch-err-0054": ("NN205", "padding 8", "axis 3 of [3, 8, 8]", "at most 7"),
    "torch-err-0058": ("NN204", "3 channels", "2 groups"),
    "torch-err-0060": ("NN205", "both size and scale_factor", "just one"),
}
"""What torch's own error says, in words and numbers that the message must have."""

BROKEN = {"type": "Linear"}
"""The schema refuses it (out_features is missing), so its output is unknown."""


def ids(record: dict[str, Any]) -> str:
    return f"{record['id']}-{record['layer']}"


def sample(record: dict[str, Any], shape: list[int]) -> list[int]:
    """A recorded shape without its batch axis, where it has one.

    Upsample and the shuffles were recorded with a batch; the name says how many axes
    the others slide over, and some records of theirs have none.
    """
    digit = record["layer"][-2:-1]
    unbatched = digit.isdigit() and len(shape) == int(digit) + 1
    return shape if unbatched else shape[1:]


def output_of(record: dict[str, Any]) -> list[int]:
    """The output's shape; of a pair (values, indices) the values'."""
    shape = record["output_shape"]
    return sample(record, shape[0] if isinstance(shape[0], list) else shape)


def lint(*layers: object, x: object) -> Report:
    return lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers}))


def as_recorded(record: dict[str, Any], **said: object) -> Report:
    """The record as a spec; indices, the second input of MaxUnpool, are no part of one."""
    x = sample(record, record["input_shapes"][0])
    written = {"type": record["layer"], **record["args"]}
    return lint(written, x=dict.fromkeys(said, x) or x)


def last(*layers: object, x: object) -> Node:
    graph = lint(*layers, x=x).graph
    assert graph is not None
    return graph.nodes[-1]


def sizes(layer: object, x: object) -> tuple[int, ...]:
    report = lint(layer, x=x)
    assert report.findings == ()
    assert report.graph is not None
    return report.graph.output.shape.known


def refusal(layer: object, x: object) -> tuple[str, str, str]:
    (finding,) = lint(layer, x=x).findings
    return finding.rule.code, finding.message, finding.help or ""


def check_as_torch(record: dict[str, Any], report: Report) -> None:
    assert report.findings == ()
    assert report.graph is not None
    (node,) = report.graph.nodes
    total = report.graph.totals
    counts = (total.params, total.weights, total.biases, total.buffers, total.macs)
    weights = record["weight"] + record["other"]
    assert counts == (record["params"], weights, record["bias"], record["buffers"], 0)
    assert list(node.output.known) == output_of(record)
    assert node.complete


@pytest.mark.parametrize("record", BUILT, ids=ids)
def test_a_layer_gives_what_torch_gives(record: dict[str, Any]) -> None:
    check_as_torch(record, as_recorded(record))


@pytest.mark.parametrize("record", [r for r in BUILT if "1d" in r["layer"]], ids=ids)
def test_a_map_may_be_said_outright(record: dict[str, Any]) -> None:
    report = as_recorded(record, map=True)
    check_as_torch(record, report)
    assert report.graph is not None
    assert report.graph.output.shape.layout is Layout.MAP


@pytest.mark.parametrize("record", REFUSED, ids=ids)
def test_what_torch_refuses_is_refused_for_the_same_reason(record: dict[str, Any]) -> None:
    (finding,) = as_recorded(record).findings
    code, *words = REASONS[record["id"]]
    assert finding.rule.code == code
    assert [word for word in words if word not in finding.message] == []


def test_the_tally() -> None:
    """Shown by `pytest -rP`."""
    tally = Counter("refused" if "error" in record else "exact" for record in RECORDS)
    print(dict(tally))  # noqa: T201
    assert tally == {"exact": 240, "refused": 6}
    assert {record["id"] for record in REFUSED} == set(REASONS)


SIGNATURES: dict[str, dict[str, object]] = {
    "MaxPool": {"kernel_size": REQUIRED, "stride": None, "padding": 0, "dilation": 1,
                "return_indices": False, "ceil_mode": False},
    "AvgPool": {"kernel_size": REQUIRED, "stride": None, "padding": 0, "ceil_mode": False,
                "count_include_pad": True, "divisor_override": None},
    "LPPool": {"norm_type": REQUIRED, "kernel_size": REQUIRED, "stride": None,
               "ceil_mode": False},
    "FractionalMaxPool": {"kernel_size": REQUIRED, "output_size": None, "output_ratio": None,
                          "return_indices": False},
    "AdaptiveAvgPool": {"output_size": REQUIRED},
    "AdaptiveMaxPool": {"output_size": REQUIRED, "return_indices": False},
    "MaxUnpool": {"kernel_size": REQUIRED, "stride": None, "padding": 0},
    "ZeroPad": {"padding": REQUIRED}, "ReflectionPad": {"padding": REQUIRED},
    "ReplicationPad": {"padding": REQUIRED}, "CircularPad": {"padding": REQUIRED},
    "ConstantPad": {"padding": REQUIRED, "value": REQUIRED},
    "Upsample": {"size": None, "scale_factor": None, "mode": "nearest", "align_corners": None,
                 "recompute_scale_factor": None},
    "UpsamplingNearest": {"size": None, "scale_factor": None},
    "UpsamplingBilinear": {"size": None, "scale_factor": None},
    "PixelShuffle": {"upscale_factor": REQUIRED},
    "PixelUnshuffle": {"downscale_factor": REQUIRED}, "ChannelShuffle": {"groups": REQUIRED},
}  # fmt: skip
"""PyTorch's documented keywords and defaults."""

FAMILIES = ("pooling", "padding", "resampling")
OWN = {
    name: layer
    for name, layer in layer_types().items()
    if layer.__module__.rpartition(".")[2] in FAMILIES
}


def test_the_family_is_whole() -> None:
    assert len(OWN) == 3 * 6 + 2 + 3 * 5 + 6  # FractionalMaxPool has no 1d
    families = {name[:-2] if name[-2:-1].isdigit() else name for name in OWN}
    assert families == set(SIGNATURES)


@pytest.mark.parametrize("name", sorted(OWN))
def test_keywords_and_defaults_are_pytorch_s(name: str) -> None:
    signature = dict(SIGNATURES[name[:-2] if name[-2:-1].isdigit() else name])
    if name == "AvgPool1d":
        del signature["divisor_override"]
    assert {key: value.default for key, value in OWN[name].attributes.items()} == signature


@pytest.mark.parametrize("name", sorted(OWN))
def test_the_example_works_and_the_layer_owns_nothing(name: str) -> None:
    layer = OWN[name]
    written = {"type": name, **layer.example}
    report = lint(written, x=layer.example_inputs["input"])
    assert report.findings == ()
    assert report.graph is not None
    (node,) = report.graph.nodes
    assert (node.params, node.stored, node.macs, node.complete) == (0, 0, 0, True)
    assert node.spec.bias is None
    assert layer.reference.endswith(f"torch.nn.{name}.html")


@pytest.mark.parametrize("name", sorted(OWN))
def test_after_an_unknown_layer_nothing_is_refused_and_nothing_is_owned(name: str) -> None:
    report = lint(BROKEN, {"type": name, **OWN[name].example}, x=[7])
    assert [finding.rule.code for finding in report.findings] == ["NN102"]
    assert report.graph is not None
    assert report.graph.output.shape.open
    assert report.graph.nodes[-1].complete


def slid(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil: int) -> int:
    """The windows of a pooling, one by one, as its documentation words them.

    They fit into the padded axis; with ceil_mode they may end behind it, if they begin
    in the map or in the padding before it.
    """
    span = dilation * (kernel - 1) + 1
    starts = range(-padding, size + padding, stride)
    if not ceil:
        return sum(start + span <= size + padding for start in starts)
    # ceil((padded − span) / stride) + 1 by the documented formula
    most = -(-(size + 2 * padding - span) // stride) + 1
    return sum(start < size for start in starts[: max(most, 0)])


GRID = [
    (size, kernel, stride, padding, dilation, ceil)
    for size, kernel, stride, padding, dilation, ceil in product(
        (1, 2, 5, 8), (1, 2, 3, 5), (1, 2, 3), (0, 1, 2), (1, 2), (False, True)
    )
    if padding <= kernel // 2
]


def test_a_window_counted_place_by_place() -> None:
    for size, kernel, stride, padding, dilation, ceil in GRID:
        settings = {"kernel_size": kernel, "stride": stride, "padding": padding,
                    "dilation": dilation, "ceil_mode": ceil}  # fmt: skip
        report = lint({"type": "MaxPool1d", **settings}, x={"map": [3, size]})
        expected = slid(size, kernel, stride, padding, dilation, ceil)
        assert report.graph is not None
        if expected < 1:
            assert [finding.rule.code for finding in report.findings] == ["NN211"], settings
        else:
            assert report.graph.output.shape.known == (3, expected), (size, settings)


@pytest.mark.parametrize(
    ("layer", "x", "output"),
    [
        ({"type": "MaxPool2d", "kernel_size": 3, "stride": 2, "padding": 1},
         [64, 112, 112], (64, 56, 56)),  # ResNet's
        ({"type": "MaxPool2d", "kernel_size": 2}, [512, 14, 14], (512, 7, 7)),  # VGG's
        ({"type": "MaxPool2d", "kernel_size": 2, "stride": None}, [6, 7, 7], (6, 3, 3)),
        ({"type": "MaxPool2d", "kernel_size": 5, "ceil_mode": True}, [3, 4, 4], (3, 1, 1)),
        ({"type": "MaxPool2d", "kernel_size": 2, "padding": 1, "dilation": 2},
         [3, 4, 4], (3, 2, 2)),
        ({"type": "AdaptiveAvgPool2d", "output_size": [None, 7]}, [8, 5, 9], (8, 5, 7)),
        ({"type": "AdaptiveMaxPool3d", "output_size": [None, 1, None]},
         [8, 5, 9, 4], (8, 5, 1, 4)),
        ({"type": "AdaptiveAvgPool2d", "output_size": 7}, [8, 2, 2], (8, 7, 7)),
        ({"type": "FractionalMaxPool2d", "kernel_size": 2, "output_ratio": 0.5},
         [3, 9, 8], (3, 4, 4)),
        ({"type": "FractionalMaxPool2d", "kernel_size": 2, "output_size": 7},
         [3, 8, 8], (3, 7, 7)),
        ({"type": "MaxUnpool2d", "kernel_size": 2}, [3, 4, 5], (3, 8, 10)),
        ({"type": "MaxUnpool1d", "kernel_size": 3, "stride": 2, "padding": 1}, [3, 4], (3, 7)),
        ({"type": "MaxUnpool3d", "kernel_size": [1, 2, 2]}, [3, 4, 4, 4], (3, 4, 8, 8)),
        ({"type": "LPPool3d", "norm_type": 2, "kernel_size": 2}, [3, 4, 4, 4], (3, 2, 2, 2)),
    ],
)  # fmt: skip
def test_pooling(layer: object, x: object, output: tuple[int, ...]) -> None:
    assert sizes(layer, x) == output


@pytest.mark.parametrize(
    ("layer", "x", "output"),
    [
        ({"type": "ZeroPad2d", "padding": [1, 2, 3, 4]}, [9, 10, 20], (9, 17, 23)),
        ({"type": "ZeroPad3d", "padding": [1, 0, 0, 2, 0, 4]}, [9, 5, 6, 7], (9, 9, 8, 8)),
        ({"type": "ZeroPad2d", "padding": -1}, [9, 3, 4], (9, 1, 2)),
        ({"type": "ZeroPad1d", "padding": 2}, [7], (11,)),
        ({"type": "ConstantPad1d", "padding": [0, 1], "value": -1}, [2, 5, 7], (2, 5, 8)),
        ({"type": "ZeroPad1d", "padding": [0, 3]}, {"tokens": 7}, (10,)),
        ({"type": "ZeroPad1d", "padding": [-2, 3]}, [2], (3,)),
        ({"type": "ReplicationPad1d", "padding": [-5, 5]}, [1, 4], (1, 4)),
        ({"type": "LPPool1d", "norm_type": 2, "kernel_size": 2, "stride": [2]}, {"map": [9, 5]},
         (9, 2)),
        ({"type": "LPPool2d", "norm_type": 2, "kernel_size": [2, 1]}, [9, 5, 4], (9, 2, 4)),
        ({"type": "ReflectionPad2d", "padding": [3, 3, 0, 0]}, [1, 1, 4], (1, 1, 10)),
        ({"type": "ReflectionPad1d", "padding": [-2, 3]}, [1, 4], (1, 5)),
        ({"type": "CircularPad1d", "padding": 4}, [1, 4], (1, 12)),
        ({"type": "ReplicationPad1d", "padding": 9}, [1, 1], (1, 19)),
    ],
)  # fmt: skip
def test_padding_begins_with_the_last_axis(
    layer: object, x: object, output: tuple[int, ...]
) -> None:
    assert sizes(layer, x) == output


@pytest.mark.parametrize(
    ("layer", "x", "output"),
    [
        ({"type": "Upsample", "scale_factor": 2}, [3, 5], (3, 10)),
        ({"type": "Upsample", "scale_factor": 2}, [3, 5, 6, 7], (3, 10, 12, 14)),
        ({"type": "Upsample", "scale_factor": [1, 0.5]}, [3, 5, 7], (3, 5, 3)),
        ({"type": "Upsample", "size": 4, "mode": "bicubic"}, [3, 5, 7], (3, 4, 4)),
        # 10·0.7 is 7, and so it is in doubles; 10·0.29 is 2.9; 100·0.29 is 28.999… there
        ({"type": "Upsample", "scale_factor": [0.7, 0.29]}, [3, 10, 100], (3, 7, 28)),
        ({"type": "UpsamplingBilinear2d", "scale_factor": [2, 3]}, [3, 5, 7], (3, 10, 21)),
        ({"type": "UpsamplingNearest2d", "size": 9}, [3, 5, 7], (3, 9, 9)),
        ({"type": "PixelShuffle", "upscale_factor": 3}, [18, 4, 5], (2, 12, 15)),
        ({"type": "PixelUnshuffle", "downscale_factor": 3}, [2, 12, 15], (18, 4, 5)),
        ({"type": "PixelShuffle", "upscale_factor": 2}, [7, 4, 3, 3], (7, 1, 6, 6)),
        ({"type": "ChannelShuffle", "groups": 3}, [6, 9], (6, 9)),
    ],
)  # fmt: skip
def test_resampling(layer: object, x: object, output: tuple[int, ...]) -> None:
    assert sizes(layer, x) == output


REFUSALS: list[tuple[dict[str, Any], object, str, str]] = [
    ({"type": "MaxPool2d", "kernel_size": 5}, [3, 4, 9], "NN211",
     "its window spans 5 on axis 2 of [3, 4, 9], but only 4 are there"),
    ({"type": "MaxPool1d", "kernel_size": 3, "dilation": 4}, [3, 8], "NN211", "spans 9"),
    ({"type": "MaxPool2d", "kernel_size": 2, "stride": 1, "ceil_mode": True}, [3, 1, 4],
     "NN211", "spans 2 on axis 2"),
    ({"type": "MaxPool2d", "kernel_size": 2}, [3, 4], "NN202", "a map [C, H, W]"),
    ({"type": "MaxPool1d", "kernel_size": 2}, {"tokens": 8}, "NN202", "[8] token indices"),
    ({"type": "AvgPool2d", "kernel_size": [4, 2], "padding": [2, 2]}, [3, 8, 8], "NN205",
     "padding is 2, but a pooling pads by half its kernel_size at most, and 2 allows 1"),
    ({"type": "MaxPool3d", "kernel_size": 3, "padding": 2, "dilation": 3}, [3, 9, 9, 9],
     "NN205", "half its kernel_size at most, and 3 allows 1"),
    ({"type": "MaxPool2d", "kernel_size": 3, "padding": 2, "dilation": 2}, [3, 9, 9],
     "NN205", "half its kernel_size at most, and 3 allows 1"),
    ({"type": "LPPool1d", "norm_type": 2, "kernel_size": [4]}, [9, 5], "NN101",
     "kernel_size is a list of 1, but expected a whole number, 1 or more"),
    ({"type": "MaxPool2d", "kernel_size": [2, 2, 2]}, [3, 8, 8], "NN110", "at most 2 items"),
    ({"type": "AvgPool2d", "kernel_size": 2, "divisor_override": 0}, [3, 8, 8], "NN205",
     "divisor_override is 0"),
    ({"type": "AvgPool3d", "kernel_size": 5, "padding": 2}, [3, 4, 8, 8], "NN211",
     "spans 5 on axis 2 of [3, 4, 8, 8], but only 4 are there, and here torch does not"),
    ({"type": "LPPool3d", "kernel_size": 5, "norm_type": 2, "ceil_mode": True}, [3, 8, 4, 8],
     "NN211", "spans 5 on axis 3"),
    ({"type": "LPPool2d", "kernel_size": 2, "norm_type": 0}, [3, 8, 8], "NN205",
     "norm_type is 0"),
    ({"type": "FractionalMaxPool2d", "kernel_size": 2}, [3, 8, 8], "NN205",
     "neither output_size nor output_ratio"),
    ({"type": "FractionalMaxPool2d", "kernel_size": 2, "output_size": 2, "output_ratio": 0.5},
     [3, 8, 8], "NN205", "both output_size and output_ratio"),
    ({"type": "FractionalMaxPool2d", "kernel_size": 2, "output_ratio": [0.5, 1]}, [3, 8, 8],
     "NN205", "output_ratio is [0.5, 1], but a share must be above 0 and below 1"),
    ({"type": "FractionalMaxPool2d", "kernel_size": 2, "output_ratio": 0.1}, [3, 8, 8],
     "NN205", "output_ratio 0.1 times the 8 of axis 2 of [3, 8, 8] is 0"),
    ({"type": "FractionalMaxPool2d", "kernel_size": 2, "output_size": 8}, [3, 8, 8], "NN211",
     "8 places of a window of 2 need 9 elements, but axis 2 of [3, 8, 8] has 8"),
    ({"type": "FractionalMaxPool3d", "kernel_size": 2, "output_size": 7}, [3, 8, 8, 8],
     "NN211", "need 9 elements"),
    ({"type": "AdaptiveAvgPool2d", "output_size": None}, [3, 8, 8], "NN101", "output_size is"),
    ({"type": "AdaptiveAvgPool1d", "output_size": [None]}, [3, 8], "NN101", "output_size[0]"),
    ({"type": "AdaptiveAvgPool2d", "output_size": 0}, [3, 8, 8], "NN106", "output_size is 0"),
    ({"type": "MaxUnpool2d", "kernel_size": 1, "padding": 5}, [3, 5, 9], "NN205",
     "padding 5 leaves nothing of the 5 that axis 2 of [3, 5, 9] becomes"),
    ({"type": "ReflectionPad1d", "padding": [0, 4]}, [3, 4], "NN205", "at most 3"),
    ({"type": "CircularPad2d", "padding": [0, 0, 5, 0]}, [3, 4, 9], "NN205", "at most 4"),
    ({"type": "ZeroPad2d", "padding": [-2, -2, 0, 0]}, [3, 8, 4], "NN205",
     "leaves nothing of the 4 of axis 3 of [3, 8, 4]"),
    ({"type": "ZeroPad1d", "padding": [3, -3]}, [2], "NN205",
     "takes away 3 on one side, but axis 1 of [2] has 2, and the other side is padded after"),
    ({"type": "ConstantPad2d", "padding": [0, 0, -5, 5], "value": 1}, [3, 4, 9], "NN205",
     "padding [-5, 5] takes away 5 on one side, but axis 2 of [3, 4, 9] has 4"),
    ({"type": "ZeroPad2d", "padding": 1}, [8], "NN202", "the last 2 axes, but [8] arrives"),
    ({"type": "ReplicationPad2d", "padding": 1}, [3, 8], "NN202", "a map [C, H, W]"),
    ({"type": "ConstantPad2d", "padding": 1}, [3, 8, 8], "NN102", "needs value"),
    ({"type": "Upsample"}, [3, 8, 8], "NN205", "neither size nor scale_factor"),
    ({"type": "Upsample", "scale_factor": [2, 2, 2]}, [3, 8, 8], "NN205",
     "scale_factor [2, 2, 2] has 3 for the 2 spatial axes of [3, 8, 8]"),
    ({"type": "Upsample", "scale_factor": 0.1}, [3, 8, 8], "NN205", "is 0 when cut off"),
    ({"type": "Upsample", "scale_factor": -2}, [3, 8, 8], "NN205", "scale_factor -2 times"),
    ({"type": "Upsample", "scale_factor": 1e308}, [3, 8, 8], "NN205", "more than any size"),
    ({"type": "Upsample", "scale_factor": 2, "mode": "linear"}, [3, 8, 8], "NN202",
     "a map [C, L], but [3, 8, 8] arrives"),
    ({"type": "Upsample", "scale_factor": 2}, [8], "NN202",
     "[C, L], [C, H, W] or [C, D, H, W], but [8] arrives"),
    ({"type": "Upsample", "scale_factor": 2}, {"tokens": 8}, "NN202", "[8] token indices"),
    ({"type": "Upsample", "scale_factor": 2, "align_corners": False}, [3, 8, 8], "NN205",
     "align_corners says nothing to mode nearest"),
    ({"type": "Upsample", "size": 2, "recompute_scale_factor": True}, [3, 8, 8], "NN205",
     "recompute_scale_factor is true, but with size there is no scale_factor"),
    ({"type": "Upsample", "size": 2, "mode": "cubic"}, [3, 8, 8], "NN104", "cubic"),
    ({"type": "UpsamplingNearest2d", "size": 2}, [3, 8], "NN202", "a map [C, H, W]"),
    ({"type": "PixelUnshuffle", "downscale_factor": 2}, [3, 8, 7], "NN204",
     "the width by 2, but the 7 of [3, 8, 7]"),
    ({"type": "PixelShuffle", "upscale_factor": 2}, [8, 7], "NN202", "a map [C, H, W]"),
    ({"type": "ChannelShuffle", "groups": 2}, [8], "NN202", "but [8] arrives"),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "x", "code", "words"), REFUSALS)
def test_refusals(layer: dict[str, Any], x: object, code: str, words: str) -> None:
    found, message, _ = refusal(layer, x)
    assert found == code
    assert words in message


@pytest.mark.parametrize(
    ("layer", "x", "remedy"),
    [
        ({"type": "PixelShuffle", "upscale_factor": 2}, [6, 4, 4], "4 or 8 channels"),
        ({"type": "PixelUnshuffle", "downscale_factor": 4}, [6, 7, 4], "height of 4 or 8"),
        ({"type": "ChannelShuffle", "groups": 5}, [12, 4, 4], "groups: 4 or 6"),
        ({"type": "MaxPool1d", "kernel_size": 5, "padding": 3}, [3, 9], "padding: 2"),
    ],
)  # fmt: skip
def test_the_nearest_numbers_that_would_fit(
    layer: dict[str, Any], x: object, remedy: str
) -> None:
    assert remedy in refusal(layer, x)[2]


@pytest.mark.parametrize(
    ("layer", "output"),
    [
        ({"type": "AdaptiveAvgPool2d", "output_size": 1}, "[…, 1, 1]"),
        ({"type": "AdaptiveAvgPool2d", "output_size": [None, 1]}, "[…]"),
        ({"type": "Upsample", "size": [9, 8]}, "[…, 9, 8]"),
        ({"type": "MaxPool2d", "kernel_size": 2}, "[…]"),
    ],
)  # fmt: skip
def test_what_is_known_of_an_unknown_map(layer: object, output: str) -> None:
    assert str(last(BROKEN, layer, x=[7]).output) == output


def test_a_known_last_axis_is_padded() -> None:
    linear = {"type": "Linear", "out_features": 5}
    padded = last(BROKEN, linear, {"type": "ZeroPad1d", "padding": [1, 2]}, x=[7])
    assert str(padded.output) == "[…, 8]"
    refused = lint(BROKEN, linear, {"type": "ZeroPad1d", "padding": -3}, x=[7])
    assert "leaves nothing of the 5 of axis -1 of […, 5]" in refused.findings[-1].message
    cropped = lint(BROKEN, linear, {"type": "ZeroPad1d", "padding": [9, -6]}, x=[7])
    assert "but axis -1 of […, 5] has 5" in cropped.findings[-1].message
    assert cropped.findings[-1].help == "take away 5 at most on a side"


def test_settings_are_judged_before_anything_is_known() -> None:
    report = lint(BROKEN, {"type": "MaxPool2d", "kernel_size": 3, "padding": 2}, x=[7])
    assert [finding.rule.code for finding in report.findings] == ["NN102", "NN205"]


@pytest.mark.parametrize(
    ("layer", "passes"),
    [
        ({"type": "MaxPool2d", "kernel_size": 3, "padding": 1}, True),
        ({"type": "AdaptiveAvgPool2d", "output_size": 2}, True),
        ({"type": "FractionalMaxPool2d", "kernel_size": 2, "output_size": 2}, True),
        ({"type": "AvgPool2d", "kernel_size": 3}, True),
        ({"type": "AvgPool2d", "kernel_size": 3, "padding": [0, 1]}, False),
        ({"type": "AvgPool2d", "kernel_size": 3, "padding": 1, "count_include_pad": False},
         True),
        ({"type": "AvgPool2d", "kernel_size": 3, "divisor_override": 4}, False),
        ({"type": "LPPool2d", "norm_type": 2, "kernel_size": 3}, False),
        ({"type": "MaxUnpool2d", "kernel_size": 3}, False),
        ({"type": "ZeroPad2d", "padding": 1}, False),
        ({"type": "Upsample", "scale_factor": 2}, False),
    ],
)  # fmt: skip
def test_what_hands_a_constant_on(layer: object, *, passes: bool) -> None:
    made = last(layer, x=[3, 8, 8]).layer
    assert made is not None
    assert made.passes_shift is passes


@pytest.mark.parametrize(
    ("size", "passes"), [(1, True), ([1, 1], True), (2, False), ([1, None], False)]
)
def test_pooling_to_a_single_place_keeps_what_is_last(size: object, *, passes: bool) -> None:
    made = last({"type": "AdaptiveAvgPool2d", "output_size": size}, x=[3, 8, 8]).layer
    assert made is not None
    assert made.passes_last is passes


def test_growing_without_end_ends_in_words() -> None:
    """Sizes beyond a double's range must not end in a traceback."""
    grow = {"type": "MaxUnpool1d", "kernel_size": 2**62, "repeat": 20}
    report = lint(grow, {"type": "Upsample", "scale_factor": 1.5}, x=[1, 2**62])
    assert "more than any size may be" in report.findings[-1].message


AXES = {"linear": {1}, "bilinear": {2}, "bicubic": {2}, "trilinear": {3}}
"""torch.nn.Upsample: "linear (3D-only), bilinear, bicubic (4D-only), trilinear (5D-only)"."""


@pytest.mark.parametrize("mode", [*AXES, "nearest", "nearest-exact", "area"])
@pytest.mark.parametrize("axes", [0, 1, 2, 3])
def test_each_mode_interpolates_on_torchs_axes(mode: str, axes: int) -> None:
    layer = {"type": "Upsample", "scale_factor": 2, "mode": mode}
    report = lint(layer, x={"map": [3, 4]} if axes == 1 else [3, *[4] * axes])
    taken = axes in AXES.get(mode, {1, 2, 3})
    assert [finding.rule.code for finding in report.findings] == ([] if taken else ["NN202"])


def test_a_factor_may_leave_a_single_element() -> None:
    """torch.nn.Upsample: ⌊H_in × scale_factor⌋."""
    node = last({"type": "Upsample", "scale_factor": 0.5}, x=[3, 2, 3])
    assert node.output.known == (3, 1, 1)


@pytest.mark.parametrize(("channels", "fits"), [(18, True), (12, False), (9, True), (6, False)])
def test_pixel_shuffle_divides_by_the_square(channels: int, *, fits: bool) -> None:
    report = lint({"type": "PixelShuffle", "upscale_factor": 3}, x=[channels, 4, 4])
    assert bool(report.findings) is not fits


@pytest.mark.parametrize("kind", ["MaxPool2d", "AvgPool2d"])
@pytest.mark.parametrize("word", ["same", "valid"])
def test_torch_pools_with_no_word_for_the_padding(kind: str, word: str) -> None:
    report = lint({"type": kind, "kernel_size": 3, "padding": word}, x=[3, 9, 9])
    assert [finding.rule.code for finding in report.findings] == ["NN205"]


@pytest.mark.parametrize(
    ("size", "span", "stride", "added"),
    [(7, 3, 2, 2), (8, 3, 2, 1), (5, 1, 2, 0), (9, 5, 3, 2), (6, 4, 1, 3), (8, 1, 3, 0)],
)
def test_same_pads_what_tensorflow_pads(size: int, span: int, stride: int, added: int) -> None:
    """max((⌈n / s⌉ - 1)·s + k - n, 0), by hand."""
    assert same_padding(size, span, stride) == added


@pytest.mark.parametrize(
    ("settings", "remedy"),
    [({"kernel_size": 3, "padding": "same"}, "padding: 1"),
     ({"kernel_size": [3, 5], "padding": "same"}, "padding: [1, 2]"),
     ({"kernel_size": 2, "padding": "same"}, "the padding as numbers"),
     ({"kernel_size": [2, 3], "padding": "same"}, "the padding as numbers"),
     ({"kernel_size": 3, "padding": "same", "dilation": 2}, "the padding as numbers"),
     ({"kernel_size": [3, 1], "padding": "same", "dilation": 3}, "the padding as numbers"),
     ({"kernel_size": 3, "padding": "valid"}, "padding: 0")],
)  # fmt: skip
def test_a_word_is_answered_with_numbers_that_torch_takes(
    settings: dict[str, Any], remedy: str
) -> None:
    """Half the dilated span on each side, if torch takes that: half the kernel at most."""
    _, _, found = refusal({"type": "MaxPool2d", **settings}, [3, 12, 12])
    assert found.startswith(f"write {remedy}, or")


@pytest.mark.parametrize(
    ("layer", "over"),
    [({"type": "MaxPool2d", "ceil_mode": True}, True), ({"type": "MaxPool2d"}, False),
     ({"type": "LPPool2d", "norm_type": 2, "ceil_mode": True}, True),
     ({"type": "AvgPool2d", "padding": 1}, False)],
)  # fmt: skip
def test_how_its_window_slides(layer: dict[str, Any], *, over: bool) -> None:
    node = last({**layer, "kernel_size": [2, 3], "stride": 3}, x=[5, 8, 9])
    assert node.layer is not None
    padding = layer.get("padding", 0)
    slides = (Slide(8, 2, 3, padding, over), Slide(9, 3, 3, padding, over))
    assert node.layer.slides(node.inputs[0]) == slides


def test_a_kernel_may_be_as_large_as_the_map() -> None:
    """torch.nn.AvgPool3d(2) of [1, 1, 2, 2, 2] is [1, 1, 1, 1, 1]."""
    assert sizes({"type": "AvgPool3d", "kernel_size": 2}, [1, 2, 2, 2]) == (1, 1, 1, 1)


@pytest.mark.parametrize(("kernel", "left"), [(3, 1), (2, 0)])
def test_unpooling_leaves_something(kernel: int, left: int) -> None:
    """torch.nn.MaxUnpool1d(3, padding=1) of one element gives one, and with 2 it gives none."""
    report = lint({"type": "MaxUnpool1d", "kernel_size": kernel, "padding": 1}, x=[1, 1])
    assert [one.rule.code for one in report.findings] == ([] if left else ["NN205"])


@pytest.mark.parametrize("word", ["same", "valid"])
def test_no_padding_of_keras_comes_into_a_mean(word: str) -> None:
    spec = {"nnlint": 1, "convention": "keras", "input": [3, 8, 8],
            "layers": [{"type": "AvgPool2d", "kernel_size": 3, "padding": word}]}  # fmt: skip
    graph = lint_text(json.dumps(spec)).graph
    assert graph is not None
    assert graph.nodes[0].layer is not None
    assert graph.nodes[0].layer.passes_shift


def test_the_last_axes_of_the_unknown_are_padded() -> None:
    x = Shape((5, 6), Layout.UNDECIDED, open=True)
    pad = layer_types()["ZeroPad2d"](padding=1)
    assert pad.infer(x) == x._replace(dims=(7, 8))


def test_the_channels_of_the_unknown_may_be_dealt_out() -> None:
    x = Shape((5, 6), Layout.UNDECIDED, open=True)
    assert layer_types()["ChannelShuffle"](groups=2).infer(x) == x


@pytest.mark.parametrize(
    "layer",
    [{"type": "PixelShuffle", "upscale_factor": 1}, {"type": "ChannelShuffle", "groups": 1},
     {"type": "PixelUnshuffle", "downscale_factor": 1}],
)  # fmt: skip
def test_indices_are_no_image(layer: dict[str, Any]) -> None:
    assert refusal(layer, {"tokens": 6})[0] == "NN202"


@pytest.mark.parametrize("key", ["size", "scale_factor"])
def test_like_says_how_large_it_becomes(key: str) -> None:
    layer = {"type": "Upsample", "like": "input", key: 2}
    code, message, _ = refusal(layer, [3, 8, 8])
    assert (code, message) == (
        "NN205", f"Upsample: like and {key} exclude each other: both say how large it becomes"
    )  # fmt: skip


@pytest.mark.parametrize("dims", [(4,), (4, 5), (4, 5, 6)])
def test_like_takes_the_sizes_of_the_other_map(dims: tuple[int, ...]) -> None:
    inputs = {"a": {"map": [3, *[2] * len(dims)]}, "b": {"map": [7, *dims]}}
    layers = [{"type": "Upsample", "from": "a", "like": "b"}]
    spec = {"nnlint": 1, "inputs": inputs, "layers": layers}
    graph = lint_text(json.dumps(spec)).graph
    assert graph is not None
    assert graph.output.shape.dims == (3, *dims)


def test_no_mode_works_on_four_spatial_axes() -> None:
    """torch: Input Error: Only 3D, 4D and 5D input Tensors supported, the batch counted."""
    reshape = {"type": "Reshape", "shape": [2, 2, 2, 2, 2]}
    report = lint(reshape, {"type": "Upsample", "scale_factor": 2}, x=[32])
    assert [one.rule.code for one in report.findings] == ["NN202"]


def test_like_names_the_only_map_beside_the_one_that_arrives() -> None:
    layer = {"type": "Upsample", "from": ["input", "input"], "like": "input"}
    assert refusal(layer, [3, 8, 8])[0] == "NN206"


def test_the_factor_may_be_computed_again_from_the_sizes() -> None:
    """torch.nn.Upsample(scale_factor=2, recompute_scale_factor=True)."""
    layer = {"type": "Upsample", "scale_factor": 2, "recompute_scale_factor": True}
    assert sizes(layer, [3, 4, 5]) == (3, 8, 10)


def test_what_nobody_knows_is_no_picture_to_turn() -> None:
    """More axes may stand before height and width."""
    picture = Shape((224, 200, 3), Layout.MAP)
    assert with_channels_first(picture) == (3, 224, 200)
    assert with_channels_first(picture._replace(open=True)) is None

"""NN412: an image with its channels last before a convolution."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def found(*layers: object, x: object = (3, 32, 32), **more: object) -> list[Finding]:
    report = lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers, **more}))
    return [finding for finding in report.findings if finding.rule.code == "NN412"]


def conv(kernel: object = 3, **more: object) -> dict[str, Any]:
    return {
        "type": "Conv2d",
        "out_channels": 8,
        "kernel_size": kernel,
        "padding": "same",
        **more,
    }


def test_the_message_says_what_is_read() -> None:
    (finding,) = found(conv(), x=[224, 200, 3])
    assert finding.rule.severity is Severity.WARNING
    assert finding.path == ("input",)
    assert finding.message == (
        "the input [224, 200, 3] looks like an image with its 3 channels last, but a map has "
        "its channels first: 224 channels of [200, 3] are read"
    )
    assert finding.help == "write [3, 224, 200]"


@pytest.mark.parametrize("x", [[28, 28, 1], [32, 32, 3], [32, 32, 4], [5, 9, 4], [3, 2, 1],
                               [5, 4, 3], [5, 80, 3], [80, 5, 3]])  # fmt: skip
def test_it_fires(x: object) -> None:
    assert len(found(conv(), x=x)) == 1


@pytest.mark.parametrize(
    "x",
    [
        [1, 28, 28],
        [3, 32, 32],
        [32, 32, 2],
        [32, 32, 5],
        [3, 32, 3],
        [512, 4, 4],
        [8, 1, 1],
        [5, 81, 3],
        [81, 5, 3],
        [4, 3, 3],
        [3, 4, 4],
    ],
)
def test_other_shapes_are_maps(x: object) -> None:
    assert found(conv(), x=x) == []


@pytest.mark.parametrize(
    "before",
    [["BatchNorm2d"], [{"type": "ZeroPad2d", "padding": 1}], ["Dropout2d", "BatchNorm2d"]],
)
def test_what_keeps_the_axes_may_stand_before(before: list[object]) -> None:
    assert len(found(*before, conv(), x=[32, 32, 3])) == 1


@pytest.mark.parametrize(
    "layers",
    [
        ({"type": "Permute", "dims": [3, 1, 2]}, conv()),
        ({"type": "Reshape", "shape": [3, 32, 32]}, conv()),
        ("Flatten", {"type": "Linear", "out_features": 10}),
        (conv([3, 1]),),
        ({"type": "Linear", "out_features": 10},),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers, x=[32, 32, 3]) == []


def test_volumes_too() -> None:
    conv3 = {"type": "Conv3d", "out_channels": 8, "kernel_size": 3, "padding": 1}
    assert len(found(conv3, x=[16, 32, 32, 1])) == 1
    assert found(conv3, x=[1, 16, 32, 32]) == []


def test_a_convolution_along_one_axis_is_legal_on_sequences() -> None:
    conv1 = {"type": "Conv1d", "out_channels": 8, "kernel_size": 3, "padding": 1}
    assert found(conv1, x=[100, 3]) == []


def test_a_square_window_on_a_map_of_height_1() -> None:
    (finding,) = found(conv(name="c"), x=[28, 1, 28])
    assert finding.path == ("layers", 0)
    assert finding.message == (
        "Conv2d 'c' slides a window of 3×3 over a map [28, 1, 28] of height 1: all rows of the "
        "window but one see padding alone"
    )
    assert finding.help == (
        "if it is a sequence, write it as [28, 28] and take the layer for one axis, or "
        "kernel_size: [1, 3]; if 1 is the channel, write it first"
    )


@pytest.mark.parametrize(
    ("kernel", "x"), [([1, 3], [64, 1, 100]), (1, [64, 1, 100]), (3, [64, 1, 1])]
)
def test_a_window_of_height_1_knows_it(kernel: object, x: object) -> None:
    assert found(conv(kernel), x=x) == []


def test_one_of_several_inputs() -> None:
    inputs = {"picture": [32, 32, 3], "words": {"tokens": 9}}
    layers = [conv(**{"from": "picture"})]
    report = lint_text(json.dumps({"nnlint": 1, "inputs": inputs, "layers": layers}))
    paths = [one.path for one in report.findings if one.rule.code == "NN412"]
    assert paths == [("inputs", "picture")]


def test_several_branches_are_one_finding() -> None:
    both = {"type": "Parallel", "branches": [[conv()], [conv()]]}
    assert len(found(both, x=[32, 32, 3])) == 1


def test_unknown_shapes_are_silent() -> None:
    assert (
        found({"type": "Custom", "parameters": {}, "output": []}, conv(), x=[32, 32, 3]) == []
    )


@pytest.mark.parametrize(
    ("x", "fires"),
    [((2048, 8, 4), False), ((512, 7, 4), False), ((640, 48, 3), True), ((48, 800, 3), False)],
)
def test_the_sides_of_a_picture_are_alike(x: tuple[int, ...], *, fires: bool) -> None:
    """Maps of networks that tell persons apart are [2048, 8, 4]."""
    assert bool(found(conv(), x=x)) == fires


def codes(*layers: object, x: object) -> list[str]:
    report = lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers}))
    return [finding.rule.code for finding in report.findings]


@pytest.mark.parametrize("x", [[224, 200, 3], [28, 26, 1]])
def test_a_first_window_without_room_is_one_finding_that_names_the_channels(
    x: list[int],
) -> None:
    first = conv(5, padding=0)
    (finding,) = lint_text(json.dumps({"nnlint": 1, "input": x, "layers": [first]})).findings
    assert finding.rule.code == "NN211"
    fitting = [x[-1], *x[:-1]]
    assert str(finding.help).startswith(f"a picture has its channels first: {fitting}; or make")
    assert codes(first, x=fitting) == []


def test_a_window_without_room_on_other_maps_says_nothing_of_channels() -> None:
    report = lint_text(
        json.dumps({"nnlint": 1, "input": [64, 5, 5], "layers": [conv(7, padding=0)]})
    )
    (finding,) = report.findings
    assert str(finding.help).startswith("make the map at least 2 larger")
    assert codes(conv(5, padding=0), x=[2048, 8, 4]) == ["NN211"]


def test_one_channel_is_no_plural() -> None:
    (finding,) = found(conv(), x=[28, 28, 1])
    assert "an image with its 1 channel last" in finding.message


def test_an_error_elsewhere_does_not_hide_it() -> None:
    assert codes(conv(3), conv(3, in_channels=9), x=[32, 32, 3]) == ["NN412", "NN201"]


@pytest.mark.parametrize(("x", "fires"), [((3, 1, 100), True), ((3, 2, 100), False),
                                          ((3, 1, 1), False), ((3, 1, 2), True)])  # fmt: skip
def test_a_square_window_sees_padding_alone_on_a_height_of_1(
    x: tuple[int, ...], *, fires: bool
) -> None:
    assert bool(found(conv(), x=x)) is fires

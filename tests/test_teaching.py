"""What a finding on a shape tells beside it: the way it came, and the input that would fit.

Advice is held against the networks themselves: each size that it names is tried.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nnlint.engine import lint_text

if TYPE_CHECKING:
    from nnlint.finding import Finding

LAW = settings(max_examples=60, deadline=None)
ADVICE = re.compile(r"multiples of (.+) keeps them equal, such as (\S+) instead of (\S+)$")


def linted(top: dict[str, Any], *layers: Any) -> tuple[Finding, ...]:
    findings = lint_text(json.dumps({"nnlint": 1, **top, "layers": layers})).findings
    return tuple(one for one in findings if one.rule.code.startswith("NN2"))


def finding(shape: Any, *layers: Any) -> Finding:
    (one,) = linted({"input": shape}, *layers)
    return one


def conv(out: int, kernel: int, stride: int = 1, padding: int = 0, **more: Any) -> Any:
    return {"type": "Conv2d", "out_channels": out, "kernel_size": kernel, "stride": stride,
            "padding": padding, **more}  # fmt: skip


def pool(kernel: int, stride: int = 0, **more: Any) -> dict[str, Any]:
    return {"type": "MaxPool2d", "kernel_size": kernel, "stride": stride or kernel, **more}


def transposed(kernel: int, **more: Any) -> dict[str, Any]:
    return {"type": "ConvTranspose2d", "out_channels": 2, "kernel_size": kernel, "stride": 2,
            **more}  # fmt: skip


def up(factor: int) -> dict[str, Any]:
    return {"type": "Upsample", "scale_factor": factor}


# The way of the shape

WRONG = {"type": "Linear", "in_features": 3, "out_features": 1}


@pytest.mark.parametrize(
    ("shape", "before", "way"),
    [
        ([7], [], "input [7]"),
        ([7], ["ReLU"], "input [7] → ReLU [7]"),
        ([1, 28, 28], [conv(8, 3), "Flatten"],
         "input [1, 28, 28] → Conv2d [8, 26, 26] → Flatten [5408]"),
        ([7], ["ReLU", "Tanh", "GELU"], "input [7] → ReLU [7] → Tanh [7] → GELU [7]"),
        ([7], ["ReLU", "ReLU", "Tanh", "GELU"], "… → ReLU [7] → Tanh [7] → GELU [7]"),
        ([7], [{"type": "ReLU", "name": "a"}], "input [7] → ReLU 'a' [7]"),
        ([7], [{"type": "Residual", "body": ["ReLU"]}], "input [7] → ReLU [7] → Add [7]"),
        ([7], [{"type": "ReLU", "repeat": 9}], "input [7] → ReLU [7]"),
    ],
)  # fmt: skip
def test_the_way_here(shape: Any, before: list[Any], way: str) -> None:
    assert finding(shape, *before, WRONG).note == f"the way here: {way}"


@pytest.mark.parametrize("length", range(9))
def test_the_way_has_at_most_three_layers(length: int) -> None:
    layers = [{"type": "Linear", "out_features": 10 + n} for n in range(length)]
    note = finding([9], *layers, WRONG).note
    assert note
    steps = [f"Linear [{10 + n}]" for n in range(length)][-3:]
    begin = "input [9]" if length <= 3 else "…"
    assert note == "the way here: " + " → ".join([begin, *steps])


def test_each_way_into_a_merge_is_told() -> None:
    layers = [{"type": "Linear", "out_features": 2, "name": "a"},
              {"type": "Linear", "out_features": 3}, {"type": "Add", "with": "a"}]  # fmt: skip
    note = finding([4], *layers).note
    assert note == (
        "the ways here: first: input [4] → Linear 'a' [2] → Linear [3]; "
        "second: input [4] → Linear 'a' [2]"
    )


def test_of_several_inputs_the_one_is_named() -> None:
    top = {"inputs": {"left": [4], "right": [5]}}
    layers = [{"type": "ReLU", "from": "left", "name": "a"},
              {"type": "Add", "from": ["a", "right"]}]  # fmt: skip
    (one,) = linted(top, *layers)
    assert one.note
    assert "left" in one.note
    assert "right" in one.note


def test_a_finding_that_no_shape_explains_has_no_way() -> None:
    (one,) = linted({"input": [4]}, {"type": "ReLU", "from": "nowhere"})
    assert one.note is None


# Which input fits


def advice(help_text: str | None) -> tuple[int, list[int]] | None:
    """The multiple and the size that a finding proposes, or None."""
    match = ADVICE.search(help_text or "")
    if not match:
        return None
    return int(match[1]), list(map(int, match[2].split("x")))


def fits(layers: list[Any], size: int) -> bool:
    return not linted({"input": [2, size, size]}, *layers)


def least_multiple(layers: list[Any], limit: int = 12) -> int | None:
    """The least number of which every multiple fits (tried far enough); None: none does."""
    fitting = {size for size in range(1, 4 * limit + 1) if fits(layers, size)}
    for number in range(1, limit + 1):
        if fitting.issuperset(range(number, 4 * limit + 1, number)):
            return number
    return None


def assert_right(layers: list[Any], size: int) -> None:
    """Where advice is given, what it proposes and some multiples of it fit."""
    for one in linted({"input": [2, size, size]}, *layers):
        given_advice = advice(one.help)
        if given_advice:
            multiple, (nearest, other) = given_advice
            assert nearest == other == -(-size // multiple) * multiple
            tried = [nearest, *(multiple * n for n in (11, 12, 13, 17))]
            assert [(multiple, n) for n in tried if not fits(layers, n)] == []


DOWN = (pool(2), conv(2, 3, 2, 1), conv(2, 2, 2), {"type": "AvgPool2d", "kernel_size": 2},
        pool(3, 2, padding=1), pool(2, ceil_mode=True))  # fmt: skip
"""Each halves its map, and rounds down or up."""


def unet(ways: tuple[Any, ...], merge: str = "Concat") -> list[Any]:
    """Down as often as there are ways, and up again, joined with each level."""
    layers: list[Any] = [conv(2, 3, padding=1, name="level0")]
    for depth, way in enumerate(ways, 1):
        layers += [way, conv(2, 3, padding=1, name=f"level{depth}")]
    for depth in reversed(range(len(ways))):
        layers += [up(2), {"type": merge, "with": f"level{depth}"}, conv(2, 1)]
    return layers


halvings = st.lists(st.sampled_from(DOWN), min_size=1, max_size=3).map(tuple)


@pytest.mark.parametrize("merge", ["Concat", "Add"])
@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("way", DOWN, ids=str)
def test_exactly_the_multiples_fit_a_u_net(way: Any, depth: int, merge: str) -> None:
    layers, multiple = unet((way,) * depth, merge), 2**depth
    for size in range(multiple, 8 * multiple + 1):
        found = linted({"input": [2, size, size]}, *layers)
        assert bool(found) == (size % multiple != 0)
        if found and size > 4 * multiple:
            nearest = -(-size // multiple) * multiple
            assert advice(found[0].help) == (multiple, [nearest, nearest])


@LAW
@given(ways=halvings, merge=st.sampled_from(["Concat", "Add"]), size=st.integers(17, 99))
def test_the_multiple_of_a_u_net_is_the_least(
    ways: tuple[Any, ...], merge: str, size: int
) -> None:
    layers = unet(ways, merge)
    found = linted({"input": [2, size, size]}, *layers)
    assume(found)
    given_advice = advice(found[0].help)
    assert given_advice
    assert given_advice[0] == 2 ** len(ways) == least_multiple(layers)


@pytest.mark.parametrize("size", range(9, 16))
def test_small_maps_round_more(size: int) -> None:
    """12 -> 6 -> 3 -> 1: that 3 became 1 is rounding too, the stride is 2 and not 3."""
    layers = unet((pool(2),) * 3)
    (one,) = linted({"input": [2, size, size]}, *layers)
    assert advice(one.help) == (8, [16, 16])


@pytest.mark.parametrize("stride", [2, 3, 4, 5, 7])
def test_the_multiple_of_one_large_stride(stride: int) -> None:
    layers = [conv(2, 1, name="a"), pool(stride), up(stride), {"type": "Add", "with": "a"}]
    for size in range(stride, 5 * stride + 1):
        found = linted({"input": [2, size, size]}, *layers)
        assert bool(found) == (size % stride != 0)
        if found:
            nearest = -(-size // stride) * stride
            assert advice(found[0].help) == (stride, [nearest, nearest])


def test_sides_of_their_own() -> None:
    layers = [conv(2, 1, name="a"), pool(2), up(2), {"type": "Add", "with": "a"}]
    one = finding([1, 30, 45], *layers)
    assert one.help
    assert one.help.endswith("multiples of 2 keeps them equal, such as 30x46 instead of 30x45")


def test_a_sequence_of_samples_has_one_side() -> None:
    layers = [{"type": "Conv1d", "out_channels": 1, "kernel_size": 1, "name": "a"},
              {"type": "MaxPool1d", "kernel_size": 4}, up(4),
              {"type": "Add", "with": "a"}]  # fmt: skip
    one = finding({"map": [1, 45]}, *layers)
    assert one.help
    assert one.help.endswith("multiples of 4 keeps them equal, such as 48 instead of 45")


# Advice is right, or there is none

WINDOWS = st.one_of(
    st.builds(lambda k, s, p: conv(2, k, s, p), st.integers(1, 4), st.integers(1, 3),
              st.integers(0, 2)),
    st.builds(pool, st.integers(1, 3), st.integers(1, 3)),
    st.sampled_from([up(2), up(3), conv(2, 3, padding=1),
                     transposed(2), transposed(3, padding=1)]),
)  # fmt: skip
LADDERS = st.lists(WINDOWS, min_size=1, max_size=4)


@LAW
@given(stem=LADDERS, body=LADDERS, size=st.integers(20, 60))
def test_advice_on_a_random_way_is_right(stem: list[Any], body: list[Any], size: int) -> None:
    layers = [*stem, conv(2, 1, name="a"), *body, {"type": "Add", "with": "a"}]
    assert_right(layers, size)


@LAW
@given(left=LADDERS, right=LADDERS, size=st.integers(20, 60))
def test_advice_on_two_branches_is_right(left: list[Any], right: list[Any], size: int) -> None:
    parallel = {"type": "Parallel", "branches": [left, right]}
    assert_right([conv(2, 1), parallel], size)


NO_ROUNDING: dict[str, tuple[int, list[Any]]] = {
    # what is pooled to 7 and to 8 differs whatever comes in
    "adaptive": (30, [{"type": "Parallel", "branches": [
        [{"type": "AdaptiveAvgPool2d", "output_size": n}] for n in (7, 8)]}]),
    "given sizes": (15, [{"type": "Parallel", "branches": [
        [{"type": "Upsample", "size": n}] for n in (30, 31)]}]),
    # the U-Net of 2015: windows without padding, 61 -> 30 -> 28 -> 56
    "no padding": (61, [conv(2, 1, name="a"), pool(2), conv(2, 3), up(2),
                        {"type": "Concat", "with": "a"}]),
    "even kernel": (31, [pool(2), {"type": "Residual", "body": [conv(2, 2)]}]),
    # 2n - 1 is never even, and a window of 3 without padding loses one
    "transposed": (17, [conv(2, 1, name="a"), pool(2), transposed(3, padding=1),
                   {"type": "Add", "with": "a"}]),
    "overlapping": (33, [conv(2, 1, name="a"), pool(3, 2), up(2),
                         {"type": "Add", "with": "a"}]),
    "one way strided": (31, [{"type": "Residual", "body": [conv(2, 3, 2, 1)]}]),
    "channels": (31, [pool(2), {"type": "Residual", "body": [conv(5, 1)]}]),
    "padded too much": (31, [pool(2), {"type": "Residual", "body": [conv(2, 1, padding=1)]}]),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_ROUNDING)
def test_no_multiple_is_named_where_none_helps(name: str) -> None:
    size, layers = NO_ROUNDING[name]
    assert not any(fits(layers, n) for n in range(20, 90))
    (one,) = linted({"input": [2, size, size]}, *layers)
    assert one.rule.code == "NN212"
    assert advice(one.help) is None


@pytest.mark.parametrize(("left", "right"), [(31, 40), (40, 31), (32, 40), (31, 32)])
def test_inputs_that_differ_are_no_rounding(left: int, right: int) -> None:
    """A multiple for one of them can't make 31 and 40 equal; 32 for 31 helps beside 32."""
    top = {"inputs": {"x": [1, left, left], "y": [1, right, right]}}
    halves = [{**pool(2), "from": one, "name": f"{one}2"} for one in "xy"]
    (one,) = linted(top, *halves, {"type": "Add", "from": ["x2", "y2"]})
    if {left, right} != {31, 32}:
        assert advice(one.help) is None


def test_a_merge_of_what_fits_is_silent() -> None:
    for ways in [(), (pool(2),), (pool(2), pool(2)), DOWN[:4]]:
        assert fits(unet(ways), 2 ** len(ways) * 4)

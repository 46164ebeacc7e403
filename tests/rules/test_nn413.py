"""NN413: a stride that drops the border on one of two ways that are joined."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def found(*layers: object, x: object = (3, 143, 144), **more: object) -> list[Finding]:
    report = lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers, **more}))
    return [finding for finding in report.findings if finding.rule.code == "NN413"]


def conv(out_channels: int = 8, **more: object) -> dict[str, Any]:
    return {
        "type": "Conv2d",
        "out_channels": out_channels,
        "kernel_size": 3,
        "padding": 1,
        **more,
    }


def pool(**more: object) -> dict[str, Any]:
    return {"type": "MaxPool2d", "kernel_size": 2, **more}


FINE = conv(name="fine")
UP = {"type": "Upsample", "like": "fine"}
CONCAT = {"type": "Concat", "with": "fine"}
ADD = {"type": "Add", "with": "fine"}


def test_the_message_says_what_is_lost_and_where_the_ways_meet() -> None:
    (finding,) = found(FINE, pool(name="down"), conv(), UP, CONCAT)
    assert finding.rule.severity is Severity.WARNING
    assert finding.path == ("layers", 1)
    assert finding.message == (
        "MaxPool2d 'down' never sees the last 1 of the 143 on axis 2 of [8, 143, 144], and "
        "Concat (layers[4]) joins its map, enlarged to 143, with one that kept them: the two "
        "do not lie on each other"
    )
    assert finding.help == (
        "an input whose sides are multiples of the product of all strides loses nothing"
    )


@pytest.mark.parametrize(
    "layers",
    [
        (FINE, pool(), conv(), UP, ADD),
        (FINE, pool(), conv(), {"type": "Upsample", "size": [143, 144]}, CONCAT),
        (FINE, pool(), {"type": "Upsample", "scale_factor": 2},
         {"type": "ZeroPad2d", "padding": [0, 0, 0, 1]}, CONCAT),
        (FINE, {"type": "AvgPool2d", "kernel_size": 2}, UP, ADD),
        (FINE, {"type": "Conv2d", "out_channels": 8, "kernel_size": 2, "stride": 2}, UP, ADD),
    ],
)  # fmt: skip
def test_it_fires(layers: tuple[object, ...]) -> None:
    assert len(found(*layers)) == 1


@pytest.mark.parametrize(
    "layers",
    [
        (FINE, pool(), conv(), UP),
        (FINE, pool(), conv(), pool(), conv()),
        (FINE, pool(ceil_mode=True), conv(), UP, CONCAT),
        (FINE, conv(stride=2), conv(), UP, CONCAT),  # the padding takes up the rest
        (FINE, pool(kernel_size=1, stride=2), conv(), UP, CONCAT),  # samples
        (FINE, pool(), conv(), UP, {"type": "Multiply", "with": "fine"}),
        (FINE, pool(), {"type": "AdaptiveAvgPool2d", "output_size": 1}, UP, CONCAT),
        (FINE, {"type": "Parallel", "branches": [[pool()], [pool(), conv()]]}),
        (FINE, pool(), {"type": "Residual", "body": [conv()]}),
        (FINE, {"type": "Parallel", "branches": [
            [pool(), UP], [{"type": "AvgPool2d", "kernel_size": 2}, UP]]}),
    ],
)  # fmt: skip
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers) == []


def test_even_sizes_lose_nothing() -> None:
    assert found(FINE, pool(), conv(), UP, CONCAT, x=[3, 144, 144]) == []


def test_an_embedding_s_own_border_is_shared_by_both_ways() -> None:
    assert found(pool(), FINE, pool(), conv(), UP, CONCAT, x=[3, 145, 145]) == []


def test_the_first_of_several_is_enough() -> None:
    down = (FINE, pool(), conv(name="half"), pool(), conv())
    ups = ({"type": "Upsample", "like": "half"}, {"type": "Concat", "with": "half"}, UP, CONCAT)
    (finding,) = found(*down, *ups)
    assert finding.path == ("layers", 1)


def test_copies_are_one_finding() -> None:
    blocks = {"u": {"layers": [FINE, pool(), conv(), UP, CONCAT]}}
    assert len(found({"block": "u", "repeat": 3}, blocks=blocks)) == 1


def test_keras_same_loses_nothing() -> None:
    layers = (FINE, pool(padding="same"), conv(), UP, CONCAT)
    assert found(*layers, convention="keras") == []


def test_unknown_shapes_are_silent() -> None:
    assert found({"type": "Conv2d"}, FINE, pool(), conv(), UP, CONCAT) == []


def test_an_input_of_unknown_shape_is_silent() -> None:
    unknown = {"type": "Linear", "name": "u", "from": "fine"}
    layers = (FINE, unknown, pool(**{"from": "fine"}), conv(), UP, {"type": "Add", "with": "u"})
    assert found(*layers) == []


def test_the_other_way_may_have_layers_of_its_own() -> None:
    beside = conv(name="beside", **{"from": "fine"})
    join = {"type": "Concat", "from": ["up", "beside"]}
    kept = [FINE, pool(), conv(), {**UP, "name": "up"}, beside, join]
    assert [finding.path for finding in found(*kept)] == [("layers", 1)]
    small = {**pool(**{"from": "fine"}), "name": "small"}
    lost = {"type": "Upsample", "like": "fine", "name": "beside"}
    assert found(FINE, pool(), conv(), {**UP, "name": "up"}, small, lost, join) == []

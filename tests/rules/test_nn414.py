"""NN414: a transposed convolution whose windows overlap unevenly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def found(*layers: object, x: object = (16, 8, 8), **more: object) -> list[Finding]:
    report = lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers, **more}))
    return [finding for finding in report.findings if finding.rule.code == "NN414"]


def up(kernel: object, stride: object = 2, **more: object) -> dict[str, Any]:
    return {"type": "ConvTranspose2d", "out_channels": 4, "kernel_size": kernel,
            "stride": stride, **more}  # fmt: skip


def test_the_message_says_how_often_a_place_is_painted() -> None:
    (finding,) = found(up(3, name="up"))
    assert finding.rule.severity is Severity.WARNING
    assert finding.path == ("layers", 0, "kernel_size")
    assert finding.message == (
        "ConvTranspose2d 'up' paints windows of 3 every 2 elements: each place of the output "
        "gets 1 or 2 of them on an axis, which shows as a checkerboard"
    )
    assert finding.help == (
        "write kernel_size: 2 or 4, which 2 divides, with a padding that keeps the size; or an "
        "Upsample, then a convolution"
    )


@pytest.mark.parametrize(
    ("kernel", "stride", "times", "sizes"),
    [(5, 2, "2 or 3", "4 or 6"), (1, 2, "none or 1", "2"), (25, 4, "6 or 7", "24 or 28"),
     ([4, 3], 2, "1 or 2", "2 or 4")],
)  # fmt: skip
def test_figures(kernel: object, stride: int, times: str, sizes: str) -> None:
    (finding,) = found(up(kernel, stride))
    assert f"gets {times} of them" in finding.message
    assert f"kernel_size: {sizes}, which" in (finding.help or "")


@pytest.mark.parametrize(
    "layer",
    [up(4), up(2), up(6, 3), up(3, 1), up([4, 3], [2, 1]), up(3, 2, dilation=2),
     {"type": "Conv2d", "out_channels": 4, "kernel_size": 3, "stride": 2}],
)  # fmt: skip
def test_it_is_silent(layer: object) -> None:
    assert found(layer) == []


def test_one_element_overlaps_nothing() -> None:
    assert found(up(7, 2), x=[100, 1, 1]) == []
    assert len(found(up(7, 2), x=[100, 1, 4])) == 1


@pytest.mark.parametrize(("axes", "x"), [(1, {"map": [8, 20]}), (3, [8, 4, 4, 4])])
def test_other_numbers_of_axes(axes: int, x: object) -> None:
    layer = {"type": f"ConvTranspose{axes}d", "out_channels": 4, "kernel_size": 3, "stride": 2}
    assert len(found(layer, x=x)) == 1


def test_copies_are_one_finding() -> None:
    assert len(found(up(3, repeat=3))) == 1


def test_in_the_defaults() -> None:
    defaults = {"ConvTranspose2d": {"kernel_size": 3, "stride": 2}}
    layer = {"type": "ConvTranspose2d", "out_channels": 4}
    (finding,) = found(layer, "ReLU", layer, defaults=defaults)
    assert finding.path == ("defaults", "ConvTranspose2d", "kernel_size")


def test_unknown_shapes_are_silent() -> None:
    assert found({"type": "Conv2d"}, up(3)) == []


@pytest.mark.parametrize(("kernels", "fires"), [((3, 5), True), ((3, 4), False)])
def test_a_block_is_judged_by_all_its_uses(kernels: tuple[int, int], *, fires: bool) -> None:
    blocks = {"b": {"args": {"k": "required"}, "layers": [up("$k")]}}
    uses = [{"block": "b", "k": kernel} for kernel in kernels]
    assert bool(found(*uses, blocks=blocks)) is fires

"""One file of many layers, in three kinds, and files whose repeats multiply."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TINY = "nnlint: 1\ninput: [8]\nlayers:\n  - {type: Linear, out_features: 8}\n"
"""What a run takes beside its layers."""

FEATURES = "nnlint: 1\ninput: [64]\nlayers:\n"
IMAGE = "nnlint: 1\ninput: [16, 8, 8]\nlayers:\n"

PLAIN = ("  - {type: Linear, out_features: 64}\n  - ReLU\n", 2)

CONVOLUTION = (
    """\
  - type: Conv2d
    out_channels: 16
    kernel_size: 3
    padding: 1
    bias: false
    norm: BatchNorm2d
    act: ReLU
""",
    3,
)

RESIDUAL = (
    """\
  - type: Residual
    act: ReLU
    body:
      - {type: Conv2d, out_channels: 16, kernel_size: 3, padding: 1, bias: false}
      - BatchNorm2d
      - ReLU
      - {type: Conv2d, out_channels: 16, kernel_size: 3, padding: 1, bias: false}
      - BatchNorm2d
""",
    7,  # with the sum and the activation after it
)


def chain(start: str, unit: tuple[str, int], layers: int) -> str:
    """At least so many layers, unit after unit."""
    text, of_unit = unit
    return start + text * -(-layers // of_unit)


KINDS: dict[str, Callable[[int], str]] = {
    "Linear and ReLU": lambda layers: chain(FEATURES, PLAIN, layers),
    "convolutions with norm and act": lambda layers: chain(IMAGE, CONVOLUTION, layers),
    "residual bodies": lambda layers: chain(IMAGE, RESIDUAL, layers),
}
"""From a number of layers to a file that has as many, or a few more to end a unit."""


LAYERS = "{type: Linear, out_features: 8}, ReLU"


def nested(depth: int = 3, repeat: int = 10**6) -> str:
    """Parts in parts, each repeated: two million million million layers."""
    layers = f"[{LAYERS}]"
    for _ in range(depth):
        layers = f"[{{type: Sequential, repeat: {repeat}, layers: {layers}}}]"
    return f"nnlint: 1\ninput: [8]\nlayers: {layers}\n"


def doubled(use: str, blocks: int = 40) -> str:
    """Blocks of which each uses the one before twice; `use` says how, `{}` for its name."""
    lines = (f"  b{one + 1}: {{layers: [{use.format(f'b{one}')}]}}\n" for one in range(blocks))
    first = f"  b0: {{layers: [{LAYERS}]}}\n"
    last = f"layers: [{{block: b{blocks}}}]\n"
    return f"nnlint: 1\ninput: [8]\nblocks:\n{first}{''.join(lines)}{last}"


REPEATED_TWICE = "{{block: {0}, repeat: 2}}"
WRITTEN_TWICE = "{{block: {0}}}, {{block: {0}}}"
MULTIPLIED = {
    "repeats of 10⁶ in each other, three deep": nested(),
    "40 blocks, each repeats the one before": doubled(REPEATED_TWICE),
    "40 blocks, each names the one before twice (refused)": doubled(WRITTEN_TWICE),
}
"""Small files of more layers than anything could walk one by one."""

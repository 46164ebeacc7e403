"""The networks in PyTorch, summed up by torchinfo: needs torch and torchinfo."""

from __future__ import annotations

import torch
import torchinfo
from torch import Tensor, nn

from benchmarks.networks import timed


def mnist() -> nn.Module:
    """784-16-16-10."""
    layers = [nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 10)]
    return nn.Sequential(*layers)


def convolution(inner: int, outer: int, size: int, stride: int = 1) -> nn.Sequential:
    """A convolution that keeps the size at stride 1, and its norm."""
    one = nn.Conv2d(inner, outer, size, stride=stride, padding=size // 2, bias=False)
    return nn.Sequential(one, nn.BatchNorm2d(outer))


class Bottleneck(nn.Module):
    """Narrow, look around, widen, add: the stride is in the 3x3 convolution."""

    def __init__(self, inner: int, width: int, stride: int) -> None:
        super().__init__()
        outer = 4 * width
        self.body = nn.Sequential(
            convolution(inner, width, 1), nn.ReLU(),
            convolution(width, width, 3, stride), nn.ReLU(),
            convolution(width, outer, 1),
        )  # fmt: skip
        fits = inner == outer and stride == 1
        self.shortcut = nn.Identity() if fits else convolution(inner, outer, 1, stride)
        self.act = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """The sum of both ways."""
        summed: Tensor = self.act(self.body(x) + self.shortcut(x))
        return summed


def resnet50() -> nn.Module:
    """He et al. 2015, as torchvision builds it."""
    layers = [convolution(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1)]
    inner = 64
    for width, count, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for copy in range(count):
            layers.append(Bottleneck(inner, width, stride if copy == 0 else 1))
            inner = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inner, 1000))


NETWORKS = {"mnist": lambda: (mnist(), (1, 784)),
            "resnet50": lambda: (resnet50(), (1, 3, 224, 224))}  # fmt: skip
"""Each with the input that torchinfo sends through it to know the shapes."""


def summary(network: tuple[nn.Module, tuple[int, ...]]) -> str:
    """Torchinfo's table, with shapes and counts as nnlint's has."""
    module, size = network
    return str(torchinfo.summary(module, input_size=size, verbose=0))


def params(network: tuple[nn.Module, tuple[int, ...]]) -> int:
    """All that are trained."""
    return sum(one.numel() for one in network[0].parameters())


if __name__ == "__main__":
    versions = {"torch": torch.__version__, "torchinfo": torchinfo.__version__}
    timed.answer(NETWORKS, summary, params, versions)

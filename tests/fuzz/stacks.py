"""Random stacks of the commonest layers, with their counts made by plain arithmetic.

Nothing here asks nnlint: sizes and counts follow from the formulas in torch's own pages of
Linear, Conv, BatchNorm, GroupNorm, LayerNorm, RMSNorm and Embedding.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

from hypothesis import strategies as st

SIZES = st.sampled_from([1, 2, 3, 4, 6, 8, 12, 31, 64])
FLAG = st.booleans()


class Counted(NamedTuple):
    """Layers with what they come to.

    Attributes:
        layers: as they are written.
        dims: the shape that leaves.
        weights: numbers that are not named bias.
        biases: those that are.
    """

    layers: list[Any]
    dims: tuple[int, ...]
    weights: int = 0
    biases: int = 0

    def then(self, layer: Any, dims: tuple[int, ...], weights: int, biases: int) -> Counted:
        """One layer more."""
        return self.and_then(Counted([layer], dims, weights, biases))

    def and_then(self, other: Counted) -> Counted:
        """The layers of both, one behind the other."""
        counts = (self.weights + other.weights, self.biases + other.biases)
        return Counted([*self.layers, *other.layers], other.dims, *counts)

    def times(self, copies: int) -> Counted:
        """So many copies, each with its own parameters, in one part."""
        part = {"type": "Sequential", "layers": self.layers, "repeat": copies}
        return Counted([part], self.dims, copies * self.weights, copies * self.biases)


def linear(draw: st.DrawFn, so_far: Counted) -> Counted:
    """in·out weights, out biases."""
    *before, arriving = so_far.dims
    leaving, bias = draw(SIZES), draw(FLAG)
    layer = {"type": "Linear", "out_features": leaving, "bias": bias}
    return so_far.then(layer, (*before, leaving), arriving * leaving, leaving * bias)


def layer_norm(draw: st.DrawFn, so_far: Counted) -> Counted:
    """A weight and a bias for each feature, unless they are switched off."""
    affine, bias = draw(FLAG), draw(FLAG)
    layer = {"type": "LayerNorm", "elementwise_affine": affine, "bias": bias}
    size = so_far.dims[-1] * affine
    return so_far.then(layer, so_far.dims, size, size * bias)


def rms_norm(_draw: st.DrawFn, so_far: Counted) -> Counted:
    """A weight for each feature."""
    return so_far.then("RMSNorm", so_far.dims, so_far.dims[-1], 0)


def batch_norm(draw: st.DrawFn, so_far: Counted) -> Counted:
    """A weight and a bias for each channel, unless they are switched off."""
    affine, rank = draw(FLAG), max(len(so_far.dims) - 1, 1)
    channels = so_far.dims[0] * affine
    layer = {"type": f"BatchNorm{rank}d", "affine": affine}
    return so_far.then(layer, so_far.dims, channels, channels)


def group_norm(draw: st.DrawFn, so_far: Counted) -> Counted:
    """A weight and a bias for each channel, whatever the groups."""
    channels = so_far.dims[0]
    groups = draw(st.sampled_from([n for n in range(1, channels + 1) if channels % n == 0]))
    layer = {"type": "GroupNorm", "num_groups": groups}
    return so_far.then(layer, so_far.dims, channels, channels)


def convolution(draw: st.DrawFn, so_far: Counted) -> Counted:
    """in/groups·out·kernel weights, out biases; the sizes by torch's formula."""
    arriving, *sizes = so_far.dims
    factors = draw(st.lists(st.integers(1, 3), min_size=len(sizes), max_size=len(sizes)))
    kernel = [min(size, 2 * factor - 1) for size, factor in zip(sizes, factors, strict=True)]
    stride, padding, bias = draw(st.integers(1, 3)), draw(st.integers(0, 1)), draw(FLAG)
    groups = draw(st.sampled_from([n for n in (1, 2, arriving) if arriving % n == 0]))
    leaving = groups * draw(st.integers(1, 4))
    layer = {
        "type": f"Conv{len(sizes)}d", "out_channels": leaving, "kernel_size": kernel,
        "stride": stride, "padding": padding, "groups": groups, "bias": bias,
    }  # fmt: skip
    left = [(n + 2 * padding - k) // stride + 1 for n, k in zip(sizes, kernel, strict=True)]
    weights = leaving * (arriving // groups) * prod(kernel)
    return so_far.then(layer, (leaving, *left), weights, leaving * bias)


def flatten(_draw: st.DrawFn, so_far: Counted) -> Counted:
    """One axis of all."""
    return so_far.then("Flatten", (prod(so_far.dims),), 0, 0)


def embedding(draw: st.DrawFn, so_far: Counted) -> Counted:
    """A vector for each token of the vocabulary."""
    count, size = draw(st.integers(1, 50_000)), draw(SIZES)
    layer = {"type": "Embedding", "num_embeddings": count, "embedding_dim": size}
    return so_far.then(layer, (*so_far.dims, size), count * size, 0)


FEATURES = (linear, layer_norm, rms_norm, batch_norm)
SEQUENCE = (linear, layer_norm, rms_norm)
MAP = (convolution, batch_norm, group_norm)


@st.composite
def stacks(draw: st.DrawFn) -> tuple[dict[str, Any], Counted]:
    """A spec, and what it comes to."""
    layout = draw(st.sampled_from(["features", "tokens", "map"]))
    rank = draw(st.integers(2, 4)) if layout == "map" else 1
    dims = tuple(draw(st.lists(SIZES, min_size=rank, max_size=rank)))
    so_far = Counted([], dims)
    if layout == "tokens":
        so_far = embedding(draw, so_far)
    kinds = {"features": FEATURES, "tokens": SEQUENCE, "map": MAP}[layout]
    so_far = several(draw, so_far, kinds)
    if layout == "map" and draw(FLAG):
        so_far = several(draw, flatten(draw, so_far), FEATURES)
    outright: dict[str, Any] = {"tokens": {"tokens": dims[0]}}
    if rank == 2:
        outright["map"] = {"map": list(dims)}
    arriving = outright.get(layout, list(dims))
    return {"nnlint": 1, "input": arriving, "layers": so_far.layers}, so_far


def several(draw: st.DrawFn, so_far: Counted, kinds: tuple[Any, ...]) -> Counted:
    """Some layers more; those that leave what arrived may be there several times."""
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=4)):
        one = kind(draw, Counted([], so_far.dims))
        if one.dims == so_far.dims and draw(FLAG):
            one = one.times(draw(st.integers(1, 10**6)))
        so_far = so_far.and_then(one)
    return so_far

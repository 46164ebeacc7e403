"""Random arguments and shapes for every layer: one table of values for each keyword."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

from hypothesis import strategies as st

from tests.live.framework import SHARED, Case, torch

Strategy: TypeAlias = st.SearchStrategy[Any]


class Drawn(NamedTuple):
    """What is known of a case while its next argument is drawn."""

    family: str
    axes: int
    shape: tuple[int, ...]
    other: tuple[int, ...]
    args: dict[str, Any]


Values: TypeAlias = Callable[[Drawn], Strategy]


def mostly(good: Strategy, bad: Strategy) -> Strategy:
    """Rather what torch takes: else few cases would get past the first argument."""
    return st.sampled_from([good] * 9 + [bad]).flatmap(lambda strategy: strategy)


def among(*values: Any) -> Values:
    """One of these."""
    return lambda _: st.sampled_from(values)


def sizes(*good: int, bad: tuple[int, ...] = (0, -1)) -> Values:
    """One of these sizes, or now and then one that no layer takes."""
    return lambda _: mostly(st.sampled_from(good), st.sampled_from(bad))


def per_axis(*good: int, bad: tuple[int, ...] = (0, -1), nulls: bool = False) -> Values:
    """One number for all spatial axes, or a list with one for each."""
    one = st.sampled_from(good)

    def values(drawn: Drawn) -> Strategy:
        each = st.none() | one if nulls else one
        return mostly(one | several(each, drawn.axes), st.sampled_from(bad))

    return values


def several(item: Strategy, count: int) -> Strategy:
    """A list of so many."""
    return st.lists(item, min_size=count, max_size=count)


def axis(drawn: Drawn) -> Strategy:
    """An axis, now and then one that is not there."""
    rank = len(drawn.shape)
    return mostly(st.sampled_from([*range(1, rank + 1), -1]), st.integers(-rank - 2, rank + 1))


def stated(*positions: int) -> Values:
    """A size that arrives at one of these positions of the shape."""

    def values(drawn: Drawn) -> Strategy:
        right = st.sampled_from([drawn.shape[index] for index in positions])
        return mostly(right, st.integers(0, 9))

    return values


def second(drawn: Drawn) -> Strategy:
    """The last size of the second input."""
    return mostly(st.just(drawn.other[-1]), st.integers(0, 9))


def leaving(drawn: Drawn) -> Strategy:
    """Channels that leave, often in a ratio to those that arrive."""
    n = drawn.shape[0]
    return mostly(st.sampled_from([n, 1, 2, 3, 4, 6, 8, 2 * n]), st.sampled_from([0, -1]))


def dividing(drawn: Drawn) -> Strategy:
    """Groups, which rather divide the channels."""
    n = drawn.shape[0]
    good = [1, n, *(part for part in range(2, n) if n % part == 0)]
    return mostly(st.sampled_from(good), st.integers(-1, 9))


def trailing(drawn: Drawn) -> Strategy:
    """The last axes, as a list, or a number where it is one."""
    tails = [list(drawn.shape[index:]) for index in range(len(drawn.shape))]
    right = st.sampled_from([drawn.shape[-1], *tails])
    return mostly(right, st.lists(st.integers(1, 4), min_size=1, max_size=3))


def convolution_padding(drawn: Drawn) -> Strategy:
    """Numbers, or one of torch's words."""
    return per_axis(0, 1, 2, 3, bad=(-1,))(drawn) | st.sampled_from(["same", "valid"])


def each_side(drawn: Drawn) -> Strategy:
    """One number for all sides, or two for each axis, some of them below 0."""
    number = st.integers(-3, 5)
    return st.integers(0, 3) | number | several(number, 2 * drawn.axes)


def parts(drawn: Drawn) -> Strategy:
    """Sizes that multiply up to that of the axis `dim`, or do not."""
    dim = drawn.args["dim"]
    whole = ((0, *drawn.shape)[dim] if -len(drawn.shape) <= dim <= len(drawn.shape) else 1) or 1
    right = [[part, whole // part] for part in range(1, whole + 1) if whole % part == 0]
    right += [[part, -1] for part, _ in right] + [[-1, 1, part] for part, _ in right]
    return mostly(st.sampled_from(right), st.lists(st.integers(-1, 4), min_size=1, max_size=3))


def rising(drawn: Drawn) -> Strategy:
    """Cutoffs below the number of classes, or any numbers."""
    classes = range(1, max(drawn.args["n_classes"], 2))
    right = st.lists(st.sampled_from(classes), min_size=1, max_size=4, unique=True).map(sorted)
    return mostly(right, st.lists(st.integers(-1, 12), min_size=1, max_size=3))


def factor(drawn: Drawn) -> Strategy:
    """Scale factors."""
    one = st.sampled_from([1, 2, 3, 0.5, 1.5, 0.3, 2.7])
    axes = drawn.axes or len(drawn.shape) - 1
    return mostly(st.none() | one | several(one, axes), st.sampled_from([0, -1.5]))


def new_size(drawn: Drawn) -> Strategy:
    """A size for all spatial axes, one for each, or none."""
    one = st.integers(1, 6)
    axes = drawn.axes or len(drawn.shape) - 1
    return mostly(st.none() | one | several(one, axes), st.sampled_from([0, -1]))


def shares(drawn: Drawn) -> Strategy:
    """Shares of what arrives."""
    one = st.sampled_from([0.5, 0.7, 0.34])
    return mostly(
        st.none() | one | several(one, drawn.axes), st.sampled_from([0, 1, 1.5, 0.01])
    )


def remembered(drawn: Drawn) -> Strategy:
    """The features of what is attended to, or null: as the query's."""
    right = (drawn.other or drawn.shape)[-1]
    return st.none() | mostly(st.just(right), st.integers(1, 9))


def heads(drawn: Drawn) -> Strategy:
    """Heads, which rather divide the features."""
    return dividing(drawn._replace(shape=drawn.shape[-1:]))


flag = among(True, False)
rate = among(0, 0.1, 0.5, 1, 1.5, -0.1)
real = among(0.1, 1, 2.5)

VALUES: dict[str, Values] = {
    # sizes that arrive, which a spec may leave out
    "in_features": stated(-1),
    "in1_features": stated(-1),
    "in2_features": second,
    "input_size": stated(-1),
    "in_channels": stated(0),
    "num_features": stated(0),
    "num_channels": stated(0),
    "embed_dim": stated(-1),
    "d_model": stated(-1),
    "kdim": remembered,
    "vdim": remembered,
    "normalized_shape": trailing,
    # sizes that leave
    "out_features": sizes(1, 2, 3, 8),
    "hidden_size": sizes(1, 2, 3, 4),
    "out_channels": leaving,
    "num_parameters": lambda d: st.just(1) | stated(0)(d),
    "embedding_dim": sizes(1, 2, 5),
    "num_embeddings": sizes(1, 2, 7),
    # windows
    "kernel_size": per_axis(1, 2, 3, 4),
    "stride": per_axis(1, 2, 3),
    "padding": per_axis(0, 1, 2, bad=(-1, 4)),
    "dilation": per_axis(1, 2, 3),
    "output_padding": per_axis(0, 1, 2, bad=(-1, 3)),
    "groups": dividing,
    "num_groups": dividing,
    "padding_mode": among("zeros", "reflect", "replicate", "circular", "same"),
    "ceil_mode": flag,
    "count_include_pad": flag,
    "divisor_override": among(None, 1, 3, -2, 0),
    "return_indices": flag,
    "output_size": per_axis(1, 2, 3),
    "output_ratio": shares,
    "upscale_factor": sizes(1, 2, 3),
    "downscale_factor": sizes(1, 2, 3),
    "scale_factor": factor,
    "size": new_size,
    "align_corners": among(None, None, True, False),
    "recompute_scale_factor": among(None, None, True, False),
    # axes
    "dim": axis,
    "start_dim": axis,
    "end_dim": axis,
    "unflattened_size": parts,
    # tables
    "padding_idx": lambda _: st.none() | st.integers(-8, 8),
    "max_norm": among(None, 1.0, 2),
    "scale_grad_by_freq": flag,
    "sparse": flag,
    "include_last_offset": flag,
    "mode": among("nearest", "nearest-exact", "area", "linear", "bilinear", "bicubic",
                  "trilinear", "sum"),
    # recurrent
    "num_layers": sizes(1, 2, 3),
    "bidirectional": flag,
    "proj_size": among(0, 0, 1, 2, 3, 4, -1),
    "nonlinearity": among("tanh", "relu", "sigmoid"),
    "dropout": rate,
    "output": among("sequence", "last"),
    # attention
    "num_heads": heads,
    "nhead": heads,
    "add_bias_kv": flag,
    "add_zero_attn": flag,
    "dim_feedforward": sizes(1, 8),
    "activation": among("relu", "gelu", "silu"),
    "norm_first": flag,
    "layer_norm_eps": real,
    # classes
    "n_classes": sizes(2, 5, 12, bad=(0, 1)),
    "cutoffs": rising,
    "div_value": among(1, 2, 4.0, 50.0, 1000.0),
    "head_bias": flag,
    # flags and numbers
    "bias": flag,
    "affine": flag,
    "elementwise_affine": flag,
    "track_running_stats": flag,
    "inplace": flag,
    "approximate": among("none", "tanh", "erf"),
    "momentum": among(None, 0.1, 1),
    "p": rate,
    "norm_type": among(1, 2, 2.5, 0),
    "lower": among(0.1, 0.2, 0.5),
    "upper": among(0.2, 0.3, 1),
    "min_val": among(-2, -1.0, 0, 1),
    "max_val": among(-1.0, 0, 1.5),
    **dict.fromkeys(
        ("eps", "alpha", "beta", "k", "lambd", "init", "negative_slope", "threshold", "value"),
        real,
    ),
}  # fmt: skip
"""keyword -> what it may hold."""

OF_FAMILY: dict[tuple[str, str], Values] = {
    ("Conv", "padding"): convolution_padding,
    ("AdaptiveAvgPool", "output_size"): per_axis(1, 2, 3, nulls=True),
    ("AdaptiveMaxPool", "output_size"): per_axis(1, 2, 3, nulls=True),
    ("FractionalMaxPool", "output_size"): new_size,
    ("FractionalMaxPool", "kernel_size"): per_axis(1, 2, 3),
    ("LocalResponseNorm", "size"): sizes(1, 2, 5),
    ("EmbeddingBag", "mode"): among("sum", "mean", "max", "min"),
    ("MaxPool", "stride"): lambda d: st.none() | per_axis(1, 2, 3)(d),
    **{(f"{kind}Pad", "padding"): each_side
       for kind in ("Zero", "Constant", "Reflection", "Replication", "Circular")},
}  # fmt: skip
"""The same where a family means something else by the word."""

LEFT_OUT = {
    **dict.fromkeys(("device", "dtype", "batch_first"), "of the program, and answered so"),
    **dict.fromkeys(("_weight", "_freeze", "_random_samples"), "no part of the interface"),
    **dict.fromkeys(("min_value", "max_value"), "old names that torch itself warns of"),
    **dict.fromkeys(("args", "kwargs"), "passed on, see PASSED_ON"),
}
"""Keywords of torch that are not drawn, and why."""

PASSED_ON = {
    name: ("input_size*", "hidden_size*", "num_layers", "bias", "dropout", "bidirectional",
           "output", *more)
    for name, more in
    {"RNN": ("nonlinearity",), "LSTM": ("proj_size",), "GRU": ()}.items()
}  # fmt: skip
"""Layers whose signature does not tell their keywords; * is required."""

ANY = (1, 2, 3, 4)
RANKS: dict[str, tuple[int, ...]] = {
    "AdaptiveLogSoftmaxWithLoss": (1,), "RNN": (2,), "LSTM": (2,), "GRU": (2,),
    "RNNCell": (1,), "LSTMCell": (1,), "GRUCell": (1,), "Embedding": (1,),
    "EmbeddingBag": (1,), "Fold": (2,), "Unfold": (3,), "PixelShuffle": (3,),
    "PixelUnshuffle": (3,), "ChannelShuffle": (2, 3, 4), "Upsample": (2, 3, 4),
    "LocalResponseNorm": (2, 3, 4), "BatchNorm1d": (1, 2), "Dropout1d": (1, 2),
    "MultiheadAttention": (2,), "TransformerEncoderLayer": (2,),
    "TransformerDecoderLayer": (2,), "Dropout2d": ANY, "Dropout3d": ANY,
}  # fmt: skip
"""How many axes a sample has that the layer takes; else those of its name, or any."""

LAST = ("in_features", "in1_features", "input_size", "embed_dim", "d_model")
TWO_AXES = ("Fold", "Unfold")
INFERRED = ("in_features", "in1_features", "in2_features", "input_size", "in_channels",
            "num_features", "num_channels", "normalized_shape", "embed_dim", "d_model",
            "kdim", "vdim")  # fmt: skip
ELSEWHERE = {"Sequential": "test_networks.py nests it"}
"""Layers of both that are not drawn here, and where they are."""

DRAWN = [name for name in SHARED if name not in ELSEWHERE]


def parted(name: str) -> tuple[str, int]:
    """The family and the number of spatial axes: Conv2d is ("Conv", 2)."""
    found = re.fullmatch(r"(.+)([123])d", name)
    if found:
        return found[1], int(found[2])
    return name, 2 if name in TWO_AXES else 0


def ranks(name: str) -> tuple[int, ...]:
    """How many axes a sample of the layer has."""
    _, axes = parted(name)
    return RANKS.get(name) or ((axes + 1,) if axes else ANY)


def keywords(name: str) -> Iterator[tuple[str, bool]]:
    """torch's keywords, and whether they must be given."""
    for entry in PASSED_ON.get(name, ()):
        yield entry.rstrip("*"), entry.endswith("*")
    for key, value in inspect.signature(getattr(torch.nn, name).__init__).parameters.items():
        if key != "self" and key not in LEFT_OUT:
            yield key, value.default is value.empty


def shapes(name: str) -> Strategy:
    """A sample's shape, small, now and then with another number of axes."""
    channels = st.sampled_from([1, 2, 3, 4, 6, 8, 9])
    spatial = st.integers(1, 9)
    rank = mostly(st.sampled_from(ranks(name)), st.integers(1, 4))
    return rank.flatmap(
        lambda n: st.tuples(channels, *[spatial if n < 4 else st.integers(1, 6)] * (n - 1))
    )


def layouts(name: str, rank: int) -> Strategy:
    """How the spec says what the shape means."""
    usual = "tokens" if name in {"Embedding", "EmbeddingBag"} and rank == 1 else ""
    said = {1: ["tokens"], 2: ["map", "sequence"]}.get(rank, ["map"])
    return st.sampled_from([usual] * 3 + said)


def value(drawn: Drawn, key: str) -> Strategy:
    """What a keyword may hold here."""
    return OF_FAMILY.get((drawn.family, key), VALUES[key])(drawn)


@st.composite
def cases(draw: st.DrawFn, name: str, shape: tuple[int, ...] | None = None) -> Case:
    """A random case of a layer, on a given shape or on a random one."""
    shape = shape or draw(shapes(name))
    other = second_shape(draw, name, shape)
    args: dict[str, Any] = {}
    drawn = Drawn(*parted(name), shape, other, args)
    for key, needed in keywords(name):
        if needed or draw(st.booleans()):
            args[key] = draw(value(drawn, key))
    if name == "Fold":
        shape = draw(folded(drawn))
    layout = "" if other else draw(layouts(name, len(shape)))
    left = tuple(
        k for k in INFERRED if k in args and draw(may_go(k, args, shape, other, layout))
    )
    return Case(name, args, shape, layout, left, other)


def second_shape(draw: st.DrawFn, name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The second input's shape; empty where there is none."""
    size = st.integers(1, 6)
    alike = {
        "Bilinear": st.tuples(*map(st.just, shape[:-1]), size),
        "TransformerDecoderLayer": st.tuples(size, st.just(shape[-1])),
        "MultiheadAttention": st.just(()) | st.tuples(size, st.just(shape[-1]) | size),
    }.get(name)
    found: tuple[int, ...] = draw(mostly(alike, st.tuples(size))) if alike else ()
    return found


def may_go(
    key: str, args: dict[str, Any], shape: tuple[int, ...], other: tuple[int, ...], layout: str
) -> Strategy:
    """Whether the spec may leave a size to be inferred: where it is the one that arrives."""
    right = {
        **dict.fromkeys(LAST, shape[-1]),
        **dict.fromkeys(("kdim", "vdim"), (other or shape)[-1]),
        **dict.fromkeys(("in_channels", "num_features", "num_channels"), shape[0]),
        "in2_features": other[-1] if other else 0,
    }.get(key)
    if key == "normalized_shape":
        last = args[key] in (shape[-1], [shape[-1]]) and len(shape) <= 2
        return st.booleans() if last and layout != "map" else st.just(value=False)
    return st.booleans() if args[key] == right else st.just(value=False)


def folded(drawn: Drawn) -> Strategy:
    """Columns and windows that fit an image, or do not."""
    images = [
        drawn.args.get(k, 1) for k in ("output_size", "kernel_size", "stride", "dilation")
    ]
    size, kernel, stride, dilation = (pair(number) for number in images)
    padding = pair(drawn.args.get("padding", 0))
    windows = 1
    for n, k, s, d, p in zip(size, kernel, stride, dilation, padding, strict=True):
        windows *= (n + 2 * p - d * (k - 1) - 1) // (s or 1) + 1
    columns = drawn.shape[0] * kernel[0] * kernel[1]
    return mostly(st.just((max(columns, 1), max(windows, 1))), st.just(drawn.shape))


def pair(number: Any) -> list[int]:
    """One number for each of two axes."""
    return number if isinstance(number, list) else [number] * 2

"""Where nnlint and torch may say different things, each with its reason and an example.

A row of ALLOWED is a decision, a row of OPEN a defect of nnlint that is not mended yet.
Both are as narrow as they can be, and a test asks that each is still needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from tests.live.drawing import parted, ranks
from tests.live.framework import BATCH, Answer, Case

Test: TypeAlias = Callable[[Case, Answer, Answer], bool]


class Row(NamedTuple):
    """One kind of difference.

    Attributes:
        reason: why it is so.
        example: a case that shows it.
        stricter: nnlint refuses what torch takes; False: it takes what torch refuses.
        holds: whether a difference is of this kind.
    """

    reason: str
    example: Case
    stricter: bool
    holds: Test


def explanation(case: Case, truth: Answer, said: Answer) -> str:
    """Why the two may differ here; empty where nothing explains it."""
    for row in (*ALLOWED, *OPEN):
        if direction(row, truth, said) and row.holds(case, truth, said):
            return row.reason
    return ""


def direction(row: Row, truth: Answer, said: Answer) -> bool:
    """Whether the one refuses that should, and the other does not."""
    refuses, takes = (said, truth) if row.stricter else (truth, said)
    return bool(refuses.refusal) and not takes.refusal


UNBATCHED = {"Softmax2d": 2, "PixelShuffle": 2, "PixelUnshuffle": 2, "RNN": 1, "LSTM": 1,
             "GRU": 1, "MultiheadAttention": 1, "TransformerEncoderLayer": 1,
             "TransformerDecoderLayer": 1}  # fmt: skip
"""Layers that take one axis less without a batch, beside those of windows."""

CHANNEL_NORMS = ("BatchNorm", "InstanceNorm", "GroupNorm", "LocalResponseNorm")
SEQUENTIAL = ("RNN", "LSTM", "GRU", "MultiheadAttention", "TransformerEncoderLayer",
              "TransformerDecoderLayer")  # fmt: skip


def reads_batch(case: Case) -> bool:
    """Whether a sample with its batch has as many axes as torch wants without one."""
    _, axes = parted(case.name)
    rank = len(case.shape)
    return rank == UNBATCHED.get(case.name, axes) and rank not in ranks(case.name)


def is_empty(truth: Answer) -> bool:
    """Whether a tensor of torch has no elements."""
    shapes = [truth.facts["output"], *truth.facts["tensors"].values()]
    return any(0 in shape for shape in shapes)


def touches_batch(case: Case) -> bool:
    """Whether an argument names axis 0."""
    named = [case.args.get(key) for key in ("dim", "start_dim", "end_dim")]
    return any(axis in {0, -len(case.shape) - 1} for axis in named)


def channels_stated(case: Case) -> int | None:
    """The channels that a norm is told of."""
    return case.args.get("num_features", case.args.get("num_channels"))


ALLOWED: tuple[Row, ...] = (
    Row(
        "DESIGN 2.2: nothing may be empty; torch computes with tensors of no elements",
        Case("Linear", {"in_features": 3, "out_features": 0}, (3,)),
        stricter=True,
        holds=lambda case, truth, said: is_empty(truth),
    ),
    Row(
        "torch takes the batch for the channels, or for the time, of one unbatched sample",
        Case("MaxPool2d", {"kernel_size": 2}, (4, 4)),
        stricter=True,
        holds=lambda case, truth, said: said.codes == ("NN202",) and reads_batch(case),
    ),
    Row(
        "DESIGN 2.2: an argument that touches the batch is an error",
        Case("Softmax", {"dim": 0}, (3,)),
        stricter=True,
        holds=lambda case, truth, said: said.codes == ("NN203",) and touches_batch(case),
    ),
    Row(
        "torch pads the batch where a sample has one axis less than is padded",
        Case("ZeroPad2d", {"padding": 1}, (9,)),
        stricter=True,
        holds=lambda case, truth, said: (
            parted(case.name)[0] in {"ZeroPad", "ConstantPad"} and reads_batch(
                case._replace(shape=(*case.shape, 1))
            )
        ),
    ),
    Row(
        "DESIGN 2.2: a norm of channels on a sequence normalises the time: Permute first",
        Case("BatchNorm1d", {"num_features": 6}, (6, 2), "sequence"),
        stricter=True,
        holds=lambda case, truth, said: (
            said.codes == ("NN202",) and case.layout == "sequence"
            and parted(case.name)[0] in CHANNEL_NORMS
        ),
    ),
    Row(
        "a map has its channels first: what steps along a sequence would take them for time",
        Case("LSTM", {"input_size": 2, "hidden_size": 3}, (1, 2), "map"),
        stricter=True,
        holds=lambda case, truth, said: (
            said.codes == ("NN202",) and case.layout == "map" and case.name in SEQUENTIAL
        ),
    ),
    Row(
        "without tensors torch has nothing to hold num_features against, and may only warn",
        Case("InstanceNorm1d", {"num_features": 2}, (4, 2)),
        stricter=True,
        holds=lambda case, truth, said: (
            parted(case.name)[0] in CHANNEL_NORMS
            and channels_stated(case) != case.shape[0]
            and not truth.facts["tensors"]
        ),
    ),
    Row(
        "torch pads in a step of its own where the padding is not zeros, and there takes less",
        Case(
            "Conv1d",
            {"in_channels": 2, "out_channels": 2, "kernel_size": 2, "padding": -1,
             "padding_mode": "circular"},
            (2, 9),
        ),
        stricter=True,
        holds=lambda case, truth, said: (
            set(said.codes) == {"NN106"}
            and case.args.get("padding_mode", "zeros") != "zeros"
            and case.args["padding"] == -1
        ),
    ),
    Row(
        "normalized_shape reaches into the batch, which happens to be 2",
        Case("RMSNorm", {"normalized_shape": [2, 3]}, (3,)),
        stricter=True,
        holds=lambda case, truth, said: (
            said.codes == ("NN201",)
            and case.args.get("normalized_shape") == [BATCH, *case.shape]
        ),
    ),
    Row(
        "torch does not look at these numbers, which no pooling has",
        Case("MaxUnpool2d", {"kernel_size": 2, "padding": -1}, (3, 4, 4)),
        stricter=True,
        holds=lambda case, truth, said: (
            set(said.codes) == {"NN106"}
            and parted(case.name)[0] in {"MaxUnpool", "FractionalMaxPool"}
        ),
    ),
    Row(
        "torch takes means over the last axes of anything where output_size is 1",
        Case("AdaptiveAvgPool2d", {"output_size": 1}, (1,)),
        stricter=True,
        holds=lambda case, truth, said: (
            said.codes == ("NN202",) and parted(case.name)[0] == "AdaptiveAvgPool"
            and case.args["output_size"] in (1, [1, 1], [1, 1, 1])
        ),
    ),
    Row(
        "to torch's Upsample a scale_factor of 0 is none",
        Case("Upsample", {"size": 3, "scale_factor": 0}, (6, 2, 4)),
        stricter=True,
        holds=lambda case, truth, said: case.args.get("scale_factor") == 0,
    ),
    Row(
        "its name says images; torch's code takes every map",
        Case("UpsamplingNearest2d", {"size": 4}, (3, 5, 6, 1)),
        stricter=True,
        holds=lambda case, truth, said: (
            said.codes == ("NN202",) and case.name == "UpsamplingNearest2d"
        ),
    ),
    Row(
        "a probability below 0 is none; torch's attention looks only whether it is above 0",
        Case("MultiheadAttention", {"embed_dim": 4, "num_heads": 2, "dropout": -0.1}, (3, 4)),
        stricter=True,
        holds=lambda case, truth, said: (
            case.name in SEQUENTIAL and case.args.get("dropout", 0) < 0
        ),
    ),
    Row(
        "DESIGN 2.2: kdim and vdim are inferred; in torch their default is embed_dim",
        Case("MultiheadAttention", {"embed_dim": 4, "num_heads": 2}, (3, 4), other=(5, 6)),
        stricter=False,
        holds=lambda case, truth, said: (
            case.name == "MultiheadAttention"
            and case.shape[-1] != (*case.shape, *case.other)[-1]
            and None in {case.args.get("kdim"), case.args.get("vdim")}
        ),
    ),
)  # fmt: skip
"""Decisions."""

OPEN: tuple[Row, ...] = (
    Row(
        "a bare list of three axes is a map too, and a table may look up what it holds",
        Case("Embedding", {"num_embeddings": 5, "embedding_dim": 2}, (3, 4, 4), "map"),
        stricter=False,
        holds=lambda case, truth, said: (
            case.name == "Embedding" and case.layout == "map" and len(case.shape) > 2
        ),
    ),
)  # fmt: skip
"""Defects of nnlint: each goes from here when it is mended."""

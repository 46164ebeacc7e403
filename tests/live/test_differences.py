"""Each known difference is still one, and what torch's limits are."""

from __future__ import annotations

import pytest

from tests.live.differences import ALLOWED, OPEN, Row, direction, explanation
from tests.live.drawing import DRAWN, ELSEWHERE, LEFT_OUT, VALUES, keywords
from tests.live.framework import (
    SHARED,
    Case,
    ask_nnlint,
    ask_torch,
    difference,
    torch,
)

pytestmark = pytest.mark.filterwarnings("ignore")


def reason(row: Row) -> str:
    return row.reason


@pytest.mark.parametrize("row", [*ALLOWED, *OPEN], ids=reason)
def test_a_row_s_example_is_of_its_kind(row: Row) -> None:
    truth, said = ask_torch(row.example), ask_nnlint(row.example)
    if row in ALLOWED or difference(row.example, truth, said):
        assert direction(row, truth, said), difference(row.example, truth, said)
        assert row.holds(row.example, truth, said)
        assert explanation(row.example, truth, said) == row.reason


@pytest.mark.parametrize(
    "row",
    [pytest.param(row, marks=pytest.mark.xfail(reason=row.reason)) for row in OPEN],
    ids=map(reason, OPEN),
)
def test_a_defect_is_mended(row: Row) -> None:
    """Strict: a defect that is mended must go from the table."""
    found = difference(row.example, ask_torch(row.example), ask_nnlint(row.example))
    assert not found, found


TABLE = {"num_embeddings": 5, "embedding_dim": 2}
TAKEN: dict[str, list[Case]] = {
    "reflection copies all but the edge": [
        Case("ReflectionPad1d", {"padding": 3}, (3, 4)),
        Case("ReflectionPad1d", {"padding": [-1, 3]}, (3, 4)),
        Case("Conv1d", {"in_channels": 3, "out_channels": 1, "kernel_size": 1, "padding": 3,
                        "padding_mode": "reflect"}, (3, 4)),
    ],
    "a circle goes round once": [
        Case("CircularPad1d", {"padding": 4}, (3, 4)),
        Case("CircularPad1d", {"padding": [-1, 4]}, (3, 4)),
    ],
    "an edge repeats without end": [Case("ReplicationPad1d", {"padding": 9}, (3, 4))],
    "null keeps an axis in a list": [
        Case("AdaptiveAvgPool2d", {"output_size": [None, 2]}, (3, 4, 4)),
        Case("AdaptiveMaxPool3d", {"output_size": [1, None, 2]}, (3, 4, 4, 4)),
    ],
    "one position is enough for GroupNorm": [
        Case("GroupNorm", {"num_groups": 4, "num_channels": 4}, (4,)),
        Case("GroupNorm", {"num_groups": 2, "num_channels": 4}, (4, 1)),
    ],
    "Softmax guesses an axis": [
        Case("Softmax", {}, (4,)),
        Case("Softmax", {}, (3, 4)),
        Case("Softmax", {}, (3, 4), "sequence"),
    ],
    "padding_idx counts from both ends": [
        Case(name, {**TABLE, "padding_idx": index}, (4,), "tokens")
        for name in ("Embedding", "EmbeddingBag") for index in (-5, 4)
    ],
    "output_padding stays below stride or dilation": [
        Case("ConvTranspose1d", {"in_channels": 3, "out_channels": 3, "kernel_size": 2,
                                 "output_padding": more, key: size}, (3, 4))
        for more, key, size in ((1, "stride", 2), (2, "dilation", 3))
    ],
    "a projection is smaller than what it projects": [
        Case("LSTM", {"input_size": 3, "hidden_size": 4, "proj_size": 3}, (5, 3)),
        Case("LSTM", {"input_size": 3, "hidden_size": 1, "proj_size": 0}, (5, 3)),
        Case("LSTM", {"input_size": 3, "hidden_size": 4, "num_layers": 2, "proj_size": 2,
                      "bidirectional": True, "output": "last"}, (5, 3)),
    ],
    "MaxUnpool takes any padding that leaves something": [
        Case("MaxUnpool1d", {"kernel_size": 2, "padding": 3}, (3, 4)),
        Case("MaxUnpool2d", {"kernel_size": 3, "stride": 1}, (3, 1, 1)),
    ],
    "a norm may scale and not shift, and without a scale it does not shift": [
        Case(name, {**args, "affine": affine, "bias": bias}, (4, 6), "map")
        for name, args in (
            ("BatchNorm1d", {"num_features": 4}), ("InstanceNorm1d", {"num_features": 4}),
            ("GroupNorm", {"num_groups": 2, "num_channels": 4}),
        )
        for affine in (True, False) for bias in (True, False)
    ],
    "null stands for the features of the query": [
        Case("MultiheadAttention", {"embed_dim": 4, "num_heads": 2, "kdim": None,
                                    "vdim": None}, (3, 4)),
    ],
    "a pooling pads by half its kernel": [
        Case(f"MaxPool{axes}d", {"kernel_size": 3, "padding": 1, "dilation": 2},
             (3, *(9,) * axes))
        for axes in (1, 2, 3)
    ],
    "LPPool1d steps by a list": [
        Case("LPPool1d", {"norm_type": 2, "kernel_size": 4, "stride": [2]}, (9, 5)),
    ],
    "all may be cropped away on one side": [Case("ZeroPad1d", {"padding": [3, -2]}, (2,))],
    "what is cropped may come back from the edge": [
        Case("ReplicationPad1d", {"padding": [5, -5]}, (3, 4)),
    ],
    "limits of activations": [
        Case("RReLU", {"lower": 0.5, "upper": 0.5}, (2,)),
        Case("Softshrink", {"lambd": 0}, (2,)),
    ],
    "whole numbers that stay whole, or become fractions": [
        Case(name, args, (4,), "tokens")
        for name, args in (
            ("ReLU", {}), ("Hardtanh", {"min_val": 0.5}), ("Tanh", {}), ("Dropout", {"p": 0}),
            ("Dropout", {"p": 1}), ("Threshold", {"threshold": 0.5, "value": 2.5}),
        )
    ],
    "folding": [
        Case("Unfold", {"kernel_size": 4, "padding": 1}, (3, 3, 3)),
        Case("Unfold", {"kernel_size": 2, "padding": 9}, (3, 3, 3)),
        Case("Fold", {"output_size": 4, "kernel_size": 2, "stride": 2}, (12, 4)),
        Case("Fold", {"output_size": 1, "kernel_size": 2, "padding": 1}, (12, 4)),
    ],
}  # fmt: skip
"""What torch takes, by the limit that it keeps."""

REFUSED: dict[str, list[Case]] = {
    "reflection copies all but the edge": [
        Case("ReflectionPad1d", {"padding": 4}, (3, 4)),
        Case("ReflectionPad1d", {"padding": [-1, 4]}, (3, 4)),
    ],
    "a circle goes round once": [Case("CircularPad1d", {"padding": 5}, (3, 4))],
    "null is no size": [
        Case("AdaptiveAvgPool1d", {"output_size": None}, (3, 4)),
        Case("AdaptiveAvgPool1d", {"output_size": [None]}, (3, 4)),
        Case("AdaptiveMaxPool2d", {"output_size": None}, (3, 4, 4)),
    ],
    "InstanceNorm wants two positions, at least while training": [
        Case("InstanceNorm1d", {"num_features": 3}, (3, 1)),
        Case("InstanceNorm2d", {"num_features": 3, "track_running_stats": True}, (3, 1, 1)),
    ],
    "a pooling pads by half its kernel, whatever the dilation": [
        Case(f"MaxPool{axes}d", {"kernel_size": 3, "padding": 2, "dilation": 2},
             (3, *(9,) * axes))
        for axes in (1, 2, 3)
    ],
    "LPPool1d takes no list for its kernel": [
        Case("LPPool1d", {"norm_type": 2, "kernel_size": [4]}, (9, 5)),
    ],
    "no more than all may be cropped away on one side": [
        Case("ZeroPad1d", {"padding": [3, -3]}, (2,)),
        Case("ConstantPad2d", {"padding": [0, 0, -5, 5], "value": 1}, (3, 4, 9)),
    ],
    "limits of activations": [
        Case("RReLU", {"lower": 0.5}, (2,)),
        Case("Hardtanh", {"min_val": 2.0}, (2,)),
        Case("Hardtanh", {"min_val": 1.0}, (2,)),
        Case("CELU", {"alpha": 0}, (2,)),
        Case("Softshrink", {"lambd": -0.5}, (2,)),
    ],
    "BatchNorm divides by something": [
        Case("BatchNorm1d", {"num_features": 2, "eps": eps}, (2,)) for eps in (0, -1e-5)
    ],
    "token indices are not computed with": [
        Case(name, args, (2,), "tokens")
        for name, args in (("Softmax", {"dim": -1}), ("GELU", {}), ("Dropout", {}))
    ],
    "Embedding wants indices": [
        Case("Embedding", TABLE, (3, 4), "map"),
        Case("Embedding", TABLE, (3, 4), "sequence"),
    ],
    "padding_idx counts from both ends": [
        Case(name, {**TABLE, "padding_idx": index}, (4,), "tokens")
        for name in ("Embedding", "EmbeddingBag") for index in (-6, 5)
    ],
    "output_padding stays below stride or dilation": [
        Case("ConvTranspose1d", {"in_channels": 3, "out_channels": 3, "kernel_size": 2,
                                 "output_padding": more, key: size}, (3, 4))
        for more, key, size in ((1, "stride", 1), (2, "stride", 2), (3, "dilation", 3))
    ],
    "a projection is smaller than what it projects": [
        Case("LSTM", {"input_size": 3, "hidden_size": 4, "proj_size": 4}, (5, 3)),
        Case("LSTM", {"input_size": 3, "hidden_size": 4, "proj_size": -1}, (5, 3)),
    ],
    "folding": [
        Case("Unfold", {"kernel_size": 4}, (3, 3, 3)),
        Case("Unfold", {"kernel_size": 3, "dilation": 2}, (3, 3, 3)),
        Case("Fold", {"output_size": 4, "kernel_size": 2, "stride": 2}, (12, 5)),
        Case("Fold", {"output_size": 4, "kernel_size": 2, "stride": 2}, (13, 4)),
        Case("Fold", {"output_size": 1, "kernel_size": 2}, (12, 1)),
    ],
}  # fmt: skip
"""What torch refuses."""


@pytest.mark.parametrize("limit", TAKEN)
def test_what_torch_takes(limit: str) -> None:
    for case in TAKEN[limit]:
        truth = ask_torch(case)
        assert not truth.refusal, case
        assert not (found := difference(case, truth, ask_nnlint(case))), found


@pytest.mark.parametrize("limit", REFUSED)
def test_what_torch_refuses(limit: str) -> None:
    for case in REFUSED[limit]:
        truth = ask_torch(case)
        assert truth.refusal, case
        assert not (found := difference(case, truth, ask_nnlint(case))), found


@pytest.mark.parametrize(("shape", "axis"), [((3, 4), 1), ((2, 3, 4), 0), ((2, 3, 4, 5), 1)])
def test_softmax_without_dim_takes_the_batch_of_three_axes(
    shape: tuple[int, ...], axis: int
) -> None:
    """So [C, L] without a batch (two axes) and with one (three) are not normalised alike."""
    x = torch.randn(shape)
    assert torch.equal(torch.nn.Softmax()(x), x.softmax(axis))


@pytest.mark.parametrize("name", DRAWN)
def test_every_keyword_of_torch_is_drawn(name: str) -> None:
    assert {key for key, _ in keywords(name)} <= set(VALUES)


def test_every_layer_of_both_is_drawn() -> None:
    assert set(DRAWN) | set(ELSEWHERE) == set(SHARED)
    assert not set(LEFT_OUT) & set(VALUES)

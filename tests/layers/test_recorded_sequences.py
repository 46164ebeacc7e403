"""Norms of maps, embeddings and recurrent layers as torch builds them: tests/data/oracle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.layers import layer_types
from tests.layers.test_base import evaluated, only_node
from tests.test_oracle import errors, facts, ids, truth

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(__file__).parents[1] / "data" / "oracle"
RECORDS = [
    record
    for family in ("normalisation", "embedding", "recurrent")
    for record in json.loads((DATA / f"{family}.json").read_text("utf-8"))
]
UNITS = [record for record in RECORDS if "error" not in record]
REFUSED = [record for record in RECORDS if "error" in record]
TABLES = ("Embedding", "EmbeddingBag")
STACKS = ("RNN", "LSTM", "GRU")
INFERRED = ("num_features", "num_channels", "input_size")

REASONS = {
    "torch-err-0034": ("num_features is 4", "3 arrive"),
    "torch-err-0042": ("hidden_size is 0", "1 or more"),
    "torch-err-0044": ("GRU takes no key 'proj_size'",),
    "torch-err-0046": ("num_layers is 0", "from 1"),
}
"""What torch's own error says, in words and numbers that the message must have."""


def batch_axis(record: dict[str, Any]) -> int | None:
    """Where the batch stands in the record's shapes; None where there is none."""
    rank = len(record["input_shapes"][0])
    if record["layer"] in STACKS:
        return None if rank == 2 else 1 - record["args"].get("batch_first", False)
    return None if rank == 1 else 0


def unbatched(shape: list[int], record: dict[str, Any]) -> list[int]:
    axis = batch_axis(record)
    return [size for index, size in enumerate(shape) if index != axis]


def sample(record: dict[str, Any]) -> list[int]:
    (shape,) = record["input_shapes"]
    return unbatched(shape, record)


def output_sample(record: dict[str, Any]) -> list[int]:
    shape: list[Any] = record["output_shape"]
    several = isinstance(shape[0], list)  # (output, state) or (h, c)
    return unbatched(shape[0] if several else shape, record)


def inputs(record: dict[str, Any]) -> Iterator[object]:
    """The sample as shapes that a spec can say."""
    shape = sample(record)
    yield shape
    if record["layer"] in TABLES and len(shape) == 1:
        yield {"tokens": shape[0]}
    elif record["layer"] in STACKS:
        yield {"sequence": shape}
    elif "Norm" in record["layer"] and len(shape) == 2:
        yield {"map": shape}


def specs(record: dict[str, Any]) -> Iterator[str]:
    """The record with its sizes stated, and with those left out that are inferred."""
    args = {key: value for key, value in record["args"].items() if key != "batch_first"}
    bare = {key: value for key, value in args.items() if key not in INFERRED}
    for given in [args] if bare == args else [args, bare]:
        for x in inputs(record):
            layer = {"type": record["layer"], **given}
            yield json.dumps({"nnlint": 1, "input": x, "layers": [layer]})


@pytest.mark.parametrize("record", UNITS, ids=ids)
def test_a_layer_counts_what_torch_counts(record: dict[str, Any]) -> None:
    for text in specs(record):
        assert facts(lint_text(text)) == {**truth(record), "output": output_sample(record)}, (
            text
        )


@pytest.mark.parametrize("record", REFUSED, ids=ids)
def test_what_torch_refuses_is_refused_for_the_same_reason(record: dict[str, Any]) -> None:
    report = lint_text(next(specs(record)))
    (message,) = errors(report)
    for words in REASONS[record["id"]]:
        assert words in message
    assert report.graph is not None
    assert not report.graph.totals.complete


@pytest.mark.parametrize("record", [r for r in UNITS if r["layer"] in STACKS], ids=ids)
def test_the_last_step_is_as_wide_as_torchs_final_states(record: dict[str, Any]) -> None:
    """h_n is [layers·directions, batch, features]: of the top layer's, all directions."""
    states = record["output_shape"][1]
    final = states[0] if isinstance(states[0], list) else states
    directions = 2 if record["args"].get("bidirectional") else 1
    spec = json.loads(next(specs(record)))
    spec["layers"][0]["output"] = "last"
    graph = lint_text(json.dumps(spec)).graph
    assert graph is not None
    assert graph.output.shape.dims == (directions * final[-1],)
    assert graph.totals.params == record["params"]


def test_every_record_is_there() -> None:
    """Guards the adapter: all but 15 tables and LocalResponseNorm have a size to leave out."""
    assert (len(UNITS), len(REFUSED)) == (137, 4)
    inferred = [record for record in UNITS if set(record["args"]) & set(INFERRED)]
    assert len(inferred) == 137 - 15 - 1
    assert all(len(set(specs(record))) >= 2 for record in inferred)


PLAIN = {
    "BatchNorm2d": ({"num_features": 6}, [6, 2, 3]),
    "BatchNorm3d": ({"num_features": 6}, [6, 2, 3, 4]),
    "InstanceNorm1d": ({"num_features": 6, "affine": True}, {"map": [6, 2]}),
    "InstanceNorm2d": ({"num_features": 6, "affine": True}, [6, 2, 3]),
    "InstanceNorm3d": ({"num_features": 6, "affine": True}, [6, 2, 3, 4]),
    "GroupNorm": ({"num_groups": 2, "num_channels": 6}, [6, 2, 3]),
    "Embedding": ({"num_embeddings": 11, "embedding_dim": 3}, {"tokens": 5}),
    "EmbeddingBag": ({"num_embeddings": 11, "embedding_dim": 3}, {"tokens": 5}),
    "RNNCell": ({"input_size": 7, "hidden_size": 3}, [7]),
    "LSTMCell": ({"input_size": 7, "hidden_size": 3}, [7]),
    "GRUCell": ({"input_size": 7, "hidden_size": 3}, [7]),
}


@pytest.mark.parametrize("name", PLAIN)
def test_the_catalogues_formula_gives_what_is_counted(name: str) -> None:
    attributes, x = PLAIN[name]
    node = only_node(name, attributes, {"input": x})
    formulas = layer_types()[name].formula
    counted = {tensor: evaluated(text, attributes) for tensor, text in formulas.items()}
    assert counted == {tensor.name: tensor.count for tensor in node.tensors}

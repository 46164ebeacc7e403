"""Single layers as torch builds them: tests/data holds what torch says of each."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from nnlint.engine import lint_text
from nnlint.finding import Severity
from nnlint.layers import layer_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.report import Report

DATA = Path(__file__).parent / "data"
UNITS = json.loads((DATA / "units.json").read_text("utf-8"))
REFUSED = json.loads((DATA / "units_refused.json").read_text("utf-8"))

INFERRED = ("in_features", "in1_features", "in2_features", "num_features")
"""Sizes that DESIGN.md says are inferred; normalized_shape only as one last axis."""

REASONS = {
    "torch-err-0010": ("in_features is 10", "9 arrive"),
    "torch-err-0012": ("in_features", "the text 'a'", "whole number"),
    "torch-err-0036": ("[C] or [C, L]", "[3, 8, 8]"),
    "torch-err-0038": ("normalized_shape is [7]", "[8] arrives"),
    "torch-err-0048": ("p is 1.5", "from 0 to 1"),
    "torch-err-0052": ("[2, 3]", "multiply up", " 7 "),
}
"""What torch's own error says, in words and numbers that the message must have."""


def ids(record: dict[str, Any]) -> str:
    return f"{record['id']}-{record['layer']}"


def samples(record: dict[str, Any]) -> list[list[int]]:
    """The record's input shapes without the batch."""
    shapes: list[list[int]] = record["input_shapes"]
    if record["layer"] == "Linear" and len(shapes[0]) == 1:
        return shapes
    if record["layer"] == "AdaptiveLogSoftmaxWithLoss":
        shapes = shapes[:1]  # the second is the target, which a spec does not have
    return [shape[1:] for shape in shapes]


def output_sample(record: dict[str, Any]) -> list[int]:
    shape: list[Any] = record["output_shape"]
    if record["layer"] == "AdaptiveLogSoftmaxWithLoss":
        shape = shape[0]  # (log-probabilities, loss)
    unbatched = record["layer"] == "Linear" and len(record["input_shapes"][0]) == 1
    return shape if unbatched else shape[1:]


def spec(record: dict[str, Any], args: dict[str, Any], **inputs: Any) -> str:
    layer = {"type": record["layer"], **args}
    shapes = samples(record)
    if len(shapes) > 1:
        names = ["left", "right"]
        layer["from"] = names
        inputs = {"inputs": dict(zip(names, shapes, strict=True))}
    return yaml.safe_dump({"nnlint": 1, **(inputs or {"input": shapes[0]}), "layers": [layer]})


def is_inferred(key: str, value: Any, record: dict[str, Any]) -> bool:
    one_last_axis = isinstance(value, int) or (isinstance(value, list) and len(value) == 1)
    on_no_map = len(samples(record)[0]) < 3
    return key in INFERRED or (key == "normalized_shape" and one_last_axis and on_no_map)


def spellings(record: dict[str, Any]) -> Iterator[str]:
    """The record as specs: sizes stated, sizes left out, and [C, L] said outright."""
    args = record["args"]
    bare = {key: value for key, value in args.items() if not is_inferred(key, value, record)}
    for given in [args] if bare == args else [args, bare]:
        yield spec(record, given)
        if record["layer"] == "BatchNorm1d" and len(samples(record)[0]) == 2:
            yield spec(record, given, input={"map": samples(record)[0]})


def touches_batch(record: dict[str, Any]) -> bool:
    return record["layer"] == "Flatten" and record["args"].get("start_dim") == 0


def has_counterpart(record: dict[str, Any]) -> bool:
    return record["layer"] in layer_types()


def errors(report: Report) -> list[str]:
    """Messages of errors; that torch runs a Linear on a map, and no one should, is NN402."""
    return [
        finding.message
        for finding in report.findings
        if finding.rule.severity is Severity.ERROR and finding.rule.code != "NN402"
    ]


def facts(report: Report) -> dict[str, Any]:
    """What nnlint says, in the record's terms."""
    assert report.graph is not None
    (node,) = report.graph.nodes
    total = report.graph.totals
    return {
        "errors": errors(report),
        "complete": total.complete,
        "params": total.params,
        "weight and other": total.weights,
        "bias": total.biases,
        "trainable": total.trainable,
        "buffers": total.buffers,
        "tensors": {tensor.name: list(tensor.shape) for tensor in node.tensors},
        "stored": {tensor.name: list(tensor.shape) for tensor in node.buffers},
        "output": list(report.graph.output.shape.known),
    }


def truth(record: dict[str, Any]) -> dict[str, Any]:
    """What torch says."""
    return {
        "errors": [],
        "complete": True,
        "params": record["params"],
        "weight and other": record["weight"] + record["other"],
        "bias": record["bias"],
        "trainable": record["trainable"],
        "buffers": record["buffers"],
        "tensors": record["param_shapes"],
        "stored": record["buffer_shapes"],
        "output": output_sample(record),
    }


COUNTED = [r for r in UNITS if has_counterpart(r) and not touches_batch(r)]


@pytest.mark.parametrize("record", COUNTED, ids=ids)
def test_a_layer_counts_what_torch_counts(record: dict[str, Any]) -> None:
    for text in spellings(record):
        assert facts(lint_text(text)) == truth(record), text


@pytest.mark.parametrize("record", [r for r in UNITS if touches_batch(r)], ids=ids)
def test_a_flatten_of_the_batch_is_refused(record: dict[str, Any]) -> None:
    (finding,) = lint_text(spec(record, record["args"])).findings
    assert finding.rule.code == "NN203"
    assert "start_dim: 0 is the batch axis" in finding.message


@pytest.mark.parametrize("record", REFUSED, ids=ids)
def test_what_torch_refuses_is_refused_for_the_same_reason(record: dict[str, Any]) -> None:
    (message,) = errors(lint_text(spec(record, record["args"])))
    for words in REASONS[record["id"]]:
        assert words in f"{message} "


@pytest.mark.parametrize("record", REFUSED, ids=ids)
def test_what_torch_refuses_is_no_complete_count(record: dict[str, Any]) -> None:
    graph = lint_text(spec(record, record["args"])).graph
    assert graph is not None
    assert not graph.totals.complete


def verdict(record: dict[str, Any]) -> str:
    if not has_counterpart(record):
        return "no counterpart"
    reports = [lint_text(text) for text in spellings(record)]
    if all(errors(report) for report in reports):
        return "refused"
    exact = all(facts(report) == truth(record) for report in reports)
    return "exact" if exact else "wrong"


def test_the_tally_adds_up() -> None:
    """Shown by `pytest -rP`."""
    tally = Counter(map(verdict, UNITS))
    names = ("exact", "refused", "no counterpart", "wrong")
    print(*(f"{name}: {tally[name]}," for name in names), f"of {len(UNITS)}")  # noqa: T201
    print(f"refused by torch: {len(REFUSED)}")  # noqa: T201
    assert tally["wrong"] == 0
    assert tally["refused"] == sum(map(touches_batch, UNITS))
    assert tally["exact"] + tally["refused"] + tally["no counterpart"] == len(UNITS) == 103


def test_most_records_are_linted_both_with_and_without_their_sizes() -> None:
    """Guards the adapter: a filter gone wrong would make the test above half as strong."""
    twice = [record for record in COUNTED if len(set(spellings(record))) > 1]
    stated = [
        record for record in COUNTED
        if any(is_inferred(key, value, record) for key, value in record["args"].items())
    ]  # fmt: skip
    assert len(twice) == len(stated) >= 30


NO_RECORDS = frozenset(
    {"AddEmbedding", "ClassToken", "Custom", "GatedMLP", "LayerScale",
     "MultiheadLatentAttention", "Parameter", "PositionEmbedding"}
)  # fmt: skip
"""Layers that no framework has as one layer: whole networks are their second source."""


def test_every_layer_with_parameters_has_a_second_source() -> None:
    records = [record["layer"] for record in UNITS]
    for file in (DATA / "oracle").glob("*.json"):
        records += [record["layer"] for record in json.loads(file.read_text("utf-8"))]
    counted = {name for name, layer in layer_types().items() if layer.formula}
    assert counted - set(records) == NO_RECORDS


def test_every_record_is_run_somewhere() -> None:
    """Shown by `pytest -rP`: 725 layers of torch, 343 of Keras, 41 settings that they refuse.

    Each file has a test of its own that runs all of its records and asks for equality;
    what can't be said in a spec is named there with the reason.
    """
    files = [DATA / "units.json", DATA / "units_refused.json", DATA / "transformer_stacks.json"]
    records = {}
    for file in [*files, *(DATA / "oracle").glob("*.json")]:
        records |= {one["id"]: one for one in json.loads(file.read_text("utf-8"))}
    refused = [one for one in records.values() if "error" in one]
    taken = Counter(one["framework"] for one in records.values() if "error" not in one)
    print(dict(taken), f"{len(refused)} refused")  # noqa: T201
    assert taken == {"torch": 725, "keras": 343}
    assert len(refused) == 41

"""TransformerEncoderLayer, TransformerDecoderLayer, and the stacks that torch makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.layers import layer_types
from nnlint.layers.shape import UNKNOWN, Layout, Shape
from tests.layers.test_base import evaluated
from tests.test_oracle import errors, facts, ids, truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.graph import Node
    from nnlint.report import Report

DATA = Path(__file__).parents[1] / "data"
LAYERS = ("TransformerEncoderLayer", "TransformerDecoderLayer")
RECORDS = [
    record for record in json.loads((DATA / "oracle" / "attention.json").read_text("utf-8"))
    if record["layer"] in LAYERS
]  # fmt: skip
UNITS = [record for record in RECORDS if "error" not in record]
REFUSED = [record for record in RECORDS if "error" in record]
STACKS = json.loads((DATA / "transformer_stacks.json").read_text("utf-8"))
OWN = ("batch_first", "num_layers", "final_norm", "num_encoder_layers", "num_decoder_layers")
"""Keywords that no layer of a spec takes."""
SIGNATURE: dict[str, Any] = {
    "d_model": None, "nhead": ..., "dim_feedforward": 2048, "dropout": 0.1,
    "activation": "relu", "layer_norm_eps": 1e-5, "norm_first": False, "bias": True,
}  # fmt: skip
"""torch.nn's keywords and defaults; ... must be written."""


def lint(layers: list[Any], *shapes: object) -> Report:
    """The layers over one input, or over a target and a memory."""
    names = ["target", "memory"] if len(shapes) == 2 else ["target"]
    inputs = dict(zip(names, shapes, strict=True))
    return lint_text(json.dumps({"nnlint": 1, "inputs": inputs, "layers": layers}))


def encoder(nhead: int = 2, **more: object) -> dict[str, Any]:
    return {"type": "TransformerEncoderLayer", "nhead": nhead, **more}


def decoder(nhead: int = 2, **more: object) -> dict[str, Any]:
    sources = ["target", "memory"]
    return {"type": "TransformerDecoderLayer", "nhead": nhead, "from": sources, **more}


def last(report: Report) -> Node:
    assert report.graph is not None
    return report.graph.nodes[-1]


def tensors(found: Node) -> dict[str, tuple[int, ...]]:
    return {tensor.name: tensor.shape for tensor in found.tensors}


def sample(shape: list[int], record: dict[str, Any]) -> list[int]:
    """A shape of the record without the batch, which is axis 1 unless batch_first."""
    axis = 0 if record["args"].get("batch_first") else 1
    return [*shape[:axis], *shape[axis + 1 :]]


def arguments(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a layer of it takes, with d_model stated and left out."""
    args = {key: value for key, value in record["args"].items() if key not in OWN}
    yield args
    yield {key: value for key, value in args.items() if key != "d_model"}


def reports(record: dict[str, Any]) -> Iterator[Report]:
    shapes = [sample(shape, record) for shape in record["input_shapes"]]
    sources = {"from": ["target", "memory"]} if len(shapes) == 2 else {}
    for args in arguments(record):
        layer = {"type": record["layer"], **args, **sources}
        yield lint([layer], *shapes)
        yield lint([layer], *({"sequence": shape} for shape in shapes))


@pytest.mark.parametrize("record", UNITS, ids=ids)
def test_a_layer_counts_what_torch_counts(record: dict[str, Any]) -> None:
    expected = {**truth(record), "output": sample(record["output_shape"], record)}
    assert all(facts(report) == expected for report in reports(record))


@pytest.mark.parametrize("record", REFUSED, ids=ids)
def test_what_torch_refuses_is_refused_for_the_same_reason(record: dict[str, Any]) -> None:
    for report in reports(record):
        (finding,) = report.findings
        assert finding.rule.code == "NN204"
        assert finding.message == (
            f"{record['layer']}: d_model 10 is not divisible by nhead 3; 2 or 5 divide it"
        )
        assert finding.help == "write nhead: 2 or 5"


# --- stacks: `repeat` on the layer, and a LayerNorm ---------------------------------------


def written_out(record: dict[str, Any], args: dict[str, Any]) -> str:
    """torch's stack as a spec; what repeat hands on is one output, so decoders stand alone."""
    given, kind = record["args"], record["layer"]
    norm: list[Any] = [{"type": "LayerNorm"}] if given.get("final_norm") else []
    copies = given.get("num_layers", 6)
    first, *others = [sample(shape, record) for shape in record["input_shapes"]]
    inputs = {"source": first}
    encoders = {"type": LAYERS[0], **args, "repeat": copies}
    if kind == "TransformerEncoder":
        layers = [encoders, *norm]
    elif kind == "TransformerDecoder":
        inputs = {"target": first, "memory": others[0]}
        layers = [*decoders(args, copies), *norm]
    else:
        inputs |= {"target": others[0]}
        norm = [{"type": "LayerNorm", "bias": args.get("bias", True)}]
        repeat = given.get("num_encoder_layers", 6)
        layers = [
            {**encoders, "from": "source", "repeat": repeat}, {**norm[0], "name": "memory"},
            *decoders(args, given.get("num_decoder_layers", 6)), *norm,
        ]  # fmt: skip
    return json.dumps({"nnlint": 1, "inputs": inputs, "layers": layers})


def decoders(args: dict[str, Any], copies: int) -> list[dict[str, Any]]:
    """The first takes the target, the others what the one before them gives."""
    sources = ["target", *["previous"] * (copies - 1)]
    return [{"type": LAYERS[1], **args, "from": [source, "memory"]} for source in sources]


def stacked(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The arguments of its layers; torch's Transformer has defaults where a layer has none."""
    defaults = {"nhead": 8} if record["layer"] == "Transformer" else {}
    for args in arguments(record):
        yield {**defaults, **args}


@pytest.mark.parametrize("record", STACKS, ids=ids)
def test_a_stack_counts_what_torch_counts(record: dict[str, Any]) -> None:
    for args in stacked(record):
        report = lint_text(written_out(record, args))
        assert errors(report) == []
        assert report.graph is not None
        total = report.graph.totals
        assert total.complete
        assert total.params == record["params"]
        assert (total.weights, total.biases) == (record["weight"], record["bias"])
        output = sample(record["output_shape"], record)
        assert list(report.graph.output.shape.known) == output


@pytest.mark.parametrize("record", STACKS, ids=ids)
def test_a_stack_has_torchs_tensors(record: dict[str, Any]) -> None:
    graph = lint_text(written_out(record, next(stacked(record)))).graph
    assert graph is not None
    shapes = [tensor.shape for node in graph.nodes for tensor in node.tensors * node.count]
    assert sorted(map(list, shapes)) == sorted(record["param_shapes"].values())


def test_every_record_is_there() -> None:
    assert (len(UNITS), len(REFUSED), len(STACKS)) == (24, 1, 20)


# --- by own arithmetic --------------------------------------------------------------------


def test_an_encoder_layer_multiplies() -> None:
    found = last(lint([encoder(dim_feedforward=20)], [5, 8]))
    assert found.macs == 5 * 4 * 8 * 8 + 2 * 5 * 5 * 8 + 5 * 2 * 8 * 20
    assert found.params == 4 * 8 * 8 + 4 * 8 + 2 * 8 * 20 + 20 + 8 + 2 * 2 * 8
    assert (found.output.dims, found.output.layout) == ((5, 8), Layout.SEQUENCE)


def test_a_decoder_layer_multiplies() -> None:
    found = last(lint([decoder(dim_feedforward=20)], [5, 8], [3, 8]))
    own = 5 * 4 * 8 * 8 + 2 * 5 * 5 * 8
    across = 2 * (5 + 3) * 8 * 8 + 2 * 5 * 3 * 8
    assert found.macs == own + across + 5 * 2 * 8 * 20
    assert found.output.dims == (5, 8)


def test_bert_base_is_twelve_encoder_layers() -> None:
    """FlopCounterMode on 128 tokens: addmm 10,872,225,792 (one pooler), bmm 301,989,888."""
    found = last(lint([encoder(12, dim_feedforward=3072, activation="gelu")], [128, 768]))
    assert found.macs is not None
    assert 12 * found.macs + 768 * 768 == 10_872_225_792 + 301_989_888
    tables = (30_522 + 512 + 2) * 768 + 2 * 768
    assert 12 * found.params + tables + 768 * 768 + 768 == 109_482_240


@pytest.mark.parametrize("name", LAYERS)
def test_keywords_and_defaults_are_torchs(name: str) -> None:
    attributes = layer_types()[name].attributes
    known = {key: ... if one.required else one.default for key, one in attributes.items()}
    assert known == SIGNATURE


@pytest.mark.parametrize("flag", [True, False])
def test_the_bias_flag_says_whether_there_are_any(*, flag: bool) -> None:
    found = last(lint([encoder(bias=flag)], [5, 8]))
    assert found.spec.bias is flag
    assert bool(found.biases) is flag


# --- what does not fit --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "shapes", "code", "words"),
    [(encoder(d_model=9), [[5, 8]], "NN201", "d_model is 9, but 8 arrive"),
     (decoder(d_model=9), [[5, 8], [3, 8]], "NN201", "d_model is 9, but 8 arrive"),
     (encoder(3), [[5, 8]], "NN204", "8 is not divisible by nhead 3; 2 or 4 divide it"),
     (decoder(), [[5, 8], [3, 6]], "NN202", "a memory [3, 6] and a target [5, 8] arrive"),
     (encoder(), [[8]], "NN202", "a sequence [T, features], but [8] arrives"),
     (encoder(), [[8, 5, 5]], "NN202", "a map [8, 5, 5] arrives"),
     (encoder(), [{"tokens": 8}], "NN202", "[8] token indices arrive"),
     (decoder(), [[5, 8], {"map": [8, 3]}], "NN202", "a map [8, 3] arrives"),
     (encoder(activation="silu"), [[5, 8]], "NN104", "expected relu or gelu"),
     (encoder(0), [[5, 8]], "NN106", "1 or more")],
)  # fmt: skip
def test_what_does_not_fit_is_refused(
    layer: dict[str, Any], shapes: list[object], code: str, words: str
) -> None:
    (finding,) = lint([layer], *shapes).findings
    assert finding.rule.code == code
    assert words in finding.message


def test_a_decoder_layer_takes_two_inputs() -> None:
    layer = {"type": "TransformerDecoderLayer", "nhead": 2}
    (finding,) = lint([layer], [5, 8]).findings
    assert finding.rule.code == "NN206"
    assert "takes 2 inputs" in finding.message


# --- what is not known --------------------------------------------------------------------


def test_after_an_unknown_layer() -> None:
    found = last(lint([{"type": "Linear"}, encoder()], [5, 8]))
    assert tensors(found) == {"linear1.bias": (2048,)}
    assert (found.complete, found.macs) == (False, None)


def test_a_stated_size_completes_it() -> None:
    found = last(lint([{"type": "Linear"}, encoder(d_model=8)], [5, 8]))
    assert tensors(found) == tensors(last(lint([encoder()], [5, 8])))
    assert (found.complete, str(found.output)) == (True, "[…, 8]")


@pytest.mark.parametrize("name", LAYERS)
def test_the_catalogues_formula_gives_what_is_counted(name: str) -> None:
    layer = encoder() if name == LAYERS[0] else decoder()
    found = last(lint([layer], *([[5, 8]] if layer["type"] == LAYERS[0] else [[5, 8]] * 2)))
    names, formula = {"d_model": 8, "dim_feedforward": 2048}, layer_types()[name].formula
    counted = {tensor: evaluated(text, names) for tensor, text in formula.items()}
    assert counted == {tensor.name: tensor.count for tensor in found.tensors}


@pytest.mark.parametrize("name", ["TransformerEncoderLayer", "TransformerDecoderLayer"])
def test_what_nobody_knows_leaves_it_as_a_sequence(name: str) -> None:
    layer, known = layer_types()[name], Shape((7, 6), Layout.SEQUENCE)
    sequence = UNKNOWN._replace(layout=Layout.SEQUENCE)
    memory = [] if name.startswith("TransformerE") else [known]
    assert layer(nhead=2).infer(UNKNOWN, *memory) == sequence
    if memory:
        assert layer(nhead=2).infer(known, UNKNOWN) == known

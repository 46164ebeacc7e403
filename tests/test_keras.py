"""`convention: keras`: single layers as Keras builds them, and what differs from PyTorch.

tests/data/oracle/keras.json holds what Keras 3.15 says of each layer. The adapter below
writes a record as the layers of a spec: channels first, in PyTorch's words. What a spec
can't say stands in the tables, each with its reason.
"""

from __future__ import annotations

import json
from collections import Counter
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema
import pytest

from nnlint import published
from nnlint.engine import lint_text
from nnlint.layers import keras_names, layer_types
from nnlint.layers.shape import UNKNOWN, Layout, Misfit, Shape
from tests.test_oracle import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from nnlint.layers.base import Layer

RECORDS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data/oracle/keras.json").read_text("utf-8")
)
UNITS = [record for record in RECORDS if "error" not in record]
REFUSED = [record for record in RECORDS if "error" in record]

NO_COUNTERPART = {
    "ActivityRegularization": "a term of the loss, no layer in PyTorch",
    "AdditiveAttention": "attention by a sum, without heads: no layer in PyTorch",
    "Attention": "attention without projections, with one learned scale: no layer in PyTorch",
    "Average": "the format merges by Add, Multiply and Concat",
    "ConvLSTM1D": "no layer in PyTorch",
    "ConvLSTM2D": "no layer in PyTorch",
    "Dot": "the format merges by Add, Multiply and Concat",
    "GaussianDropout": "no layer in PyTorch",
    "GaussianNoise": "no layer in PyTorch",
    "Masking": "marks steps for later layers: no layer in PyTorch",
    "Maximum": "the format merges by Add, Multiply and Concat",
    "Minimum": "the format merges by Add, Multiply and Concat",
    "Normalization": "holds a mean and variance that are computed once: no layer in PyTorch",
    "RepeatVector": "no layer in PyTorch",
    "SpectralNormalization": "wraps a layer and stores a vector: no layer in PyTorch",
    "Subtract": "the format merges by Add, Multiply and Concat",
    "UnitNormalization": "no layer in PyTorch",
}
"""Keras' layers that a spec can't say, and why."""


def one_of_two(record: dict[str, Any]) -> bool:
    """Only one of a norm's scale (gamma) and shift (beta) is learned."""
    args = record["args"]
    return args.get("scale", True) != args.get("center", True)


def only_a_shift(record: dict[str, Any]) -> bool:
    args = record["args"]
    return not args.get("scale", True) and args.get("center", True)


UNSAYABLE: dict[tuple[str, str], tuple[Callable[[dict[str, Any]], bool], str]] = {
    ("BatchNormalization", "one of scale and center"): (
        one_of_two, "affine is both the scale and the shift",
    ),
    ("GroupNormalization", "one of scale and center"): (
        one_of_two, "affine is both the scale and the shift",
    ),
    ("LayerNormalization", "center without scale"): (
        only_a_shift, "PyTorch's LayerNorm has a bias only beside its weight",
    ),
    ("PReLU", "shared_axes"): (
        lambda r: len(r["input_shapes"][0]) > 2,
        "Keras learns a factor an element, PyTorch one in all or one a channel",
    ),
    ("MultiHeadAttention", "value_dim"): (
        lambda r: r["args"].get("value_dim", r["args"]["key_dim"]) != r["args"]["key_dim"],
        "head_dim is one size, of keys and of values",
    ),
    ("MultiHeadAttention", "output_shape"): (
        lambda r: r["args"].get("output_shape", r["output_shape"][-1])
        != r["input_shapes"][0][-1],
        "the output is as wide as the query",
    ),
    ("Flatten", "no axis but the batch"): (
        lambda r: len(r["input_shapes"][0]) == 1, "a spec's input has an axis",
    ),
}  # fmt: skip
"""Settings of layers that a spec can say otherwise: a test for them, and why it can't."""

OTHER_OUTPUT: dict[tuple[str, str], str] = {
    ("Bidirectional", mode): reason
    for mode, reason in [
        ("sum", "bidirectional: true sets both directions side by side, as merge_mode: concat"),
        ("mul", "bidirectional: true sets both directions side by side, as merge_mode: concat"),
        ("ave", "bidirectional: true sets both directions side by side, as merge_mode: concat"),
        ("None", "the two directions leave as two outputs; here side by side, as one"),
    ]
}
"""Layers whose parameters a spec counts to the last one, but whose output is another."""

UNSAID = {
    "activation": "a layer of its own",
    "axis": "chooses the layout that the adapter says",
    "center": "affine, if scale is the same; of a LayerNorm bias",
    "data_format": "the adapter writes channels first",
    "depth_multiplier": "becomes out_channels",
    "go_backwards": "where it begins changes no shape and no count",
    "keepdims": "a Flatten",
    "mask_zero": "a mask changes no shape and no count",
    "merge_mode": "see OTHER_OUTPUT",
    "output_shape": "as wide as the query, else see UNSAYABLE",
    "return_sequences": "output: sequence or last",
    "return_state": "states leave beside the output in PyTorch too; the output is compared",
    "scale": "affine, if center is the same",
    "unit_forget_bias": "what a bias begins as changes no shape and no count",
    "value_dim": "as key_dim, else see UNSAYABLE",
}
"""Keras' keywords that are no key of the layer, and what becomes of them."""


class Part(NamedTuple):
    """A record as the part of a spec: what arrives, the layers, what should leave."""

    inputs: list[Shape]
    layers: list[dict[str, Any]]
    output: list[int]


def ids(record: dict[str, Any]) -> str:
    return f"{record['id']}-{record['layer']}"


def main_output(record: dict[str, Any]) -> list[Any]:
    """The output's shape without the batch; of several outputs the first one's."""
    shape = record["output_shape"]
    return (shape[0] if isinstance(shape[0], list) else shape)[1:]


def inputs(record: dict[str, Any]) -> list[list[int]]:
    return [shape[1:] for shape in record["input_shapes"]]


def channels_last(record: dict[str, Any]) -> bool:
    args = record["args"]
    return args.get("data_format") != "channels_first" and args.get("axis", -1) != 1


def turned(shape: list[Any], record: dict[str, Any]) -> list[Any]:
    """A map's axes with the channels first."""
    return [shape[-1], *shape[:-1]] if channels_last(record) else shape


def written(kind: str, args: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The layer with Keras' keywords in PyTorch's words, by the layers' own `keras` facts."""
    attributes = layer_types()[kind].attributes
    words = {keras: key for key, own in attributes.items() for keras in own.keras}
    keys = {word: words.get(word, word) for word in args if word not in UNSAID}
    assert set(keys.values()) <= set(attributes), (kind, keys)
    return {"type": kind, **{keys[word]: args[word] for word in keys}, **more}


# --- the adapter: one function a family of Keras' layers ---------------------------------


def as_map(*layers: dict[str, Any], of: dict[str, Any], leaves: Layout = Layout.MAP) -> Part:
    (x,) = inputs(of)
    layout = Layout.MAP if len(x) > 1 else Layout.FEATURES
    output = main_output(of)
    return Part(
        [Shape(tuple(turned(x, of)), layout)],
        list(layers),
        turned(output, of) if leaves is Layout.MAP else output,
    )


def on_last_axis(*layers: dict[str, Any], of: dict[str, Any]) -> Part:
    """Features, sequences, and more axes, as they stand."""
    layouts = {1: Layout.FEATURES, 2: Layout.SEQUENCE}
    shapes = [Shape(tuple(x), layouts.get(len(x), Layout.MAP)) for x in inputs(of)]
    return Part(shapes, list(layers), main_output(of))


def axes(record: dict[str, Any]) -> int:
    """Spatial axes: the number in Conv2D, MaxPooling3D."""
    return next(int(sign) for sign in record["layer"] if sign.isdigit())


def one_number(value: int | list[int]) -> int:
    return value[0] if isinstance(value, list) else value


def causal(record: dict[str, Any], args: dict[str, Any]) -> list[dict[str, Any]]:
    """Keras' padding: causal is a padding in front alone."""
    if args.get("padding") != "causal":
        return []
    args["padding"] = "valid"
    before = one_number(args.get("dilation_rate", 1)) * (one_number(args["kernel_size"]) - 1)
    return [{"type": "ZeroPad1d", "padding": [before, 0]}]


def convolution(record: dict[str, Any]) -> Part:
    args = dict(record["args"])
    front = causal(record, args)
    return as_map(*front, written(f"Conv{axes(record)}d", args), of=record)


def transposed(record: dict[str, Any]) -> Part:
    return as_map(written(f"ConvTranspose{axes(record)}d", record["args"]), of=record)


def depthwise_layer(record: dict[str, Any], args: dict[str, Any]) -> dict[str, Any]:
    channels = turned(inputs(record)[0], record)[0]
    width = channels * args.get("depth_multiplier", 1)
    kind = f"Conv{axes(record)}d"
    return written(kind, args, out_channels=width, groups=channels)


def depthwise(record: dict[str, Any]) -> Part:
    return as_map(depthwise_layer(record, record["args"]), of=record)


def separable(record: dict[str, Any]) -> Part:
    args = dict(record["args"])
    last = {key: args.pop(key) for key in ("filters", "use_bias") if key in args}
    pointwise = written(f"Conv{axes(record)}d", last, kernel_size=1)
    return as_map({**depthwise_layer(record, args), "bias": False}, pointwise, of=record)


def pooling(record: dict[str, Any]) -> Part:
    return as_map(written(keras_names()[record["layer"]], record["args"]), of=record)


def global_pooling(record: dict[str, Any]) -> Part:
    pool = written(keras_names()[record["layer"]], record["args"], output_size=1)
    return as_map(pool, {"type": "Flatten"}, of=record, leaves=Layout.FEATURES)


def upsampling(record: dict[str, Any]) -> Part:
    return as_map({"type": "Upsample", "scale_factor": record["args"]["size"]}, of=record)


def padding(record: dict[str, Any]) -> Part:
    """ZeroPadding, and Cropping as its negative; PyTorch begins with the last axis."""
    ((key, amount),) = record["args"].items()
    sign = -1 if key == "cropping" else 1
    by_axis = [amount] if axes(record) == 1 and isinstance(amount, list) else amount
    if isinstance(by_axis, list):
        sides: Any = [sign * side for pair in reversed(by_axis) for side in pair]
    else:
        sides = sign * by_axis
    return as_map({"type": f"ZeroPad{axes(record)}d", "padding": sides}, of=record)


def batch_norm(record: dict[str, Any]) -> Part:
    axes_of_map = max(len(inputs(record)[0]) - 1, 1)
    affine = record["args"].get("scale", True)
    kind = f"BatchNorm{axes_of_map}d"
    return as_map(written(kind, record["args"], affine=affine), of=record)


def group_norm(record: dict[str, Any]) -> Part:
    args = dict(record["args"])
    if args["groups"] == -1:  # each channel is a group
        args["groups"] = turned(inputs(record)[0], record)[0]
    return as_map(written("GroupNorm", args, affine=args.get("scale", True)), of=record)


def layer_norm(record: dict[str, Any]) -> Part:
    """Of a map the channels; Keras normalises the axis that it names, by default the last."""
    args = record["args"]
    norm = written("LayerNorm", args, bias=args.get("center", True))
    (x,) = inputs(record)
    if len(x) > 2:
        return as_map({**norm, "channels": True}, of=record)
    assert args.get("axis", -1) in {-1, len(x)}
    return on_last_axis(norm, of=record)


def rms_norm(record: dict[str, Any]) -> Part:
    assert record["args"].get("axis", -1) == -1
    return on_last_axis(written("RMSNorm", record["args"]), of=record)


def dense(record: dict[str, Any]) -> Part:
    act = {"relu": ["ReLU"], None: []}[record["args"].get("activation")]
    return on_last_axis(
        written("Linear", record["args"]), *({"type": name} for name in act), of=record
    )


EINSUM = {"ab,bc->ac": False, "...x,xy->...y": False, "abc,cd->abd": False, "abc,bd->adc": True}
"""Equations that are a Linear -> whether of the last axis but one."""


def einsum_dense(record: dict[str, Any]) -> Part:
    args = record["args"]
    leaves = args["output_shape"]
    exchange = [{"type": "Permute", "dims": [2, 1]}] * EINSUM[args["equation"]]
    width = leaves[-2 if exchange else -1] if isinstance(leaves, list) else leaves
    linear = {"type": "Linear", "out_features": width, "bias": "bias_axes" in args}
    part = on_last_axis(*exchange, linear, *exchange, of=record)
    # Keras says null of an axis whose size it was not told
    sizes = zip(part.output, part.inputs[0].dims, strict=True)
    return part._replace(output=[size or arriving for size, arriving in sizes])


def time_distributed(record: dict[str, Any]) -> Part:
    args = dict(record["args"])
    assert args.pop("layer") == "Dense"
    return on_last_axis(written("Linear", args), of=record)


def embedding(record: dict[str, Any]) -> Part:
    (x,) = inputs(record)
    table = written("Embedding", record["args"])
    return Part([Shape(tuple(x), Layout.TOKENS)], [table], main_output(record))


def stack(record: dict[str, Any], kind: str, **more: Any) -> Part:
    args = {key: value for key, value in record["args"].items() if key != "layer"}
    output = "sequence" if args.get("return_sequences") else "last"
    return on_last_axis(written(kind, args, output=output, **more), of=record)


def recurrent(record: dict[str, Any]) -> Part:
    return stack(record, keras_names().get(record["layer"], record["layer"]))


def bidirectional(record: dict[str, Any]) -> Part:
    inner = record["args"]["layer"]
    part = stack(record, keras_names().get(inner, inner), bidirectional=True)
    *before, width = part.output
    return part._replace(output=[*before, 2 * width])


def attention(record: dict[str, Any]) -> Part:
    """Keras is called with query, value, key; PyTorch with query, key, value."""
    query, value, key = on_last_axis(of=record).inputs
    layer = written("MultiheadAttention", record["args"])
    return Part([query, key, value], [layer], main_output(record))


def prelu(record: dict[str, Any]) -> Part:
    (x,) = inputs(record)
    return on_last_axis({"type": "PReLU", "num_parameters": x[0]}, of=record)


def activation(record: dict[str, Any]) -> Part:
    return on_last_axis({"type": {"relu": "ReLU"}[record["args"]["activation"]]}, of=record)


def softmax(record: dict[str, Any]) -> Part:
    return on_last_axis({"type": "Softmax", "dim": -1}, of=record)


def same_name(record: dict[str, Any]) -> Part:
    return on_last_axis(written(record["layer"], record["args"]), of=record)


def spatial_dropout(record: dict[str, Any]) -> Part:
    return as_map(written(keras_names()[record["layer"]], record["args"]), of=record)


def reshape(record: dict[str, Any]) -> Part:
    return on_last_axis({"type": "Reshape", "shape": record["args"]["target_shape"]}, of=record)


def merging(record: dict[str, Any]) -> Part:
    kind = {"Concatenate": "Concat"}.get(record["layer"], record["layer"])
    dim = {"dim": record["args"]["axis"]} if "axis" in record["args"] else {}
    return on_last_axis({"type": kind, **dim}, of=record)


ADAPTERS: dict[str, Callable[[dict[str, Any]], Part]] = {
    **dict.fromkeys(["Conv1D", "Conv2D", "Conv3D"], convolution),
    **dict.fromkeys(["Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"], transposed),
    **dict.fromkeys(["DepthwiseConv1D", "DepthwiseConv2D"], depthwise),
    **dict.fromkeys(["SeparableConv1D", "SeparableConv2D"], separable),
    **dict.fromkeys([f"{kind}Pooling{n}D" for kind in ("Max", "Average") for n in (1, 2, 3)],
                    pooling),
    **dict.fromkeys(
        [f"Global{kind}Pooling{n}D" for kind in ("Max", "Average") for n in (1, 2, 3)],
        global_pooling,
    ),
    **dict.fromkeys([f"UpSampling{n}D" for n in (1, 2, 3)], upsampling),
    **dict.fromkeys([f"{kind}{n}D" for kind in ("ZeroPadding", "Cropping") for n in (1, 2, 3)],
                    padding),
    **dict.fromkeys(["LSTM", "GRU", "SimpleRNN"], recurrent),
    **dict.fromkeys(["Add", "Multiply", "Concatenate"], merging),
    **dict.fromkeys(["MultiHeadAttention", "GroupedQueryAttention"], attention),
    **dict.fromkeys(["AlphaDropout", "Dropout", "ELU", "Flatten", "Identity", "LeakyReLU",
                     "Permute", "ReLU"], same_name),
    "Activation": activation, "BatchNormalization": batch_norm, "Bidirectional": bidirectional,
    "Dense": dense, "EinsumDense": einsum_dense, "Embedding": embedding,
    "GroupNormalization": group_norm, "LayerNormalization": layer_norm, "PReLU": prelu,
    "RMSNormalization": rms_norm, "Reshape": reshape, "Softmax": softmax,
    "SpatialDropout1D": spatial_dropout, "TimeDistributed": time_distributed,
}  # fmt: skip


def unsayable(record: dict[str, Any]) -> tuple[str, str] | None:
    """The entry of `UNSAYABLE` that the record falls under."""
    return next(
        (key for key, (holds, _) in UNSAYABLE.items() if key[0] == record["layer"]
         and holds(record)),
        None,
    )  # fmt: skip


def other_output(record: dict[str, Any]) -> tuple[str, str] | None:
    """The entry of `OTHER_OUTPUT` that the record falls under."""
    key = (record["layer"], str(record["args"].get("merge_mode", "concat")))
    return key if key in OTHER_OUTPUT else None


def has_counterpart(record: dict[str, Any]) -> bool:
    return record["layer"] not in NO_COUNTERPART and not unsayable(record)


COUNTED = [record for record in UNITS if has_counterpart(record)]


# --- what nnlint says of a part, and what Keras says -------------------------------------


def build(layer: dict[str, Any]) -> Layer:
    """The layer as the spec stage makes it, and the schema takes it."""
    kind = layer_types()[layer["type"]]
    jsonschema.Draft7Validator(published.fragment(kind)).validate(layer)
    values = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in layer.items()
        if key != "type"
    }
    return kind(**values, convention="keras")


def facts(part: Part) -> dict[str, Any]:
    """What nnlint says, in the record's terms."""
    arriving, tensors, buffers = part.inputs, [], []
    for one in map(build, part.layers):
        assert len(arriving) in one.inputs
        output = one.infer(*arriving)
        tensors += one.parameters(*arriving)
        buffers += one.buffers(*arriving)
        arriving = [output]
    return {
        "weight": sum(own.count for own in tensors if not own.is_bias),
        "bias": sum(own.count for own in tensors if own.is_bias),
        "other": sum(own.count for own in buffers),
        "total": sum(own.count for own in [*tensors, *buffers]),
        "output": list(arriving[0].known),
    }


def truth(record: dict[str, Any], part: Part) -> dict[str, Any]:
    """What Keras says; `params` is its own total, which holds moving statistics."""
    assert record["trainable"] == record["weight"] + record["bias"]
    assert record["other"] == record["non_trainable"]
    return {
        "weight": record["weight"],
        "bias": record["bias"],
        "other": record["other"],
        "total": record["params"],
        "output": part.output,
    }


@pytest.mark.parametrize("record", COUNTED, ids=ids)
def test_a_layer_counts_what_keras_counts(record: dict[str, Any]) -> None:
    part = ADAPTERS[record["layer"]](record)
    assert facts(part) == truth(record, part)


def spec(part: Part) -> str:
    """The part as a spec of its own."""
    keys = {Layout.TOKENS: "tokens", Layout.SEQUENCE: "sequence", Layout.MAP: "map"}

    def said(x: Shape) -> Any:
        if x.layout is Layout.FEATURES:
            return list(x.dims)
        return {keys[x.layout]: x.dims[0] if x.layout is Layout.TOKENS else list(x.dims)}

    names = [f"x{n}" for n in range(len(part.inputs))]
    several = len(names) > 1
    entry: dict[str, Any] = {"input": said(part.inputs[0])}
    first, *others = part.layers
    if several:
        entry = {"inputs": dict(zip(names, map(said, part.inputs), strict=True))}
        first = {**first, "from": names}
    layers = [first, *others]
    return json.dumps({"nnlint": 1, "convention": "keras", **entry, "layers": layers})


@pytest.mark.skipif(
    "convention" not in published.TOP_LEVEL, reason="the format has no `convention` yet"
)
@pytest.mark.parametrize("record", COUNTED, ids=ids)
def test_a_spec_counts_what_keras_counts(record: dict[str, Any]) -> None:
    part = ADAPTERS[record["layer"]](record)
    report = lint_text(spec(part))
    assert errors(report) == []
    assert report.graph is not None
    total = report.graph.totals
    said = {
        "weight": total.weights, "bias": total.biases, "other": total.buffers,
        "total": total.weights + total.biases + total.buffers,
        "output": list(report.graph.output.shape.known),
    }  # fmt: skip
    assert said == truth(record, part)


REASONS = {
    "keras-err-0005": ("NN204", "8 channels leave", "groups: 3"),
    "keras-err-0007": ("NN211", "its window spans 9", "only 8"),
    "keras-err-0009": ("NN205", "stride: 2 and dilation: 2 exclude each other in Keras"),
    "keras-err-0013": ("NN211", "its window spans 9", "only 8"),
    "keras-err-0015": ("NN202", "a sequence [T, features], but [4] arrives"),
    "keras-err-0019": ("NN204", "[5]", "4"),
}
"""What Keras' own error says, in words and numbers that the message must have."""

NO_VALUE = {
    "keras-err-0001": "-3 is less than the minimum",
    "keras-err-0011": "'causal' does not match",
    "keras-err-0017": "0 is less than the minimum",
}
"""Values that the schema refuses already."""

NO_SPEC = {"keras-err-0003": "a spec's input has an axis"}


def refused(table: dict[str, Any]) -> list[dict[str, Any]]:
    return [record for record in REFUSED if record["id"] in table]


@pytest.mark.parametrize("record", refused(NO_VALUE), ids=ids)
def test_what_keras_refuses_as_a_value_the_schema_refuses(record: dict[str, Any]) -> None:
    kind = {"Conv2D": "Conv2d", "Dense": "Linear"}.get(record["layer"], record["layer"])
    with pytest.raises(jsonschema.ValidationError, match=NO_VALUE[record["id"]]):
        build(written(kind, record["args"]))


@pytest.mark.parametrize("record", refused(REASONS), ids=ids)
def test_what_keras_refuses_is_refused_for_the_same_reason(record: dict[str, Any]) -> None:
    code, *words = REASONS[record["id"]]
    part = ADAPTERS[record["layer"]]({**record, "output_shape": [None, 1]})
    with pytest.raises(Misfit) as misfit:
        facts(part)
    assert misfit.value.code == code
    for word in words:
        assert word in misfit.value.message


# --- the tally ---------------------------------------------------------------------------


def verdict(record: dict[str, Any]) -> tuple[str, str]:
    """Whether it is counted, or why not."""
    layer = record["layer"]
    if layer in NO_COUNTERPART:
        return "no counterpart", f"{layer}: {NO_COUNTERPART[layer]}"
    if key := unsayable(record):
        return "no counterpart", f"{layer}, {key[1]}: {UNSAYABLE[key][1]}"
    part = ADAPTERS[layer](record)
    if facts(part) != truth(record, part):
        return "wrong", record["id"]
    if key := other_output(record):
        return "counted, other output", f"{layer}, merge_mode {key[1]}: {OTHER_OUTPUT[key]}"
    return "exact", layer


def test_the_tally_adds_up() -> None:
    """Shown by `pytest -rP`."""
    verdicts = list(map(verdict, UNITS))
    tally = Counter(kind for kind, _ in verdicts)
    print(*(f"{kind}: {n}," for kind, n in tally.items()), f"of {len(UNITS)}")  # noqa: T201
    for (kind, reason), n in sorted(Counter(verdicts).items()):
        if kind != "exact":
            print(f"  {kind}, {n}: {reason}")  # noqa: T201
    print(f"refused by Keras: {len(REFUSED)}")  # noqa: T201
    assert tally.total() == len(UNITS) == 343
    assert tally == {"exact": 288, "counted, other output": 12, "no counterpart": 43}


def test_the_tables_hold_every_record_and_nothing_else() -> None:
    layers = {record["layer"] for record in UNITS}
    assert layers == set(ADAPTERS) | set(NO_COUNTERPART)
    assert not set(ADAPTERS) & set(NO_COUNTERPART)
    assert {key for record in UNITS if (key := unsayable(record))} == set(UNSAYABLE)
    assert {key for record in UNITS if (key := other_output(record))} == set(OTHER_OUTPUT)
    answered = {*REASONS, *NO_VALUE, *NO_SPEC}
    assert answered == {record["id"] for record in REFUSED}


def test_every_keyword_of_keras_is_said_or_in_the_table() -> None:
    """`written` fails on any other; this one, on an entry that no record needs."""
    used = {key for record in UNITS for key in record["args"]}
    assert set(UNSAID) <= used


# --- what differs from PyTorch -----------------------------------------------------------


def both(kind: str, **values: Any) -> tuple[Layer, Layer]:
    """The layer under PyTorch's convention and under Keras'."""
    make = layer_types()[kind]
    return make(**values), make(**values, convention="keras")


def sequence(*dims: int) -> Shape:
    return Shape(dims, Layout.SEQUENCE)


def a_map(*dims: int) -> Shape:
    return Shape(dims, Layout.MAP)


def biases(layer: Layer, *arriving: Shape) -> list[tuple[str, int]]:
    return [(own.name, own.count) for own in layer.parameters(*arriving) if own.is_bias]


def refusal(layer: Layer, x: Shape) -> Misfit:
    with pytest.raises(Misfit) as misfit:
        layer.infer(x)
    return misfit.value


@pytest.mark.parametrize(("kind", "gates"), [("RNN", 1), ("LSTM", 4)])
def test_keras_has_one_bias_vector(kind: str, gates: int) -> None:
    torch, keras = both(kind, hidden_size=5, num_layers=2)
    rows = 5 * gates
    first = [("bias_ih_l0", rows), ("bias_hh_l0", rows)]
    assert biases(torch, sequence(7, 3))[:2] == first
    assert biases(keras, sequence(7, 3)) == [("bias_ih_l0", rows), ("bias_ih_l1", rows)]
    torch, keras = both(f"{kind}Cell", hidden_size=5)
    x = Shape((3,), Layout.FEATURES)
    assert biases(torch, x) == [("bias_ih", rows), ("bias_hh", rows)]
    assert biases(keras, x) == [("bias_ih", rows)]


@pytest.mark.parametrize(
    ("kind", "suffix", "x"),
    [("GRU", "_l0", sequence(7, 3)), ("GRUCell", "", Shape((3,), Layout.FEATURES))],
)
def test_a_gru_has_two_where_it_resets_after(kind: str, suffix: str, x: Shape) -> None:
    two = [(f"bias_ih{suffix}", 15), (f"bias_hh{suffix}", 15)]
    torch, keras = both(kind, hidden_size=5)
    assert biases(torch, x) == biases(keras, x) == two
    torch, keras = both(kind, hidden_size=5, reset_after=False)
    assert biases(keras, x) == two[:1]
    assert keras.infer(x)
    assert biases(both(kind, hidden_size=5, reset_after=False, bias=False)[1], x) == []
    for arriving in (x, UNKNOWN):
        misfit = refusal(torch, arriving)
        assert (misfit.code, misfit.key) == ("NN205", "reset_after")
        assert f"PyTorch's {kind} always resets after the product" in misfit.message
        assert "convention: keras" in (misfit.help or "")


@pytest.mark.parametrize("kind", ["LSTM", "RNN"])
def test_only_a_gru_has_a_gate_that_resets(kind: str) -> None:
    assert "reset_after" not in layer_types()[kind].attributes


@pytest.mark.parametrize(
    ("kind", "values", "x"),
    [("LSTM", {"hidden_size": 5, "bidirectional": True}, sequence(7, 3)),
     ("GRU", {"hidden_size": 5}, sequence(7, 3)),
     ("Conv2d", {"out_channels": 4, "kernel_size": 3, "stride": 2, "padding": 1},
      a_map(3, 9, 9)),
     ("Conv2d", {"out_channels": 4, "kernel_size": 3, "padding": "same"}, a_map(3, 9, 8)),
     ("ConvTranspose2d", {"out_channels": 4, "kernel_size": 3, "stride": 2}, a_map(3, 9, 9)),
     ("Linear", {"out_features": 4}, sequence(7, 3))],
)  # fmt: skip
def test_the_convention_changes_no_multiply_accumulates(
    kind: str, values: dict[str, Any], x: Shape
) -> None:
    torch, keras = both(kind, **values)
    assert torch.infer(x) == keras.infer(x)
    assert torch.macs([x], torch.infer(x)) == keras.macs([x], keras.infer(x)) > 0


@pytest.mark.parametrize(
    ("size", "kernel", "stride"),
    [(size, kernel, stride) for size in (1, 2, 7, 8) for kernel in (1, 2, 3, 5, 9)
     for stride in (1, 2, 3)],
)  # fmt: skip
def test_same_takes_a_place_each_step(size: int, kernel: int, stride: int) -> None:
    """⌈size / stride⌉, and so many positions to multiply at."""
    places = -(-size // stride)
    values = {"kernel_size": kernel, "stride": stride, "padding": "same"}
    x = a_map(2, size, size)
    conv = both("Conv2d", out_channels=3, **values)[1]
    output = conv.infer(x)
    assert output.dims == (3, places, places)
    assert conv.macs([x], output) == places**2 * 2 * 3 * kernel**2
    for kind in ("MaxPool2d", "AvgPool2d"):
        assert both(kind, **values)[1].infer(x).dims == (2, places, places)
    # PyTorch's numbers that the messages advise come to the same
    if kernel % 2:
        halves = both("Conv2d", out_channels=3, **{**values, "padding": kernel // 2})[0]
        assert halves.infer(x).dims == output.dims


def test_same_with_a_stride_stays_refused_in_torch() -> None:
    torch, keras = both("Conv2d", out_channels=4, kernel_size=3, stride=2, padding="same")
    misfit = refusal(torch, a_map(3, 9, 9))
    assert (misfit.code, misfit.key) == ("NN205", "padding")
    assert "torch refuses the two together" in misfit.message
    assert keras.infer(a_map(3, 9, 9)).dims == (4, 5, 5)


@pytest.mark.parametrize(
    ("kind", "kernel", "remedy"),
    [("MaxPool2d", 3, "padding: 1"), ("AvgPool2d", (3, 5), "padding: [1, 2]"),
     ("MaxPool1d", 2, "the padding as numbers"), ("AvgPool3d", 3, "padding: 1"),
     ("ConvTranspose2d", 3, "the padding as numbers")],
)  # fmt: skip
@pytest.mark.parametrize("x", [None, UNKNOWN])
def test_words_for_a_padding_are_keras_way(
    kind: str, kernel: Any, remedy: str, x: Shape | None
) -> None:
    channels = {"out_channels": 4} if "Conv" in kind else {}
    x = x or a_map(3, *(9,) * int(kind[-2]))
    torch, _ = both(kind, kernel_size=kernel, padding="same", **channels)
    misfit = refusal(torch, x)
    assert (misfit.code, misfit.key) == ("NN205", "padding")
    assert f"PyTorch's {kind} takes numbers alone" in misfit.message
    assert misfit.help == f"write {remedy}, or convention: keras at the top of the spec"
    torch, keras = both(kind, kernel_size=kernel, padding="valid", **channels)
    assert "write padding: 0, or" in (refusal(torch, x).help or "")
    if x is not UNKNOWN:
        none = both(kind, kernel_size=kernel, **channels)[0]
        assert keras.infer(x) == none.infer(x)


@pytest.mark.parametrize("kind", ["MaxPool1d", "MaxPool2d", "MaxPool3d"])
def test_no_padding_is_advised_that_torch_refuses(kind: str) -> None:
    """A dilated window spans 5, but half of its 3 elements is 1."""
    values = {"kernel_size": 3, "dilation": 2}
    x = a_map(3, *(9,) * int(kind[-2]))
    misfit = refusal(both(kind, padding="same", **values)[0], x)
    assert "write the padding as numbers, or" in (misfit.help or "")
    assert refusal(both(kind, padding=2, **values)[0], x).key == "padding"


def test_a_mean_in_keras_leaves_the_padding_out() -> None:
    for word in ("same", "valid"):
        assert both("AvgPool2d", kernel_size=3, padding=word)[1].passes_shift
    assert not both("AvgPool2d", kernel_size=3, padding=1)[1].passes_shift


def test_valid_pooling_drops_what_is_left_over() -> None:
    pool = both("MaxPool2d", kernel_size=2, padding="valid")[1]
    assert pool.infer(a_map(3, 7, 8)).dims == (3, 3, 4)
    misfit = refusal(both("AvgPool3d", kernel_size=3, padding="valid")[1], a_map(1, 2, 3, 3))
    assert misfit.code == "NN211"
    assert both("AvgPool3d", kernel_size=3, padding="same")[1].infer(a_map(1, 2, 3, 3))


@pytest.mark.parametrize(
    ("values", "leaves"),
    [({"kernel_size": 3, "stride": 2, "padding": "same"}, 5 * 2),
     ({"kernel_size": 2, "stride": 3, "padding": "same"}, 5 * 3),
     ({"kernel_size": 3, "stride": 2, "padding": "valid"}, 4 * 2 + 3),
     # Keras' doc: (size − 1)·stride + max(kernel, stride) where output_padding is not given
     ({"kernel_size": 2, "stride": 3, "padding": "valid"}, 4 * 3 + 3),
     ({"kernel_size": 2, "stride": 3}, 4 * 3 + 3),
     ({"kernel_size": 2, "stride": 3, "output_padding": 0}, 4 * 3 + 2),
     ({"kernel_size": 2, "stride": 3, "padding": "same", "output_padding": 2}, 4 * 3 + 2),
     ({"kernel_size": 3, "stride": 3, "padding": "same", "output_padding": 0}, 4 * 3 + 1)],
)  # fmt: skip
def test_a_transposed_convolution_as_keras_sizes_it(
    values: dict[str, Any], leaves: int
) -> None:
    x = a_map(2, 5)
    _, keras = both("ConvTranspose1d", out_channels=3, **values)
    assert keras.infer(x).dims == (3, leaves)
    assert keras.macs([x], keras.infer(x)) == 5 * 2 * 3 * prod([values["kernel_size"]])


def test_nothing_may_be_left_of_nothing() -> None:
    values = {"kernel_size": 2, "padding": "same", "output_padding": 0}
    misfit = refusal(both("ConvTranspose1d", out_channels=3, **values)[1], a_map(2, 1))
    assert misfit.code == "NN211"
    assert "paints 0 elements on axis 2" in misfit.message


def test_more_at_the_end_is_less_than_a_stride_in_keras() -> None:
    values = {"out_channels": 3, "kernel_size": 3, "dilation": 3, "output_padding": 2}
    torch, keras = both("ConvTranspose1d", **values)
    assert torch.infer(a_map(2, 6)).dims == (3, 14)
    misfit = refusal(keras, a_map(2, 6))
    assert "must be less than the stride 1" in misfit.message
    assert "dilation" not in misfit.message
    assert misfit.help == "write 0 or less"


@pytest.mark.parametrize("kind", ["Conv2d", "ConvTranspose2d"])
def test_keras_takes_no_stride_with_a_dilation(kind: str) -> None:
    torch, keras = both(kind, out_channels=3, kernel_size=2, stride=2, dilation=(1, 2))
    assert torch.infer(a_map(2, 9, 9))
    misfit = refusal(keras, a_map(2, 9, 9))
    assert (misfit.code, misfit.key) == ("NN205", "dilation")
    assert "stride: 2 and dilation: [1, 2] exclude each other in Keras" in misfit.message


@pytest.mark.parametrize("kind", ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d"])
def test_keras_stores_two_moving_statistics(kind: str) -> None:
    x = a_map(6, *(4,) * int(kind[-2]))
    torch, keras = both(kind)
    stored = [("running_mean", 6), ("running_var", 6)]
    assert [(own.name, own.count) for own in keras.buffers(x)] == stored
    assert [(own.name, own.count) for own in torch.buffers(x)][2:] == [
        ("num_batches_tracked", 1)
    ]
    assert [*torch.parameters(x)] == [*keras.parameters(x)]
    assert [*both(kind, track_running_stats=False)[1].buffers(x)] == []


@pytest.mark.parametrize("kind", ["MaxUnpool2d", "LPPool2d", "FractionalMaxPool2d"])
def test_poolings_that_keras_lacks_take_no_words(kind: str) -> None:
    attribute = layer_types()[kind].attributes.get("padding")
    assert attribute is None or "string" not in attribute.kind["type"]


def test_the_derivation_of_a_row_has_the_moving_statistics() -> None:
    """Keras' count_params of BatchNormalization on 9 features: gamma, beta, mean, variance."""
    text = "nnlint: 1\nconvention: keras\ninput: [9]\nlayers: [BatchNorm1d]\n"
    graph = lint_text(text).graph
    assert graph is not None
    assert (graph.nodes[0].derivation, graph.totals.params) == ("9 + 9 + 9 + 9", 4 * 9)


@pytest.mark.parametrize(
    ("stride", "dilation", "codes"), [(1, 2, []), (2, 1, []), (2, 2, ["NN205"])]
)
def test_a_keras_convolution_strides_or_is_dilated(
    stride: int, dilation: int, codes: list[str]
) -> None:
    """keras.layers.Conv2D: strides > 1 is incompatible with dilation_rate > 1."""
    layer = f"type: Conv2d, out_channels: 2, kernel_size: 3, stride: {stride}"
    text = f"nnlint: 1\nconvention: keras\ninput: [3, 9, 9]\nlayers: [{{{layer}, "
    found = lint_text(f"{text}dilation: {dilation}}}]\n").findings
    assert [finding.rule.code for finding in found] == codes


@pytest.mark.parametrize(("convention", "codes"), [("torch", []), ("keras", ["NN205"])])
def test_output_padding_stays_below_keras_stride_and_torchs_dilation(
    convention: str, codes: list[str]
) -> None:
    """torch wants it below stride or dilation, Keras below the stride alone."""
    layer = "type: ConvTranspose2d, out_channels: 2, kernel_size: 2, dilation: 2"
    text = f"nnlint: 1\nconvention: {convention}\ninput: [3, 9, 9]\nlayers: [{{{layer}, "
    found = lint_text(f"{text}output_padding: 1}}]\n").findings
    assert [finding.rule.code for finding in found if finding.rule.code != "NN414"] == codes

"""Random networks: what each layer is where others stand before it, and the totals."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import pytest
from hypothesis import HealthCheck, Phase, assume, given, note, settings
from hypothesis import strategies as st

from nnlint.engine import lint_text
from tests.live.differences import explanation, reads_batch
from tests.live.drawing import INFERRED, cases
from tests.live.framework import (
    BATCH,
    EXAMPLES,
    Case,
    ask_nnlint,
    ask_torch,
    built,
    counts,
    dumped,
    errors,
    outcome,
    sample,
    torch,
)

if TYPE_CHECKING:
    from nnlint.report import Report

FlopCounterMode = pytest.importorskip("torch.utils.flop_counter").FlopCounterMode
pytestmark = pytest.mark.filterwarnings("ignore")

Layer: TypeAlias = dict[str, Any]
Path: TypeAlias = tuple[Any, ...]

ACTIVATIONS = ("ReLU", "GELU", "Tanh", "PReLU", "Dropout", "SiLU", "Identity")
POOLS = {
    ("text", 1): ("Embedding",),
    ("sequence", 2): ("Linear", "LSTM", "GRU", "RNN", "LayerNorm", "RMSNorm", "Flatten", "GLU",
                      "Softmax", "MultiheadAttention", "TransformerEncoderLayer",
                      *ACTIVATIONS),
    ("map", 2): ("Conv1d", "ConvTranspose1d", "MaxPool1d", "AvgPool1d", "BatchNorm1d",
                 "GroupNorm", "ReflectionPad1d", "AdaptiveAvgPool1d", "Upsample", "Flatten",
                 "InstanceNorm1d", *ACTIVATIONS),
    ("map", 3): ("Conv2d", "Conv2d", "ConvTranspose2d", "MaxPool2d", "AvgPool2d", "BatchNorm2d",
                 "GroupNorm", "ZeroPad2d", "AdaptiveAvgPool2d", "Upsample", "PixelShuffle",
                 "PixelUnshuffle", "ChannelShuffle", "Flatten", "LPPool2d", *ACTIVATIONS),
    ("map", 4): ("Conv3d", "ConvTranspose3d", "MaxPool3d", "AvgPool3d", "BatchNorm3d",
                 "GroupNorm", "ConstantPad3d", "AdaptiveMaxPool3d", "Flatten", *ACTIVATIONS),
    ("features", 1): ("Linear", "Linear", "BatchNorm1d", "LayerNorm", "GroupNorm", "GRUCell",
                      "Flatten", *ACTIVATIONS),
}  # fmt: skip
"""What may come next where such an output arrives."""

INPUTS = {
    "text": st.tuples(st.integers(1, 6)),
    "sequence": st.tuples(st.integers(1, 6), st.integers(1, 8)),
    "map": st.integers(2, 4).flatmap(
        lambda rank: st.tuples(
            st.sampled_from([1, 3, 4, 8]), *[st.integers(4, 12)] * (rank - 1)
        )
    ),
    "features": st.tuples(st.integers(1, 20)),
}
TRIES = 3
REPEAT = {"repeat": 2}
FALLBACK: tuple[tuple[str, Layer], ...] = (
    ("Identity", {}), ("Embedding", {"num_embeddings": 5, "embedding_dim": 6}),
)  # fmt: skip
"""What is always taken: of numbers, and of indices."""

COUNTED = (
    "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d",
    "Linear", "Flatten", "ReLU", "MaxPool2d", "BatchNorm2d",
)  # fmt: skip
"""Layers whose multiply-accumulates torch's FlopCounterMode counts as nnlint does."""


class Refused(Exception):  # noqa: N818 - what torch answers
    """torch does not take the layer at this path."""


class Edge(NamedTuple):
    """A tensor on its way, and what its axes mean."""

    tensor: Any
    layout: str

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.tensor.shape[1:])

    @property
    def said(self) -> str:
        """How a spec says so, where the shape does not."""
        if self.layout == "text":
            return "tokens"
        return self.layout if len(self.shape) == 2 else ""

    @property
    def pool(self) -> tuple[str, ...]:
        """What may take it."""
        return POOLS.get((self.layout, len(self.shape)), ("Flatten", *ACTIVATIONS))


class Network:
    """A network that is drawn layer by layer while torch runs it.

    Attributes:
        sums: path -> the counts of all copies of the layer there.
        outputs: path -> the shape that leaves the last copy.
        flops: the operations that torch counts, if only some layers are drawn.
    """

    def __init__(self, draw: Any, only: tuple[str, ...] = ()) -> None:
        self.draw, self.only = draw, only
        self.sums: dict[Path, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.outputs: dict[Path, list[int]] = {}
        self.named: dict[str, Edge] = {}
        self.modules: list[Any] = []
        self.flops = 0

    # drawing

    def layer(self, edge: Edge) -> Layer:
        """A layer that may take the edge, its inferred sizes left out."""
        case = self.case(edge)
        right = stated_sizes(edge.shape)
        kept = {key: value for key, value in case.args.items() if right.get(key) != value}
        return {"type": case.name, **kept, **self.draw(st.sampled_from([{}] * 4 + [REPEAT]))}

    def case(self, edge: Edge) -> Case:
        """Of a few the first that torch takes, and on which the two agree."""
        pool = [name for name in edge.pool if not self.only or name in self.only]
        agreed = Case(*FALLBACK[edge.layout == "text"], edge.shape)
        for _ in range(TRIES):
            name = self.draw(st.sampled_from(pool or ["ReLU"]))
            case = self.draw(cases(name, edge.shape))
            case = case._replace(layout=edge.said, left_out=(), other=())
            truth, said = ask_torch(case), ask_nnlint(case)
            if not explanation(case, truth, said):
                agreed = case
            if not truth.refusal:
                break
        return agreed

    def group(self, edge: Edge, depth: int = 0) -> Layer:
        """A Sequential of a few layers, each drawn for what arrives at the group."""
        nests = self.draw(st.lists(st.integers(0, 5 - depth), min_size=1, max_size=3))
        layers = [
            self.group(edge, depth - 1) if nest > 4 else self.layer(edge) for nest in nests
        ]
        return {"type": "Sequential", "layers": layers,
                **self.draw(st.sampled_from([{}, REPEAT]))}  # fmt: skip

    # running

    def run(self, path: Path, layer: Layer, edge: Edge) -> Edge:
        """All copies of a layer, one after the other."""
        for _ in range(layer.get("repeat", 1)):
            edge = self.once(path, layer, edge)
        return edge

    def once(self, path: Path, layer: Layer, edge: Edge) -> Edge:
        """One copy."""
        if layer["type"] != "Sequential":
            return self.leaf(path, layer, edge)
        for index, inner in enumerate(layer["layers"]):
            edge = self.run((*path, "layers", index), inner, edge)
        return edge

    def counted(self, module: Any, inputs: tuple[Any, ...], args: Layer) -> Any:
        """What leaves the layer; its operations are added up where that is asked."""
        if not self.only:
            return outcome(module, inputs, args)
        with FlopCounterMode(display=False) as counter:
            tensor = outcome(module, inputs, args)
        self.flops += counter.get_total_flops()
        return tensor

    def leaf(self, path: Path, layer: Layer, edge: Edge) -> Edge:
        """One copy of a layer that holds no others."""
        args = {
            key: layer[key] for key in layer if key not in {"type", "repeat", "name", "from"}
        }
        args = {**required_sizes(layer["type"], edge.shape), **args}
        inputs = (edge.tensor,) * (3 if layer["type"] == "MultiheadAttention" else 1)
        if isinstance(names := layer.get("from"), list):
            inputs = tuple(self.named[name].tensor for name in names)
            args = {**args, "in1_features": inputs[0].shape[-1],
                    "in2_features": inputs[1].shape[-1]}  # fmt: skip
        case = Case(layer["type"], args, edge.shape, edge.said)
        if reads_batch(case):
            raise Refused(path, "its first axis would be the batch")
        if not isinstance(layer.get("from"), list):
            assume(not explanation(case, ask_torch(case), ask_nnlint(case)))
        try:
            module = built(layer["type"], args)
            tensor = self.counted(module, inputs, args)
        except Exception as error:
            raise Refused(path, f"{type(error).__name__}: {error}") from error
        if 0 in tensor.shape:
            raise Refused(path, "nothing is left")
        for key, number in counts(module).items():
            self.sums[path][key] += number
        self.outputs[path] = list(tensor.shape[1:])
        self.modules.append(module)
        return Edge(tensor, layout_after(layer, edge, tensor.dim() - 1))


def stated_sizes(shape: tuple[int, ...]) -> dict[str, Any]:
    """The sizes that a spec may leave out, and what they are."""
    last = {"in_features", "input_size", "embed_dim", "d_model", "kdim", "vdim"}
    right: dict[str, Any] = {key: shape[-1 if key in last else 0] for key in INFERRED}
    right["normalized_shape"] = [shape[-1]] if len(shape) < 3 else None
    return right


def required_sizes(name: str, shape: tuple[int, ...]) -> dict[str, Any]:
    """Those of them that torch wants for this layer."""
    wanted = {
        "Linear": "in_features", "GRUCell": "input_size", "LSTM": "input_size",
        "GRU": "input_size", "RNN": "input_size", "GroupNorm": "num_channels",
        "LayerNorm": "normalized_shape", "RMSNorm": "normalized_shape",
        "MultiheadAttention": "embed_dim", "TransformerEncoderLayer": "d_model",
    }.get(name)  # fmt: skip
    if name.startswith("Conv"):
        wanted = "in_channels"
    if name.startswith(("BatchNorm", "InstanceNorm")):
        wanted = "num_features"
    if name.startswith("Constant"):
        wanted = None
    return {wanted: stated_sizes(shape)[wanted]} if wanted else {}


def layout_after(layer: Layer, edge: Edge, rank: int) -> str:
    """What the axes of an output mean."""
    if rank == 1:
        return "features"
    return "sequence" if edge.layout in {"text", "sequence"} else "map"


def written(kind: str, shape: tuple[int, ...]) -> Any:
    """The input, as the spec says it."""
    if kind == "text":
        return {"tokens": shape[0]}
    return {kind: list(shape)} if kind in {"map", "sequence"} else list(shape)


class Drawn(NamedTuple):
    """A network, its spec, and where torch refuses it."""

    network: Network
    text: str
    refused: Path
    words: str
    output: list[int]


def drawn_network(draw: Any, kind: str, only: tuple[str, ...] = ()) -> Drawn:
    """Up to eight layers, as far as torch takes them."""
    shape = draw(INPUTS[kind])
    edge = Edge(sample(shape, indices=kind == "text"), kind)
    network, layers = Network(draw, only), list[Layer]()
    refused, words = (), ""
    for index in range(draw(st.integers(2, 8))):
        source, edge = taken(network, edge)
        layers.append({**source, **next_layer(network, edge), "name": f"n{index}"})
        try:
            if isinstance(names := layers[-1].get("from"), list):
                edge = network.named[names[0]]
            with torch.no_grad():
                edge = network.run(("layers", index), layers[-1], edge)
        except Refused as error:
            refused, words = error.args
            break
        network.named[f"n{index}"] = edge
    return Drawn(network, dumped({"input": written(kind, shape), "layers": layers}), refused,
                 words, list(edge.shape))  # fmt: skip


def next_layer(network: Network, edge: Edge) -> Layer:
    """A layer, a group, or a layer of two inputs."""
    kind = network.draw(st.integers(0, 9))
    pairs = [[one, two] for one, first in network.named.items()
             for two, second in network.named.items()
             if one < two and first.tensor.shape[:-1] == second.tensor.shape[:-1]]  # fmt: skip
    if kind == 9 and pairs and not network.only:
        return {
            "type": "Bilinear",
            "out_features": 3,
            "from": network.draw(st.sampled_from(pairs)),
        }
    return network.group(edge) if kind > 6 and edge.layout != "text" else network.layer(edge)


def taken(network: Network, edge: Edge) -> tuple[Layer, Edge]:
    """What came before, or now and then an earlier layer by its name."""
    names = list(network.named)
    if len(names) < 2 or network.draw(st.integers(0, 7)) < 7:
        return {}, edge
    name = network.draw(st.sampled_from(names))
    return {"from": name}, network.named[name]


def rows(report: Report) -> tuple[dict[Path, dict[str, int]], dict[Path, list[int]]]:
    """What nnlint says of each path: the sums over its copies, and the last one's output."""
    assert report.graph is not None
    sums: dict[Path, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    outputs = {}
    for node in report.graph.nodes:
        for key, number in (("params", node.params), ("biases", node.biases),
                            ("buffers", node.stored)):  # fmt: skip
            sums[node.path][key] += number
        outputs[node.path] = list(node.output.dims)
    return sums, outputs


def compare(drawn: Drawn, report: Report) -> None:
    """Where torch takes the network, all is equal; where not, an error is there."""
    wrong = errors(report)
    words = [finding.message for finding in wrong]
    if drawn.refused:
        depth = len(drawn.refused)
        places = {finding.path[:depth] for finding in wrong}
        assert drawn.refused in places, (drawn.refused, drawn.words, words)
        return
    assert words == []
    sums, outputs = rows(report)
    assert outputs == drawn.network.outputs
    assert sums == drawn.network.sums
    assert report.graph is not None
    total, modules = report.graph.totals, drawn.network.modules
    assert total.complete
    assert total.params == sum(p.numel() for module in modules for p in module.parameters())
    assert list(report.graph.output.shape.known) == drawn.output


SETTINGS = settings(
    max_examples=2 * EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a network shrinks for minutes
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("kind", INPUTS)
@SETTINGS
@given(data=st.data())
def test_a_network_is_what_torch_makes_of_it(kind: str, data: st.DataObject) -> None:
    drawn = drawn_network(data.draw, kind)
    note(f"{drawn.text}torch: {drawn.refused} {drawn.words} {dict(drawn.network.outputs)}")
    compare(drawn, lint_text(drawn.text))


@SETTINGS
@given(data=st.data())
def test_macs_are_what_torch_counts(data: st.DataObject) -> None:
    """FlopCounterMode counts two operations for each, and the whole batch."""
    kind = data.draw(st.sampled_from(["map", "sequence", "features"]))
    drawn = drawn_network(data.draw, kind, only=COUNTED)
    note(drawn.text)
    graph = lint_text(drawn.text).graph
    assert graph is not None
    assert drawn.refused or graph.totals.macs == drawn.network.flops // 2 // BATCH


TABLE = {"type": "Embedding", "num_embeddings": 5, "embedding_dim": 2}


@pytest.mark.parametrize(
    ("shape", "before"),
    [
        ([8], {"type": "Linear", "out_features": 4}),
        ([3, 8, 8], {"type": "Conv2d", "out_channels": 4, "kernel_size": 3}),
    ],
)
def test_what_a_layer_computes_is_no_index(shape: list[int], before: Layer) -> None:
    """torch: Expected tensor for argument #1 'indices' to have scalar types Long, Int."""
    assert errors(lint_text(dumped({"input": shape, "layers": [before, TABLE]})))

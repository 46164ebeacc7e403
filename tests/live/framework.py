"""What torch says of a layer, and what nnlint says of the same: both in the same terms."""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml

from nnlint.engine import lint_text
from nnlint.finding import Severity
from nnlint.layers import layer_types

if TYPE_CHECKING:
    from nnlint.finding import Finding
    from nnlint.layers.base import ParamTensor
    from nnlint.report import Report

torch: Any = pytest.importorskip(
    "torch", reason="the live oracle needs torch: pip install torch"
)
torch.set_num_threads(1)

BATCH = 2
EXAMPLES = int(os.environ.get("NNLINT_LIVE_EXAMPLES", "60"))

SHARED = [name for name in layer_types() if hasattr(torch.nn, name)]
"""The layers that torch and nnlint both have."""

HABITS = ("NN402", "NN503")
"""Errors of habits: torch runs a Linear on a map, and a Softmax over one score."""


class Case(NamedTuple):
    """A layer and what reaches it.

    Attributes:
        name: the layer's type.
        args: its arguments, as torch gets them.
        shape: one sample's shape.
        layout: how the spec says what the shape means; "" where it does not say.
        left_out: the arguments that the spec leaves to be inferred.
        other: the second input's shape, where there is one.
    """

    name: str
    args: dict[str, Any]
    shape: tuple[int, ...]
    layout: str = ""
    left_out: tuple[str, ...] = ()
    other: tuple[int, ...] = ()


class Answer(NamedTuple):
    """What one of the two says.

    Attributes:
        refusal: why it refuses; empty where it does not.
        facts: counts and shapes, where it takes the layer.
        codes: the codes of nnlint's errors.
    """

    refusal: str
    facts: dict[str, Any]
    codes: tuple[str, ...] = ()


# what torch says

BATCH_FIRST = ("RNN", "LSTM", "GRU", "MultiheadAttention", "TransformerEncoderLayer",
               "TransformerDecoderLayer")  # fmt: skip
"""Layers that want to be told where the batch is."""


def sample(shape: tuple[int, ...], *, indices: bool) -> Any:
    """A batch of random numbers, or of indices that every table holds."""
    axes = (BATCH, *shape)
    return torch.zeros(axes, dtype=torch.long) if indices else torch.randn(axes)


INDEXED = ("Embedding", "EmbeddingBag")


def takes_indices(case: Case) -> bool:
    """A bare list does not say what it holds: a table reads indices into it."""
    return case.layout == "tokens" or (case.name in INDEXED and not case.layout)


def arguments(case: Case) -> tuple[Any, ...]:
    """All that the layer's forward takes."""
    x = sample(case.shape, indices=takes_indices(case))
    other = (sample(case.other, indices=False),) if case.other else ()
    if case.name == "MultiheadAttention":
        return (x, *(other or (x,)) * 2)
    if other:
        return x, *other
    if case.name.startswith("MaxUnpool"):
        return x, torch.zeros(x.shape, dtype=torch.long)
    if case.name == "AdaptiveLogSoftmaxWithLoss":
        return x, torch.zeros(BATCH, dtype=torch.long)
    return (x,)


def built(name: str, args: dict[str, Any]) -> Any:
    """The layer in torch."""
    given = {k: tuple(v) if isinstance(v, list) else v for k, v in args.items()}
    given.pop("output", None)
    if name in BATCH_FIRST:
        given["batch_first"] = True
    return getattr(torch.nn, name)(**given)


def outcome(module: Any, inputs: tuple[Any, ...], args: dict[str, Any]) -> Any:
    """The tensor that leaves; of several the first, or the last step's where that is asked."""
    given = module(*(x.clone() for x in inputs))
    if args.get("output") == "last":
        return last_step(module, given[1])
    return given[0] if isinstance(given, tuple) else given


def last_step(module: Any, states: Any) -> Any:
    """The last layer's final states, those of both directions side by side."""
    h = states[0] if isinstance(states, tuple) else states
    return h[-2 if module.bidirectional else -1 :].transpose(0, 1).flatten(1)


def tensors(named: Any) -> dict[str, list[int]]:
    """Name and shape of each."""
    return {name: list(tensor.shape) for name, tensor in named}


def counts(module: Any) -> dict[str, int]:
    """How many parameters it has, how many of them are biases, and how many buffers."""
    sizes = [(name.rpartition(".")[2], p.numel()) for name, p in module.named_parameters()]
    return {
        "params": sum(n for _, n in sizes),
        "biases": sum(n for name, n in sizes if "bias" in name),
        "buffers": sum(b.numel() for b in module.buffers()),
    }


def ask_torch(case: Case) -> Answer:
    """Build the layer and run it, as while training and after."""
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            module = built(case.name, case.args)
            outputs = [
                outcome(module.train(mode), arguments(case), case.args)
                for mode in (True, False)
            ]
    except Exception as error:  # torch refuses with every kind of error
        return Answer(f"{type(error).__name__}: {error}".partition("\n")[0], {})
    return Answer("", {**counts(module), **described(module, outputs)})


def described(module: Any, outputs: list[Any]) -> dict[str, Any]:
    """Its tensors by name, and the shape that leaves, which is the same in both modes."""
    (shape,) = {tuple(y.shape) for y in outputs}
    return {
        "tensors": tensors(module.named_parameters()),
        "stored": tensors(module.named_buffers()),
        "output": list(shape[1:]),
    }


# what nnlint says


def spec(case: Case) -> str:
    """The same as a spec."""
    layer = {"type": case.name, **case.args}
    for key in case.left_out:
        del layer[key]
    if not case.other:
        return dumped({"input": written(case), "layers": [layer]})
    layer["from"] = ["left", "right"]
    inputs = {"left": list(case.shape), "right": list(case.other)}
    return dumped({"inputs": inputs, "layers": [layer]})


def dumped(body: dict[str, Any]) -> str:
    """A spec's text."""
    return yaml.safe_dump({"nnlint": 1, **body}, sort_keys=False, default_flow_style=None)


def written(case: Case) -> Any:
    """The input, as the spec says it."""
    if case.layout == "tokens":
        return {"tokens": case.shape[0]}
    return {case.layout: list(case.shape)} if case.layout else list(case.shape)


def errors(report: Report) -> list[Finding]:
    """The errors that torch should have, too."""
    return [
        finding for finding in report.findings
        if finding.rule.severity is Severity.ERROR and finding.rule.code not in HABITS
    ]  # fmt: skip


def shapes(own: tuple[ParamTensor, ...]) -> dict[str, list[int]]:
    """Name and shape of each."""
    return {tensor.name: list(tensor.shape) for tensor in own}


def ask_nnlint(case: Case) -> Answer:
    """Lint the spec."""
    report = lint_text(spec(case))
    if wrong := errors(report):
        codes = tuple(finding.rule.code for finding in wrong)
        return Answer("; ".join(finding.message for finding in wrong), {}, codes)
    return Answer("", facts(report))


def facts(report: Report) -> dict[str, Any]:
    """Its counts and shapes, in torch's terms."""
    assert report.graph is not None
    (node,) = report.graph.nodes
    assert node.complete
    return {
        "params": node.params,
        "biases": node.biases,
        "buffers": node.stored,
        "tensors": shapes(node.tensors),
        "stored": shapes(node.buffers),
        "output": list(report.graph.output.shape.known),
    }


def difference(case: Case, truth: Answer, said: Answer) -> str:
    """What the two do not agree on, with the spec that shows it; empty where they agree."""
    if truth.refusal and said.refusal:
        return ""
    if not truth.refusal and not said.refusal and truth.facts == said.facts:
        return ""
    return (
        f"\n{spec(case)}torch:  {truth.refusal or truth.facts}\n"
        f"nnlint: {said.refusal or said.facts}"
    )

"""How the numbers of one layer come about: its sizes, tensors, sums and MACs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from nnlint.derivation import formula
from nnlint.derivation.formula import Step
from nnlint.derivation.sizes import size_steps
from nnlint.record import Record
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.derivation.formula import Factors
    from nnlint.graph import Node
    from nnlint.layers.base import ParamTensor

KINDS = {"weights": "weights", "biases": "biases", "moving": "moving statistics"}
"""The columns of the table whose sum are the parameters, and their names in words."""


class Derived(Record):
    """How the numbers of one layer come about.

    Attributes:
        number: the layer's, as in the table.
        node: the layer.
        sizes: how its window makes the sizes that leave.
        tensors: each of its tensors, of one copy.
        sums: its weights, biases and parameters, all copies.
        macs: its multiply-accumulates, all copies; None: there are none, or nobody knows.
        notes: what is to be said of them besides.
    """

    number: int
    node: Node
    sizes: tuple[Step, ...]
    tensors: tuple[Step, ...]
    sums: tuple[Step, ...]
    macs: Step | None
    notes: tuple[str, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """All but the MACs."""
        return (*self.sizes, *self.tensors, *self.sums)

    @property
    def has_letters(self) -> bool:
        """Whether the formula of a window stands in it."""
        return any("H" in step.words for step in self.sizes)

    @property
    def owns(self) -> bool:
        """Whether there is anything to say of its parameters."""
        node = self.node
        return bool(node.tensors or node.moving or node.tied) or not node.complete


def derived(number: int, node: Node) -> Derived:
    """The derivation of one layer."""
    known = formula.meanings(node)
    alone = {kind: _alone(node, kind) for kind in KINDS}
    tensors = [step for kind in KINDS if not alone[kind] for step in _each(node, kind, known)]
    return Derived(
        number,
        node,
        tuple(size_steps(node)),
        tuple(tensors),
        tuple(_own_sums(node, known)),
        macs_step(node),
        tuple(_notes(node)),
    )


def _of_kind(node: Node, kind: str) -> list[ParamTensor]:
    """Its tensors of one kind; statistics where its convention counts them."""
    if kind == "moving":
        return [one for one in node.buffers if node.moving]
    return [one for one in node.tensors if one.is_bias == (kind == "biases")]


def _alone(node: Node, kind: str) -> ParamTensor | None:
    """The only tensor of a kind: its own derivation is that of the sum."""
    tensors = _of_kind(node, kind)
    return tensors[0] if len(tensors) == 1 else None


def _each(node: Node, kind: str, known: dict[str, Factors]) -> Iterator[Step]:
    """Every tensor of one copy; those of a stack's layers that are alike are one line."""
    same: dict[Step, list[str]] = {}
    for tensor in _of_kind(node, kind):
        words, numbers = _put_in(tensor, node, known)
        called = formula.kind_of(node.layer, tensor.name) if node.layer else tensor.name
        step = Step(called, tensor.count, numbers, words)
        same.setdefault(step, []).append(tensor.name)
    for step, names in same.items():
        several = f"{step.title}, {grouped(len(names))} of them"
        yield step._replace(title=several if len(names) > 1 else names[0])


def _put_in(tensor: ParamTensor, node: Node, known: dict[str, Factors]) -> tuple[str, str]:
    """The formula of a tensor and its numbers; without a formula its axes."""
    words = formula.formula_of(node.layer, tensor.name) if node.layer else ""
    if words and formula.value(words, known) == tensor.count:
        return words, formula.put_in(words, known)
    return words, formula.product(map(int, tensor.derivation.split("×")))


def expression(node: Node, kind: str, known: dict[str, Factors]) -> str:
    """All copies' weights (biases, statistics): `12·(768·2,304 + 768·768)`; or nothing."""
    counted = (one for one in _of_kind(node, kind) if one.count)
    terms = Counter(_put_in(one, node, known)[1] for one in counted)
    text = " + ".join(_times(times, term) for term, times in terms.items())
    return _times(node.times.owned, text) if node.times.owned else ""


def _times(copies: int, text: str) -> str:
    """So often: `3·16·16`, `3·(16·16 + 16)`."""
    if copies == 1 or not text:
        return text
    return f"{grouped(copies)}·({text})" if " + " in text else f"{grouped(copies)}·{text}"


def _own_sums(node: Node, known: dict[str, Factors]) -> Iterator[Step]:
    """Its weights, biases and statistics of all copies, then what they come to."""
    found = {kind: getattr(node, kind) for kind in KINDS}
    for kind, count in found.items():
        if count:
            single = _alone(node, kind)
            words = _put_in(single, node, known)[0] if single else ""
            words = _in_words(node.times.owned, words)
            numbers = expression(node, kind, known)
            yield Step(KINDS[kind], count, numbers, words, node.complete)
    sizes = [count for count in found.values() if count]
    if len(sizes) > 1:
        text = " + ".join(map(grouped, sizes))
        yield Step("parameters", sum(sizes), text, complete=node.complete)


def macs_step(node: Node) -> Step | None:
    """Its MACs: the formula of one copy, times those that run; None where there are none."""
    if not (node.macs and node.times.runs and node.layer):
        return None
    words = formula.bare(node.layer.macs_formula)
    known = formula.meanings(node)
    known |= formula.solved(words, known, node.macs)
    holds = formula.value(words, known) == node.macs
    numbers = formula.put_in(words, known) if holds else grouped(node.macs)
    runs = node.times.runs
    return Step("MACs", node.all_macs, _times(runs, numbers), _in_words(runs, words))


def _in_words(copies: int, words: str) -> str:
    if copies == 1 or not words:
        return words
    inner = f"({words})" if " + " in words else words
    return f"{grouped(copies)} copies × {inner}"


def _notes(node: Node) -> Iterator[str]:
    """Copies, and what is tied, shared, frozen or unknown."""
    yield from _shares(node)
    if node.tied:
        weight, owner = node.tied
        size = f"{formula.product(weight.shape)} = {grouped(weight.count)}"
        yield f"its weight is that of {owner.address}, and counts there ({size})"
    if node.tensors and not node.trainable:
        yield "frozen: its parameters count, but are not trained"
    if not node.complete:
        why = "an error that is reported" if node.excused else "its author has not stated all"
        yield f"its parameters are not all known ({why}): at least what is shown"
    if node.macs is None and not node.excused:
        yield "its MACs are unknown: its author has not stated them"


def _shares(node: Node) -> Iterator[str]:
    """Which of its copies own their parameters, and which run."""
    times = node.times
    if times.owned == 0 and node.tensors:
        yield "it shares the parameters of an earlier copy, and they count there"
    elif times.owned < times.copies and node.tensors:
        often = "once" if times.owned == 1 else f"{grouped(times.owned)} times"
        yield f"its {grouped(times.copies)} copies share parameters, which count {often}"
    if times.runs < times.copies:
        yield f"{grouped(times.runs)} of its {grouped(times.copies)} copies run for one sample"

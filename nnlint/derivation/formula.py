"""The catalogue's formulas with numbers put in: `in_features × out_features` = `784·16`.

Nothing is counted here. The result is known beforehand, from the layer itself; a formula
is shown with its numbers only where these come to just that result.
"""

from __future__ import annotations

import re
from copy import copy
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from nnlint.expression import Faulty, evaluate
from nnlint.layers.shape import Misfit, Unknown
from nnlint.record import Record
from nnlint.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nnlint.graph import Node
    from nnlint.layers.attribute import Attribute
    from nnlint.layers.base import Layer, ParamTensor
    from nnlint.layers.shape import Shape

Factors: TypeAlias = tuple[int, ...]
"""A number, or several that are multiplied: a kernel of 3 × 3."""

_SYMBOL = r"(?:Π )?[A-Za-z][A-Za-z0-9_]*(?: [a-z][a-z_]*)*"
_WHAT_FOLLOWS = r"[,;:].*"
"""Conditions and explanations stand behind a formula: `head_dim, if add_bias_kv`."""
_NULL = r"\bnull: ([^,;]+)"
"""An attribute's own words tell what its null stands for."""
_TOKENS = {"T": 0, "queries": 0, "S": 1, "keys": 1}
"""Lengths of sequences, and the input that each is of; where there is one input, of that."""
ALL_WEIGHTS = "all weights"


class Step(Record):
    """One line of a derivation: `in_features × out_features = 784·16 = 12,544`.

    Attributes:
        title: what is computed.
        result: what it comes to.
        numbers: the numbers put in; empty where there are none.
        words: the general formula; empty where there is none.
        complete: False: something is not known, so it comes to at least this.
    """

    title: str
    result: int
    numbers: str = ""
    words: str = ""
    complete: bool = True

    @property
    def parts(self) -> list[str]:
        """What stands between the signs of equality."""
        result = grouped(self.result)
        chain = [self.words, self.numbers if self.numbers != result else "", result]
        return [part for part in chain if part]


def bare(formula: str) -> str:
    """The formula without conditions and explanations."""
    return re.sub(_WHAT_FOLLOWS, "", formula).strip()


def symbols(formula: str) -> list[str]:
    """The names in a formula, each once: `in_features`, `Π kernel_size`, `output positions`."""
    return list(dict.fromkeys(re.findall(_SYMBOL, formula)))


def value(formula: str, known: Mapping[str, Factors]) -> int | None:
    """What it comes to; None where a name is not known, or it is no arithmetic."""
    names = symbols(formula)
    if not all(name in known for name in names):
        return None
    numbers = {f"n{n}": prod(known[name]) for n, name in enumerate(names)}
    places = {name: f"$n{n}" for n, name in enumerate(names)}
    text = re.sub(_SYMBOL, lambda found: places[found[0]], formula)
    try:
        computed = evaluate(re.sub("[×·]", "*", text), numbers.__getitem__)
    except Faulty:
        return None
    return int(computed)


def solved(formula: str, known: Mapping[str, Factors], result: int) -> dict[str, Factors]:
    """The only name that is not known, where the result tells its number; else nothing."""
    missing = [name for name in symbols(formula) if name not in known]
    if len(missing) != 1:
        return {}
    at = [value(formula, {**known, missing[0]: (number,)}) for number in (0, 1)]
    if at[0] is None or at[1] is None or at[0] == at[1]:
        return {}
    number, rest = divmod(result - at[0], at[1] - at[0])
    fits = not rest and value(formula, {**known, missing[0]: (number,)}) == result
    return {missing[0]: (number,)} if fits else {}


def put_in(formula: str, known: Mapping[str, Factors]) -> str:
    """The formula with its numbers: `784·16`; what is divided by 1 is left as it is."""
    text = re.sub(_SYMBOL, lambda found: product(known[found[0]]), formula)
    text = re.sub(r" ?[×·] ?", "·", text).replace(" / ", "/")
    return re.sub(r"/1(?![\d,])", "", text)


def product(factors: Iterable[int]) -> str:
    """`3·7·7·64`."""
    return "·".join(map(grouped, factors))


def kind_of(layer: Layer, tensor: str) -> str:
    """The catalogue's name of a tensor: its own, or `weight_hh_l[k]` for all layers'."""
    kinds = (kind for kind in layer.formula if re.fullmatch(_pattern(kind), tensor))
    return tensor if tensor in layer.formula else next(kinds, tensor)


def _pattern(kind: str) -> str:
    """`weight_hh_l[k]` stands for every layer and direction, `tail.i.0` for every cluster."""
    numbered = re.escape(kind).replace(r"\[k\]", r"\d+").replace(r"\.i\.", r"\.\d+\.")
    return rf"{numbered}(_[a-z]+)?"


def formula_of(layer: Layer, tensor: str) -> str:
    """The catalogue's formula of a tensor; empty where there is none."""
    return bare(layer.formula.get(kind_of(layer, tensor), ""))


def meanings(node: Node) -> dict[str, Factors]:
    """What the names in a layer's formulas stand for, where it is in this network."""
    layer = node.layer
    if layer is None:
        return {}
    known = {**_lengths(node.inputs), **_arriving(layer, node.inputs), **_attributes(layer)}
    known |= _stood_for(layer, known)
    tensors = [*node.tensors, *([node.tied[0]] if node.tied else [])]
    weights = sum(tensor.count for tensor in tensors if not tensor.is_bias)
    if node.complete:
        known[ALL_WEIGHTS] = (weights,)
    return _told_by(tensors, layer, known)


def _attributes(layer: Layer) -> dict[str, Factors]:
    """Its attributes that are whole numbers, or lists of them."""
    known: dict[str, Factors] = {}
    for key, attribute in layer.attributes.items():
        number = vars(layer).get(key, attribute.default)
        if type(number) is int:
            known[key] = (number,)
        elif isinstance(number, tuple) and number and all(type(n) is int for n in number):
            known[f"Π {key}"] = number
    return known


def arriving(layer: Layer, inputs: tuple[Shape, ...]) -> dict[str, object]:
    """What a layer would write for each size that it infers: it says so by checking it."""
    found: dict[str, object] = {}

    def note(key: str, arrives: object, output: Shape | None = None) -> None:  # noqa: ARG001
        found[key] = arrives

    probe = copy(layer)
    vars(probe)["check_stated"] = note
    try:
        probe.infer(*inputs)
    except (Misfit, Unknown):
        return found
    return found


def _arriving(layer: Layer, inputs: tuple[Shape, ...]) -> dict[str, Factors]:
    found = arriving(layer, inputs)
    return {key: (size,) for key, size in found.items() if isinstance(size, int)}


def _lengths(inputs: tuple[Shape, ...]) -> dict[str, Factors]:
    """The lengths of the sequences that arrive."""
    known: dict[str, Factors] = {}
    for name, position in _TOKENS.items():
        x = inputs[min(position, len(inputs) - 1)] if inputs else None
        if x and len(x.dims) == 2 and not x.open:
            known[name] = x.dims[:1]
    return known


def _stood_for(layer: Layer, known: Mapping[str, Factors]) -> dict[str, Factors]:
    """What its nulls stand for, as their own words tell: `null: embed_dim / num_heads`."""
    found: dict[str, Factors] = {}
    for key, attribute in layer.attributes.items():
        words, written = null_words(attribute), vars(layer).get(key, attribute.default)
        number = value(words, {**known, **found}) if words and written is None else None
        if number is not None:
            found[key] = (number,)
    return found


def null_words(attribute: Attribute) -> str:
    """What an attribute's null stands for, by its own words; empty where they do not say."""
    words = re.search(_NULL, attribute.doc)
    return words[1] if words else ""


def _told_by(
    tensors: Iterable[ParamTensor], layer: Layer, known: dict[str, Factors]
) -> dict[str, Factors]:
    """With the names that the tensors' sizes tell: a kernel, a norm's shape."""
    sizes = [(formula_of(layer, tensor.name), tensor) for tensor in tensors]
    news = True
    while news:
        news = False
        for formula, tensor in sizes:
            for name, number in solved(formula, known, tensor.count).items():
                known[name] = _as_factors(name, number[0], layer)
                news = True
    return known


def _as_factors(name: str, number: int, layer: Layer) -> Factors:
    """A window of 9 elements is 3·3 where its kernel is written as 3."""
    side, axes = vars(layer).get(name.removeprefix("Π ")), getattr(layer, "axes", 0)
    if name.startswith("Π ") and isinstance(side, int) and side**axes == number:
        return (side,) * axes
    return (number,)

"""The network against `expect:`, what its author declares of it, in exact numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.finding import Applies, Edit, Fix, Problem, spell
from nnlint.record import Record
from nnlint.wording import did_you_mean, grouped, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path
    from nnlint.graph import Graph
    from nnlint.layers.shape import Shape
    from nnlint.spec import ModelSpec


def check(graph: Graph, spec: ModelSpec) -> Iterator[Problem]:
    """Where the network differs from what is declared of it."""
    yield from _unknown_variants(graph, spec)
    for expectation in expectations(graph, spec):
        if expectation.holds is False:
            yield _difference(expectation)
        elif expectation.holds is None:
            yield _unprovable(expectation, echo=graph.totals.excused)


def _unknown_variants(graph: Graph, spec: ModelSpec) -> Iterator[Problem]:
    """Expectations of variants that the spec does not have."""
    if graph.variant is not None:
        return  # the base has said it; and each of many variants would look at all
    for name in spec.expect.get("variants", {}):
        if name not in spec.declared:
            hint = did_you_mean(name, spec.declared) or "write it under variants:"
            path: Path = ("expect", "variants", name)
            message = f"expect.variants names {quoted(name)}, but there is no such variant"
            yield Problem("NN116", path, message, hint, on_key=True)


def _unprovable(one: Expectation, *, echo: bool) -> Problem:
    return Problem(
        "NN912",
        one.path,
        f"{spell(one.path)} cannot be proven: something in the network is unknown",
        "state what is unknown: a Custom layer takes parameters, output and macs",
        echo=echo,
    )


class Expectation(Record):
    """One entry of `expect:`, held against the network.

    Attributes:
        key: `params` and so on.
        expected: what the spec says.
        real: what the network has; None where that can't be known.
        path: where it stands.
    """

    key: str
    expected: object
    real: object
    path: Path

    @property
    def holds(self) -> bool | None:
        """Whether it is as declared; None: nobody knows."""
        return None if self.real is None else self.real == self.expected


def expectations(graph: Graph, spec: ModelSpec) -> tuple[Expectation, ...]:
    """What the spec declares of this network, entry by entry, with what is.

    A variant is held against `expect.variants` alone: the other entries are the base's.
    """
    total = graph.totals
    params = total.params if total.complete else None
    if graph.variant is not None:
        named = spec.expect.get("variants", {})
        path: Path = ("expect", "variants", graph.variant)
        ours = [named[graph.variant]] if graph.variant in named else []
        return tuple(Expectation(graph.variant, value, params, path) for value in ours)
    real = {
        "params": params,
        "trainable": total.trainable if total.complete else None,
        "active": total.active if total.complete else None,
        "macs": total.macs if total.macs_complete else None,
        "output": _sizes(graph.output.shape),
    }
    own = {key: value for key, value in spec.expect.items() if key in real}
    found = [Expectation(key, value, real[key], ("expect", key)) for key, value in own.items()
             if not isinstance(value, dict)]  # fmt: skip
    outputs = own.get("output")
    if isinstance(outputs, dict):
        found += [_output(graph, name, value) for name, value in outputs.items()]
    return tuple(found)


def _sizes(shape: Shape) -> list[int] | None:
    return None if shape.open else list(shape.dims)


def _output(graph: Graph, name: str, expected: object) -> Expectation:
    """One named output; one that is not there has no shape at all."""
    output = graph.outputs.get(name)
    real: object = _sizes(output.edge.shape) if output else "no such output"
    return Expectation(f"output.{name}", expected, real, ("expect", "output", name))


def _difference(one: Expectation) -> Problem:
    if isinstance(one.real, str):
        message = f"{spell(one.path)} is {one.expected}, but there is {one.real}"
        return Problem("NN911", one.path, message, "name it under outputs:")
    if isinstance(one.real, int) and isinstance(one.expected, int):
        more = "more" if one.real > one.expected else "fewer"
        by = f"{grouped(abs(one.real - one.expected))} {more}"
        message = f"is {grouped(one.expected)}, but the network has {grouped(one.real)}: {by}"
    else:
        message = f"is {one.expected}, but {one.real} comes out"
    return Problem(
        "NN911",
        one.path,
        f"{spell(one.path)} {message}",
        f"if the change is meant, write {one.path[-1]}: {one.real} (--update-expect does)",
        fix=Fix(Applies.EXPECTATION, (Edit(one.path, one.real),)),
    )

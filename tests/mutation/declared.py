"""Mistakes in what a spec declares of itself, and those that only a declaration shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mutation.kind import KINDS, kind
from tests.mutation.tree import Mutation, Spec, at, put
from tests.mutation.wiring import replaced

if TYPE_CHECKING:
    from collections.abc import Iterator


@kind("NN911", declared=True)
def count_declared_wrong(spec: Spec) -> Iterator[Mutation]:
    for key in ("params", "macs", "trainable", "active"):
        if key in spec.data["expect"]:
            yield put(("expect", key), spec.data["expect"][key] + 1)


@kind("NN911", declared=True)
def output_declared_wrong(spec: Spec) -> Iterator[Mutation]:
    output = spec.data["expect"].get("output")
    if isinstance(output, list):
        yield put(("expect", "output"), [*output[:-1], output[-1] + 1])


@kind("NN911", declared=True)
def count_of_a_variant_declared_wrong(spec: Spec) -> Iterator[Mutation]:
    for name, count in spec.data["expect"].get("variants", {}).items():
        yield put(("expect", "variants", name), count - 1)


@kind("NN116", declared=True)
def variant_declared_that_is_none(spec: Spec) -> Iterator[Mutation]:
    yield put(("expect", "variants"), {"huge": 1})


@kind("NN901", declared=True)
def budget_too_small(spec: Spec) -> Iterator[Mutation]:
    yield put(("budget",), {"params": largest(spec) - 1})


@kind("NN902", declared=True)
def budget_nearly_used_up(spec: Spec) -> Iterator[Mutation]:
    yield put(("budget",), {"params": largest(spec) + 1})


def largest(spec: Spec) -> int:
    """The parameters of its largest variant, as published."""
    declared = spec.data["expect"]
    return int(max(declared["params"], *declared.get("variants", {}).values(), 0))


@kind("NN911", declared=True)
def repeat_off_by_one_with_a_count(spec: Spec) -> Iterator[Mutation]:
    for mutation in KINDS["repeat-off-by-one"].find(spec):
        if "shared" not in at(spec.data, mutation.path):  # another copy is no parameter
            yield mutation


@kind("NN911", "NN201", "NN204", "NN212", "NN213", "NN116", declared=True)
def variable_replaced_with_a_count(spec: Spec) -> Iterator[Mutation]:
    """The base is the same network: only a variant that gives another value shows it."""
    for name in spec.data["expect"].get("variants", {}):
        for variable in spec.data["variants"][name]:
            yield from replaced(spec, variable)

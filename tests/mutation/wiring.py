"""Mistakes in who takes what: names, sources, ties, outputs, merges, blocks, variables."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

from tests.mutation.kind import kind
from tests.mutation.tree import Mutation, Site, Spec, both, drop, put, splice

if TYPE_CHECKING:
    from collections.abc import Iterator


def named(spec: Spec) -> list[str]:
    """The names that are seen at the top."""
    inputs = list(spec.data.get("inputs", {}))
    tops = [site for site in spec.layers() if len(site.path) == 2]
    return [*inputs, *(site.layer["name"] for site in tops if "name" in site.layer)]


def others(spec: Spec, site: Site, key: str) -> Iterator[str]:
    """Names that stand before the layer, but for the one it takes."""
    earlier = [one for one in spec.layers() if len(one.path) == 2]
    before = [one.layer.get("name") for one in earlier if one.path[1] < site.path[1]]  # type: ignore[operator]
    for name in [*spec.data.get("inputs", {}), *before]:
        if name and name != site.layer[key] and len(site.path) == 2:
            yield name


@kind("NN207")
def source_unknown(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        for key in ("from", "with", "tie"):
            value = site.layer.get(key)
            if isinstance(value, str) and not value.startswith("$"):
                yield site.with_key(key, value[:-2] + value[-1])
            elif isinstance(value, list):
                yield site.with_key(key, [*value[:-1], value[-1] + "s"])


@kind("NN201", "NN202", "NN206", "NN212", "NN411", "NN956")
def source_wrong(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        if isinstance(site.layer.get("from"), str):
            for name in others(spec, site, "from"):
                yield site.with_key("from", name)


@kind("NN411", "NN956", "NN202", "NN201", "NN206")
def source_forgotten(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        if "from" in site.layer:
            yield site.without("from")


@kind("NN212")
def skip_from_another_depth(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        if "skip" in site.layer:
            for name in others(spec, site, "skip"):
                yield site.with_key("skip", name)


@kind("NN213")
def tied_to_another_layer(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        if "tie" in site.layer:
            for name in others(spec, site, "tie"):
                yield site.with_key("tie", name)


@kind("NN804")
def tie_forgotten(spec: Spec) -> Iterator[Mutation]:
    yield from (site.without("tie") for site in spec.layers() if "tie" in site.layer)


@kind("NN411")
def output_forgotten(spec: Spec) -> Iterator[Mutation]:
    for index, name in enumerate(spec.data.get("outputs", [])):
        yield drop(("outputs", index), f"outputs without {name}")


@kind("NN207")
def output_unknown(spec: Spec) -> Iterator[Mutation]:
    for index, name in enumerate(spec.data.get("outputs", [])):
        yield put(("outputs", index), name + "x")


@kind("NN208")
def name_given_twice(spec: Spec) -> Iterator[Mutation]:
    names = [site for site in spec.layers() if "name" in site.layer and len(site.path) == 2]
    for site, other in itertools.pairwise(names):
        yield other.with_key("name", site.layer["name"])


@kind("NN212", "NN202")
def sum_instead_of_concatenation(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("Parallel"):
        if "merge" not in site.layer:
            yield site.with_key("merge", "Add")
    for site in spec.layers("Concat"):
        rest = {key: value for key, value in site.layer.items() if key != "dim"}
        yield site.replaced({**rest, "type": "Add"})


@kind("NN212", "NN202", "NN204")
def concatenation_instead_of_sum(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("Parallel"):
        if "merge" in site.layer:
            yield site.with_key("merge", "Concat")


@kind("NN212")
def concatenation_along_another_axis(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("Concat"):
        yield site.with_key("dim", 2)


@kind(legal=True)
def branch_dropped(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("Parallel"):
        branches = site.layer["branches"]
        for index in range(len(branches) if len(branches) > 2 else 0):
            yield drop((*site.path, "branches", index), f"without branch {index}")


# Blocks and variables


@kind("NN952")
def block_without_a_use(spec: Spec) -> Iterator[Mutation]:
    """All uses at the top forgotten, of a block that nothing else uses."""
    for name in spec.data.get("blocks", {}):
        uses = [site for site in spec.layers() if site.layer.get("block") == name]
        tops = sorted((site.path for site in uses if len(site.path) == 2), reverse=True)
        if len(tops) == len(uses) < len(spec.data["layers"]):
            yield both(*(splice(path, 1, [], f"no use of {name}") for path in tops))


@kind("NN952")
def block_added_and_forgotten(spec: Spec) -> Iterator[Mutation]:
    """A copy under a new name, while the uses still say the old one."""
    for name, block in spec.data.get("blocks", {}).items():
        yield put(("blocks", name + "_v2"), block, f"a copy of the block {name}")


@kind("NN953")
def variable_without_a_use(spec: Spec) -> Iterator[Mutation]:
    """The one place that asked for it has a number instead."""
    for name, value in spec.data.get("vars", {}).items():
        uses = [path for path, text in texts(spec.data) if uses_name(text, name)]
        if len(uses) == 1:
            yield put(uses[0], resolved(spec, uses[0], name, value))


@kind(legal=True)
def variable_replaced_in_one_place(spec: Spec) -> Iterator[Mutation]:
    """The same network, until a variant says otherwise."""
    for name in spec.data.get("vars", {}):
        yield from replaced(spec, name)


def replaced(spec: Spec, name: str) -> Iterator[Mutation]:
    """Each place, of several, that asks for the variable, with its value instead."""
    uses = [path for path, text in texts(spec.data) if uses_name(text, name)]
    for path in uses if len(uses) > 1 else []:
        yield put(path, resolved(spec, path, name, spec.data["vars"][name]))


@kind("NN955")
def argument_without_a_use(spec: Spec) -> Iterator[Mutation]:
    for block, body in spec.data.get("blocks", {}).items():
        for name in body.get("args", {}):
            inside = texts(body["layers"], ("blocks", block, "layers"))
            uses = [path for path, text in inside if text == f"${name}"]
            values = [site.layer[name] for site in spec.layers() if is_given(site, block, name)]
            if len(uses) == 1 and values:
                yield put(uses[0], values[0])


def is_given(site: Site, block: str, name: str) -> bool:
    """Whether a use of the block gives the argument as a value that stands anywhere."""
    value = site.layer.get(name)
    return site.layer.get("block") == block and value is not None and "$" not in str(value)


@kind("NN123")
def block_within_itself(spec: Spec) -> Iterator[Mutation]:
    for name in spec.data.get("blocks", {}):
        site = Site(spec, ("blocks", name, "layers", 0))
        arguments = dict.fromkeys(spec.data["blocks"][name].get("args", {}), 2)
        yield site.preceded_by({"block": name, **arguments})


def texts(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, str]]:
    """The texts within the data, keys left out, with their paths."""
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        if isinstance(value, (dict, list)):
            yield from texts(value, (*path, key))
        elif isinstance(value, str):
            yield (*path, key), value


def uses_name(text: str, name: str) -> bool:
    return bool(re.search(rf"\${re.escape(name)}\b", text))


def resolved(spec: Spec, path: Any, name: str, value: Any) -> Any:
    """The expression at the path with a number for the name, as a number if it is one."""
    text: Any = spec.data
    for step in path:
        text = text[step]
    filled = re.sub(rf"\${re.escape(name)}\b", str(value), text)
    return int(filled) if filled.isdigit() else product(filled)


def product(text: str) -> Any:
    """`4*768` as a number, which an author would have worked out."""
    factors = re.fullmatch(r"(\d+)\*(\d+)", text)
    return int(factors[1]) * int(factors[2]) if factors else text

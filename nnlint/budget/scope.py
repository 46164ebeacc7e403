"""Which layers and parts of a network a budget's pattern names."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path
    from nnlint.graph import Graph, Group, Node


def parts(graph: Graph, pattern: str) -> dict[str, list[Node]]:
    """What the pattern names, each with its layers in all their copies.

    A layer goes by its address (`stem`, `decoder/attention`), without a name by its type; a
    part by its name or its block's. `*` fits any text. What was written at two places is two.
    """
    found: dict[tuple[str, Path], list[Node]] = {}
    for node in graph.nodes:
        for address, path in _called(node):
            if fnmatchcase(address, pattern):
                found.setdefault((address, path), []).append(node)
    named: dict[str, list[Node]] = {}
    for (address, _), nodes in found.items():
        named[_free(address, named)] = nodes
    return named


def _free(address: str, taken: dict[str, list[Node]]) -> str:
    """The address, numbered where another layer has it: `Linear`, `Linear #2`."""
    number = sum(one == address or one.startswith(f"{address} #") for one in taken) + 1
    return f"{address} #{number}" if number > 1 else address


def _called(node: Node) -> Iterator[tuple[str, Path]]:
    """The addresses under which a layer counts: its own, and those of the parts around it."""
    yield node.address, node.path
    around = node.parts
    for depth in range(len(around)):
        yield _address(around[: depth + 1]), around[depth].spec.path


def _address(around: list[Group]) -> str:
    *outer, part = around
    names = [group.spec.name for group in outer if group.spec.name]
    return "/".join([*names, part.spec.name or part.spec.type])


def addresses(graph: Graph) -> list[str]:
    """Everything that a pattern can name, in order."""
    return list(dict.fromkeys(name for node in graph.nodes for name, _ in _called(node)))

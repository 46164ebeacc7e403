"""Which layers and parts of a network a budget's pattern names."""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from nnlint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path
    from nnlint.graph import Graph, Group, Node


class Part(Record):
    """A layer or a part of a network, with all its copies.

    Attributes:
        name: its address, numbered where another has the same.
        path: where it is written.
        nodes: its layers.
    """

    name: str
    path: Path
    nodes: list[Node]


def parts(graph: Graph, pattern: str) -> list[Part]:
    """What the pattern names, each with its layers in all their copies.

    A layer goes by its address (`stem`, `decoder/attention`), without a name by its type; a
    part by its name or its block's. `*` fits any text. What was written at two places is two.
    """
    found: dict[tuple[str, Path], list[Node]] = {}
    for node in graph.nodes:
        for address, path in _called(node):
            if fnmatchcase(address, pattern):
                found.setdefault((address, path), []).append(node)
    met: Counter[str] = Counter()
    named = []
    for (address, path), nodes in found.items():
        met[address] += 1
        again = f" #{met[address]}" if met[address] > 1 else ""
        named.append(Part(address + again, path, nodes))
    return named


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

"""Where an error that is reported already hides what the author meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnlint.graph import Graph, Node


class Reported:
    """The places of a network of which laying it out has found something.

    Args:
        graph: the network.
        codes: which findings count; none: all.

    Attributes:
        defaults: values that hold for many layers were refused, so layers miss what is theirs.
    """

    def __init__(self, graph: Graph, *codes: str) -> None:
        problems = (one for one in graph.problems if not codes or one.code in codes)
        self._at = {problem.path for problem in problems}
        self._before = {path[:end] for path in self._at for end in range(len(path) + 1)}
        # a network is cut short, although no layer and no finding on its wiring is to blame
        found = graph.problems or any(node.excused for node in graph.nodes)
        self.defaults = not found and graph.totals.excused

    def is_at(self, node: Node) -> bool:
        """Whether something is wrong with the layer itself, or with a key of it."""
        return node.path in self._before

    def wires(self, node: Node) -> bool:
        """Whether a part around it could not be put together: what takes it is missing."""
        return any(part.spec.path in self._at for part in node.parts)

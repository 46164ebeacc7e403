"""The document of a network, for trying other numbers in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from nnlint.finding import Path
    from nnlint.graph import Graph


MOST_ROWS = 6_000
"""Rows that are laid out for one network, in all: nobody waits long for advice."""


class Trials:
    """The document of a network, for trying other numbers in it."""

    def __init__(
        self, data: Any, laid_out: Callable[[Any], Graph | None], variant: str | None
    ) -> None:
        """Take the document, what makes a network of one, and which variant it is."""
        self.data, self.laid_out, self.variant = data, laid_out, variant
        self._known: dict[tuple[Path, int], Graph | None] = {}
        self._rows = 0

    @property
    def is_over(self) -> bool:
        """Whether enough was tried."""
        return self._rows >= MOST_ROWS

    def value(self, path: Path) -> Any:
        """What is written there; None where nothing is."""
        value = self.data
        for step in path:
            inside = isinstance(value, dict) and step in value
            if not inside and not (isinstance(value, list) and isinstance(step, int)):
                return None
            value = value[step]
        return value

    def graph(self, path: Path, value: int) -> Graph | None:
        """The network with another number there; None where that can't be."""
        if (path, value) not in self._known:
            graph = self.laid_out(_changed(self.data, path, value))
            self._known[path, value] = graph
            self._rows += len(graph.nodes) if graph else 1
        return self._known[path, value]


def _changed(data: Any, path: Path, value: int) -> Any:
    """A copy of the data, as far as it changes."""
    if not path:
        return value
    copy: Any = list(data) if isinstance(data, list) else dict(data)
    copy[path[0]] = _changed(data[path[0]], path[1:], value)
    return copy

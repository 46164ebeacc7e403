"""The document of a network, for trying other numbers in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnlint.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from nnlint.finding import Path
    from nnlint.graph import Graph


class Trials(Record):
    """The document of a network, for trying other numbers in it.

    Attributes:
        data: the document.
        laid_out: makes a network of a document; None where that can't be.
        variant: the variant that the network is.
    """

    data: Any
    laid_out: Callable[[Any], Graph | None]
    variant: str | None

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
        """The network with another number there."""
        return self.laid_out(_changed(self.data, path, value))


def _changed(data: Any, path: Path, value: int) -> Any:
    """A copy of the data, as far as it changes."""
    if not path:
        return value
    copy: Any = list(data) if isinstance(data, list) else dict(data)
    copy[path[0]] = _changed(data[path[0]], path[1:], value)
    return copy

"""Places in a spec by names and types: they stay while lines and layers around them move.

`layers.logits.bias` is the bias of the layer `logits`, `blocks.stage.layers.Conv2d.2` the
second Conv2d of the block `stage`. No two paths of a document have the same place.
"""

from __future__ import annotations

import json
import re
import sys
from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING, Any

from nnlint.layers.attribute import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.document import Document, Node
    from nnlint.finding import Path, Span


FAR = sys.maxsize


class Landmarks:
    """The places of a document's data.

    A step into a list is the `name` of what stands there, else its type or its block, with
    its number among those of that type, from 1; of what has neither, its index. All other
    steps are keys.
    """

    def __init__(self, data: Any) -> None:
        self.data = data
        self._labels: dict[int, list[str]] = {}

    def of(self, path: Path) -> str:
        """The place that the path leads to; the whole document is the empty text."""
        here, words = self.data, []
        for step in path:
            words.append(self._word(here, step))
            here = _below(here, step)
        return "".join(words).removeprefix(".")

    def _word(self, here: Any, step: str | int) -> str:
        if isinstance(step, str):
            return f".{_spelt(step)}"
        if not (isinstance(here, list) and step < len(here)):
            return f"[{step}]"
        if id(here) not in self._labels:
            self._labels[id(here)] = list(_labelled(here))
        return self._labels[id(here)][step]


def _below(here: Any, step: str | int) -> Any:
    try:
        return here[step]
    except (LookupError, TypeError):
        return None  # the path goes on to what is not there: a key that is missing


def _labelled(items: list[Any]) -> Iterator[str]:
    """What the items of a list are called; each is called otherwise."""
    met: Counter[tuple[str, str]] = Counter()
    for index, item in enumerate(items):
        name, kind = _name(item), _kind(item)
        met.update([("kind", kind), ("name", name)])
        if name:
            again = met["name", name]
            yield f".{_spelt(name)}" + (f"#{again}" if again > 1 else "")
        else:
            yield f".{_spelt(kind)}.{met['kind', kind]}" if kind else f"[{index}]"


def _name(item: Any) -> str:
    return _text(item.get("name")) if isinstance(item, dict) else ""


def _kind(item: Any) -> str:
    """The type or the block of a layer; a bare word is a type, a value in quotes is none."""
    if isinstance(item, dict):
        return _text(item.get("type")) or _text(item.get("block"))
    word = _text(item)
    return word if re.match(IDENTIFIER, word) else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _spelt(word: str) -> str:
    """The word, in quotes where a dot, a space or a digit could be taken for something else."""
    return word if re.match(IDENTIFIER, word) else json.dumps(word)


class TextLandmarks(Landmarks):
    """The places of a document, also of what no path leads to: a comment, a key, a mark."""

    def __init__(self, read: Document) -> None:
        super().__init__(read.data)
        self.read = read
        self._comments: dict[int, int] = {}
        self._order: dict[int, tuple[list[int], list[str | int]]] = {}

    def at(self, span: Span) -> str:
        """The place of a stretch of the text: of the value there, or what it is written in.

        A comment stands nowhere in particular: layers may come between it and what is near.
        """
        start, end = self.read.lines.offsets(span)
        path, node = self._deepest(start)
        if not isinstance(node.value, dict | list):
            return self.of(path)
        inside = self.of(() if self._in_comment(start) else path)
        return f"{inside} {json.dumps(self.read.text[start:end])}".lstrip()

    def _deepest(self, offset: int) -> tuple[Path, Node]:
        """The innermost node around an offset, and the way to it."""
        path: Path = ()
        node = self.read.root
        if node is None:
            raise ValueError("what could not be read has no places")
        while True:
            starts, steps = self._laid_out(node)
            behind = bisect_right(starts, offset)
            child = node.children[steps[behind - 1]] if behind else None
            if child is None or offset >= child.end:
                return path, node
            path, node = (*path, steps[behind - 1]), child

    def _laid_out(self, node: Node) -> tuple[list[int], list[str | int]]:
        """Where the parts of a node begin, in the order of the text, and the steps to them."""
        if id(node) not in self._order:
            steps: dict[int, str | int] = {}
            for step, child in node.children.items():
                steps.setdefault(child.start, step)  # an alias begins where its anchor does
            starts = sorted(steps)
            self._order[id(node)] = starts, [steps[start] for start in starts]
        return self._order[id(node)]

    def _in_comment(self, offset: int) -> bool:
        line = self.read.lines.place(offset)[0]
        if line not in self._comments:  # once a line: some are as long as the file
            self._comments[line] = self._comment(line)
        return offset >= self._comments[line]

    def _comment(self, line: int) -> int:
        """Where the comment of a line begins; behind the text where it has none."""
        begin = self.read.lines.starts[line - 1]
        marks = (begin + mark.start() for mark in re.finditer("#", self.read.line(line)))
        return next((mark for mark in marks if not self.read.in_scalar(mark)), FAR)

"""Edits of a document's values and keys -> replacements in its text.

Only what is replaced changes: comments, layout, line ends and quotes elsewhere stay byte for
byte. Where an edit can't be written without touching more, there is none.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from nnlint.finding import Repair, Replacement
from nnlint.scalars import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nnlint.document import Document, Node
    from nnlint.finding import Edit, Fix

OPENING = ("{", "[")
"""How a collection on one line begins; all others are laid out by indentation."""


def repair(read: Document, fix: Fix) -> Repair | None:
    """The fix as replacements in the text; None where one of its edits can't be written."""
    found = [_replacement(read, edit) for edit in fix.edits]
    written = [one for one in found if one]
    if len(written) < len(found):
        return None
    return Repair(fix.applies, fix.edits, (*written, *fix.respelt))


def applied(data: Any, edits: Iterable[Edit]) -> Any:
    """A copy of the data after the edits; what anchors share stays shared.

    Raises:
        LookupError: a path leads nowhere, or a new key is there already.
    """
    whole = deepcopy(data)
    for edit in sorted(edits, key=lambda one: (-len(one.path), one.on_key)):
        apply(whole, edit)
    return whole


def apply(data: Any, edit: Edit) -> None:
    """Make one edit; several go from the inside out, values before their keys.

    Raises:
        LookupError: its path leads nowhere, or its new key is there already.
    """
    *above, last = edit.path
    holder = data
    for step in above:
        holder = holder[step]
    if not edit.on_key:
        holder[last] = edit.value
    elif edit.value in holder:
        raise KeyError(edit.value)
    else:
        holder[edit.value] = holder.pop(last)


def replaced(text: str, read: Document, replacements: Iterable[Replacement]) -> str:
    """The text after the replacements, none of which overlaps another."""
    for span, new in sorted(replacements, key=lambda one: one.span, reverse=True):
        start, end = read.lines.offsets(span)
        text = text[:start] + new + text[end:]
    return text


def _replacement(read: Document, edit: Edit) -> Replacement | None:
    *above, last = edit.path
    holder = _node(read, above)
    if holder is None:
        return None
    if edit.on_key:
        key = holder.keys.get(str(last))
        return _over(read, key.start, key.end, written(edit.value)) if key else None
    child = holder.children.get(last)
    if child is not None:
        return _over(read, child.start, _end(read, child), written(edit.value))
    return _added(read, holder, str(last), edit.value)


def _over(read: Document, start: int, end: int, new: str) -> Replacement:
    return Replacement(read.lines.span(start, end), new)


def _node(read: Document, path: Sequence[str | int]) -> Node | None:
    nodes = _nodes(read, path)
    return nodes[-1] if len(nodes) == len(path) + 1 else None


def _nodes(read: Document, path: Sequence[str | int]) -> list[Node]:
    """The nodes on the way, from the root to where the path leads, as far as there are any."""
    nodes = [read.root] if read.root else []
    for step in path:
        child = nodes[-1].children.get(step) if nodes else None
        if child is None:
            break
        nodes.append(child)
    return nodes


def _is_flow(read: Document, node: Node) -> bool:
    return isinstance(node.value, dict | list) and read.text.startswith(OPENING, node.start)


def _end(read: Document, node: Node) -> int:
    """Where a value's own text ends; a block's, before the comments behind it."""
    if node.children and not _is_flow(read, node):
        return max(_end(read, child) for child in node.children.values())
    return node.start + len(read.text[node.start : node.end].rstrip())


def _added(read: Document, holder: Node, key: str, value: Any) -> Replacement | None:
    """A new entry of a map: at the end on one line, else on a line below its first word."""
    if not holder.children or not isinstance(holder.value, dict):
        return None
    if _is_flow(read, holder):
        last = max(_end(read, child) for child in holder.children.values())
        return _over(read, last, last, f", {key}: {written(value)}")
    return _line_added(read, holder, f"{key}: {written(value)}")


def _line_added(read: Document, holder: Node, entry: str) -> Replacement | None:
    """The entry on a line of its own, below the first that is a single word on its line."""
    for name, child in holder.children.items():
        start = holder.keys[str(name)].start
        line = re.compile(r"[^\r\n]*").match(read.text, start)
        if line and not child.children and child.end <= line.end() and child.start > start:
            number, column = read.lines.place(start)
            following = read.lines.starts[number : number + 1]
            line_break = read.text[line.end() : following[0]] if following else "\n"
            indent = line_break + " " * (column - 1)
            return _over(read, line.end(), line.end(), indent + entry)
    return None

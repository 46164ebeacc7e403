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
    from collections.abc import Iterable, Iterator, Sequence

    from nnlint.document import Document, Node
    from nnlint.finding import Edit, Fix, Path

OPENING = ("{", "[")
"""How a collection on one line begins; all others are laid out by indentation."""


def repair(read: Document, fix: Fix) -> Repair | None:
    """The fix as replacements in the text; None where one of its edits can't be written."""
    places: list[Replacement] = list(fix.respelt)
    for edit in fix.edits:
        found = _replacements(read, edit)
        if not found:
            return None
        places += found
    return Repair(fix.applies, fix.edits, tuple(places))


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


def _replacements(read: Document, edit: Edit) -> list[Replacement]:
    """The changes of the text that make the edit; none where it can't be written."""
    *above, last = edit.path
    holder = _node(read, above)
    if holder is None:
        return []
    child = holder.children.get(last)
    if edit.on_key:
        key = holder.keys.get(str(last))
        return _scalar(read, key, edit.value) if key else []
    if child is None:
        added = _added(read, holder, str(last), edit.value)
        return [added] if added else []
    return _value(read, child, edit.value)


def _value(read: Document, node: Node, value: Any) -> list[Replacement]:
    """A new value in the place of an old one: of two lists of one length, item by item."""
    if not node.children and not isinstance(node.value, dict | list):
        return _scalar(read, node, value)
    old = node.value
    if isinstance(old, list) and isinstance(value, list) and len(old) == len(value):
        changed = (i for i, item in enumerate(value) if item != old[i])
        return [one for i in changed for one in _value(read, node.children[i], value[i])]
    return _collection(read, node, value)


def _collection(read: Document, node: Node, value: Any) -> list[Replacement]:
    """A whole new list or map, in the layout of the old; none where that holds comments."""
    end = _end(read, node)
    if re.search(r"(^|\s)#", read.text[node.start : end]):
        return []
    if _is_flow(read, node) or not isinstance(value, list) or not value:
        return [_over(read, node.start, end, written(value))]
    indent = "\n" + " " * (read.lines.place(node.start)[1] - 1)
    return [_over(read, node.start, end, indent.join(f"- {written(one)}" for one in value))]


PROPERTIES = r"(?:[&!]\S*\s+)*"
"""Anchors and tags before a value."""


def _scalar(read: Document, node: Node, value: Any) -> list[Replacement]:
    """A new scalar, in quotes of the old one's kind where it is text."""
    end = _end(read, node)
    old = read.text[node.start : end]
    found = re.match(PROPERTIES, old)
    begin = found.end() if found else 0
    if old[begin : begin + 1] in ("|", ">"):
        return []
    return [_over(read, node.start + begin, end, _quoted_as(old[begin:], value))]


def _quoted_as(old: str, value: Any) -> str:
    if isinstance(value, str) and old.startswith(("'", '"')) and value.isidentifier():
        return f"{old[0]}{value}{old[0]}"
    return written(value)


def _over(read: Document, start: int, end: int, new: str) -> Replacement:
    return Replacement(read.lines.span(start, end), new)


def everywhere(read: Document, edits: Iterable[Edit]) -> list[Edit]:
    """The edits, with those of the values that are the same node by an alias."""
    known = list(edits)
    if "&" not in read.text or read.root is None:
        return known
    wanted: dict[int, list[Edit]] = {}
    for edit in known:
        node = _node(read, edit.path)
        if node and not edit.on_key and not node.children:
            wanted.setdefault(id(node), []).append(edit)
    met = {(id(_node(read, edit.path[:-1])), edit.path[-1]) for edit in known}
    return known + list(_alike(read.root, (), wanted, met))


def _alike(
    node: Node,
    path: Path,
    wanted: dict[int, list[Edit]],
    met: set[tuple[int, str | int]],
) -> Iterator[Edit]:
    """Edits of the other places where a node stands; a map that is shared is one place."""
    for step, child in node.children.items():
        if (id(node), step) not in met:
            met.add((id(node), step))
            for edit in wanted.get(id(child), ()):
                yield edit._replace(path=(*path, step))
        yield from _alike(child, (*path, step), wanted, met)


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

"""Text -> YAML nodes with marks -> `Document`: the data, and where each part stands.

Alone imports yaml. The parser's events pass the guards one by one, before
anything is built from them, so that a hostile file costs no more than a large one.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from typing import Any

import yaml

from nnlint import mistakes
from nnlint.finding import Applies, Fix, Path, Problem, Replacement, Span
from nnlint.scalars import TooLong, clear, is_unambiguous, resolve, spelling
from nnlint.wording import described, grouped, plural, quoted

MAX_BYTES = 8 * 2**20
MAX_DEPTH = 100
MAX_NODES = 500_000

PARSER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""The C parser where PyYAML was built with it."""

MERGE = "<<"
LONGEST_AMBIGUOUS = 100
"""Characters; PyYAML takes quadratic time for numbers such as 1:59:59:59, and worse."""

_CORE = "tag:yaml.org,2002:"
_TAG_TYPES: dict[str, tuple[type, ...]] = {
    "null": (type(None),), "bool": (bool,), "int": (int,), "float": (float, int),
}  # fmt: skip
_NOT_TEXT = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff\ufeff]"
_NO_RAW_TEXT = "remove it, or write it as an escape in double quotes"
_LINE_BREAK = re.compile("\r\n|\r|\n")
_FOREIGN_BREAK = re.compile("[\x85\u2028\u2029]")
"""What PyYAML takes for a line break, as YAML 1.1 did; to YAML 1.2 and editors it is none."""


_NO_CHILDREN: dict[str | int, Node] = {}
_NO_KEYS: dict[str, Node] = {}


class Node:
    """One YAML node: its value, where it stands (offsets), and what it holds."""

    __slots__ = ("children", "end", "height", "keys", "size", "start", "value")

    def __init__(self, value: Any, start: int, end: int) -> None:
        self.value, self.start, self.end = value, start, end
        self.children = _NO_CHILDREN if not isinstance(value, dict | list) else {}
        self.keys = _NO_KEYS if not isinstance(value, dict) else {}
        self.size = self.height = 1

    def add(self, key: str | int, child: Node) -> None:
        """Hang a child below this node."""
        self.children[key] = child
        self.size += child.size
        self.height = max(self.height, child.height + 1)


class Lines:
    """Offsets of a text turned into lines and columns, as an editor counts them."""

    def __init__(self, text: str) -> None:
        # a file may hold nothing but line breaks: a list would take ten times its size
        self.starts = array("I", [0])
        self.starts.extend(match.end() for match in _LINE_BREAK.finditer(text))

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, from 1."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def offsets(self, span: Span) -> tuple[int, int]:
        """The two offsets that a span lies between."""
        start = self.starts[span.line - 1] + span.column - 1
        return start, self.starts[span.end_line - 1] + span.end_column - 1

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets."""
        return Span(*self.place(start), *self.place(max(end, start)))


class Document:
    """A text that was read: its data as plain Python, its places, and what was wrong.

    Attributes:
        text: the text itself.
        root: the topmost node; None where the text could not be read as YAML.
        problems: what reading it found.
        hashes: the stretches of its scalars that hold a `#`, in order.
        end: where its first document ends.
    """

    def __init__(self, built: _Builder, root: Node | None, problems: list[Problem]) -> None:
        self.text, self.lines = built.text, built.lines
        self.hashes, self.end = built.hashes, built.end
        self.root, self.problems = root, problems

    @property
    def data(self) -> Any:
        """The document as plain Python."""
        return self.root.value if self.root else None

    def locate(self, path: Path, *, on_key: bool = False) -> Span:
        """Where the value at `path` stands, or its key; else the nearest parent."""
        node = self.root
        start, end = (node.start, node.end) if node else (0, 0)
        for position, step in enumerate(path):
            if node is None or step not in node.children:
                break
            key = node.keys.get(step) if isinstance(step, str) else None
            node = node.children[step]
            wanted = key if key and on_key and position == len(path) - 1 else node
            start, end = wanted.start, wanted.end
        return self.lines.span(start, _without_trailing_space(self.text, start, end))

    def line(self, number: int) -> str:
        """The text of a line, counted from 1; empty behind the last."""
        starts = [*self.lines.starts[number - 1 : number + 1], len(self.text)]
        return self.text[starts[0] : starts[1]] if len(starts) > 1 else ""

    def in_scalar(self, offset: int) -> bool:
        """Whether the `#` at this offset stands in a scalar, and begins no comment."""
        before = bisect_right(self.hashes, (offset, len(self.text)))
        return before > 0 and self.hashes[before - 1][1] > offset


def _without_trailing_space(text: str, start: int, end: int) -> int:
    """A block ends where the next token begins; its own text ends before the white space."""
    return start + len(text[start:end].rstrip())


class _Refused(Exception):  # noqa: N818
    """The document can't be read further."""

    def __init__(
        self,
        code: str,
        offset: int,
        message: str,
        help: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(message)
        self.code, self.offset, self.message, self.help = code, offset, message, help


class _Unclosed(_Refused):
    """The text ends where a value should stand: a bracket before it is open."""


def read(text: str) -> Document:
    """Read one YAML document; whatever is wrong with it comes back as problems."""
    builder = _Builder(text.removeprefix("\ufeff"))
    try:
        root = builder.document()
    except _Refused as refusal:
        return Document(builder, None, [*builder.problems, builder.refused(refusal)])
    return Document(builder, root, builder.problems)


class _Builder:
    """Builds nodes from the parser's events, each of which passes the guards first."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = Lines(text)
        self.problems: list[Problem] = []
        self.mistakes = self.ambiguous = 0
        self.anchors: dict[str, Node | None] = {}
        self.anchored: dict[str, int] = {}
        self.nodes = 0
        self.hashes: list[tuple[int, int]] = []
        self.end = len(text)
        self.has_foreign_breaks = False
        self.quoted_to = 0

    def document(self) -> Node:
        """The first document; a second one is a finding."""
        self.has_foreign_breaks = _check_characters(self.text)
        self.loader = PARSER(self.text)
        try:
            for _ in ("stream", "document"):
                first = self.event()
            if isinstance(first, yaml.StreamEndEvent):
                raise _Refused("NN002", 0, "the file holds no YAML document")
            root = self.node(self.event(), depth=1)
            self.event()
            self._expect_end()
            self._check_breaks(self.end)
        finally:
            self.loader.dispose()
        return root

    def event(self) -> Any:
        """The parser's next event."""
        try:
            return self.loader.get_event()
        except yaml.MarkedYAMLError as error:
            refusal = _syntax(error, self.text)
            self._check_breaks(refusal.offset)  # it may be the cause
            raise refusal from None
        except (
            ValueError,
            OverflowError,
        ):  # the Python parser asks chr() for what is no character
            raise _bad_escape(self.text, self.loader.index) from None
        except yaml.YAMLError as error:
            raise _Refused("NN002", getattr(error, "position", 0), "this is not YAML") from None

    def _check_breaks(self, end: int) -> None:
        """Refuse what ends a comment for the parser, and for nobody who looks at the file."""
        if not self.has_foreign_breaks:
            return
        match = _FOREIGN_BREAK.search(self.text, self.quoted_to, end)
        if match:
            raise _Refused(
                "NN002",
                match.start(),
                f"U+{ord(match[0]):04X} breaks the line for PyYAML, "
                "and not for YAML 1.2 or an editor",
                _NO_RAW_TEXT,
            )

    def _pass_quotes(self, event: Any, start: int, end: int) -> None:
        """In quotes such a character is text: it can't end them, so nothing hides behind it.

        It may end a block scalar. And a comment fits between an anchor or tag and its value.
        """
        if event.style in ("'", '"') and not (event.anchor or event.tag):
            self._check_breaks(start)
            self.quoted_to = end

    def _expect_end(self) -> None:
        following: Any = self.event()
        if type(following) is yaml.DocumentStartEvent:
            mark: Any = following.start_mark
            start = self.end = mark.index
            self.problem(
                "NN009",
                start,
                start + 3,
                "a second document begins here, and a spec is one document",
                "put it in a file of its own",
            )

    def problem(self, code: str, start: int, end: int, message: str, remedy: str) -> None:
        """Note a problem that does not end the reading, unless it is one too many."""
        if self.mistakes == mistakes.MOST_MISTAKES:
            raise _Refused(mistakes.TOO_MANY, start, mistakes.MESSAGE, mistakes.HELP)
        self.mistakes += 1
        span = self.lines.span(start, end)
        self.problems.append(Problem(code, (), message, remedy, span=span))

    def refused(self, refusal: _Refused) -> Problem:
        """The problem that ended the reading."""
        span = self.lines.span(refusal.offset, refusal.offset + 1)
        return Problem(refusal.code, (), refusal.message, refusal.help, span=span)

    def node(self, event: Any, depth: int) -> Node:
        """The node that begins with this event."""
        self._guard(event, depth)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth)
        if event.anchor:
            self._check_anchor(event)
            self.anchors[event.anchor] = None
        node = self._built(event, depth)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _check_anchor(self, event: Any) -> None:
        """YAML takes the last anchor of a name, and PyYAML's loader none of them."""
        name = f"&{event.anchor}"
        start = self.text.index(name, event.start_mark.index)  # a tag may stand before it
        first = self.anchored.setdefault(name, start)
        if first != start:
            self.problem(
                "NN016",
                start,
                start + len(name),
                f"the anchor {name} stands twice, first on line {self.lines.place(first)[0]}: "
                "PyYAML does not load such a file",
                "give it another name",
            )

    def _guard(self, event: Any, depth: int, added: int = 1) -> None:
        self.nodes += added
        if depth > MAX_DEPTH:
            raise _Refused(
                "NN004",
                event.start_mark.index,
                f"nested more than {MAX_DEPTH} levels deep",
                "give the inner layers a list of their own",
            )
        if self.nodes > MAX_NODES:
            raise _Refused(
                "NN005",
                event.start_mark.index,
                f"more than {grouped(MAX_NODES)} YAML nodes, with aliases written out",
                "use repeat: for layers that are alike",
            )

    def _built(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        build = self._sequence if isinstance(event, yaml.SequenceStartEvent) else self._mapping
        try:
            return build(event, depth)
        except _Unclosed:
            _blame_bracket(event, self.text)
            raise

    def _alias(self, event: Any, depth: int) -> Node:
        offset = event.start_mark.index
        if event.anchor not in self.anchors:
            raise _Refused(
                "NN002",
                offset,
                f"the alias *{event.anchor} has no anchor &{event.anchor} before it",
                f"write &{event.anchor} where the value stands first",
            )
        node = self.anchors[event.anchor]
        if node is None:
            raise _Refused("NN006", offset, f"the alias *{event.anchor} stands inside itself")
        self._guard(event, depth + node.height - 1, node.size - 1)
        return node

    def _scalar(self, event: Any) -> Node:
        start, end = event.start_mark.index, event.end_mark.index
        if self.has_foreign_breaks:
            self._pass_quotes(event, start, end)
        if event.style == '"':
            self._check_escapes(event.value, start, end)
        if "#" in event.value:
            block = event.style in ("|", ">")  # its header may carry a comment
            self.hashes.append((self.text.find("\n", start) if block else start, end))
        return Node(self._scalar_value(event, start, end), start, end)

    def _check_escapes(self, value: str, start: int, end: int) -> None:
        """The Python parser takes half of a surrogate pair for a character."""
        if value.isprintable() or not re.search("[\ud800-\udfff]", value):
            return
        from nnlint import complaints  # noqa: PLC0415 - only a mistake pays for it

        half = complaints.HALVES.search(self.text, start, end)
        raise _bad_escape(self.text, half.start() if half else start)

    def _scalar_value(self, event: Any, start: int, end: int) -> Any:
        text = event.value
        plain = event.implicit[0] and not event.tag
        if not plain:
            return self._tagged(event, start, end)
        value = self._resolved(text, start)
        if not is_unambiguous(text):
            self._warn_if_ambiguous(event, value, start, end)
        return value

    def _resolved(self, text: str, start: int) -> Any:
        try:
            return resolve(text)
        except TooLong:
            raise _Refused(
                "NN007",
                start,
                f"an integer of {plural(len(text), 'digit')}: no size is that large",
            ) from None

    def _warn_if_ambiguous(self, event: Any, value: Any, start: int, end: int) -> None:
        text = event.value
        if len(text) > LONGEST_AMBIGUOUS or self.ambiguous > mistakes.MOST_MISTAKES:
            return
        theirs = _pyyaml_value(text)
        if _same(value, theirs):
            return
        span = self.lines.span(start, end)
        self.ambiguous += 1
        if self.ambiguous > mistakes.MOST_MISTAKES:
            self.problems.append(mistakes.too_many_ambiguous(span))
        else:
            self.problems.append(_ambiguous(event, value, theirs, span))

    def _tagged(self, event: Any, start: int, end: int) -> Any:
        tag = event.tag
        if tag in (None, "!", f"{_CORE}str"):
            return event.value
        types = _TAG_TYPES.get(tag.removeprefix(_CORE))
        value = self._resolved(event.value, start)
        if types is None or type(value) not in types:
            self._refuse_tag(tag, start, end)
        return value

    def _refuse_tag(self, tag: str, start: int, end: int) -> None:
        short = tag.replace(_CORE, "!!")
        self.problem(
            "NN011",
            start,
            end,
            f"the tag {quoted(short)} is not taken: a spec is plain maps, lists and values",
            "leave the tag out",
        )

    def _sequence(self, event: Any, depth: int) -> Node:
        node = Node([], event.start_mark.index, event.end_mark.index)
        self._check_collection_tag(event, "seq")
        while not _ends(item := self.event(), yaml.SequenceEndEvent):
            child = self.node(item, depth + 1)
            node.add(len(node.value), child)
            node.value.append(child.value)
        node.end = item.end_mark.index
        return node

    def _check_collection_tag(self, event: Any, kind: str) -> None:
        if event.tag not in (None, "!", f"{_CORE}{kind}"):
            self._refuse_tag(event.tag, event.start_mark.index, event.end_mark.index)

    def _mapping(self, event: Any, depth: int) -> Node:
        node = Node({}, event.start_mark.index, event.end_mark.index)
        self._check_collection_tag(event, "map")
        merged: list[tuple[Node, Node]] = []
        while not _ends(item := self.event(), yaml.MappingEndEvent):
            merges = _is_merge(item)
            key = self._merge_key(item) if merges else self.node(item, depth + 1)
            child = self.node(self.event(), depth + 1)
            if not merges:
                self._entry(node, key, child)
            elif merged:  # PyYAML takes the last of them, others the first
                self._twice(key, merged[0][0])
            else:
                merged.append((key, child))
        node.end = item.end_mark.index
        for _, source in merged:
            self._merge(node, source)
        return node

    def _merge_key(self, event: Any) -> Node:
        if event.anchor:
            self._check_anchor(event)
        return Node(event.value, event.start_mark.index, event.end_mark.index)

    def _entry(self, node: Node, key: Node, child: Node) -> None:
        if not isinstance(key.value, str):
            self._refuse_key(key)
        elif key.value in node.value:
            self._twice(key, node.keys[key.value])
        else:
            _put(node, key, child)

    def _twice(self, key: Node, first: Node) -> None:
        line = self.lines.place(first.start)[0]
        merges = key.value == MERGE
        self.problem(
            "NN008",
            key.start,
            key.end,
            f"the key {quoted(key.value)} stands twice in this map, first on line {line}",
            "write `<<: [*one, *other]`" if merges else "remove one of them",
        )

    def _refuse_key(self, key: Node) -> None:
        self.problem(
            "NN010",
            key.start,
            _without_trailing_space(self.text, key.start, key.end),
            f"a key must be text, but this is {described(key.value)}",
            "put it in quotes if it is a name; write `name: value` if it is a value",
        )

    def _merge(self, node: Node, source: Node) -> None:
        """Take over the entries of a merge (`<<`); own keys win, and earlier maps."""
        sources = list(source.children.values()) if isinstance(source.value, list) else [source]
        for one in sources:
            if not isinstance(one.value, dict):
                self.problem(
                    "NN013", one.start, one.end, "`<<` takes in maps, and this is none",
                    "name the anchor of a map: `<<: *defaults`",
                )  # fmt: skip
                continue
            for name, child in one.children.items():
                if isinstance(name, str) and name not in node.value:
                    _put(node, one.keys[name], child)


def _ambiguous(event: Any, value: Any, theirs: Any, span: Span) -> Problem:
    """PyYAML takes the scalar for something else."""
    text = event.value
    here = "text" if isinstance(value, str) else f"{value!r}"
    there = f"reads it as {_spelled(theirs)}" if theirs is not _FAILURE else "fails on it"
    message = f"{quoted(text)} is {here} here (YAML 1.2), but PyYAML {there}"
    anchor = f"&{event.anchor} " if event.anchor else ""
    fix = Fix(Applies.SAFE, respelt=(Replacement(span, anchor + clear(value, text)),))
    return Problem("NN012", (), message, spelling(value, text), span=span, fix=fix)


def _ends(event: Any, kind: type) -> bool:
    return isinstance(event, kind)


def _is_merge(event: Any) -> bool:
    """Whether the key takes in other maps: `<<`, without quotes or a tag."""
    return type(event) is yaml.ScalarEvent and event.value == MERGE and event.implicit[0]


def _put(node: Node, key: Node, child: Node) -> None:
    node.keys[key.value] = key
    node.value[key.value] = child.value
    node.add(key.value, child)


def _check_characters(text: str) -> bool:
    """Refuse what no YAML may hold; the common case is answered without a search.

    Returns:
        whether it holds line breaks that are none to YAML 1.2.
    """
    if text.replace("\n", "").isprintable():
        return False
    match = re.search(_NOT_TEXT, text)
    if match:
        raise _Refused(
            "NN003",
            match.start(),
            f"the character U+{ord(match[0]):04X} is no text",
            _NO_RAW_TEXT,
        )
    return bool(_FOREIGN_BREAK.search(text))


def _syntax(error: yaml.MarkedYAMLError, text: str) -> _Refused:
    """The parser's complaint in nnlint's words, where it was, or where the mistake began."""
    from nnlint import complaints  # noqa: PLC0415 - only a mistake pays for it

    here, opening = error.problem_mark or error.context_mark, error.context_mark
    offset = here.index if here else 0
    complaint = complaints.find(f"{error.problem or ''} {error.context or ''}", text, offset)
    at_end = offset >= len(text.rstrip())
    if complaint is complaints.UNKNOWN_ESCAPE:
        return _bad_escape(text, offset)
    if complaint is complaints.NO_VALUE and at_end:
        return _Unclosed("NN002", offset, complaint.message, complaint.help)
    if complaint.at_opening and opening and here and (at_end or opening.line < here.line):
        offset = opening.index
    return _Refused("NN002", offset, complaint.message, complaint.help)


def _bad_escape(text: str, offset: int) -> _Refused:
    """An escape that is no character, found there."""
    from nnlint import complaints  # noqa: PLC0415 - as above

    half = complaints.half_pair(text, offset)
    said = complaints.UNKNOWN_ESCAPE if half is None else complaints.HALF_PAIR
    return _Refused("NN002", offset if half is None else half, said.message, said.help)


def _blame_bracket(event: Any, text: str) -> None:
    """Of collections that are open at the end of the text, the innermost with a bracket."""
    from nnlint import complaints  # noqa: PLC0415 - as above

    offset = event.end_mark.index - 1
    unclosed = complaints.UNCLOSED.get(text[offset : offset + 1]) if event.flow_style else None
    if unclosed:
        raise _Refused("NN002", offset, unclosed.message, unclosed.help) from None


_FAILURE = object()
"""PyYAML takes the scalar for a date or number, and then fails to make one."""

_RESOLVER: Any = yaml.resolver.Resolver()


def _pyyaml_value(text: str) -> Any:
    """What PyYAML's safe loader would take a plain scalar for."""
    tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))
    if tag == f"{_CORE}str":
        return text
    try:
        return yaml.constructor.SafeConstructor().construct_object(yaml.ScalarNode(tag, text))
    except (ValueError, OverflowError, yaml.YAMLError):
        return _FAILURE


def _same(here: Any, there: Any) -> bool:
    both_nan = here != here and there != there  # noqa: PLR0124 - nan is unlike itself
    return both_nan or (type(here) is type(there) and bool(here == there))


def _spelled(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)

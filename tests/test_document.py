"""Reading: places, guards and messages, the same with either parser of PyYAML."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nnlint import document, edits, engine
from nnlint.document import MAX_DEPTH, MAX_NODES, Document, read
from nnlint.scalars import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path, Span

PARSERS = [yaml.CBaseLoader, yaml.BaseLoader]
LAW = settings(max_examples=60, deadline=None, derandomize=True)
MARK = "¦"
"""Stands in a test's text where a finding is expected; it is not part of the text."""


@pytest.fixture(params=PARSERS, ids=lambda loader: loader.__name__, autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "PARSER", request.param)


class Said(NamedTuple):
    """What a problem says, and where."""

    code: str
    line: int
    column: int
    message: str
    help: str | None


def said(text: str) -> list[Said]:
    return [
        Said(p.code, p.span.line, p.span.column, p.message, p.help)
        for p in read(text).problems
        if p.span
    ]


def codes(text: str) -> list[str]:
    return [problem.code for problem in read(text).problems]


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column from 1, counted by hand."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def marked(text: str) -> tuple[str, int, int]:
    """The text without its mark, and the mark's place."""
    offset = text.index(MARK)
    clean = text.replace(MARK, "", 1)
    return clean, *place_of(clean, offset)


def cut(text: str, span: Span) -> str:
    """What a span covers."""
    ends = [0, *(match.end() for match in re.finditer("\r\n|\r|\n", text))]
    start = ends[span.line - 1] + span.column - 1
    return text[start : ends[span.end_line - 1] + span.end_column - 1]


def paths(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    yield path, value
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(inner, (*path, step))


# --- places ---------------------------------------------------------------------------------

BLOCK = """\
# größe, 日本 and 😀 before anything
name: netz
"input": [alpha, beta]
layers:
  - type: Linear   # comment
    units: gamma
  - Flatten
  - {type: Conv2d, 'größe 日本': delta, nested: [[epsilon], {deep: zeta}]}
  -
    - heta
  - two
    words
  - "quoted \\" 😀 text"
  - 'it''s'
tail: omega
"""
WHERE: list[tuple[Path, str]] = [
    (("name",), "netz"),
    (("input",), "[alpha, beta]"),
    (("input", 1), "beta"),
    (("layers", 0, "type"), "Linear"),
    (("layers", 0, "units"), "gamma"),
    (("layers", 1), "Flatten"),
    (("layers", 2, "größe 日本"), "delta"),
    (("layers", 2, "nested"), "[[epsilon], {deep: zeta}]"),
    (("layers", 2, "nested", 0, 0), "epsilon"),
    (("layers", 2, "nested", 1, "deep"), "zeta"),
    (("layers", 3, 0), "heta"),
    (("layers", 4), "two\n    words"),
    (("layers", 5), '"quoted \\" 😀 text"'),
    (("layers", 6), "'it''s'"),
    (("tail",), "omega"),
]
KEYS: list[tuple[Path, str]] = [
    (("name",), "name"),
    (("input",), '"input"'),
    (("layers", 0, "units"), "units"),
    (("layers", 2, "größe 日本"), "'größe 日本'"),
    (("layers", 2, "nested", 1, "deep"), "deep"),
    (("tail",), "tail"),
]
BREAKS = pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])


def assert_stands_at(text: str, span: Span, words: str) -> None:
    assert text.count(words) == 1
    offset = text.index(words)
    assert (span.line, span.column) == place_of(text, offset)
    assert (span.end_line, span.end_column) == place_of(text, offset + len(words))


@BREAKS
@pytest.mark.parametrize(("path", "words"), WHERE)
def test_a_value_is_located(path: Path, words: str, newline: str) -> None:
    text = BLOCK.replace("\n", newline)
    assert_stands_at(text, read(text).locate(path), words.replace("\n", newline))


@BREAKS
@pytest.mark.parametrize(("path", "words"), KEYS)
def test_a_key_is_located(path: Path, words: str, newline: str) -> None:
    text = BLOCK.replace("\n", newline)
    span = read(text).locate(path, on_key=True)
    assert (span.line, span.column) == place_of(text, text.index(words))
    assert cut(text, span) == words


@BREAKS
def test_a_block_ends_with_its_own_text(newline: str) -> None:
    text = "a:\n  b: 1\n  c: 2\n\n\nz: 3\n".replace("\n", newline)
    assert cut(text, read(text).locate(("a",))) == text[text.index("b") : text.index("2") + 1]


@pytest.mark.parametrize("path", [("a", "b", 7), ("a", "b", 7, "x"), ("a", "b", "no")])
def test_a_path_that_leads_nowhere_is_placed_at_its_nearest_parent(path: Path) -> None:
    assert cut("a: {b: [1, 2]}\n", read("a: {b: [1, 2]}\n").locate(path)) == "[1, 2]"
    key = read("a: {b: [1, 2]}\n").locate(path, on_key=True)
    assert cut("a: {b: [1, 2]}\n", key) == "[1, 2]"


def test_the_root_is_located_by_the_empty_path() -> None:
    assert read("\n\na: 1\n").locate(()) == (3, 1, 3, 5)


def test_an_empty_value_stands_behind_its_colon() -> None:
    assert read("a:\nb: 1\n").locate(("a",)) == (1, 3, 1, 3)


def test_a_text_that_cannot_be_read_has_its_beginning_as_place() -> None:
    assert read("a: [").locate(("a", 3)) == (1, 1, 1, 1)


def test_a_byte_order_mark_moves_nothing() -> None:
    report = engine.lint_bytes(b"\xef\xbb\xbfnnlint: 7\nfoo: 1\n", "x")
    places = {(f.rule.code, f.span.line, f.span.column) for f in report.findings}
    assert {("NN105", 1, 9), ("NN103", 2, 1)} <= places


def test_a_byte_order_mark_in_the_text_itself_moves_nothing() -> None:
    document = read("\ufeffname: netz\nfoo: bar\n")
    places = [cut(document.text, document.locate((key,))) for key in ("name", "foo")]
    assert places == ["netz", "bar"]
    assert cut(document.text, document.locate(("foo",), on_key=True)) == "foo"


SCALARS = st.one_of(
    st.text("abcXYZ é日😀 :#'\"-[]{},&*!|>%@`\n", max_size=8),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abcéß日 :#-", min_size=1, max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@LAW
@given(TREES, st.sampled_from([True, False, None]))
def test_what_pyyaml_writes_is_read_back_and_every_part_is_located(
    tree: Any, flow: bool | None
) -> None:
    text = yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=True, width=40)
    for loader in PARSERS:
        document.PARSER, before = loader, document.PARSER
        try:
            result = read(text)
        finally:
            document.PARSER = before
        assert result.problems == []
        assert result.data == tree
        for path, value in paths(tree):
            if not isinstance(value, dict | list):
                assert yaml.safe_load(cut(text, result.locate(path))) == value
            if path and isinstance(path[-1], str):
                assert yaml.safe_load(cut(text, result.locate(path, on_key=True))) == path[-1]


# --- what is read ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: 1\n", {"a": 1}),
        ("- x\n- 2.5\n- ~\n- true\n", ["x", 2.5, None, True]),
        ("just text", "just text"),
        ("a: |\n  one\n  two\n", {"a": "one\ntwo\n"}),
        ("a: >-\n  one\n  two\n", {"a": "one two"}),
        ('a: "1"\nb: \'true\'\nc: "\\u00e9\\n"\n', {"a": "1", "b": "true", "c": "é\n"}),
        ("a: !!str 1\nb: ! 2\nc: !!int '3'\nd: !!float 1\ne: !!null ''\nf: !!bool 'true'\n",
         {"a": "1", "b": "2", "c": 3, "d": 1, "e": None, "f": True}),
        ("a: !!map {b: !!seq [1]}\n", {"a": {"b": [1]}}),
        ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
        ("---\n", None),
        ("? a\n: 1\n", {"a": 1}),
        ("? b", {"b": None}),
    ],
)  # fmt: skip
def test_yaml_is_read_as_plain_data(text: str, data: object) -> None:
    result = read(text)
    assert result.data == data
    assert result.problems == []


def test_a_hash_is_in_a_scalar_or_begins_a_comment() -> None:
    text = "a: &x [o#e, 't #wo'] # c\nb: | # c\n  l #1\n\"k #\": {d: e} # c\n"
    inside = [
        text[n - 1] for n, char in enumerate(text) if char == "#" and read(text).in_scalar(n)
    ]
    assert inside == ["o", " ", " ", " "]
    comments = [n for n, char in enumerate(text) if char == "#" and not read(text).in_scalar(n)]
    assert [text[n : n + 3] for n in comments] == ["# c"] * 3


def test_a_text_that_cannot_be_read_has_no_data() -> None:
    assert read("a: [").data is None


# --- duplicate keys, several documents, keys that are no text -------------------------------


@pytest.mark.parametrize(
    ("text", "key", "first"),
    [
        ("a: 1\nb: 2\n¦a: 3\n", "a", 1),
        ("x:\n  - {k: 1,\n     ¦'k': 2}\n", "k", 2),
        ('\n\nlong name: 1\n¦"long name": 2\n', "long name", 3),
    ],
)
def test_a_key_twice_is_an_error_at_the_second(text: str, key: str, first: int) -> None:
    clean, line, column = marked(text)
    message = f"the key '{key}' stands twice in this map, first on line {first}"
    assert said(clean) == [Said("NN008", line, column, message, "remove one of them")]


def test_the_first_of_two_keys_counts() -> None:
    assert read("a: 1\na: 2\n").data == {"a": 1}


def test_every_further_key_is_an_error() -> None:
    assert [p.line for p in said("a: 1\na: 2\na: 3\n")] == [2, 3]


@pytest.mark.parametrize("text", ["a: {k: 1}\nb: {k: 1}\n", "a: 1\nA: 2\n", "k: {k: {k: 1}}\n"])
def test_the_same_key_in_another_map_is_fine(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    "text",
    ["a: 1\n¦---\nb: 2\n", "a: 1\n...\n¦--- b\n", "---\n¦---\n", "a: 1\n¦---\n---\nb: [\n"],
)
def test_a_second_document_is_an_error_at_its_dashes(text: str) -> None:
    clean, line, column = marked(text)
    (problem,) = read(clean).problems
    assert (problem.code, problem.span) == ("NN009", (line, column, line, column + 3))
    assert problem.message == "a second document begins here, and a spec is one document"
    assert problem.help == "put it in a file of its own"


def test_the_first_document_is_read_all_the_same() -> None:
    assert read("a: 1\n---\nb: 2\n").data == {"a": 1}


@pytest.mark.parametrize("text", ["---\na: 1\n", "a: 1\n...\n", "---\na: 1\n...\n# end\n"])
def test_one_document_may_have_its_marks(text: str) -> None:
    assert said(text) == []
    assert read(text).data == {"a": 1}


@pytest.mark.parametrize(
    ("text", "width", "words"),
    [("¦1: a\n", 1, "the number 1"), ("x: {¦true: a}\n", 4, "true"),
     ("¦null: a\n", 4, "empty (null)"), ("¦1.5: a\n", 3, "the decimal number 1.5"),
     ("? ¦[a, b]\n: 1\n", 6, "a list of 2"), ("? ¦{a: b}\n: 1\n", 6, "a map"),
     ("- ¦~: 1\n", 1, "empty (null)")],
)  # fmt: skip
def test_a_key_must_be_text(text: str, width: int, words: str) -> None:
    clean, line, column = marked(text)
    (problem,) = read(clean).problems
    assert (problem.code, problem.span) == ("NN010", (line, column, line, column + width))
    assert problem.message == f"a key must be text, but this is {words}"
    assert (
        problem.help == "put it in quotes if it is a name; write `name: value` if it is a value"
    )


@pytest.mark.parametrize("text", ["'1': a\n", '"true": a\n', "!!str 1: a\n", "no-op: a\n"])
def test_a_quoted_key_is_text(text: str) -> None:
    assert said(text) == []


# --- aliases and merges ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1, {b: c}]\nd: *x\n",
        "a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\n",
        "a: &x {p: 1, q: 2}\nb: {q: 3, <<: *x}\n",
        "a: &x {p: 1}\nc: &y {p: 2, q: 2}\nb: {<<: [*x, *y], r: 3}\n",
        "a: &x {p: 1}\nb: &y {<<: *x, q: 2}\nc: {<<: *y, r: 3}\n",
        "a: &x {p: {deep: [1]}}\nb: {<<: *x}\n",
        "b:\n  <<: {p: 1}\n  q: 2\n",
        "a: {<<: []}\n",
        "a: &x {}\nb: {<<: *x}\n",
        "? &k key\n: &v val\nb: {*k : *v}\n",
    ],
)
def test_aliases_and_merges_work_as_in_pyyaml(text: str) -> None:
    assert said(text) == []
    assert read(text).data == yaml.safe_load(text)


def test_an_alias_is_the_last_anchor_of_its_name() -> None:
    """YAML 1.2.2, section 7.1."""
    assert read("a: &x 5\nb: *x\nc: &x 6\nd: *x\n").data == {"a": 5, "b": 5, "c": 6, "d": 6}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("a: &x 1\nb: ¦&x 2\n", 1),
        ("a: 1\n&x b:\n  - ¦&x c\n", 2),
        ("a: &x [1,\n  ¦&x 2]\n", 1),
        ("- &x {a: 1}\n- !!map ¦&x {a: 1}\n", 1),
        ("a: &x {b: 1}\nc:\n  ? ¦&x <<\n  : {d: 1}\n", 1),
        ("- &y 1\n- &x 2\n- ¦&x 3\n- *x\n", 2),
    ],
)
def test_an_anchor_twice_is_an_error_as_for_pyyaml(text: str, first: int) -> None:
    clean, line, column = marked(text)
    (problem,) = read(clean).problems
    assert (problem.code, *(problem.span or ())[:2]) == ("NN016", line, column)
    assert f"first on line {first}" in problem.message
    assert problem.span
    assert cut(clean, problem.span) == "&x"
    with pytest.raises(yaml.composer.ComposerError, match="duplicate anchor"):
        yaml.safe_load(clean)


def test_each_further_anchor_of_a_name_is_told() -> None:
    assert [one.code for one in read("[&x 1, &x 2, &x 3]").problems] == ["NN016"] * 2


@pytest.mark.parametrize("text", ["[&x 1, &X 2, &xx 3, *x]", "a: &x 1\nb: '&x 2' # &x\n"])
def test_anchors_of_different_names_are_none_twice(text: str) -> None:
    assert read(text).problems == []
    yaml.safe_load(text)


def test_anchors_begin_anew_in_the_next_document() -> None:
    assert codes("a: &x 1\n---\nb: &x 2\n") == ["NN009"]


def test_own_keys_win_wherever_the_merge_stands() -> None:
    text = "a: &x {p: 1, q: 2}\nb: {p: 0, <<: *x}\nc: {<<: *x, p: 0}\n"
    data = read(text).data
    assert data["b"] == data["c"] == {"p": 0, "q": 2}


def test_earlier_maps_of_a_merge_win() -> None:
    assert read("a: {<<: [{p: 1}, {p: 2, q: 3}]}\n").data == {"a": {"p": 1, "q": 3}}


def test_a_merged_value_is_located_where_it_is_written() -> None:
    text = "a: &x {pp: one}\nb: {<<: *x, q: two}\n"
    result = read(text)
    assert result.locate(("b", "pp")) == result.locate(("a", "pp"))
    assert cut(text, result.locate(("b", "pp"))) == "one"
    assert cut(text, result.locate(("b", "pp"), on_key=True)) == "pp"


def test_an_alias_is_located_where_its_anchor_stands() -> None:
    text = "a: &x [one]\nb: *x\n"
    assert cut(text, read(text).locate(("b", 0))) == "one"


def test_a_quoted_merge_sign_is_a_key() -> None:
    assert read("'<<': {a: 1}\n").data == {"<<": {"a": 1}}


@pytest.mark.parametrize("text", ["a: {<<: ¦1}\n", "a: {<<: [{b: 1}, ¦[c]]}\n", "<<: ¦text\n"])
def test_a_merge_takes_maps_only(text: str) -> None:
    clean, line, column = marked(text)
    assert said(clean) == [
        Said("NN013", line, column, "`<<` takes in maps, and this is none",
             "name the anchor of a map: `<<: *defaults`")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["a: &x [¦*x]\n", "a: &x {b: {c: ¦*x}}\n", "&r a: 1\nb: &r [¦*r]\n", "&x {<<: ¦*x}\n"],
)
def test_an_alias_inside_itself_is_refused(text: str) -> None:
    clean, line, column = marked(text)
    found = [(p.code, p.line, p.column) for p in said(clean) if p.code != "NN016"]
    assert found == [("NN006", line, column)]
    assert "stands inside itself" in said(clean)[-1].message


def test_an_alias_needs_its_anchor_before_it() -> None:
    (problem,) = said("a: *later\nb: &later 1\n")
    assert problem == Said("NN002", 1, 4, "the alias *later has no anchor &later before it",
                           "write &later where the value stands first")  # fmt: skip


# --- ambiguous scalars ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "here", "there", "remedy"),
    [
        ("no", "text", "reads it as false", 'write false, or "no" for text'),
        ("Yes", "text", "reads it as true", 'write true, or "Yes" for text'),
        ("on", "text", "reads it as true", 'write true, or "on" for text'),
        ("OFF", "text", "reads it as false", 'write false, or "OFF" for text'),
        ("010", "10", "reads it as 8", "write 10"),
        ("0o17", "15", "reads it as text", "write 15"),
        ("08", "8", "reads it as text", "write 8"),
        ("1e-3", "0.001", "reads it as text", "write 0.001"),
        ("1E5", "100000.0", "reads it as text", "write 100000.0"),
        ("1:30", "text", "reads it as 90", 'write "1:30"'),
        ("190:20:30", "text", "reads it as 685230", 'write "190:20:30"'),
        ("1:30.5", "text", "reads it as 90.5", 'write "1:30.5"'),
        ("50_257", "text", "reads it as 50257", 'write "50_257"'),
        ("0b101", "text", "reads it as 5", 'write "0b101"'),
        ("2024-01-31", "text", "reads it as 2024-01-31", 'write "2024-01-31"'),
        ("2024-13-31", "text", "fails on it", 'write "2024-13-31"'),
        ("=", "text", "fails on it", 'write "="'),
    ],
)
def test_a_scalar_that_pyyaml_takes_otherwise_is_a_warning(
    text: str, here: str, there: str, remedy: str
) -> None:
    message = f"'{text}' is {here} here (YAML 1.2), but PyYAML {there}"
    (problem,) = read(f"a:\n  - b\n  - {text}\n").problems
    assert (problem.code, problem.message, problem.help) == ("NN012", message, remedy)
    assert problem.span == (3, 5, 3, 5 + len(text))


def test_an_ambiguous_key_is_a_warning_too() -> None:
    assert [(p.code, p.line, p.column) for p in said("a: 1\non: 2\n")] == [("NN012", 2, 1)]


def test_a_merge_key_is_no_ambiguous_word_and_a_value_of_its_form_is() -> None:
    assert said("- &a {x: 1}\n- {<<: *a}\n") == []
    assert codes("- <<\n") == ["NN012"]  # PyYAML fails on it
    with pytest.raises(yaml.YAMLError):
        yaml.safe_load("- <<\n")


def test_two_merges_in_one_map_are_refused_for_readers_take_another_first() -> None:
    text = "- &a {x: 1}\n- &b {x: 2}\n- <<: *a\n  <<: *b\n"
    (problem,) = said(text)
    assert (problem.code, problem.line, problem.column) == ("NN008", 4, 3)
    assert problem.help == "write `<<: [*one, *other]`"
    assert yaml.safe_load(text)[2] == {"x": 2}
    assert read(text).data[2] == {"x": 1}


@pytest.mark.parametrize("text", ["- &a 010\n- *a\n", "- &a on\n- *a\n"])
def test_a_respelt_scalar_keeps_its_anchor(text: str) -> None:
    (problem,) = read(text).problems
    assert problem.fix
    again = read(edits.replaced(text, read(text), problem.fix.respelt))
    assert (again.data, again.problems) == (read(text).data, [])


@pytest.mark.parametrize("text", ["'no'", '"1e-3"', "!!str 010", "|\n   no\n", "! 1:30"])
def test_what_is_not_plain_is_unambiguous(text: str) -> None:
    assert said(f"- {text}\n") == []


def differs(text: str) -> bool:
    """Whether PyYAML's own safe loader makes another value of a plain scalar."""
    value = resolve(text)
    try:
        theirs = yaml.safe_load(f"- {text}")[0]
    except (ValueError, yaml.YAMLError):
        return True
    both_nan = value != value and theirs != theirs
    return not both_nan and (type(value) is not type(theirs) or value != theirs)


@LAW
@given(st.text("0123456789+-.eExob_:afinFnosy", min_size=1, max_size=8))
def test_a_warning_stands_exactly_where_pyyaml_differs(text: str) -> None:
    try:
        (node,) = yaml.compose(f"- {text}").value
    except yaml.YAMLError:
        assume(False)
    assume(isinstance(node, yaml.ScalarNode) and node.value == text)
    assert codes(f"- {text}") == (["NN012"] if differs(text) else [])


@pytest.mark.parametrize("words", ["no", "On", "1e3", "010", "2024-01-01", "0x1F", ".inf"])
def test_the_law_above_meets_both_kinds(words: str) -> None:
    assert codes(f"- {words}") == (["NN012"] if differs(words) else [])


@pytest.mark.parametrize(
    "text",
    ["1" + ":59" * 3000, "0b" + "1" * 15_000, "0x" + "f" * 3900, "0x_" + "f" * 4000,
     "1_" + "0" * 5000, "9" * 400 + "e9"],
    ids=["base-60", "binary", "hexadecimal", "hexadecimal-with-_", "decimal-with-_", "float"],
)  # fmt: skip
def test_no_number_is_too_long_to_be_spoken_of(text: str) -> None:
    assert set(codes(f"a: {text}\n")) <= {"NN007", "NN012"}


def test_a_long_number_in_base_60_costs_no_more_than_it_is_long() -> None:
    start = time.process_time()
    with suppress(ValueError):  # judged by the test above
        read("a: 1" + ":59" * 50_000)
    assert time.process_time() - start < 0.3


# --- guards ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opening", "closing", "column"),
    [("[", "]", 101), ("{a: ", "}", 4 * 99 + 2), ("- ", "", 201)],
    ids=["flow lists", "flow maps, at the key of the last", "block lists"],
)
def test_the_depth_is_guarded_at_its_limit(opening: str, closing: str, column: int) -> None:
    def nested(levels: int) -> str:
        return opening * levels + "x" + closing * levels

    assert codes(nested(MAX_DEPTH - 1)) == []
    (problem,) = said(nested(MAX_DEPTH))
    assert problem == Said("NN004", 1, column,
                           f"nested more than {MAX_DEPTH} levels deep",
                           "give the inner layers a list of their own")  # fmt: skip


@pytest.mark.parametrize("text", ["[" * 20_000, "{a: " * 5_000, "- " * 20_000])
def test_a_hostile_depth_is_refused(text: str) -> None:
    assert codes(text) == ["NN004"]


def test_the_depth_counts_what_an_alias_stands_for() -> None:
    anchored = "a: &a [[[x]]]\n"  # four levels
    assert codes(anchored + "b: " + "[" * 95 + "*a" + "]" * 95) == []  # 1 + 95 + 4
    assert codes(anchored + "b: " + "[" * 96 + "*a" + "]" * 96) == ["NN004"]


def test_aliases_cannot_be_stacked_beyond_the_depth() -> None:
    lines = ["l0: &l0 [x]", *(f"l{n}: &l{n} [*l{n - 1}]" for n in range(1, 200))]
    assert codes("\n".join(lines)) == ["NN004"]


def test_the_number_of_nodes_is_guarded_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_NODES", 10)
    assert codes("[" + "x, " * 9 + "]") == []
    assert codes("[" + "x, " * 10 + "]") == ["NN005"]
    assert codes("{a: 1, b: 2, c: 3, d: 4, e: }") == ["NN005"]  # keys count


def test_the_nodes_of_an_alias_count_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_NODES", 10)
    assert codes("[&a [x, y], *a, *a]") == []  # 1 + 3 * 3
    assert codes("[&a [x, y], *a, *a, z]") == ["NN005"]


def test_the_message_names_the_limit() -> None:
    bomb = read(exploding(9, 10)).problems[0]
    assert bomb.message.startswith(f"more than {MAX_NODES:,} YAML nodes")
    assert bomb.help == "use repeat: for layers that are alike"


def exploding(levels: int, width: int) -> str:
    lines = ["l0: &l0 [x]"]
    for level in range(1, levels + 1):
        aliases = ", ".join([f"*l{level - 1}"] * width)
        lines.append(f"l{level}: &l{level} [{aliases}]")
    return "\n".join(lines) + "\n"


def exploding_merges(levels: int) -> str:
    lines = ["l0: &l0 {k: {x: y}}"]
    for level in range(1, levels + 1):
        pair = f"p: *l{level - 1}, q: *l{level - 1}"
        lines.append(f"l{level}: &l{level} {{<<: {{{pair}}}}}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "text",
    [exploding(9, 10), exploding(30, 2), exploding(3, 1000), exploding_merges(30)],
    ids=["10^9", "2^30", "1000^3", "2^30-merged"],
)
def test_a_bomb_of_aliases_does_not_go_off(text: str) -> None:
    start = time.process_time()
    assert codes(text) == ["NN005"]
    assert time.process_time() - start < 1


def test_a_modest_use_of_aliases_is_fine() -> None:
    assert codes(exploding(4, 10)) == []  # 1 + 10 + … + 10^4 lists and 10^4 leaves


@pytest.mark.parametrize("text", ["1" * 5000, "-" + "1" * 5000, "0x" + "1" * 5000])
def test_an_integer_of_5000_digits_is_refused(text: str) -> None:
    (problem,) = said(f"a:\n  b: {text}\n")
    assert problem[:3] == ("NN007", 2, 6)
    assert re.fullmatch(r"an integer of 5,00\d digits: no size is that large", problem.message)


def test_5000_digits_in_quotes_are_text() -> None:
    assert codes(f"a: '{'1' * 5000}'\n") == []


PRINTABLE = {0x09, 0x0A, 0x0D, 0x85, *range(0x20, 0x7F), *range(0xA0, 0xD800),
             *range(0xE000, 0xFFFE)}  # fmt: skip
"""c-printable, section 5.1 of YAML 1.2, below U+10000; above it all is printable."""
TRIED = [*range(0x180), 0x2028, 0x2029, 0xD7FF, 0xE000, 0xFFFD, 0xFFFE, 0xFFFF, 0x1F600]


@pytest.mark.parametrize("code", sorted({*TRIED} - PRINTABLE - {0x1F600}))
def test_what_yaml_cannot_print_is_refused(code: int) -> None:
    (problem,) = said(f"a: 1\nb: 'x{chr(code)}y'\n")
    assert problem == Said("NN003", 2, 6, f"the character U+{code:04X} is no text",
                           "remove it, or write it as an escape in double quotes")  # fmt: skip


@pytest.mark.parametrize("code", [0xD800, 0xDFFF])
def test_half_a_character_is_refused(code: int) -> None:
    assert codes(f"a: 'x{chr(code)}y'\n") == ["NN003"]


def test_what_yaml_can_print_is_read() -> None:
    for code in sorted({*TRIED} & PRINTABLE | {0x1F600}):
        quote = '"' if chr(code) == "'" else "'"
        text = f"a: {quote}x{chr(code)}y{quote}\n"
        assert codes(text) == [], code


@pytest.mark.parametrize("char", ["\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize(
    "text",
    [
        "a:\n  - b  # reviewed¦  - c\n",
        "# reviewed¦a: 1\n",
        "a: b¦  c\n",
        "a: 1¦b: 2\n",
        "a: 1¦\n",
        "a: |\n  text¦b: 2\n",
        "a: | # reviewed¦  text\n",
        "a: &b # reviewed¦  'c'\n",
        "a: !!str # reviewed¦  'c'\n",
        "'a' : [ 'b', # 'c¦ 'd' ]\n",
        "a: 'b' # reviewed¦c: 'd'\n",
        "a: 1¦ b: 2\n",
        "a: 1\n# end¦---\nb: 2\n",
    ],
)
def test_a_line_break_to_pyyaml_alone_is_refused(text: str, char: str) -> None:
    clean, line, column = marked(text)
    at = text.index(MARK)
    (problem,) = [one for one in said(clean[:at] + char + clean[at:]) if one.code != "NN009"]
    assert problem == Said(
        "NN002", line, column,
        f"U+{ord(char):04X} breaks the line for PyYAML, and not for YAML 1.2 or an editor",
        "remove it, or write it as an escape in double quotes",
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", ["['¦', \"¦\"]", "a: '¦b'\nc: \"¦d\"\n", "a: 'b\n ¦ c'\n---\n# ¦"]
)
@pytest.mark.parametrize("char", ["\x85", "\u2028", "\u2029"])
def test_in_quotes_it_is_text(text: str, char: str) -> None:
    assert {*codes(text.replace(MARK, char))} <= {"NN009"}


def test_an_escape_in_double_quotes_may_stand_for_any_character() -> None:
    assert read('a: "\\x01\\e"\n').data == {"a": "\x01\x1b"}


# --- tags -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("a: ¦!foo b\n", "!foo"),
        ("a: ¦!!python/object/apply:os.system [ls]\n", "!!python/object/apply:os.system"),
        ("a: ¦!!python/name:os.system x\n", "!!python/name:os.system"),
        ("a: ¦!!set {b}\n", "!!set"),
        ("a: ¦!!binary aGk=\n", "!!binary"),
        ("a: ¦!!timestamp 2024-01-01\n", "!!timestamp"),
        ("a: ¦!!int x\n", "!!int"),
        ("a: ¦!!int 1.5\n", "!!int"),
        ("a: ¦!!bool 'yes'\n", "!!bool"),
        ("a: ¦!!null x\n", "!!null"),
        ("a: ¦!!seq {b: c}\n", "!!seq"),
        ("a: ¦!!map [b]\n", "!!map"),
        ("¦!!omap\na: 1\n", "!!omap"),
    ],
)
def test_a_tag_that_makes_more_than_plain_data_is_refused(text: str, tag: str) -> None:
    clean, line, column = marked(text)
    (problem,) = (p for p in said(clean) if p.code == "NN011")
    message = f"the tag '{tag}' is not taken: a spec is plain maps, lists and values"
    assert problem == Said("NN011", line, column, message, "leave the tag out")


# --- syntax ---------------------------------------------------------------------------------

SYNTAX: list[tuple[str, str]] = [
    ("a: b¦: c\n", "a second ': ' on this line, where no key can stand"),
    (
        "a: 1\n b¦: 2\n",
        "this is indented deeper than the key above it, which has its value already",
    ),
    ("a: b c¦: 2\n", "a second ': ' on this line, where no key can stand"),
    ("a: ¦[1, 2\nb: 3\n", "a list that was opened with [ is not closed"),
    ("a: ¦{b: 1\nc: 3\n", "a map that was opened with { is not closed"),
    ("a: 1\n¦key\nb: 2\n", "a key without its ':'"),
    ("a:\n  b: 1\n ¦c: 2\n", "this does not line up with what stands above it"),
    ("a:\n  - 1\n ¦- 2\n", "this does not line up with what stands above it"),
    ("- a\n¦b: c\n", "this does not line up with what stands above it"),
    ('a: "b" ¦c\n', "this stands behind a value that is already complete"),
    ("a: [b]¦c\n", "this stands behind a value that is already complete"),
    ("a:\n  b: ¦'c\nd: 1\n", "a quoted text is not closed"),
    ('a: ¦"c\nd: 1\n', "a quoted text is not closed"),
    ("a: ¦@b\n", "a value can't begin with this character"),
    ("a: ¦`b\n", "a value can't begin with this character"),
    ("a: ¦%b\n", "a value can't begin with this character"),
    ("a: ¦]\n", "a value was expected here"),
    ("¦, a\n", "a value was expected here"),
    ("a:\n¦\tb: 1\n", "a tab, and YAML indents with spaces"),
    ("¦\ta: 1\n", "a tab, and YAML indents with spaces"),
    ("a: 1\n...\n¦b: 2\n", "text where the document should begin"),
    ("¦: 1\n", "there is no key before this ':'"),
    ("a: 1\n¦: 2\n", "there is no key before this ':'"),
    ("- ¦: 1\n", "there is no key before this ':'"),
    ("a: {¦: 1}\n", "there is no key before this ':'"),
    ("a: ¦[", "a list that was opened with [ is not closed"),
    ("a: ¦[b,\n\n", "a list that was opened with [ is not closed"),
    ("a: &x !!seq ¦[", "a list that was opened with [ is not closed"),
    ("a: ¦{", "a map that was opened with { is not closed"),
    ("a: [b, {c: ¦[\n", "a list that was opened with [ is not closed"),
    ("a: ¦[b: \n", "a list that was opened with [ is not closed"),
    ("a: ¦!x!foo b\n", "a tag that is not declared"),
    ("a: &¦ b\n", "an anchor or alias without a proper name"),
    ("a: *¦\n", "an anchor or alias without a proper name"),
    ("a: |¦x\n  b\n", "a block of text (| or >) that does not begin properly"),
    ("a: |¦0\n  b\n", "a block of text (| or >) that does not begin properly"),
    ("¦", "the file holds no YAML document"),
    ("¦# only a comment\n", "the file holds no YAML document"),
]


@pytest.mark.parametrize(("text", "message"), SYNTAX)
def test_a_syntax_error_is_said_in_our_words_at_its_place(text: str, message: str) -> None:
    clean, line, column = marked(text)
    (problem,) = said(clean)
    assert problem[:4] == ("NN002", line, column, message)


BROKEN = [marked(text)[0] for text, message in SYNTAX if "no YAML document" not in message]


@pytest.mark.parametrize("text", BROKEN)
def test_a_syntax_error_comes_with_a_remedy(text: str) -> None:
    assert said(text)[0].help


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_called_broken_is_broken_for_pyyaml(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        list(yaml.safe_load_all(text))


@pytest.mark.parametrize(
    "text",
    ['a: "b ¦\\ud800"\n', 'a: "¦\\uDFFF"\n', 'a: ["¦\\ud83d\\ude00"]\n', '"¦\\U0000D9AB": 1\n'],
)
def test_half_of_a_surrogate_pair_is_no_character(text: str) -> None:
    """RFC 3629, section 3: U+D800 to U+DFFF are no characters, not even two of them."""
    clean, line, column = marked(text)
    message = "this escape is half of a surrogate pair, and no character"
    assert said(clean)[0][:4] == ("NN002", line, column, message)


def test_two_backslashes_are_no_escape_of_half_a_pair() -> None:
    assert read('a: "\\\\ud800"\n').data == {"a": "\\ud800"}


@pytest.mark.parametrize(
    "text",
    [
        'a: "\\U00110000"\n',
        'a: "\\UFFFFFFFF"\n',
        'a: "\\q"\n',
        'a: "\\xZZ"\n',
        'a: "b \\u12 c"\n',
    ],
)
def test_a_bad_escape_is_called_one(text: str) -> None:
    (problem,) = said(text)
    assert problem.message == "an unknown escape in a double-quoted text"
    assert problem.line == 1
    assert text.index("\\") < problem.column <= text.rindex('"')  # within the escape


@pytest.mark.parametrize(
    "text",
    [*BROKEN, "", "# c", "[1, 2", "a: [1, 2", "{a: 1", 'a: "x', "%YAML 3.0\n---\na: 1\n",
     "key:\n- b\nc\n", "a: >9\n x\n", "[a, b]]", "{", "["],
)  # fmt: skip
def test_both_parsers_say_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = []
    for loader in PARSERS:
        monkeypatch.setattr(document, "PARSER", loader)
        answers.append(said(text))
    assert answers[0] == answers[1]
    assert [problem.code for problem in answers[0]] == ["NN002"]


@LAW
@given(st.text("ab01:-, \n[]{}'\"#&*!|>%@?~<\t\\=é", max_size=14))
def test_reading_never_raises_and_says_nothing_of_what_is_right(text: str) -> None:
    result = read(text)
    assert isinstance(result, Document)
    lines = text.count("\n") + 1
    assert all(p.span and 1 <= p.span.line <= lines for p in result.problems)
    ends = [p.code for p in result.problems if "NN002" <= p.code <= "NN007"]
    assert len(ends) == (1 if result.root is None else 0)

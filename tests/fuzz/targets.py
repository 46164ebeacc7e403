"""What the fuzzer feeds: bytes in, nothing out, an exception where a law is broken."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from zlib import crc32

import yaml

from nnlint import document, edits, formats
from nnlint.expression import LARGEST, Faulty, evaluate, names, within
from tests.fuzz import arithmetic
from tests.fuzz.reports import (
    assert_it_renders,
    assert_json_is_as_published,
    assert_within,
    lines_of,
    report_of,
)

if TYPE_CHECKING:
    from nnlint.finding import Path

Target = Callable[[bytes], None]

SAFE_LOADER = yaml.CSafeLoader if document.PARSER is yaml.CBaseLoader else yaml.SafeLoader
"""On the same parser: where the two parsers differ is `tests/test_document.py`'s to say."""
MOST_NODES = 2_000
"""Of a document that are looked up; aliases make millions of a few."""


# Bytes -> document


def read_document(data: bytes) -> None:
    """Reading ends in a document or in a problem; every place is in the text."""
    read = document.read(data.decode("utf-8", "replace"))
    lines = lines_of(read.text)
    for problem in read.problems:
        assert problem.message
        assert problem.span
        assert_within(problem.span, lines)
    assert read.root or read.problems
    for path in _paths(read):
        assert_within(read.locate(path), lines)
        assert_within(read.locate(path, on_key=True), lines)
    if not read.problems and "!" not in read.text:
        _assert_pyyaml_agrees(read)
    _assert_respellings_mean_the_same(read)


def _paths(read: document.Document) -> Iterator[Path]:
    """Paths to its nodes, those of the top first."""
    waiting: list[tuple[Path, document.Node]] = [((), read.root)] if read.root else []
    for path, node in waiting:
        yield path
        if len(waiting) < MOST_NODES:
            waiting += [((*path, step), child) for step, child in node.children.items()]


def _assert_pyyaml_agrees(read: document.Document) -> None:
    """Where nothing is said, PyYAML's safe loader takes the text for the same.

    Tags are left out: `! 1` is text by YAML's rules, and a number to PyYAML.
    """
    theirs = yaml.load(read.text, SAFE_LOADER)
    assert _comparable(theirs) == _comparable(read.data)


def _comparable(value: Any) -> str:
    """Words that tell 1 from True, take a nan for another, and know no order of keys."""
    return json.dumps(value, sort_keys=True)


def _assert_respellings_mean_the_same(read: document.Document) -> None:
    """What NN012 would write instead is read alike."""
    places = [one for p in read.problems if p.fix for one in p.fix.respelt]
    again = document.read(edits.replaced(read.text, read, places)) if places else read
    assert _comparable(again.data) == _comparable(read.data)


# Bytes -> report


def lint_spec(data: bytes) -> None:
    """Every report has its places, is rendered, and is what the schema says.

    All formats cost four times what the linting does: each input is shown in one of them,
    always the same.
    """
    report = report_of(data)
    shown = formats.names()[crc32(data) % len(formats.names())]
    assert_it_renders(shown, report)
    if shown == "json":
        assert_json_is_as_published(report)


# Text -> value

VALUES: dict[str, Any] = {
    "a": 7, "d": 768, "zero": 0, "minus": -3, "big": LARGEST, "flag": True, "act": "ReLU",
    "half": 0.5, "none": None, "a_1": 11,
}  # fmt: skip
REFUSED = object()


def evaluate_expression(data: bytes) -> None:
    """An expression is what Python makes of it, or it is refused by both."""
    text = data.decode("utf-8", "replace")
    ours = _ours(text)
    try:
        theirs = arithmetic.value(text, VALUES)
    except arithmetic.Refused:
        theirs = REFUSED
    except arithmetic.NoVerdict:
        return
    assert type(ours) is type(theirs)
    assert ours == theirs
    if ours is not REFUSED:
        assert set(names(text)) == set(arithmetic.NAME.findall(text))


def _ours(text: str) -> Any:
    try:
        return evaluate(text, within(VALUES))
    except Faulty:
        return REFUSED


TARGETS: dict[str, Target] = {
    "document": read_document,
    "spec": lint_spec,
    "expression": evaluate_expression,
}
"""Their names on the command line, and of their folders in corpus/ and found/."""

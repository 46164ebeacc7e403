"""Places by names and types: how they are spelled, that they differ, and what moves them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlint import document
from nnlint.engine import lint_text
from nnlint.landmarks import Landmarks, TextLandmarks

DATA = {
    "layers": [
        {"type": "Conv2d", "kernel_size": [3, 3]},
        "ReLU",
        {"type": "Conv2d", "name": "stem"},
        {"type": "Conv2d"},
        {"block": "stage", "first": {"stride": 2}},
        {"type": "stage"},
        {"type": "Linear", "name": "logits"},
        {"type": "Linear", "name": "logits"},
        {"type": "Linear", "name": "Conv2d"},
        {"kernel_size": 3},
        {"type": "a b"},
        ["ReLU"],
    ],
    "vars": {"a.b": 1, "2": 2, "": 3, "line\nbreak": 4},
}


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), ""),
        (("layers",), "layers"),
        (("layers", 0), "layers.Conv2d.1"),
        (("layers", 0, "kernel_size", 1), "layers.Conv2d.1.kernel_size[1]"),
        (("layers", 1), "layers.ReLU.1"),
        (("layers", 2, "bias"), "layers.stem.bias"),
        (("layers", 3), "layers.Conv2d.3"),  # the third Conv2d: the second has a name
        (("layers", 4, "first", "stride"), "layers.stage.1.first.stride"),
        (("layers", 5, "type"), "layers.stage.2.type"),
        (("layers", 6), "layers.logits"),
        (("layers", 7), "layers.logits#2"),
        (("layers", 8), "layers.Conv2d"),
        (("layers", 9), "layers[9]"),
        (("layers", 10), 'layers."a b".1'),
        (("layers", 11, 0), "layers[11].ReLU.1"),
        (("layers", 99, "x"), "layers[99].x"),
        (("vars", "a.b"), 'vars."a.b"'),
        (("vars", "2"), 'vars."2"'),
        (("vars", ""), 'vars.""'),
        (("vars", "line\nbreak"), 'vars."line\\nbreak"'),
        (("nnlint", "params"), "nnlint.params"),
    ],
    ids=str,
)
def test_how_a_path_is_spelled(path: tuple[str | int, ...], place: str) -> None:
    assert Landmarks(DATA).of(path) == place


WORDS = st.sampled_from(["a", "b", "1", "2", "a.1", "a#2", "", "[0]", '"a"', "a b", "name"])
LAYERS = st.fixed_dictionaries({}, optional={"name": WORDS, "type": WORDS, "block": WORDS})
TREES = st.recursive(
    WORDS | LAYERS | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner),
    max_leaves=30,
)


def paths(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    steps = data.items() if isinstance(data, dict) else ()
    steps = enumerate(data) if isinstance(data, list) else steps
    return [path, *(one for step, below in steps for one in paths(below, (*path, step)))]


@given(TREES)
def test_no_two_paths_have_one_place(data: Any) -> None:
    every = paths(data)
    landmarks = Landmarks(data)
    assert len({landmarks.of(path) for path in every}) == len(every)


LAYER = st.fixed_dictionaries(
    {"type": st.sampled_from(["Linear", "ReLU", "Conv2d"])},
    optional={"name": st.sampled_from(["a", "b"]), "bias": st.booleans()},
)


@given(st.lists(LAYER, min_size=1, max_size=8), st.data())
def test_a_layer_of_another_type_moves_no_place(layers: list[Any], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(layers)))
    more = deepcopy(layers)
    more.insert(at, "Identity")
    before, after = Landmarks({"layers": layers}), Landmarks({"layers": more})
    for index in range(len(layers)):
        moved = index + (index >= at)
        assert before.of(("layers", index)) == after.of(("layers", moved))


# --- what no path leads to --------------------------------------------------------------------

TEXT = """\
nnlint: 1
name: a#b
vars: {no: 010, yes: no}  # a comment
layers:
  # another
  - &first {type: ReLU, on: on}
  - *first
  - bias: 1
    bias: 2
"""


def at(word: str, occurrence: int = 0) -> str:
    """The place of the word's n-th occurrence in the text."""
    start = -1
    for _ in range(occurrence + 1):
        start = TEXT.index(word, start + 1)
    read = document.read(TEXT)
    return TextLandmarks(read).at(read.lines.span(start, start + len(word)))


@pytest.mark.parametrize(
    ("word", "occurrence", "place"),
    [
        ("010", 0, "vars.no"),
        ("no", 0, 'vars "no"'),
        ("no", 1, "vars.yes"),
        ("a#b", 0, "name"),
        ("b", 0, "name"),
        ("a comment", 0, '"a comment"'),
        ("# another", 0, '"# another"'),
        ("on", 0, 'layers.ReLU.1 "on"'),
        ("on", 1, "layers.ReLU.1.on"),
        ("bias", 1, 'layers[2] "bias"'),
    ],
)
def test_the_place_of_a_stretch_of_text(word: str, occurrence: int, place: str) -> None:
    if word in ("no", "on"):  # the words themselves, not letters of others
        found = [n for n in range(TEXT.count(word)) if _is_word(word, n)]
        occurrence = found[occurrence]
    assert at(word, occurrence) == place


def _is_word(word: str, occurrence: int) -> bool:
    start = -1
    for _ in range(occurrence + 1):
        start = TEXT.index(word, start + 1)
    return not (TEXT[start - 1] + TEXT[start + len(word)]).strip(" :}{,")


def test_a_rule_broken_twice_at_one_place_is_told_apart() -> None:
    text = "nnlint: 1\ninput: [4]\nlayers:\n  - ReLU\n  - {type: ReLU, p: 1, p: 2, p: 3}\n"
    found = [(one.rule.code, one.place) for one in lint_text(text).findings]
    assert [place for code, place in found if code == "NN008"] == [
        'layers.ReLU.2 "p"', 'layers.ReLU.2 "p"#2',
    ]  # fmt: skip


def test_what_can_not_be_read_has_no_place() -> None:
    (finding,) = lint_text("nnlint: 1\nlayers: [").findings
    assert finding.place == ""

"""What the fuzzer bred, and what it found, run once more without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nnlint.layers import layer_types
from tests.fuzz import arithmetic, dictionary, engine, minimise, seeds
from tests.fuzz.targets import TARGETS, VALUES

if TYPE_CHECKING:
    from pathlib import Path

FILES = [
    pytest.param(target, path, id=f"{target}-{folder.name}-{path.name}")
    for target in TARGETS
    for folder in (seeds.CORPUS, seeds.FOUND)
    for path in seeds.kept(folder, target)
]


@pytest.mark.parametrize(("target", "path"), FILES)
def test_the_input_breaks_no_law(target: str, path: Path) -> None:
    TARGETS[target](path.read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_the_projects_own_texts_break_no_law(target: str) -> None:
    texts = sorted(set(seeds.texts(target)))
    assert len(texts) > 20
    for data in texts[:: 1 if target == "expression" else 10]:
        TARGETS[target](data)


def test_the_corpus_is_small_and_of_these_targets() -> None:
    files = [path for path in seeds.CORPUS.rglob("*") if path.is_file()]
    assert {path.parent.name for path in files} == set(TARGETS)
    assert len(files) < 200
    assert sum(path.stat().st_size for path in files) < 200_000


# The parts of the fuzzer that need no fuzzer


def test_the_dictionary_has_the_words_of_the_format() -> None:
    words = dictionary.words()
    assert {"Linear", "out_features", "layers", "CrossEntropyLoss", "Dense", "NN201"} <= {
        *words
    }
    assert set(layer_types()) <= {*words}


def test_a_line_of_the_dictionary_reads_as_the_word() -> None:
    read = [line.strip()[1:-1].encode().decode("unicode_escape") for line in dictionary.lines()]
    assert read == dictionary.words()


@pytest.mark.parametrize(
    "text",
    ["1 +", "2**3", "a", "$nonesuch", "1e3", "0x1F", "1_0", "()", "$a(1)", "7/2", "1//0",
     "$half+1", "$flag*2", "1 if 1 else 2", "$a, 2", "v_a", "9" * 20, "(" * 51 + "1" + ")" * 51,
     "9223372036854775807+1", "1<2", "not 1", "2$a"],
)  # fmt: skip
def test_the_second_reading_refuses(text: str) -> None:
    with pytest.raises(arithmetic.Refused):
        arithmetic.value(text, VALUES)


@pytest.mark.parametrize(
    ("text", "value"),
    [("007", 7), (" $a ", 7), ("-7//2", -4), ("100/10*5", 50), ("- -$a", 7), ("$act", "ReLU"),
     ("9223372036854775807*2//2", 2**63 - 1)],
)  # fmt: skip
def test_the_second_reading_computes(text: str, value: object) -> None:
    assert arithmetic.value(text, VALUES) == value


def test_the_first_input_of_each_kind_is_kept(tmp_path: Path) -> None:
    def target(data: bytes) -> None:
        if data.startswith(b"a"):
            raise ValueError
        assert data != b"b"

    keeper = engine.Keeper(target, tmp_path)
    for data in (b"c", b"a", b"aa", b"b"):
        keeper(data)
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == [b"a", b"b"]


def test_the_corpus_is_what_adds_steps_shortest_first() -> None:
    taken = {b"1": {1}, b"12": {1, 2}, b"12 again": {1, 2}, b"3": {3}, b"none": set[int]()}
    picked = minimise.chosen(
        list(taken), lambda data: {("file", 0, line) for line in taken[data]}
    )
    assert picked == [b"12", b"3"]


def test_the_steps_of_an_input_are_seen() -> None:
    one, other = (minimise.covered("expression", data) for data in (b"1", b"1*$a"))
    assert one < other or other - one
    assert minimise.covered("expression", b"1") == one

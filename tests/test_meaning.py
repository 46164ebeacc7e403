"""Where a mistake has one answer, the rest of the spec goes on with it."""

from __future__ import annotations

import pytest

from nnlint.engine import lint_text

HEAD = "nnlint: 1\ninput: [4]\n"


def found(text: str) -> list[tuple[str, int, int]]:
    return [(f.rule.code, f.span.line, f.span.column) for f in lint_text(text).findings]


def params(text: str) -> int:
    graph = lint_text(text).graph
    assert graph is not None
    assert graph.totals.complete
    return graph.totals.params


def test_a_layer_of_keras_is_counted_and_all_its_words_are_told_at_once() -> None:
    text = HEAD + "layers:\n  - {type: Dense, units: '3', use_bias: no}\n"
    assert found(text) == [
        ("NN121", 4, 12), ("NN103", 4, 19), ("NN101", 4, 26), ("NN103", 4, 31),
        ("NN101", 4, 41),
    ]  # fmt: skip
    assert params(text) == 4 * 3


def test_a_mistake_behind_another_is_found_in_the_same_run() -> None:
    text = HEAD + (
        "layers:\n  - {type: Dense, units: 3}\n"
        "  - {type: Linear, in_features: 9, out_features: 2}\n"
    )
    assert ("NN201", 5, 33) in found(text)


def test_what_is_found_at_a_renamed_key_stands_where_it_is_written() -> None:
    text = (
        "nnlint: 1\ninput: [3, 4, 4]\nlayers:\n  - {type: Conv2d, filters: 2, kernel_size: 9}\n"
    )
    assert found(text) == [("NN103", 4, 20), ("NN211", 4, 45)]
    text = HEAD + "layers:\n  - {type: Linear, units: x}\n"
    assert found(text) == [("NN103", 4, 20), ("NN101", 4, 27)]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "varz: {d: 3, e: 2}\nlayers: [{type: Linear, out_features: $d + $e}]\n",
        HEAD + "block: {b: {layers: [ReLU]}}\nlayers: [{block: b}, {block: b}]\n",
        "nnlint: 1\nimput: [4]\nlayers: [{type: Linear, out_features: 3}]\n",
        HEAD + "vars: {d: 50_257}\nlayers: [{type: Linear, out_features: $d}]\n",
        HEAD + "vars: {b: no}\nlayers: [{type: Linear, out_features: 2, bias: $b}]\n",
        HEAD + "defaults: {Linear: {bais: false}}\nlayers: [{type: Linear, out_features: 2}]\n",
    ],
)
def test_what_hangs_on_a_mistake_is_no_mistake(text: str) -> None:
    assert len(found(text)) == 1
    assert params(text) >= 0


def test_one_refused_default_takes_no_other_with_it() -> None:
    text = (
        "nnlint: 1\ninput: [3, 8, 8]\n"
        "defaults: {Conv2d: {stride: fast, bias: false, norm: BatchNorm2d, act: ReLU}}\n"
        "layers:\n  - {type: Conv2d, out_channels: 2, kernel_size: 1}\n"
        "  - {type: Conv2d, out_channels: 2, kernel_size: 1}\n"
    )
    assert found(text) == [("NN101", 3, 29)]


def test_a_guess_is_no_answer() -> None:
    text = HEAD + "layers: [{type: Linear, out_feature: 3}]\nexpect: {params: 15}\n"
    graph = lint_text(text).graph
    assert graph is not None
    assert not graph.totals.complete


def test_a_key_that_is_there_already_stays() -> None:
    text = HEAD + "layers: [{type: Linear, units: 3, out_features: 2}]\n"
    assert [code for code, *_ in found(text)] == ["NN103"]

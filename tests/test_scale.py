"""Long and mistaken files: no recursion, and time that grows with the length alone."""

from __future__ import annotations

import gc
import time

import pytest

from nnlint.engine import lint_text
from nnlint.report import Status

HEAD = "nnlint: 1\ninput: [8]\nlayers:\n  - {type: Linear, out_features: 8}\n"


def seconds(text: str) -> float:
    """What linting takes, without Python's searches for garbage.

    They walk all that the tests before have left in memory, a second at a time; a run of nnlint
    has next to none (`__main__`).
    """
    gc.collect()
    gc.disable()
    try:
        begin = time.process_time()
        assert lint_text(text).status is Status.LINTED
        return time.process_time() - begin
    finally:
        gc.enable()


@pytest.mark.parametrize("layer", ["Identity", "Dropout", "BatchNorm1d", "{type: Flatten}"])
def test_a_long_chain_of_what_rules_see_through_is_no_recursion(layer: str) -> None:
    report = lint_text(HEAD + f"  - {layer}\n" * 5000 + "  - {type: Linear, out_features: 4}\n")
    assert report.graph
    assert len(report.graph.nodes) == 5002
    assert "NN401" in {finding.rule.code for finding in report.findings}


def wrong_sources(count: int) -> str:
    lines = (
        f"  - {{type: Linear, out_features: 8, name: l{n}, from: m{n}}}\n" for n in range(count)
    )
    return HEAD + "".join(lines)


def misspelt_inputs(count: int) -> str:
    inputs = ", ".join(f"a{n}: [8]" for n in range(count))
    lines = (f"  - {{type: ReLU, from: b{n}}}\n" for n in range(count))
    return f"nnlint: 1\ninputs: {{{inputs}}}\nlayers:\n{''.join(lines)}"


def expected_variants(count: int) -> str:
    variants = ", ".join(f"v{n}: {{d: {n + 2}}}" for n in range(count))
    params = ", ".join(f"v{n}: {9 * (n + 2)}" for n in range(count))  # 8 weights and a bias
    given = f"vars: {{d: 1}}\nvariants: {{{variants}}}\nexpect: {{variants: {{{params}}}}}\n"
    layers = "layers: [{type: Linear, out_features: $d}]\n"
    return f"nnlint: 1\ninput: [8]\n{given}{layers}"


MANY = [wrong_sources, misspelt_inputs, expected_variants]


@pytest.mark.parametrize("text", MANY, ids=lambda f: f.__name__)
def test_many_names_cost_linear_time(text: object) -> None:
    assert callable(text)
    seconds(text(100))  # what loads once
    # four times the length: 4 where it is linear, 16 where it is quadratic
    assert seconds(text(1600)) < 10 * max(seconds(text(400)), 0.1)

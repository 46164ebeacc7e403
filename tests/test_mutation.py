"""A small, fixed sample of tests/mutation: mistakes that people make are caught, and once.

The whole of it, over all specs, is `python -m tests.mutation.mutate`.
"""

from __future__ import annotations

from functools import cache
from itertools import islice

import pytest

from nnlint.engine import lint_text
from tests.mutation import mutate
from tests.mutation.judge import Mutant, Verdict, judge, kinds, mutants
from tests.mutation.kind import KINDS
from tests.mutation.tree import Spec, names

SAMPLE = (
    "mnist", "lenet5", "tabular", "autoencoder", "lstm-classifier", "two-towers", "vit-b-16",
    "unet", "gpt2", "resnet18", "whisper-tiny", "mixtral-8x7b", "googlenet-aux", "cait-s24",
)  # fmt: skip
"""The first of these in which a kind of mistake can be made stands for all."""

EXPECTED = [one.name for one in kinds() if one.codes and not one.legal]
SEEN_BY_NO_RULE_YET = ("last-flatten-dropped",)
"""Kinds whose rule should say something of them, and does not."""


@cache
def spec(name: str) -> Spec:
    return Spec(name)


@cache
def sample(kind: str) -> Mutant:
    """One mutant of the kind."""
    for name in (*SAMPLE, *names()):
        found = mutants(spec(name), KINDS[kind], places=1, seed=0)
        if found:
            return found[0]
    raise AssertionError(f"{kind} can be made nowhere")


@cache
def verdict(kind: str) -> Verdict:
    return judge(sample(kind))


@pytest.mark.parametrize("kind", [one for one in EXPECTED if one not in SEEN_BY_NO_RULE_YET])
def test_a_mistake_is_caught_by_a_code_that_names_it(kind: str) -> None:
    found = verdict(kind)
    codes = {finding.rule.code for finding in found.findings}
    assert codes & set(KINDS[kind].codes), (sample(kind).text(declared=False), found.findings)


@pytest.mark.parametrize("kind", EXPECTED)
def test_advice_changes_nothing_but_the_advice(kind: str) -> None:
    assert verdict(kind).steady


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_mutant_is_another_network_with_the_same_declarations(kind: str) -> None:
    mutant = sample(kind)
    whole = mutant.spec.text(mutant.spec.data)
    assert mutant.text(declared=True) not in (whole, mutant.spec.text(mutant.spec.undeclared))


@pytest.mark.parametrize("name", names())
def test_the_data_of_a_spec_reads_as_the_spec_does(name: str) -> None:
    """What is written out again and then broken has nothing new to say before."""
    read = spec(name)
    again, before = lint_text(read.text(read.data)), lint_text(read.source)
    assert [(one.rule.code, one.path) for one in again.findings] == [
        (one.rule.code, one.path) for one in before.findings
    ]
    assert again.graph
    assert before.graph
    assert again.graph.totals == before.graph.totals


def test_every_spec_is_broken_in_many_ways() -> None:
    assert len(kinds()) >= 25
    for name in names():
        made = (one for one in kinds() if mutants(spec(name), one, places=1, seed=0))
        assert len(list(islice(made, 25))) == 25, name


def test_the_seed_decides_and_nothing_else() -> None:
    def drawn(seed: int) -> list[str]:
        found = mutants(spec("whisper-tiny"), KINDS["key-misspelt"], places=5, seed=seed)
        return [one.place for one in found]

    assert drawn(1) == drawn(1)
    assert len({tuple(drawn(seed)) for seed in range(5)}) > 1


# The defects that it found: a miss of a rule that exists


@pytest.mark.parametrize(
    ("kind", "name", "place"),
    [
        ("norm-twice", "resnet18", "blocks.basic.layers[0].body[2]"),
        ("activation-duplicated", "mobilenet-v2", "blocks.separable.layers[1]"),
        ("activation-duplicated", "whisper-tiny", "layers[2]"),
        ("output-forgotten", "googlenet-aux", "outputs[2]"),
        ("flatten-dropped", "convnext-tiny", "layers[11]"),
        ("one-score-for-classes", "mixer-b16", "layers[5]"),
    ],
)
def test_a_mistake_is_caught_here_too(kind: str, name: str, place: str) -> None:
    found = mutants(spec(name), KINDS[kind], places=100, seed=0)
    (mutant,) = [one for one in found if one.place == place]
    assert judge(mutant).as_expected


# The report


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    mutate.main(["--spec", "mnist", *arguments])
    return capsys.readouterr().out


def test_the_report_is_the_same_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    chosen = ("--kind", "stated-size", "--kind", "repeat-off-by-one", "--list", "--text")
    assert report(capsys, *chosen) == report(capsys, *chosen)


def test_the_report_tells_what_nobody_saw(capsys: pytest.CaptureFixture[str]) -> None:
    mutate.main(["--spec", "lenet5", "--kind", "flatten-twice", "--kind", "stated-size"])
    printed = capsys.readouterr().out
    head, missed = printed.split("no rule says anything of these:")
    assert {"flatten-twice (legal)", "stated-size", "all mistakes"} <= {
        line[:48].strip() for line in head.split("\n")
    }
    assert "flatten-twice | lenet5 | layers[7]" in missed
    assert "stated-size" not in missed


def test_the_report_lists_all_with_what_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    printed = report(capsys, "--kind", "stated-size", "--list", "--text")
    assert "error: Linear: in_features is" in printed
    assert "name: mnist-mlp" in printed

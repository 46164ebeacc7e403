"""Laws of specs that hang together, and of specs with one mistake, on random ones.

`NNLINT_FUZZ_EXAMPLES=2000 python -m pytest tests/test_fuzz_specs.py` tries more of them.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from nnlint import fixing, schema
from nnlint.document import read
from nnlint.engine import hides, lint_text
from nnlint.finding import Applies, Severity
from nnlint.fixing import fix
from nnlint.formats import names
from nnlint.layers import layer_types
from tests.fuzz.reports import (
    assert_every_format_renders,
    assert_json_is_as_published,
    report_of,
)
from tests.fuzz.specs import Spec, nearly_valid, types_in, valid
from tests.fuzz.stacks import Counted, stacks
from tests.fuzz.writing import COMMENTS
from tests.test_fixing import SAFE, UNSAFE
from tests.test_schema import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from hypothesis.strategies import SearchStrategy

    from nnlint.finding import Finding

EXAMPLES = int(os.environ.get("NNLINT_FUZZ_EXAMPLES", "40"))
MANY = max(EXAMPLES, 100)
"""Specs of each kind that go through one process."""

LAW = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck),
    phases=set(Phase) - {Phase.explain},
)  # fmt: skip


@cache
def drawn(draw_one: Callable[[], SearchStrategy[Spec]], count: int) -> list[Spec]:
    """So many of them, the same ones each time."""
    found: list[Spec] = []

    @settings(
        max_examples=count, derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    @given(draw_one())
    def note(one: Spec) -> None:
        found.append(one)

    note()
    return found


# What hangs together is taken, and counted right


def errors(findings: Iterable[Finding]) -> list[Finding]:
    return [one for one in findings if one.severity is Severity.ERROR]


@LAW
@given(valid())
def test_whatever_hangs_together_is_read_placed_and_shown(spec: Spec) -> None:
    report = report_of(spec.text.encode())
    assert read(spec.text).data == spec.data
    assert not [one for one in report.findings if one.code.startswith(("NN0", "NN1"))]
    assert_json_is_as_published(report)
    assert_every_format_renders(report)


def test_most_of_what_is_drawn_is_valid_and_of_many_kinds() -> None:
    """Else the laws above would be held to nothing."""
    specs = drawn(valid, MANY)
    sound = [spec for spec in specs if not errors(lint_text(spec.text).findings)]
    assert len(sound) >= 0.85 * len(specs)
    kinds = {kind for spec in sound for kind in types_in(spec.data)}
    assert len(kinds & set(layer_types())) > len(layer_types()) / 4
    keys = Counter(key for spec in sound for key in spec.data)
    text = " ".join(spec.text for spec in sound)
    for key in (
        "repeat",
        "shared",
        "first",
        "from",
        "with",
        "tie",
        "norm",
        "act",
        "on_mismatch",
    ):
        assert f"{key}:" in text, key
    assert not {"vars", "blocks", "defaults", "inputs", "expect", "variants", "outputs"} - {
        *keys
    }


@LAW
@given(stacks())
def test_a_stack_has_the_counts_of_plain_arithmetic(
    made: tuple[dict[str, Any], Counted],
) -> None:
    spec, counted = made
    report = lint_text(json.dumps(spec))
    assert report.graph
    totals = report.graph.totals
    assert totals.complete
    assert (totals.weights, totals.biases) == (counted.weights, counted.biases)
    assert report.graph.nodes[-1].output.dims == counted.dims


# One mistake


@LAW
@given(nearly_valid())
def test_one_mistake_is_placed_and_shown(spec: Spec) -> None:
    report = report_of(spec.text.encode())
    assert_json_is_as_published(report)
    assert_every_format_renders(report)


ABOUT_NAMES = frozenset({"NN114", "NN115", "NN116", "NN122", "NN123"})
"""What no JSON Schema can say: whether a name is known, and what an expression comes to."""


@LAW
@given(nearly_valid())
def test_the_published_schema_refuses_what_the_linter_refuses(spec: Spec) -> None:
    assume(spec.data is not None)
    said = {one.code for one in schema.check(spec.data).problems}
    if not whole().is_valid(spec.data):
        assert said
    elif not uses_blocks(spec.data):
        assert said <= ABOUT_NAMES


def uses_blocks(data: Any) -> bool:
    """Whether there are arguments of blocks, which only the spec itself describes."""
    return "'block':" in repr(data)


def test_most_mistakes_are_found_and_some_can_be_mended() -> None:
    """Else the laws of mistakes and fixes would be held to nothing."""
    specs = drawn(nearly_valid, MANY)
    assert sum(bool(errors(lint_text(spec.text).findings)) for spec in specs) > len(specs) / 2
    assert sum(fix(spec.text, SAFE).text != spec.text for spec in specs) > len(specs) / 20


# Fixes


def comments(text: str) -> Counter[str]:
    """The writer's comments, but for those that are ignores: their fix takes them out."""
    plain = [one for one in COMMENTS if "ignore" not in one and one != "#"]
    return Counter({one: text.count(one) for one in plain})


def pasted(text: str, findings: Iterable[Finding]) -> str:
    """The text with these repairs made, cut and pasted by lines and columns."""
    starts = [0, *(found.end() for found in re.finditer("\r\n|\r|\n", text))]
    places = {
        (starts[s.line - 1] + s.column - 1, starts[s.end_line - 1] + s.end_column - 1, one.text)
        for finding in findings
        for one in (finding.repair.replacements if finding.repair else ())
        for s in [one.span]
    }
    for start, end, new in sorted(places, reverse=True):
        text = text[:start] + new + text[end:]
    return text


@pytest.mark.parametrize("wanted", [SAFE, UNSAFE], ids=["safe", "unsafe"])
@LAW
@given(spec=nearly_valid())
def test_a_fix_changes_what_it_says_and_comes_to_rest(
    wanted: frozenset[Applies], spec: Spec
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fixing, "MOST_ROUNDS", 1)
        text, rounds = spec.text, 0
        while (once := fix(text, wanted)).text != text:
            assert once.text == pasted(text, once.mended)
            text, rounds = once.text, rounds + 1
            assert rounds < 20
    assert comments(text) == comments(spec.text)


@LAW
@given(nearly_valid())
def test_a_safe_fix_leaves_every_count(spec: Spec) -> None:
    fixed = fix(spec.text, SAFE)
    before = lint_text(spec.text)
    assert fix(fixed.text, SAFE).text == fixed.text
    if before.graph and before.graph.totals.complete and not any(map(hides, before.findings)):
        assert fixed.report.graph
        assert fixed.report.graph.totals == before.graph.totals


# The same bytes, whatever the order of sets and of files

WORKER = """
import hashlib, pathlib, sys
from nnlint import formats
from nnlint.engine import lint_bytes
from nnlint.terminal import Style
paths = sorted(pathlib.Path(sys.argv[1]).iterdir())
order = paths[::-1] if sys.argv[2] == "backwards" else paths
reports = {path: lint_bytes(path.read_bytes(), path.name) for path in order}
for name in formats.names():
    groups = [[reports[path] for path in paths]]
    groups += [[reports[path]] for path in paths[:10]] if name == "full" else []
    shown = "".join(formats.render(name, group, Style()) for group in groups)
    print(name, len(shown), hashlib.sha256(shown.encode()).hexdigest())
"""
"""Lints all files of a folder, and prints what each format shows of them in their order."""


def test_every_format_is_the_same_under_another_seed_and_in_another_order(
    tmp_path: Path,
) -> None:
    specs = [*drawn(valid, MANY), *drawn(nearly_valid, MANY)]
    for number, spec in enumerate(specs):
        (tmp_path / f"{number:05}.yaml").write_bytes(spec.text.encode())
    shown = {
        subprocess.run(
            [sys.executable, "-c", WORKER, str(tmp_path), order],
            env={**os.environ, "PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, check=True,
        ).stdout
        for seed, order in (("0", "forwards"), ("1", "backwards"), ("2", "forwards"))
    }  # fmt: skip
    (same,) = shown
    assert len(same.splitlines()) == len(names())

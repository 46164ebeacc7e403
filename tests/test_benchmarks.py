"""The parts of the benchmarks that measure nothing, and the form of their results."""

from __future__ import annotations

import ast
import itertools
import math
import random
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from benchmarks import __main__ as command
from benchmarks import (
    families,
    generate,
    growth,
    large,
    pairing,
    processes,
    report,
    results,
    summaries,
    unguarded,
    words,
    writing,
)
from benchmarks.pairing import Spread
from benchmarks.plan import plan
from benchmarks.results import Result, Target
from nnlint import document, engine
from nnlint.report import Status

if TYPE_CHECKING:
    from pathlib import Path

KEPT = report.from_json(report.KEPT.read_text("utf-8"))


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


# -- pairs


def test_what_is_compared_runs_in_turn_after_a_turn_that_does_not_count() -> None:
    log: list[str] = []
    ticks = itertools.count()

    def measure(name: str) -> int:
        log.append(name)
        return next(ticks)

    found = pairing.in_turn({"a": lambda: measure("a"), "b": lambda: measure("b")}, 2)
    assert log == ["a", "b"] * 3
    assert found == {"a": [2, 4], "b": [3, 5]}
    log.clear()
    pairing.in_turn({"a": lambda: measure("a")}, 2, warm_up=False)
    assert log == ["a", "a"]


def test_a_machine_that_slows_down_changes_no_ratio() -> None:
    slower = [1.0, 10.0, 100.0]
    assert pairing.ratio([2 * one for one in slower], slower) == Spread(2, 2, 2)


def test_quartiles_are_those_of_the_definition() -> None:
    # of 1 … 5 a quarter lies at or below 2, and a quarter at or above 4
    assert pairing.spread([5, 1, 4, 2, 3]) == Spread(3, 2, 4)
    assert pairing.spread([7]) == Spread(7, 7, 7)


@pytest.mark.parametrize("power", [0.5, 1, 2])
def test_the_exponent_is_that_of_the_curve(power: float) -> None:
    sizes = [1000, 10_000, 50_000]
    times = [3e-6 * size**power for size in sizes]
    assert growth.exponent(sizes, times) == pytest.approx(power)


def test_n_log_n_is_more_than_linear() -> None:
    sizes = [1000, 10_000, 50_000]
    assert growth.exponent(sizes, [size * math.log(size) for size in sizes]) > 1.05


# -- processes


MEASURE = """\
import sys
from benchmarks import processes
quiet, held = (processes.run([sys.executable, "-c", code]) for code in sys.argv[1:])
print(quiet.peak, held.peak, held.seconds, held.processor)
"""


def test_a_process_is_timed_and_its_memory_is_its_own() -> None:
    """Measured by a small process: this one may hold more than what it would measure."""
    held = "import time; held = b'x' * 100_000_000; time.sleep(0.2)"
    done = subprocess.run(
        [*python(MEASURE), "pass", held],
        cwd=report.ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    quiet, peak, seconds, processor = map(float, done.stdout.split())
    assert 100e6 < peak < 100e6 + 1.2 * quiet
    assert seconds > processor
    assert seconds > 0.2


def test_a_command_that_fails_is_no_measurement() -> None:
    with pytest.raises(processes.Failed, match=r"ended with 3: no such network"):
        processes.run(
            python("import sys; print('no such network', file=sys.stderr); sys.exit(3)")
        )
    assert processes.run(python("raise SystemExit(1)"), expected=(0, 1)).seconds > 0


# -- generated specs


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    sizes = [generate.fill(tmp_path / name, 40) for name in ("a", "b")]
    texts = [
        {one.name: one.read_bytes() for one in (tmp_path / name).iterdir()} for name in "ab"
    ]
    assert texts[0] == texts[1]
    assert sizes == [sum(map(len, texts[0].values()))] * 2
    # a file does not depend on how many there are
    assert dict(generate.specs(40))["net-00039.yaml"].encode() == texts[0]["net-00039.yaml"]
    assert generate.spec(3, seed=0) != generate.spec(3, seed=1)


def test_a_new_process_generates_the_same() -> None:
    code = "from benchmarks import generate; print(generate.spec(5), end='')"
    done = subprocess.run(
        python(code), cwd=report.ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout == generate.spec(5)


@pytest.mark.parametrize("family", families.WEIGHTS, ids=lambda one: one.__name__)
def test_every_family_is_valid_and_proves_what_it_states(family: families.Family) -> None:
    for seed in range(5):
        rng = random.Random(seed)
        spec = {"nnlint": 1, **family(rng)}
        found = engine.lint_text(writing.written(spec, writing.style(rng, generate.COMMENTS)))
        assert found.status is Status.LINTED
        assert [one for one in found.findings if one.rule.severity.value != "info"] == []
        assert found.expectations
        assert all(one.holds for one in found.expectations)


def test_generated_specs_are_of_every_kind_hand_and_length() -> None:
    texts = [text for _, text in generate.specs(300)]
    names = {found[1] for text in texts if (found := re.search(r'name: "?(\w+)-\d', text))}
    assert names == {family.__name__ for family in families.WEIGHTS}
    lines = sorted(text.count("\n") for text in texts)
    assert lines[0] >= 8
    assert lines[len(lines) // 2] in range(20, 60)
    assert lines[-1] <= 120
    for sign in ("---\n", "  - {", "\n- type:", '"', "# ", "\n\n", "variants:"):
        assert 0 < sum(sign in text for text in texts) < len(texts), sign


@pytest.mark.parametrize("width", [0, 60, 100])
@pytest.mark.parametrize("deep", [True, False])
@pytest.mark.parametrize("quoted", [True, False])
def test_every_hand_writes_the_same_data(width: int, deep: bool, quoted: bool) -> None:
    hand = writing.Style(width, deep, quoted, airy=True, started=True, comments=("a", "b"))
    for family in families.WEIGHTS:
        spec = {"nnlint": 1, **family(random.Random(7))}
        assert yaml.safe_load(writing.written(spec, hand)) == spec


# -- files of many layers


@pytest.mark.parametrize("kind", large.KINDS)
def test_a_large_file_has_as_many_layers_as_it_says(kind: str) -> None:
    found = engine.lint_text(large.KINDS[kind](210))  # whole units of 2, 3 and 7
    assert [one for one in found.findings if one.rule.severity.value != "info"] == []
    assert found.graph
    assert len(found.graph.nodes) == 210


@pytest.mark.parametrize("what", large.MULTIPLIED)
def test_what_multiplies_is_counted_or_refused(what: str) -> None:
    found = engine.lint_text(large.MULTIPLIED[what])
    codes = {one.rule.code for one in found.errors}
    assert codes == ({"NN209"} if "refused" in what else set())


def test_what_multiplies_has_all_its_layers() -> None:
    of_one = 8 * 8 + 8
    assert engine.lint_text(large.nested(3, 10**6)).params == of_one * 10**18
    twice = large.doubled(large.REPEATED_TWICE, 40)
    assert engine.lint_text(twice).params == of_one * 2**40
    assert engine.lint_text(large.doubled(large.WRITTEN_TWICE, 3)).params == of_one * 2**3


# -- guards


def test_without_the_guards_nothing_is_refused_and_then_they_are_back() -> None:
    deep = "[" * (document.MAX_DEPTH + 1) + "]" * (document.MAX_DEPTH + 1)
    with unguarded.unguarded():
        assert document.read(deep).problems == []
    assert [one.code for one in document.read(deep).problems] == ["NN004"]


# -- results


RATIO = Result("peers", "ours / theirs", Spread(0.9, 0.8, 1.123), "×", Target(1.0), "1 s | 2 s")
RATE = Result("peers", "files", Spread(1234.5, 1000, 2000), "files/s")
GONE = results.skipped("summaries", "Keras / nnlint", "no keras")
RECORD = report.Record({"processor": "Abacus"}, {"turns": 3}, (RATIO, RATE, GONE))


@pytest.mark.parametrize(
    ("target", "value", "verdict"),
    [
        (Target(1.0), 1.0, "met"),
        (Target(1.0), 1.01, "missed"),
        (Target(15, at_least=True), 15.0, "met"),
        (Target(15, at_least=True), 14.9, "missed"),
        (None, 3.0, ""),
    ],
)
def test_the_median_meets_the_target_or_misses_it(
    target: Target | None, value: float, verdict: str
) -> None:
    assert Result("p", "w", Spread(value, 0, 99), target=target).verdict == verdict


def test_a_table_says_what_was_measured_and_what_was_not() -> None:
    assert report.markdown(RECORD).splitlines() == [
        "| part | what | median [quartiles] | target | |",
        "|---|---|---|---|---|",
        "| peers | ours / theirs | 0.90 × [0.80–1.12] | ≤ 1, met | 1 s \\| 2 s |",
        "| peers | files | 1,234 files/s [1,000–2,000] |  |  |",
        "| summaries | Keras / nnlint | – | not measured | no keras |",
        "",
        "Measured with processor Abacus; 3 turns.",
    ]


def test_a_record_survives_being_kept() -> None:
    assert report.from_json(report.to_json(RECORD)) == RECORD


def test_the_table_stands_between_its_markers_alone() -> None:
    readme = "before\n<!-- benchmarks -->\nold\n<!-- end -->\nafter <!-- end -->\n"
    new = report.filled(readme, RECORD)
    assert new.startswith("before\n<!-- benchmarks -->\n| part |")
    assert new.endswith("3 turns.\n<!-- end -->\nafter <!-- end -->\n")
    assert report.filled(new, RECORD) == new


def test_the_readme_tells_what_is_wanted_or_missing() -> None:
    assert report.headlines(RECORD).results == (RATIO, GONE)


@pytest.mark.parametrize(
    ("seconds", "shown"), [(12.34, "12.3 s"), (0.1234, "123 ms"), (0.0000123, "12.3 µs")]
)
def test_a_duration_has_three_digits(seconds: float, shown: str) -> None:
    assert words.duration(seconds) == shown


# -- what is kept, and shown


def test_the_tables_show_what_is_kept() -> None:
    for path, text in report.shown(KEPT):
        assert report.MARKED.search(text), path
        assert path.read_text("utf-8") == text, f"{path}: python -m benchmarks --write"


def test_what_is_kept_has_every_part_and_says_where() -> None:
    assert list(dict.fromkeys(one.part for one in KEPT.results)) == list(command.PARTS)
    wanted = {one.part for one in report.headlines(KEPT).results}
    assert wanted == set(command.PARTS)
    assert {"processor", "cores", "memory", "system", "Python", "date", "commit"} <= set(
        KEPT.machine
    )
    for one in KEPT.results:
        assert one.spread or one.note, one.what
        assert one.spread is None or one.spread.low <= one.spread.median <= one.spread.high


# -- the command


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["warp"], "no part 'warp'; there are startup, summaries, peers, scale, guards"),
        (["--write", "peers"], "--write takes all parts"),
        (["--runs", "1"], "quartiles need 2 turns"),
    ],
)
def test_a_wrong_wish_ends_with_2(
    argv: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        command.main(argv)
    assert end.value.code == 2
    assert said in capsys.readouterr().err


def test_a_quick_plan_is_smaller_in_everything(tmp_path: Path) -> None:
    quick, full = (plan(tmp_path, 20, quick=one) for one in (True, False))
    assert quick.runs < full.runs
    assert quick.long_runs < full.long_runs
    assert max(quick.files) < max(full.files)
    assert max(quick.layers) < max(full.layers)
    assert (full.files, full.layers) == ((1000, 10_000), (1000, 10_000, 50_000))


def test_what_measures_memory_holds_little_itself() -> None:
    """Linux begins a child's peak with what its parent holds."""
    code = "import benchmarks.__main__, sys; print(*{one.split('.')[0] for one in sys.modules})"
    done = subprocess.run(
        python(code), cwd=report.ROOT, check=True, capture_output=True, text=True
    )
    assert not {"nnlint", "yaml", "jsonschema", "rich"} & set(done.stdout.split())


@pytest.mark.parametrize("name", ["with_torch", "with_keras"])
def test_what_frameworks_run_needs_only_them(name: str) -> None:
    """Their interpreter has no nnlint."""
    tree = ast.parse(
        (report.ROOT / "benchmarks" / "networks" / f"{name}.py").read_text("utf-8")
    )
    wanted = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert wanted <= {"__future__", "torch", "benchmarks.networks"}


def test_a_framework_that_is_not_there_is_said(tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    bare.chmod(0o755)
    missing = plan(tmp_path, 2, quick=True)._replace(frameworks=str(bare))
    found = list(summaries.measured(missing))
    assert {one.verdict for one in found} == {"not measured"}
    assert [one.note for one in found] == [
        f"ModuleNotFoundError: No module named '{name}'" for name in ("torch", "keras")
    ]


def test_different_networks_are_not_compared() -> None:
    ours, theirs = {"params": 13002}, {"params": 12992, "versions": {"keras": "3"}}
    summaries.same_count(ours, {**theirs, "params": 13002}, "mnist")
    with pytest.raises(processes.Failed, match="13002 parameters in nnlint, 12992 in keras"):
        summaries.same_count(ours, theirs, "mnist")

"""Whatever goes in, a report comes out: soon, and never as an internal error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nnlint import engine, formats
from nnlint.report import Report, Status
from nnlint.terminal import Style

MNIST = Path(__file__).parent.parent / "specs" / "mnist.yaml"
SEED = MNIST.read_bytes()

ANYTHING = settings(
    max_examples=150,
    deadline=timedelta(seconds=1),
    suppress_health_check=[HealthCheck.too_slow],
)


def report_of(data: bytes) -> Report:
    """The report on these bytes, held against what every report must be."""
    report = engine.lint_bytes(data, "a.yaml")
    assert report.status is Status.LINTED
    assert report.reason is None
    lines = report.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for finding in report.findings:
        span = finding.span
        assert finding.rule.name != "unknown", f"{finding.rule.code} has no page"
        assert finding.message
        assert 1 <= span.line <= span.end_line <= len(lines)
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1
        assert (span.line, span.column) <= (span.end_line, span.end_column)
    return report


def assert_every_format_renders(report: Report) -> None:
    """Every format says something of it, in words that a stream can take."""
    for name in formats.names():
        formats.render(name, [report], Style(width=60)).encode()


# Bytes and texts

KEYS = ["nnlint", "name", "input", "layers", "loss", "dtype", "expect", "budget", "type", "from",
        "out_features", "in_features", "bias", "p", "dim", "repeat", "num_features", "params",
        "size", "layer_share", "warn_at", "output", "<<", "start_dim", "shape", "trainable",
        "normalized_shape", "nonesuch", "merge", "body", "inputs"]  # fmt: skip
VALUES = ["1", "784", "-1", "0", "16", "[784]", "[3, 4, 5]", "[]", "{}", "null", "~", "true", "no",
          "1e-3", "010", "0x1F", ".nan", ".inf", "-.inf", "9223372036854775807", "1" * 30, "'16'",
          "$d", "4*$d", "15k", "1e400", "64 KiB", "90%", "Linear", "ReLU", "Softmax", "Flatten",
          "LayerNorm", "BatchNorm1d", "RMSNorm", "Dropout", "Sequential", "PReLU", "Dense",
          "Linaer", "CrossEntropyLoss", "BCEWithLogitsLoss", "float16", "&a [*a]", "*a", "&a x",
          "!!python/name:os.system x", "!tag x", '"\\ud800"', "1:30", "2020-01-01", "|", ">-",
          "[Linear, ReLU]", "{type: Linear, out_features: 4}", "{map: [3, 4]}", "{tokens: 8}",
          "{sequence: [4, 8]}", "previous", "# nnlint: ignore[NN201]"]  # fmt: skip
PIECES = ["\n", "  ", "- ", ": ", "? ", "{", "}", "[", "]", ", ", '"', "'", "#", "---\n", "...\n",
          "%YAML 1.2\n", "\t", "\r", "\ufeff", "\x85", "\u2028", "\x00", "漢", "\\", "@", "`", "&a ",
          "*a", "<<: *a\n", "nnlint: 1\n", "layers:\n", "input: [784]\n", "# nnlint: ignore[",
          "# nnlint: ignore-file[NN201]\n"]  # fmt: skip
FRAGMENTS = st.lists(st.sampled_from([*KEYS, *VALUES, *PIECES]), max_size=40).map("".join)


@ANYTHING
@given(st.binary(max_size=300))
@example(b"")
@example(b"\xff\xfe")
@example(b"\xef\xbb\xbf")
def test_any_bytes_give_a_report(data: bytes) -> None:
    assert_every_format_renders(report_of(data))


@ANYTHING
@given(st.text(max_size=200))
@example("nnlint")
@example("*a")
@example("? ? ?")
def test_any_text_after_the_marker_gives_a_report(text: str) -> None:
    data = f"nnlint: 1\n{text}".encode(errors="surrogatepass")
    assert_every_format_renders(report_of(data))


@ANYTHING
@given(FRAGMENTS)
def test_pieces_of_yaml_give_a_report(text: str) -> None:
    assert_every_format_renders(report_of(f"nnlint: 1\n{text}".encode()))


# Specs that are nearly right

KEY = st.sampled_from(KEYS)
VALUE = st.recursive(
    st.sampled_from(VALUES),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(st.tuples(KEY, inner), max_size=4).map(
            lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
        )
    ),
    max_leaves=6,
)
TYPES = st.sampled_from([value for value in VALUES if value.isalnum() and value[0].isupper()])
LAYER = TYPES | st.tuples(TYPES, st.lists(st.tuples(KEY, VALUE), max_size=3)).map(
    lambda made: "{" + ", ".join([f"type: {made[0]}", *(f"{k}: {v}" for k, v in made[1])]) + "}"
)


@ANYTHING
@given(
    st.sampled_from(["[784]", "[3, 4, 5]", "[4, 8]", "{sequence: [4, 8]}", "{tokens: 8}", "[]"]),
    st.lists(LAYER, min_size=1, max_size=6),
    st.lists(st.tuples(KEY, VALUE), max_size=3),
)
def test_specs_with_wild_values_give_a_report(
    given_input: str, layers: list[str], more: list[tuple[str, str]]
) -> None:
    rows = "".join(f"  - {layer}\n" for layer in layers)
    rest = "".join(f"{key}: {value}\n" for key, value in more)
    text = f"nnlint: 1\ninput: {given_input}\nlayers:\n{rows}{rest}"
    assert_every_format_renders(report_of(text.encode()))


# Mutations of a real spec

PATCH = st.one_of(
    st.binary(max_size=3),
    st.sampled_from([piece.encode("utf-8", "surrogatepass") for piece in (*VALUES, *PIECES)]),
)
MUTATION = st.tuples(st.integers(0, len(SEED)), st.integers(0, 12), PATCH)


def mutated(seed: bytes, mutations: list[tuple[int, int, bytes]]) -> bytes:
    """Each mutation deletes so many bytes at a place, and puts others there."""
    for at, length, patch in mutations:
        seed = seed[:at] + patch + seed[at + length :]
    return seed


@ANYTHING
@given(st.lists(MUTATION, min_size=1, max_size=4))
def test_mutations_of_a_spec_give_a_report(mutations: list[tuple[int, int, bytes]]) -> None:
    assert_every_format_renders(report_of(mutated(SEED, mutations)))


@pytest.mark.parametrize("step", [SEED[:length] for length in range(0, len(SEED), 3)], ids=len)
def test_a_spec_that_is_being_typed_gives_a_report(step: bytes) -> None:
    assert_every_format_renders(report_of(step))


def test_the_spec_itself_is_clean() -> None:
    report = report_of(SEED)
    assert report.findings == ()
    assert report.graph
    assert report.graph.totals.params == 13002


# Hostile files, in a process with little memory and little time

MEMORY = 2**30
SECONDS = 2.0
MARK = "nnlint: 1\ninput: [4]\n"
BOMB = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
MERGES = "".join(f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}], k{n}: 1}}\n"
                 for n in range(1, 12))  # fmt: skip
LONG = "a" * 5_000_000
ROW = "{type: Linear, out_features: 4}"

HOSTILE = {
    "aliases": f"{MARK}a0: &a0 [x]\n{BOMB}layers: *a11\n",
    "merges": f"{MARK}m0: &m0 {{k0: 1}}\n{MERGES}layers: [*m11]\n",
    "recursive": f"{MARK}layers: &a [*a, *a]\n",
    "deep": f"{MARK}layers: " + "[" * 100_000,
    "deep maps": f"{MARK}layers: " + "{a: " * 100_000,
    "deep blocks": f"{MARK}layers:\n" + "".join(" " * n + "-\n" for n in range(1, 1500)),
    "deep keys": f"{MARK}" + "? " * 100_000,
    "long scalar": f"{MARK}layers: [{LONG}]\n",
    "long text": f'{MARK}layers: ["{LONG}"]\n',
    "long key": f"{MARK}layers: [{{type: ReLU, {LONG}: 1}}]\n",
    "long comment": f"{MARK}layers: [Linaer] # {LONG}\n",
    "long integer": f"{MARK}layers: [{{type: Linear, out_features: {'9' * 5000}}}]\n",
    "long hexadecimal": f"{MARK}layers: [{{type: Linear, out_features: 0x{'F' * 5000}}}]\n",
    "long count": f"{MARK}layers: [{ROW}]\nbudget: {{params: {'9' * 5000}k}}\n",
    "long decimal": f"{MARK}layers: [{{type: Dropout, p: 0.{'9' * 100_000}}}]\n",
    "long exponent": f"{MARK}layers: [{ROW}]\nbudget: {{params: 1e{'9' * 100}}}\n",
    "huge repeat": f"{MARK}layers: [{{type: Sequential, repeat: 9e9999999, layers: [{ROW}]}}]\n",
    "repeats in repeats": f"{MARK}layers: "
    + "[{type: Sequential, repeat: 1000000000, layers: " * 40 + f"[{ROW}]" + "}]" * 40,
    "many errors": f"{MARK}layers: [{'Linaer, ' * 20_000}]\n",
    "many ignores": f"{MARK}layers: [{ROW}]\n" + "# nnlint: ignore[NN201]\n" * 20_000,
    "many quotes": MARK + "layers: [" + '"' * 100_001,
    "many anchors": MARK + "layers: [" + "&a x, " * 100_000,
    "many commas": MARK + "layers: [" + "," * 100_000,
    "NUL": f"{MARK}layers: [\0]\n" + "\0" * 1000,
    "UTF-16": f"{MARK}layers: [ReLU\n".encode("utf-16"),
    "empty": b"",
    "nothing": f"{MARK}",
    "only the marker": b"nnlint:",
    "too large": MARK.encode() + b"# " + b"x" * 40_000_000,
}  # fmt: skip
NO_SPEC = {"empty"}
"""No line begins with the marker: a named file like that is exit 2; all others are exit 1."""


def run_small(*argv: str, cwd: Path, seconds: float) -> subprocess.CompletedProcess[str]:
    """Run nnlint with little memory; more time than that is a failure."""
    code = (
        "import resource\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))\n"
        "from nnlint.__main__ import run\n"
        "run()\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *argv], cwd=cwd, capture_output=True, text=True,
        check=False, timeout=seconds, env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def hostile_file(name: str, folder: Path) -> str:
    """Write it; its name."""
    text = HOSTILE[name]
    file = folder / f"{name.replace(' ', '-')}.yaml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file.name


def assert_harmless(done: subprocess.CompletedProcess[str]) -> None:
    for word in ("Traceback", "internal error", "MemoryError", "RecursionError"):
        assert word not in done.stderr
        assert word not in done.stdout


@pytest.mark.parametrize("form", ["json", "full"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_costs_little_and_stops_no_other(
    name: str, form: str, tmp_path: Path
) -> None:
    hostile = hostile_file(name, tmp_path)
    argv = ["--format", form, hostile, str(MNIST)]
    done = run_small(*argv, cwd=tmp_path, seconds=SECONDS)
    assert_harmless(done)
    assert done.returncode == (2 if name in NO_SPEC else 1), done.stderr
    if form == "json":
        assert_places_and_neighbour(json.loads(done.stdout), name)
    else:
        assert "13,002" in done.stdout


def assert_places_and_neighbour(document: dict[str, Any], name: str) -> None:
    """The hostile file has an error at a place, and the one beside it was linted."""
    hostile, beside = document["files"]
    if name not in NO_SPEC:
        assert hostile["status"] == "linted"
        assert "error" in {finding["severity"] for finding in hostile["findings"]}
        assert all(finding["line"] >= 1 for finding in hostile["findings"])
    assert beside["network"]["totals"]["params"] == 13002


def test_all_hostile_files_in_one_run_stop_no_other(tmp_path: Path) -> None:
    names = [hostile_file(name, tmp_path) for name in HOSTILE]
    argv = ["--format", "json", *names, str(MNIST)]
    done = run_small(*argv, cwd=tmp_path, seconds=SECONDS * len(names))
    assert_harmless(done)
    assert done.returncode == 2
    *hostile, beside = json.loads(done.stdout)["files"]
    assert [one["path"] for one in hostile] == names
    assert beside["network"]["totals"]["params"] == 13002

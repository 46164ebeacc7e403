"""Whatever goes in, a report comes out: soon, and never as an internal error."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.fuzz.reports import assert_every_format_renders, report_of

MNIST = Path(__file__).parent.parent / "specs" / "mnist.yaml"
SEED = MNIST.read_bytes()

ANYTHING = settings(
    max_examples=100,
    deadline=timedelta(seconds=1),
    suppress_health_check=[HealthCheck.too_slow],
)


# Bytes and texts


def words(text: str) -> list[str]:
    return text.split()


KEYS = words("""
nnlint name input inputs layers loss dtype expect budget type from out_features in_features bias
p dim repeat num_features params size layer_share warn_at output << start_dim shape trainable
normalized_shape nonesuch merge body
""")
VALUES = [
    *words("1 784 -1 0 16 null ~ true no 1e-3 010 0x1F .nan .inf -.inf 1e400 1:30 2020-01-01"),
    *words("9223372036854775807 '16' $d 4*$d 15k 90% float16 previous | >- *a [] {} [784]"),
    *words("Linear ReLU Softmax Flatten LayerNorm BatchNorm1d RMSNorm Dropout Sequential"),
    *words("PReLU Dense Linaer CrossEntropyLoss BCEWithLogitsLoss"),
    "1" * 30, "64 KiB", "[3, 4, 5]", "&a [*a]", "&a x", "!!python/name:os.system x", "!tag x",
    '"\\ud800"', "[Linear, ReLU]", "{type: Linear, out_features: 4}", "{map: [3, 4]}",
    "{tokens: 8}", "{sequence: [4, 8]}", "# nnlint: ignore[NN201]",
]  # fmt: skip
PIECES = [
    *words("{ } [ ] \" ' # \\ @ ` *a 漢"),
    "\n", "  ", "- ", ": ", "? ", ", ", "---\n", "...\n", "%YAML 1.2\n", "\t", "\r", "\ufeff",
    "\x85", "\u2028", "\x00", "&a ", "<<: *a\n", "nnlint: 1\n", "layers:\n", "input: [784]\n",
    "# nnlint: ignore[", "# nnlint: ignore-file[NN201]\n",
]  # fmt: skip
FRAGMENTS = st.lists(st.sampled_from([*KEYS, *VALUES, *PIECES]), max_size=40).map("".join)


@ANYTHING
@given(st.binary(max_size=300))
@example(b"")
@example(b"\xff\xfe")
@example(b"\xef\xbb\xbf")
@example(b"\r\xff")
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
            lambda pairs: "{" + ", ".join(map(": ".join, pairs)) + "}"
        )
    ),
    max_leaves=6,
)
TYPES = st.sampled_from([value for value in VALUES if value.isalnum() and value[0].isupper()])
LAYER = TYPES | st.tuples(TYPES, st.lists(st.tuples(KEY, VALUE), max_size=3)).map(
    lambda made: "{type: " + ", ".join([made[0], *map(": ".join, made[1])]) + "}"
)


@ANYTHING
@given(
    st.sampled_from(["[784]", "[3, 4, 5]", "[4, 8]", "{tokens: 8}", "[]"]),
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
SECONDS = 2
MARK = "nnlint: 1\ninput: [4]\n"
LONG = "a" * 5_000_000
ROW = "{type: Linear, out_features: 4}"
BOMB = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
MERGES = "".join(
    f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}], k{n}: 1}}\n" for n in range(1, 12)
)
NESTED = "[{type: Sequential, repeat: 1000000000, layers: " * 40 + f"[{ROW}]" + "}]" * 40

HOSTILE: dict[str, tuple[str | bytes, int]] = {
    "aliases": (f"{MARK}a0: &a0 [x]\n{BOMB}layers: *a11\n", 1),
    "merges": (f"{MARK}m0: &m0 {{k0: 1}}\n{MERGES}layers: [*m11]\n", 1),
    "recursive": (f"{MARK}layers: &a [*a, *a]\n", 1),
    "deep": (f"{MARK}layers: " + "[" * 100_000, 1),
    "deep maps": (f"{MARK}layers: " + "{a: " * 100_000, 1),
    "deep blocks": (f"{MARK}layers:\n" + "".join(" " * n + "-\n" for n in range(1, 1500)), 1),
    "deep keys": (f"{MARK}" + "? " * 100_000, 1),
    "long scalar": (f"{MARK}layers: [{LONG}]\n", 1),
    "long text": (f'{MARK}layers: ["{LONG}"]\n', 1),
    "long key": (f"{MARK}layers: [{{type: ReLU, {LONG}: 1}}]\n", 1),
    "long comment": (f"{MARK}layers: [Linaer] # {LONG}\n", 1),
    "long integer": (f"{MARK}layers: [{{type: Linear, out_features: {'9' * 5000}}}]\n", 1),
    "long hexadecimal": (f"{MARK}layers: [{{type: ReLU, repeat: 0x{'F' * 5000}}}]\n", 1),
    "long count": (f"{MARK}layers: [{ROW}]\nbudget: {{params: {'9' * 5000}k}}\n", 1),
    "long decimal": (f"{MARK}layers: [{{type: Dropout, p: 0.{'9' * 100_000}}}]\n", 0),
    "long exponent": (f"{MARK}layers: [{ROW}]\nbudget: {{params: 1e{'9' * 100}}}\n", 1),
    "long repeat": (f"{MARK}layers: [{{type: ReLU, repeat: 9e9999999}}]\n", 1),
    "repeats in repeats": (f"{MARK}layers: {NESTED}\nbudget: {{params: 1k, size: 1 MB}}\n", 3),
    "many errors": (f"{MARK}layers: [{'Linaer, ' * 10_000}]\n", 1),
    "many errors on lines": (f"{MARK}layers:\n" + "  - Linaer\n" * 5_000, 1),
    "many ignores": (f"{MARK}layers: [Linaer]\n" + "# nnlint: ignore[NN201]\n" * 5_000, 1),
    "many quotes": (f"{MARK}layers: [" + '"' * 100_001, 1),
    "many anchors": (f"{MARK}layers: [" + "&a x, " * 30_000, 1),
    "many commas": (f"{MARK}layers: [" + "," * 100_000, 1),
    "NUL": (f"{MARK}layers: [\0]\n" + "\0" * 1000, 1),
    "UTF-16": (f"{MARK}layers: [ReLU\n".encode("utf-16"), 1),
    "empty": (b"", 2),
    "nothing": (MARK, 1),
    "only the marker": (b"nnlint:", 1),
    "too large": (MARK.encode() + b"# " + b"x" * 40_000_000, 1),
}
"""Name -> what the file holds, and the exit code by the contract."""

WORKER = f"""
import io, json, pathlib, resource, signal, sys
from nnlint.cli import main

class TooSlow(BaseException):
    pass

def stop(*_):
    raise TooSlow

resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
signal.signal(signal.SIGPROF, stop)
for line in sys.stdin:
    argv = json.loads(line)
    out, err = io.StringIO(), io.StringIO()
    signal.setitimer(signal.ITIMER_PROF, {SECONDS})
    try:
        code = main(argv, out, err)
    except TooSlow:
        code = "more than {SECONDS} seconds"
    except BaseException as error:
        code = repr(error)
    signal.setitimer(signal.ITIMER_PROF, 0)
    print(json.dumps([code, out.getvalue(), err.getvalue()]), flush=True)
"""
"""Runs `main` once a line, with a cap on memory, and on processor time for each run."""


def write_hostile(name: str, folder: Path) -> None:
    text, _ = HOSTILE[name]
    (folder / f"{name}.yaml").write_bytes(text.encode() if isinstance(text, str) else text)


FORMS = ("json", "full")
Run = tuple[int | str, str, str]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Run]:
    """Each hostile file with a good one beside it, in two formats: code, output, errors."""
    folder = tmp_path_factory.mktemp("hostile")
    for name in HOSTILE:
        write_hostile(name, folder)
    asked = [(name, form) for name in HOSTILE for form in FORMS]
    lines = [json.dumps(["--format", form, f"{name}.yaml", str(MNIST)]) for name, form in asked]
    done = subprocess.run(
        [sys.executable, "-c", WORKER], input="\n".join(lines), cwd=folder, timeout=120,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answers = [tuple(json.loads(line)) for line in done.stdout.splitlines()]
    return dict(zip(asked, answers, strict=True))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_costs_little_and_stops_no_other(
    name: str, form: str, runs: dict[tuple[str, str], Run]
) -> None:
    code, out, err = runs[name, form]
    for word in ("Traceback", "internal error", "MemoryError", "RecursionError"):
        assert word not in out + err
    assert code == HOSTILE[name][1], err
    if form == "json":
        assert_both_are_reported(json.loads(out)["files"], code)
    else:
        assert "13,002" in out


def assert_both_are_reported(files: list[dict[str, Any]], code: int | str) -> None:
    """What is wrong with the hostile file has a place, and the one beside it was linted."""
    hostile, beside = files
    severities = {finding["severity"] for finding in hostile["findings"]}
    assert hostile["status"] == ("unreadable" if code == 2 else "linted")
    assert ("error" in severities) is (code in (1, 3))
    assert beside["network"]["totals"]["params"] == 13002


def test_hostile_files_leave_no_traceback_in_a_process_of_their_own(tmp_path: Path) -> None:
    for name in ("aliases", "deep", "long integer", "NUL", "empty"):
        write_hostile(name, tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "nnlint", "--format", "json", "--skip-unmarked",
         *sorted(path.name for path in tmp_path.iterdir()), str(MNIST)],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    summary = json.loads(done.stdout)["summary"]
    assert (summary["linted"], summary["skipped"]) == (5, 1)


# Lines are those of an editor, in every part of nnlint


@pytest.mark.parametrize("begin", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_byte_that_is_no_utf_8_is_named_at_its_place(begin: str, end: str) -> None:
    (finding,) = report_of(f"{begin}nnlint: 1{end}# ".encode() + b"\xff").findings
    assert (finding.span.line, finding.span.column) == (2, 3)
    assert "0xFF" in finding.message


@pytest.mark.parametrize("char", ["\u2028", "\u2029", "\x85"])
def test_character_that_breaks_no_line_moves_no_ignore(char: str) -> None:
    wrong = "{type: Linear, in_features: 3, out_features: 4}"
    text = f"{MARK}name: 'x {char}'\nlayers:\n\n  - {wrong}  # nnlint: ignore[NN201]\n"
    codes = {finding.rule.code for finding in report_of(text.encode()).findings}
    assert not {"NN201", "NN951"} & codes

"""Whatever goes in, a report comes out: soon, and never as an internal error."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

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


# Lines are those of an editor, in every part of nnlint; hostile files are in tests/hostile

MARK = "nnlint: 1\ninput: [4]\n"


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

"""Ignore comments: where they hold, what is none, and which nothing needs."""

from __future__ import annotations

import time

import pytest
import yaml

from nnlint import document, engine, ignores, rules

HEAD = "nnlint: 1\ninput: [4]\n"
FOO = "  - Foo\n"
"""A layer that does not exist: NN120, at its name."""


@pytest.fixture(params=[yaml.CBaseLoader, yaml.BaseLoader], ids=["c", "python"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "PARSER", request.param)


def found(text: str) -> list[tuple[str, int]]:
    return [(f.rule.code, f.span.line) for f in engine.lint_text(text).findings]


def layers(text: str) -> str:
    return f"{HEAD}layers:\n{text}"


def ignored(text: str) -> list[tuple[str, int | None]]:
    return [(one.code, one.line) for one in ignores.find(document.read(text))]


# --- where an ignore holds ------------------------------------------------------------------


def test_without_an_ignore_there_is_a_finding() -> None:
    assert found(layers(FOO)) == [("NN120", 4)]


@pytest.mark.parametrize(
    "text",
    [
        layers("  - Foo # nnlint: ignore[NN120]\n"),
        layers("  - Foo # nnlint: ignore[NN120] a reason, in words\n"),
        layers("  - Foo  #nnlint:ignore[NN120]\n"),
        layers("  - Foo   #   nnlint:   ignore[ NN120 ]\n"),
        layers("  - Foo # nnlint: ignore[NN120]"),
        layers("  - Foo # nnlint: ignore[NN120]\n").replace("\n", "\r\n"),
        layers("  - {type: Foo, # nnlint: ignore[NN120]\n     name: a}\n"),
        layers("  # nnlint: ignore[NN120]\n" + FOO),
        layers("# nnlint: ignore[NN120] a reason\n" + FOO),
        layers("  # nnlint: ignore[NN120]\n  # more words\n  # and more\n" + FOO),
        layers("  # nnlint: ignore[NN120]\n" + FOO).replace("\n", "\r\n"),
        "# nnlint: ignore-file[NN120] reason\n" + layers(FOO),
        layers(FOO) + "# nnlint: ignore-file[NN120]\n",
        layers("  - Foo # nnlint: ignore-file[NN120]\n"),
        layers("  - ReLU # nnlint: ignore-file[NN120]\n" + FOO),
        layers(FOO) + "# nnlint: ignore-file[NN120]",
    ],
)
def test_an_ignore_silences_its_finding(text: str) -> None:
    assert found(text) == []
    assert engine.lint_text(text).ignored == 1


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (layers(FOO + "  - ReLU # nnlint: ignore[NN120]\n"), [("NN120", 4), ("NN951", 5)]),
        (layers("  - ReLU # nnlint: ignore[NN120]\n" + FOO), [("NN951", 4), ("NN120", 5)]),
        (layers("  # nnlint: ignore[NN120]\n  - ReLU\n" + FOO), [("NN951", 4), ("NN120", 6)]),
        (layers(FOO + "  # nnlint: ignore[NN120]\n"), [("NN120", 4), ("NN951", 5)]),
        (layers("  - {name: a, # nnlint: ignore[NN120]\n     type: Foo}\n"),
         [("NN951", 4), ("NN120", 5)]),
        (layers("  - Foo # nnlint: ignore[NN121]\n"), [("NN120", 4), ("NN951", 4)]),
    ],
)  # fmt: skip
def test_an_ignore_elsewhere_silences_nothing(text: str, left: list[tuple[str, int]]) -> None:
    assert found(text) == left
    assert engine.lint_text(text).ignored == 0


def test_an_ignore_of_the_file_silences_all_of_its_code() -> None:
    text = layers(FOO + FOO + "  - {type: Linear}\n") + "# nnlint: ignore-file[NN120]\n"
    assert found(text) == [("NN102", 6)]
    assert engine.lint_text(text).ignored == 2


def test_an_ignore_silences_every_finding_of_its_code_on_the_line() -> None:
    text = f"{HEAD}layers: [Foo, Bar] # nnlint: ignore[NN120]\n"
    assert found(text) == []
    assert engine.lint_text(text).ignored == 2


@pytest.mark.parametrize(
    "codes", ["NN102,NN103", "NN103, NN102", " NN102 NN103 ", "NN103,,NN102,"]
)
def test_one_comment_may_name_several_codes(codes: str) -> None:
    text = layers(f"  - {{type: Threshold, zzz: 1, value: 2}} # nnlint: ignore[{codes}]\n")
    assert found(text.partition("#")[0]) == [("NN102", 4), ("NN103", 4)]
    assert found(text) == []


def test_of_several_codes_each_is_judged_alone() -> None:
    text = layers("  - Foo # nnlint: ignore[NN120, NN104]\n")
    (finding,) = engine.lint_text(text).findings
    assert (finding.rule.code, finding.message) == ("NN951", "NN104 does not fire here")
    line = text.splitlines()[3]
    assert finding.span == (4, line.index("NN104") + 1, 4, line.index("NN104") + 6)


def test_what_an_error_may_hide_is_not_judged() -> None:
    hidden = "  - ReLU # nnlint: ignore[NN301] the bias is real\n"
    assert found(layers(hidden)) == [("NN951", 4)]
    assert found(layers(hidden + FOO)) == [("NN120", 5)]
    assert found(layers(hidden.replace("NN301", "NN999") + FOO)) == [("NN951", 4), ("NN120", 5)]


NO_CODE = "this comment silences nothing: it names no code in brackets"


# --- what is no ignore ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        'name: "x # nnlint: ignore[NN301]"\n',
        "name: 'x # nnlint: ignore[NN301]'\n",
        "name: x# nnlint: ignore[NN301]\n",
        "name: |\n  # nnlint: ignore[NN301]\n  # nnlint: ignore-file[NN301]\n",
        "name: >\n  text\n  # nnlint: ignore[NN301]\n",
        'name: "\n  # nnlint: ignore[NN301]\n  "\n',
        "name: ['a', 'b # nnlint: ignore[NN301]']\n",
        '"x # nnlint: ignore[NN301]": 1\n',
        "? 'x # nnlint: ignore[NN301]'\n: 1\n",
        "a: &x 'x # nnlint: ignore[NN301]'\nb: *x\n",
        "name: x # nnlint takes this for granted\n",
        "name: x # nnlint: 1\n",
        "name: x # noqa nnlint: ignore[NN301]\n",
    ],
)
def test_this_is_no_ignore(text: str) -> None:
    assert ignored(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "name: 'a # nnlint: ignore-file[NN301]'\nname: b\n",
        "name: b\nname: 'a # nnlint: ignore-file[NN301]'\n",
        "1: 'x # nnlint: ignore-file[NN301]'\n",
        "'x # nnlint: ignore-file[NN301]': 1\n'x # nnlint: ignore-file[NN301]': 2\n",
        "x: {a: 1, <<: {a: 'x # nnlint: ignore-file[NN301]'}}\n",
        "a: 1\n---\nb: 'x # nnlint: ignore-file[NN301]'\n",
    ],
    ids=["first of two", "second of two", "key not text", "key twice", "overridden",
         "second document"],
)  # fmt: skip
def test_a_scalar_that_was_left_out_is_a_scalar_all_the_same(text: str) -> None:
    assert ignored(text) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 'x' # nnlint: ignore[NN301]\n", 1),
        ('a: "# no" # nnlint: ignore[NN301]\n', 1),
        ("a: [b] # nnlint: ignore[NN301]\n", 1),
        ("a: {b: c, # nnlint: ignore[NN301]\n  d: e}\n", 1),
        ("a: # nnlint: ignore[NN301]\n  b: c\n", 1),
        ("a:\n  - b\n  # nnlint: ignore[NN301]\n  - c\n", 4),
        ("a: |\n  text\nb: c # nnlint: ignore[NN301]\n", 3),
        ("a: |\n  text\n# nnlint: ignore[NN301]\nb: c\n", 4),
        ("a: größe 😀 # nnlint: ignore[NN301]\n", 1),
        ("a: 1 # nnlint: ignore[NN301] # and more\n", 1),
        ("a: x\n  y # nnlint: ignore[NN301]\n", 2),
        ("a: 1\rb: 2 # nnlint: ignore[NN301]\r", 2),
        ("a: 1\r# nnlint: ignore[NN301]\rb: 2\r", 3),
        ("a: 'x\u2028y'\n# nnlint: ignore[NN301]\nb: 2\n", 3),
        ("a: 'x\u0085y'\nb: 2 # nnlint: ignore[NN301]\n", 2),
        ("a: | # nnlint: ignore[NN301]\n  text\n", 1),
        ("a: >- # nnlint: ignore[NN301]\n  text\n", 1),
    ],
)
def test_a_comment_next_to_a_scalar_is_an_ignore(text: str, line: int) -> None:
    assert ignored(text) == [("NN301", line)]


def test_an_ignore_of_the_file_has_no_line() -> None:
    assert ignored("a: 1 # nnlint: ignore-file[NN301]\n") == [("NN301", None)]


def test_a_text_that_cannot_be_read_has_no_ignores() -> None:
    assert found("nnlint: 1 # nnlint: ignore-file[NN002]\na: [\n") == [("NN002", 2)]


# --- ignores that nothing needs -------------------------------------------------------------


@pytest.mark.parametrize(
    ("comment", "message", "remedy"),
    [
        ("# nnlint: ignore[NN301]", "NN301 does not fire here", "remove it from the comment"),
        ("# nnlint: ignore-file[NN120]", "NN120 does not fire here",
         "remove it from the comment"),
        ("# nnlint: ignore[NN3011]", "there is no rule NN3011", "did you mean 'NN301'?"),
        ("# nnlint: ignore[nn301]", "there is no rule nn301", "did you mean 'NN301'?"),
        ("# nnlint: ignore[bias]", "there is no rule bias", "`nnlint rules` lists all"),
        ("# nnlint: ignore", NO_CODE,
         "write # nnlint: ignore[NN301] and the reason"),
        ("# nnlint: ignore[]", NO_CODE,
         "write # nnlint: ignore[NN301] and the reason"),
        ("# nnlint: ignore-file", NO_CODE,
         "write # nnlint: ignore[NN301] and the reason"),
        ("# nnlint: ignore NN301", NO_CODE,
         "write # nnlint: ignore[NN301] and the reason"),
    ],
)  # fmt: skip
def test_an_ignore_that_nothing_needs_is_a_finding(
    comment: str, message: str, remedy: str
) -> None:
    text = layers(f"  - ReLU {comment}\n")
    (finding,) = engine.lint_text(text).findings
    assert (finding.rule.code, finding.message, finding.help) == ("NN951", message, remedy)
    assert finding.span.line == 4


@pytest.mark.parametrize(
    "comment", ["# nnlint: ignore", "# nnlint: ignore-file", "# nnlint: ignore[]"]
)
def test_without_a_code_nothing_is_silenced(comment: str) -> None:
    assert found(layers(f"  - Foo {comment}\n")) == [("NN120", 4), ("NN951", 4)]


def test_the_place_of_a_useless_ignore_is_its_code_or_the_comment() -> None:
    named = engine.lint_text(layers("  - ReLU # nnlint: ignore[NN301]\n")).findings[0]
    assert named.span == (4, 27, 4, 32)
    bare = engine.lint_text(layers("  - ReLU # nnlint: ignore\n")).findings[0]
    assert bare.span == (4, 10, 4, 26)


def test_a_suggested_code_exists() -> None:
    for code in ("NN3011", "NN132", "NN9511"):
        (finding,) = engine.lint_text(layers(f"  - ReLU # nnlint: ignore[{code}]\n")).findings
        assert str(finding.help).removeprefix("did you mean '").rstrip("?'") in rules.codes()


def test_a_comment_names_no_family() -> None:
    (finding,) = engine.lint_text(layers("  - ReLU # nnlint: ignore[NN3]\n")).findings
    assert str(finding.help).startswith("a comment names whole codes")


def test_an_ignore_inside_of_its_finding_is_told_where_to_go() -> None:
    text = layers(
        "  - type: Linear\n    out_features: 3 # nnlint: ignore[NN301] mine\n  - BatchNorm1d\n"
    )
    messages = {f.rule.code: f for f in engine.lint_text(text).findings}
    assert (
        messages["NN951"].message == "NN301 is found on line 4, and this comment is not on it"
    )
    assert messages["NN951"].repair is None


def test_an_ignore_that_a_variant_may_need_is_not_judged() -> None:
    text = (
        "nnlint: 1\ninput: [4]\nvars: {b: false}\nvariants: {v: {b: true}}\nlayers:\n"
        "  - {type: Linear, out_features: 3, bias: $b} # nnlint: ignore[NN301] x\n"
        "  - BatchNorm1d\n  - ReLU\n  - {type: Linear, out_features: 3}\n"
    )
    for chosen in (None, "v"):
        assert engine.lint_text(text, variant=chosen).findings == ()


def test_a_file_of_ignores_costs_no_more_than_it_is_long() -> None:
    read = document.read("nnlint: 1\n" + "# nnlint: ignore[NN301]\n" * 3000)
    start = time.process_time()
    assert len(ignores.find(read)) == 3000
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    "comment",
    [
        " ingore[NN401]",
        ": ingore[NN401]",
        " ignore[NN401]",
        ": disable=NN401",
        ": ignored[NN401]",
    ],
)
def test_a_slip_of_the_pen_is_a_finding_that_says_how_to_write_it(comment: str) -> None:
    (finding,) = engine.lint_text(layers(f"  - ReLU # nnlint{comment}\n")).findings
    assert finding.rule.code == "NN951"
    assert finding.help == "write # nnlint: ignore[NN401] and the reason"


def test_a_rule_s_name_is_answered_with_its_code() -> None:
    text = layers("  - ReLU # nnlint: ignore[no-activation-between]\n")
    (finding,) = engine.lint_text(text).findings
    assert finding.help == "write its code, NN401"

"""No spec and no file name forges anything: each format is read back by a parser of its own.

Whoever adds a format adds its reader to `READERS`.
"""

from __future__ import annotations

import csv
import json
import re
from functools import cache
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from xml.etree import ElementTree as ET

import pytest

from nnlint import engine, formats, rules
from nnlint.report import Report, Status
from nnlint.report_schema import report_schema
from nnlint.terminal import Style, visible
from tests.formats.test_sarif import validator as sarif_validator
from tests.markdown import reading
from tests.test_cli import lint
from tests.test_report_schema import validator as json_validator
from tests.workflow_commands import commands

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Records: TypeAlias = tuple[int, list[str]]
"""How many records were read, and the words in them that a person or a program sees."""

WORDS = {
    "annotation": "::error file=x,line=1::forged",
    "later": "x\n::error file=x::forged",
    "return": "x\r::error::forged",
    "separators": "x\u2028::error::a\u2029::error::b\u0085::error::c\v::error::d\f::error::e",
    "encoded": "x%0A::error::forged%0D%0A::warning::forged %25",
    "property": "a,title=forged,line=1:2%2C::",
    "old": "##[error]forged ##[set-env name=PATH]x",
    "azure": "##vso[task.complete result=Failed]",
    "stop": "::stop-commands::x",
    "colour": "\x1b[31mred\x1b[0m\x1b]0;title\x07\x1b]8;;https://a.example\x1b\\x",
    "c1": "\x9b31mred\x90",
    "control": "\x00\x01\x08\x7f",
    "surrogate": "x\ud800y\udfff",
    "bidi": "\u202eexe\u2066\u2069\u200f\u200e\ufeff",
    "link": "[click](https://a.example) ![p](https://a.example/p.png) <https://a.example>",
    "cell": "a | b |\n|---|---|\n| `c` | ```d``` ~~~",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)> <!-- -->",
    "mention": "@octocat #1 GH-1 octocat/hello#1",
    "cdata": "<![CDATA[x]]> ]]> &amp; &#0; \"' <?xml?>",
    "formula": "=cmd|' /C calc'!A0",
    "plus": "+1+cmd|x",
    "minus": "-2+3",
    "at": "@SUM(1)",
    "tab": "\t=1+1",
    "quotes": "a\"b',c;d\r\ne",
    "json": '"}],"files":[{"path":"forged"}]',
    "markup": "[bold red]x[/bold red][/]",
    "placeholder": "{0} {{1}} %s",
}
HEAD = "nnlint: 1\ninput: [4]\n"
PLACES = (
    "nnlint: 1\nname: {0}\ninput: [4]\nlayers: [ReLU]\n",
    HEAD + "layers:\n  - {{type: Linear, out_features: 3, name: {0}}}\n",
    HEAD + "layers:\n  - {{type: {0}}}\n  - {0}\n",
    HEAD + "{0}: 3\nlayers: [ReLU]\n",
    HEAD + "layers:\n  - {{type: Linear, out_features: 3, {0}: 1, in_features: {0}}}\n",
    HEAD + "layers:\n  - {{type: ReLU, from: {0}}}\nloss: {0}\ndtype: {0}\n",
    HEAD + "vars: {{{0}: 1}}\nvariants: {{{0}: {{d: 2}}}}\nlayers: [ReLU]\n",
    HEAD + "layers: [ReLU]\nbudget: {{params: {0}}}\n",
    "nnlint: 1\ninputs: {{{0}: [4]}}\nlayers: [ReLU]\noutputs: {{{0}: {{from: {0}}}}}\n",
    HEAD + "blocks: {{{0}: {{layers: [Linaer]}}}}\nlayers: [{{block: {0}}}]\n",
)
RAW = (
    "nnlint: 1\ninput: [4]\nname: {0}\nlayers: [ReLU]\n",
    "nnlint: 1\ninput: [4]\nlayers: [ReLU, b{0}]\n",
    "nnlint: 1\ninput: [4]\nlayers: [ReLU] # nnlint: ignore[{0}] {0}\n",
)
SEVERITY = r"(?:error|warning|info)\[NN\d{3}\] "


def in_quotes(words: str) -> str:
    """A double-quoted scalar that means these words, as far as YAML has a way to say them."""
    escapes = (f"\\u{ord(c):04x}" if not c.isprintable() or c in '"\\' else c for c in words)
    return '"' + "".join(escapes) + '"'


@cache
def reports() -> tuple[Report, ...]:
    """Hostile words at every place of a spec, in file names and in reasons."""
    made = []
    for number, (key, words) in enumerate(WORDS.items()):
        texts = [place.format(in_quotes(words)) for place in PLACES]
        texts += [place.format(words) for place in RAW]
        texts += [PLACES[0].format("fine"), "nnlint: 1\ninput: [4]\nlayers: [Linaer]\n"]
        for at, text in enumerate(texts):
            inside = number % 2 and at % 2
            path = f"specs/{key}{at}.yaml" if inside else f"{words}{number}.{at}.yaml"
            made.append(engine.lint_text(text, path))
        made.append(Report(f"{words}{key}", Status.UNREADABLE, words))
        made.append(Report(f"{words}{key}.yml", Status.SKIPPED, words))
    return tuple(made)


def found(given: Sequence[Report]) -> int:
    return sum(len(report.findings) for report in given)


def unread(given: Sequence[Report]) -> int:
    return sum(report.status is Status.UNREADABLE for report in given)


# A reader of each format: what it holds, by the format's own grammar


def read_concise(text: str, given: Sequence[Report]) -> Records:
    lines = text.split("\n")[:-1]
    for line in lines:
        assert re.match(rf".+:\d+:\d+: {SEVERITY}\S", line)
    assert len(lines) == found(given)
    return len(lines), lines


def read_full(text: str, given: Sequence[Report]) -> Records:
    lines = text.split("\n")
    heads = [line for line in lines if re.match(rf".*\.yaml:\d+:\d+: {SEVERITY}\S", line)]
    assert len(heads) == found(given)
    return len(heads), lines


def read_json(text: str, given: Sequence[Report]) -> Records:
    document = json.loads(text)
    json_validator().validate(document)
    assert [one["path"] for one in document["files"]] == [one.path for one in given]
    messages = [f["message"] for one in document["files"] for f in one["findings"]]
    assert messages == [f.message for one in given for f in one.findings]
    return len(messages), []


def read_sarif(text: str, given: Sequence[Report]) -> Records:
    log = json.loads(text)
    sarif_validator().validate(log)
    (run,) = log["runs"]
    (invocation,) = run["invocations"]
    told = [*run["results"], *invocation["toolExecutionNotifications"]]
    messages = [one["message"]["text"] for one in told]
    related = [
        place["message"]["text"] for one in told for place in one.get("relatedLocations", ())
    ]
    for message in (*messages, *related):
        assert not re.search(r"\]\(", message)  # a link: [text](destination)
    uris = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in told]
    assert all(re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri) for uri in uris)
    assert len(told) == found(given) + unread(given)
    # our own line breaks part message, note and help
    return len(run["results"]), [line for message in messages for line in message.split("\n")]


def read_github(text: str, given: Sequence[Report]) -> Records:
    lines = text.split("\n")[:-1]
    read = commands(text)
    assert len(lines) - len(read) <= 1  # how many more there are
    names = {visible(one.path) for one in given}
    for one in read:
        assert one.name in ("error", "warning", "notice")
        assert re.fullmatch(r"NN\d{3} [a-z0-9-]+|not checked", one.properties["title"])
        assert set(one.properties) <= {"file", "line", "col", "endLine", "endColumn", "title"}
        assert one.properties["file"] in names
    return len(read), [line for one in read for line in one.data.split("\n")]


def read_gitlab(text: str, given: Sequence[Report]) -> Records:
    entries = json.loads(text)
    assert len(entries) == found(given) + unread(given)
    assert len({one["fingerprint"] for one in entries}) == len(entries)
    assert {one["severity"] for one in entries} <= {"info", "minor", "major", "critical"}
    return found(given), [one["description"] for one in entries]


def read_junit(text: str, given: Sequence[Report]) -> Records:
    (suite,) = ET.fromstring(text)
    assert [case.tag for case in suite] == ["testcase"] * len(given)
    lines = [
        line
        for tag in ("failure", "system-out")
        for part in suite.iter(tag)
        for line in (part.text or "").split("\n")
    ]
    assert len(lines) == found(given)
    assert len(list(suite.iter("error"))) == unread(given)
    assert {one.tag for one in suite.iter()} <= {
        "testsuite", "testcase", "failure", "system-out", "error", "skipped"
    }  # fmt: skip
    return len(lines), [*lines, *(str(case.get("name")) for case in suite)]


def read_csv(text: str, given: Sequence[Report]) -> Records:
    rows = list(csv.reader(StringIO(text, newline=""), strict=True))
    nodes = [node for one in given if one.graph for node in one.graph.nodes]
    assert len(rows) - 1 == len(nodes) or any(one.variants for one in given)
    assert {len(row) for row in rows} == {18}
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "\t"))]
    return found(given), cells


TAG = re.compile(r"</?(?:details|summary|code|sub|b|br)>|<!-- nnlint -->")


def read_markdown(text: str, given: Sequence[Report]) -> Records:
    """As many findings as fit into a comment, each linked to its rule, and nothing else is."""
    every = list(reading.tokens(text))
    links = [str(one.attrs["href"]) for one in every if one.type == "link_open"]
    assert all(link.startswith(f"{rules.CATALOGUE}#nn") for link in links)
    assert not [one for one in every if one.type in ("image", "fence", "code_block")]
    tags = [tag for part in reading.html(text) for tag in re.findall(r"<[^>]*>", part)]
    assert [tag for tag in tags if not TAG.fullmatch(tag)] == []
    assert reading.acting(text) == []
    assert len(links) <= found(given)
    fits = len(text) < 50_000
    assert not fits or len(links) == found(given)
    return found(given), [one.content for one in every if one.type in ("text", "code_inline")]


READERS: dict[str, Callable[[str, Sequence[Report]], Records]] = {
    "concise": read_concise,
    "csv": read_csv,
    "full": read_full,
    "github": read_github,
    "gitlab": read_gitlab,
    "json": read_json,
    "junit": read_junit,
    "markdown": read_markdown,
    "sarif": read_sarif,
}
ACTS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def test_every_format_has_a_reader() -> None:
    assert sorted(READERS) == formats.names()


@pytest.mark.parametrize("name", formats.names())
def test_as_many_records_as_findings(name: str) -> None:
    given = reports()
    text = formats.render(name, given, Style())
    number, words = READERS[name](text, given)
    assert number == found(given) or name == "github"
    assert not [word for word in words if ACTS.search(word)]


@pytest.mark.parametrize("name", formats.names())
def test_nothing_in_it_acts(name: str) -> None:
    """On no terminal, and in no log: only the format for GitHub gives commands, its own."""
    for style in (Style(table=True), Style(width=50, table=True)):
        text = formats.render(name, reports(), style)
        assert not ACTS.search(text.replace("\r\n", "\n") if name == "csv" else text)
        assert not re.search(r"##\w*\[", text)
        forged = [one for one in commands(text) if "title" not in one.properties]
        assert forged == []
        assert name == "github" or commands(text) == []


def test_every_file_has_its_own_annotations() -> None:
    """Of all at once GitHub shows ten a level; one by one, each finding is seen."""
    for one in reports():
        if len(one.findings) < 10:
            text = formats.render("github", [one], Style())
            number, _ = read_github(text, [one])
            assert number == len(one.findings) + (one.status is Status.UNREADABLE)


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
@pytest.mark.parametrize("name", formats.names())
def test_names_of_real_files(
    name: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    file = words.replace("/", "_").replace("\0", "") + ".yaml"
    try:
        Path(file).write_text("nnlint: 1\ninput: [4]\nlayers: [Linaer]\n")
    except (OSError, UnicodeError):
        pytest.skip("no file can have that name here")
    run = lint("--format", name, ".")
    assert run.code == 1
    given = [engine.lint_text(Path(file).read_text(), file)]
    assert READERS[name](run.out, given)[0] == 1
    for text in (run.out.replace("\r\n", "\n") if name == "csv" else run.out, run.err):
        assert not ACTS.search(text)
        assert [one.name for one in commands(text)] == (
            ["error"] if name == "github" and text is run.out else []
        )


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_usage_errors_and_unwritten_files_forge_nothing(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text("nnlint: 1\ninput: [4]\nlayers: [ReLU]\n")
    Path("file").write_text("")
    for argv in (
        ["a.yaml", "--output", words],
        ["a.yaml", "--output", f"json=file/{words}"],
        [words],
        ["--format", words],
        ["schema", words],
    ):
        run = lint(*argv)
        assert run.code == 2
        assert not ACTS.search(run.out + run.err)
        assert commands(run.err) == []


def test_the_readers_would_see_a_forgery() -> None:
    assert commands(" ::error file=x::forged")[0].data == "forged"
    assert commands("a ##[error]forged")[0].name == "error"
    assert all(map(ACTS.search, "\x1b\u202e\x00\x9b\r"))
    assert report_schema()["additionalProperties"] is False
    with pytest.raises(ET.ParseError):
        read_junit("<a><b>\x01</b></a>", [])

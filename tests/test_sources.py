"""Inputs: what is found, in which order, and what keeps nnlint from the bytes."""

from __future__ import annotations

import io
import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nnlint import engine, sources
from nnlint.document import MAX_BYTES
from nnlint.report import Status
from nnlint.sources import Pattern, Source, TooLarge, Unreadable, collect

if TYPE_CHECKING:
    from collections.abc import Iterator

SPEC = b"nnlint: 1\ninput: [4]\nlayers: [ReLU]\n"


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(*names: str, data: bytes = SPEC) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(data)


def fetch(source: Source, limit: int, *, only_if_marked: bool) -> bytes | None:
    """The bytes of a spec; None where it is none and that is fine."""
    fetched = sources.fetch(source, limit, only_if_marked=only_if_marked)
    return fetched.data if fetched.is_marked else None


def found(*paths: str, exclude: tuple[str, ...] = ()) -> list[str]:
    patterns = [Pattern(glob, Path.cwd()) for glob in exclude]
    return [source.path for source in collect(paths, patterns)]


def trouble(path: str, *, named: bool = True) -> str:
    with pytest.raises(Unreadable) as caught:
        fetch(Source(path, named=named), 1000, only_if_marked=False)
    return str(caught.value)


@contextmanager
def at_once() -> Iterator[None]:
    """Fails where something blocks."""

    def give_up(_number: int, _frame: object) -> None:
        raise AssertionError("it blocks")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(2)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


# --- folders --------------------------------------------------------------------------------


def test_a_folder_gives_its_yaml_files_sorted() -> None:
    write("s/b.yaml", "s/a.yml", "s/sub/deep/c.yaml", "s/B.yaml", "s/a.yaml")
    write("s/readme.md", "s/x.yaml.bak", "s/y.json")
    expected = ["s/B.yaml", "s/a.yaml", "s/a.yml", "s/b.yaml", "s/sub/deep/c.yaml"]
    assert found("s") == expected


def test_the_order_does_not_depend_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    write("s/b.yaml", "s/a.yaml", "s/t/c.yaml")
    before = found("s")
    walk = os.walk

    def backwards(top: Path, **named: Any) -> Iterator[tuple[str, list[str], list[str]]]:
        return ((at, folders, names[::-1]) for at, folders, names in walk(top, **named))

    monkeypatch.setattr(os, "walk", backwards)
    assert found("s") == before == ["s/a.yaml", "s/b.yaml", "s/t/c.yaml"]


@pytest.mark.parametrize(
    "folder", [".git", ".venv", ".hidden", "node_modules", "venv", "__pycache__"]
)
def test_hidden_folders_and_those_of_tools_are_left_out(folder: str) -> None:
    write("s/a.yaml", f"s/{folder}/b.yaml", f"s/t/{folder}/u/c.yaml")
    assert found("s") == ["s/a.yaml"]


def test_a_hidden_folder_that_is_named_is_searched() -> None:
    write(".github/a.yaml", ".github/workflows/b.yaml")
    assert found(".github") == [".github/a.yaml", ".github/workflows/b.yaml"]


def test_a_hidden_file_is_no_hidden_folder() -> None:
    write("s/.pre-commit-config.yaml")
    assert found("s") == ["s/.pre-commit-config.yaml"]


def test_the_working_directory_is_a_folder_too() -> None:
    write("a.yaml", "s/b.yaml")
    assert found(".") == ["a.yaml", "s/b.yaml"]


def test_what_a_folder_holds_is_not_named_and_what_is_written_is() -> None:
    write("s/a.yaml", "b.yaml")
    assert [source.named for source in collect(["s", "b.yaml"], ())] == [False, True]


def test_an_empty_folder_is_in_trouble() -> None:
    Path("empty/.hidden").mkdir(parents=True)
    (source,) = collect(["empty"], ())
    assert (source.path, source.trouble) == ("empty", "no .yaml or .yml file in this folder")
    with pytest.raises(Unreadable, match=r"no \.yaml or \.yml file in this folder"):
        fetch(source, 1000, only_if_marked=True)


def test_a_folder_that_cannot_be_listed_is_in_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    write("s/a.yaml", "s/locked/b.yaml")
    scandir = os.scandir

    def denied(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", denied)
    assert [(s.path, s.trouble) for s in collect(["s"], ())] == [
        ("s/a.yaml", None),
        ("s/locked", "permission denied"),
    ]


def test_a_folder_that_is_a_link_in_a_loop_ends() -> None:
    write("s/a.yaml")
    Path("s/again").symlink_to(Path("s").absolute())
    assert found("s") == ["s/a.yaml"]


# --- order, duplicates, globs, exclude ------------------------------------------------------


def test_the_order_given_is_kept() -> None:
    write("b.yaml", "a.yaml", "s/c.yaml")
    assert found("s", "b.yaml", "a.yaml") == ["s/c.yaml", "b.yaml", "a.yaml"]


@pytest.mark.parametrize(
    "paths",
    [("a.yaml", "a.yaml"), ("a.yaml", "./a.yaml"), ("a.yaml", "s/../a.yaml"), ("a.yaml", "."),
     ("a.yaml", "*.yaml"), ("*.yaml", "a.*")],
)  # fmt: skip
def test_every_input_comes_once(paths: tuple[str, ...]) -> None:
    write("a.yaml")
    Path("s").mkdir()
    assert found(*paths) == ["a.yaml"]


def test_what_is_named_stays_named_though_a_folder_holds_it() -> None:
    write("s/a.yaml", "s/b.yaml")
    sources = collect(["s/b.yaml", "s"], ())
    assert [(s.path, s.named) for s in sources] == [("s/b.yaml", True), ("s/a.yaml", False)]
    sources = collect(["s", "s/b.yaml"], ())
    assert [(s.path, s.named) for s in sources] == [("s/a.yaml", False), ("s/b.yaml", True)]


def test_standard_input_comes_once() -> None:
    assert collect(["-", "-"], ()) == [Source("-", named=True)]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.yaml", ["a.yaml", "b.yaml"]),
        ("?.yaml", ["a.yaml", "b.yaml"]),
        ("[b]*.yaml", ["b.yaml"]),
        ("s/*.yml", ["s/c.yml"]),
        ("**/*.yaml", ["a.yaml", "b.yaml", "s/t/d.yaml"]),
        ("s/*", ["s/c.yml", "s/t/d.yaml"]),
    ],
)
def test_a_glob_is_expanded_and_sorted(pattern: str, expected: list[str]) -> None:
    write("b.yaml", "a.yaml", "s/c.yml", "s/t/d.yaml")
    assert found(pattern) == expected


def test_a_glob_that_matches_nothing_is_in_trouble() -> None:
    (source,) = collect(["nothing/*.yaml"], ())
    assert (source.path, source.named, source.trouble) == (
        "nothing/*.yaml", True, "no file matches",
    )  # fmt: skip


def test_a_file_whose_name_looks_like_a_glob_is_a_file() -> None:
    write("a[1].yaml", "a1.yaml")
    assert found("a[1].yaml") == ["a[1].yaml"]


@pytest.mark.parametrize(
    ("exclude", "left"),
    [
        ((), ["a.yaml", "old/b.yaml", "s/old/c.yaml", "s/t/d.yaml"]),
        (("a.yaml",), ["old/b.yaml", "s/old/c.yaml", "s/t/d.yaml"]),
        (("old",), ["a.yaml", "s/t/d.yaml"]),
        (("old/",), ["a.yaml", "s/t/d.yaml"]),
        (("./old",), ["a.yaml", "s/t/d.yaml"]),
        (("s/old",), ["a.yaml", "old/b.yaml", "s/t/d.yaml"]),
        (("s/*",), ["a.yaml", "old/b.yaml"]),
        (("d.*",), ["a.yaml", "old/b.yaml", "s/old/c.yaml"]),
        (("*.yaml",), []),
        (("a.yaml", "s"), ["old/b.yaml"]),
        (("A.YAML", "yaml", "ol"), ["a.yaml", "old/b.yaml", "s/old/c.yaml", "s/t/d.yaml"]),
    ],
)
def test_exclude_leaves_out_paths_folders_and_names(
    exclude: tuple[str, ...], left: list[str]
) -> None:
    write("a.yaml", "old/b.yaml", "s/old/c.yaml", "s/t/d.yaml")
    assert found(".", exclude=exclude) == left


def test_exclude_holds_for_what_is_named_however_it_is_written(tmp_path: Path) -> None:
    write("s/a.yaml")
    for given in ("s/a.yaml", "./s/a.yaml", "s/../s/a.yaml", str(tmp_path / "s" / "a.yaml")):
        assert found(given, exclude=("s/a.yaml",)) == []


def test_standard_input_is_never_excluded() -> None:
    assert found("-", exclude=("*", "-")) == ["-"]


def test_a_missing_file_is_an_input_too() -> None:
    (source,) = collect(["missing.yaml"], ())
    assert (source.path, source.named, source.trouble) == ("missing.yaml", True, None)


@pytest.mark.parametrize("name", ["x" * 300, "x/" * 3000, "a\0b", "x" * 300 + "*"])
def test_a_name_that_no_file_can_have_stops_no_other_input(name: str) -> None:
    write("a.yaml")
    one, other = collect([name, "a.yaml"], ())
    assert other.path == "a.yaml"
    with pytest.raises(Unreadable):
        fetch(one, 1000, only_if_marked=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_file_in_a_locked_folder_stops_no_other_input(tmp_path: Path) -> None:
    write("open.yaml", "locked/a.yaml")
    Path("locked").chmod(0)
    tmp_path.chmod(0o755)
    os.seteuid(65534)
    try:
        one, other = collect(["locked/a.yaml", "open.yaml"], ())
        assert trouble(one.path) == "permission denied"
    finally:
        os.seteuid(0)
    assert other.path == "open.yaml"


# --- bytes ----------------------------------------------------------------------------------


def test_the_bytes_of_a_spec_are_those_of_the_file() -> None:
    write("a.yaml")
    assert fetch(Source("a.yaml", named=True), 1000, only_if_marked=False) == SPEC


def stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, SPEC)
    assert fetch(Source("-", named=True), 1000, only_if_marked=False) == SPEC


def test_standard_input_is_read_no_further_than_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stdin(monkeypatch, SPEC + b"#" * 1000)
    with pytest.raises(TooLarge):
        fetch(Source("-", named=True), 100, only_if_marked=False)
    assert sys.stdin.buffer.tell() <= 101


@pytest.mark.parametrize(
    ("path", "reason"),
    [("missing.yaml", "no such file or directory"), ("a.yaml/b", "not a directory"),
     ("x" * 300, "file name too long"), ("a\0b", "no file can have that name"),
     ("dangling.yaml", "no such file or directory"),
     ("loop.yaml", "too many levels of symbolic links"), ("folder", "is a directory"),
     ("pipe.yaml", "not a regular file")],
)  # fmt: skip
def test_what_cannot_be_had_says_why(path: str, reason: str) -> None:
    write("a.yaml")
    Path("folder").mkdir()
    os.mkfifo("pipe.yaml")
    Path("dangling.yaml").symlink_to("nowhere")
    Path("loop.yaml").symlink_to("loop2.yaml")
    Path("loop2.yaml").symlink_to("loop.yaml")
    with at_once():
        assert trouble(path) == reason


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/urandom", "/dev/tty"])
@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices here")
def test_a_device_is_no_spec(device: str) -> None:
    with at_once():
        assert trouble(device) in ("not a regular file", "no such device or address")


def test_a_pipe_in_a_folder_does_not_block() -> None:
    write("s/a.yaml")
    os.mkfifo("s/pipe.yaml")
    with at_once():
        reports = [engine.lint_source(s, skip_unmarked=False) for s in collect(["s"], ())]
    assert [report.status for report in reports] == [Status.LINTED, Status.UNREADABLE]


def test_a_dangling_link_in_a_folder_is_not_lost() -> None:
    write("s/a.yaml")
    Path("s/b.yaml").symlink_to("nowhere")
    reports = [engine.lint_source(s, skip_unmarked=False) for s in collect(["s"], ())]
    assert [(r.path, r.status) for r in reports] == [
        ("s/a.yaml", Status.LINTED), ("s/b.yaml", Status.UNREADABLE),
    ]  # fmt: skip


def test_a_link_to_a_spec_is_read() -> None:
    write("real/a.yaml")
    Path("b.yaml").symlink_to("real/a.yaml")
    assert fetch(Source("b.yaml", named=True), 1000, only_if_marked=False) == SPEC


def test_a_file_that_is_denied_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.yaml")

    def denied(*_args: object, **_named: object) -> int:
        raise PermissionError(13, "Permission denied", "a.yaml")

    monkeypatch.setattr(os, "open", denied)
    assert trouble("a.yaml") == "permission denied"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_rights_says_so() -> None:
    write("a.yaml")
    Path("a.yaml").chmod(0)
    assert trouble("a.yaml") == "permission denied"


def test_a_file_that_has_nothing_to_say_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """/proc/kmsg is a regular file by its mode, and waits for the kernel to speak."""

    class Silent(io.FileIO):
        def readinto(self, _buffer: object) -> None:
            return None

    write("a.yaml")
    monkeypatch.setattr(os, "fdopen", lambda at, _mode: io.BufferedReader(Silent(at)))
    assert trouble("a.yaml").startswith("not a spec")


def test_no_descriptor_stays_open() -> None:
    if not Path("/proc/self/fd").exists():
        pytest.skip("no /proc here")
    write("a.yaml")
    Path("folder").mkdir()
    os.mkfifo("pipe.yaml")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for path in ("a.yaml", "folder", "pipe.yaml", "missing"):
        try:
            fetch(Source(path, named=True), 1000, only_if_marked=False)
        except Unreadable:
            continue
    assert len(list(Path("/proc/self/fd").iterdir())) == before


# --- size -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "fits"), [(99, True), (100, True), (101, False), (5000, False)]
)
def test_a_file_may_be_as_large_as_the_limit(size: int, fits: bool) -> None:
    write("a.yaml", data=SPEC + b"#" * (size - len(SPEC)))
    source = Source("a.yaml", named=True)
    if fits:
        data = fetch(source, 100, only_if_marked=False)
        assert data is not None
        assert len(data) == size
    else:
        with pytest.raises(TooLarge) as caught:
            fetch(source, 100, only_if_marked=False)
        assert caught.value.args == (size,)


def test_an_enormous_file_is_not_read() -> None:
    write("a.yaml")
    os.truncate("a.yaml", 10**12)
    with at_once():
        report = engine.lint_source(Source("a.yaml", named=True), skip_unmarked=False)
    (finding,) = report.findings
    assert (finding.rule.code, finding.span) == ("NN014", (1, 1, 1, 1))
    assert finding.message == (
        f"the file has 1,000,000,000,000 bytes, and the most is {MAX_BYTES:,}"
    )


# --- the marker -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "marked"),
    [
        (b"nnlint: 1\n", True),
        (b"# c\nnnlint: 1\n", True),
        (b"# c\r\nnnlint: 1\r\n", True),
        (b"# c\rnnlint: 1\r", True),
        (b"\xef\xbb\xbfnnlint: 1\n", True),
        (b"a: [\nnnlint: 1\n", True),
        (b"\xff\nnnlint: 1\n", True),
        (b"nnlint:\n", True),
        (b"name: x\n", False),
        (b"", False),
        (b" nnlint: 1\n", False),
        (b"# nnlint: 1\n", False),
        (b"a: nnlint: 1\n", False),
        (b"NNLINT: 1\n", False),
        (b"nnlint 1\n", False),
    ],
)
def test_the_marker_is_a_line_that_begins_with_it(data: bytes, marked: bool) -> None:
    write("a.yaml", data=data)
    source = Source("a.yaml", named=False)
    assert fetch(source, 1000, only_if_marked=True) == (data if marked else None)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("text", ["nnlint: 1\n", "# c\nnnlint: 1\n", "# c\r\nnnlint: 1\r\n"])
def test_a_spec_in_another_encoding_is_a_finding_and_not_skipped(
    encoding: str, text: str
) -> None:
    write("a.yaml", data=(text + "input: [4]\n# ü\n").encode(encoding))
    report = engine.lint_source(Source("a.yaml", named=False), skip_unmarked=True)
    assert report.status is Status.LINTED
    assert {finding.rule.code for finding in report.findings} <= {"NN001", "NN003"}
    assert report.findings


@pytest.mark.parametrize(
    ("named", "skip_unmarked", "status"),
    [(True, False, Status.UNREADABLE), (True, True, Status.SKIPPED),
     (False, False, Status.SKIPPED), (False, True, Status.SKIPPED)],
)  # fmt: skip
def test_only_what_is_named_must_be_a_spec(
    named: bool, skip_unmarked: bool, status: Status
) -> None:
    write("a.yaml", data=b"on: push\n")
    report = engine.lint_source(Source("a.yaml", named=named), skip_unmarked=skip_unmarked)
    assert report.status is status
    assert "no line begins with `nnlint:`" in str(report.reason)


def test_unmarked_yaml_is_never_parsed() -> None:
    write("s/broken.yaml", data=b"a: [\n\t{{ template }}\n")
    (source,) = collect(["s"], ())
    assert engine.lint_source(source, skip_unmarked=False).status is Status.SKIPPED


def test_a_large_unmarked_file_is_skipped_all_the_same() -> None:
    write("a.yaml", data=b"# data\n" * 100)
    assert fetch(Source("a.yaml", named=False), 100, only_if_marked=True) is None


def test_trouble_is_told_instead_of_bytes() -> None:
    with pytest.raises(Unreadable, match=r"^no file matches$"):
        fetch(Source("x", named=True, trouble="no file matches"), 10, only_if_marked=False)


def test_an_empty_path_is_an_input_that_cannot_be_had() -> None:
    (source,) = collect([""], ())
    assert source.trouble == "an empty path; is a variable not set?"

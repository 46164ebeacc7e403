"""Files as they are in a git revision: read out of git, nothing checked out or fetched.

Alone runs another program, and that is git. Only plumbing is asked, which runs no hook, no
filter and no external diff of the repository; fetching is forbidden, also of what a partial
clone lacks.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from nnlint import no_base
from nnlint.policy import Invalid
from nnlint.record import Record
from nnlint.sources import SUFFIXES
from nnlint.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

OFFLINE = {
    # unlike protocol.allow=never, no protocol.ext.allow of the repository's own beats it, by
    # which a partial clone would run a program to get what it lacks
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
}  # fmt: skip
MERGE_BASE = "..."
"""As git writes it: `main...` is where this branch left main."""
PARTIAL = (
    "git lacks part of the base, as in a partial clone, and nothing is fetched behind your "
    "back; get it with git fetch --refetch --no-filter"
)
NO_COMMIT = "HEAD"
"""What a repository without a commit does not have; all in it is new."""


class Revision(Record):
    """A revision of the repository around the working directory.

    Attributes:
        name: as the user wrote it.
        top: the top of the repository.
        blobs: what git stores its YAML files under, by their path from the top.
        commit: what it is; None: nothing was committed yet.
    """

    name: str
    top: Path
    blobs: Mapping[str, str]
    commit: str | None = None

    def shown(self, path: str) -> str:
        """A path from the top as it is written in the working directory."""
        return os.path.relpath(self.top / path)

    def path(self, shown: str) -> str | None:
        """The path from the top of what is written so; None: it lies outside."""
        real = Path(os.path.realpath(Path(shown).parent)) / Path(shown).name
        try:
            return real.relative_to(self.top).as_posix()
        except ValueError:
            return None

    def file(self, path: Path) -> bytes:
        """The bytes of a file then; what lies outside the repository is as it is.

        Raises:
            FileNotFoundError: there was none.
        """
        inside = self.path(str(path))
        if inside is None:
            return path.read_bytes()
        try:
            return _git("cat-file", "blob", f"{self.commit}:{inside}")
        except _Refused:
            raise FileNotFoundError(str(path)) from None

    def untracked(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of the paths from the top that git does not know yet, as `git diff` has it."""
        asked = frozenset(paths)
        if not asked:
            return asked
        known = _git("-c", "core.fsmonitor=false", "ls-files", "-z", "--full-name", ":/")
        return asked - {os.fsdecode(path) for path in known.split(b"\0")}

    def texts(self, paths: Iterable[str], limit: int) -> dict[str, bytes]:
        """The bytes of files by their paths; of too large ones as many as show that."""
        wanted = {path: self.blobs[path] for path in paths}
        sizes = _sizes(wanted.values())
        whole = _contents(oid for oid, size in sizes.items() if size <= limit)
        return {path: whole.get(oid, b"\0" * (limit + 1)) for path, oid in wanted.items()}


def read(name: str) -> Revision:
    """A revision, without the bytes of its files.

    Raises:
        Invalid: there is no git, no repository, or no such revision; with the remedy.
    """
    top = _top(name)
    commit = _commit(name)
    listed = _stored("ls-tree", "-r", "-z", "--full-tree", commit) if commit else b""
    blobs = (_blob(entry) for entry in listed.split(b"\0") if entry)
    return Revision(name, top, dict(one for one in blobs if one), commit)


def _blob(entry: bytes) -> tuple[str, str] | None:
    """A line of ls-tree (mode, kind, object, then a tab and the path): a YAML file's path."""
    facts, _, path = entry.partition(b"\t")
    mode, kind, oid = facts.split()
    is_file = kind == b"blob" and mode != b"120000"
    name = os.fsdecode(path)
    return (name, oid.decode()) if is_file and name.endswith(SUFFIXES) else None


def _top(name: str) -> Path:
    try:
        return Path(os.fsdecode(_git("rev-parse", "--show-toplevel").rstrip(b"\n")))
    except OSError:
        raise Invalid(
            f"--base {quoted(name)} needs git, which is not installed; "
            "without it: nnlint diff OLD NEW"
        ) from None
    except _Refused as reason:
        raise Invalid(
            f"--base {quoted(name)}: {reason}; two files go without git: nnlint diff OLD NEW"
        ) from None


def _commit(name: str) -> str | None:
    """The commit; None where the repository has none yet, so that all in it is new."""
    start, dots, end = name.partition(MERGE_BASE)
    if not start:
        raise Invalid(
            f"--base {quoted(name)} names no revision: write one, as HEAD; "
            "is a variable not set?"
        )
    first = _resolved(start)
    if first is None:
        if name == NO_COMMIT and _is_empty():
            return None
        raise Invalid(no_base.unknown(name, start, _clone()))
    return _merge_base(name, first, end or "HEAD") if dots else first


def _merge_base(name: str, first: str, end: str) -> str:
    """Where two revisions parted."""
    other = _resolved(end)
    if other is None:
        raise Invalid(no_base.unknown(name, end, _clone()))
    try:
        return _git("merge-base", first, other).decode().strip()
    except _Refused:
        raise Invalid(no_base.unrelated(name, end, _clone())) from None


def _resolved(name: str) -> str | None:
    """The commit of that name; None: there is none."""
    if name.startswith("-"):
        return None
    try:
        commit = f"{name}^{{commit}}"
        return _git("rev-parse", "--verify", "--quiet", commit).decode().strip()
    except _Refused:
        return None


def _is_empty() -> bool:
    """Whether nothing was committed yet on any branch."""
    refs = _stored("for-each-ref", "--count=1")
    return not refs and not _stored("rev-list", "-n", "1", "--all")


def _clone() -> no_base.Clone:
    """What the repository says of where it came from."""
    refs = _stored("for-each-ref", "--format=%(refname:short)")
    shallow = _git("rev-parse", "--is-shallow-repository").strip() == b"true"
    return no_base.Clone(_lines(_git("remote")), _lines(refs), shallow)


def _lines(answer: bytes) -> tuple[str, ...]:
    return tuple(os.fsdecode(answer).splitlines())


def _sizes(oids: Iterable[str]) -> dict[str, int]:
    """The bytes of objects, asked of these alone: a partial clone may lack all others."""
    found = {}
    for line in _asked("--batch-check", oids).splitlines():
        oid, kind, *size = line.decode().split()
        if kind != "blob":
            raise Invalid(PARTIAL)
        found[oid] = int(size[0])
    return found


def _contents(oids: Iterable[str]) -> dict[str, bytes]:
    """What git stores, by object."""
    answer = _asked("--batch", oids)
    found: dict[str, bytes] = {}
    at = 0
    while at < len(answer):
        end = answer.index(b"\n", at)
        oid, _, size = answer[at:end].split()
        at = end + 1 + int(size) + 1
        found[oid.decode()] = answer[end + 1 : at - 1]
    return found


def _asked(how: str, oids: Iterable[str]) -> bytes:
    """One call for all."""
    asked = "".join(f"{oid}\n" for oid in dict.fromkeys(oids)).encode()
    return _stored("cat-file", how, data=asked) if asked else b""


def _stored(*arguments: str, data: bytes = b"") -> bytes:
    """What git answers where it has all that is asked for."""
    try:
        return _git(*arguments, data=data)
    except _Refused:
        raise Invalid(PARTIAL) from None


class _Refused(Exception):  # noqa: N818 - said by git
    """Git could not do it; the argument is its reason."""


def _git(*arguments: str, data: bytes = b"") -> bytes:
    # where nnlint runs, and not at the top: a GIT_DIR of the environment may be relative
    done = subprocess.run(  # noqa: S603 - a list, no shell
        ["git", *arguments],  # noqa: S607 - the user's git, by its name
        input=data,
        capture_output=True,
        env={**os.environ, **OFFLINE},
        check=False,
    )
    if done.returncode:
        # all of it: the last line of a refusal is the remedy
        said = " ".join(done.stderr.decode(errors="replace").split())
        raise _Refused(said.removeprefix("fatal: ") or "git failed")
    return done.stdout

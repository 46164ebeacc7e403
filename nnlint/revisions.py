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

from nnlint.policy import Invalid
from nnlint.record import Record
from nnlint.sources import SUFFIXES
from nnlint.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

QUIET = {
    "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
}  # fmt: skip
OFFLINE = ("-c", "protocol.allow=never")
MERGE_BASE = "..."
"""As git writes it: `main...` is where this branch left main."""
NO_COMMIT = "HEAD"
"""What a repository without a commit does not have; all in it is new."""


class Blob(Record):
    """A file of a revision.

    Attributes:
        path: from the top of the repository.
        oid: what git stores it under.
        size: in bytes.
    """

    path: str
    oid: str
    size: int


class Revision(Record):
    """A revision of the repository around the working directory.

    Attributes:
        name: as the user wrote it.
        top: the top of the repository.
        blobs: its YAML files by their path from the top.
    """

    name: str
    top: Path
    blobs: Mapping[str, Blob]

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

    def texts(self, paths: Iterable[str], limit: int) -> dict[str, bytes]:
        """The bytes of files by their paths; of too large ones as many as show that."""
        wanted = [self.blobs[path] for path in paths]
        whole = _contents(self.top, [one for one in wanted if one.size <= limit])
        return {
            one.path: whole[one.oid] if one.size <= limit else b"\0" * (limit + 1)
            for one in wanted
        }


def read(name: str) -> Revision:
    """A revision, without the bytes of its files.

    Raises:
        Invalid: there is no git, no repository, or no such revision; with the remedy.
    """
    top = _top(name)
    commit = _commit(name, top)
    listed = _git(top, "ls-tree", "-r", "-l", "-z", "--full-tree", commit) if commit else b""
    blobs = (_blob(entry) for entry in listed.split(b"\0") if entry)
    return Revision(name, top, {one.path: one for one in blobs if one})


def _blob(entry: bytes) -> Blob | None:
    """A line of ls-tree: mode, kind, object, size, then a tab and the path."""
    facts, _, path = entry.partition(b"\t")
    mode, kind, oid, size = facts.split()
    is_file = kind == b"blob" and mode != b"120000"
    name = os.fsdecode(path)
    if not is_file or not name.endswith(SUFFIXES):
        return None
    return Blob(name, oid.decode(), int(size))


def _top(name: str) -> Path:
    try:
        return Path(os.fsdecode(_git(None, "rev-parse", "--show-toplevel").rstrip(b"\n")))
    except FileNotFoundError:
        raise Invalid(
            f"--base {quoted(name)} needs git, which is not installed; "
            "without it: nnlint diff OLD NEW"
        ) from None
    except _Refused as reason:
        raise Invalid(
            f"--base {quoted(name)}: {reason}; two files go without git: nnlint diff OLD NEW"
        ) from None


def _commit(name: str, top: Path) -> str | None:
    """The commit; None where the repository has none yet, so that all in it is new."""
    start, dots, end = name.partition(MERGE_BASE)
    try:
        first = _resolved(top, start or "HEAD")
        if not dots:
            return first
        return _git(top, "merge-base", first, _resolved(top, end or "HEAD")).decode().strip()
    except _Refused:
        if name == NO_COMMIT and _is_empty(top):
            return None
        raise Invalid(_no_base(name, top)) from None


def _resolved(top: Path, name: str) -> str:
    if name.startswith("-"):
        raise _Refused("a revision does not begin with -")
    commit = f"{name}^{{commit}}"
    return _git(top, "rev-parse", "--verify", "--quiet", commit).decode().strip()


def _is_empty(top: Path) -> bool:
    """Whether nothing was committed yet on any branch."""
    return not _git(top, "for-each-ref", "--count=1") and not _git(
        top, "rev-list", "-n", "1", "--all"
    )


def _no_base(name: str, top: Path) -> str:
    """Why there is no base, and how to get one."""
    shallow = _git(top, "rev-parse", "--is-shallow-repository").strip() == b"true"
    ref = name.partition(MERGE_BASE)[0]
    remote, _, branch = ref.rpartition("/")
    fetch = f"git fetch {remote or 'origin'} {branch or ref}"
    if MERGE_BASE in name:
        fetch += ", or git fetch --unshallow: the common ancestor must be there"
    why = (
        "this clone is shallow, so it may not have it" if shallow else "it is not in this clone"
    )
    return (
        f"there is no base {quoted(name)}: {why}; get it with {fetch} "
        "(in GitHub Actions: fetch-depth: 0), or name another --base"
    )


def _contents(top: Path, blobs: list[Blob]) -> dict[str, bytes]:
    """What git stores, by object: one call for all."""
    asked = "".join(f"{one.oid}\n" for one in blobs).encode()
    answer = _git(top, "cat-file", "--batch", data=asked) if blobs else b""
    found: dict[str, bytes] = {}
    at = 0
    while at < len(answer):
        end = answer.index(b"\n", at)
        oid, kind, *size = answer[at:end].split()
        if kind != b"blob":
            raise Invalid(
                f"git lacks the object {oid.decode()}: this clone is partial; "
                "get it with git fetch --refetch --no-filter"
            )
        at = end + 1 + int(size[0]) + 1
        found[oid.decode()] = answer[end + 1 : at - 1]
    return found


class _Refused(Exception):  # noqa: N818 - said by git
    """Git could not do it; the argument is its reason."""


def _git(top: Path | None, *arguments: str, data: bytes = b"") -> bytes:
    where = ("-C", str(top)) if top else ()
    done = subprocess.run(  # noqa: S603 - a list, no shell
        ["git", *OFFLINE, *where, *arguments],  # noqa: S607 - the user's git, by its name
        input=data,
        capture_output=True,
        env={**os.environ, **QUIET},
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise _Refused(said[0].removeprefix("fatal: ") if said else "git failed")
    return done.stdout

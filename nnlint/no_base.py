"""Why there is no base to compare with, and how to get one."""

from __future__ import annotations

import re

from nnlint.record import Record
from nnlint.wording import did_you_mean, quoted

SHORTENED = r"[0-9a-f]{7,39}"
"""How part of an object's name looks: a remote gives only what is named whole."""
STEPS = r"[~^].*"
"""What leads from a commit to those before it."""


class Clone(Record):
    """What a repository knows of where it came from.

    Attributes:
        remotes: the names of the repositories that it fetches from.
        refs: its branches, tags and those of its remotes.
        shallow: its history is cut off.
    """

    remotes: tuple[str, ...]
    refs: tuple[str, ...]
    shallow: bool


def unknown(name: str, revision: str, clone: Clone) -> str:
    """There is no such revision here.

    Args:
        name: the base as the user wrote it.
        revision: the revision in it that there is not.
        clone: where it is looked for.
    """
    why = "this clone is shallow, so it may not have it" if clone.shallow else _not_here(clone)
    return f"there is no base {quoted(name)}: {why}; {_remedy(name, revision, clone)}"


def unrelated(name: str, end: str, clone: Clone) -> str:
    """Both revisions are here, and no commit from which both come."""
    start = name.partition("...")[0]
    if clone.shallow:
        why = "this clone is shallow, so what both come from may be missing"
        return f"there is no base {quoted(name)}: {why}; {_DEEPEN}"
    return (
        f"there is no base {quoted(name)}: {start} and {end} have no commit in common; "
        f"compare with --base {start}"
    )


_DEEPEN = "get it with git fetch --unshallow (in GitHub Actions: fetch-depth: 0)"


def _not_here(clone: Clone) -> str:
    return "it is not in this clone" if clone.remotes else "it is not in this repository"


def _remedy(name: str, revision: str, clone: Clone) -> str:
    root = re.sub(STEPS, "", revision)
    if root in (*clone.refs, "HEAD", "@"):
        return _DEEPEN if clone.shallow else "it has fewer commits; name another --base"
    tracked = [f"{one}/{root}" for one in clone.remotes if f"{one}/{root}" in clone.refs]
    if tracked:
        return f"did you mean {quoted(tracked[0])}?"
    near = None if _remote(root, clone) else did_you_mean(root, clone.refs)
    if clone.remotes:
        return (f"{near} Or " if near else "") + _fetched(name, root, clone)
    return near or "name another --base, as HEAD"


def _fetched(name: str, revision: str, clone: Clone) -> str:
    """How to get a branch, a tag or a commit, whatever the remote's refspec is."""
    if re.fullmatch(SHORTENED, revision):
        return "write the commit's name whole: a remote gives none that is shortened"
    first = "origin" if "origin" in clone.remotes else clone.remotes[0]
    remote = _remote(revision, clone) or first
    branch = revision.removeprefix(f"{remote}/")
    deeper = "--unshallow " if clone.shallow and "..." in name else ""
    base = name.replace(revision, "FETCH_HEAD", 1)
    return (
        f"get it with git fetch {deeper}{remote} {branch}, and compare with --base {base} "
        "(in GitHub Actions: fetch-depth: 0)"
    )


def _remote(revision: str, clone: Clone) -> str | None:
    """The remote whose branch it says it is."""
    named = (one for one in clone.remotes if revision.startswith(f"{one}/"))
    return max(named, key=len, default=None)

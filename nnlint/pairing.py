"""Which file of a base is which file now: by path, then by content."""

from __future__ import annotations

import os
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from nnlint.record import Record
from nnlint.sources import (
    NO_FILE,
    NO_MATCH,
    STDIN,
    Pattern,
    Source,
    collect,
    is_marked,
    is_passed_over,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from nnlint.revisions import Revision

ALIKE = 0.5
"""From which share of equal lines on a file counts as renamed, as git has it."""
MOST_COMPARED = 2_500
"""Pairs of files that are weighed up line by line."""


class Pair(Record):
    """A file as it was and as it is.

    Attributes:
        source: the file now; None: it is gone.
        path: as it is shown; of a file that is gone where it was.
        old_path: where it was, as it is shown; None: it is new.
        data: its bytes in the base; None: it is new, or was no spec.
    """

    source: Source | None
    path: str
    old_path: str | None = None
    data: bytes | None = None


class Paired(Record):
    """The files of both sides, and how many were left out because git does not know them."""

    pairs: list[Pair]
    untracked: int


def pairs(
    paths: Sequence[str], revision: Revision, exclude: Sequence[Pattern], limit: int
) -> Paired:
    """Every file that is a spec in the base, or may be one now.

    Args:
        paths: files, folders and globs, of now or of the base.
        revision: the base.
        exclude: what is left out.
        limit: of bytes that are read of a file.
    """
    scope = _Scope(paths, revision)
    here = {_key(revision, one): one for one in collect(paths, exclude) if scope.is_here(one)}
    drafts = revision.untracked(_unknown(here, revision))
    now = {key: one for key, one in here.items() if key not in drafts}
    was = [path for path in revision.blobs if path in now or scope.holds_gone(path)]
    was = [path for path in was if not _excluded(revision.shown(path), exclude)]
    fresh = [key for key in now if key not in revision.blobs and not Path(key).is_absolute()]
    elsewhere = [path for path in revision.blobs if path not in was] if fresh else []
    moved_from = [path for path in elsewhere if _is_gone(revision, path)]
    texts = revision.texts([*was, *moved_from], limit)
    specs = {path: data for path, data in texts.items() if is_marked(data)}
    gone = {path: data for path, data in specs.items() if path not in now}
    renamed = _renamed({key: now[key] for key in fresh}, gone)
    found = [_pair(key, now[key], renamed, specs, revision) for key in now]
    lost = [path for path in was if path in gone and path not in renamed.values()]
    shown = (revision.shown(path) for path in lost)
    found += [
        Pair(None, name, name, gone[path]) for name, path in zip(shown, lost, strict=True)
    ]
    return Paired(sorted(found, key=lambda one: one.path), len(drafts))


def _unknown(here: Mapping[str, Source], revision: Revision) -> Iterator[str]:
    """What a search found and the base does not hold: git may not know it at all."""
    for key, source in here.items():
        inside = not os.path.isabs(key) and not os.path.islink(source.path)  # noqa: PTH114, PTH117 - as below
        if inside and not source.named and key not in revision.blobs:
            yield key


def _key(revision: Revision, source: Source) -> str:
    """The path from the top, of a link that of its target; outside the whole path."""
    real = os.path.realpath(source.path) if os.path.islink(source.path) else source.path  # noqa: PTH114 - as below
    inside = None if source.trouble else revision.path(real)
    return inside or os.path.abspath(source.path)  # noqa: PTH100 - it may hold what no Path can


def _pair(
    key: str,
    source: Source,
    renamed: Mapping[str, str],
    specs: Mapping[str, bytes],
    revision: Revision,
) -> Pair:
    old = key if key in specs else renamed.get(key)
    if old is None:
        return Pair(source, source.path)
    shown = source.path if old == key else revision.shown(old)
    return Pair(source, source.path, shown, specs[old])


def _excluded(path: str, exclude: Iterable[Pattern]) -> bool:
    return any(pattern.matches(path) for pattern in exclude)


def _is_gone(revision: Revision, path: str) -> bool:
    return not os.path.lexists(revision.top / path)


class _Scope:
    """What was asked for, of now and of the base."""

    def __init__(self, paths: Sequence[str], revision: Revision) -> None:
        self.revision = revision
        self.asked = [one for one in paths if _is_path(one)]

    def is_here(self, source: Source) -> bool:
        """Whether it is there; what is not, and was, is no mistake of the user's."""
        if not _is_path(source.path):
            return True
        found = os.path.lexists(source.path) and source.trouble not in (NO_FILE, NO_MATCH)
        return found or not any(map(self._inside(source.path), self.revision.blobs))

    def holds_gone(self, path: str) -> bool:
        """Whether a file of the base was asked for, and is gone."""
        return _is_gone(self.revision, path) and any(
            self._inside(one)(path) for one in self.asked
        )

    def _inside(self, asked: str) -> Callable[[str], bool]:
        """Whether a path from the top lies where the user points."""
        root = self.revision.path(asked)
        if any(sign in asked for sign in "*?[") and not os.path.lexists(asked):
            globs = Path(os.path.relpath(asked)).parts
            return lambda path: path == root or _fits(self.revision.shown(path), globs)
        return lambda path: root is not None and _below(path, root)


def _is_path(asked: str) -> bool:
    """Whether a file of a revision can have that name; standard input has none."""
    return "\0" not in asked and asked not in ("", STDIN)


def _fits(path: str, globs: Sequence[str]) -> bool:
    """Whether a glob finds the path or a folder above it, as it finds what is there."""
    parts = Path(path).parts
    return any(_fit(parts[:depth], globs) for depth in range(1, len(parts) + 1))


def _fit(parts: Sequence[str], globs: Sequence[str]) -> bool:
    if not (parts and globs):
        return not parts and all(glob == "**" for glob in globs)
    if globs[0] == "**":
        return _fit(parts, globs[1:]) or _fit(parts[1:], globs)
    return fnmatchcase(parts[0], globs[0]) and _fit(parts[1:], globs[1:])


def _below(path: str, root: str) -> bool:
    """Whether it is that path, or lies below it in folders that a search looks into."""
    if path == root:
        return True
    rest = path if root == "." else path.removeprefix(f"{root}/")
    inside = root == "." or rest != path
    return inside and not any(map(is_passed_over, rest.split("/")[:-1]))


def _renamed(fresh: Mapping[str, Source], gone: Mapping[str, bytes]) -> dict[str, str]:
    """New path -> old path, for what is gone here and there is again."""
    texts = {key: _bytes(source) for key, source in fresh.items()} if gone else {}
    found: dict[str, str] = {}
    # of those that are alike, the one that keeps its name
    for _, _, new, old in sorted(_likenesses(texts, gone), reverse=True):
        if new not in found and old not in found.values():
            found[new] = old
    return found


def _likenesses(
    fresh: Mapping[str, bytes], gone: Mapping[str, bytes]
) -> Iterator[tuple[float, bool, str, str]]:
    compared = len(fresh) * len(gone) <= MOST_COMPARED
    for new, text in fresh.items():
        for old, before in gone.items():
            alike = 1.0 if text == before else _alike(text, before) if compared else 0.0
            if alike >= ALIKE:
                yield alike, Path(new).name == Path(old).name, new, old


def _alike(one: bytes, other: bytes) -> float:
    matcher = SequenceMatcher(None, one.splitlines(), other.splitlines(), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0


def _bytes(source: Source) -> bytes:
    """What a file holds, as far as it can be had: what can't is no rename."""
    try:
        return Path(source.path).read_bytes() if Path(source.path).is_file() else b""
    except (OSError, ValueError):
        return b""

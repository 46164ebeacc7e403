"""Git repositories for tests, out of reach of the user's configuration."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parent.parent


def isolated() -> dict[str, str]:
    """An environment without the user's git configuration, and with an author."""
    outside = ("GIT_", "GITHUB_", "NNLINT_", "PRE_COMMIT")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(outside)}
    kept.pop("PYTHONPATH", None)
    someone = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", "Ann"), ("EMAIL", "ann@example.org"))
    }
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return {**kept, **someone, **alone}


def git(folder: Path, env: Mapping[str, str], *words: str) -> str:
    """Run git there; what it says."""
    done = subprocess.run(
        ["git", *words], cwd=folder, env=env, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout.strip()


def write(folder: Path, files: Mapping[str, str | bytes | None]) -> None:
    """Put these files there, byte for byte; None takes one away."""
    for name, content in files.items():
        path = folder / name
        if content is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def commit(
    folder: Path, env: Mapping[str, str], files: Mapping[str, str | bytes | None]
) -> str:
    """Commit these changes and whatever else is new; the commit."""
    write(folder, files)
    git(folder, env, "add", "--all")
    git(folder, env, "commit", "-q", "--allow-empty", "-m", "A change")
    return git(folder, env, "rev-parse", "HEAD")


def copy_working_tree(to: Path, env: Mapping[str, str]) -> None:
    """Every file of this project that is tracked, or new and not ignored, as it is now."""
    listed = git(ROOT, env, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, to / name)

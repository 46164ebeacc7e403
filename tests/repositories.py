"""Git repositories for tests, cut off from the user's configuration."""

from __future__ import annotations

import os
import subprocess
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

from nnlint.cli import main

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "nnlint: 1\ninput: [4]\nlayers:\n"


def spec(width: int, *lines: str) -> str:
    """A network of one layer: 4·width + width parameters, 4·width MACs."""
    return f"{HEAD}  - {{type: Linear, out_features: {width}}}\n" + "".join(
        f"{line}\n" for line in lines
    )


class Run(NamedTuple):
    """What one run gave."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


def diff(*argv: str, form: str = "concise") -> Run:
    """`nnlint diff` in this process, in the working directory."""
    out, err = StringIO(), StringIO()
    code = main(("diff", "--format", form, *argv), out, err)
    return Run(code, out.getvalue(), err.getvalue())


def environment() -> dict[str, str]:
    """What git may know of the user."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    someone = {
        f"GIT_{role}_{part}": "ann@example.org"
        for role in ("AUTHOR", "COMMITTER")
        for part in ("NAME", "EMAIL")
    }
    return {**kept, **someone, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


class Repository:
    """A repository in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def new(cls, folder: Path) -> Repository:
        folder.mkdir(parents=True, exist_ok=True)
        made = cls(folder)
        made.git("init", "--quiet", "--initial-branch=main")
        return made

    def git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=self.folder, env=environment(), check=True,
            capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.strip()

    def write(self, name: str, text: str | bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self, **files: str) -> str:
        """Commit all that there is, and specs by their names without suffix."""
        for name, text in files.items():
            self.write(f"{name}.yaml", text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=one more")
        return self.git("rev-parse", "HEAD")

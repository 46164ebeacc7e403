"""Starter specs: the templates, how one is written to disk, and what to do next."""

from __future__ import annotations

import os
import shlex
from functools import cache
from pathlib import Path

from nnlint import HOME, __version__, files
from nnlint.sources import SUFFIXES
from nnlint.terminal import visible

TEMPLATES = Path(__file__).parent / "templates"
DEFAULT = "mlp"
FOLDER = "specs"
SCHEMA = "nnlint.schema.json"


class NotWritten(Exception):  # noqa: N818 - said of the file
    """The file can't be written; the argument says why, and what to do."""


@cache
def names() -> list[str]:
    """The templates, the default first: every file of the folder is one."""
    found = (file.stem for file in TEMPLATES.glob("*.yaml"))
    return sorted(found, key=lambda name: (name != DEFAULT, name))


def text(name: str) -> str:
    """The spec of that template."""
    return (TEMPLATES / f"{name}.yaml").read_text("utf-8")


def target(name: str, given: str | None) -> Path:
    """The file that is meant: `specs/<template>.yaml`, or `<template>.yaml` in a folder.

    Raises:
        NotWritten: no file of that name would be found as a spec.
    """
    file = Path(f"{name}.yaml")
    if given is None:
        return FOLDER / file
    if given.endswith(("/", os.sep)) or os.path.isdir(given):  # noqa: PTH112 - Path raises
        return Path(given) / file
    if not given.endswith(SUFFIXES):
        empty = "it is empty; is a variable not set?"
        hint = f"write {given}.yaml, or {given}/ for a folder" if given else empty
        if given in names():
            hint = f"write --template {given}"
        kinds = " or ".join(SUFFIXES)
        raise NotWritten(
            f"{given or repr(given)} is no spec's name, which ends in {kinds}: {hint}"
        )
    return Path(given)


def write(path: Path, content: str, *, overwrite: bool) -> None:
    """Write the file, whole or not at all, and the folders that it needs.

    Raises:
        NotWritten: it is there already, or can't be written.
    """
    try:
        if not overwrite and os.path.lexists(path):
            raise FileExistsError
        path.parent.mkdir(parents=True, exist_ok=True)
        if overwrite:
            files.replace(str(path), content.encode())
        else:
            files.create(path, content.encode())
    except files.NotWritten as refusal:
        raise NotWritten(f"{path} {refusal}") from None
    except FileExistsError as error:
        raise NotWritten(_in_the_way(path, error)) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise NotWritten(f"{path} can't be written: {reason}") from None
    except ValueError:
        raise NotWritten(f"no file can have the name {path}") from None


def _in_the_way(path: Path, error: FileExistsError) -> str:
    """What to do about a file that is there, or about one where a folder should be made."""
    at = Path(error.filename or path)
    if at in path.parents:
        return f"{path} can't be written: {at} is no folder"
    return f"{path} is there already: --force overwrites it, or name another file"


def next_steps(path: Path) -> str:
    """What to do with the new spec: look at it, and let everything check it."""
    schema = os.path.relpath(SCHEMA, path.parent)
    file, folder = (visible(shlex.quote(str(one))) for one in (path, path.parent))
    return "\n".join((
        "Next:",
        f"  nnlint {file}",
        f"  nnlint explain {file}",
        "",
        "Completion and help in editors: `nnlint schema > " + SCHEMA + "`, and as first line",
        f"# yaml-language-server: $schema={visible(schema)}",
        "",
        "In pyproject.toml:",
        CONFIGURATION,
        "In .pre-commit-config.yaml (rev is a tag or commit of that repository):",
        HOOK,
        f"In CI (for GitHub there is an action: {HOME}#in-ci):",
        CI.format(folder=folder),
    ))  # fmt: skip


CONFIGURATION = """\

[tool.nnlint]
fail-on = "warning"        # least severity that fails; error is the default
# extend-select = ["NN8"]  # advice to hear; `nnlint rules` lists all codes
# ignore = ["NN401"]       # rules to leave out
# exclude = ["drafts/*"]   # paths, folders or names to leave out
budget = {params = "100M"} # binds every spec; a spec may set less, never more
"""

HOOK = f"""\

repos:
  - repo: {HOME}
    rev: v{__version__}
    hooks:
      - id: nnlint
        args: [--fail-on, warning]
"""

CI = """\

pip install nnlint
nnlint {folder} --output junit=nnlint.xml
nnlint diff --base origin/main... {folder}
"""

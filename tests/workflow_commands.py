"""A second reader of GitHub's workflow commands, after the grammar of the runner itself.

https://github.com/actions/runner, src/Runner.Common/ActionCommand.cs: a line that begins, after
blanks, with `::name key=value,…::data`; else the old form, `##[name key=value;…]data`, anywhere
in a line. Names that are not registered are no commands.
"""

from __future__ import annotations

import re
from typing import NamedTuple

REGISTERED = {
    "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group",
    "internal-set-repo-path", "notice", "remove-matcher", "save-state", "set-env", "set-output",
    "stop-commands", "warning",
}  # fmt: skip


class Command(NamedTuple):
    """One command, unescaped."""

    name: str
    properties: dict[str, str]
    data: str


def commands(text: str) -> list[Command]:
    """The commands in a log; the runner reads lines as .NET does, at CR, LF and CR LF."""
    found = (command(line) for line in re.split(r"\r\n|\r|\n", text))
    return [one for one in found if one]


def command(line: str) -> Command | None:
    return _new(line.lstrip()) or _old(line)


def _new(line: str) -> Command | None:
    if not line.startswith("::") or "::" not in line[2:]:
        return None
    info, _, data = line[2:].partition("::")
    return _made(info, ",", data, {":": "%3A", ",": "%2C"})


def _old(line: str) -> Command | None:
    _, mark, rest = line.partition("##[")
    if not mark or "]" not in rest:
        return None
    info, _, data = rest.partition("]")
    return _made(info, ";", data, {";": "%3B", "]": "%5D"})


def _made(info: str, between: str, data: str, escapes: dict[str, str]) -> Command | None:
    name, _, words = info.partition(" ")
    if name not in REGISTERED:
        return None
    pairs = (pair.split("=", 1) for pair in words.strip().split(between) if "=" in pair)
    properties = {key: _unescaped(value, escapes) for key, value in pairs}
    return Command(name, properties, _unescaped(data, {}))


def _unescaped(text: str, escapes: dict[str, str]) -> str:
    for sign, written in {"\r": "%0D", "\n": "%0A", **escapes, "%": "%25"}.items():
        text = text.replace(written, sign)
    return text

"""Every source of settings in its order: files, the environment, the flags -> one answer.

What comes later wins: a file over what it extends, the environment over files, the flags
over all. Exclusions and ignores by file add up, and of budgets the lowest binds, whoever
sets it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlint.policy import Policy, Selection, switches
from nnlint.record import Record
from nnlint.sources import Pattern
from nnlint.wording import split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from nnlint.budget import Ceiling
    from nnlint.finding import Severity
    from nnlint.policy import Config

FILE = "pyproject.toml"
MENTION = rb"tool\s*\.\s*[\"']?nnlint|^\s*\[\s*tool\s*\]|^\s*\[\s*nnlint\b"
"""What no file with our table is without: it spares others the time of a TOML parser."""
PREFIX = "NNLINT_"
VARIABLE = f"{PREFIX}CONFIG"
FROM_ENVIRONMENT = {
    "select": list, "extend-select": list, "ignore": list, "exclude": list, "fail-on": str,
    "baseline": str, "show-info": bool, "jobs": str,
}  # fmt: skip
"""Keys that the environment may give, as `NNLINT_FAIL_ON`."""


class Settings(Record):
    """What a run is to do.

    Attributes:
        files: what the configuration files say, the base first.
        spoken: what the environment and then the flags say.
        above: files further up, of which only the budgets bind.
        named: the configuration file that was named; None: it was sought.
        isolated: there is none.
    """

    files: tuple[Config, ...] = ()
    spoken: tuple[Config, ...] = ()
    above: tuple[Config, ...] = ()
    named: str | None = None
    isolated: bool = False

    @property
    def sources(self) -> tuple[Config, ...]:
        """All that speak, the last of which has the last word."""
        return (*self.files, *self.spoken)

    @property
    def fail_on(self) -> str | None:
        """The least severity that fails, `never`, or None: nobody says."""
        return next((one.fail_on for one in self.sources[::-1] if one.fail_on), None)

    @property
    def show_info(self) -> bool:
        """Whether advice is wanted; whoever fails on it wants to see it."""
        said = (one.show_info for one in self.sources[::-1] if one.show_info is not None)
        return next(said, False) or self.fail_on == "info"

    @property
    def exclude(self) -> tuple[Pattern, ...]:
        """What is left out."""
        return tuple(Pattern(glob, one.folder) for one in self.sources for glob in one.exclude)

    @property
    def baseline(self) -> Path | None:
        """The file of the findings to leave out, where anybody names one."""
        named = (one for one in self.sources[::-1] if one.baseline)
        return next((one.folder / Path(one.baseline or "") for one in named), None)

    @property
    def jobs(self) -> int | None:
        """How many processes share the work; None: as many as it is worth."""
        said = (one.jobs for one in self.sources[::-1] if one.jobs is not None)
        return next(said, 0) or None

    @property
    def home(self) -> Path:
        """The folder of the file that configures the run; without one the working directory."""
        return self.files[-1].folder if self.files else Path.cwd()

    @property
    def severities(self) -> dict[str, Severity]:
        """By code, where it is not the rule's own."""
        return _severities(self.sources)

    def policy(self, path: str, *others: str, show_info: bool) -> Policy:
        """What holds for that file.

        Args:
            path: as it is shown.
            others: its other names: what binds under any of them binds it.
            show_info: advice is wanted.
        """
        if not self.sources and not self.above:
            return Policy(show_info=show_info)
        off = tuple(self._off(path))
        local = (Selection(ignore=off),) if off else ()
        law = (*self.above,) or self.files
        return Policy(
            switches([*(one.selection for one in self.sources), *local]),
            switches(Selection(ignore=one.selection.ignore) for one in law),
            self.severities,
            _severities(law),
            show_info,
            tuple(self._ceilings((path, *others))),
        )

    def _off(self, path: str) -> Iterator[str]:
        for config in self.files:
            for one in config.per_file_ignores:
                if Pattern(one.pattern, config.folder).matches(path):
                    yield from one.codes

    def _ceilings(self, paths: tuple[str, ...]) -> Iterator[Ceiling]:
        for config in (*self.sources, *self.above):
            for one in config.budgets:
                pattern = Pattern(one.pattern, config.folder)
                if one.pattern == "*" or any(map(pattern.matches, paths)):
                    yield from one.ceilings


def _severities(configs: Iterable[Config]) -> dict[str, Severity]:
    return {code: how for one in configs for code, how in one.severities.items()}


def gathered(
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    *,
    file: str | None = None,
    isolated: bool = False,
    flag: str = "--{}",
) -> Settings:
    """The settings of a run in the working directory.

    Args:
        flags: keys of `[tool.nnlint]` that the command line gives.
        environ: the environment.
        file: the configuration file that was named.
        isolated: no configuration file is read, and no variable of the environment.
        flag: what a key is called by who gives it.

    Raises:
        Invalid: something in them can't be used.
    """
    named = file or (environ.get(VARIABLE) if not isolated else None)
    settings = as_of(Settings(named=named, isolated=isolated))
    said = {} if isolated else _said(environ)
    if not (said or flags):
        return settings
    from nnlint import config  # noqa: PLC0415 - most runs have none

    spoken = [
        config.spoken(said, "the environment", variable) if said else None,
        *(config.spoken(one, who, flag.format) for who, one in _spoken(flags, flag)),
    ]
    return settings._replace(spoken=tuple(one for one in spoken if one))


def as_of(settings: Settings, read: Callable[[Path], bytes] = Path.read_bytes) -> Settings:
    """The settings with the configuration files of some time.

    Args:
        settings: what else holds, and which file was named.
        read: the bytes of a file, then.

    Raises:
        Invalid: one of the files can't be used.
    """
    named = [Path(settings.named)] if settings.named else None
    found = named or ([] if settings.isolated else list(_found(Path.cwd(), read)))
    if not found:
        return settings._replace(files=(), above=())
    from nnlint import config  # noqa: PLC0415 - most runs have none

    chains = [config.chain(one, needed=bool(named), read=read) for one in found]
    chains = [files for files in chains if files]
    return settings._replace(
        files=tuple(chains[0]) if chains else (),
        above=tuple(one for files in chains[1:] for one in files),
    )


def _spoken(flags: Mapping[str, Any], flag: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the flags say, budgets apart: a finding names who sets the limit."""
    budget = {key: value for key, value in flags.items() if key == "budget"}
    others = {key: value for key, value in flags.items() if key != "budget"}
    both = (("the command line", others), (flag.format("budget"), budget))
    yield from ((who, one) for who, one in both if one)


def _found(start: Path, read: Callable[[Path], bytes]) -> Iterator[Path]:
    """Files that may hold our table, the nearest first, up to the root of the repository."""
    for folder in (start, *start.parents):
        if _mentions_us(folder / FILE, read):
            yield folder / FILE
        if (folder / ".git").exists():
            return


def _mentions_us(file: Path, read: Callable[[Path], bytes]) -> bool:
    try:
        return re.search(MENTION, read(file), re.MULTILINE) is not None
    except OSError:
        return False


def variable(key: str) -> str:
    """What a key is called in the environment: `NNLINT_FAIL_ON`."""
    return PREFIX + key.upper().replace("-", "_")


def _said(environ: Mapping[str, str]) -> dict[str, Any]:
    """What the environment says; an empty variable says nothing."""
    given = {key: environ.get(variable(key), "") for key in FROM_ENVIRONMENT}
    return {key: _value(text, FROM_ENVIRONMENT[key]) for key, text in given.items() if text}


def _value(text: str, kind: type) -> Any:
    if kind is list:
        return split(text)
    if kind is bool:
        return {"1": True, "true": True, "0": False, "false": False}.get(text.lower(), text)
    return text

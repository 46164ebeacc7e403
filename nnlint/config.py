"""`[tool.nnlint]`, the environment and the flags: read alike, every mistake told at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlint import budget, rules
from nnlint.finding import Severity
from nnlint.policy import ByGlob, Config, Invalid, Selection
from nnlint.published import TOP_LEVEL
from nnlint.wording import described, did_you_mean, listed, quoted, split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from nnlint.budget import Ceiling

TABLE = "tool.nnlint"
FAIL_ON = [*(severity.value for severity in Severity), "never"]
AUTO = "auto"
"""As many processes as it is worth."""
MOST_JOBS = 256
"""No machine gains by more, and a mistyped number must not fill it with processes."""
DEEPEST = 20
"""Files that extend one another."""


def chain(
    file: Path, *, needed: bool = True, read: Callable[[Path], bytes] = Path.read_bytes
) -> list[Config]:
    """A file's configuration, with all that it extends before it, the base first.

    Args:
        file: a pyproject.toml, or any TOML file with the same table.
        needed: that it has no such table is a mistake.
        read: the bytes of a file.

    Raises:
        Invalid: one of the files can't be used, or extends what extends it.
    """
    found: list[Config] = []
    seen: set[Path] = set()
    following: Path | None = file
    while following:
        if following.resolve() in seen or len(found) > DEEPEST:
            raise Invalid(f"{found[-1].origin}: extend leads back to {shown(following)}")
        seen.add(following.resolve())
        config = _read(following, read, needed=needed or bool(found))
        if config is None:
            break
        found.append(config)
        extend = config.extend
        following = (config.folder / at_home(extend)).resolve() if extend else None
    return found[::-1]


def _read(file: Path, read: Callable[[Path], bytes], *, needed: bool) -> Config | None:
    import tomllib  # noqa: PLC0415 - only a configuration pays for it

    try:
        whole = tomllib.loads(read(file).decode())
    except OSError as error:
        raise Invalid(f"{shown(file)}: {(error.strerror or str(error)).lower()}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"{shown(file)}: this is not TOML: {error}") from None
    tools = whole.get("tool", {})
    table = tools.get("nnlint") if isinstance(tools, dict) else None
    if table is None and "nnlint" in whole:
        raise Invalid(f"{shown(file)}: [nnlint] is not read: its name is [{TABLE}]")
    if table is None and needed:
        raise Invalid(f"{shown(file)}: there is no table [{TABLE}] in it")
    return None if table is None else _Reader.of_file(file).config(table)


def at_home(path: str) -> Path:
    """The path, in which `~` is the user's home; where nobody has that home, as it is."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def shown(file: Path) -> str:
    """The path as short as it can be said from here."""
    try:
        return str(file.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(file)


def spoken(table: Mapping[str, Any], origin: str, label: Callable[[str], str]) -> Config:
    """What the environment or the flags say, as the configuration that they amount to.

    Args:
        table: the keys of `[tool.nnlint]` that are given, with their values.
        origin: who says it.
        label: what a key is called there, as `--fail-on`.

    Raises:
        Invalid: a value can't be used.
    """
    if table.get("select") == []:  # it would switch every rule off, and all would be well
        raise Invalid(f"{label('select')} is empty: is a variable not set?")
    return _Reader(origin, Path.cwd(), label).config(table)


class _Reader:
    """One table -> `Config`; collects what is wrong."""

    def __init__(self, origin: str, folder: Path, label: Callable[[str], str]) -> None:
        self.origin, self.folder, self.label = origin, folder, label
        self.wrong: list[str] = []

    @classmethod
    def of_file(cls, file: Path) -> _Reader:
        """A reader whose complaints name the file."""
        path = shown(file)
        return cls(path, file.resolve().parent, lambda key: f"{path}: {key}")

    def config(self, table: Any) -> Config:
        """Everything in the table, or everything that is wrong with it."""
        kinds = self._kinds()
        entries = dict(self._entries(table, f"[{TABLE}]"))
        for key in entries.keys() - kinds.keys():
            hint = did_you_mean(key, kinds) or f"it takes {listed(kinds, 'and')}"
            self._complain(f"[{TABLE}]", f"takes no key {quoted(key)}: {hint}")
        read = {key: kind(entries[key], key) for key, kind in kinds.items() if key in entries}
        if self.wrong:
            raise Invalid(*self.wrong)
        return self._assembled(read)

    def _assembled(self, read: dict[str, Any]) -> Config:
        selection = Selection(
            read.get("select"), read.get("extend-select", ()), read.get("ignore", ())
        )
        everywhere = [ByGlob("*", ceilings=read["budget"])] if "budget" in read else []
        return Config(
            self.origin,
            self.folder,
            selection,
            read.get("severity", {}),
            read.get("fail-on"),
            read.get("show-info"),
            read.get("exclude", ()),
            read.get("per-file-ignores", ()),
            (*everywhere, *read.get("per-file-budgets", ())),
            read.get("extend"),
            read.get("baseline"),
            read.get("jobs"),
        )

    def _kinds(self) -> dict[str, Callable[[Any, str], Any]]:
        """Every key, and what reads its value."""
        return {
            "select": self._codes,
            "extend-select": self._codes,
            "ignore": self._codes,
            "severity": self._severities,
            "fail-on": lambda value, at: self._one_of(value, at, FAIL_ON),
            "show-info": self._flag,
            "exclude": self._texts,
            "extend": self._text,
            "baseline": lambda value, at: str(at_home(self._text(value, at))),
            "jobs": self._jobs,
            "per-file-ignores": self._ignores_by_glob,
            "budget": self._ceilings,
            "per-file-budgets": self._budgets_by_glob,
        }

    def _complain(self, at: str, message: str) -> None:
        self.wrong.append(f"{self.label(at)} {message}")

    def _expected(self, value: Any, at: str, expected: str, hint: str | None = None) -> None:
        """The complaint about a value of the wrong kind."""
        found = described(value)
        self._complain(at, f"is {found}, but expected {expected}" + _also(hint))

    def _texts(self, value: Any, at: str) -> tuple[str, ...]:
        if not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            words = split(value) if isinstance(value, str) else []
            hint = f"write [{', '.join(map(quoted, words))}]" if words else None
            self._expected(value, at, "a list of texts", hint)
            return ()
        return tuple(value)

    def _text(self, value: Any, at: str) -> str:
        if not (isinstance(value, str) and value):
            self._expected(value, at, "a text")
        return str(value)

    def _flag(self, value: Any, at: str) -> bool:
        if not isinstance(value, bool):
            self._expected(value, at, "true or false")
        return bool(value)

    def _jobs(self, value: Any, at: str) -> int:
        """A number of processes; 0 for `auto`. The environment and flags give texts."""
        if value == AUTO:
            return 0
        written = isinstance(value, str) and value.isascii() and value.isdecimal()
        number = int(value[:4]) if written else value
        if not (type(number) is int and 0 <= number <= MOST_JOBS and len(str(value)) < 4):
            self._expected(
                value, at, f"a whole number up to {MOST_JOBS}, or {quoted(AUTO)} (0 too)"
            )
            return 0
        return number

    def _one_of(self, value: Any, at: str, known: Iterable[str]) -> str:
        if value not in known:
            self._expected(value, at, listed(known), did_you_mean(str(value), known))
        return str(value)

    def _codes(self, value: Any, at: str) -> tuple[str, ...]:
        words = self._texts(value, at)
        for word in words:
            if wrong := wrong_code(word):
                self._complain(at, f"names {quoted(word)}, but {wrong}")
        return words

    def _severities(self, value: Any, at: str) -> dict[str, Severity]:
        known = [severity.value for severity in Severity]
        found = {}
        for code, word in self._entries(value, at):
            if wrong := _no_severity(code):
                self._complain(at, f"names {quoted(code)}, but {wrong}")
            elif self._one_of(word, f"{at}.{code}", known) in known:
                found[code] = Severity(word)
        return found

    def _entries(self, value: Any, at: str) -> Iterator[tuple[str, Any]]:
        if not isinstance(value, dict):
            self._expected(value, at, "a table")
            return iter(())
        return iter(value.items())

    def _ignores_by_glob(self, value: Any, at: str) -> tuple[ByGlob, ...]:
        return tuple(
            ByGlob(pattern, codes=self._codes(codes, f"{at}.{quoted(pattern)}"))
            for pattern, codes in self._entries(value, at)
        )

    def _budgets_by_glob(self, value: Any, at: str) -> tuple[ByGlob, ...]:
        return tuple(
            ByGlob(pattern, ceilings=self._ceilings(limits, f"{at}.{quoted(pattern)}"))
            for pattern, limits in self._entries(value, at)
        )

    def _ceilings(self, value: Any, at: str) -> tuple[Ceiling, ...]:
        """Limits, in the words and with the checks of a spec's own `budget:`."""
        from nnlint import schema  # noqa: PLC0415 - loads only for a budget

        kind = TOP_LEVEL["budget"]
        problems = list(schema.check_value("budget", kind, value))
        problems = problems or list(budget.mistakes(value))
        wrong = [f"{problem.message}{_also(problem.help)}" for problem in problems]
        for words in wrong:
            self.wrong.append(f"{self.label(at)}: {words}")
        return () if wrong else tuple(budget.read(value, self.origin))


def _also(hint: str | None) -> str:
    return f": {hint}" if hint else ""


def _no_severity(code: str) -> str | None:
    """Why a rule can't be given a severity."""
    if code in rules.codes():
        obliged = rules.ends_reading(code)
        return "that a file can't be read is always an error" if obliged else None
    return wrong_code(code) or "a severity is set rule by rule: write the whole code"


def wrong_code(word: str) -> str | None:
    """Why a word names no rule and no family of rules; None: it does."""
    known = rules.codes()
    if word and any(code.startswith(word) for code in known):
        return None
    code = rules.by_name().get(word)
    if code:
        return f"rules go by their codes: write {quoted(code)}"
    if word and any(code.startswith(word.upper()) for code in known):
        return f"codes are in capitals: write {quoted(word.upper())}"
    hint = did_you_mean(word.upper(), known) if word else None
    return f"there is no rule or family of that code: {hint or '`nnlint rules` lists all'}"

"""The settings that hold, as the TOML that would set them, for `--show-config`."""

from __future__ import annotations

import os
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING

from nnlint import rules
from nnlint.budget.ceiling import DEFAULT_WARN_AT
from nnlint.finding import Severity
from nnlint.policy import Selection, switches
from nnlint.quantity import exact_percent, parse_share
from nnlint.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from nnlint.budget import Ceiling
    from nnlint.options import Options
    from nnlint.policy import Config
    from nnlint.settings import Settings


def page(options: Options) -> str:
    """The settings of a run, then what holds for each of its paths."""
    parts = ["\n".join(_general(options)), *_tables(options.settings)]
    parts += ["\n".join(_of_path(path, options)) for path in options.paths]
    return "\n\n".join(parts) + "\n"


def _general(options: Options) -> Iterator[str]:
    settings = options.settings
    yield f"# from: {', '.join(_origins(settings)) or 'nowhere: these are the defaults'}"
    yield "[tool.nnlint]"
    yield f"fail-on = {_text(options.fail_on.value if options.fail_on else 'never')}"
    yield f"show-info = {str(options.show_info).lower()}"
    if options.baseline:
        yield f"baseline = {_text(str(options.baseline))}"
    if options.jobs:
        yield f"jobs = {options.jobs}"
    yield from _excluded(settings)
    yield from _switched(settings)


def _excluded(settings: Settings) -> Iterator[str]:
    excluding = [config for config in settings.sources if config.exclude]
    for config in excluding:
        yield f"# {_texts(config.exclude)} {_relative(config)}"
    if excluding:
        yield f"exclude = {_texts(glob for one in excluding for glob in one.exclude)}"


def _origins(settings: Settings) -> Iterator[str]:
    yield from (visible(config.origin) for config in settings.sources)
    yield from (f"{visible(config.origin)} (budgets only)" for config in settings.above)


def _relative(config: Config) -> str:
    return f"of {visible(config.origin)}, relative to {visible(str(config.folder))}"


def _switched(settings: Settings) -> Iterator[str]:
    """Which rules were switched by name; the others follow their severity."""
    selections = [one.selection for one in settings.sources]
    state = switches(selections)
    ignored = switches(Selection(ignore=one.ignore) for one in selections)
    on = [code for code in state if state[code]]
    off = [code for code in ignored if not state[code]]
    if on or off:
        key = "select" if len(state) == len(rules.codes()) else "extend-select"
        written = _written(settings)
        yield f"{key} = {_texts(shortened(on, written))}"
        yield f"ignore = {_texts(shortened(off, written))}"


def shortened(codes: list[str], written: Collection[str] = ()) -> list[str]:
    """The codes in the words that were written, else by the beginning of several: `NN4`."""
    rest, words = set(codes), []
    beginnings = (sorted({code[:length] for code in codes}) for length in range(2, 6))
    for word in (*sorted(written, key=len), *chain.from_iterable(beginnings)):
        family = {code for code in rules.codes() if code.startswith(word)}
        is_short_for_one = len(family) == 1 and word not in (*family, *written)
        if family and family <= rest and not is_short_for_one:
            words.append(word)
            rest -= family
    return sorted(words)


def _written(settings: Settings) -> set[str]:
    """The words for rules that files and flags hold."""
    words: set[str] = set()
    for config in settings.sources:
        said = config.selection
        words.update(said.select or (), said.extend_select, said.ignore)
        words.update(code for one in config.per_file_ignores for code in one.codes)
    return words


def _tables(settings: Settings) -> Iterator[str]:
    severities = [f'{code} = "{how.value}"' for code, how in settings.severities.items()]
    if severities:
        yield "\n".join(["[tool.nnlint.severity]", *severities])
    ignores = list(_by_glob(settings.files))
    if ignores:
        yield "\n".join(["[tool.nnlint.per-file-ignores]", *ignores])
    budgets = list(_budgets((*settings.sources, *settings.above)))
    if budgets:
        yield "\n".join(["[tool.nnlint.per-file-budgets]", *budgets])


def _by_glob(configs: Iterable[Config]) -> Iterator[str]:
    for config in configs:
        for one in config.per_file_ignores:
            yield f"{_text(one.pattern)} = {_texts(one.codes)}  # {_relative(config)}"


def _budgets(configs: Iterable[Config]) -> Iterator[str]:
    """The lowest limit on each subject, by pattern, and who sets any of them."""
    limits: dict[str, dict[object, Ceiling]] = {}
    origins: dict[str, list[str]] = {}
    for config in configs:
        for one in config.budgets:
            origins.setdefault(one.pattern, []).append(_relative(config))
            lowest = limits.setdefault(one.pattern, {})
            for limit in one.ceilings:
                known = lowest.setdefault(limit.subject, limit)
                lowest[limit.subject] = min(known, limit, key=_height)
    for pattern, lowest in limits.items():
        entries = ", ".join(map(entry, lowest.values()))
        where = "; ".join(dict.fromkeys(origins[pattern]))
        yield f"{_text(pattern)} = {{ {entries} }}  # {where}"


def _height(ceiling: Ceiling) -> tuple[bool, Fraction]:
    return (ceiling.limit is None, Fraction(ceiling.limit or 0))


def entry(ceiling: Ceiling) -> str:
    """A ceiling as TOML: `params = 50_000_000`, or a table of all that it says."""
    key = f"layers.{_text(ceiling.layer)}.{ceiling.metric}" if ceiling.layer else ceiling.metric
    said = dict(_said(ceiling))
    alone = said.get("max") if len(said) == 1 else None
    return f"{key} = {alone or _inline(said)}"


def _inline(values: dict[str, str]) -> str:
    return f"{{ {', '.join(f'{key} = {value}' for key, value in values.items())} }}"


def _said(ceiling: Ceiling) -> Iterator[tuple[str, str]]:
    """Its keys, but for those that say what holds anyway."""
    for key, amount in (("max", ceiling.limit), ("max_increase", ceiling.max_increase)):
        if amount is not None:
            yield key, _amount(amount, ceiling)
    if ceiling.max_increase_pct is not None:
        yield "max_increase_pct", _share(ceiling.max_increase_pct)
    if ceiling.warn_at != parse_share(DEFAULT_WARN_AT):
        yield "warn_at", _share(ceiling.warn_at)
    for key, word in (("dtype", ceiling.dtype), ("message", ceiling.message)):
        if word is not None:
            yield key, _text(word)
    if ceiling.level is not Severity.ERROR:
        yield "level", _text(ceiling.level.value)


def _amount(amount: int | Fraction, ceiling: Ceiling) -> str:
    return _share(Fraction(amount)) if ceiling.kind.unit == "share" else f"{int(amount):_}"


def _share(share: Fraction) -> str:
    return f'"{float(share * 100):g}%"'


def _of_path(path: str, options: Options) -> Iterator[str]:
    policy = options.policy(path)
    yield f"# {visible(path)}{'' if os.path.lexists(path) else ': there is no such file'}"
    off = [code for code, on in policy.switches.items() if not on]
    words = shortened(off, _written(options.settings))
    yield f"#   rules that are off: {', '.join(words) or 'none'}"
    for limit in policy.ceilings:
        near = f"near from {exact_percent(limit.warn_at)} on"
        yield f"#   {entry(limit)}, {near} ({visible(limit.origin or '')})"
    excluded = any(pattern.matches(path) for pattern in options.settings.exclude)
    if excluded:
        yield "#   excluded: it is not checked"


def _texts(words: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, words))}]"


def _text(word: str) -> str:
    """A basic string of TOML, in which nothing can act on a terminal."""
    safe = word.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in safe) + '"'

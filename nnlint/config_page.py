"""The settings that hold, as the TOML that would set them, for `--show-config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint import rules
from nnlint.budget import METRICS
from nnlint.policy import switches
from nnlint.quantity import percent
from nnlint.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
    for config in settings.sources:
        if config.exclude:
            yield f"exclude = {_texts(config.exclude)}  # {_relative(config)}"
    yield from _switched(switches(one.selection for one in settings.sources))


def _origins(settings: Settings) -> Iterator[str]:
    yield from (visible(config.origin) for config in settings.sources)
    yield from (f"{visible(config.origin)} (budgets only)" for config in settings.above)


def _relative(config: Config) -> str:
    return f"of {visible(config.origin)}, relative to {visible(str(config.folder))}"


def _switched(state: Mapping[str, bool]) -> Iterator[str]:
    """Which rules were switched by name; the others follow their severity."""
    on, off = ([code for code in state if state[code] is way] for way in (True, False))
    if on or off:
        key = "select" if len(state) == len(rules.codes()) else "extend-select"
        yield f"{key} = {_texts(shortened(on))}"
        yield f"ignore = {_texts(shortened(off))}"


def shortened(codes: list[str]) -> list[str]:
    """The codes, where all that begin alike are among them by their beginning: `NN4`."""
    rest, words = set(codes), []
    for length in range(2, 6):
        for word in sorted({code[:length] for code in rest}):
            family = {code for code in rules.codes() if code.startswith(word)}
            if family <= rest:
                words.append(word)
                rest -= family
    return sorted(words)


def _tables(settings: Settings) -> Iterator[str]:
    severities = [f'{code} = "{how.value}"' for code, how in settings.severities.items()]
    if severities:
        yield "\n".join(["[tool.nnlint.severity]", *severities])
    ignores = list(_by_glob(settings.files))
    if ignores:
        yield "\n".join(["[tool.nnlint.per-file-ignores]", *ignores])
    budgets = list(_budgets((*settings.files, *settings.above)))
    if budgets:
        yield "\n".join(["[tool.nnlint.per-file-budgets]", *budgets])


def _by_glob(configs: Iterable[Config]) -> Iterator[str]:
    for config in configs:
        for one in config.per_file_ignores:
            yield f"{_text(one.pattern)} = {_texts(one.codes)}  # {_relative(config)}"


def _budgets(configs: Iterable[Config]) -> Iterator[str]:
    for config in configs:
        for one in config.budgets:
            limits = ", ".join(f"{limit.metric} = {most(limit)}" for limit in one.ceilings)
            yield f"{_text(one.pattern)} = {{ {limits} }}  # {_relative(config)}"


def most(ceiling: Ceiling) -> str:
    """The limit as TOML."""
    is_share = METRICS[ceiling.metric].unit == "share"
    return f'"{float(ceiling.limit * 100):g}%"' if is_share else f"{int(ceiling.limit):_}"


def _of_path(path: str, options: Options) -> Iterator[str]:
    policy = options.policy(path)
    yield f"# {visible(path)}"
    off = shortened([code for code, on in policy.switches.items() if not on])
    yield f"#   rules that are off: {', '.join(off) or 'none'}"
    for limit in policy.ceilings:
        near = percent(limit.warn_at)
        yield f"#   {limit.metric} at most {most(limit)}, near from {near} on ({limit.origin})"
    excluded = any(pattern.matches(path) for pattern in options.settings.exclude)
    if excluded:
        yield "#   excluded: it is not checked"


def _texts(words: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, words))}]"


def _text(word: str) -> str:
    """A basic string of TOML, in which nothing can act on a terminal."""
    safe = word.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in safe) + '"'

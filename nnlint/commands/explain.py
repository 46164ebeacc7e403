"""`nnlint explain NAME`: the page of a rule or a layer; `nnlint explain FILE`: its numbers."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from nnlint import (
    addresses,
    engine,
    flags,
    options,
    pages,
    rules,
    sources,
)
from nnlint.commands import Outcome
from nnlint.derivation import report as derivation
from nnlint.exits import Exit
from nnlint.finding import Severity
from nnlint.layers import families, find, keras_names, layer_types
from nnlint.record import Record
from nnlint.report import Status, exit_code
from nnlint.settings import gathered
from nnlint.terminal import visible
from nnlint.wording import did_you_mean, quoted

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from nnlint.options import Terminal
    from nnlint.settings import Settings
    from nnlint.terminal import Style

SUMMARY = (
    "Show the page of a rule (NN301) or a layer (Linear); derive the numbers of a spec, "
    "step by step (specs/mnist.yaml), or of one of its layers (specs/mnist.yaml:logits)."
)
ALL_LAYERS = "layers"
WHAT = (
    "a rule's code or name, a layer, `layers` for the list of all; a spec, or a LAYER of it: "
    f"{addresses.FORMS}"
)


def configure(parser: ArgumentParser) -> None:
    """One or more names or files."""
    parser.add_argument("names", nargs="+", metavar="NAME|FILE[:LAYER]", help=WHAT)
    parser.add_argument("--variant", metavar="NAME", help="explain that variant of each spec")
    flags.add_color(parser)


def run(arguments: Namespace, terminal: Terminal) -> Outcome:
    """Print the pages; what nobody knows is exit 2, and the others still show."""
    style = options.style(arguments.color, terminal)
    how = How(arguments.variant, gathered({}, terminal.environ), style)
    said = [_explained(name, how) for name in arguments.names]
    return Outcome(
        max((one.code for one in said), key=_weight),
        "\n".join(one.out for one in said if one.out),
        "".join(one.err for one in said),
    )


class How(Record):
    """How files are explained: which variant, under which settings, drawn how."""

    variant: str | None
    settings: Settings
    style: Style


def _weight(code: int) -> int:
    """Which code a run of several ends with: what could not be shown, then findings."""
    return (Exit.OK, Exit.BUDGET, Exit.FINDINGS, Exit.COULD_NOT_CHECK).index(code)


def _explained(name: str, how: How) -> Outcome:
    page = _page(name, how.style)
    if page is not None:
        also = f"nnlint: there is a file of that name too: ./{visible(name)} explains it\n"
        return Outcome(Exit.OK, page, also if _is_there(name) else "")
    file, layer = _split(name)
    if _is_path(file):
        return _file(file, layer, how)
    return Outcome(Exit.COULD_NOT_CHECK, err=f"nnlint: {_unknown(name)}\n")


# -- pages


def _page(name: str, style: Style) -> str | None:
    if name.lower() == ALL_LAYERS:
        return _layer_list(style)
    layer = find(keras_names().get(name, name))
    if layer:
        return pages.terminal_text(pages.layer_page(layer), style)
    rule = rules.find(name.upper()) or _rule_named(name)
    return pages.terminal_text(pages.rule_page(rule), style) if rule else None


def _rule_named(name: str) -> rules.Rule | None:
    return rules.find(rules.by_name().get(name.lower(), ""))


def _layer_list(style: Style) -> str:
    parts = []
    for family, layers in families():
        rows = [f"  {layer.__name__:<27} {_summary(layer)}" for layer in layers]
        parts.append("\n".join([style.paint(family, "bold", "cyan"), *rows]))
    return "\n\n".join(parts) + "\n"


def _summary(layer: type) -> str:
    return (layer.__doc__ or "").partition("\n")[0]


def _unknown(name: str) -> str:
    known = [*layer_types(), *rules.codes(), *rules.by_name()]
    is_code = re.fullmatch(r"NN\d+", name.upper())
    near = None if is_code else did_you_mean(name, known)
    hint = near or "`nnlint rules` and `nnlint explain layers` list all"
    return f"there is no rule or layer {quoted(visible(name))}, and no such file; {hint}"


# -- files


def _split(name: str) -> tuple[str, str | None]:
    """FILE:LAYER at the first colon behind the name of a file; else all is the file."""
    for colon in re.finditer(":", name) if not _is_there(name) else ():
        if _is_path(name[: colon.start()]):
            return name[: colon.start()], name[colon.end() :]
    return name, None


def _is_path(name: str) -> bool:
    return name == sources.STDIN or _is_there(name) or name.endswith(sources.SUFFIXES)


def _is_there(name: str) -> bool:
    return "\0" not in name and os.path.lexists(name)


def _file(path: str, layer: str | None, how: How) -> Outcome:
    """A spec's derivation; what nnlint finds in it is said below."""
    report = engine.lint_source(
        sources.Source(path, named=True),
        skip_unmarked=False,
        variant=how.variant,
        policy=how.settings.policy(path, show_info=False),
    )
    if report.status is Status.UNREADABLE:
        reason = f"{visible(path)}: {visible(report.reason or '')}"
        return Outcome(Exit.COULD_NOT_CHECK, err=f"nnlint: {reason}\n")
    try:
        text = derivation.text(report, layer, how.style)
    except addresses.NoSuchLayer as reason:
        return Outcome(
            Exit.COULD_NOT_CHECK, err=f"nnlint: {visible(path)}: {visible(str(reason))}\n"
        )
    found = derivation.errors_words(report, how.variant, how.style)
    return Outcome(exit_code([report], Severity.ERROR), "\n".join(filter(None, (text, found))))

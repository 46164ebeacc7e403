"""`nnlint explain NAME`: the page of a rule or a layer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nnlint import options, pages, rules
from nnlint.commands import Outcome
from nnlint.exits import Exit
from nnlint.layers import families, find, keras_names, layer_types
from nnlint.terminal import visible
from nnlint.wording import did_you_mean, quoted

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from nnlint.options import Terminal
    from nnlint.terminal import Style

SUMMARY = "Show the page of a rule (NN301) or a layer (Linear); `layers` lists all layers."
ALL_LAYERS = "layers"


def configure(parser: ArgumentParser) -> None:
    """One or more names."""
    parser.add_argument("names", nargs="+", metavar="NAME",
                        help="a rule's code or name, a layer, or `layers`")  # fmt: skip
    options.add_color(parser)


def run(arguments: Namespace, terminal: Terminal) -> Outcome:
    """Print the pages; a name that nobody knows is exit 2, and the others still show."""
    style = options.style(arguments.color, terminal)
    found = [(name, _page(name, style)) for name in arguments.names]
    unknown = [name for name, page in found if page is None]
    return Outcome(
        Exit.COULD_NOT_CHECK if unknown else Exit.OK,
        "\n".join(page for _, page in found if page is not None),
        "".join(f"nnlint: {_unknown(name)}\n" for name in unknown),
    )


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
    return f"there is no rule or layer {quoted(visible(name))}; {hint}"

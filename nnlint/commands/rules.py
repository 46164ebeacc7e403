"""`nnlint rules`: all rules, a line each."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from nnlint import flags, options, pages, rules
from nnlint.commands import Outcome
from nnlint.terminal import SEVERITY_STYLES

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from nnlint.options import Terminal
    from nnlint.terminal import Style

SUMMARY = "List all rules: code, severity, what mends it, name, summary."


def configure(parser: ArgumentParser) -> None:
    """Colour is the only option."""
    flags.add_color(parser)


def run(arguments: Namespace, terminal: Terminal) -> Outcome:
    """Print the list, family by family."""
    style = options.style(arguments.color, terminal)
    known = [rule for code in rules.codes() if (rule := rules.find(code))]
    parts = [
        "\n".join(
            [style.paint(family, "bold", "cyan"), *(_row(rule, style) for rule in members)]
        )
        for family, members in groupby(known, key=lambda rule: pages.family(rule.code))
    ]
    return Outcome(0, "\n\n".join(parts) + "\n")


def _row(rule: rules.Rule, style: Style) -> str:
    severity = style.paint(f"{rule.severity.value:<8}", *SEVERITY_STYLES[rule.severity.value])
    fix = f"{rule.fix.flag if rule.fix else '':<15}"
    return f"  {rule.code}  {severity} {fix} {rule.name:<32} {rule.summary}"

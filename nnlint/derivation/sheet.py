"""Lines of text on a screen or in a pipe: headings, wrapped words, arithmetic."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from nnlint.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nnlint.derivation.formula import Step
    from nnlint.terminal import Style

COLUMN = 12
"""Columns of the titles of steps: `parameters`, and two blanks."""
NARROWEST = 24
"""Columns in which a sum can still be read."""


class Sheet:
    """The text while it is written."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.lines: list[str] = []
        self.close = self.headed = False

    def heading(self, text: str) -> None:
        """A section begins."""
        self.lines += ["", self.style.paint(text, "bold", "cyan")]

    def words(self, text: str, indent: int = 0, hanging: int = 0, *styles: str) -> None:
        """Wrapped words."""
        wrapped = _wrapped(text, self.style.width, " " * indent, " " * (indent + hanging))
        self.lines += [self.style.paint(line, *styles) if styles else line for line in wrapped]

    def part(self, text: str) -> None:
        """The heading of layers that stand together."""
        self._gap()
        self.words(text, 0, 2, "cyan")
        self.close, self.headed = False, True

    def line(self, text: str, hanging: int) -> None:
        """A layer that is told in a line; lines stand close together."""
        if not self.close:
            self._gap()
        self.words(text, 0, hanging)
        self.close, self.headed = True, False

    def paragraph(self, title: str, hanging: int) -> None:
        """The title of a layer, of which more stands below."""
        self._gap()
        self.words(title, 0, hanging, "bold")
        self.close = self.headed = False

    def _gap(self) -> None:
        """An empty line, but not below a heading."""
        if not self.headed:
            self.lines.append("")

    def steps(self, steps: Sequence[Step], indent: int) -> None:
        """Lines of arithmetic, their titles in a column."""
        longest = max((len(visible(step.title)) for step in steps), default=0)
        for step in steps:
            self.step(step, indent, max(longest + 2, COLUMN))

    def step(self, step: Step, indent: int, column: int = COLUMN) -> None:
        """A line of arithmetic; if it is too long, a line for each sign of equality."""
        title = visible(step.title).ljust(column)
        lead, painted = " " * indent + title, " " * indent + self.style.paint(title, "dim")
        chain = _chain(step)
        if len(lead) + len(" ".join(chain)) <= self.style.width:
            self.lines.append(f"{painted}{' '.join(chain)}")
            return
        if len(lead) + NARROWEST > self.style.width:
            self.lines.append(painted.rstrip())
            lead = painted = " " * (indent + 2)
        below = " " * len(lead)
        folded = [_wrapped(link, self.style.width, below, f"{below}  ") for link in chain]
        first, *rest = [line for link in folded for line in link]
        self.lines += [f"{painted}{first.lstrip()}", *rest]

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines).strip("\n") + "\n"


def _chain(step: Step) -> list[str]:
    """`in_features × out_features`, `= 784·16`, `= 12,544`."""
    *before, result = step.parts
    parts = [*before, result if step.complete else f"at least {result}"]
    return [parts[0], *(f"= {part}" for part in parts[1:])]


def _wrapped(text: str, width: int, first: str, later: str) -> list[str]:
    room = max(width, len(later) + NARROWEST)
    return textwrap.wrap(
        text,
        room,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first]

"""Output formats: every module of this folder is one, with `render(reports, style)`.

One that can show a change has `difference(diff, style)` too, and one that people read has
`findings(reports, style)`, which leaves out tables and sums.

The folder is the list: a module dropped in here is a value of --format.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from nnlint import plugins

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from nnlint.comparison import Diff
    from nnlint.report import Report
    from nnlint.terminal import Style

DEFAULT = "full"


def names() -> list[str]:
    """Every format, in order."""
    return plugins.modules(__path__)


def difference(name: str, diff: Diff, style: Style) -> str:
    """What a change looks like in that format; those that list findings list what is new."""
    module = import_module(f"{__name__}.{name}")
    if hasattr(module, "difference"):
        text: str = module.difference(diff, style)
        return text
    return render(name, diff.reports, style)


def render(name: str, reports: Sequence[Report], style: Style) -> str:
    """What the reports look like in that format."""
    text: str = _module(name).render(reports, style)
    return text


def is_for_people(name: str) -> bool:
    """Whether `--quiet` shortens it; of a document for programs, a part is no document."""
    return hasattr(_module(name), "findings")


def findings(name: str, reports: Sequence[Report], style: Style) -> str:
    """The findings alone, in a format for people."""
    text: str = _module(name).findings(reports, style)
    return text


def shows_findings(name: str) -> bool:
    """Whether the format shows them; one that shows something else says `FINDINGS = False`."""
    shown: bool = getattr(_module(name), "FINDINGS", True)
    return shown


def shows_layers(name: str, files: int, style: Style) -> bool:
    """Whether the format shows the layers of so many files; else the sums are enough.

    One that never shows them says `LAYERS = False`; one that does so where tables of layers
    are drawn, `LAYERS = None`.
    """
    shown: bool | None = getattr(_module(name), "LAYERS", True)
    return style.draws_layers(files) if shown is None else shown


def _module(name: str) -> ModuleType:
    return import_module(f"{__name__}.{name}")

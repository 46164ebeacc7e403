"""GitHub's Markdown: a comment in a pull request, or the summary of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.markdown import plain
from nnlint.markdown.page import MOST, Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nnlint.comparison import Diff
    from nnlint.report import Report
    from nnlint.terminal import Style

MARKER = "<!-- nnlint -->"
"""The first line, by which the next run finds the comment and replaces it."""


def render(reports: Sequence[Report], style: Style) -> str:  # noqa: ARG001 - a format's signature
    """The networks with their costs and budgets, the findings, and folded every layer."""
    page = _page()
    plain.write(reports, page)
    return page.text()


def difference(diff: Diff, style: Style) -> str:  # noqa: ARG001 - as above
    """What a change does to the networks, for whoever reviews it."""
    from nnlint.markdown import difference as changes  # noqa: PLC0415 - a plain run has no base

    page = _page()
    changes.write(diff, page)
    return page.text()


def _page() -> Page:
    page = Page(MOST)
    page.add(MARKER)
    return page

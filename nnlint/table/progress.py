"""A bar that is drawn when it is told to, and leaves nothing behind."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Column

from nnlint import interrupts

if TYPE_CHECKING:
    from nnlint.terminal import Screen

NOT_DRAWN = (OSError, ValueError)
"""A terminal that is gone is no reason to stop."""


class Bar:
    """`━━━━━━╸       412/1000 specs/big.yaml: graph`."""

    def __init__(self, screen: Screen, total: int) -> None:
        self._console = Console(
            file=screen.stream,
            force_terminal=True,
            color_system="standard" if screen.color else None,
            no_color=not screen.color,
            emoji=False,
            highlight=False,
        )
        name = Column(no_wrap=True, overflow="ellipsis", ratio=1)
        self._progress = Progress(
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.description}", markup=False, table_column=name),
            console=self._console,
            transient=True,
            auto_refresh=False,  # no thread
            redirect_stdout=False,
            redirect_stderr=False,
            expand=True,
        )
        self._task = self._progress.add_task("", total=total)
        self._is_drawn = False

    def show(self, done: int, words: str) -> None:
        """Draw it: so many are done, and it is there."""
        with suppress(*NOT_DRAWN), interrupts.put_off():  # half a picture can't be taken away
            if not self._is_drawn:
                self._is_drawn = True
                self._progress.start()
                self._console.show_cursor()  # whoever is killed leaves it shown
            self._progress.update(self._task, completed=done, description=words, refresh=True)

    def close(self) -> None:
        """Take it away."""
        with suppress(*NOT_DRAWN):
            self._progress.stop()
            self._console.show_cursor()

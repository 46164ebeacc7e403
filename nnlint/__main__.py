"""`python -m nnlint`, and the command `nnlint`."""

from __future__ import annotations

import gc
import os
import sys

from nnlint.exits import Exit

ALLOCATIONS = 60_000
"""Between two searches for garbage. Python's own 700 makes a short run search dozens of times
while its libraries load, which costs it 10 to 15 % of its time and finds nothing. A network
is a ring of references, which only a search frees: with many more than this, a run over
1,000 files would hold hundreds of them."""


def run() -> None:
    """Run the command line and end the process with its exit code."""
    gc.set_threshold(ALLOCATIONS)
    try:
        from nnlint.cli import entry  # noqa: PLC0415 - Ctrl-C may come while it loads
    except KeyboardInterrupt:
        sys.exit(Exit.INTERRUPTED)
    _end(entry())


def _end(code: int) -> None:
    """End here and now: `entry` has flushed the streams, and the system frees all memory.

    Python would first take every object apart by hand, a fifth of a short run. Who traces or
    profiles the run still needs it, and gets the ordinary end.
    """
    if sys.gettrace() or sys.getprofile():
        sys.exit(code)
    os._exit(code)


def forget_the_working_directory() -> None:
    """Import nothing from there: `python -m` puts it first, and it may hold a `yaml.py`."""
    if not sys.flags.safe_path:
        del sys.path[0]


if __name__ == "__main__":
    forget_the_working_directory()
    run()

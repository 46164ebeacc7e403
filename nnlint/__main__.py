"""`python -m nnlint`, and the command `nnlint`."""

from __future__ import annotations

import gc
import sys

from nnlint.exits import Exit

ALLOCATIONS = 500_000
"""Between two searches for garbage. Python's own 700 makes a short run search dozens of times
while its libraries load, which costs it 10 to 15 % of its time and finds nothing."""


def run() -> None:
    """Run the command line and end the process with its exit code."""
    gc.set_threshold(ALLOCATIONS)
    try:
        from nnlint.cli import entry  # noqa: PLC0415 - Ctrl-C may come while it loads
    except KeyboardInterrupt:
        sys.exit(Exit.INTERRUPTED)
    sys.exit(entry())


def forget_the_working_directory() -> None:
    """Import nothing from there: `python -m` puts it first, and it may hold a `yaml.py`."""
    if not sys.flags.safe_path:
        del sys.path[0]


if __name__ == "__main__":
    forget_the_working_directory()
    run()

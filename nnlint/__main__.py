"""`python -m nnlint`, and the command `nnlint`."""

from __future__ import annotations

import sys


def run() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        from nnlint.cli import entry  # noqa: PLC0415 - Ctrl-C may come while it loads
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(entry())


if __name__ == "__main__":
    run()
